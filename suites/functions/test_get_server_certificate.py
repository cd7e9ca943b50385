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


def ipv6_works():
    """Whether a socket can listen on ::1."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


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


@pytest.mark.clause("ssl.get_server_certificate:timeout", "What's New 3.10:server-certificate-time-out")
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


@pytest.mark.clause("ssl.get_server_certificate:ipv6")
@pytest.mark.skipif(not ipv6_works(), reason="no IPv6 on loopback")
def test_addresses_of_ipv6_work(impl, pki, background):
    """The certificate of a server at an address of IPv6 is fetched like any other."""
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        listener.settimeout(5)
        serving = background(serve_once, impl, pki, listener)
        text = impl.get_server_certificate(listener.getsockname()[:2], timeout=5)
        serving.result()
    assert impl.PEM_cert_to_DER_cert(text) == pki.der("server")


@pytest.mark.clause("ssl.get_server_certificate:version")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("protocol", "used"), [("PROTOCOL_TLS_CLIENT", "TLSv1.3"), ("PROTOCOL_TLSv1_2", "TLSv1.2")], ids=["tls13", "tls12"]
)
def test_the_version_can_be_chosen(impl, pki, listener, background, protocol, used):
    """ssl_version is the protocol by which the server is asked; the highest common version is the default."""
    versions = []
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pki["server"])

    def serve():
        connection, _ = listener.accept()
        connection.settimeout(5)
        with context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as served:
            served.do_handshake()
            versions.append(served.version())

    serving = background(serve)
    impl.get_server_certificate(listener.getsockname(), ssl_version=getattr(impl, protocol), timeout=5)
    serving.result()
    assert versions == [used]
