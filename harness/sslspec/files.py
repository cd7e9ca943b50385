"""Files that are either whole or as they were before, written a line at a time. What they hold is not known here."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


def write_lines(target: Path, lines: Iterable[str], *, errors: str = "strict") -> None:
    """Write `lines` as UTF-8; what goes wrong while they are made leaves the file as it was. Raises OSError.

    errors: what becomes of characters that UTF-8 has not, as ``open`` has it. A link stays one, and what is no file, as
    ``/dev/stdout`` and ``/dev/null``, is written to: putting a file in its place would take it from everybody.
    """
    if is_no_file(target):
        with target.open("w", encoding="utf-8", errors=errors, newline="\n") as stream:
            stream.writelines(line + "\n" for line in lines)
        return
    target = Path(os.path.realpath(target))
    descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors=errors, newline="\n") as file:
            file.writelines(line + "\n" for line in lines)
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def is_no_file(target: Path) -> bool:
    """Whether there is something that is neither a file nor a folder: a device, a pipe."""
    return target.exists() and not target.is_file() and not target.is_dir()


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
