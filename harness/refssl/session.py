"""SSLSession: a TLS session as programs hold it, to hand it to the next connection.

It names what the engine's Session holds and remembers to which context it belongs. Whether a session may be used is
decided in context.py and by the engine.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    from typing import NoReturn

    from refssl.context import SSLContext
    from refssl.engine.session import Session
    from refssl.x509.path import Policy

__all__ = ["SSLSession"]

DEFAULT_TIMEOUT = 7200


class SSLSession:
    """A session negotiated on a connection (ssl.SSLSession); made by connections only.

    Two are equal when their ids are. A session of TLS 1.3 is renewed by each ticket that arrives, so a client's
    has no id and cannot be resumed until a read has met the server's first ticket (RFC 8446 4.6.1).
    """

    __slots__ = ("_context", "_engine_session", "_id", "_policy", "_time")

    _context: SSLContext
    _engine_session: Session | None
    _id: bytes
    _policy: Policy | None
    _time: int

    def __init__(self, *args: object, **kwargs: object) -> None:
        raise TypeError("cannot create 'refssl.SSLSession' instances")

    def __init_subclass__(cls) -> None:
        raise TypeError("type 'refssl.SSLSession' is not an acceptable base type")

    @property
    def id(self) -> bytes:
        """The session's id: b"" where there is none yet."""
        return self._id

    @property
    def time(self) -> int:
        """When the session was made, in seconds since the epoch."""
        return self._time

    @property
    def timeout(self) -> int:
        """For how many seconds from then on it may be resumed."""
        lifetime = self.ticket_lifetime_hint
        return lifetime if lifetime else DEFAULT_TIMEOUT

    @property
    def ticket_lifetime_hint(self) -> int:
        """The server's ticket_lifetime in seconds (RFC 8446 4.6.1), 0 without a ticket."""
        session = self._engine_session
        return session.lifetime if session is not None and session.ticket else 0

    @property
    def has_ticket(self) -> bool:
        """Whether the server has given a ticket for it."""
        session = self._engine_session
        return session is not None and bool(session.ticket)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SSLSession):
            return NotImplemented
        return self._id == other._id

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> NoReturn:
        raise TypeError("cannot pickle 'refssl.SSLSession' object")


SSLSession.__module__ = "refssl"


def make_session(
    context: SSLContext, policy: Policy | None, engine_session: Session | None, session_id: bytes, created: float
) -> SSLSession:
    """An SSLSession of `context`, over what the engine knows of it.

    policy: what the peer's chain was held against, None where it was not verified.
    """
    session = SSLSession.__new__(SSLSession)
    session._context = context
    session._policy = policy
    session._engine_session = engine_session
    session._id = session_id
    session._time = int(created)
    return session
