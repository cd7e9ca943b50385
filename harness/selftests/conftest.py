"""What selftests of several files ask for."""

from __future__ import annotations

import pytest

from sslspec.bench.credentials import Pki
from sslspec.certificates import pki


@pytest.fixture(scope="module")
def made_pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Certificates, made once for the tests of a file."""
    directory = tmp_path_factory.mktemp("made") / "pki"
    pki.make(directory)
    return Pki(str(directory))
