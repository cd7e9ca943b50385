"""get_server_certificate(): the certificate of a server, as PEM."""

import socket

import pytest


def serve_once(impl, pki, listener, name="server", seen=None):
    """Accept one connection and shake hands."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pki[name])
    if seen is not None:
        context.sni_callback = lambda _object, asked_for, _context: seen.append(asked_for)
    connection, _ = listener.accept()
    connection.settimeout(5)
    with connection:
        try:
            with context.wrap_socket(connection, server_side=True) as served:
                served.recv(1)
        except OSError:
            pass  # the client leaves as soon as it has the certificate, or has refused it


@pytest.fixture
def listener():
    """A listening socket on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        made.settimeout(5)
        yield made


@pytest.mark.clause("ssl.get_server_certificate:pem", "ssl.get_server_certificate:unverified")
def test_the_certificate_comes_as_pem(impl, pki, listener, background):
    """The server's certificate is given as PEM text, without being verified."""
    serving = background(serve_once, impl, pki, listener, "other-server")
    text = impl.get_server_certificate(listener.getsockname(), timeout=5)
    serving.result()
    assert impl.PEM_cert_to_DER_cert(text) == pki.der("other-server")


@pytest.mark.clause("ssl.get_server_certificate:verified")
def test_with_authorities_it_is_verified(impl, pki, listener, background):
    """With ca_certs the certificate is verified against them."""
    serving = background(serve_once, impl, pki, listener)
    text = impl.get_server_certificate(listener.getsockname(), ca_certs=pki.authority(), timeout=5)
    serving.result()
    assert impl.PEM_cert_to_DER_cert(text) == pki.der("server")


@pytest.mark.clause("ssl.get_server_certificate:verified")
def test_a_stranger_is_refused(impl, pki, listener, background):
    """With ca_certs a server that they do not vouch for raises SSLCertVerificationError."""
    serving = background(serve_once, impl, pki, listener, "other-server")
    with pytest.raises(impl.SSLCertVerificationError):
        impl.get_server_certificate(listener.getsockname(), ca_certs=pki.authority(), timeout=5)
    serving.result()


@pytest.mark.clause("ssl.get_server_certificate:server-name")
@pytest.mark.known("bpo-36076")
def test_the_name_is_asked_for(impl, pki, listener, background):
    """The host's name is sent as server_name."""
    seen = []
    serving = background(serve_once, impl, pki, listener, "server", seen)
    impl.get_server_certificate(("localhost", listener.getsockname()[1]), timeout=5)
    serving.result()
    assert seen == ["localhost"]


@pytest.mark.clause("ssl.get_server_certificate:timeout")
@pytest.mark.known("bpo-31870")
def test_a_server_that_says_nothing_times_out(impl, listener):
    """With `timeout` a silent server raises TimeoutError."""
    with pytest.raises(TimeoutError):
        impl.get_server_certificate(listener.getsockname(), timeout=0.05)


@pytest.mark.clause("ssl.get_server_certificate:unreachable")
def test_nobody_there_is_an_oserror(impl):
    """A port on which nobody listens raises ConnectionRefusedError."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = closed.getsockname()
    with pytest.raises(ConnectionRefusedError):
        impl.get_server_certificate(address, timeout=5)
