"""What a connection sends, from messages to records, and the one seam at which faulty peers are made (`Output.send`).

Handshake messages of one flight share records; they leave when keys change or the flight ends (RFC 8446 5.1).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from refssl.engine.config import TLS12, TLS13
from refssl.engine.messages.control import APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, ChangeCipherSpec, Raw
from refssl.engine.presentation import writers
from refssl.engine.protection12 import Sealing
from refssl.engine.records import HEADER, MAX_PLAINTEXT, plain
from refssl.engine.transcript import Transcript

M = TypeVar("M")

# What ``Config.observe`` is told beside messages: OpenSSL's SSL3_RT_HEADER and SSL3_RT_INNER_CONTENT_TYPE.
RECORD_HEADER = 256
INNER_CONTENT_TYPE = 257


def framed(message: object) -> bytes:
    """A handshake message with its header (RFC 8446 4)."""
    body = writers[type(message)](message)
    return (message.msg_type << 24 | len(body)).to_bytes(4, "big") + body  # type: ignore[attr-defined, no-any-return]


class Output:
    """The sending half of a connection.

    A faulty peer is a subclass that overrides `send`: it edits a message with ``dataclasses.replace`` before handing
    it on, or hands on a `Raw` instead. sealer: the current protection, None while records are plain. transcript: where
    handshake messages are added, None once the handshake is over. observe: as in Config. written: a message that is
    about to be sent and its bytes, where these are known already.
    """

    __slots__ = ("_flight", "_records", "observe", "record_version", "sealer", "transcript", "version", "written")

    def __init__(self) -> None:
        self._flight: list[bytes] | None = None  # as most of the time there is none
        self._records: list[bytes] = []
        self.sealer: Sealing | None = None
        self.transcript: Transcript | None = None
        self.observe: Callable[[bool, int, int, bytes], None] | None = None
        self.written: tuple[object, bytes] | None = None
        self.version = TLS12
        self.record_version = 0x0301

    def send(self, message: M) -> M:
        """Queue one message of any content type, and give the message that was really sent."""
        content_type: int = message.content_type  # type: ignore[attr-defined]
        if content_type == HANDSHAKE and type(message) is not Raw:
            written = self.written
            data = framed(message) if written is None or written[0] is not message else written[1]
            if self.transcript is not None:
                self.transcript.update(data)
            if self._flight is None:
                self._flight = [data]
            else:
                self._flight.append(data)
            return message
        if self._flight:
            self.flush()
        data = message.content if isinstance(message, Raw) else writers[type(message)](message)
        if isinstance(message, ChangeCipherSpec):
            # RFC 8446 5: it is sent unprotected whatever the current keys are; in TLS 1.2 there are none yet.
            self._records.append(plain(content_type, TLS12, data))
            if self.observe is not None:
                self._observe_record(content_type, self._records[-1])
        else:
            self._record(content_type, data)
        if self.observe is not None:
            self.observe(True, self.version, content_type, data)
        return message

    def send_data(self, data: bytes | memoryview) -> None:
        """Queue application data, as records of at most 2**14 bytes each. There must be a sealer."""
        if self._flight:
            self.flush()
        seal = self.sealer.seal  # type: ignore[union-attr]
        if len(data) <= MAX_PLAINTEXT:
            self._records.append(seal(APPLICATION_DATA, data if type(data) is bytes else bytes(data)))
            if self.observe is not None:
                self._observe_record(APPLICATION_DATA, self._records[-1])
            return
        view = memoryview(data)
        for start in range(0, len(view), MAX_PLAINTEXT):
            self._records.append(seal(APPLICATION_DATA, bytes(view[start : start + MAX_PLAINTEXT])))
            if self.observe is not None:
                self._observe_record(APPLICATION_DATA, self._records[-1])

    def seal(self, data: bytes) -> bytes:
        """The record of `data` where it need not be queued: nothing waits and nobody observes. Otherwise b""."""
        if self._records or self._flight or len(data) > MAX_PLAINTEXT or self.observe is not None:
            return b""
        return self.sealer.seal(APPLICATION_DATA, data)  # type: ignore[union-attr]

    def change_keys(self, sealer: Sealing) -> None:
        """Everything after this is protected by `sealer`."""
        if self._flight:
            self.flush()
        self.sealer = sealer

    def flush(self) -> None:
        """End the flight: put the handshake messages that wait into as few records as possible."""
        flight = self._flight
        if flight is not None:
            self._flight = None
            self._record(HANDSHAKE, flight[0] if len(flight) == 1 else b"".join(flight))
            if self.observe is not None:
                for message in flight:  # behind the record that brings them
                    self.observe(True, self.version, HANDSHAKE, message)

    def take(self) -> bytes:
        """Give all records queued so far."""
        if self._flight:
            self.flush()
        records = self._records
        if not records:
            return b""
        taken = records[0] if len(records) == 1 else b"".join(records)
        records.clear()
        return taken

    def _record(self, content_type: int, data: bytes) -> None:
        if len(data) > MAX_PLAINTEXT:
            for start in range(0, len(data), MAX_PLAINTEXT):
                self._record(content_type, data[start : start + MAX_PLAINTEXT])
            return
        sealer = self.sealer
        record = plain(content_type, self.record_version, data) if sealer is None else sealer.seal(content_type, data)
        self._records.append(record)
        if self.observe is not None:
            self._observe_record(content_type, record)

    def _observe_record(self, content_type: int, record: bytes) -> None:
        """Tell of a record as OpenSSL does: its header, and what is inside where TLS 1.3 hides that."""
        if self.observe is not None:
            self.observe(True, record[1] << 8 | record[2], RECORD_HEADER, record[:HEADER])
            if self.version == TLS13 and self.sealer is not None and content_type != CHANGE_CIPHER_SPEC:
                self.observe(True, TLS12, INNER_CONTENT_TYPE, bytes((content_type,)))
