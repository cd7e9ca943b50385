"""Where an agent has the certificates: in the folder of the host's, where that is to be seen, or in one of its own."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from functools import partial

from sslspec.carried.stage import lay_out

_folder = ""


def use(folder: str) -> bool:
    """Use those in a folder of the host's; False where it is not to be seen from here."""
    global _folder
    _folder = folder
    return os.path.isdir(folder)


def receive(files: dict[str, str]) -> None:
    """Use those of which the contents are given, as Latin-1 text."""
    global _folder
    _folder = tempfile.mkdtemp(prefix="sslspec-")
    os.chmod(_folder, 0o700)
    sys.modules["sslspec_agent"].at_the_end.append(partial(shutil.rmtree, _folder, ignore_errors=True))
    lay_out(_folder, files)


def folder() -> str:
    """Where they are."""
    return _folder
