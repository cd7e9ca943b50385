"""Implementations by name: any importable object that has the names of ssl.

ssl, stdlib             the standard library's
refssl                  the reference implementation
gevent, truststore ...  a library that `libraries` knows, or a name that some distribution has registered
package.module          a module that looks like ssl
package.module:factory  an attribute of it; called if it is a function
label=package.module    the same under another name in records
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import sys
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from sslspec import subinterpreters
from sslspec.implementations import libraries

DEFAULT = ("ssl", "refssl")
ALIASES = {"stdlib": "ssl"}
_THREADS = "t" if "free-threading" in sys.version else ""  # 3.13.15t: what the field calls a Python without the GIL
_SUB = subinterpreters.SUFFIX if subinterpreters.is_one() else ""
# Without these there is nothing that a scenario could begin with.
INDISPENSABLE = ("SSLContext", "SSLError", "MemoryBIO", "PROTOCOL_TLS_CLIENT", "PROTOCOL_TLS_SERVER", "TLSVersion")


class ImplementationError(Exception):
    """An implementation could not be loaded; the text names it and says what is wrong."""


@dataclass(frozen=True)
class Implementation:
    """A loaded implementation.

    name: its column in records. module: what stands for ssl. documented: the (major, minor) of the Python whose ssl
    documentation it follows: what the module says in ``__ssl_version__``, else the Python that runs it. library: the
    name under which `libraries` knows it, or "".
    """

    name: str
    module: ModuleType
    documented: tuple[int, int]
    library: str = ""


def name_of(spec: str) -> str:
    """The column that a specification stands for."""
    label, equals, _ = spec.partition("=")
    return label if equals else ALIASES.get(spec, spec)


def profile_of(spec: str) -> str:
    """The profile of a library that implements a part of ssl on purpose; "" for anything else."""
    name = named_by(spec)
    return libraries.LIBRARIES[name].profile if name in libraries.LIBRARIES else ""


def load(spec: str) -> Implementation:
    """Import what `spec` names. Raises ImplementationError where that fails or does not look like ssl."""
    name = named_by(spec)
    if not name or spec.startswith("="):
        raise ImplementationError(f"{spec!r}: names no implementation: package.module, or NAME=package.module")
    try:
        target = name if name in DEFAULT else libraries.target_of(name)
    except libraries.LibraryError as problem:
        raise ImplementationError(str(problem)) from problem
    module_name, _, attribute = target.partition(":")
    if _has_separator(attribute):  # C:\\mylib.py
        module_name, attribute = target, ""
    if _has_separator(module_name) or module_name.endswith(".py"):
        raise ImplementationError(f"{spec}: {_instead_of_path(module_name, attribute)}")
    try:
        found: Any = importlib.import_module(module_name)
    except Exception as exception:
        told = f"{spec}: cannot import {module_name}: {_brief(exception)}"
        raise ImplementationError(told + _hint(name, exception)) from exception
    if attribute:
        try:
            found = getattr(found, attribute)
            if inspect.isfunction(found):
                found = found()
        except Exception as exception:
            told = f"{spec}: {module_name} gives no {attribute}: {_brief(exception)}"
            raise ImplementationError(told + _hint(name, exception)) from exception
    missing = [name for name in INDISPENSABLE if not hasattr(found, name)]
    if missing:
        told = f"{spec}: {target} has no {', '.join(missing)}, so it cannot stand for ssl"
        raise ImplementationError(told + _inside(found))
    documented = tuple(getattr(found, "__ssl_version__", sys.version_info[:2]))
    library = name if name in libraries.LIBRARIES else ""
    return Implementation(name_of(spec), found, (documented[0], documented[1]), library)


def named_by(spec: str) -> str:
    """What a specification asks for, without the label that it may have."""
    label, equals, rest = spec.partition("=")
    return rest if equals else ALIASES.get(label, label)


def _has_separator(text: str) -> bool:
    return bool({"/", os.sep} & set(text))


def _instead_of_path(path: str, attribute: str) -> str:
    """What to say to somebody who names a file or a folder: how its module is called, and from where."""
    told = "is a path; an implementation is named as it is imported: package.module, or package.module:attribute"
    if not os.path.exists(path):
        return told
    folder, last = os.path.split(os.path.abspath(path).removesuffix(os.sep + "__init__.py"))
    here = os.getcwd()
    inside = folder == here or folder.startswith(os.path.join(here, ""))
    parts = os.path.relpath(folder, here).split(os.sep) if inside and folder != here else []
    module = ".".join([*parts, last.removesuffix(".py")]) + (f":{attribute}" if attribute else "")
    return f"{told}; here {module}{'' if inside else f', with PYTHONPATH={folder}'}"


def _inside(found: Any) -> str:
    """What to say of a package whose module ``ssl`` may have been meant."""
    inner = f"{getattr(found, '__name__', '')}.ssl"
    try:
        there = isinstance(found, ModuleType) and importlib.util.find_spec(inner) is not None
    except (ImportError, ValueError):
        there = False
    return f"; did you mean {inner}?" if there else ""


def _hint(name: str, exception: Exception) -> str:
    """What to do where a module is missing: nothing helps against one that is there and fails."""
    missing = exception.name if isinstance(exception, ModuleNotFoundError) else None
    if missing is None:
        return ""
    ours = name in libraries.LIBRARIES
    return f"; {libraries.how_to_get(name)}" if ours or missing == name.partition(".")[0] else ""


def _brief(exception: BaseException) -> str:
    return f"{type(exception).__name__}: {exception}"


def describe(implementation: Implementation) -> dict[str, Any]:
    """What a record's header says of an implementation: JSON values only."""
    module: Any = implementation.module
    flags = [name for name in dir(module) if name.startswith("HAS_") and getattr(module, name) is True]
    return {
        "name": implementation.name,
        "module": str(getattr(module, "__name__", type(module).__name__)),
        "version": str(getattr(module, "__version__", "") or libraries.version_of(implementation.library)),
        "documented": f"{implementation.documented[0]}.{implementation.documented[1]}",
        "openssl": str(getattr(module, "OPENSSL_VERSION", "")),
        "openssl_version_info": [int(part) for part in getattr(module, "OPENSSL_VERSION_INFO", ())],
        "features": flags,
        "python": {
            "implementation": sys.implementation.name,
            "version": ".".join(map(str, sys.version_info[:3])) + _THREADS + _SUB,
        },
    }
