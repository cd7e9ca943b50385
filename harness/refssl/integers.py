"""Integers as C takes them: an argument that is none, or does not fit, is refused as CPython refuses it.

Whether a number makes sense is for whoever asked for it.
"""

import operator

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    from typing import SupportsIndex

SIZE_MAX = 2**63 - 1
INT_MAX = 2**31 - 1


def c_int(value: "SupportsIndex") -> int:
    """`value` as a C int. Raises TypeError where it is no integer, OverflowError where it has more than 32 bits."""
    return _within(operator.index(value), INT_MAX, "int")


def c_long(value: "SupportsIndex") -> int:
    """`value` as a C long of 64 bits; raises as `c_int` does."""
    return _within(operator.index(value), SIZE_MAX, "long")


def c_size(value: "SupportsIndex") -> int:
    """`value` as a C ssize_t; raises as `c_int` does."""
    return _within(operator.index(value), SIZE_MAX, "ssize_t")


def _within(number: int, maximum: int, kind: str) -> int:
    if not ~maximum <= number <= maximum:
        raise OverflowError(f"Python int too large to convert to C {kind}")
    return number
