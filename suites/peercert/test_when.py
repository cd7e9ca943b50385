"""When getpeercert() gives a dict, an empty dict, bytes, None or ValueError."""

import pytest


@pytest.mark.clause("ssl.SSLSocket.getpeercert:handshake-needed")
@pytest.mark.parametrize("binary_form", [False, True], ids=["dict", "der"])
def test_before_the_handshake_there_is_nothing_to_ask(pair, binary_form):
    """Before the handshake has begun getpeercert() raises ValueError."""
    with pytest.raises(ValueError):
        pair.subject.getpeercert(binary_form)


@pytest.mark.clause("ssl.SSLSocket.getpeercert:handshake-needed")
@pytest.mark.parametrize("binary_form", [False, True], ids=["dict", "der"])
def test_within_the_handshake_there_is_nothing_to_ask(pair, impl, binary_form):
    """While the handshake is under way getpeercert() raises ValueError, and the handshake goes on."""
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.do_handshake()
    with pytest.raises(ValueError):
        pair.subject.getpeercert(binary_form)
    pair.shake_hands()


@pytest.mark.clause("ssl.SSLSocket.getpeercert:validated-dict", "ssl.SSLSocket.getpeercert:der")
@pytest.mark.roles("client")
@pytest.mark.peers("module", "tlslite", "openssl", "gnutls")
@pytest.mark.transports("memory", "asyncio")
def test_a_validated_certificate_is_a_dict_and_bytes(pair):
    """Of a validated certificate getpeercert() gives a dict, and with binary_form its DER."""
    pair.shake_hands()
    assert ("DNS", "localhost") in pair.subject.getpeercert()["subjectAltName"]
    assert ("DNS", "localhost") in pair.subject.getpeercert(False)["subjectAltName"]
    for der in (pair.subject.getpeercert(True), pair.subject.getpeercert(binary_form=True)):
        assert type(der) is bytes
        assert der == pair.pki.der("server")


@pytest.mark.clause("ssl.SSLSocket.getpeercert:unvalidated-empty", "ssl.SSLSocket.getpeercert:der")
@pytest.mark.known("wolfssl-py#57")
@pytest.mark.roles("client")
@pytest.mark.peers("module", "tlslite", "openssl", "gnutls")
@pytest.mark.parametrize("name", ["server", "other-server"], ids=["good", "unknown_ca"])
def test_a_certificate_that_was_not_validated_is_bytes_only(pair, impl, name):
    """With CERT_NONE the dict is empty, whether the certificate would have been good or not; the DER form is there."""
    pair.subject_context.check_hostname = False
    pair.subject_context.verify_mode = impl.CERT_NONE
    pair.peer.settings.certificate = name
    pair.shake_hands()
    assert pair.subject.getpeercert() == {}
    assert pair.subject.getpeercert(True) == pair.pki.der(name)


@pytest.mark.clause("ssl.SSLSocket.getpeercert:no-certificate")
@pytest.mark.known("pypy#5120")
@pytest.mark.roles("server")
@pytest.mark.peers("module", "tlslite", "openssl", "gnutls")
@pytest.mark.parametrize("mode", ["CERT_NONE", "CERT_OPTIONAL"], ids=["not_asked", "asked"])
@pytest.mark.transports("memory", "asyncio")
def test_a_client_without_certificate_is_none(pair, impl, mode):
    """A server whose client sent no certificate gets None in both forms."""
    pair.subject_context.verify_mode = getattr(impl, mode)
    pair.shake_hands()
    assert pair.subject.getpeercert() is None
    assert pair.subject.getpeercert(True) is None


@pytest.mark.clause("ssl.SSLSocket.do_handshake:implicit", "ssl.SSLSocket.getpeercert:implicit")
@pytest.mark.known("bpo-29334")
@pytest.mark.roles("client")
@pytest.mark.deliveries("whole", "bytewise")
@pytest.mark.parametrize("first", ["read", "write"])
def test_after_an_implicit_handshake_it_is_there(pair, first):
    """Where read() or write() did the handshake, getpeercert() works as after do_handshake()."""
    if first == "write":
        pair.drive(pair.subject.write, b"hello")
        assert pair.peer.receive(5) == b"hello"
    else:
        with pytest.raises(pair.impl.SSLWantReadError):
            pair.drive(pair.subject.read, 5)
    assert pair.subject.getpeercert(True) == pair.pki.der("server")


@pytest.mark.clause("ssl.SSLSocket.getpeercert:stays")
@pytest.mark.roles("client")
def test_it_stays_after_close(pair):
    """The certificate is known as long as the object lives, after close_notify in both directions, too."""
    pair.shake_hands()
    pair.greet()
    before = pair.subject.getpeercert()
    pair.peer.close_notify()
    pair.carry()
    pair.subject.unwrap()
    assert pair.subject.getpeercert() == before
    assert pair.subject.getpeercert(True) == pair.pki.der("server")


@pytest.mark.clause("ssl.SSLSocket.getpeercert:own-dict")
@pytest.mark.roles("client")
def test_each_call_gives_a_dict_of_its_own(pair):
    """Whoever changes the dict changes nothing but the dict."""
    pair.shake_hands()
    first = pair.subject.getpeercert()
    first.clear()
    assert pair.subject.getpeercert() != {}


@pytest.mark.clause("ssl.SSLSocket.getpeercert:validated-dict")
@pytest.mark.roles("client")
@pytest.mark.transports("socketpair", "tcp")
def test_a_socket_tells_what_an_object_tells(pair):
    """SSLSocket.getpeercert() gives a dict and bytes as SSLObject.getpeercert() does."""
    pair.peer.settings.certificate = "every-name"
    pair.shake_hands()
    assert pair.subject.getpeercert()["serialNumber"] == "0123456789ABCDEF"
    assert pair.subject.getpeercert(True) == pair.pki.der("every-name")


@pytest.mark.clause("ssl.SSLSocket.getpeercert:validated-dict")
def test_a_server_tells_what_a_client_tells(couple, impl):
    """Of one certificate a server and a client tell the same."""
    for context in (couple.client_context, couple.server_context):
        context.load_cert_chain(*couple.pki["every-name"])
        context.verify_mode = impl.CERT_REQUIRED
        context.load_verify_locations(couple.pki.authority())
    couple.shake_hands()
    assert couple.client.getpeercert() == couple.server.getpeercert()
    assert couple.client.getpeercert()["serialNumber"] == "0123456789ABCDEF"


@pytest.mark.clause("ssl.SSLSocket.getpeercert:resumed")
def test_a_resumed_client_is_still_known(couple, impl):
    """A server that resumes a session tells of the client's certificate from the handshake in which it was sent."""
    couple.client_context.load_cert_chain(*couple.pki["client"])
    couple.server_context.verify_mode = impl.CERT_REQUIRED
    couple.server_context.load_verify_locations(couple.pki.authority())
    couple.shake_hands()
    couple.wrap(session=couple.client.session)
    couple.shake_hands()
    assert couple.server.session_reused
    assert couple.server.getpeercert(True) == couple.pki.der("client")
    assert ("DNS", "client.example") in couple.server.getpeercert()["subjectAltName"]
