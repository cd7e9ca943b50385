"""One TLS connection, sans-IO: whole records in, whole records out, and what is known in between.

The record layer's rules for content types live here (RFC 8446 5, 5.1, 6); what handshake messages do is told by the
state tables. Nothing here reads a socket or waits: the Channel of the surface does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from refssl.ciphers.catalogue import CipherSuite
from refssl.engine import content12, content13, records
from refssl.engine.alerts import AlertDescription, AlertLevel
from refssl.engine.config import TLS12, TLS13, Config, PeerIdentity
from refssl.engine.faults import AlertReceived, Fault, ProtocolError, RecordFault
from refssl.engine.messages.control import (
    ALERT,
    APPLICATION_DATA,
    HANDSHAKE,
    Alert,
    ChangeCipherSpec,
)
from refssl.engine.messages.hello import RETRY_RANDOM, HelloRetryRequest, ServerHello
from refssl.engine.output import INNER_CONTENT_TYPE, RECORD_HEADER, Output
from refssl.engine.patience import MAX_EARLY_DATA, Patience
from refssl.engine.presentation import Unrepresentable, decode
from refssl.engine.protection12 import Opening
from refssl.engine.records import MAX_CIPHERTEXT, MAX_PLAINTEXT
from refssl.engine.session import Session
from refssl.engine.states import authentication13, client, connected, server, table
from refssl.engine.transcript import Transcript

# New keys are made when this few records are left under the old ones.
_KEY_UPDATE_MARGIN = 1 << 10
_LEVELS = frozenset(AlertLevel)

# RFC 8446 5.1: "Handshake messages MUST NOT span key changes": these must end their record; ServerHello, too, where its
# version is TLS 1.3, but not the Finished of an answer after the handshake.
FINISHED = 20
_BEFORE_KEY_CHANGE = frozenset((1, 5, FINISHED, 24))
_NOTHING: dict[int, table.Arrival] = {}
# How the header of nearly every record begins, while it is plain and when it is protected (RFC 8446 5.1, 5.2).
_FIRST_HELLO = b"\x16\x03\x01"
_PLAIN_HANDSHAKE = b"\x16\x03\x03"
_PROTECTED = b"\x17\x03\x03"
_CHANGE_CIPHER_SPEC = b"\x14\x03\x03\x00\x01"
_from_bytes = int.from_bytes
_COMPATIBILITY_CCS = ChangeCipherSpec()


class Connection:
    """One TLS connection.

    Feed it whole records (`receive`), send what `take_output` gives. After a Fault it is dead (`failed`), and the alert
    that explains why is in the output. The attributes tell what is known so far:

    plaintext: received application data, one item a record; version, cipher_suite, alpn, group, server_name: what was
    negotiated, None until then; peer: who the other end is, if it was asked; unverified_certificates: the DER chain
    that the peer sent; resumed: by a PSK; session: the newest that can be resumed; offered_session: what a client
    offers to resume; shared_ciphers: at a server, what of the client's offer it has too; client_finished,
    server_finished: verify_data; client_signature_scheme, server_signature_scheme: of the CertificateVerifys;
    client_can_be_asked: at a server, for its certificate after the handshake; data_expected: whether application data
    may come now; tickets_sent: how many; config: the current one (``Config.choose`` may change it). transcript: while
    the handshake goes on; deleted with its end. partial: what has come of a handshake message that is not whole yet.
    """

    # fmt: off
    __slots__ = (
        "__weakref__", "_expected", "_first_record", "_sent_ccs", "_state", "_table",
        "alpn", "cipher_suite", "client_can_be_asked", "client_finished", "client_random",
        "client_signature_scheme", "close_notify_received", "close_notify_sent", "config", "data_expected",
        "failed", "group", "handshake_complete", "key_updates_answered", "more_in_record", "offered_session", "opener",
        "output", "partial", "patience", "peer", "plain_alerts", "plaintext", "psk_modes", "resumed",
        "selected_identity", "server_finished", "server_name", "server_signature_scheme", "session", "shared_ciphers",
        "tickets_sent", "transcript", "unverified_certificates", "version",
    )
    # fmt: on

    def __init__(self, config: Config, output: Output | None = None, session: Session | None = None) -> None:
        """output: a subclass of Output, to make a faulty peer. session: to be offered instead of the config's."""
        self.config = config
        self.output = output if output is not None else Output()
        self.output.observe = config.observe
        if config.maximum_version >= TLS13 or config.server_side:
            self.output.version = TLS13  # what a server's observer is told of a ClientHello, whatever it speaks
        self.transcript = Transcript()
        self.output.transcript = self.transcript
        self.opener: Opening | None = None
        if config.server_side:
            self._table, self._expected = table.WHOLE_SERVER, table.EXPECTED_BY_SERVER
            self._state: Any = server.START
            self.output.record_version = TLS12
        else:
            self._table, self._expected = table.WHOLE_CLIENT, table.EXPECTED_BY_CLIENT
            self._state = client.START
        self.partial = bytearray()
        self._first_record = True
        self._sent_ccs = False
        self.plain_alerts = config.server_side
        self.patience = Patience()
        self.more_in_record = False
        self.key_updates_answered = 0
        self.handshake_complete = False
        self.data_expected = False
        self.failed = False
        self.close_notify_sent = False
        self.close_notify_received = False
        self.plaintext: list[bytes] = []
        self.version: int | None = None
        self.cipher_suite: CipherSuite | None = None
        self.alpn: bytes | None = None
        self.group: int | None = None
        self.server_name: str | None = config.server_name
        self.peer: PeerIdentity | None = None
        self.unverified_certificates: tuple[bytes, ...] = ()
        self.resumed = False
        self.session: Session | None = None
        self.offered_session = session if session is not None else config.session
        self.shared_ciphers: tuple[CipherSuite, ...] | None = None
        self.client_finished: bytes | None = None
        self.server_finished: bytes | None = None
        self.client_signature_scheme: int | None = None
        self.server_signature_scheme: int | None = None
        self.client_random = b""
        self.psk_modes: tuple[int, ...] = ()
        self.client_can_be_asked = False
        self.selected_identity = 0
        self.tickets_sent = 0

    # -- progress

    def start(self) -> None:
        """At a client, queue the ClientHello; at a server, nothing. A second call does nothing.

        Raises ProtocolError where the config leaves no protocol version.
        """
        if self._state is client.START:
            try:
                self._state = client.start(self)
            except Fault:
                self.failed = True
                raise

    def check_header(self, header: bytes) -> int:
        """Give the length of the body that follows a record's 5-byte header.

        Raises ProtocolError (RFC 8446 5.1, 5.2), with the alert queued and the connection dead.
        """
        length = header[3] << 8 | header[4]
        if self.opener is None:
            usual = header.startswith(_PLAIN_HANDSHAKE) or (self._first_record and header.startswith(_FIRST_HELLO))
            if usual and length <= MAX_PLAINTEXT:
                return length
        elif length <= MAX_CIPHERTEXT and header.startswith(_PROTECTED):
            return length
        if header == _CHANGE_CIPHER_SPEC:
            return length
        try:
            return records.body_length(
                header,
                server_side=self.config.server_side,
                first=self._first_record,
                protected=self.opener is not None,
                version=self.version,
            )
        except Fault as fault:
            self._fail(fault)
            raise

    def receive(self, record: bytes) -> None:
        """Take one whole record, header included.

        Raises a Fault for what ends the connection; the alert that answers it is queued, and `failed` is True.
        """
        if self.failed or self.close_notify_received:
            # RFC 8446 6.1: "Any data received after a closure alert has been received MUST be ignored."
            return
        if self.config.observe is not None:
            self.config.observe(False, record[1] << 8 | record[2], RECORD_HEADER, record[: records.HEADER])
        try:
            if self.data_expected and record[0] == APPLICATION_DATA and not self.partial:
                self._receive_data(record)
            else:
                self._first_record = False
                rules = content12 if self.version == TLS12 else content13
                rules.receive(self, record)
        except Fault as fault:
            self._fail(fault)
            raise
        except Unrepresentable:
            # What has to be given back (a cookie, RFC 8446 4.2.2) leaves no room for the rest of the message.
            too_large = ProtocolError(AlertDescription.INTERNAL_ERROR, "INTERNAL_ERROR")
            self._fail(too_large)
            raise too_large from None

    def send(self, data: bytes | memoryview) -> None:
        """Queue application data, in records of at most 2**14 bytes. Only after the handshake and before `close`."""
        output = self.output
        if not self.handshake_complete or output.sealer is None:
            raise ValueError("there are no keys for application data before the handshake is complete")
        if self.key_updates_answered:
            if self.key_updates_answered > 1:
                self.update_keys(request=False)
            self.key_updates_answered = 0
        if output.sealer.remaining < _KEY_UPDATE_MARGIN + (len(data) >> 14):
            self.update_keys(request=False)
        output.send_data(data)

    def seal(self, data: bytes) -> bytes:
        """`send`, and then `take_output`; what fits into one record goes the short way."""
        output = self.output
        sealer = output.sealer
        usual = self.handshake_complete and not self.key_updates_answered
        if usual and sealer is not None and sealer.remaining >= _KEY_UPDATE_MARGIN:
            sealed = output.seal(data)
            if sealed:
                return sealed
        self.send(data)
        return output.take()

    def close(self) -> None:
        """Queue close_notify, once (RFC 8446 6.1)."""
        if not self.close_notify_sent and not self.failed:
            self.close_notify_sent = True
            self.output.send(Alert(AlertLevel.WARNING, AlertDescription.CLOSE_NOTIFY))

    def update_keys(self, request: bool) -> None:
        """Change the sending keys, and ask the peer for the same if `request` (RFC 8446 4.6.3). After the handshake."""
        if not self.handshake_complete or self.version != TLS13:
            raise ValueError("there are no keys to change before the handshake is complete, and never in TLS 1.2")
        state = self._state
        if isinstance(state, connected.Connected):
            self._state = connected.send_key_update(self, state, request=request)
        else:
            self._state = replace(state, connected=connected.send_key_update(self, state.connected, request=request))

    def request_client_certificate(self) -> None:
        """At a server, ask the client for its certificate (RFC 8446 4.6.2). After the handshake.

        Raises NotPossible where it cannot be asked.
        """
        self._state = authentication13.request_certificate(self, self._state)

    def take_output(self) -> bytes:
        """Everything queued to be sent, as whole records; b"" if there is nothing."""
        return self.output.take()

    # -- for the states

    def complete(self) -> None:
        """The handshake is done; what only it needed is dropped."""
        self.handshake_complete = self.data_expected = True
        self.end_transcript()

    def resume_transcript(self, transcript: Transcript) -> None:
        """Messages belong to a transcript once more, after the handshake (RFC 8446 4.4.1)."""
        self.transcript = self.output.transcript = transcript

    def end_transcript(self) -> None:
        """Messages no longer belong to a transcript."""
        del self.transcript
        self.output.transcript = None

    def log_secret(self, label: str, secret: bytes) -> None:
        """Tell ``Config.keylog`` a secret."""
        if self.config.keylog is not None:
            self.config.keylog(label, self.client_random, secret)

    def send_compatibility_ccs(self) -> None:
        """RFC 8446 D.4: one change_cipher_spec record, for the sake of middleboxes."""
        if not self._sent_ccs and (self.config.server_side or self.config.middlebox_compatibility):
            self._sent_ccs = True
            self.output.send(_COMPATIBILITY_CCS)

    def skip_early_data(self) -> None:
        """RFC 8446 4.2.10: a server that does not accept early data skips what cannot be decrypted, up to a limit."""
        self.patience.early_data_left = MAX_EARLY_DATA

    # -- records

    def _receive_data(self, record: bytes) -> None:
        """The short way for what most records are."""
        content_type, content = self.opener.open(record)  # type: ignore[union-attr]
        if self.config.observe is not None and self.version == TLS13:
            self.config.observe(False, TLS13, INNER_CONTENT_TYPE, bytes((content_type,)))
        if content_type != APPLICATION_DATA:
            content13.receive_content(self, content_type, content)
        elif content:
            self.patience.empty_records = 0
            self.plaintext.append(content)
        else:
            self.patience.empty()

    def receive_alert(self, content: bytes) -> None:
        """RFC 8446 6: all alerts but close_notify and user_canceled are errors, "regardless of the AlertLevel".

        In TLS 1.2 a warning ends nothing (RFC 5246 7.2.2), but for a refusal of what was never asked for."""
        if self.partial:
            raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "MIXED_HANDSHAKE_AND_NON_HANDSHAKE_DATA")
        if not content and self.opener is not None:
            raise RecordFault(AlertDescription.UNEXPECTED_MESSAGE, "BAD_LENGTH")
        if len(content) != 2:
            # RFC 8446 5.1: "Alert messages [...] MUST NOT be fragmented across records"
            raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "INVALID_ALERT")
        alert = decode(Alert, content)
        # RFC 8446 6: in TLS 1.3 "the severity is implicit in the type of alert being sent"; before, it must be known.
        if alert.level not in _LEVELS and self.version != TLS13:
            raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "UNKNOWN_ALERT_TYPE")
        if self.config.observe is not None:
            self.config.observe(False, self.output.version, ALERT, content)
        if alert.description == AlertDescription.CLOSE_NOTIFY:
            self.close_notify_received = True
        elif alert.description == AlertDescription.USER_CANCELED:
            self.patience.warning()
        elif alert.level == AlertLevel.WARNING and self._may_be_12():
            if alert.description == AlertDescription.NO_RENEGOTIATION_RESERVED:
                raise ProtocolError(AlertDescription.HANDSHAKE_FAILURE, "NO_RENEGOTIATION")
            self.patience.warning()
        else:
            raise AlertReceived(alert.description)

    def receive_handshake(self, content: bytes) -> None:
        """RFC 8446 5.1: messages "MAY be coalesced into a single TLSPlaintext record or fragmented"."""
        if not content:
            # RFC 8446 5.1: "Implementations MUST NOT send zero-length fragments of Handshake types".
            raise RecordFault(AlertDescription.UNEXPECTED_MESSAGE, "BAD_LENGTH")
        partial = self.partial
        if partial:
            partial += content
            length = _from_bytes(partial[1:4], "big") if len(partial) >= 4 else 0
            if len(partial) < 4 + length:
                self._arrival(partial[0], length)
                return
            content = bytes(partial)
            partial.clear()
        position, size = 0, len(content)
        while position < size:
            body = position + 4
            kind = content[position]
            length = _from_bytes(content[position + 1 : body], "big") if body <= size else 0
            if not kind and not length and body <= size and self._negotiating_12():
                # RFC 5246 7.4.1.1: a HelloRequest "will be ignored by the client if the client is currently
                # negotiating".
                position = body
                continue
            arrival = self._arrival(kind, length)
            end = body + length
            if end != size:
                if end > size:
                    partial += content[position:]
                    return
                if kind in _BEFORE_KEY_CHANGE and not (self.handshake_complete and kind == FINISHED):
                    raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "NOT_ON_RECORD_BOUNDARY")
            self.more_in_record = end != size
            self._receive_message(arrival, content[position:end])
            position = end

    def _negotiating_12(self) -> bool:
        return not self.config.server_side and not self.handshake_complete and self.version == TLS12

    def _may_be_12(self) -> bool:
        return self.version == TLS12 or (self.version is None and self.config.minimum_version <= TLS12)

    def _arrival(self, kind: int, length: int) -> table.Arrival:
        """What is done with a message of that type, if the state allows it, and of `length` bytes, 0 where only the
        type is known yet. Raises ProtocolError."""
        arrival = self._expected.get(type(self._state), _NOTHING).get(kind)
        if arrival is None:
            raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "UNEXPECTED_MESSAGE")
        if length > arrival.limit:
            raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "EXCESSIVE_MESSAGE_SIZE")
        return arrival

    def _receive_message(self, arrival: table.Arrival, raw: bytes) -> None:
        message: Any = decode(arrival.message, raw, arrival.malformed, 4)
        if self.config.observe is not None:
            self.config.observe(False, self.output.version, HANDSHAKE, raw)
        if arrival.message is ServerHello and message.random == RETRY_RANDOM:
            self.act_on(decode(HelloRetryRequest, raw[4:]), raw)
        else:
            self._state = arrival.handler(self, self._state, message, raw)

    def act_on(self, message: Any, raw: bytes) -> None:
        """Let the state table say what a message does, whose place is not known yet. Raises a Fault."""
        state = self._state
        handler = self._table.get((type(state), type(message)))
        if handler is None:
            raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "UNEXPECTED_MESSAGE")
        self._state = handler(self, state, message, raw)

    def _fail(self, fault: Fault) -> None:
        self.failed = True
        if self.session is not None:
            self.session.forgotten = True
        if isinstance(fault, ProtocolError) and fault.alert is not None:
            self.output.send(Alert(AlertLevel.FATAL, fault.alert))
