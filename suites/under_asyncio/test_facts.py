"""get_extra_info(): what asyncio tells of a TLS connection is what its SSLObject says."""

import pytest

pytestmark = pytest.mark.transports("asyncio")


@pytest.fixture
def writer(pair, aio):
    """The writer of a connection with a peer that is known by its certificate, whoever it is."""
    if pair.server_side:
        pair.subject_context.verify_mode = pair.impl.CERT_REQUIRED
        pair.subject_context.load_verify_locations(pair.pki.authority())
        pair.peer.settings.certificate = "client"
    pair.subject_context.set_alpn_protocols(["h2", "http/1.1"])
    pair.peer.settings.alpn = ("http/1.1",)
    _, made = aio.run(pair.streams())
    return made


@pytest.mark.clause("asyncio.get_extra_info:ssl-object")
@pytest.mark.known("bpo-44011")
def test_the_object_is_the_implementations(pair, impl, writer):
    """ "ssl_object" is the SSLObject, in its role, of the context that "sslcontext" is."""
    ssl_object = writer.get_extra_info("ssl_object")
    assert isinstance(ssl_object, impl.SSLObject)
    assert ssl_object.server_side is pair.server_side
    assert ssl_object.server_hostname == pair.server_hostname
    assert ssl_object.context is writer.get_extra_info("sslcontext") is pair.subject_context


@pytest.mark.clause("asyncio.get_extra_info:ssl-object", "ssl.SSLSocket.selected_alpn_protocol:agreed")
def test_the_object_knows_what_was_agreed_on(pair, writer):
    """The SSLObject is there to be asked for version and protocol, and says what the peer says."""
    ssl_object = writer.get_extra_info("ssl_object")
    assert ssl_object.version() == pair.peer.seen.version
    assert ssl_object.selected_alpn_protocol() == pair.peer.seen.alpn == "http/1.1"


@pytest.mark.clause("asyncio.get_extra_info:peercert")
def test_the_peers_certificate_is_told(pair, writer):
    """ "peercert" is what getpeercert() gives: the certificate of the peer, which was verified."""
    told = writer.get_extra_info("peercert")
    assert told == writer.get_extra_info("ssl_object").getpeercert()
    assert told["subject"]
    assert writer.get_extra_info("ssl_object").getpeercert(True) == pair.pki.der(pair.peer.settings.certificate)


@pytest.mark.clause("asyncio.get_extra_info:peercert")
@pytest.mark.roles("server")
def test_a_client_without_certificate_is_none(pair, aio):
    """Where no certificate came, "peercert" is None."""
    _, writer = aio.run(pair.streams())
    assert writer.get_extra_info("peercert") is None


@pytest.mark.clause("asyncio.get_extra_info:cipher", "asyncio.get_extra_info:compression")
def test_cipher_and_compression_are_told(writer):
    """ "cipher" is the tuple that cipher() gives, and "compression" what compression() does: None."""
    ssl_object = writer.get_extra_info("ssl_object")
    assert writer.get_extra_info("cipher") == ssl_object.cipher()
    assert writer.get_extra_info("cipher")[0]
    assert writer.get_extra_info("compression") is ssl_object.compression() is None


@pytest.mark.clause("asyncio.get_extra_info:underneath")
def test_the_connection_underneath_is_told_too(writer):
    """ "sockname" and "peername" are those of the connection that TLS runs over."""
    assert writer.get_extra_info("peername")[0] == "127.0.0.1"
    assert writer.get_extra_info("sockname") != writer.get_extra_info("peername")
    assert writer.get_extra_info("no such thing", "default") == "default"
