"""refssl in TLS 1.2 against the standard library, tlslite-ng and the openssl program, in both roles.

Each suite and each kind of session, and beside them what must fail.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

import refssl
from refssl.ciphers.support import SUITES12
from selftests.refssl_engine.support12 import field
from selftests.refssl_support import Pair, raised
from sslspec.peers.process import DEADLINE, running, wait_for

ROLES = [pytest.param(refssl, ssl, id="client"), pytest.param(ssl, refssl, id="server")]
SUITES = [suite for suite in SUITES12.values() if "CCM" not in suite.name]
OPENSSL = shutil.which("openssl")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, chains with an ECDSA and an RSA key, and parameters for DHE."""
    folder = tmp_path_factory.mktemp("interop12")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    for name in ("ECDSA", "RSA"):
        issued = authority.issue_cert("localhost", key_type=trustme.KeyType[name])
        issued.private_key_and_cert_chain_pem.write_to_path(folder / f"{name}.pem")
    (folder / "dh.pem").write_text(dh_parameters())
    return folder


def dh_parameters() -> str:
    """PKCS #3 parameters in PEM."""
    import base64

    prime, generator = field()
    number = b"\x00" + prime.to_bytes(256, "big")
    body = b"\x02\x82\x01\x01" + number + b"\x02\x01" + bytes((generator,))
    der = b"\x30\x82" + len(body).to_bytes(2, "big") + body
    return f"-----BEGIN DH PARAMETERS-----\n{base64.encodebytes(der).decode()}-----END DH PARAMETERS-----\n"


def contexts(files: Path, client: Any, server: Any, key: str, suite: str | None = None) -> dict[str, Any]:
    """A client's and a server's context for TLS 1.2; `suite` limits the standard library's."""
    ours = client.SSLContext(client.PROTOCOL_TLS_CLIENT)
    ours.load_verify_locations(files / "authority.pem")
    theirs = server.SSLContext(server.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(files / f"{key}.pem")
    theirs.load_dh_params(str(files / "dh.pem"))
    for module, context in ((client, ours), (server, theirs)):
        context.maximum_version = module.TLSVersion.TLSv1_2
        # refssl has of itself only what has forward secrecy, and nothing with SHA-1
        chosen = suite if module is ssl and suite is not None else "ALL"
        context.set_ciphers(f"{suite}:@SECLEVEL=0" if suite is not None and _on_request(suite) else chosen)
    if suite is not None and suite.startswith(("ADH", "AECDH")):
        ours.check_hostname, ours.verify_mode = False, client.CERT_NONE
    if suite is not None and "PSK" in suite:
        ours.set_psk_client_callback(lambda _hint: ("me", bytes(range(32))))
        theirs.set_psk_server_callback({"me": bytes(range(32))}.get, "a hint")
    return {"client_context": ours, "server_context": theirs, "client": client, "server": server}


def _on_request(suite: str) -> bool:
    """Whether no default and no security level but 0 has it."""
    return "NULL" in suite or suite.startswith(("ADH", "AECDH"))


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
@pytest.mark.parametrize(("client", "server"), ROLES)
def test_each_suite_and_its_sessions(files: Path, client: Any, server: Any, suite: Any) -> None:
    if "PSK" in suite.name and not getattr(ssl, "HAS_PSK", False):
        pytest.skip("the standard library has callbacks for pre-shared keys from Python 3.13 on")
    key = "ECDSA" if suite.auth == "auth-ecdsa" else "RSA"
    both = contexts(files, client, server, key, suite.name)
    pair = Pair(**both).shake_hands()
    assert pair.client.version() == pair.server.version() == "TLSv1.2"
    assert pair.client.cipher()[0] == pair.server.cipher()[0] == suite.name
    assert pair.client.get_channel_binding() == pair.server.get_channel_binding()
    pair.talk()
    resumed = Pair(session=pair.client.session, **both).shake_hands()
    assert resumed.client.session_reused
    assert resumed.server.session_reused
    assert resumed.client.get_channel_binding() == resumed.server.get_channel_binding()
    resumed.talk()


@pytest.mark.parametrize("bits", [0, 1, 1 << 19, 1 | 1 << 19])
@pytest.mark.parametrize("tickets", [True, False], ids=["tickets", "ids"])
@pytest.mark.parametrize(("client", "server"), ROLES)
def test_without_the_extensions_that_make_it_better(
    files: Path, client: Any, server: Any, tickets: bool, bits: int
) -> None:
    """SSL_OP_NO_EXTENDED_MASTER_SECRET and SSL_OP_NO_ENCRYPT_THEN_MAC, which ssl has no names for."""
    both = contexts(files, client, server, "RSA", "ECDHE-RSA-AES128-SHA256")
    for context in (both["client_context"], both["server_context"]):
        context.options |= bits
        if not tickets:
            context.options |= ssl.OP_NO_TICKET
    pair = Pair(**both).shake_hands()
    pair.talk()
    assert pair.client.session.has_ticket is tickets
    resumed = Pair(session=pair.client.session, **both).shake_hands()
    assert resumed.client.session_reused
    resumed.talk()


@pytest.mark.parametrize("key", ["ECDSA", "RSA"])
@pytest.mark.parametrize(("client", "server"), ROLES)
def test_client_certificates(files: Path, client: Any, server: Any, key: str) -> None:
    both = contexts(files, client, server, "ECDSA")
    both["server_context"].load_verify_locations(files / "authority.pem")
    both["server_context"].verify_mode = server.CERT_REQUIRED
    pair = Pair(**both)
    error = raised(pair.shake_hands)
    assert error.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE"  # type: ignore[attr-defined]
    assert raised(pair.client.do_handshake).reason == "SSLV3_ALERT_HANDSHAKE_FAILURE"  # type: ignore[attr-defined]
    both["client_context"].load_cert_chain(files / f"{key}.pem")
    pair = Pair(**both).shake_hands()
    assert pair.server.getpeercert()["subjectAltName"] == (("DNS", "localhost"),)
    pair.talk()


@pytest.mark.parametrize(("client", "server"), ROLES)
def test_the_wrong_name_is_refused_and_nothing_common_too(files: Path, client: Any, server: Any) -> None:
    both = contexts(files, client, server, "ECDSA")
    error = raised(Pair(hostname="wrong.example", **both).shake_hands)
    assert isinstance(error, client.SSLCertVerificationError)
    both = contexts(files, client, server, "ECDSA", "ECDHE-RSA-AES128-SHA256")
    error = raised(Pair(**both).shake_hands)
    assert error.reason == "NO_SHARED_CIPHER"  # type: ignore[attr-defined]


def test_parameters_for_dhe_are_read_as_openssl_reads_them(files: Path, tmp_path: Path) -> None:
    """Without them a server has no DHE; OpenSSL 3.6 was asked for the errors."""
    both = contexts(files, ssl, refssl, "RSA", "DHE-RSA-AES128-SHA256")
    Pair(**both).shake_hands()
    both["server_context"] = refssl.SSLContext(refssl.PROTOCOL_TLS_SERVER)
    both["server_context"].load_cert_chain(files / "RSA.pem")
    assert raised(Pair(**both).shake_hands).reason == "NO_SHARED_CIPHER"  # type: ignore[attr-defined]
    context = both["server_context"]
    path = tmp_path / "dh.pem"
    with pytest.raises(FileNotFoundError):
        context.load_dh_params(path)
    with pytest.raises(TypeError):
        context.load_dh_params(None)
    small = "MEkCQQCyiIWLGNSUW8POCwaxUgefsAzjtLYaQhqZfBu3F1EL/s/IWROnpoo5VeJQCrgYs9tTP0Js/cInVmr7dncZeHa3AgECAgF9"
    for text, reason, library in (
        ("nothing", "NO_START_LINE", "PEM"),
        ("-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----\n", None, "PEM"),
        (f"-----BEGIN DH PARAMETERS-----\n{small}\n-----END DH PARAMETERS-----\n", "DH_KEY_TOO_SMALL", "SSL"),
    ):
        path.write_text(text)
        error = raised(context.load_dh_params, path)
        assert isinstance(error, refssl.SSLError)
        assert (error.reason, error.library) == (reason, library)


# -- programs and tlslite-ng, over sockets


@contextlib.contextmanager
def serving(context: Any) -> Iterator[int]:
    """A refssl server on loopback that sends back what it first reads from one client. Gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)

        def serve() -> None:
            with contextlib.suppress(OSError):
                plain, _ = listener.accept()
                plain.settimeout(20)
                with context.wrap_socket(plain, server_side=True) as connection:
                    connection.sendall(connection.recv(2**14))
                    connection.unwrap()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(20)


@pytest.mark.skipif(OPENSSL is None, reason="there is no openssl program")
@pytest.mark.parametrize(
    "suite",
    ["ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-AES256-GCM-SHA384", "DHE-RSA-AES128-SHA256", "AES256-SHA"],
)
def test_openssl_s_client(files: Path, suite: str) -> None:
    key = "ECDSA" if "ECDSA" in suite else "RSA"
    context = contexts(files, refssl, refssl, key)["server_context"]
    authority = str(files / "authority.pem")
    with serving(context) as port:
        command = [OPENSSL or "", "s_client", "-connect", f"127.0.0.1:{port}", "-tls1_2", "-cipher", suite]
        command += ["-CAfile", authority, "-verify_return_error", "-verify_hostname", "localhost", "-ign_eof"]
        done = subprocess.run(command, input=b"Q-hello\nQ\n", capture_output=True, timeout=30, check=False)
    assert b"Q-hello" in done.stdout
    assert suite.encode() in done.stdout
    assert b"Secure Renegotiation IS supported" in done.stdout
    assert b"Extended master secret: yes" in done.stdout


@pytest.mark.skipif(OPENSSL is None, reason="there is no openssl program")
@pytest.mark.parametrize(
    "suite",
    ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA", "DHE-RSA-CHACHA20-POLY1305", "AES128-GCM-SHA256"],
)
def test_openssl_s_server(files: Path, suite: str) -> None:
    key = "ECDSA" if "ECDSA" in suite else "RSA"
    command = [OPENSSL or "", "s_server", "-accept", "127.0.0.1:0", "-tls1_2", "-cipher", suite, "-rev"]
    command += ["-cert_chain", f"{key}.pem", "-cert", f"{key}.pem", "-dhparam", "dh.pem"]
    with running(command, files) as server:
        port = int(wait_for(server, b"ACCEPT").rpartition(b":")[2])
        context = contexts(files, refssl, refssl, key)["client_context"]
        plain = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)
        with context.wrap_socket(plain, server_hostname="localhost") as connection:
            assert connection.cipher()[0] == suite
            connection.sendall(b"desrever\n")
            assert connection.recv(100) == b"reversed\n"


@pytest.mark.parametrize(
    ("cipher", "exchange", "etm"),
    [
        ("aes128gcm", "ecdhe_rsa", True),
        ("chacha20-poly1305", "ecdhe_ecdsa", True),
        ("aes256", "rsa", True),
        ("aes128", "dhe_rsa", False),
    ],
)
def test_tlslite(files: Path, cipher: str, exchange: str, etm: bool) -> None:
    from tlslite.api import HandshakeSettings, TLSConnection

    settings = HandshakeSettings()
    settings.minVersion = settings.maxVersion = (3, 3)
    settings.cipherNames = [cipher]
    settings.keyExchangeNames = [exchange]
    settings.useEncryptThenMAC = etm
    context = contexts(files, refssl, refssl, "ECDSA" if exchange == "ecdhe_ecdsa" else "RSA")["server_context"]
    with serving(context) as port, socket.create_connection(("127.0.0.1", port), timeout=20) as plain:
        connection = TLSConnection(plain)
        connection.handshakeClientCert(settings=settings, serverName="localhost")
        assert connection.version == (3, 3)
        connection.write(b"echo")
        assert connection.read(max=4, min=4) == b"echo"
        connection.close()
