"""Asks an implementation for its names, in a child, and starts another one where that dies or does not come back.

The standard library's names as they were recorded are found here too. Nothing is compared here.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from sslspec import layout
from sslspec.names import trials
from sslspec.pythons import child, hermetic
from sslspec.verdicts import limits

PATIENCE = 60.0  # seconds
_DEATHS = 100


class NotDescribed(Exception):
    """An implementation could not be described, or there is no such record; the text is one line."""


def described(spec: str) -> dict[str, Any]:
    """What probe.described() says of an implementation, with "implementation". Raises NotDescribed."""
    from sslspec.certificates import pki  # slow to import, and a recorded description needs none

    with tempfile.TemporaryDirectory(prefix="sslspec-") as name:
        folder = Path(name)
        pki.make(folder / "pki")
        for _ in range(_DEATHS):
            how = _run(spec, folder)
            if (folder / "found.json").exists():
                found: dict[str, Any] = json.loads((folder / "found.json").read_text("utf-8"))
                if "problem" in found:
                    raise NotDescribed(found["problem"])
                return found
            at = trials.died(folder / "journal", how)
            if not at:
                raise NotDescribed(f"{spec}: the process {how} when it was imported")
        raise NotDescribed(f"{spec}: died {_DEATHS} times; the last: {at}: {how}")


def _run(spec: str, folder: Path) -> str:
    """Let a child ask; how it ended, in words."""
    environment, _ = hermetic.child_environment(os.environ)
    empty = tempfile.mkdtemp(dir=folder)
    process = subprocess.Popen(
        child.command("sslspec.names.probe", spec, str(folder), str(folder / "pki")),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=empty,
        start_new_session=True,
    )
    try:
        return limits.how_it_ended(process.wait(PATIENCE))
    except subprocess.TimeoutExpired:
        return f"gave no answer within {PATIENCE:g} s"
    finally:
        child.end(process)


def recorded(source: str) -> dict[str, Any]:
    """A description from a file, or one that came with sslspec: ``3.15``. Raises NotDescribed."""
    path = Path(source) if source.endswith(".json") else layout.names() / f"ssl-{source}.json"
    if not source.endswith(".json") and not path.exists():
        there = sorted(each.stem.removeprefix("ssl-") for each in layout.names().glob("ssl-*.json"))
        raise NotDescribed(f"{source}: is not recorded; there are {', '.join(there)}, or name a .json file")
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise NotDescribed(f"{path}: is no description of names ({problem})") from problem
    return found
