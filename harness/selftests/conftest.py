"""What selftests of several files ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from selftests import report_support
from selftests.chromium import Browser, Page, browser
from sslspec.bench.credentials import Pki
from sslspec.certificates import pki
from sslspec.report import site


@pytest.fixture(scope="module")
def made_pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Certificates, made once for the tests of a file."""
    directory = tmp_path_factory.mktemp("made") / "pki"
    pki.make(directory)
    return Pki(str(directory))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of two Pythons and of another implementation, for all tests that only look at it."""
    where = tmp_path_factory.mktemp("report with spaces")
    site.write(where / "site", report_support.two_pythons(where))
    return where / "site"


@pytest.fixture(scope="session")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of results that are hostile throughout."""
    where = tmp_path_factory.mktemp("attacked")
    site.write(where / "site", [report_support.hostile(where)])
    return where / "site"


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("chromium")) as found:
        yield found


@pytest.fixture
def opened(chromium: Browser) -> Iterator[report_support.Opener]:
    tabs: list[Page] = []

    def open_one(path: Path, fragment: str = "", **options: Any) -> Page:
        tabs.append(Page(chromium, **options))
        return tabs[-1].open(path, fragment)

    yield open_one
    for tab in tabs:
        tab.close()
