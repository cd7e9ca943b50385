"""An SSLObject as a Python object: what keeps it alive, and what may be done with it."""

import copy
import gc
import pickle
import weakref

import pytest

pytestmark = pytest.mark.deliveries("whole")


@pytest.mark.clause("ssl.SSLObject:no-pickle")
@pytest.mark.level("observed")
def test_an_object_cannot_be_pickled(pair):
    """A connection has keys and a place in its stream: pickling it raises TypeError, fresh and connected."""
    with pytest.raises(TypeError):
        pickle.dumps(pair.bare_subject)
    pair.shake_hands()
    with pytest.raises(TypeError):
        pickle.dumps(pair.bare_subject)


@pytest.mark.clause("ssl.SSLObject:copies")
@pytest.mark.level("observed")
def test_a_shallow_copy_is_the_same_connection(pair):
    """copy.copy() gives a second object over one connection; a deep copy is refused with TypeError."""
    pair.shake_hands()
    pair.greet()
    double = copy.copy(pair.bare_subject)
    assert double is not pair.bare_subject
    assert double.write(b"by the copy") == 11
    assert pair.subject.write(b" and the original") == 17
    assert pair.peer.receive(28) == b"by the copy and the original"
    with pytest.raises(TypeError):
        copy.deepcopy(pair.bare_subject)


@pytest.mark.clause("ssl.SSLObject:weak-references")
@pytest.mark.level("observed")
def test_a_weak_reference_may_point_at_it(pair):
    """Frameworks keep objects in weak dictionaries: an SSLObject can be referenced weakly, and hashed by identity."""
    by_object = weakref.WeakKeyDictionary({pair.bare_subject: "here"})
    pair.shake_hands()
    assert by_object[pair.bare_subject] == "here"


@pytest.mark.clause("ssl.SSLObject:collectable")
@pytest.mark.known("gh-142516")
@pytest.mark.versions("tls13")
def test_an_object_goes_when_its_last_reference_goes(couple):
    """Nothing in the module keeps a finished connection: dropped, both ends are gone after a collection."""
    couple.shake_hands()
    ends = [weakref.ref(couple.client), weakref.ref(couple.server)]
    couple.wrap()
    gc.collect()
    assert [end() for end in ends] == [None, None]


@pytest.mark.clause("ssl.SSLContext:collectable", "ssl.SSLObject:collectable")
@pytest.mark.known("gh-109534")
@pytest.mark.versions("tls13")
def test_an_object_whose_handshake_failed_goes_as_well(pair, impl):
    """A failed handshake leaves nothing behind: no cycle over the exception keeps the connection for ever."""
    context = pair.subject_context
    incoming = impl.MemoryBIO()
    incoming.write(b"this is no TLS record at all\r\n" * 4)
    ssl_object = context.wrap_bio(
        incoming, impl.MemoryBIO(), server_side=pair.server_side, server_hostname=pair.server_hostname
    )
    gone = weakref.ref(ssl_object)
    with pytest.raises(impl.SSLError) as caught:
        ssl_object.do_handshake()
    del ssl_object, caught
    gc.collect()
    assert gone() is None


@pytest.mark.clause("ssl.SSLContext.wrap_bio:keeps-bios", "ssl.SSLObject:keeps-context")
@pytest.mark.versions("tls13")
def test_an_object_keeps_its_context(couple):
    """The object needs nothing of its caller but itself: the contexts may be dropped right after wrap_bio()."""
    couple.wrap()
    gone = weakref.ref(couple.client_context)
    del couple.client_context, couple.server_context
    gc.collect()
    assert gone() is couple.client.context
    couple.shake_hands()
    assert couple.client.version() == couple.server.version()


@pytest.mark.clause("ssl.SSLSocket.context:contexts-only")
def test_another_context_may_be_assigned_but_nothing_else(pair, impl):
    """context takes another SSLContext (that is how a server chooses by name); other types raise TypeError."""
    other = impl.SSLContext(impl.PROTOCOL_TLS_SERVER if pair.server_side else impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(TypeError):
        pair.subject.context = None
    with pytest.raises(TypeError):
        pair.subject.context = "context"
    pair.subject.context = other
    assert pair.bare_subject.context is other


@pytest.mark.roles("client")
@pytest.mark.level("observed")
@pytest.mark.clause("ssl.SSLSocket.context:before-the-handshake")
@pytest.mark.parametrize("trusts", [True, False], ids=["that_trusts_the_server", "that_trusts_nobody"])
def test_a_context_assigned_before_the_handshake_says_whom_to_trust(pair, impl, trusts):
    """A client that was given another context before its handshake trusts whom that one trusts."""
    other = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    if trusts:
        other.load_verify_locations(pair.pki.authority())
        pair.subject_context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    pair.subject.context = other
    if trusts:
        pair.shake_hands()
    else:
        with pytest.raises(impl.SSLCertVerificationError):
            pair.shake_hands()


@pytest.mark.roles("server")
@pytest.mark.level("observed")
@pytest.mark.clause("ssl.SSLSocket.context:before-the-handshake")
def test_a_context_assigned_before_the_handshake_shows_its_certificate(pair, impl):
    """A server that was given another context before its handshake presents that one's certificate."""
    other = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    other.load_cert_chain(*pair.pki["other-server"])
    pair.peer.settings.trust = None
    pair.subject.context = other
    pair.shake_hands()
    assert pair.peer.seen.certificate == pair.pki.der("other-server")


@pytest.mark.clause("ssl.SSLObject:collectable")
@pytest.mark.versions("tls13")
def test_dropping_a_half_made_connection_is_harmless(pair, impl):
    """An object that is let go in mid-handshake says nothing, and its context goes on to serve the next one."""
    context = pair.subject_context
    for _ in range(3):
        abandoned = context.wrap_bio(
            impl.MemoryBIO(), impl.MemoryBIO(), server_side=pair.server_side, server_hostname=pair.server_hostname
        )
        with pytest.raises(impl.SSLWantReadError):
            abandoned.do_handshake()
        del abandoned
    gc.collect()
    pair.shake_hands()
    pair.greet()
