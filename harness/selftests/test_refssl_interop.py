"""refssl against the standard library's ssl in memory, in both roles, each success beside the failure it could hide."""

from __future__ import annotations

import contextlib
import ssl
from typing import Any

import pytest

import refssl
from selftests.refssl_support import Pair, certificates, contexts, raised

ROLES = [pytest.param(refssl, ssl, id="client"), pytest.param(ssl, refssl, id="server")]


def _mixed(client: Any, server: Any, **keywords: Any) -> Pair:
    return Pair(client=client, server=server, **keywords)


@pytest.mark.parametrize(("client", "server"), ROLES)
def test_data_flows_both_ways_and_the_connection_closes(client: Any, server: Any) -> None:
    pair = _mixed(client, server).shake_hands()
    assert pair.client.version() == pair.server.version() == "TLSv1.3"
    assert pair.client.cipher() == pair.server.cipher()
    assert pair.client.get_channel_binding() == pair.server.get_channel_binding()
    pair.talk()
    error = raised(pair.client.unwrap)
    assert isinstance(error, client.SSLWantReadError)
    pair.carry()
    assert pair.server.read() == b""
    pair.server.unwrap()
    pair.carry()
    pair.client.unwrap()


@pytest.mark.parametrize(("client", "server"), ROLES)
def test_bytes_one_at_a_time(client: Any, server: Any) -> None:
    pair = _mixed(client, server)
    ends = ((pair.client, pair.client_out, pair.server_in), (pair.server, pair.server_out, pair.client_in))
    done: set[int] = set()
    for _ in range(6):
        for number, (end, out, into) in enumerate(ends):
            for octet in [b"", *(bytes([octet]) for octet in ends[1 - number][1].read())]:
                ends[1 - number][2].write(octet)
                try:
                    end.do_handshake()
                    done.add(number)
                except (refssl.SSLWantReadError, ssl.SSLWantReadError):
                    pass
            assert out is not into
    assert done == {0, 1}


@pytest.mark.parametrize(("client", "server"), ROLES)
def test_the_wrong_name_and_the_wrong_authority_are_refused(client: Any, server: Any) -> None:
    _mixed(client, server).shake_hands()
    error = raised(_mixed(client, server, hostname="wrong.example").shake_hands)
    assert isinstance(error, client.SSLCertVerificationError)
    assert error.verify_code == 62
    unaware = client.SSLContext(client.PROTOCOL_TLS_CLIENT)
    unaware.load_verify_locations(certificates().stranger)
    pair = _mixed(client, server, client_context=unaware)
    error = raised(pair.shake_hands)
    assert error.verify_code == 20  # type: ignore[attr-defined]
    assert raised(pair.server.do_handshake).reason == "TLSV1_ALERT_UNKNOWN_CA"  # type: ignore[attr-defined]


@pytest.mark.parametrize(("client", "server"), ROLES)
def test_client_certificates(client: Any, server: Any) -> None:
    client_context, server_context = contexts(client, server)
    server_context.load_verify_locations(certificates().authority)
    server_context.verify_mode = server.CERT_REQUIRED
    pair = _mixed(client, server, client_context=client_context, server_context=server_context)
    error = raised(pair.shake_hands)
    assert error.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE"  # type: ignore[attr-defined]
    client_context.load_cert_chain(certificates().client)
    pair = _mixed(client, server, client_context=client_context, server_context=server_context).shake_hands()
    assert pair.server.getpeercert() == _described(pair.server.getpeercert(True))
    assert pair.client.getpeercert() == _described(pair.client.getpeercert(True))


def _described(der: bytes) -> dict[str, Any]:
    """What the standard library says of a certificate."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "certificate.pem"
        path.write_text(ssl.DER_cert_to_PEM_cert(der))
        described: dict[str, Any] = ssl._ssl._test_decode_cert(str(path))  # type: ignore[attr-defined]
    return described


@pytest.mark.parametrize(("client", "server"), ROLES)
def test_resumption(client: Any, server: Any) -> None:
    client_context, server_context = contexts(client, server)
    both = {"client_context": client_context, "server_context": server_context}
    pair = _mixed(client, server, **both).shake_hands()
    pair.take_tickets()
    resumed = _mixed(client, server, session=pair.client.session, **both).shake_hands()
    assert resumed.client.session_reused
    assert resumed.server.session_reused
    assert resumed.client.get_channel_binding() == resumed.server.get_channel_binding()
    fresh = _mixed(client, server, **both).shake_hands()
    assert not fresh.client.session_reused


@pytest.mark.parametrize(("client", "server"), ROLES)
def test_alpn_and_sni(client: Any, server: Any) -> None:
    client_context, server_context = contexts(client, server)
    client_context.set_alpn_protocols(["x", "h2"])
    server_context.set_alpn_protocols(["h2", "x"])
    names: list[str | None] = []
    server_context.sni_callback = lambda _object, name, _context: names.append(name)
    pair = _mixed(client, server, client_context=client_context, server_context=server_context).shake_hands()
    assert pair.client.selected_alpn_protocol() == pair.server.selected_alpn_protocol() == "h2"
    assert names == ["localhost"]


@pytest.mark.parametrize("group", ["X25519", "prime256v1", "secp384r1", "secp521r1"])
@pytest.mark.parametrize(("client", "server"), ROLES)
def test_each_group_with_a_hello_retry_request(client: Any, server: Any, group: str) -> None:
    client_context, server_context = contexts(client, server)
    try:
        server_context.set_ecdh_curve(group)
    except ssl.SSLError:
        pytest.skip("the standard library of this Python does not know this name")
    pair = _mixed(client, server, client_context=client_context, server_context=server_context).shake_hands()
    assert pair.client.version() == "TLSv1.3"


@pytest.mark.parametrize("suite", ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"])
@pytest.mark.parametrize(("client", "server"), ROLES)
def test_each_suite(client: Any, server: Any, suite: str) -> None:
    client_context, server_context = contexts(client, server)
    ours = client_context if client is refssl else server_context
    ours.set_ciphersuites(suite)
    pair = _mixed(client, server, client_context=client_context, server_context=server_context).shake_hands()
    assert pair.client.cipher()[0] == pair.server.cipher()[0] == suite
    pair.client.write(b"x" * 40000)
    pair.carry()
    assert sum(len(pair.server.read(2**15)) for _ in range(3)) == 40000


def test_a_tls_1_2_only_peer_is_refused_clearly() -> None:
    client_context, _ = contexts(ssl, refssl)
    client_context.maximum_version = ssl.TLSVersion.TLSv1_2
    error = raised(Pair(client_context, client=ssl, server=refssl).shake_hands)
    assert error.reason == "UNSUPPORTED_PROTOCOL"  # type: ignore[attr-defined]


def test_refssls_context_takes_the_stdlibs_bios() -> None:
    """What asyncio and others need where they keep their own ssl: any object with MemoryBIO's methods will do."""
    client_context, server_context = contexts()
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    server_in, server_out = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = server_context.wrap_bio(server_in, server_out, server_side=True)
    for _ in range(3):
        for end in (client, server):
            with contextlib.suppress(refssl.SSLWantReadError):
                end.do_handshake()
            server_in.write(outgoing.read())
            incoming.write(server_out.read())
    assert client.version() == server.version() == "TLSv1.3"
    with pytest.raises(TypeError):
        client_context.wrap_bio(object(), outgoing, server_hostname="localhost")
