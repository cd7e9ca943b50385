"""Both sides with a certificate, both verifying: mutual authentication within one implementation."""

import pytest


@pytest.mark.clause("ssl.SSLContext.verify_mode:mutual")
def test_each_side_knows_the_other(couple, impl):
    """After mutual authentication each side's getpeercert() describes the other's certificate."""
    couple.client_context.load_cert_chain(*couple.pki["client"])
    couple.server_context.verify_mode = impl.CERT_REQUIRED
    couple.server_context.load_verify_locations(couple.pki.authority())
    couple.shake_hands()
    assert couple.client.getpeercert(True) == couple.pki.der("server")
    assert couple.server.getpeercert(True) == couple.pki.der("client")
    assert ("DNS", "client.example") in couple.server.getpeercert()["subjectAltName"]


@pytest.mark.clause("ssl.SSLContext:shared")
def test_one_context_serves_connections_of_different_clients(couple, impl):
    """Who the client is belongs to the connection: one server context has each connection's own answer."""
    couple.server_context.verify_mode = impl.CERT_OPTIONAL
    couple.server_context.load_verify_locations(couple.pki.authority())
    couple.shake_hands()
    unknown = couple.server
    couple.client_context.load_cert_chain(*couple.pki["client"])
    couple.wrap()
    couple.shake_hands()
    assert unknown.getpeercert(True) is None
    assert couple.server.getpeercert(True) == couple.pki.der("client")


@pytest.mark.clause("ssl.SSLContext.verify_mode:mutual", "RFC 8446 4.3.2:asked-only")
def test_a_client_that_refuses_the_server_shows_it_no_certificate(couple, impl):
    """The client judges first: a server that it does not trust never gets to know who it is."""
    couple.client_context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    couple.client_context.load_verify_locations(couple.pki.authority("other-root"))
    couple.client_context.load_cert_chain(*couple.pki["client"])
    couple.server_context.verify_mode = impl.CERT_REQUIRED
    couple.server_context.load_verify_locations(couple.pki.authority())
    with pytest.raises(impl.SSLCertVerificationError):
        couple.shake_hands()
    with pytest.raises(impl.SSLError) as caught:
        couple.server.do_handshake()
    assert caught.value.reason == "TLSV1_ALERT_UNKNOWN_CA"
    with pytest.raises(ValueError):
        couple.server.getpeercert(True)
