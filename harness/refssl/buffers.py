"""Which of a program's objects can be read from and written to as bytes, and what is said of those that cannot."""

from __future__ import annotations

import io

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    from typing_extensions import Buffer


def readable(buffer: Buffer) -> memoryview:
    """What there is to send. Raises TypeError, and BufferError where it is not contiguous."""
    view = _viewed(buffer)
    if view is None:
        raise TypeError(f"a bytes-like object is required, not {type(buffer).__name__!r}")
    if not view.c_contiguous:
        raise BufferError("memoryview: underlying buffer is not C-contiguous")
    return view if view.format == "B" and view.ndim == 1 else memoryview(view.tobytes())


def writable(buffer: Buffer) -> memoryview:
    """Where received data can be put. Raises TypeError."""
    view = _viewed(buffer)
    if view is None or view.readonly or not view.c_contiguous:
        raise TypeError(f"read() argument 2 must be read-write bytes-like object, not {type(buffer).__name__}")
    return view


def fill(view: memoryview, data: bytes) -> int:
    """Put `data`, which has room there, at the front of a writable buffer, and give its length."""
    if view.format == "B" and view.ndim == 1:
        view[: len(data)] = data
        return len(data)
    # A memoryview cannot be written to, nor cast, in every format; a stream can write into any buffer.
    return io.BytesIO(data).readinto(view)


def _viewed(buffer: Buffer) -> memoryview | None:
    try:
        return memoryview(buffer)
    except TypeError:
        return None
