"""What the messages of a handshake say of it, read from their bytes: for peers that show nothing else.

Only what a Peer's `seen` and its verbs need is read, and what is malformed is not found rather than refused.
"""

from __future__ import annotations

from sslspec.bench.peer import Seen

CLIENT_HELLO, SERVER_HELLO, ENCRYPTED_EXTENSIONS, CERTIFICATE, FINISHED = 1, 2, 8, 11, 20  # RFC 8446 B.3
_SERVER_NAME, _ALPN, _PRE_SHARED_KEY, _SUPPORTED_VERSIONS = 0, 16, 41, 43  # RFC 8446 4.2
_VERSIONS = {0x0303: "TLSv1.2", 0x0304: "TLSv1.3"}
_RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")  # RFC 8446 4.1.3
# RFC 8446 6 and RFC 5246 7.2, by their codes.
ALERTS = {
    0: "close_notify",
    10: "unexpected_message",
    20: "bad_record_mac",
    21: "decryption_failed_RESERVED",
    22: "record_overflow",
    30: "decompression_failure",
    40: "handshake_failure",
    42: "bad_certificate",
    43: "unsupported_certificate",
    44: "certificate_revoked",
    45: "certificate_expired",
    46: "certificate_unknown",
    47: "illegal_parameter",
    48: "unknown_ca",
    49: "access_denied",
    50: "decode_error",
    51: "decrypt_error",
    70: "protocol_version",
    71: "insufficient_security",
    80: "internal_error",
    86: "inappropriate_fallback",
    90: "user_canceled",
    100: "no_renegotiation",
    109: "missing_extension",
    110: "unsupported_extension",
    112: "unrecognized_name",
    113: "bad_certificate_status_response",
    115: "unknown_psk_identity",
    116: "certificate_required",
    120: "no_application_protocol",
}


class Heard:
    """The handshake messages of one connection, in order: `seen` is what they say, once both Finished are there."""

    def __init__(self) -> None:
        self.seen = Seen()
        self._finished: set[bool] = set()
        self._certificates = 0

    @property
    def complete(self) -> bool:
        """Whether a Finished went in each direction."""
        return len(self._finished) == 2

    def message(self, data: bytes, *, sent: bool) -> None:
        """Take in a whole handshake message that the peer has `sent` or received."""
        kind, body = data[0], data[4:]
        if kind == CLIENT_HELLO:
            self._client_hello(body)
        elif kind == SERVER_HELLO and body[2:34] != _RETRY:
            self._server_hello(body)
        elif kind == ENCRYPTED_EXTENSIONS:
            self._alpn(extensions_in(body))
        elif kind == CERTIFICATE:
            self._certificates += 1
            if not sent:
                self.seen.certificate = self._certificate(body)
        elif kind == FINISHED:
            self._finished.add(sent)
            if self.complete and self.seen.version == "TLSv1.2":
                self.seen.resumed = not self._certificates

    def _client_hello(self, body: bytes) -> None:
        rest = body[34:]
        rest = rest[1 + rest[0] :]  # legacy_session_id
        rest = rest[2 + int.from_bytes(rest[:2], "big") :]  # cipher_suites
        name = extensions_in(rest[1 + rest[0] :]).get(_SERVER_NAME)
        self.seen.server_name = name[5:].decode("ascii", "replace") if name else None

    def _server_hello(self, body: bytes) -> None:
        rest = body[34:]
        rest = rest[1 + rest[0] :]
        extensions = extensions_in(rest[3:])
        version = extensions.get(_SUPPORTED_VERSIONS, body[:2])
        self.seen.version = _VERSIONS.get(int.from_bytes(version, "big"))
        self.seen.resumed = _PRE_SHARED_KEY in extensions
        self._alpn(extensions)

    def _alpn(self, extensions: dict[int, bytes]) -> None:
        if _ALPN in extensions:
            self.seen.alpn = extensions[_ALPN][3:].decode("ascii", "replace")

    def _certificate(self, body: bytes) -> bytes | None:
        rest = body[1 + body[0] :] if self.seen.version == "TLSv1.3" else body  # certificate_request_context
        entry = rest[3:]
        return entry[3 : 3 + int.from_bytes(entry[:3], "big")] or None


def extensions_in(data: bytes) -> dict[int, bytes]:
    """A block of extensions by type, as far as it can be read; {} if there is none."""
    found = {}
    rest = data[2 : 2 + int.from_bytes(data[:2], "big")]
    while len(rest) >= 4:
        length = int.from_bytes(rest[2:4], "big")
        found[int.from_bytes(rest[:2], "big")] = rest[4 : 4 + length]
        rest = rest[4 + length :]
    return found
