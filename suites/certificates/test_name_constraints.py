"""Name constraints of an authority: which names it may certify (RFC 5280 4.2.1.10)."""

import pytest

pytestmark = [pytest.mark.deliveries("whole"), pytest.mark.roles("client")]


@pytest.mark.clause("RFC 5280 4.2.1.10:inside")
@pytest.mark.parametrize(
    "host", ["inside.example", "www.inside.example", "10.1.2.3"], ids=["the_domain", "below_it", "address"]
)
def test_names_inside_are_accepted(pair, host):
    """A certificate whose names are all within what its authority may certify is accepted."""
    pair.peer.settings.certificate = "constrained-inside"
    pair.server_hostname = host
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("constrained-inside")


@pytest.mark.clause("RFC 5280 4.2.1.10:outside")
@pytest.mark.parametrize(
    ("name", "host", "code"),
    [
        ("constrained-outside", "localhost", 47),
        ("constrained-outside", "www.inside.example", 47),
        ("constrained-address", "127.0.0.1", 47),
        ("constrained-excluded", "www.out.inside.example", 48),
    ],
    ids=["outside", "one_of_two_outside", "address_outside", "excluded"],
)
def test_a_name_outside_spoils_the_certificate(pair, impl, name, host, code):
    """One name that the authority may not certify makes the whole certificate unusable, for its good names too."""
    pair.peer.settings.certificate = name
    pair.server_hostname = host
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == code


@pytest.mark.clause("RFC 5280 4.2.1.10:common-name")
def test_a_common_name_outside_is_refused(pair, impl):
    """Where the common name serves as host name, constraints on DNS names bind it as well."""
    pair.peer.settings.certificate = "constrained-common-name"
    pair.server_hostname = "www.outside.example"
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 47


@pytest.mark.clause("RFC 5280 4.2.1.10:clients-too")
@pytest.mark.roles("server")
@pytest.mark.parametrize(
    ("name", "code"), [("constrained-outside", 47), ("constrained-excluded", 48)], ids=["outside", "excluded"]
)
def test_a_client_is_held_to_them_too(pair, impl, name, code):
    """Names are constrained for clients, whose names nobody compares with anything."""
    pair.subject_context.verify_mode = impl.CERT_REQUIRED
    pair.subject_context.load_verify_locations(pair.pki.authority())
    pair.peer.settings.certificate = name
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == code


@pytest.mark.clause("RFC 5280 4.2.1.10:every-kind")
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("kinds-inside", 0),
        ("email-outside", 47),
        ("uri-outside", 47),
        ("directory-outside", 47),
        ("subject-outside", 47),
    ],
    ids=["inside", "email", "uri", "directory", "subject"],
)
def test_every_kind_of_name_is_held_to_them(pair, impl, name, code):
    """E-mail addresses, URIs, directory names and the subject are constrained each by its own kind."""
    pair.peer.settings.certificate = name
    if not code:
        pair.shake_hands()
        return
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == code
