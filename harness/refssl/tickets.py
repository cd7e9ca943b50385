"""Session tickets of a server's context: how they are sealed, and where the sessions of stateful ones are kept.

Whether a session that was found may be used on a connection is decided by the engine and by `SSLContext.snapshot`.
"""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict

from refssl.crypto import aead
from refssl.engine.faults import ProtocolError
from refssl.engine.session import Session

_NONCE = 12
_NAME = 16
_LONGEST_SEALED = 2**15 - 2**8
_CACHED_SESSIONS = 20480  # OpenSSL's SSL_SESSION_CACHE_MAX_SIZE_DEFAULT


class TicketKeeper:
    """Seals sessions into tickets under a key of its own, or remembers them and gives out their numbers.

    RFC 8446 4.6.1: the ticket "MAY be either a database lookup key or a self-encrypted and self-authenticated value".
    """

    def __init__(self) -> None:
        self._name = os.urandom(_NAME)
        self._cipher = aead.keyed("AES-GCM")(os.urandom(32))
        self._sessions: OrderedDict[bytes, Session] = OrderedDict()
        self._lock = threading.Lock()

    def seal(self, session: Session) -> bytes:
        """A ticket that holds the session itself: key name, nonce, ciphertext (RFC 5077 4).

        b"" where the client's certificates make it too large to come back in a ClientHello.
        """
        content = session.encode()
        if len(content) > _LONGEST_SEALED:
            return b""
        nonce = os.urandom(_NONCE)
        return self._name + nonce + self._cipher.encrypt(nonce, content, self._name)

    def remember(self, session: Session) -> bytes:
        """A ticket that is only the session's number, for OP_NO_TICKET; the oldest sessions are forgotten first."""
        number = os.urandom(32)
        self._put(number, session)
        return number

    def _put(self, number: bytes, session: Session) -> None:
        with self._lock:
            self._sessions[number] = session
            while len(self._sessions) > _CACHED_SESSIONS:
                self._sessions.popitem(last=False)

    def keep(self, session: Session) -> None:
        """Remember a session of TLS 1.2 under its session_id; the oldest sessions are forgotten first."""
        self._put(session.session_id, session)

    def find(self, session_id: bytes) -> Session | None:
        """The session of TLS 1.2 that is kept under `session_id` and has not expired, else None."""
        return self._fresh(self._sessions.get(session_id))

    def open(self, ticket: bytes) -> Session | None:
        """The session of a ticket of ours that has not expired, else None."""
        return self._fresh(self._sessions.get(ticket) if len(ticket) == 32 else self._unseal(ticket))

    @staticmethod
    def _fresh(session: Session | None) -> Session | None:
        if session is None or not 0 <= time.time() - session.created <= session.lifetime:
            return None
        return session

    def _unseal(self, ticket: bytes) -> Session | None:
        if ticket[:_NAME] != self._name:
            return None
        nonce = ticket[_NAME : _NAME + _NONCE]
        try:
            return Session.decode(self._cipher.decrypt(nonce, ticket[_NAME + _NONCE :], self._name))
        except aead.failures():
            return None
        except ProtocolError:
            return None

    def __len__(self) -> int:
        return len(self._sessions)
