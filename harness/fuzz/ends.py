"""The two ends of a fuzzed connection: refssl's surface under watch, and an engine that need not keep to the rules.

Both are made repeatable: their random bytes, key shares and ECDSA signatures follow from a label.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import refssl
from fuzz import actors
from fuzz.edits import cut
from fuzz.scenarios import Scenario
from fuzz.target import Broken
from refssl.crypto import shares
from refssl.crypto.keys import SCHEMES
from refssl.engine.alerts import AlertLevel
from refssl.engine.config import TLS12, Config, Credential
from refssl.engine.connection import Connection
from refssl.engine.faults import Fault
from refssl.engine.messages import tls12
from refssl.engine.messages.control import HANDSHAKE, Alert
from refssl.engine.messages.hello import ClientHello
from refssl.engine.output import M, Output
from refssl.engine.records import HEADER
from refssl.engine.session import Session

SAYS = {False: b"the client says something. ", True: b"the server says something. "}
_LARGE = 1 << 15
_LABELS = {actors.LEAF: "leaf", actors.CLIENT: "client"}


def repeatable(connection: Connection, label: str) -> Config:
    """The config of `connection`, and what it offers to resume, with all that is random in it drawn from `label`.

    Its sessions are copies: one that ends badly is forgotten, and others come back to the same.
    """
    chance = Random(label)
    config = connection.config
    sessions = config.sessions
    if sessions is not None:
        find = sessions.find
        sessions = replace(sessions, find=lambda name: _copy(find(name)))
    return replace(
        config,
        session=_copy(connection.offered_session),
        sessions=sessions,
        random=chance.randbytes,
        generate_share=lambda group: _share(group, label),
        credentials=tuple(_repeatable_credential(each) for each in config.credentials),
    )


def _copy(session: Session | None) -> Session | None:
    return None if session is None else replace(session)


def _share(group: int, label: str) -> Any:
    number = Random(f"{label} {group}").getrandbits(250) + 1
    if group == shares.X25519:
        return shares.MontgomeryShare(shares.X25519, number.to_bytes(32, "big"))
    if group in (shares.SECP256R1, shares.SECP384R1, shares.SECP521R1):
        return shares.CurveShare(group, number)
    return shares.generate(group)


def _repeatable_credential(credential: Credential) -> Credential:
    label = _LABELS.get(credential.certificates[0])
    return credential if label is None else replace(credential, sign=signing(label))


def signing(label: str) -> Callable[[int, bytes], bytes]:
    """`Credential.sign` of the key with this label."""
    return lambda scheme, content: actors.sign(actors.key(label), content, SCHEMES[scheme].hash)


def wrapped(scenario: Scenario, server_side: bool) -> Any:
    """A fresh SSLObject of a scenario, with its two BIOs: (object, incoming, outgoing)."""
    context = scenario.contexts()[server_side]
    incoming, outgoing = refssl.MemoryBIO(), refssl.MemoryBIO()
    if server_side:
        made = context.wrap_bio(incoming, outgoing, server_side=True)
    else:
        made = context.wrap_bio(incoming, outgoing, server_hostname=actors.HOST, session=scenario.session())
    return made, incoming, outgoing


class Watched(Output):
    """The sending half of a subject: after a fatal alert there is nothing more to be said."""

    __slots__ = ("fatal",)

    def __init__(self) -> None:
        super().__init__()
        self.fatal = False

    def send(self, message: M) -> M:
        if self.fatal:
            raise Broken(f"{type(message).__name__} is sent after a fatal alert")
        self.fatal = isinstance(message, Alert) and message.level == AlertLevel.FATAL
        return super().send(message)


class Subject:
    """refssl as a program uses it, through an SSLObject.

    received: data that it has given; error: what has ended it; heard, said: the handshake messages received and sent
    until the handshake was complete, where `listening`.
    """

    def __init__(self, scenario: Scenario, server_side: bool, label: str = "subject", listening: bool = False) -> None:
        self.server_side = server_side
        self.object, self.incoming, self.outgoing = wrapped(scenario, server_side)
        inner = self.object._sslobj
        config = repeatable(inner._connection, label)
        self.heard: list[bytes] = []
        self.said: list[bytes] = []
        if listening:
            config = replace(config, observe=self._observe)
        self.connection = inner._connection = Connection(config, Watched())
        self.received = b""
        self.wrote = b""
        self.closed = False
        self.error: refssl.SSLError | None = None

    def _observe(self, sent: bool, version: int, content_type: int, message: bytes) -> None:
        # RFC 5246 7.4.1.1: a HelloRequest is not part of any transcript.
        if content_type == HANDSHAKE and message != bytes(4):
            if sent:
                self.said.append(message)
            elif not self.connection.handshake_complete:
                self.heard.append(message)

    @property
    def complete(self) -> bool:
        """Whether the handshake has been completed, whatever happened afterwards."""
        return self.connection.handshake_complete

    def take(self) -> bytes:
        """The records that it has sent."""
        sent: bytes = self.outgoing.read()
        return sent

    def receive(self, data: bytes) -> None:
        """Give it bytes, and let it do all that it can with them."""
        if data:
            self.incoming.write(data)
        self.go_on()

    def go_on(self) -> None:
        """Complete the handshake as far as it goes, and read whatever can be read."""
        if self.error is None and not self.closed:
            self._try(self._work)

    def _work(self) -> None:
        self.object.do_handshake()
        while True:
            data = self.object.read(_LARGE)
            if not data:
                self.closed = True
                return
            if not self.complete:
                raise Broken("data before the handshake was complete")
            self.received += data

    def _try(self, action: Callable[[], object]) -> None:
        try:
            action()
        except refssl.SSLWantReadError:
            return
        except refssl.SSLZeroReturnError:
            self.closed = True
        except refssl.SSLError as error:
            self.error = self.error or error

    def act(self, letter: str) -> None:
        """One of the things to do after the handshake, if it is this end's."""
        if self.error is not None or not self.complete or letter not in ("sWA" if self.server_side else "cw"):
            return
        if letter in "cs":
            self._try(self._write)
        elif letter in "wW":
            self._try(self.object.unwrap)
        else:
            self._try(self._ask)
        self.go_on()

    def _write(self) -> None:
        self.wrote += SAYS[self.server_side]
        self.object.write(SAYS[self.server_side])

    def _ask(self) -> None:
        self.object.verify_client_post_handshake()
        self.object.write(b"")

    def finish(self) -> None:
        """Meet the end of the transport, and see that a connection that has failed is dead."""
        self.incoming.write_eof()
        self.go_on()
        if self.error is None and not self.closed:
            raise Broken("the end of the transport goes unnoticed")
        if self.error is None:
            return
        self.take()
        complete = self.complete
        for action in (
            lambda: self.object.read(),
            lambda: self.object.write(b"x"),
            self.object.do_handshake,
            self.object.unwrap,
        ):
            try:
                given = action()
            except refssl.SSLWantReadError:
                raise Broken("a dead connection waits") from None
            except refssl.SSLError:
                continue
            if given:
                raise Broken("a dead connection gives or takes data")
        if self.take() or self.complete is not complete:
            raise Broken("a dead connection goes on")


class Attacker:
    """The engine with an output that follows a program, and perhaps with a config that lies."""

    def __init__(
        self,
        scenario: Scenario,
        server_side: bool,
        output: Output,
        disguise: Callable[[Config], Config] = lambda config: config,
    ) -> None:
        self.server_side = server_side
        honest = wrapped(scenario, server_side)[0]._sslobj._connection
        self.connection = Connection(disguise(repeatable(honest, "attacker")), output)
        self.dead = False
        self._pending = b""

    def take(self) -> bytes:
        """The records that it has sent."""
        try:
            return self.connection.take_output()
        except Exception:
            return b""

    def receive(self, data: bytes) -> None:
        """Take records, until one is not to be understood: what becomes of an attacker is its own affair."""
        self._try(lambda: self._receive(data))

    def _receive(self, data: bytes) -> None:
        self.connection.start()
        for record in cut(data):
            self.connection.check_header(record[:HEADER])
            self.connection.receive(record)

    def _try(self, action: Callable[[], object]) -> None:
        if self.dead:
            return
        try:
            action()
        except Fault:
            self.dead = True
        except Exception:
            # It has talked itself into a state that no honest peer is ever in.
            self.dead = True

    def act(self, letter: str) -> None:
        """One of the things to do after the handshake, if it is this end's."""
        mine = "sWAkH" if self.server_side else "cwKh"
        if letter not in mine or not self.connection.handshake_complete:
            return
        connection = self.connection
        actions: dict[str, Callable[[], object]] = {
            **dict.fromkeys("cs", lambda: connection.send(SAYS[self.server_side])),
            **dict.fromkeys("wW", connection.close),
            **dict.fromkeys("kK", lambda: connection.update_keys(request=True)),
            "A": connection.request_client_certificate,
            "H": lambda: connection.output.send(tls12.HelloRequest()),
            "h": lambda: connection.output.send(ClientHello(TLS12, bytes(32), b"", (0x1301,), (0,), {})),
        }
        self._try(actions[letter])
