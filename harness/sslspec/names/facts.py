"""What can be said of each public name of a module without using it: kind, signature, value, bases, documentation.

Every fact is a JSON value, and independent of where the module keeps its things: what it calls its own is ``ssl``'s.
What a name does when it is called is calls.py's.
"""

from __future__ import annotations

import enum
import inspect
import re
import types
from typing import Any

Facts = dict[str, Any]
"""What is known of one name: kind and whatever of signature, value, bases, module, doc ... applies."""

HOOKS = (
    "_ASN1Object",
    "_DEFAULT_CIPHERS",
    "_OPENSSL_API_VERSION",
    "_RESTRICTED_SERVER_CIPHERS",
    "_SSLMethod",
    "_TLSAlertType",
    "_TLSContentType",
    "_TLSMessageType",
    "_create_default_https_context",
    "_create_stdlib_context",
    "_create_unverified_context",
)
"""Private names of the module on which the standard library and others lean."""

CLASS_HOOKS = {
    "SSLContext": ("_encode_hostname", "_msg_callback", "_wrap_bio", "_wrap_socket"),
    "SSLObject": ("_create",),
    "SSLSocket": ("_check_connected", "_checkClosed", "_create", "_real_connect"),
    "_ASN1Object": ("fromname", "fromnid", "nid", "shortname", "longname", "oid"),
}
"""The same of its classes."""

_DESCRIPTORS = (property, types.GetSetDescriptorType, types.MemberDescriptorType)
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType)


def describe(module: Any) -> dict[str, Facts]:
    """The facts of every public name of `module`, and of every public attribute of its classes as ``Class.name``."""
    found: dict[str, Facts] = {}
    for name in (*sorted(name for name in dir(module) if not name.startswith("_")), *HOOKS):
        value = getattr(module, name, None)
        if not hasattr(module, name) or isinstance(value, types.ModuleType):
            continue
        found[name] = _describe(module, value)
        if isinstance(value, type) and is_own(module, value) and value.__name__ == name:
            found.update({f"{name}.{below}": facts for below, facts in _attributes(module, value).items()})
    return found


def is_own(module: Any, value: Any) -> bool:
    """Whether a class or function is the module's own, and not another's that it only shows."""
    return home(module, value) == "ssl"


def home(module: Any, value: Any) -> str:
    """The module a thing says that it comes from; ``ssl`` where it is the one that is described."""
    said = str(getattr(value, "__module__", None))
    name = str(getattr(module, "__name__", ""))
    own = {name, "ssl", "_ssl"}
    return "ssl" if said in own or said.startswith(f"{name}.") else said


def text_of(value: Any) -> str:
    """A value in words that do not depend on the module or on the Python that runs it."""
    if isinstance(value, enum.Enum):
        inner = tuple(value) if isinstance(value, tuple) else value.value
        return f"{type(value).__name__} {inner!r}"
    if isinstance(value, type):
        return value.__name__
    if value is None or isinstance(value, (bool, int, str, bytes, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        items = ", ".join(map(text_of, value))
        return f"[{items}]" if isinstance(value, list) else f"({items})"
    return type(value).__name__


def _describe(module: Any, value: Any) -> Facts:
    if isinstance(value, type):
        kind = "enumeration" if issubclass(value, enum.Enum) else "class"
        return {
            "kind": "exception" if issubclass(value, BaseException) else kind,
            "name": value.__name__,
            "bases": [base.__name__ for base in value.__mro__[1:] if _counts(base)],
            "module": home(module, value),
            "doc": bool(value.__doc__),
        }
    if isinstance(value, _FUNCTIONS):
        return {
            "kind": "function",
            "name": value.__name__,
            "module": home(module, value),
            "doc": bool(value.__doc__),
            **(_signature(value) if is_own(module, value) else {}),
        }
    return {"kind": "constant", "type": type(value).__name__, "value": text_of(value)}


def _counts(base: type) -> bool:
    """Private classes between two public ones are nobody's business, nor is where an enumeration keeps its repr."""
    return base is not object and not base.__name__.startswith("_") and base.__name__ not in ("ReprEnum", "Generic")


def _attributes(module: Any, cls: type) -> dict[str, Facts]:
    if issubclass(cls, enum.Enum):
        members = cls.__members__.items()
        return {name: {"kind": "member", "value": text_of(member)} for name, member in members}
    hooks = CLASS_HOOKS.get(cls.__name__, ())
    names = [name for name in dir(cls) if not name.startswith("_") or name in hooks]
    return {name: _attribute(module, cls, name) for name in names}


def _attribute(module: Any, cls: type, name: str) -> Facts:
    owner = next((base for base in cls.__mro__ if name in vars(base)), cls)
    raw = inspect.getattr_static(cls, name)
    if not is_own(module, owner):
        return {"kind": "inherited", "owner": owner.__name__}
    if isinstance(raw, _DESCRIPTORS):
        return {"kind": "attribute", "doc": bool(raw.__doc__)}
    value = getattr(cls, name)
    if isinstance(raw, (classmethod, staticmethod, types.ClassMethodDescriptorType)) or callable(value):
        if isinstance(value, type) or not hasattr(value, "__name__"):
            return {"kind": "constant", "value": text_of(value)}
        bound = getattr(value, "__self__", None) is cls
        static = isinstance(raw, staticmethod)
        return {
            "kind": "class method" if bound else "static method" if static else "method",
            "doc": bool(value.__doc__),
            **_signature(value),
        }
    return {"kind": "constant", "value": text_of(value)}


def _signature(function: Any) -> Facts:
    """The parameters as source text: names, kinds and defaults; nothing where the function does not tell them."""
    try:
        signature = inspect.signature(function)
    except (ValueError, TypeError):
        return {}
    bare = [
        parameter.replace(annotation=inspect.Parameter.empty, default=_default(parameter.default))
        for parameter in signature.parameters.values()
    ]
    text = str(inspect.Signature(bare))
    text = re.sub(r"^\((?:self|cls)?(?:, )?(/(?:, )?)?", "(", text)
    return {"signature": text}


def _default(value: Any) -> Any:
    plain = value is None or (isinstance(value, (bool, int, str, bytes, float)) and not isinstance(value, enum.Enum))
    return value if plain or value is inspect.Parameter.empty else _Shown(text_of(value))


class _Shown:
    """A default value that shows as the given text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return f"<{self.text}>"
