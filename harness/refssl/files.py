"""Reading a whole file, which every loading of certificates and keys begins with.

What is in it is for whoever asked.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    from refssl.credentials import PathLike

_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0)  # the latter is Windows'
_PIECE = 1 << 16


def read(path: PathLike) -> bytes:
    """The contents of a file. Raises OSError, and TypeError for what is no path.

    An object of io costs more than the reading of a file as small as a certificate.
    """
    descriptor = os.open(os.fspath(path), _FLAGS)  # which alone would take a bytearray
    try:
        pieces = [os.read(descriptor, _PIECE)]
        while pieces[-1]:
            pieces.append(os.read(descriptor, _PIECE))
    finally:
        os.close(descriptor)
    return b"".join(pieces)
