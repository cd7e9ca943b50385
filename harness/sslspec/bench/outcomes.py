"""From what an implementation returned or raised to what a record may hold.

Identity, never message text; values that differ by nature (certificates, sessions, addresses, ciphertext) by their
shape only, so that two runs of the same software give the same record.
"""

from __future__ import annotations

import enum
import errno
import hashlib
from types import ModuleType
from typing import Any

# A public name whose value differs from run to run: only its shape is recorded.
VOLATILE = frozenset(
    {
        "accept",
        "detach",
        "fileno",
        "get_channel_binding",
        "get_unverified_chain",
        "get_verified_chain",
        "getpeercert",
        "getpeername",
        "getsockname",
        "session",
    }
)
LONGEST_BYTES = 48
LONGEST_TEXT = 200
DEEPEST = 6


def of_exception(exception: BaseException, impl: ModuleType | None = None) -> dict[str, Any]:
    """An exception's identity: its public class, and what it has of library, reason, verify_code and errno."""
    outcome: dict[str, Any] = {"raises": public_class(type(exception), impl)}
    for name in ("library", "reason", "verify_code"):
        value = getattr(exception, name, None)
        if value is not None:
            outcome[name] = value if isinstance(value, int) else str(value)
    number = getattr(exception, "errno", None)
    if isinstance(number, int):
        # ssl's own numbers are SSL_ERROR_*, small and the same everywhere; the system's differ by platform
        is_ssl = "SSLError" in {cls.__name__ for cls in type(exception).__mro__}
        outcome["errno"] = int(number) if is_ssl else errno.errorcode.get(number, int(number))
    return outcome


def public_class(cls: type, impl: ModuleType | None = None) -> str:
    """The nearest class in the MRO that a user can name: in the implementation's module, or a builtin."""
    for candidate in cls.__mro__:
        if candidate.__module__ == "builtins" or getattr(impl, candidate.__name__, None) is candidate:
            return candidate.__name__
    return cls.__name__


def of_value(value: Any, depth: int = 0) -> Any:
    """A JSON value that stands for `value`: itself where JSON has it, else a dict with one key that says what it is."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, enum.Enum):
        return {"enum": f"{type(value).__name__}.{value.name or int(value.value)}"}
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, str):
        return str(value) if len(value) <= LONGEST_TEXT else {"text": len(value), "sha256": _digest(value.encode())}
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _of_bytes(bytes(value), type(value).__name__)
    if depth < DEEPEST and isinstance(value, (list, tuple)):
        return {type(value).__name__: [of_value(item, depth + 1) for item in value]}
    if depth < DEEPEST and isinstance(value, dict):
        return {"dict": {str(key): of_value(item, depth + 1) for key, item in sorted(value.items(), key=str)}}
    return {"object": type(value).__name__}


def shape_of(value: Any, depth: int = 0) -> Any:
    """What can be said of a value that differs from run to run: its kind, the keys of a dict, the items of a list."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return {"dict": sorted(map(str, value))}
    if isinstance(value, (list, tuple)) and depth < DEEPEST:
        return {type(value).__name__: [shape_of(item, depth + 1) for item in value]}
    return {"kind": type(value).__name__}


def _of_bytes(value: bytes, kind: str) -> dict[str, Any]:
    if len(value) <= LONGEST_BYTES:
        return {kind: value.decode("latin-1")}
    return {kind: len(value), "sha256": _digest(value)}


def _digest(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()[:16]
