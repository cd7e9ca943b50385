"""``gnutls-cli`` as peer: the one module that knows it.

It prints what it knows of the handshake, then a line that says so, then application data and nothing else. It is a
client only: ``gnutls-serv`` listens at every address of the machine, and has nothing of its own to say to a client.
"""

from __future__ import annotations

import base64
import re

from sslspec.bench.exits import Inapplicable
from sslspec.peers.messages import ALERTS
from sslspec.peers.program import ProgramPeer

_READY = b"- Simple Client Mode:\n\n"
_FAREWELL = b"- Peer has closed the GnuTLS connection\n"
_VERSIONS = {"tls12": "TLS1.2", "tls13": "TLS1.3"}
_DESCRIPTION = re.compile(r"^- Description: \((TLS[\d.]+)", re.MULTILINE)
_PROTOCOL = re.compile(r"^- Application protocol: (\S+)", re.MULTILINE)
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)
_ALERT = re.compile(rb"\*\*\* Received alert \[(\d+)\][^\n]*\n\Z")


class GnutlsPeer(ProgramPeer):
    """A peer that is the client of GnuTLS."""

    name = "gnutls"
    program = "gnutls-cli"
    asks_version = "--version"

    _printed = b""

    def _server(self, extra: str) -> list[str]:
        raise Inapplicable("the peer gnutls is a client: gnutls-serv listens at every address, and only answers")

    def _client(self, port: int, extra: str) -> list[str]:
        settings = self.settings
        if settings.psk is not None or settings.groups or settings.ciphers is not None:
            raise Inapplicable("the peer gnutls is not told groups, keys and suites in OpenSSL's language")
        lowest, highest = settings.versions
        versions = [name for key, name in _VERSIONS.items() if lowest <= key <= highest]
        priority = "NORMAL:-VERS-ALL" + "".join(f":+VERS-{name}" for name in versions)
        command = ["gnutls-cli", "--port", str(port), "127.0.0.1", "--priority", priority, "--print-cert"]
        if settings.server_hostname is None:
            command += ["--disable-sni"]
        else:
            command += ["--sni-hostname", settings.server_hostname]
        if settings.trust is None:
            command += ["--insecure"]
        else:
            command += ["--x509cafile", self.pki.authority(settings.trust)]
            if settings.server_hostname is not None:
                command += ["--verify-hostname", settings.server_hostname]
        if settings.certificate is not None:
            command += ["--x509certfile", self._file(settings.certificate)]
            command += ["--x509keyfile", self.pki[settings.certificate][1]]
        for protocol in settings.alpn:
            command += ["--alpn", protocol]
        if settings.post_handshake_auth:
            command += ["--post-handshake-auth"]
        if self.key_log is not None:
            command = ["env", f"SSLKEYLOGFILE={self.key_log}", *command]  # it has no option for it
        return command

    def _understand(self, name: str, data: bytes) -> None:
        if name == "told":
            self.said += data.decode(errors="replace")
        elif self.handshake_complete:
            self._application_data(data)
        else:
            self._printed += data
            before, ready, behind = self._printed.partition(_READY)
            if found := _ALERT.search(self._printed):
                self._alert_came(found)
            if ready:
                self._facts_in(before.decode(errors="replace"))
                self._application_data(behind)

    def _alert_came(self, found: re.Match[bytes]) -> None:
        """It prints this last, and ends: that is when the connection counts as over."""
        self._alert = ALERTS.get(int(found[1]), found[1].decode())

    def _facts_in(self, text: str) -> None:
        self.handshake_complete = True
        version, protocol = _DESCRIPTION.search(text), _PROTOCOL.search(text)
        certificate = _CERTIFICATE.search(text)
        self.seen.version = version[1].replace("TLS", "TLSv") if version else None
        self.seen.alpn = protocol[1] if protocol else None
        self.seen.certificate = base64.b64decode(certificate[1]) if certificate else None
        self.seen.resumed = "This is a resumed session" in text

    def _application_data(self, data: bytes) -> None:
        self._plaintext += data
        if self._plaintext.endswith(_FAREWELL):
            del self._plaintext[-len(_FAREWELL) :]
            self.close_notify_seen = True
        elif found := _ALERT.search(self._plaintext):
            self._alert_came(found)
            del self._plaintext[found.start() :]
