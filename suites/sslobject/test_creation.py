"""How an SSLObject comes to be: by SSLContext.wrap_bio() alone, bound to two BIOs, and not yet doing anything."""

import io
import socket

import pytest


@pytest.mark.clause("ssl.SSLObject:no-constructor", "What's New 3.7:no-constructors")
@pytest.mark.known("bpo-27629", "bpo-32951")
def test_there_is_no_public_constructor(impl):
    """Instances come from wrap_bio() only: calling the class raises TypeError, whatever it is given."""
    with pytest.raises(TypeError):
        impl.SSLObject()
    with pytest.raises(TypeError):
        impl.SSLObject(impl.MemoryBIO(), impl.MemoryBIO())
    client = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT).wrap_bio(
        impl.MemoryBIO(), impl.MemoryBIO(), server_hostname="localhost"
    )
    assert type(client) is impl.SSLObject


@pytest.mark.clause(
    "ssl.SSLContext.wrap_bio:parameters",
    "ssl.SSLSocket.context:tied",
    "ssl.SSLSocket.server_side:role",
    "ssl.SSLSocket.server_hostname:name",
)
@pytest.mark.deliveries("whole")
def test_wrap_bio_ties_context_and_role_to_the_object(pair):
    """context is the context that made the object, server_side a bool, server_hostname the name or None."""
    context = pair.subject_context
    assert pair.bare_subject.context is context
    assert pair.subject.server_side is pair.server_side
    assert pair.subject.server_hostname == (None if pair.server_side else "localhost")


@pytest.mark.clause("ssl.SSLSocket.server_side:read-only", "ssl.SSLSocket.server_hostname:read-only")
@pytest.mark.deliveries("whole")
def test_role_and_name_are_read_only(pair):
    """server_side and server_hostname say how the object was made: assigning to them raises AttributeError."""
    for name in ("server_side", "server_hostname"):
        before = getattr(pair.subject, name)
        with pytest.raises(AttributeError):
            setattr(pair.subject, name, "elsewhere.example")
        assert getattr(pair.subject, name) == before


@pytest.mark.clause(
    "ssl.SSLContext.wrap_bio:reads-and-writes", "ssl.SSLContext.wrap_bio:nothing-yet", "ssl.SSLObject:handshake-by-hand"
)
@pytest.mark.deliveries("whole")
def test_nothing_happens_before_the_first_call(pair, impl):
    """wrap_bio() neither writes nor reads: a handshake starts when somebody calls for it, even if bytes are waiting."""
    pair.wrap()
    assert pair.subject_outgoing.pending == 0
    pair.carry()
    waiting = pair.subject_incoming.pending  # a client peer's ClientHello
    assert (waiting > 0) is pair.server_side
    assert pair.subject.version() is None
    assert pair.subject_incoming.pending == waiting
    assert pair.subject_outgoing.pending == 0
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.do_handshake()
    assert pair.subject_outgoing.pending > 0


@pytest.mark.clause("ssl.SSLContext.wrap_bio:parameters")
def test_wrap_bio_takes_its_arguments_by_position(impl):
    """The order is incoming, outgoing, server_side, server_hostname, session; frameworks pass them so."""
    incoming, outgoing = impl.MemoryBIO(), impl.MemoryBIO()
    client = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT).wrap_bio(incoming, outgoing, False, "localhost", None)
    assert client.server_side is False
    assert client.server_hostname == "localhost"
    with pytest.raises(impl.SSLWantReadError):
        client.do_handshake()
    assert incoming.pending == 0
    assert outgoing.pending > 0


@pytest.mark.clause("ssl.SSLObject:handshake-by-hand", "ssl.SSLObject:no-suppression")
@pytest.mark.parametrize("name", ["do_handshake_on_connect", "suppress_ragged_eofs"])
def test_the_options_of_sockets_are_unknown(impl, name):
    """There is no do_handshake_on_connect and no suppress_ragged_eofs: wrap_bio() raises TypeError for either."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(TypeError):
        context.wrap_bio(impl.MemoryBIO(), impl.MemoryBIO(), server_hostname="localhost", **{name: True})


@pytest.mark.clause("ssl.SSLContext.wrap_bio:bios-only")
@pytest.mark.parametrize("thing", [None, b"bytes", io.BytesIO()], ids=["none", "bytes", "bytesio"])
def test_wrap_bio_refuses_what_is_no_bio(impl, pki, thing):
    """Both sides must be BIOs: None, bytes or a file raise TypeError in either place."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pki["server"])
    with pytest.raises(TypeError):
        context.wrap_bio(thing, impl.MemoryBIO(), server_side=True)
    with pytest.raises(TypeError):
        context.wrap_bio(impl.MemoryBIO(), thing, server_side=True)


@pytest.mark.clause(
    "ssl.PROTOCOL_TLS_CLIENT:clients-only", "ssl.PROTOCOL_TLS_SERVER:servers-only", "ssl.SSLContext.wrap_bio:role-fits"
)
def test_a_context_for_one_role_makes_no_object_for_the_other(impl):
    """A PROTOCOL_TLS_CLIENT context makes no server, a PROTOCOL_TLS_SERVER context no client: SSLError."""
    client, server = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT), impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    client.check_hostname = False  # else the missing name is refused first
    with pytest.raises(impl.SSLError):
        client.wrap_bio(impl.MemoryBIO(), impl.MemoryBIO(), server_side=True)
    with pytest.raises(impl.SSLError):
        server.wrap_bio(impl.MemoryBIO(), impl.MemoryBIO())
    assert client.wrap_bio(impl.MemoryBIO(), impl.MemoryBIO()).server_side is False
    assert server.wrap_bio(impl.MemoryBIO(), impl.MemoryBIO(), server_side=True).server_side is True


@pytest.mark.clause("ssl.SSLContext:shared", "ssl.SSLObject:independent")
@pytest.mark.deliveries("whole")
def test_one_context_makes_independent_objects(pair, impl):
    """Two objects of one context are two connections: the handshake of one leaves the other untouched."""
    pair.shake_hands()
    fresh = pair.bare_subject.context.wrap_bio(
        impl.MemoryBIO(), impl.MemoryBIO(), server_side=pair.server_side, server_hostname=pair.server_hostname
    )
    assert fresh.version() is None
    assert fresh.cipher() is None
    assert pair.subject.version() is not None


@pytest.mark.clause("ssl.SSLObject:no-io", "ssl.SSLSocket:is-a-socket")
@pytest.mark.deliveries("whole")
def test_an_object_is_no_socket(pair, impl):
    """SSLObject has no network I/O, and is neither an SSLSocket nor any other socket."""
    assert isinstance(pair.bare_subject, impl.SSLObject)
    assert not isinstance(pair.bare_subject, impl.SSLSocket)
    assert not isinstance(pair.bare_subject, socket.socket)


@pytest.mark.clause("ssl.SSLContext.wrap_socket:by-wrap-bio")
@pytest.mark.deliveries("whole")
def test_tls_within_tls(couple, impl):
    """wrap_bio() makes TLS whose bytes travel as the data of another connection."""
    couple.shake_hands()
    to_client, from_client = impl.MemoryBIO(), impl.MemoryBIO()
    to_server, from_server = impl.MemoryBIO(), impl.MemoryBIO()
    inner = couple.client_context.wrap_bio(to_client, from_client, server_hostname="localhost")
    within = couple.server_context.wrap_bio(to_server, from_server, server_side=True)

    def carry():
        for source, outer, other, target in (
            (from_client, couple.bare_client, couple.bare_server, to_server),
            (from_server, couple.bare_server, couple.bare_client, to_client),
        ):
            if source.pending:
                outer.write(source.read())
                target.write(other.read(65536))

    waiting = [inner, within]
    while waiting:
        try:
            waiting[0].do_handshake()
            waiting = waiting[1:]
        except impl.SSLWantReadError:
            waiting.reverse()
        carry()
    inner.write(b"twice wrapped")
    carry()
    assert within.read() == b"twice wrapped"
