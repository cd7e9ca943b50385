"""The implementations that are measured: one module for each, and one for everything shaped like ssl.

A peer says how its contexts are made, how a pair of them shakes hands in memory and how bytes go through it; what is
measured with that is not decided here. Each foreign library is imported in its own module, and only when asked for.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

from benchmarks.certificates import Certificates
from benchmarks.peers.base import Peer

BASELINE = "ssl"
_FOREIGN = {
    "pyOpenSSL": "benchmarks.peers.pyopenssl",
    "tlslite-ng": "benchmarks.peers.tlslite_ng",
    "siotls": "benchmarks.peers.siotls",
}
NAMES = (BASELINE, "refssl", *_FOREIGN)


class NoSuchPeer(Exception):
    """A name that stands for no peer; the text is one line that says why."""


def load(name: str, certificates: Certificates) -> Peer:
    """The peer of that name: one of NAMES, or any importable module that looks like ssl. Raises NoSuchPeer."""
    try:
        if name in _FOREIGN:
            make: Callable[[Certificates], Peer] = importlib.import_module(_FOREIGN[name]).make
            return make(certificates)
        from benchmarks.peers.shaped import ShapedPeer

        return ShapedPeer(name, certificates)
    except Exception as problem:  # whatever an import runs into
        known = "" if name in NAMES else f" (known peers: {', '.join(NAMES)}, or any module with the names of ssl)"
        raise NoSuchPeer(f"{name}: {type(problem).__name__}: {problem}{known}") from problem
