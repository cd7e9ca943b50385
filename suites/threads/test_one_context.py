"""One context, many threads: it is made to be shared, as long as it is not reconfigured after its first use."""

import socket

import pytest

THREADS = 8


def serve(context, sock):
    """A server's part of a small conversation: the connection, after the handshake and one message."""
    connection = context.wrap_socket(sock, server_side=True)
    connection.sendall(connection.recv(100))
    return connection


def converse(client_context, server_context, background, number, server_hostname):
    """A connection of its own for each thread; gives what the client received, and both ends, closed by the caller."""
    near, far = socket.socketpair()
    near.settimeout(5)
    far.settimeout(5)
    serving = background(serve, server_context, far)
    client = client_context.wrap_socket(near, server_hostname=server_hostname)
    client.sendall(b"message %d" % number)
    return client.recv(100), client, serving.result()


@pytest.mark.clause("ssl.SSLContext:thread-safe")
def test_connections_do_not_mix(couple, background):
    """Many threads make connections from one client context to one server context; each gets what is meant for it."""
    calls = [
        background(converse, couple.client_context, couple.server_context, background, number, "localhost")
        for number in range(THREADS)
    ]
    for number, call in enumerate(calls):
        answer, client, server = call.result()
        with client, server:
            assert answer == b"message %d" % number
            assert client.cipher() == server.cipher()


@pytest.mark.clause("ssl.SSLSocket.getpeercert:threads")
@pytest.mark.known("pypy#2615")
def test_certificates_do_not_mix(couple, background, pki):
    """Many threads asking for their peer's certificate get it, whole and unharmed."""
    calls = [
        background(converse, couple.client_context, couple.server_context, background, number, "localhost")
        for number in range(THREADS)
    ]
    names = (
        ("DNS", "localhost"),
        ("DNS", "server.example"),
        ("IP Address", "127.0.0.1"),
        ("IP Address", "0:0:0:0:0:0:0:1"),
    )
    for call in calls:
        _, client, server = call.result()
        with client, server:
            certificates = [background(client.getpeercert) for _ in range(4)]
            assert all(certificate.result()["subjectAltName"] == names for certificate in certificates)
            assert client.getpeercert(True) == pki.der("server")


@pytest.mark.clause("ssl.SSLContext.sni_callback:per-connection")
def test_each_callback_gets_its_own_connection(couple, background):
    """sni_callback of a shared context is called with the socket and the name of one and the same connection."""
    named = {}
    couple.server_context.sni_callback = lambda sock, name, _: named.update({name: sock})
    couple.client_context.check_hostname = False
    calls = [
        background(converse, couple.client_context, couple.server_context, background, number, f"host{number}.example")
        for number in range(THREADS)
    ]
    for number, call in enumerate(calls):
        _, client, server = call.result()
        with client, server:
            assert named[f"host{number}.example"] is server
    assert len(named) == THREADS


@pytest.mark.clause("ssl.SSLContext.sni_callback:per-connection", "ssl.SSLSocket.context:observable")
def test_each_connection_changes_to_the_context_of_its_name(couple, background, pki, impl):
    """In threads, an sni_callback that assigns a context changes that of its own connection and of no other."""
    contexts = {}
    for name in ("a", "b"):
        contexts[f"{name}.example"] = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
        contexts[f"{name}.example"].load_cert_chain(*pki[f"sni-{name}"])

    def change(sock, name, _):
        sock.context = contexts[name]

    couple.server_context.sni_callback = change
    names = ["a.example", "b.example"] * (THREADS // 2)
    calls = [
        background(converse, couple.client_context, couple.server_context, background, number, name)
        for number, name in enumerate(names)
    ]
    for name, call in zip(names, calls, strict=True):
        _, client, server = call.result()
        with client, server:
            assert client.getpeercert()["subjectAltName"] == (("DNS", name),)
            assert server.context is contexts[name]


@pytest.mark.clause("ssl.SSLContext:trust-may-grow", "ssl.SSLContext.load_verify_locations:adds-up")
def test_trust_may_grow_meanwhile(couple, background, pki):
    """Adding certificates to the trust store is allowed while other threads make connections with the context."""
    calls = [
        background(converse, couple.client_context, couple.server_context, background, number, "localhost")
        for number in range(THREADS)
    ]
    for _ in range(20):
        couple.client_context.load_verify_locations(pki.authority("other-root"))
    for number, call in enumerate(calls):
        answer, client, server = call.result()
        with client, server:
            assert answer == b"message %d" % number


@pytest.mark.clause("ssl.SSLContext:thread-safe")
def test_one_failure_does_not_touch_the_others(couple, background, impl):
    """A connection that is refused for its hostname fails alone; those of the other threads are complete."""
    names = ["localhost", "other.example"] * (THREADS // 2)
    calls = [
        background(converse, couple.client_context, couple.server_context, background, number, name)
        for number, name in enumerate(names)
    ]
    for name, call in zip(names, calls, strict=True):
        if name == "localhost":
            _, client, server = call.result()
            client.close()
            server.close()
        else:
            with pytest.raises(impl.SSLCertVerificationError):
                call.result()


@pytest.mark.clause("ssl.SSLContext:thread-safe")
def test_a_context_may_be_used_where_it_was_not_made(couple, background, impl):
    """A context, and a connection made with it, may be handed from one thread to another."""
    context = background(impl.SSLContext, impl.PROTOCOL_TLS_CLIENT).result()
    context.check_hostname = False
    context.verify_mode = impl.CERT_NONE
    answer, client, server = background(converse, context, couple.server_context, background, 1, "localhost").result()
    with client, server:
        assert answer == b"message 1"
        client.sendall(b"from elsewhere")
        assert server.recv(100) == b"from elsewhere"
