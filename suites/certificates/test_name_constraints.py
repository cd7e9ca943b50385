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


def trusting(pair, root, name):
    """The subject trusts this root, which has constraints, and no other; the peer presents `name`."""
    pair.subject_context = pair.impl.SSLContext(pair.impl.PROTOCOL_TLS_CLIENT)
    pair.subject_context.load_verify_locations(pair.pki.authority(root))
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None


GOOD = [
    ("people", "person"),
    ("people", "mail-subject"),
    ("people", "mailbox"),
    ("people", "place"),
    ("places", "place"),
    ("places", "person"),
    ("networks", "address"),
    ("identifiers", "person"),
    ("network-odd", "person"),
]
BAD = [
    ("hosts", "person", 47),
    ("people", "stranger", 47),
    ("people", "nobody", 53),
    ("people", "mail-text", 53),
    ("people", "mailbox-nobody", 53),
    ("people", "mailbox-latin", 53),
    ("places", "place-elsewhere", 47),
    ("places", "place-nowhere", 53),
    ("networks", "address-odd", 53),
    ("network-odd", "address", 53),
    ("identifiers", "identifier", 51),
    ("minimum", "person", 49),
    ("maximum", "person", 49),
    ("limits", "person", 20),
    ("limits-bounds", "person", 20),
]


@pytest.mark.clause("RFC 5280 4.2.1.10:inside")
@pytest.mark.versions("tls13")
@pytest.mark.parametrize(("root", "name"), GOOD, ids=["_to_".join(row).replace("-", "_") for row in GOOD])
def test_each_kind_of_name_has_its_constraints(pair, root, name):
    """Constraints bind names of their own kind: those have to be within, and others need not."""
    trusting(pair, f"again-{root}", f"kinds-{name}")
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der(f"kinds-{name}")


@pytest.mark.clause("RFC 5280 4.2.1.10:outside", "RFC 5280 4.2.1.10:understood")
@pytest.mark.versions("tls13")
@pytest.mark.peers("scripted")
@pytest.mark.parametrize(("root", "name", "code"), BAD, ids=["_to_".join(row[:2]).replace("-", "_") for row in BAD])
def test_a_name_that_cannot_be_held_to_them_spoils_the_certificate(pair, impl, root, name, code):
    """A name outside is refused, and so is one that cannot be compared, or a constraint that cannot be understood."""
    trusting(pair, f"again-{root}", f"kinds-{name}")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == code


@pytest.mark.clause("RFC 5280 4.2.1.10:common-name")
@pytest.mark.versions("tls13")
def test_a_common_name_with_a_nul_in_it_cannot_be_held_to_them(pair, impl):
    """A common name that could be a host's for who stops reading at a NUL is refused, where hosts are constrained."""
    trusting(pair, "again-hosts", "kinds-nul-name")
    pair.subject_context.check_hostname = False
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 53


@pytest.mark.clause("RFC 5280 4.2.1.10:common-name")
def test_a_common_name_outside_is_refused(pair, impl):
    """Where the common name serves as host name, constraints on DNS names bind it as well."""
    pair.peer.settings.certificate = "constrained-common-name"
    pair.server_hostname = "www.outside.example"
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 47


@pytest.mark.clause("RFC 5280 4.2.1.10:limit")
@pytest.mark.level("observed")
@pytest.mark.versions("tls13")
@pytest.mark.parametrize("name", ["crowd", "crowd-of-names"], ids=["one", "a_crowd"])
def test_a_million_comparisons_are_too_many(pair, impl, name):
    """Where it would take more than 2**20 comparisons the chain is refused, though each name may be certified."""
    pair.peer.settings.certificate = name
    if name == "crowd":
        pair.shake_hands()
        return
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 1


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
