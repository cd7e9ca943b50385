"""SSLContext.sslsocket_class and sslobject_class: what wrap_socket() and wrap_bio() return."""

import socket

import pytest

pytestmark = pytest.mark.versions("tls13")


@pytest.mark.clause(
    "ssl.SSLContext.wrap_socket:class",
    "ssl.SSLContext.sslsocket_class:default",
    "ssl.SSLContext.wrap_bio:class",
    "ssl.SSLContext.sslobject_class:default",
)
@pytest.mark.roles("client")
def test_the_defaults_are_ssl_socket_and_ssl_object(pair, impl):
    """sslsocket_class is SSLSocket and sslobject_class SSLObject, until a context is told otherwise."""
    assert pair.subject_context.sslsocket_class is impl.SSLSocket
    assert pair.subject_context.sslobject_class is impl.SSLObject
    assert type(pair.bare_subject) is impl.SSLObject


@pytest.mark.clause("ssl.SSLContext.wrap_socket:class", "ssl.SSLContext.sslsocket_class:observable")
@pytest.mark.known("bpo-32951")
@pytest.mark.transports("socketpair")
def test_wrap_socket_gives_the_class_of_the_context(pair, impl):
    """wrap_socket() returns an instance of the context's sslsocket_class, which works like any SSLSocket."""

    class OwnSocket(impl.SSLSocket):
        def shout(self, data):
            return self.send(data.upper())

    pair.subject_context.sslsocket_class = OwnSocket
    assert type(pair.bare_subject) is OwnSocket
    pair.shake_hands()
    assert pair.subject.shout(b"hello") == 5
    assert pair.peer.receive(5) == b"HELLO"


@pytest.mark.clause("ssl.SSLContext.wrap_bio:class", "ssl.SSLContext.sslobject_class:observable")
@pytest.mark.known("bpo-32951")
def test_wrap_bio_gives_the_class_of_the_context(pair, impl):
    """wrap_bio() returns an instance of the context's sslobject_class, which works like any SSLObject."""

    class OwnObject(impl.SSLObject):
        def shout(self, data):
            return self.write(data.upper())

    pair.subject_context.sslobject_class = OwnObject
    assert type(pair.bare_subject) is OwnObject
    pair.shake_hands()
    assert pair.subject.shout(b"hello") == 5
    assert pair.peer.receive(5) == b"HELLO"


@pytest.mark.clause("ssl.SSLContext.sslsocket_class:observable", "ssl.SSLContext.sslobject_class:observable")
@pytest.mark.roles("client")
def test_the_class_of_one_context_is_not_that_of_another(pair, impl):
    """Setting sslsocket_class or sslobject_class on a context changes that context alone."""
    pair.subject_context.sslsocket_class = type("OwnSocket", (impl.SSLSocket,), {})
    pair.subject_context.sslobject_class = type("OwnObject", (impl.SSLObject,), {})
    other = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    assert other.sslsocket_class is impl.SSLSocket
    assert other.sslobject_class is impl.SSLObject


@pytest.mark.clause("ssl.SSLContext.sslsocket_class:observable", "ssl.SSLSocket.accept:like-the-listener")
@pytest.mark.roles("server")
@pytest.mark.transports("tcp", "tcp6")
def test_what_is_accepted_is_of_the_class_too(pair, impl):
    """accept() of a listener returns an instance of the context's sslsocket_class."""

    class OwnSocket(impl.SSLSocket):
        pass

    pair.subject_context.sslsocket_class = OwnSocket
    with pair.subject_context.wrap_socket(pair.plain_listener(), server_side=True) as listener:
        listener.settimeout(5)
        pair.attach(socket.create_connection(listener.getsockname()[:2], timeout=5))
        connection, _ = listener.accept()
        with connection:
            assert type(connection) is OwnSocket
            assert type(listener) is OwnSocket


@pytest.mark.clause("ssl.SSLContext.sslsocket_class:observable", "ssl.SSLSocket.recv_into:through-read")
@pytest.mark.level("observed")
@pytest.mark.roles("client")
@pytest.mark.transports("socketpair")
@pytest.mark.parametrize(
    ("arguments", "asked"),
    [((bytearray(5),), 5), ((bytearray(5), 3), 3), ((None,), 1024)],
    ids=["all_of_it", "a_part", "no_buffer"],
)
def test_recv_into_reads_through_an_overridden_read(pair, impl, arguments, asked):
    """recv_into() calls the subclass's own read() with the number of bytes and the buffer."""
    seen = []

    class OwnSocket(impl.SSLSocket):
        def read(self, *arguments):
            seen.append(arguments)
            return 0

    pair.subject_context.sslsocket_class = OwnSocket
    assert pair.bare_subject.recv_into(*arguments) == 0
    assert seen == [(asked, arguments[0])]


CALLS = {
    "read": (1,),
    "write": (b"x",),
    "recv": (1,),
    "recv_into": (bytearray(1),),
    "send": (b"x",),
    "sendall": (b"x",),
    "sendto": (b"x", ("127.0.0.1", 9)),
    "recvfrom": (1,),
    "recvfrom_into": (bytearray(1),),
    "pending": (),
    "getpeercert": (),
    "shutdown": (socket.SHUT_WR,),
}


@pytest.mark.clause("ssl.SSLSocket:asks-whether-closed")
@pytest.mark.level("observed")
@pytest.mark.roles("client")
@pytest.mark.transports("socketpair")
@pytest.mark.parametrize("method", CALLS)
def test_a_subclass_may_refuse_when_it_is_closed(pair, impl, method):
    """Each method asks _checkClosed() first, and what a subclass raises there comes out before anything is done."""

    class Closed(Exception):
        pass

    class OwnSocket(impl.SSLSocket):
        def _checkClosed(self, msg=None):  # noqa: N802
            if closed:
                raise Closed

    closed = False
    pair.subject_context.sslsocket_class = OwnSocket
    pair.shake_hands()
    closed = True
    with pytest.raises(Closed):
        getattr(pair.bare_subject, method)(*CALLS[method])
    closed = False
    pair.greet()
    pair.bare_subject.shutdown(socket.SHUT_WR)
    closed = True
    with pytest.raises(Closed):  # without TLS too
        getattr(pair.bare_subject, method)(*CALLS[method])
    closed = False


@pytest.mark.clause("ssl.SSLContext.sslsocket_class:observable", "ssl.SSLSocket.makefile:overridden")
@pytest.mark.transports("socketpair")
def test_an_overridden_method_is_the_one_that_is_called(pair, impl):
    """A file made of the socket reads through the subclass's own recv_into()."""
    seen = []

    class OwnSocket(impl.SSLSocket):
        def recv_into(self, buffer, *args):
            count = super().recv_into(buffer, *args)
            seen.append(count)
            return count

    pair.subject_context.sslsocket_class = OwnSocket
    pair.shake_hands()
    pair.peer.send(b"line\n")
    with pair.subject.makefile("rb") as file:
        assert file.readline() == b"line\n"
    assert seen == [5]


@pytest.mark.clause("ssl.SSLContext:collectable")
@pytest.mark.known("truststore#112", "truststore#113")
@pytest.mark.level("observed")
def test_a_context_is_made_without_a_look_at_its_settings(impl):
    """A subclass may put its own property in the place of a setting: making the context does not ask or set it."""
    asked = []
    names = ("options", "verify_mode", "verify_flags", "check_hostname", "minimum_version", "maximum_version")

    def watched(name):
        return property(lambda _: asked.append(name), lambda _, value: asked.append((name, value)))

    own = type("OwnContext", (impl.SSLContext,), {name: watched(name) for name in names})
    assert isinstance(own(impl.PROTOCOL_TLS_CLIENT), impl.SSLContext)
    assert asked == []
