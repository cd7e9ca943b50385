"""The child of ``doctor``: loads one implementation, says what it is, and may try to shake hands with it.

It runs in a process of its own, since an implementation may do anything at all when it is imported; what it found goes
into a file, since an implementation may print anything at all. Nothing else belongs here.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import itertools
import json
import os
import sys
from pathlib import Path
from typing import Any

from sslspec.bench.credentials import Pki
from sslspec.bench.endpoints import Journal
from sslspec.bench.pair import Pair, Variant, module_peer
from sslspec.implementations import loading
from sslspec.implementations.loading import Implementation, ImplementationError

_SCENARIO = "handshake/progress/a_handshake_completes"


def main() -> None:
    """``probe SPEC FILE [PKI]``: write a JSON object with "facts" or "problem", and with PKI also "handshakes"."""
    spec, file, *pki = sys.argv[1:]
    found: dict[str, Any] = {}
    try:
        implementation = loading.load(spec)
    except ImplementationError as problem:
        found["problem"] = str(problem)
    except BaseException as problem:
        found["problem"] = f"{spec}: raises {type(problem).__name__} when it is imported"
    else:
        found["facts"] = _facts(implementation)
        if pki:
            _write(file, {**found, "handshakes": None})  # in case that it does not live through them
            found["handshakes"] = _handshakes(implementation, Pki(pki[0]))
    _write(file, found)
    # What an implementation leaves behind (threads, atexit handlers) must not keep us.
    os._exit(0)


def _facts(implementation: Implementation) -> dict[str, Any]:
    facts = loading.describe(implementation)
    module = implementation.module
    flags = sorted(name for name in dir(module) if name.startswith("HAS_"))
    facts["without"] = [name for name in flags if not getattr(module, name)]
    if not facts.get("version"):
        facts["version"] = _distribution_version(str(getattr(module, "__name__", "")))
    return facts


def _distribution_version(module: str) -> str:
    """The version of the distribution that a module came with, or ""."""
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names:
        return ""
    for name in importlib.metadata.packages_distributions().get(top, ()):
        return importlib.metadata.version(name)
    return ""


def _handshakes(implementation: Implementation, pki: Pki) -> list[dict[str, Any]]:
    stdlib = loading.load("ssl")
    peers = {stdlib.name: stdlib, implementation.name: implementation}
    variants = _variants(implementation)
    if [variant.transport for variant in variants] != ["memory", "memory"]:
        del peers[implementation.name]  # a peer needs memory in both roles
    return [
        _handshake(implementation, variant, name, peer, pki) for name, peer in peers.items() for variant in variants
    ]


def _variants(implementation: Implementation) -> list[Variant]:
    """The roles in which a handshake is part of the implementation's profile, over memory where that is."""
    name = loading.profile_of(implementation.library)
    if not name:
        return [Variant("client", None), Variant("server", None)]
    from sslspec.scenarios import profiles  # which needs more than the standard library, and an agent has no more

    profile = profiles.load(name)
    found: dict[str, Variant] = {}
    for role, transport in itertools.product(("client", "server"), ("memory", "socketpair")):
        if not profile.why_not(profiles.Place(_SCENARIO, (), (), role, transport)):
            found.setdefault(role, Variant(role, None, transport))
    return list(found.values())


def _handshake(tested: Implementation, variant: Variant, name: str, peer: Implementation, pki: Pki) -> dict[str, Any]:
    done = {"role": variant.role, "peer": name}
    try:
        pair = Pair(tested.module, variant, module_peer(peer.module, name), pki, Journal(tested.module))
        pair.shake_hands()
        told = [pair.subject.version()]
        with contextlib.suppress(AttributeError):  # which a profile may leave out
            told += (pair.subject.cipher() or ())[:1]
        return {**done, "ok": True, "what": " ".join(map(str, told))}
    except BaseException as problem:
        return {**done, "ok": False, "what": " ".join(f"{type(problem).__name__}: {problem}".split())[:160]}


def _write(file: str, found: dict[str, Any]) -> None:
    Path(file).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
