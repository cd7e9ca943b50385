"""A peer that breaks the rules where the scenario says: refssl, with another `Output` at the engine's one seam.

The one module of the harness that knows refssl's engine. Everything that is not scripted is what refssl does; what was
really sent goes into its transcript, so that only the fault itself is wrong.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import refssl
from refssl.engine import cbc
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import TLS13
from refssl.engine.connection import Connection
from refssl.engine.messages import control, hello, tls12, tls13
from refssl.engine.output import Output, framed
from refssl.engine.records import MAX_PLAINTEXT
from sslspec.bench.credentials import Pki
from sslspec.bench.module_peer import ModulePeer

HANDSHAKE_HEADER = 4
RECORD_HEADER = 5
ALERT_LENGTH = 2
_TYPES: dict[type, str] = {
    hello.ClientHello: "client_hello",
    hello.ServerHello: "server_hello",
    hello.HelloRetryRequest: "hello_retry_request",
    tls13.EncryptedExtensions: "encrypted_extensions",
    tls13.CertificateRequest: "certificate_request",
    tls13.Certificate: "certificate",
    tls13.CertificateVerify: "certificate_verify",
    tls13.Finished: "finished",
    tls13.NewSessionTicket: "new_session_ticket",
    tls13.KeyUpdate: "key_update",
    tls12.Certificate: "certificate",
    tls12.ServerKeyExchange: "server_key_exchange",
    tls12.CertificateRequest: "certificate_request",
    tls12.ServerHelloDone: "server_hello_done",
    tls12.ClientKeyExchange: "client_key_exchange",
    tls12.NewSessionTicket: "new_session_ticket",
    control.ChangeCipherSpec: "change_cipher_spec",
}
Act = Callable[["Script", Any], Any]


class Script(Output):
    """An Output that acts when a message's turn comes; ``acts`` says how, by the message's name, once each."""

    __slots__ = ("acts", "held", "silent")

    def __init__(self) -> None:
        super().__init__()
        self.acts: dict[str, Act] = {}
        self.held: list[Any] = []
        self.silent = False

    def send(self, message: Any) -> Any:
        """Send a message, or do what is scripted in its place."""
        if self.silent:
            return message
        act = self.acts.pop(_TYPES.get(type(message), ""), None)
        if act is not None:
            return act(self, message)
        sent = super().send(message)
        for_middleboxes = self.version == TLS13 and isinstance(message, control.ChangeCipherSpec)
        while self.held and not for_middleboxes:
            super().send(self.held.pop(0))
        return sent

    def pass_on(self, message: Any) -> Any:
        """Send a message as it is."""
        return super().send(message)

    def add(self, content_type: int, content: bytes) -> None:
        """Send a record of any content, under the keys of the moment, that counts for nothing in the transcript."""
        if content_type == control.CHANGE_CIPHER_SPEC and content == b"\x01":
            super().send(control.ChangeCipherSpec())
        elif self.sealer is not None and len(content) > MAX_PLAINTEXT:
            self.wire(self.sealer.seal(content_type, content))  # the engine itself never makes such a record
        else:
            super().send(control.Raw(content_type, content))

    def put(self, data: bytes, followed_by: bytes = b"") -> None:
        """Send handshake bytes that stand for a message, so that they count in the transcript; `followed_by` do not."""
        if self.transcript is not None:
            self.transcript.update(data)
        self.add(control.HANDSHAKE, data + followed_by)

    def wire(self, data: bytes) -> None:
        """Put bytes onto the wire as they are, behind all that was sent."""
        self.flush()
        self._records.append(data)


def _framed(msg_type: int, body: bytes) -> bytes:
    return bytes([msg_type]) + len(body).to_bytes(3, "big") + body


def _with_extensions(present: dict[int, bytes], changes: Mapping[int, Any]) -> dict[int, bytes]:
    found = dict(present)
    for number, data in changes.items():
        if data is None:
            found.pop(number, None)
        else:
            found[number] = data(present[number]) if callable(data) else data
    return found


class ScriptedPeer(ModulePeer):
    """refssl as a peer that misbehaves. Faults are named before the subject is made, each once for a message.

    A message is called as in `sslspec.bench.flights`, besides ``hello_retry_request``, ``key_update``. Alerts that come
    unprotected are read off the wire: whom a fault befell may not have got as far as the keys and version of this end.
    """

    def __init__(self, pki: Pki, *, server_side: bool, versions: tuple[str, str]) -> None:
        super().__init__(refssl, "scripted", pki, server_side=server_side, versions=versions)
        self._script = Script()
        self._tampering: Callable[[bytes], bytes] | None = None

    def _open(self) -> None:
        super()._open()
        inner = self._object._sslobj
        inner._connection = Connection(
            inner._connection.config, self._script, session=inner._connection.offered_session
        )

    @property
    def alert_seen(self) -> str | None:
        seen = super().alert_seen
        if getattr(self.error, "reason", None) == "NO_RENEGOTIATION":  # how refssl takes what it has not asked for
            return "no_renegotiation"
        return seen or self._unprotected_alert()

    def _unprotected_alert(self) -> str | None:
        """The last alert that came in the clear."""
        wire, found = bytes(self.bytes_seen), None
        while len(wire) > RECORD_HEADER:
            end = RECORD_HEADER + int.from_bytes(wire[3:5], "big")
            if wire[0] == control.ALERT and end == RECORD_HEADER + ALERT_LENGTH and len(wire) >= end:
                found = AlertDescription(wire[RECORD_HEADER + 1]).name.lower()
            wire = wire[end:]
        return found

    # -- faults of the handshake -------------------------------------------------------------------------------------

    def act(self, message: str, act: Act) -> None:
        """``act(script, message)`` in the place of this message; it gives back the message that the engine goes by."""
        self._script.acts[str(message)] = act

    def leave_out(self, message: str) -> None:
        """Go on as if it had been sent."""
        self.act(message, lambda _script, sent: sent)

    def let_pass(self, message: str, then: Callable[[], None]) -> None:
        """Send it as it is, and call `then`, which names the fault of the next one of its kind."""

        def act(script: Script, sent: Any) -> Any:
            then()
            return script.pass_on(sent)

        self.act(message, act)

    def repeat(self, message: str, *, apart: bool = False) -> None:
        """Send it twice: in one record where that is possible, or `apart`, in a record each."""

        def act(script: Script, sent: Any) -> Any:
            if apart or isinstance(sent, control.ChangeCipherSpec):
                script.pass_on(sent)
                script.flush()
                return script.pass_on(sent)
            data = framed(sent)
            script.put(data, followed_by=data)
            return sent

        self.act(message, act)

    def swap_with_next(self, message: str) -> None:
        """Send it behind the message that should follow it."""

        def act(script: Script, sent: Any) -> Any:
            script.held.append(sent)
            return sent

        self.act(message, act)

    def insert(self, before: str, content_type: int, content: bytes) -> None:
        """Send a record of this content before it."""

        def act(script: Script, sent: Any) -> Any:
            script.add(content_type, content)
            return script.pass_on(sent)

        self.act(before, act)

    def replace(self, message: str, content_type: int, content: bytes) -> None:
        """Send a record of this content in its place, and nothing any more."""

        def act(script: Script, sent: Any) -> Any:
            script.add(content_type, content)
            script.silent = True
            return sent

        self.act(message, act)

    def cut(self, message: str, edit: Callable[[bytes], bytes]) -> None:
        """Send only a part of the record that holds it, which `edit` picks, and nothing behind it."""

        def act(script: Script, sent: Any) -> Any:
            before = script.take()
            script.pass_on(sent)
            script.wire(before + edit(script.take()))
            script.silent = True
            return sent

        self.act(message, act)

    def change(self, message: str, change: Mapping[str | int, Any] | Callable[[bytes], bytes]) -> None:
        """Send it otherwise, as a table says: with other fields, by name, and other extensions, by number, as
        `change_fields` and `change_extension` have it; or with what a function makes of its body."""
        if callable(change):
            self.change_body(message, change)
            return
        fields = {name: value for name, value in change.items() if isinstance(name, str)}
        extensions = {number: data for number, data in change.items() if isinstance(number, int)}
        if extensions:
            fields["extensions"] = lambda present: _with_extensions(present, extensions)
        self.change_fields(message, **fields)

    def change_body(self, message: str, edit: Callable[[bytes], bytes]) -> None:
        """Send it with another body; its length field follows."""

        def act(script: Script, sent: Any) -> Any:
            body = edit(framed(sent)[HANDSHAKE_HEADER:])
            script.put(_framed(sent.msg_type, body))
            return sent

        self.act(message, act)

    def change_bytes(self, message: str, edit: Callable[[bytes], bytes]) -> None:
        """Send other bytes in its place, header and all."""

        def act(script: Script, sent: Any) -> Any:
            script.put(edit(framed(sent)))
            return sent

        self.act(message, act)

    def change_fields(self, message: str, **fields: Any) -> None:
        """Send it with other fields, named as in the RFC; a function is given the old value."""

        def act(script: Script, sent: Any) -> Any:
            values = {name: value(getattr(sent, name)) if callable(value) else value for name, value in fields.items()}
            script.pass_on(dataclasses.replace(sent, **values))
            return sent

        self.act(message, act)

    def change_extension(self, message: str, number: int, data: bytes | Callable[[bytes], bytes] | None) -> None:
        """Send it with this extension made so, or without it (None); a function is given the old content."""
        self.change(message, {number: data})

    def repeat_extension(self, message: str) -> None:
        """Send it with its first extension once more behind the last."""

        def act(script: Script, sent: Any) -> Any:
            blocks = [
                number.to_bytes(2, "big") + len(data).to_bytes(2, "big") + data
                for number, data in sent.extensions.items()
            ]
            before = framed(sent)[HANDSHAKE_HEADER : -2 - len(b"".join(blocks))]
            after = b"".join([*blocks, blocks[0]])
            body = before + len(after).to_bytes(2, "big") + after
            script.put(_framed(sent.msg_type, body))
            return sent

        self.act(message, act)

    def in_records_of(self, message: str, size: int) -> None:
        """Send it in fragments of `size` bytes, each a record."""

        def act(script: Script, sent: Any) -> Any:
            data = framed(sent)
            for start in range(0, len(data), size):
                script.put(data[start : start + size])
            return sent

        self.act(message, act)

    def interrupt(self, message: str, content_type: int, content: bytes) -> None:
        """Send half of it, a record of something else, and the other half."""

        def act(script: Script, sent: Any) -> Any:
            data = framed(sent)
            half = len(data) // 2
            script.put(data[:half])
            script.add(content_type, content)
            script.put(data[half:])
            return sent

        self.act(message, act)

    def interrupt_with_bytes(self, message: str, data: bytes) -> None:
        """Send half of it, these bytes as they are, and the other half."""

        def act(script: Script, sent: Any) -> Any:
            whole = framed(sent)
            half = len(whole) // 2
            script.put(whole[:half])
            script.wire(data)
            script.put(whole[half:])
            return sent

        self.act(message, act)

    def carry_as(self, message: str, content_type: int) -> None:
        """Send it as a record of another type."""

        def act(script: Script, sent: Any) -> Any:
            script.pass_on(control.Raw(content_type, framed(sent)))
            return sent

        self.act(message, act)

    def insert_header(self, before: str, length: int) -> None:
        """Send the header of a record of `length` bytes and of the type that is due, and nothing any more."""

        def act(script: Script, sent: Any) -> Any:
            protected = script.sealer is not None and script.version == TLS13
            content_type = control.APPLICATION_DATA if protected else control.HANDSHAKE
            script.wire(bytes((content_type, 3, 3)) + length.to_bytes(2, "big"))
            script.silent = True
            return sent

        self.act(before, act)

    def insert_bytes(self, before: str, data: bytes) -> None:
        """Put these bytes onto the wire before it, as they are."""

        def act(script: Script, sent: Any) -> Any:
            script.wire(data)
            return script.pass_on(sent)

        self.act(before, act)

    def send_unprotected(self, message: str) -> None:
        """Send it in the clear, whatever keys there are."""

        def act(script: Script, sent: Any) -> Any:
            sealer = script.sealer
            script.flush()
            script.sealer = None
            script.put(framed(sent))
            script.sealer = sealer
            return sent

        self.act(message, act)

    # -- faults at any time ------------------------------------------------------------------------------------------

    def send_record(self, content_type: int, content: bytes) -> None:
        """Send a record of this content now, under the keys of the moment."""
        with self._verb():
            self._script.add(content_type, content)
            self._output += self._script.take()

    def send_padded(self, content: bytes, padding: bytes) -> None:
        """Send application data in a CBC suite of TLS 1.2 with this padding, whether it is right or not."""
        padded = cbc._padded
        cbc._padded = lambda content: content + padding
        try:
            self.send_record(control.APPLICATION_DATA, content)
        finally:
            cbc._padded = padded

    def tamper(self, edit: Callable[[bytes], bytes]) -> None:
        """Change the bytes that go onto the wire next."""
        with self._verb():
            self._tampering = edit

    def _pending_output(self) -> bytes:
        data = super()._pending_output()
        if data and self._tampering is not None:
            data, self._tampering = self._tampering(data), None
        return data
