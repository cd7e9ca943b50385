"""What the documentation lists for SSLObject, and what only SSLSocket has."""

import pytest

METHODS = [
    "read", "write", "getpeercert", "selected_alpn_protocol", "selected_npn_protocol", "cipher", "shared_ciphers",
    "compression", "pending", "do_handshake", "verify_client_post_handshake", "unwrap", "get_channel_binding",
    "version",
]  # fmt: skip
CHAINS = ["get_verified_chain", "get_unverified_chain"]
ATTRIBUTES = ["context", "server_side", "server_hostname", "session", "session_reused"]
ONLY_OF_SOCKETS = [
    "accept", "bind", "close", "connect", "connect_ex", "detach", "dup", "fileno", "getpeername", "getsockname",
    "getsockopt", "setsockopt", "gettimeout", "settimeout", "getblocking", "setblocking", "listen", "makefile",
    "recv", "recv_into", "recvfrom", "recvmsg", "send", "sendall", "sendfile", "sendto", "sendmsg", "shutdown",
    "family", "type", "proto", "timeout",
]  # fmt: skip


@pytest.mark.clause("ssl.SSLObject:methods")
@pytest.mark.known("aiofastnet#30")
@pytest.mark.parametrize("name", METHODS)
def test_the_documented_methods_are_there(impl, name):
    """SSLObject has each method that its documentation lists."""
    assert callable(getattr(impl.SSLObject, name))


@pytest.mark.clause("ssl.SSLObject:chains")
@pytest.mark.known("gh-109109", "graalpython#414")
@pytest.mark.since("3.13")
@pytest.mark.parametrize("name", CHAINS)
def test_the_methods_for_chains_are_there(impl, name):
    """SSLObject has get_verified_chain() and get_unverified_chain() since Python 3.13."""
    assert callable(getattr(impl.SSLObject, name))


@pytest.mark.clause("ssl.SSLObject:methods")
@pytest.mark.known("aiofastnet#30")
@pytest.mark.parametrize("name", ATTRIBUTES)
def test_the_documented_attributes_are_there(impl, name):
    """An SSLObject has each attribute that its documentation lists, from the start."""
    client = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT).wrap_bio(
        impl.MemoryBIO(), impl.MemoryBIO(), server_hostname="localhost"
    )
    assert hasattr(client, name)


@pytest.mark.clause("ssl.SSLObject:no-io")
@pytest.mark.parametrize("name", ONLY_OF_SOCKETS)
def test_what_belongs_to_sockets_is_missing(impl, name):
    """SSLObject lacks any form of network I/O: a framework can tell the two classes apart by asking for it."""
    client = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT).wrap_bio(
        impl.MemoryBIO(), impl.MemoryBIO(), server_hostname="localhost"
    )
    assert not hasattr(client, name)
    assert hasattr(impl.SSLSocket, name)


@pytest.mark.clause("ssl.SSLObject:methods")
@pytest.mark.deliveries("whole")
def test_read_and_write_take_their_arguments_by_name(pair):
    """The signatures are read(len=1024, buffer=None) and write(data)."""
    pair.shake_hands()
    pair.greet()
    assert pair.subject.write(data=b"by name") == 7
    assert pair.peer.receive(7) == b"by name"
    pair.peer.send(b"answered")
    pair.carry()
    buffer = bytearray(8)
    assert pair.subject.read(len=3, buffer=buffer) == 3
    assert buffer == b"ans\0\0\0\0\0"
    assert pair.subject.read(len=2, buffer=None) == b"we"
    assert pair.subject.read() == b"red"


@pytest.mark.clause("ssl.SSLObject:methods")
@pytest.mark.deliveries("whole")
def test_do_handshake_and_unwrap_take_no_argument(pair, impl):
    """Without a socket there is nothing to block on: SSLObject.do_handshake() has no block parameter."""
    with pytest.raises(TypeError):
        pair.subject.do_handshake(True)
    with pytest.raises(TypeError):
        pair.subject.do_handshake(block=True)
    with pytest.raises(TypeError):
        pair.subject.unwrap(None)
    assert pair.subject_outgoing.pending == 0
