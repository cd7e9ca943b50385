"""Session tickets of a server's context: how they are sealed, and where the sessions of stateful ones are kept.

Each session goes with what was demanded of the client's certificate then: where something else is demanded now, it is
not found. Whether one that was found may be used is decided by the engine and by snapshot.py.
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
# A client may show a hundred thousand bytes of certificates, and come back under a new session each time.
_CACHED_OCTETS = 2**26
_SESSION_OCTETS = 2**10  # of one without certificates, roughly


class TicketKeeper:
    """Seals sessions into tickets under a key of its own, or remembers them and gives out their numbers.

    RFC 8446 4.6.1: the ticket "MAY be either a database lookup key or a self-encrypted and self-authenticated value".
    """

    def __init__(self) -> None:
        self._name = os.urandom(_NAME)
        self._cipher = aead.keyed("AES-GCM")(os.urandom(32))
        self._sessions: OrderedDict[bytes, tuple[bytes, Session]] = OrderedDict()
        self._octets = 0
        self._lock = threading.Lock()

    def seal(self, session: Session, demands: bytes = b"") -> bytes:
        """A ticket that holds the session itself: key name, nonce, ciphertext (RFC 5077 4).

        b"" where the client's certificates make it too large to come back in a ClientHello.
        """
        content = bytes((len(demands),)) + demands + session.encode()
        if len(content) > _LONGEST_SEALED:
            return b""
        nonce = os.urandom(_NONCE)
        return self._name + nonce + self._cipher.encrypt(nonce, content, self._name)

    def remember(self, session: Session, demands: bytes = b"") -> bytes:
        """A ticket that is only the session's number, for OP_NO_TICKET; the oldest sessions are forgotten first."""
        number = os.urandom(32)
        self._put(number, session, demands)
        return number

    def _put(self, number: bytes, session: Session, demands: bytes) -> None:
        sessions = self._sessions
        with self._lock:
            replaced = sessions.pop(number, None)
            if replaced is not None:
                self._octets -= _size(replaced[1])
            sessions[number] = demands, session
            self._octets += _size(session)
            while len(sessions) > _CACHED_SESSIONS or self._octets > _CACHED_OCTETS:
                self._octets -= _size(sessions.popitem(last=False)[1][1])

    def keep(self, session: Session, demands: bytes = b"") -> None:
        """Remember a session of TLS 1.2 under its session_id; the oldest sessions are forgotten first."""
        self._put(session.session_id, session, demands)

    def find(self, session_id: bytes, demands: bytes = b"") -> Session | None:
        """The session of TLS 1.2 that is kept under `session_id`, has not expired and met the demands, else None."""
        return self._usable(self._sessions.get(session_id), demands)

    def open(self, ticket: bytes, demands: bytes = b"") -> Session | None:
        """The session of a ticket of ours that has not expired and met the demands, else None."""
        return self._usable(self._sessions.get(ticket) if len(ticket) == 32 else self._unseal(ticket), demands)

    @staticmethod
    def _usable(found: tuple[bytes, Session] | None, demands: bytes) -> Session | None:
        if found is None:
            return None
        met, session = found
        # Nothing demanded now is met by all.
        if (demands and met != demands) or not 0 <= time.time() - session.created <= session.lifetime:
            return None
        if session.forgotten:
            return None
        return session

    def _unseal(self, ticket: bytes) -> tuple[bytes, Session] | None:
        if ticket[:_NAME] != self._name:
            return None
        nonce = ticket[_NAME : _NAME + _NONCE]
        try:
            content = self._cipher.decrypt(nonce, ticket[_NAME + _NONCE :], self._name)
            end = 1 + content[0]
            return content[1:end], Session.decode(content[end:])
        except aead.failures():
            return None
        except ProtocolError:
            return None

    def __len__(self) -> int:
        return len(self._sessions)


def _size(session: Session) -> int:
    """How much memory a session takes, in octets and roughly."""
    peer = session.peer
    return _SESSION_OCTETS if peer is None else _SESSION_OCTETS + sum(map(len, peer.certificates))
