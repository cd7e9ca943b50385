"""Files that are either whole or as they were before, written a line at a time. What they hold is not known here."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PRIVATE = 0o600


def write_lines(target: Path, lines: Iterable[str], *, errors: str = "strict") -> None:
    """Write `lines` as UTF-8; what goes wrong while they are made leaves the file as it was. Raises OSError.

    errors: what becomes of characters that UTF-8 has not, as ``open`` has it. A link stays one, and what is no file, as
    ``/dev/stdout`` and ``/dev/null``, is written to: putting a file in its place would take it from everybody.
    """
    encoded = ((line + "\n").encode("utf-8", errors) for line in lines)
    if is_no_file(target):
        with target.open("wb") as stream:
            stream.writelines(encoded)
        return
    with replacing(target) as stream:
        stream.writelines(encoded)


@contextmanager
def replacing(target: Path, mode: int | None = None) -> Iterator[BinaryIO]:
    """A file that takes the place of `target` once all is written, and is gone if that fails. Raises OSError.

    mode: its permissions from its first byte on (`PRIVATE`: its owner's alone); those of the file that it replaces, or
    what the umask leaves of a new one, unless said. A link stays one.
    """
    target = Path(os.path.realpath(target))
    descriptor, name = tempfile.mkstemp(prefix=".sslspec-", dir=target.parent)  # whose mode is 0600
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
        temporary.chmod(_mode_of(target) if mode is None else mode)
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def is_no_file(target: Path) -> bool:
    """Whether there is something that is neither a file nor a folder: a device, a pipe."""
    return os.path.exists(target) and not os.path.isfile(target) and not os.path.isdir(target)


def _mode_of(target: Path) -> int:
    if target.exists():
        return target.stat().st_mode & 0o7777
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask
