"""``openssl s_client`` and ``openssl s_server`` as peers: the one module that knows them.

They print application data alone on their standard output, and on a pipe of its own (``-msgfile``) each message that
they send and receive, from which everything is learnt that a scenario asks for.
"""

from __future__ import annotations

import functools
import re
import tempfile
from pathlib import Path

from sslspec.bench.credentials import Pki
from sslspec.bench.exits import Inapplicable
from sslspec.peers.messages import ALERTS, CLIENT_HELLO, Heard
from sslspec.peers.program import ProgramFailed, ProgramPeer

_HEAD = re.compile(rb"(<<<|>>>) [^,]*, (\w+)[^\[]*\[length ([0-9a-f]+)\]")
_VERSIONS = {"tls12": "TLSv1.2", "tls13": "TLSv1.3"}
_CIPHERSUITE = re.compile(r"^Ciphersuite: (\S+)$", re.MULTILINE)


class OpensslPeer(ProgramPeer):
    """A peer that is the program of OpenSSL."""

    name = "openssl"
    program = "openssl"
    asks_version = "version"

    def __init__(self, pki: Pki, *, server_side: bool, versions: tuple[str, str]) -> None:
        super().__init__(pki, server_side=server_side, versions=versions)
        self._heard = Heard()
        self._lines = b""
        self._message = b""
        self._head: tuple[bool, str, int] | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="sslspec-")
        self._offered: Path | None = None

    def stop(self) -> None:
        super().stop()
        self._folder.cleanup()

    # -- what it is told ---------------------------------------------------------------------------------------------

    def _client(self, port: int, extra: str) -> list[str]:
        settings = self.settings
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-nocommands", "-quiet", "-no_ign_eof"]
        command += self._common(extra)
        if settings.server_hostname is None:
            command += ["-noservername"]
        else:
            command += ["-servername", settings.server_hostname]
        if settings.trust is not None:
            command += ["-verify_return_error", "-CAfile", self.pki.authority(settings.trust)]
            if settings.server_hostname is not None:
                command += ["-verify_hostname", settings.server_hostname]
        if settings.post_handshake_auth:
            command += ["-enable_pha"]
        command += ["-sess_out", str(self._session)]
        if self._offered is not None:
            command += ["-sess_in", str(self._offered)]
        return command

    def _server(self, extra: str) -> list[str]:
        settings = self.settings
        if settings.post_handshake_auth:
            raise Inapplicable("the peer openssl asks for certificates after the handshake by hand alone")
        command = ["openssl", "s_server", "-accept", "127.0.0.1:0", "-quiet", *self._common(extra)]
        if settings.certificate is None:
            command += ["-nocert"]
        if settings.verify_client != "none":
            command += ["-Verify" if settings.verify_client == "required" else "-verify", "5", "-verify_return_error"]
            command += ["-CAfile", self.pki.authority(settings.trust)] if settings.trust is not None else []
        if settings.tickets is not None:
            command += ["-num_tickets", str(settings.tickets)]
        if settings.psk_hint is not None:
            command += ["-psk_hint", settings.psk_hint]
        return command

    def _common(self, extra: str) -> list[str]:
        settings = self.settings
        lowest, highest = (_VERSIONS[version] for version in settings.versions)
        command = ["-min_protocol", lowest, "-max_protocol", highest, "-brief", "-msg", "-msgfile", extra]
        if self._may_compress():
            command += ["-no_rx_cert_comp", "-no_tx_cert_comp"]  # certificates are read from the messages
        if settings.certificate is not None:
            command += ["-cert", self._file(settings.certificate), "-key", self.pki[settings.certificate][1]]
        if settings.alpn:
            command += ["-alpn", ",".join(settings.alpn)]
        if settings.groups:
            command += ["-groups", ":".join(settings.groups)]
        if settings.ciphers is not None:
            command += ["-cipher", settings.ciphers]
        if self.key_log is not None:
            command += ["-keylogfile", self.key_log]
        if settings.psk is not None:
            identity, key = settings.psk
            command += ["-psk_identity", identity, "-psk", key.hex()]
        return command

    @classmethod
    @functools.lru_cache(maxsize=1)
    def _may_compress(cls) -> bool:
        """Whether it knows compressed certificates (RFC 8879), which came with 3.2."""
        found = re.match(r"OpenSSL (\d+)\.(\d+)", cls.version())
        return found is not None and (int(found[1]), int(found[2])) >= (3, 2)

    @property
    def _session(self) -> Path:
        return Path(self._folder.name, "session.pem")

    def _offer_session_of(self, earlier: OpensslPeer) -> None:
        self._offered = earlier._session

    # -- what it says ------------------------------------------------------------------------------------------------

    def _understand(self, name: str, data: bytes) -> None:
        if name == "output":
            self._plaintext += data
            return
        *lines, self._lines = (self._lines + data).split(b"\n")
        for line in lines:
            if found := _HEAD.match(line):
                self._head, self._message = (found[1] == b">>>", found[2].decode(), int(found[3], 16)), b""
            elif self._head is not None:
                self._bytes_of_message(line)
            else:
                self._said(line.decode(errors="replace"))

    def _bytes_of_message(self, line: bytes) -> None:
        """A line of hexadecimal behind the one that says what message it is, and in which direction it goes."""
        assert self._head is not None
        self._message += bytes.fromhex(line.strip(b" .").decode("ascii"))
        sent, kind, length = self._head
        if len(self._message) < length:
            return
        self._head = None
        if kind == "Handshake":
            self._handshake_message(sent)
        elif kind == "Alert" and self._begun:
            self._alert_went(sent, *self._message[:2])

    def _said(self, line: str) -> None:
        self.said += line + "\n"
        if self._begun and self.error is None and "unexpected eof" in line:
            self.transport_closed_seen = True
            self.error = ProgramFailed("the connection ended without close_notify")
        self._look_whether_complete()

    def _alert_went(self, sent: bool, level: int, code: int) -> None:
        if level == 2:
            name = ALERTS.get(code, str(code))
            self.error = ProgramFailed(f"{'sent' if sent else 'received'} the alert {name}")
            self._alert = None if sent else name
        elif code == 0 and not sent:
            self.close_notify_seen = True

    def _handshake_message(self, sent: bool) -> None:
        if self._message[0] == CLIENT_HELLO and not self._begun:
            self._begun, self.said = True, ""
        if not self._begun:
            return
        self._heard.message(self._message, sent=sent)
        self.seen = self._heard.seen
        self._look_whether_complete()

    def _look_whether_complete(self) -> None:
        """The suite's name, as OpenSSL has it, is said once the handshake is done."""
        if found := _CIPHERSUITE.findall(self.said):
            self.seen.cipher = found[-1]
            self.handshake_complete = self._heard.complete
