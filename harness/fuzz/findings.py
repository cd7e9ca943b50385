"""Where inputs are kept: the corpus in the repository, and the files that findings are written to.

Both are text. A corpus has one input a line, in hexadecimal digits, so that a change of it can be read; a finding's
file begins with the command that repeats it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from fuzz.guided import Finding

CORPUS = Path(__file__).with_name("corpus")
ROOM = 24_000
"""How many characters the corpus of one target may have: everybody has it, and CI runs it."""


def corpus(name: str, folder: Path = CORPUS) -> list[bytes]:
    """The inputs kept for a target."""
    path = folder / f"{name}.txt"
    return list(map(bytes.fromhex, path.read_text(encoding="ascii").split())) if path.exists() else []


def keep_corpus(name: str, inputs: Iterable[bytes], folder: Path = CORPUS) -> None:
    """Write the inputs of a target, the shortest first, as far as there is room."""
    folder.mkdir(exist_ok=True)
    lines = sorted({data.hex() for data in inputs if data}, key=lambda line: (len(line), line))
    while sum(map(len, lines)) > ROOM:
        lines.pop()
    (folder / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="ascii")


def write(finding: Finding, folder: Path) -> Path:
    """Write a finding to a file of its own in `folder`, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{finding.target}-{hashlib.sha256(finding.data).hexdigest()[:10]}.txt"
    told = "".join(f"# {line}\n" for line in [finding.key, *finding.told.splitlines()])
    path.write_text(f"# python -m fuzz {finding.target} --input {path}\n{told}{finding.data.hex()}\n", encoding="utf-8")
    return path


def read(path: Path) -> bytes:
    """The input in a finding's file. Raises OSError, and ValueError where there is none."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return bytes.fromhex("".join(line for line in lines if not line.startswith("#")))
