"""Object identifiers as ssl knows them, and Purpose, which are two of them.

Only the objects that ssl itself needs have names here; there is no registry of every object that OpenSSL knows.
"""

from __future__ import annotations

import enum
from collections import namedtuple

from refssl.integers import c_int

__all__ = ["Purpose"]

_OBJECTS = (
    (129, "serverAuth", "TLS Web Server Authentication", "1.3.6.1.5.5.7.3.1"),
    (130, "clientAuth", "TLS Web Client Authentication", "1.3.6.1.5.5.7.3.2"),
)


_Object = namedtuple("_Object", "nid shortname longname oid")


class _ASN1Object(_Object):
    """An object identifier with OpenSSL's number and names for it."""

    __slots__ = ()

    def __new__(cls, oid: str) -> _ASN1Object:
        return cls._find(3, oid)

    @classmethod
    def fromnid(cls, nid: int) -> _ASN1Object:
        """The object with OpenSSL's number `nid`. Raises ValueError for an unknown one."""
        return cls._find(0, c_int(nid))

    @classmethod
    def fromname(cls, name: str) -> _ASN1Object:
        """The object with this short name, long name or dotted number. Raises ValueError for an unknown one."""
        for index in (1, 2):
            if any(entry[index] == name for entry in _OBJECTS):
                return cls._find(index, name)
        return cls._find(3, name)

    @classmethod
    def _find(cls, index: int, value: int | str) -> _ASN1Object:
        if index and not isinstance(value, str):
            raise TypeError(f"txt2obj() argument 'txt' must be str, not {type(value).__name__}")
        if isinstance(value, str):
            value.encode("utf-8")
        for entry in _OBJECTS:
            if entry[index] == value:
                return super().__new__(cls, *entry)
        raise ValueError(f"unknown object {value!r}" if index else f"unknown NID {value}")


class Purpose(_ASN1Object, enum.Enum):
    """For what a context's certificates are trusted: who authenticates itself to it (ssl.Purpose)."""

    SERVER_AUTH = "1.3.6.1.5.5.7.3.1"
    CLIENT_AUTH = "1.3.6.1.5.5.7.3.2"


Purpose.__module__ = _ASN1Object.__module__ = "refssl"
