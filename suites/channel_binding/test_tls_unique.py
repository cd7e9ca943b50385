"""get_channel_binding("tls-unique"): the first Finished message of the handshake (RFC 5929 3.1)."""

import pytest

pytestmark = pytest.mark.deliveries("whole")


@pytest.mark.clause("ssl.CHANNEL_BINDING_TYPES:listed", "ssl.CHANNEL_BINDING_TYPES:usable")
def test_tls_unique_is_a_type_that_is_supported(impl):
    """CHANNEL_BINDING_TYPES is a list of names, "tls-unique" among them."""
    assert type(impl.CHANNEL_BINDING_TYPES) is list
    assert "tls-unique" in impl.CHANNEL_BINDING_TYPES


@pytest.mark.clause("ssl.SSLSocket.get_channel_binding:none")
@pytest.mark.transports("memory", "socketpair")
def test_there_is_none_before_the_handshake(pair):
    """On a fresh object get_channel_binding() is None."""
    assert pair.subject.get_channel_binding() is None
    assert pair.subject.get_channel_binding("tls-unique") is None


@pytest.mark.clause("ssl.SSLSocket.get_channel_binding:none")
def test_there_is_none_in_mid_handshake(pair, impl):
    """Until the handshake has been completed get_channel_binding() is None.

    The stdlib's TLS 1.2 client gives its own Finished as soon as that is out, before the server's has come.
    """
    complete = False
    while not complete:
        try:
            pair.subject.do_handshake()
            complete = True
        except impl.SSLWantReadError:
            pair.carry()
        there_is_one = pair.subject.get_channel_binding() is not None
        assert there_is_one is complete


@pytest.mark.clause("RFC 5246 7.4.9:verify-data", "RFC 5929 3.1:both-ends", "ssl.SSLSocket.get_channel_binding:bytes")
@pytest.mark.known("GraalPy's list", "RustPython's expected failures")
@pytest.mark.transports("memory", "socketpair", "asyncio")
@pytest.mark.versions("tls12")
def test_both_ends_have_the_same(pair):
    """Both ends give the same 12 bytes, the length of a TLS 1.2 Finished, whatever library is at the other."""
    pair.shake_hands()
    binding = pair.subject.get_channel_binding()
    assert type(binding) is bytes
    assert len(binding) == 12
    assert pair.peer.ssl_object.get_channel_binding() == binding


@pytest.mark.clause("ssl.SSLSocket.get_channel_binding:tls13")
@pytest.mark.level("observed")
@pytest.mark.versions("tls13")
@pytest.mark.transports("memory", "socketpair")
def test_there_is_one_in_tls_1_3_as_well(pair):
    """RFC 5929 knows no TLS 1.3, and RFC 9266 gives it another type; OpenSSL takes the first Finished there too."""
    pair.shake_hands()
    binding = pair.subject.get_channel_binding()
    assert type(binding) is bytes
    assert len(binding) == (48 if pair.subject.cipher()[0].endswith("SHA384") else 32)
    assert pair.peer.ssl_object.get_channel_binding() == binding


@pytest.mark.clause("ssl.SSLSocket.get_channel_binding:default")
def test_tls_unique_is_the_default(pair):
    """get_channel_binding() is get_channel_binding(cb_type="tls-unique")."""
    pair.shake_hands()
    binding = pair.subject.get_channel_binding()
    assert pair.subject.get_channel_binding("tls-unique") == binding
    assert pair.subject.get_channel_binding(cb_type="tls-unique") == binding


@pytest.mark.clause("RFC 5929 3.1:own", "ssl.SSLSocket.get_channel_binding:own")
def test_each_connection_has_its_own(pair):
    """The control: another connection between the same two ends, with the same contexts, has other bytes."""
    pair.shake_hands()
    second = pair.reconnect()
    second.shake_hands()
    assert second.subject.get_channel_binding() != pair.subject.get_channel_binding()


@pytest.mark.clause("RFC 5929 3.1:own", "ssl.SSLSocket.get_channel_binding:own")
@pytest.mark.roles("client")
def test_a_resumed_connection_has_its_own(pair):
    """A resumed connection is another connection: its bytes are not those of the first, and the same at both ends.

    In TLS 1.2 the first Finished of an abbreviated handshake is the server's, no longer the client's.
    """
    pair.shake_hands()
    pair.greet()
    second = pair.reconnect(session=pair.subject.session)
    second.shake_hands()
    assert second.subject.session_reused
    binding = second.subject.get_channel_binding()
    assert binding != pair.subject.get_channel_binding()
    assert second.peer.ssl_object.get_channel_binding() == binding


@pytest.mark.clause("ssl.SSLSocket.get_channel_binding:own")
def test_it_stays_the_same_while_the_connection_lasts(pair):
    """Data in both directions and a clean close change nothing of what names the connection."""
    pair.shake_hands()
    binding = pair.subject.get_channel_binding()
    pair.greet()
    assert pair.subject.get_channel_binding() == binding
    pair.peer.close_notify()
    assert pair.drive(pair.subject.unwrap) is None
    assert pair.subject.get_channel_binding() == binding


@pytest.mark.clause("RFC 8446 4.6.3:keys-change", "ssl.SSLSocket.get_channel_binding:own")
@pytest.mark.versions("tls13")
@pytest.mark.peers("tlslite")
def test_new_keys_do_not_change_it(pair):
    """A KeyUpdate changes the keys of the connection, not its name."""
    pair.shake_hands()
    binding = pair.subject.get_channel_binding()
    pair.peer.update_keys(answer_wanted=True)
    pair.greet()
    assert pair.subject.get_channel_binding() == binding


@pytest.mark.clause("ssl.CHANNEL_BINDING_TYPES:usable", "ssl.SSLSocket.get_channel_binding:types")
@pytest.mark.parametrize(
    "kind",
    ["tls-server-end-point", "TLS-UNIQUE", "tls-unique ", ""],
    ids=["server_end_point", "upper_case", "trailing_space", "empty"],
)
def test_a_type_that_is_not_supported_is_refused(pair, impl, kind):
    """A type that CHANNEL_BINDING_TYPES does not list raises ValueError, before the handshake and after it."""
    assert kind not in impl.CHANNEL_BINDING_TYPES
    with pytest.raises(ValueError) as caught:
        pair.subject.get_channel_binding(kind)
    assert not isinstance(caught.value, OSError)
    pair.shake_hands()
    with pytest.raises(ValueError):
        pair.subject.get_channel_binding(kind)


@pytest.mark.clause("ssl.SSLSocket.get_channel_binding:types")
@pytest.mark.level("observed")
def test_tls_exporter_is_not_supported(pair):
    """RFC 9266's "tls-exporter", the one made for TLS 1.3, raises ValueError so far."""
    pair.shake_hands()
    with pytest.raises(ValueError):
        pair.subject.get_channel_binding("tls-exporter")


@pytest.mark.clause("RFC 5929 3.1:both-ends", "ssl.SSLSocket.get_channel_binding:bytes")
def test_an_implementation_agrees_with_itself(couple):
    """Two ends of one implementation have the same binding, and two connections of it have not."""
    couple.shake_hands()
    first = couple.client.get_channel_binding()
    assert couple.server.get_channel_binding() == first
    couple.wrap()
    couple.shake_hands()
    assert couple.client.get_channel_binding() == couple.server.get_channel_binding()
    assert couple.client.get_channel_binding() != first
