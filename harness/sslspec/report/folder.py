"""The folder of a site: made beside its place and put there when it is whole, without touching what is not ours."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from sslspec.results.record import RecordError

# Everything at the top of a site. What else a folder holds (a CNAME, say) stays as it is.
OURS = ("api", "areas", "badges", "columns", "compare", "data", "scenarios", "static", "compare.html", "index.html")
MARK = "api/v1/columns.json"


class Folder:
    """A folder that is being filled; counts what it gets."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = 0
        self.size = 0

    def write(self, place: str, text: str | Iterable[str]) -> None:
        """Write a file of the site, in pieces where it comes so. Raises OSError."""
        path = self.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines([text] if isinstance(text, str) else text)
        self.files += 1
        self.size += path.stat().st_size


@contextlib.contextmanager
def filled(target: Path) -> Iterator[Folder]:
    """A folder to fill; when it is left without an exception, it takes the place of the site in `target`.

    Raises RecordError where `target` is no folder, holds what a site would overwrite, or cannot be written.
    """
    try:
        _refuse_what_is_not_ours(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as made:
            folder = Folder(Path(made))
            yield folder
            _put(Path(made), target)
    except OSError as problem:
        raise RecordError(f"{target}: cannot be written ({problem.strerror or problem})") from problem


def _refuse_what_is_not_ours(target: Path) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise RecordError(f"{target}: is no folder; -o takes the name of one")
    taken = [name for name in OURS if (target / name).exists()]
    if taken and not _is_ours(target):
        raise RecordError(f"{target}: holds {taken[0]!r}, which sslspec did not make; choose another folder")


def _is_ours(target: Path) -> bool:
    try:
        made = json.loads((target / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(made, dict) and "sslspec" in made


def _put(made: Path, target: Path) -> None:
    target.mkdir(exist_ok=True)
    for name in OURS:
        old = target / name
        if old.is_dir() and not old.is_symlink():
            shutil.rmtree(old)
        elif old.exists() or old.is_symlink():
            old.unlink()
        if (made / name).exists():
            (made / name).rename(old)
