"""What the programs of this folder share: contexts from a folder of certificates, and controls that must fail.

The programs are ordinary ones: they ``import ssl`` and know nothing of refssl.
"""

from __future__ import annotations

import socket
import ssl
import sys
from collections.abc import Callable
from pathlib import Path

TIMEOUT = 30
FOLDER = Path(sys.argv[-1])
NUMBERS = [int(word) for word in sys.argv[1:-1]]  # a client's ports, a server's descriptors
HOST = "localhost"
WRONG_HOST = "127.0.0.1"  # it is reached there, but its certificate does not say so


def listeners() -> list[socket.socket]:
    """The listening sockets that a server program was given."""
    return [socket.socket(fileno=number) for number in NUMBERS]


def server_context() -> ssl.SSLContext:
    """A server's context with the chain for HOST."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(FOLDER / "server.pem")
    return context


def trusting() -> ssl.SSLContext:
    """A client's context that trusts the server's authority."""
    return ssl.create_default_context(cafile=FOLDER / "authority.pem")


def estranged() -> ssl.SSLContext:
    """A client's context that trusts another authority."""
    return ssl.create_default_context(cafile=FOLDER / "stranger.pem")


def reason(error: BaseException | None) -> str:
    """Which certificate error is at the bottom of an exception, whatever a library has wrapped around it."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ssl.SSLCertVerificationError) and hasattr(one, "verify_code"):
            return f"verify code {one.verify_code}"
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None)]
            waiting += [*one.args, *getattr(one, "exceptions", ())]
    raise SystemExit(f"not refused for its certificate: {error!r}")


def control(what: str, attempt: Callable[..., object], *arguments: object) -> None:
    """Print why the attempt was refused; it is an error if it was not."""
    try:
        attempt(*arguments)
    except Exception as error:
        print(what, "refused:", reason(error))
    else:
        raise SystemExit(f"{what} was accepted")


def controls(attempt: Callable[[ssl.SSLContext, str], object]) -> None:
    """The wrong authority and the wrong host, which attempt(context, host) must refuse."""
    control("wrong authority", attempt, estranged(), HOST)
    control("wrong host", attempt, trusting(), WRONG_HOST)
