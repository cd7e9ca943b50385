"""SSLContext: each setting changes what a connection does, or is refused; nothing is silently ignored."""

from __future__ import annotations

import os
import stat
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

import refssl
from selftests import x509_forge as forge
from selftests.refssl_support import Pair, certificates, contexts, raised
from selftests.x509_chains import LEAF, ROOT, R, aki, leaf, san


def _reasons(pair: Pair) -> tuple[str | None, str | None]:
    """What the client and the server say of a handshake that fails, "done" where one does not."""
    found: dict[Any, str | None] = {}
    for _ in range(4):
        for name, end in (("client", pair.client), ("server", pair.server)):
            if found.get(name, "done") != "done":
                continue
            try:
                if pair.step(end):
                    found[name] = "done"
                    end.read()
            except refssl.SSLWantReadError:
                pass
            except refssl.SSLError as error:
                found[name] = error.reason
                pair.carry()
    return found.get("client"), found.get("server")


def test_defaults_are_those_of_cpython_3_15() -> None:
    client = refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT)
    assert (client.check_hostname, client.verify_mode) == (True, refssl.CERT_REQUIRED)
    assert client.options == 2186412112
    assert client.verify_flags == refssl.VERIFY_X509_TRUSTED_FIRST
    assert client.minimum_version is refssl.TLSVersion.MINIMUM_SUPPORTED
    assert client.maximum_version is refssl.TLSVersion.MAXIMUM_SUPPORTED
    assert (client.security_level, client.num_tickets, client.keylog_filename) == (2, 2, None)
    server = refssl.SSLContext(refssl.PROTOCOL_TLS_SERVER)
    assert (server.check_hostname, server.verify_mode) == (False, refssl.CERT_NONE)
    assert [suite["name"] for suite in server.get_ciphers()][:3] == [
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_AES_128_GCM_SHA256",
    ]


def test_check_hostname_and_verify_mode_hold_each_other() -> None:
    context = refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(ValueError):
        context.verify_mode = refssl.CERT_NONE
    context.check_hostname = False
    context.verify_mode = refssl.CERT_NONE
    context.check_hostname = True
    assert context.verify_mode is refssl.CERT_REQUIRED
    with pytest.raises(ValueError):
        context.verify_mode = 3
    with pytest.raises(TypeError):
        context.verify_mode = "x"


def test_versions_and_their_options_decide_what_is_spoken() -> None:
    assert _reasons(Pair()) == ("done", "done")
    _, server = contexts()
    server.minimum_version = refssl.TLSVersion.MINIMUM_SUPPORTED
    server.maximum_version = refssl.TLSVersion.TLSv1_2
    pair = Pair(server_context=server).shake_hands()
    assert (pair.client.version(), pair.server.version()) == ("TLSv1.2", "TLSv1.2")
    client, _ = contexts()
    client.minimum_version = refssl.TLSVersion.TLSv1_3
    assert _reasons(Pair(client, server)) == ("TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        client.options |= refssl.OP_NO_TLSv1_3
    assert _reasons(Pair(client))[0] == "NO_PROTOCOLS_AVAILABLE"


def test_deprecations_are_told_at_the_callers_line() -> None:
    with pytest.warns(DeprecationWarning, match="without protocol argument") as told:
        context = refssl.SSLContext()  # warns of PROTOCOL_TLS as well
    with pytest.warns(DeprecationWarning, match="OP_NO_TLS") as more:
        context.options |= refssl.OP_NO_TLSv1_2
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated") as still:
        context.minimum_version = refssl.TLSVersion.TLSv1_1
    assert {warning.filename for warning in [*told, *more, *still]} == {__file__}


def test_groups_suites_and_schemes_are_what_is_negotiated() -> None:
    client, server = contexts()
    client.set_groups("P-384:X25519")
    server.set_ecdh_curve("X25519")
    client.set_ciphersuites("TLS_AES_128_GCM_SHA256:unknown")
    pair = Pair(client, server).shake_hands()
    assert (pair.client.group(), pair.server.group()) == ("x25519", "x25519")
    assert pair.client.cipher() == ("TLS_AES_128_GCM_SHA256", "TLSv1.3", 128)
    assert pair.client.server_sigalg() == "ecdsa_secp256r1_sha256"
    server.set_groups("P-521")
    assert _reasons(Pair(client, server)) == ("SSLV3_ALERT_HANDSHAKE_FAILURE", "NO_SUITABLE_KEY_SHARE")
    server.set_groups("DEFAULT")
    server.set_ciphersuites("TLS_CHACHA20_POLY1305_SHA256")
    assert _reasons(Pair(client, server)) == ("SSLV3_ALERT_HANDSHAKE_FAILURE", "NO_SHARED_CIPHER")
    server.set_ciphersuites("TLS_AES_128_GCM_SHA256")
    server.minimum_version = refssl.TLSVersion.TLSv1_2
    server.set_server_sigalgs("ed25519")
    assert _reasons(Pair(client, server)) == ("SSLV3_ALERT_HANDSHAKE_FAILURE", "NO_SHARED_CIPHER")


def test_empty_lists_leave_nothing_to_offer() -> None:
    client, _ = contexts()
    client.set_groups("")
    assert _reasons(Pair(client))[0] == "NO_SUITABLE_GROUPS"
    client, _ = contexts()
    client.set_ciphersuites("")
    assert _reasons(Pair(client))[0] == "NO_CIPHERS_AVAILABLE"


@pytest.mark.parametrize(
    ("method", "text", "kind"),
    [
        ("set_groups", "bogus", refssl.SSLError),
        ("set_groups", 5, TypeError),
        ("set_ecdh_curve", "P-256", ValueError),
        ("set_ciphersuites", "bogus", refssl.SSLError),
        ("set_client_sigalgs", "", refssl.SSLError),
        ("set_server_sigalgs", "ed25519:bogus", refssl.SSLError),
        ("set_psk_client_callback", None, refssl.SSLError),
        ("set_psk_server_callback", 1, TypeError),
    ],
)
def test_what_cannot_be_done_is_refused(method: str, text: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        getattr(refssl.SSLContext(refssl.PROTOCOL_TLS_SERVER), method)(text)


def test_the_message_callback_is_told_headers_and_what_is_inside() -> None:
    """As CPython 3.15 tells them (observed there), but that a flight of several messages is one record here."""
    client, server = contexts()
    told: list[tuple[str, str, str]] = []
    client._msg_callback = lambda _conn, way, version, kind, *_: told.append((way, version.name, kind.name))
    Pair(client, server).shake_hands()
    assert told[:2] == [("write", "TLSv1", "HEADER"), ("write", "TLSv1_3", "HANDSHAKE")]
    assert ("read", "TLSv1_3", "CHANGE_CIPHER_SPEC") in told
    assert ("read", "TLSv1_3", "INNER_CONTENT_TYPE") in told
    assert told[-3:] == [
        ("write", "TLSv1_2", "HEADER"),
        ("write", "TLSv1_2", "INNER_CONTENT_TYPE"),
        ("write", "TLSv1_3", "HANDSHAKE"),
    ]


def test_alpn_takes_the_servers_preference() -> None:
    client, server = contexts()
    client.set_alpn_protocols(["a", "b"])
    server.set_alpn_protocols(["b", "a"])
    pair = Pair(client, server).shake_hands()
    assert pair.client.selected_alpn_protocol() == pair.server.selected_alpn_protocol() == "b"
    for wrong, kind in (([b"a"], TypeError), ([""], refssl.SSLError), (["é"], UnicodeEncodeError)):
        with pytest.raises(kind):
            client.set_alpn_protocols(wrong)


def test_client_certificates_are_asked_for_and_insisted_on() -> None:
    client, server = contexts()
    server.load_verify_locations(certificates().authority)
    server.verify_mode = refssl.CERT_REQUIRED
    assert _reasons(Pair(client, server)) == ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "PEER_DID_NOT_RETURN_A_CERTIFICATE")
    server.verify_mode = refssl.CERT_OPTIONAL
    assert Pair(client, server).shake_hands().server.getpeercert() is None
    client.load_cert_chain(certificates().client)
    assert Pair(client, server).shake_hands().server.getpeercert()["subjectAltName"]
    stranger = refssl.SSLContext(refssl.PROTOCOL_TLS_SERVER)
    stranger.load_cert_chain(certificates().server)
    stranger.load_verify_locations(certificates().stranger)
    stranger.verify_mode = refssl.CERT_OPTIONAL
    assert _reasons(Pair(client, stranger)) == ("TLSV1_ALERT_UNKNOWN_CA", "CERTIFICATE_VERIFY_FAILED")


def test_the_server_is_verified_and_its_name_too() -> None:
    error = raised(Pair(hostname="wrong.example").shake_hands)
    assert isinstance(error, refssl.SSLCertVerificationError)
    assert (error.verify_code, error.verify_message) == (
        62,
        "Hostname mismatch, certificate is not valid for 'wrong.example'.",
    )
    assert raised(Pair(hostname="10.0.0.1").shake_hands).verify_code == 64  # type: ignore[attr-defined]
    Pair(hostname="127.0.0.1").shake_hands()
    unaware = refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT)
    assert raised(Pair(unaware).shake_hands).verify_code == 20  # type: ignore[attr-defined]
    unaware.check_hostname = False
    unaware.verify_mode = refssl.CERT_NONE
    pair = Pair(unaware).shake_hands()
    assert pair.client.getpeercert() == {}
    assert isinstance(pair.client.getpeercert(True), bytes)


def test_sessions_are_resumed_and_tickets_counted() -> None:
    client, server = contexts()
    pair = Pair(client, server).shake_hands()
    assert not pair.client.session.has_ticket
    pair.take_tickets()
    session = pair.client.session
    assert (session.has_ticket, len(session.id), session.ticket_lifetime_hint) == (True, 32, 7200)
    resumed = Pair(client, server, session=session).shake_hands()
    assert resumed.client.session_reused
    assert resumed.server.session_reused
    assert resumed.client.getpeercert()["subject"]
    assert resumed.client.get_verified_chain() == []
    assert client.session_stats()["hits"] == 1
    assert server.session_stats()["accept_good"] == 2
    server.num_tickets = 0
    without = Pair(client, server).shake_hands()
    without.take_tickets()
    assert not without.client.session.has_ticket


def test_stateful_tickets_are_short_and_work() -> None:
    client, server = contexts()
    server.options |= refssl.OP_NO_TICKET
    pair = Pair(client, server).shake_hands()
    pair.take_tickets()
    assert Pair(client, server, session=pair.client.session).shake_hands().client.session_reused


def test_a_session_is_only_taken_where_it_belongs() -> None:
    client, server = contexts()
    pair = Pair(client, server).shake_hands()
    pair.take_tickets()
    session = pair.client.session
    with pytest.raises(ValueError):
        Pair(contexts()[0], server, session=session)
    with pytest.raises(TypeError):
        Pair(client, server, session="session")
    with pytest.raises(ValueError):
        pair.client.session = session
    assert not Pair(client, server, hostname="127.0.0.1", session=session).shake_hands().client.session_reused
    with pytest.raises(refssl.SSLCertVerificationError):
        Pair(client, server, hostname="wrong.example", session=session).shake_hands()


def test_an_unverified_session_is_not_taken_once_verification_is_asked_for() -> None:
    client, server = contexts()
    client.check_hostname = False
    client.verify_mode = refssl.CERT_NONE
    pair = Pair(client, server).shake_hands()
    pair.take_tickets()
    session = pair.client.session
    assert Pair(client, server, session=session).shake_hands().client.session_reused
    client.verify_mode = refssl.CERT_REQUIRED
    assert not Pair(client, server, session=session).shake_hands().client.session_reused
    server.load_verify_locations(certificates().authority)
    server.verify_mode = refssl.CERT_REQUIRED
    client.verify_mode = refssl.CERT_NONE
    assert _reasons(Pair(client, server, session=session))[1] == "PEER_DID_NOT_RETURN_A_CERTIFICATE"


def test_sni_callback_chooses_refuses_and_fails() -> None:
    client, server = contexts()
    other = refssl.SSLContext(refssl.PROTOCOL_TLS_SERVER)
    other.load_cert_chain(certificates().other)
    seen: list[tuple[type, str | None, bool]] = []

    def choose(connection: Any, name: str | None, context: Any) -> None:
        seen.append((type(connection), name, context is server))
        if name == "other.example":
            connection.context = other

    server.sni_callback = choose
    pair = Pair(client, server, hostname="other.example").shake_hands()
    assert pair.server.context is other
    Pair(client, server).shake_hands()
    Pair(client, server, hostname="127.0.0.1").shake_hands()
    assert seen == [
        (refssl.SSLObject, "other.example", True),
        (refssl.SSLObject, "localhost", True),
        (refssl.SSLObject, None, True),
    ]
    server.sni_callback = lambda *_: refssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
    assert _reasons(Pair(client, server)) == ("TLSV1_UNRECOGNIZED_NAME", "CALLBACK_FAILED")
    server.sni_callback = lambda *_: 0
    assert _reasons(Pair(client, server)) == ("TLSV1_ALERT_INTERNAL_ERROR", "CALLBACK_FAILED")
    with pytest.raises(ValueError):
        client.sni_callback = choose
    with pytest.raises(TypeError):
        server.sni_callback = 5


def test_an_exception_in_the_sni_callback_is_told_and_ends_the_handshake(monkeypatch: pytest.MonkeyPatch) -> None:
    client, server = contexts()
    told: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    server.sni_callback = lambda *_: 1 / 0
    assert _reasons(Pair(client, server)) == ("SSLV3_ALERT_HANDSHAKE_FAILURE", "CALLBACK_FAILED")
    assert told[0].exc_type is ZeroDivisionError


def test_keys_are_logged_in_nsss_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client, server = contexts()
    client.keylog_filename = tmp_path / "keys"
    Pair(client, server).shake_hands()
    lines = (tmp_path / "keys").read_text().splitlines()
    assert lines[0].startswith("# TLS secrets log file")
    assert {line.split()[0] for line in lines[1:]} == {
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
        "SERVER_HANDSHAKE_TRAFFIC_SECRET",
        "CLIENT_TRAFFIC_SECRET_0",
        "SERVER_TRAFFIC_SECRET_0",
        "EXPORTER_SECRET",
    }
    monkeypatch.setenv("SSLKEYLOGFILE", os.fspath(tmp_path / "more"))
    assert refssl.create_default_context().keylog_filename == os.fspath(tmp_path / "more")
    assert refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT).keylog_filename is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_a_new_key_log_is_its_owners_alone(tmp_path: Path) -> None:
    context = refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT)
    there = tmp_path / "there"
    there.touch()
    there.chmod(0o640)
    umask = os.umask(0)
    try:
        for file, mode in ((tmp_path / "new", 0o600), (there, 0o640)):
            context.keylog_filename = file
            assert stat.S_IMODE(file.stat().st_mode) == mode
    finally:
        os.umask(umask)


def test_what_is_printed_of_a_connection_holds_no_secrets() -> None:
    pair = Pair(*contexts()).shake_hands()
    pair.take_tickets()
    connection = pair.client._sslobj._connection
    session, state = connection.session, connection._state
    assert repr(session.ticket) in repr(session)  # what is looked for would be found
    assert repr(session.secret) not in repr(session)
    assert repr(state.suite) in repr(state)
    for secret in (state.receive_secret, state.send_secret, state.resumption_master_secret):
        assert repr(secret) not in repr(state)
    for config in (connection.config, pair.server._sslobj._connection.config):
        assert "PRIVATE" not in repr(config)


def test_a_certificate_that_cannot_be_described_is_an_ssl_error(tmp_path: Path) -> None:
    """It is valid, and its bytes are the peer's: no other exception may come of them."""
    authority = tmp_path / "authority"
    authority.write_text(forge.pem(R))
    for extra in (forge.dns("odd"), forge.tlv(0x82, b"\xff")):
        certificate = leaf(san(forge.dns("localhost"), extra), aki(ROOT))
        presented = tmp_path / "presented"
        presented.write_text(forge.private_pem(LEAF) + forge.pem(certificate))
        client, server = refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT), refssl.SSLContext(refssl.PROTOCOL_TLS_SERVER)
        client.load_verify_locations(authority)
        server.load_cert_chain(presented)
        pair = Pair(client, server).shake_hands()
        assert pair.client.getpeercert(True) == certificate
        if extra == forge.dns("odd"):
            assert pair.client.getpeercert()["subjectAltName"] == (("DNS", "localhost"), ("DNS", "odd"))
        else:
            with pytest.raises(refssl.SSLError):
                pair.client.getpeercert()
