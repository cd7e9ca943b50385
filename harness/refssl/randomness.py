"""The RAND_* functions, over the operating system's generator.

There is no generator of our own to seed or to run dry; what a program adds is accepted as OpenSSL accepts it and
changes nothing that it could observe.
"""

from __future__ import annotations

import os

from refssl.integers import c_int

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = ["RAND_add", "RAND_bytes", "RAND_status"]


def RAND_bytes(n: int, /) -> bytes:  # noqa: N802
    """`n` unpredictable bytes (ssl.RAND_bytes). Raises ValueError below 0 and OverflowError past a C int."""
    return os.urandom(c_int(n))


def RAND_status() -> bool:  # noqa: N802
    """Whether enough randomness is at hand (ssl.RAND_status): the operating system sees to it, always True."""
    return True


def RAND_add(string: str | Buffer, entropy: float, /) -> None:  # noqa: N802
    """Mix `string` into the generator (ssl.RAND_add).

    The operating system's generator needs no help, and nothing a caller adds can be taken out again, so the
    arguments are checked and dropped.
    """
    if not isinstance(string, str):
        memoryview(string)
    if not isinstance(entropy, (int, float)):
        raise TypeError(f"must be real number, not {type(entropy).__name__}")
