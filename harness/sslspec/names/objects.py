"""What a module's objects are as Python objects, and what a fresh context is set to.

Whether they can be made, subclassed, hashed, copied, pickled, referred to weakly; how they print themselves. What their
names do is calls.py's.
"""

from __future__ import annotations

import copy
import pickle
import re
import warnings
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

from sslspec.names.facts import text_of
from sslspec.names.receivers import Receivers
from sslspec.names.trials import Trials

_CHANGING = re.compile(r"0x[0-9a-f]+|(?<=fd=)\d+|(?<=family=)[\w.]+|(?<=type=)[\w.]+|(?<=')\d[\d.]+', \d+")
_ERRORS = (
    "SSLError",
    "SSLZeroReturnError",
    "SSLWantReadError",
    "SSLWantWriteError",
    "SSLSyscallError",
    "SSLEOFError",
    "SSLCertVerificationError",
)


def describe(on: Receivers, trials: Trials) -> dict[str, dict[str, str]]:
    """By name of a class, or a member, what can be done with one of its objects."""
    module = on.module
    made: dict[str, Callable[[], Any]] = {
        **{label: make for label, make in on.makers().items() if label != "SSLObject, server"},
        "Options": lambda: module.Options.OP_NO_TICKET,
        "TLSVersion": lambda: module.TLSVersion.TLSv1_3,
        "Purpose": lambda: module.Purpose.SERVER_AUTH,
        "_ASN1Object": lambda: module._ASN1Object.fromnid(129),
    }
    for name in filter(partial(hasattr, module), _ERRORS):
        error = getattr(module, name)
        made[f"{name}, without arguments"] = error
        made[f"{name}, with a text"] = partial(error, "text")
        made[f"{name}, with a number and a text"] = partial(error, 1, "text")
    found: dict[str, dict[str, str]] = {}
    for label, make in made.items():
        kind, _, how = label.partition(", ")
        if hasattr(module, kind):
            behaviour = {
                f"{what} ({how})" if how else what: text for what, text in _object(module, trials, label, make).items()
            }
            found.setdefault(kind, {}).update(behaviour)
    for kind in found:
        found[kind]["subclass"] = trials.outcome(f"{kind} subclass", partial(type, "Sub", (getattr(module, kind),), {}))
    return found


def _object(module: Any, trials: Trials, label: str, make: Callable[[], Any]) -> dict[str, str]:
    name = str(module.__name__)

    def anything(one: Any) -> Any:
        one.anything = 1

    tried: dict[str, Callable[[Any], Any]] = {
        "hash": hash,
        "bool": bool,
        "copy": copy.copy,
        "deepcopy": copy.deepcopy,
        "pickle": pickle.dumps,
        "weak reference": weakref.ref,
        "any attribute": anything,
        "iter": iter,
        "len": len,
        "equals a copy": lambda one: one == copy.copy(one),
        "order": lambda one: one < one,
        "vars": vars,
        "call": lambda one: one(),
        "with": lambda one: one.__enter__(),
    }
    found = {what: trials.outcome(f"{label} {what}", partial(_made, make, call)) for what, call in tried.items()}
    return {**found, "repr": _shown(name, make, repr), "str": _shown(name, make, str)}


def _made(make: Callable[[], Any], call: Callable[[Any], Any]) -> Any:
    return call(make())


def _shown(module: str, make: Callable[[], Any], how: Callable[[Any], str]) -> str:
    """A text without what changes from run to run or from module to module."""
    try:
        text = how(make())
    except Exception as problem:
        return type(problem).__name__
    own = re.sub(rf"\b(?:_ssl|{re.escape(module)})\b", "ssl", text)
    return _CHANGING.sub("…", own)


def contexts(on: Receivers) -> dict[str, dict[str, str]]:
    """The settings of contexts as they are made, by the call that makes them."""
    ssl = on.module
    makers: dict[str, Callable[[], Any]] = {
        "SSLContext(PROTOCOL_TLS)": lambda: ssl.SSLContext(ssl.PROTOCOL_TLS),
        "SSLContext(PROTOCOL_TLS_CLIENT)": lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        "SSLContext(PROTOCOL_TLS_SERVER)": lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER),
        "SSLContext(PROTOCOL_TLSv1_2)": lambda: ssl.SSLContext(ssl.PROTOCOL_TLSv1_2),
        "create_default_context()": lambda: ssl.create_default_context(cafile=on.authority),
        "create_default_context(Purpose.CLIENT_AUTH)": lambda: ssl.create_default_context(ssl.Purpose.CLIENT_AUTH),
        "_create_unverified_context()": lambda: ssl._create_unverified_context(),
        "_create_unverified_context(purpose=Purpose.CLIENT_AUTH)": lambda: ssl._create_unverified_context(
            purpose=ssl.Purpose.CLIENT_AUTH
        ),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {made_by: _settings(make) for made_by, make in makers.items()}


def _settings(make: Callable[[], Any]) -> dict[str, str]:
    try:
        context = make()
    except Exception as problem:
        return {"": type(problem).__name__}
    found = {}
    for name in sorted(name for name in dir(context) if not name.startswith("_")):
        try:
            value = getattr(context, name)
        except Exception as problem:
            found[name] = type(problem).__name__
            continue
        if not callable(value):
            found[name] = text_of(value)
    found["get_ciphers"] = " ".join(suite["name"] for suite in context.get_ciphers())
    found["cert_store_stats"] = repr(sorted(context.cert_store_stats().items()))
    found["session_stats"] = repr(sorted(context.session_stats().items()))
    if hasattr(context, "get_groups"):
        found["get_groups"] = " ".join(context.get_groups())
    return found
