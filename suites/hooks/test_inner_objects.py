"""What an SSLObject or SSLSocket holds as `_sslobj`, and the calls of a context that make it."""

import contextlib
import gc
import socket

import pytest

pytestmark = pytest.mark.level("observed")


@pytest.mark.clause("ssl.SSLContext._wrap_bio:acts")
@pytest.mark.transports("memory")
def test_an_inner_object_makes_a_connection(couple, impl):
    """_wrap_bio() gives an object that shakes hands, writes, reads and shuts down over two BIOs."""
    there, back = impl.MemoryBIO(), impl.MemoryBIO()
    inner = {
        "client": couple.client_context._wrap_bio(back, there, False, "localhost"),
        "server": couple.server_context._wrap_bio(there, back, True),
    }
    for _ in range(4):
        for end in inner.values():
            with contextlib.suppress(impl.SSLWantReadError):
                end.do_handshake()
    client, server = inner.values()
    assert client.write(b"inner") == 5
    assert server.read(2) == b"in"
    assert server.pending() == 3
    assert client.version() == server.version()
    assert client.cipher() == server.cipher()
    with pytest.raises(impl.SSLWantReadError):
        client.shutdown()
    assert server.read(3) == b"ner"
    assert server.shutdown() is None
    assert client.shutdown() is None


@pytest.mark.clause("ssl.SSLContext._wrap_bio:owner")
@pytest.mark.transports("memory", "socketpair")
@pytest.mark.deliveries("whole")
def test_an_inner_object_knows_whose_it_is(pair):
    """Its owner is the SSLObject or SSLSocket; context, server_side, server_hostname and session are the same."""
    pair.shake_hands()
    inner = pair.bare_subject._sslobj
    assert inner.owner is pair.bare_subject
    assert inner.context is pair.bare_subject.context
    assert inner.server_side is pair.server_side
    assert inner.server_hostname == pair.bare_subject.server_hostname
    assert (inner.session is None) == (pair.bare_subject.session is None)


@pytest.mark.clause("ssl.SSLContext._wrap_bio:owner")
@pytest.mark.deliveries("whole")
def test_an_inner_object_changes_hands(pair):
    """Its owner can be set, and is held weakly: None when it has gone."""

    class Owner:
        pass

    inner, owner = pair.bare_subject._sslobj, Owner()
    inner.owner = owner
    assert inner.owner is owner
    del owner
    gc.collect()
    assert inner.owner is None


@pytest.mark.clause("ssl.SSLContext._wrap_bio:name-needed")
def test_an_inner_object_needs_a_name_where_names_are_checked(impl, pki):
    """With check_hostname a client's inner object without server_hostname is never connected: ValueError."""
    client, server = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT), impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    client.load_verify_locations(pki.authority())
    server.load_cert_chain(*pki["server"])
    there, back = impl.MemoryBIO(), impl.MemoryBIO()
    answering = server._wrap_bio(there, back, True)
    with pytest.raises(ValueError):
        inner = client._wrap_bio(back, there, False)
        for _ in range(4):
            for end in (inner, answering):
                with contextlib.suppress(impl.SSLWantReadError):
                    end.do_handshake()


@pytest.mark.clause("ssl.SSLSocket._sslobj:binding")
@pytest.mark.parametrize("wrong", [1, b"tls-unique"], ids=["number", "bytes"])
def test_an_inner_object_knows_bindings_by_name(pair, wrong):
    """get_channel_binding() of what is no text raises TypeError."""
    with pytest.raises(TypeError):
        pair.bare_subject._sslobj.get_channel_binding(wrong)


@pytest.mark.clause("ssl.SSLSocket._sslobj:shared")
@pytest.mark.transports("memory", "socketpair")
@pytest.mark.deliveries("whole")
def test_an_inner_object_tells_what_the_outer_tells(pair):
    """cipher(), version(), selected_alpn_protocol(), compression() and pending() are the outer object's."""
    pair.shake_hands()
    outer, inner = pair.bare_subject, pair.bare_subject._sslobj
    for name in ("cipher", "version", "selected_alpn_protocol", "compression", "pending", "shared_ciphers"):
        assert getattr(inner, name)() == getattr(outer, name)()
    assert inner.get_channel_binding("tls-unique") == outer.get_channel_binding("tls-unique")


@pytest.mark.clause("ssl.SSLSocket._sslobj:chain")
@pytest.mark.known("urllib3#3568")
@pytest.mark.since("3.10")
@pytest.mark.roles("client")
@pytest.mark.transports("memory", "socketpair")
@pytest.mark.deliveries("whole")
def test_the_chain_is_there_before_it_was_public(pair):
    """get_unverified_chain() of the inner object lists each certificate that the peer sent."""
    pair.peer.settings.trust = None
    pair.shake_hands()
    sent = pair.pki.chain("server")
    assert len(pair.bare_subject._sslobj.get_unverified_chain()) == len(sent)


@pytest.mark.clause("ssl.SSLSocket._sslobj:life")
@pytest.mark.known("elastic-transport#24")
@pytest.mark.transports("socketpair")
def test_a_socket_has_one_as_long_as_it_speaks_tls(pair):
    """SSLSocket._sslobj is there from the connection on, and None after unwrap()."""
    pair.shake_hands()
    assert pair.bare_subject._sslobj is not None
    pair.greet()
    pair.peer.close_notify()
    pair.subject.unwrap()
    assert pair.bare_subject._sslobj is None


INNER_CALLS = {
    "read": lambda inner: inner.read(1),
    "write": lambda inner: inner.write(b"x"),
    "shutdown": lambda inner: inner.shutdown(),
}


@pytest.mark.clause("ssl.SSLSocket._sslobj:gone")
@pytest.mark.transports("socketpair")
@pytest.mark.parametrize("timeout", [None, 5, 0], ids=["blocking", "time-out", "non-blocking"])
@pytest.mark.parametrize("how", ["closed", "collected"])
@pytest.mark.parametrize("call", INNER_CALLS)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_without_its_socket_it_moves_nothing(pair, how, timeout, call):
    """Where its socket was closed or is gone each call raises OSError at once."""
    near, far = socket.socketpair()
    pair.attach(far)
    subject = pair.subject_context.wrap_socket(near, server_side=pair.server_side, server_hostname=pair.server_hostname)
    subject.settimeout(timeout)
    inner = subject._sslobj
    if how == "closed":
        subject.close()
    else:
        del subject
        gc.collect()
    with pytest.raises(OSError):
        INNER_CALLS[call](inner)


@pytest.mark.clause("ssl.SSLSocket._sslobj:life")
def test_a_socket_that_is_not_connected_has_none(impl):
    """Before connect() an SSLSocket has no inner object."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with context.wrap_socket(socket.socket(), server_hostname="localhost") as connection:
        assert connection._sslobj is None
