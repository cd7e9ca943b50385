"""Wildcards in a certificate (RFC 6125 6.4.3), and what they do not stand for."""

import pytest

pytestmark = [
    pytest.mark.roles("client"),
    pytest.mark.deliveries("whole"),
]


def ask(pair, name, host):
    """The client asks for `host`, and the server presents `name`."""
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None
    pair.server_hostname = host


def refused(pair, name, host):
    """The verify_code with which the client refuses `name` for `host`."""
    ask(pair, name, host)
    with pytest.raises(pair.impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    return caught.value.verify_code


@pytest.mark.clause("RFC 6125 6.4.3:one-label", "RFC 9525 6.3:wildcard")
@pytest.mark.known("urllib3#979")
@pytest.mark.peers("module", "tlslite")
@pytest.mark.parametrize(
    "host",
    ["a.wild.example", "B-2.wild.example", "xn--bcher-kva.wild.example"],
    ids=["letter", "more", "international"],
)
def test_a_wildcard_stands_for_one_label(pair, host):
    """``*.wild.example`` is every name with one label before ``wild.example``."""
    ask(pair, "wildcard", host)
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("wildcard")


@pytest.mark.clause("RFC 6125 6.4.3:one-label")
@pytest.mark.parametrize(
    "host",
    ["wild.example", "a.b.wild.example", "awild.example", "a.wild.example.org"],
    ids=["no_label", "two_labels", "without_dot", "longer"],
)
def test_a_wildcard_stands_for_nothing_else(pair, host):
    """A wildcard stands neither for no label, nor for several, nor for a part of one."""
    assert refused(pair, "wildcard", host) == 62


@pytest.mark.clause("RFC 6125 6.4.3:one-label")
def test_a_wildcard_is_compared_without_case(pair):
    """What stands after the wildcard is compared without regard to case."""
    ask(pair, "upper-case", "a.wild.example")
    pair.shake_hands()


@pytest.mark.clause("RFC 6125 6.4.3:part-of-label", "What's New 3.7:no-partial-wildcards", "RFC 9525 6.3:wildcard")
@pytest.mark.parametrize(
    "host", ["www.wild.example", "ww.wild.example", "w.wild.example"], ids=["begins_and_ends", "short", "shorter"]
)
def test_a_wildcard_for_a_part_of_a_label_matches_nothing(pair, host):
    """``w*``, ``*w`` and ``w*w`` are no wildcards."""
    assert refused(pair, "wildcard-partial", host) == 62


@pytest.mark.clause("RFC 6125 6.4.3:left-most")
@pytest.mark.parametrize(
    "host",
    ["a.wild.example", "b.wild.example", "a.b.example"],
    ids=["second_label", "two_wildcards", "last_label"],
)
def test_a_wildcard_that_is_not_the_first_label_matches_nothing(pair, host):
    """Only the left-most label may be a wildcard, and only one."""
    assert refused(pair, "wildcard-inner", host) == 62


@pytest.mark.clause("RFC 6125 7.2:too-broad")
@pytest.mark.level("should")
@pytest.mark.parametrize("host", ["a.example", "localhost"], ids=["top_level_domain", "everything"])
def test_a_wildcard_does_not_stand_for_a_whole_top_level_domain(pair, host):
    """``*.example`` and ``*`` are too much to be anybody's name."""
    assert refused(pair, "wildcard-top", host) == 62


@pytest.mark.clause("RFC 6125 6.4.3:before-no-label")
@pytest.mark.level("observed")
@pytest.mark.parametrize(
    "host",
    ["a.-odd.example", "a.odd-.example", "a.o_dd.example"],
    ids=["hyphen_first", "hyphen_last", "underscore"],
)
def test_a_wildcard_before_what_is_no_host_matches_nothing(pair, host):
    """A wildcard is one only before labels that a host can have: letters, digits, and hyphens between them."""
    assert refused(pair, "wildcard-odd", host) == 62


@pytest.mark.clause("RFC 6125 7.2:too-broad")
@pytest.mark.level("should")
def test_the_root_is_no_label_below_a_top_level_domain(pair):
    """``*.example.`` is as broad as ``*.example``."""
    assert refused(pair, "wildcard-odd", "a.example.") == 62


@pytest.mark.clause("RFC 6125 6.4.3:beside-a-label")
@pytest.mark.known("urllib3#979")
def test_a_wildcard_may_stand_beside_an_international_label(pair):
    """``*`` before an A-label is an ordinary wildcard."""
    ask(pair, "wildcard-idna", "www.b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.example")
    pair.shake_hands()


@pytest.mark.clause("RFC 6125 6.4.3:within-a-label")
def test_a_wildcard_within_an_international_label_matches_nothing(pair):
    """``xn--*`` is no wildcard: "the client SHOULD NOT attempt to match"."""
    assert refused(pair, "wildcard-idna", "b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.wild.example") == 62


@pytest.mark.clause("RFC 9525 6.4:address-no-name")
def test_a_wildcard_matches_no_address(pair):
    """``*.0.0.1`` is a DNS name, and no name of 127.0.0.1."""
    assert refused(pair, "wildcard-address", "127.0.0.1") == 64


@pytest.mark.clause("RFC 6125 6.4.3:underscore")
@pytest.mark.level("observed")
def test_a_wildcard_does_not_stand_for_an_underscore(pair):
    """OpenSSL lets a wildcard stand only for letters, digits and hyphens."""
    assert refused(pair, "wildcard", "a_b.wild.example") == 62
