"""DNS names in subjectAltName against server_hostname, compared as a whole."""

import pytest

pytestmark = [
    pytest.mark.roles("client"),
    pytest.mark.deliveries("whole"),
]


def ask(pair, name, host):
    """The client asks for `host`, and the server presents `name`."""
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None
    pair.server_hostname = host


@pytest.mark.clause("RFC 6125 6.4.1:any-of-many")
@pytest.mark.peers("module", "tlslite")
@pytest.mark.parametrize("host", ["localhost", "server.example"], ids=["first", "second"])
@pytest.mark.transports("memory", "asyncio")
def test_any_of_the_names_will_do(pair, host):
    """A certificate is the server's if any of its DNS names is the one that was asked for."""
    ask(pair, "server", host)
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("server")
    pair.greet()


@pytest.mark.clause(
    "ssl.SSLContext.check_hostname:compares",
    "ssl.SSLCertVerificationError:raised",
    "RFC 6125 6.4.1:another-name",
    "ssl.SSLSocket.do_handshake:hostname",
    "What's New 3.7:names-in-handshake",
    "RFC 9525 6.6:failure",
)
@pytest.mark.peers("module", "tlslite", "openssl", "gnutls")
@pytest.mark.deliveries("all")
def test_another_name_is_refused(pair, impl):
    """A valid certificate for another name is refused within the handshake, and the server is told.

    "In case OpenSSL refuses a hostname or IP address, the handshake is aborted early and a TLS alert message is sent to
    the peer."
    """
    ask(pair, "wrong-host", "localhost")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.reason == "CERTIFICATE_VERIFY_FAILED"
    assert caught.value.verify_code == 62
    assert caught.value.verify_message
    assert pair.peer.alert_seen == "bad_certificate"
    assert not pair.peer.completes()


@pytest.mark.clause(
    "ssl.SSLContext.check_hostname:compares", "RFC 6125 6.4.1:another-name", "ssl.SSLSocket.do_handshake:implicit"
)
@pytest.mark.transports("socketpair", "tcp")
@pytest.mark.known("bpo-30141", "gh-74327")
@pytest.mark.parametrize("first", ["do_handshake", "recv", "send"])
def test_a_socket_checks_the_name_whatever_comes_first(pair, impl, first):
    """Name and certificate are checked in whichever call does the handshake, so that nothing is read or written."""
    ask(pair, "wrong-host", "localhost")
    arguments = {"do_handshake": (), "recv": (10,), "send": (b"hello",)}[first]
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        getattr(pair.subject, first)(*arguments)
    assert caught.value.verify_code == 62
    assert pair.peer.alert_seen == "bad_certificate"
    assert pair.peer.received() == b""


@pytest.mark.clause(
    "ssl.SSLContext.check_hostname:compares", "RFC 6125 6.4.1:another-name", "ssl.SSLSocket.do_handshake:implicit"
)
@pytest.mark.known("bpo-30141", "gh-74327")
@pytest.mark.parametrize("first", ["read", "write"])
def test_an_object_checks_the_name_whatever_comes_first(pair, impl, first):
    """The same holds for an SSLObject."""
    ask(pair, "wrong-host", "localhost")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.drive(getattr(pair.subject, first), 10 if first == "read" else b"hello")
    assert caught.value.verify_code == 62
    assert pair.peer.received() == b""


@pytest.mark.clause("RFC 6125 6.4.1:whole-name", "RFC 9525 6.3:dns-names")
@pytest.mark.parametrize(
    ("name", "host"),
    [("server", "LOCALHOST"), ("server", "Server.Example"), ("upper-case", "localhost"), ("upper-case", "LocalHost")],
    ids=["asked_in_upper", "asked_in_mixed", "certified_in_upper", "both_differ"],
)
def test_case_does_not_count(pair, name, host):
    """DNS names are compared without regard to case, on both sides."""
    ask(pair, name, host)
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der(name)


@pytest.mark.clause("RFC 6125 6.4.1:whole-name", "RFC 9525 6.3:dns-names")
@pytest.mark.parametrize(
    "host",
    [
        "www.server.example",
        "example",
        "erver.example",
        "server.example.org",
        "server.exampl",
        "localhost:443",
        " localhost",
    ],
    ids=["below", "above", "tail", "longer", "shorter", "with_port", "with_blank"],
)
def test_a_part_of_a_name_is_another_name(pair, impl, host):
    """A name matches as a whole, not by its beginning, its end or what stands around it."""
    ask(pair, "server", host)
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 62


@pytest.mark.clause("RFC 6125 6.4.1:whole-name")
@pytest.mark.known("CVE-2013-4238", "bpo-18709", "badssl.com#51")
@pytest.mark.parametrize("name", ["nul-in-dns", "nul-in-cn"], ids=["dns_name", "common_name"])
def test_a_nul_does_not_end_a_name(pair, impl, name):
    """A certificate for ``localhost\\0.evil.example`` is none for localhost."""
    ask(pair, name, "localhost")
    with pytest.raises(impl.SSLError):
        pair.shake_hands()
    assert not pair.peer.completes()


@pytest.mark.clause("RFC 5280 4.2.1.6:kinds")
@pytest.mark.parametrize("host", ["localhost", "server.example"], ids=["host_of_the_uri", "domain_of_the_address"])
def test_other_kinds_of_name_do_not_count(pair, impl, host):
    """E-mail addresses and URIs name no host, even where the host stands in them."""
    ask(pair, "email-only", host)
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 62


@pytest.mark.clause("RFC 6125 6.4.1:underscores")
@pytest.mark.known("urllib3#1405")
def test_an_underscore_may_be_in_a_name(pair):
    """A name with an underscore, which hosts may not have and people use, is compared like any other."""
    ask(pair, "underscore", "under_score.example")
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("underscore")


@pytest.mark.clause("RFC 5280 4.1.2.6:empty-subject", "RFC 5280 4.2.1.6:subject-empty")
def test_a_subject_may_be_empty(pair):
    """Where the subject is empty the alternative names are all there is, and they do."""
    ask(pair, "empty-subject", "localhost")
    pair.shake_hands()
    assert pair.subject.getpeercert()["subject"] == ()


@pytest.mark.clause("RFC 6125 6.4.1:trailing-dot")
@pytest.mark.level("observed")
@pytest.mark.parametrize(
    ("name", "host"),
    [("server", "localhost."), ("trailing-dot", "localhost")],
    ids=["asked_with_dot", "certified_with_dot"],
)
def test_a_trailing_dot_makes_another_name(pair, impl, name, host):
    """The dot of the root zone counts: with and without it are two names."""
    ask(pair, name, host)
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 62


@pytest.mark.clause("RFC 6125 6.4.1:whole-name")
def test_a_leading_dot_in_a_certificate_names_no_host(pair, impl):
    """A DNS name that begins with a dot does not stand for what is below it."""
    ask(pair, "leading-dot", "a.wild.example")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 62


@pytest.mark.clause("RFC 6125 6.4.1:any-of-many")
@pytest.mark.deliveries("whole", "coalesced", "split")
def test_among_a_thousand_names_the_right_one_is_found(pair):
    """A certificate may have many names."""
    ask(pair, "large", "localhost")
    pair.shake_hands()
    assert ("DNS", "localhost") in pair.subject.getpeercert()["subjectAltName"]
