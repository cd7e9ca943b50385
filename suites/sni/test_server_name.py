"""server_hostname: what a client puts on the wire."""

import pytest

pytestmark = pytest.mark.roles("client")

both_kinds = pytest.mark.peers("module", "tlslite", "openssl", "gnutls")


@pytest.mark.clause("ssl.SSLContext.wrap_socket:server-hostname", "RFC 6066 3:sent")
@both_kinds
@pytest.mark.transports("memory", "asyncio")
@pytest.mark.deliveries("all")
def test_the_name_is_sent(pair):
    """The server is told server_hostname."""
    pair.shake_hands()
    assert pair.peer.seen.server_name == "localhost"


@pytest.mark.clause("RFC 6066 3:none")
@both_kinds
@pytest.mark.transports("memory", "asyncio")
def test_no_name_is_sent_when_there_is_none(pair):
    """Without server_hostname there is no extension."""
    pair.server_hostname = None
    pair.subject_context.check_hostname = False
    pair.shake_hands()
    assert pair.peer.seen.server_name is None


@pytest.mark.clause("RFC 6066 3:no-address", "What's New 3.7:no-address-in-sni")
@both_kinds
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"], ids=["ipv4", "ipv6"])
def test_an_address_is_not_sent(pair, address):
    """Literal IP addresses are not permitted in server_name, so none is sent."""
    pair.server_hostname = address
    pair.shake_hands()
    assert pair.peer.seen.server_name is None


@pytest.mark.clause("RFC 6066 3:a-label", "ssl.SSLSocket.server_hostname:a-label")
@pytest.mark.known("bpo-28414")
def test_an_international_name_becomes_its_a_label(pair):
    """A U-label is sent, and read back from server_hostname, in its ASCII form."""
    pair.server_hostname = "b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.example"
    pair.subject_context.check_hostname = False
    pair.shake_hands()
    assert pair.peer.seen.server_name == "xn--bcher-kva.example"
    assert pair.subject.server_hostname == "xn--bcher-kva.example"


@pytest.mark.clause("ssl.SSLContext.wrap_socket:server-hostname", "ssl.SSLSocket.server_hostname:name")
def test_the_name_can_be_read_back(pair):
    """server_hostname is what the client asked for."""
    assert pair.subject.server_hostname == "localhost"
    assert pair.subject.server_side is False


@pytest.mark.clause("ssl.SSLContext.wrap_socket:name-is-checked", "RFC 6066 3:no-name")
@pytest.mark.parametrize("name", ["", ".example.org", "localhost\0evil"], ids=["empty", "leading_dot", "nul"])
@pytest.mark.parametrize("checked", [True, False], ids=["checked", "unchecked"])
def test_what_is_no_name_is_refused(impl, name, checked):
    """An empty name, one that begins with a dot and one with a NUL are refused before anything is sent."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = checked
    with pytest.raises((ValueError, TypeError)):
        context.wrap_bio(impl.MemoryBIO(), impl.MemoryBIO(), server_hostname=name)
