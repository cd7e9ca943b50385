"""Bytes that are there before the handshake: they are never taken for what TLS protects."""

import select
import socket
import struct
import warnings

import pytest

pytestmark = [
    pytest.mark.transports("tcp", "tcp6"),
    pytest.mark.versions("tls13"),
]


def reset(near, far):
    """Close `far` so that `near` has lost its peer by the time that this is back."""
    far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    far.close()
    if hasattr(select, "poll"):
        hangup = select.poll()
        hangup.register(near, 0)
        assert hangup.poll(5000)


def wrap(pair, near, handshake):
    """TLS on `near`, which says so where it ends too early."""
    return pair.subject_context.wrap_socket(
        near,
        server_side=pair.server_side,
        server_hostname=pair.server_hostname,
        do_handshake_on_connect=handshake,
        suppress_ragged_eofs=False,
    )


@pytest.mark.clause("ssl.SSLContext.wrap_socket:early-data")
@pytest.mark.known("gh-108310", "CVE-2023-40217", "gevent's skip list")
@pytest.mark.parametrize("handshake", [True, False], ids=["handshake", "later"])
def test_data_in_front_of_a_reset_is_never_read(pair, handshake):
    """What a peer sent before it reset the connection is not given out as if TLS had protected it; an error is raised.

    Without a peer address left the stdlib once took the socket for one that was not connected yet, made no TLS for it,
    and recv() gave the plain text.
    """
    near, far = pair.plain_ends()
    far.sendall(b"POST /evil")
    reset(near, far)
    with near, pytest.raises(OSError), wrap(pair, near, handshake) as subject:
        pytest.fail(f"recv() gave {subject.recv(100)!r}")


@pytest.mark.clause("ssl.SSLContext.wrap_socket:early-data")
@pytest.mark.known("gh-108310")
@pytest.mark.level("observed")
@pytest.mark.parametrize("handshake", [True, False], ids=["handshake", "later"])
def test_wrapping_after_such_a_reset_is_refused(pair, impl, handshake):
    """wrap_socket() of a socket whose peer has gone, and left data behind, raises SSLError itself."""
    near, far = pair.plain_ends()
    far.sendall(b"POST /evil")
    reset(near, far)
    with pytest.raises(impl.SSLError) as caught:
        wrap(pair, near, handshake)
    assert caught.value.reason == "Closed before TLS handshake with data in recv buffer."


@pytest.mark.clause("ssl.SSLContext.wrap_socket:early-data")
@pytest.mark.known("gh-108310")
@pytest.mark.parametrize("handshake", [True, False], ids=["handshake", "later"])
def test_a_reset_without_data_is_no_connection_either(pair, handshake):
    """Where the peer has reset the connection and sent nothing, wrapping or reading raises OSError as well."""
    near, far = pair.plain_ends()
    reset(near, far)
    with near, warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", ResourceWarning
        )  # what closes it, wrap_socket() or the collector, is not the point
        with pytest.raises(OSError), wrap(pair, near, handshake) as subject:
            pytest.fail(f"recv() gave {subject.recv(100)!r}")


@pytest.mark.clause("ssl.SSLContext.wrap_socket:early-data")
@pytest.mark.known("gh-108310")
@pytest.mark.transports("socketpair")
@pytest.mark.parametrize("handshake", [True, False], ids=["handshake", "later"])
def test_data_in_front_of_a_close_is_never_read(pair, handshake):
    """What a peer sent before it closed the connection is taken for the TLS that it is not; an error is raised."""
    near, far = socket.socketpair()
    near.settimeout(5)
    far.sendall(b"POST /evil HTTP/1.1\r\n")
    far.close()
    with pytest.raises(OSError), wrap(pair, near, handshake) as subject:
        pytest.fail(f"recv() gave {subject.recv(100)!r}")


@pytest.mark.clause("ssl.SSLContext.wrap_socket:early-data")
@pytest.mark.parametrize("handshake", [True, False], ids=["handshake", "later"])
def test_data_of_a_living_peer_is_never_read(pair, impl, handshake):
    """Plain text from a peer that stays is taken for the TLS that it is not: SSLError.

    That is also so where it was sent long before, right behind the STARTTLS command: what has been injected there must
    not survive the handshake.
    """
    near, far = pair.plain_ends()
    with far:
        far.sendall(b"EHLO evil.example\r\nMAIL FROM:<a@evil.example>\r\n")
        with pytest.raises(impl.SSLError), wrap(pair, near, handshake) as subject:
            pytest.fail(f"recv() gave {subject.recv(100)!r}")


@pytest.mark.clause("ssl.SSLContext.wrap_socket:late")
@pytest.mark.peers("module", "tlslite")
@pytest.mark.roles("server")
@pytest.mark.versions("tls12", "tls13")
def test_a_hello_that_came_before_is_not_lost(pair):
    """The ClientHello that came before the socket was wrapped is there for the handshake."""
    near, far = pair.plain_ends()
    pair.attach(far)
    assert select.select([near], [], [], 5)[0]
    with wrap(pair, near, True) as subject:
        assert subject.version() is not None
        assert pair.peer.completes()
