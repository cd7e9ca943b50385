"""Files that are either whole or as they were before, written a line at a time."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


def write_lines(target: Path, lines: Iterable[str]) -> None:
    """Write `lines` as UTF-8; what goes wrong while they are made leaves the file as it was. Raises OSError."""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.writelines(line + "\n" for line in lines)
        mask = os.umask(0o077)
        os.umask(mask)
        Path(temporary).chmod(0o666 & ~mask)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
