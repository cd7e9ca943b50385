"""IP addresses as server_hostname: they are looked for among the iPAddress entries, and nowhere else."""

import pytest

pytestmark = [
    pytest.mark.roles("client"),
    pytest.mark.deliveries("whole"),
]


def ask(pair, name, host):
    """The client asks for `host`, and the server presents `name`."""
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None
    pair.server_hostname = host


@pytest.mark.clause("RFC 9525 6.4:address-entry", "What's New 3.5:addresses")
@pytest.mark.peers("module", "tlslite")
@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "192.0.2.1", "::1", "2001:db8::1"],
    ids=["ipv4_loopback", "ipv4", "ipv6_loopback", "ipv6"],
)
def test_an_address_matches_its_entry(pair, host):
    """A server is accepted by its address if the certificate has that as an iPAddress."""
    ask(pair, "address-only", host)
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("address-only")


@pytest.mark.clause("RFC 9525 6.4:address-entry")
@pytest.mark.parametrize("host", ["2001:0DB8:0:0:0:0:0:1", "2001:db8:0::0:1"], ids=["in_full", "otherwise"])
def test_the_spelling_of_an_address_does_not_count(pair, host):
    """Addresses are compared as octets, not as text."""
    ask(pair, "address-only", host)
    pair.shake_hands()


@pytest.mark.clause("RFC 9525 6.4:address-entry")
@pytest.mark.known("bpo-28182")
@pytest.mark.parametrize("host", ["127.0.0.2", "::2", "::ffff:127.0.0.1"], ids=["other_ipv4", "other_ipv6", "mapped"])
def test_another_address_is_refused(pair, impl, host):
    """An address that the certificate does not have is refused, with a code of its own."""
    ask(pair, "address-only", host)
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 64
    assert caught.value.verify_message
    assert pair.peer.alert_seen == "bad_certificate"


@pytest.mark.clause("RFC 9525 6.4:address-no-name")
def test_a_name_is_no_address(pair, impl):
    """A certificate with addresses only does not answer for a name."""
    ask(pair, "address-only", "localhost")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 62


@pytest.mark.clause("RFC 9525 6.4:address-no-name")
@pytest.mark.parametrize(
    ("name", "host"),
    [("address-as-dns", "127.0.0.1"), ("address-as-dns", "97.98.99.100"), ("cn-address", "127.0.0.1")],
    ids=["dns_name", "dns_name_of_four_octets", "common_name"],
)
def test_an_address_is_no_name(pair, impl, name, host):
    """An address is not looked for among DNS names, nor in the common name."""
    ask(pair, name, host)
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 64


@pytest.mark.clause("RFC 9525 6.4:spellings")
@pytest.mark.parametrize(
    "host", ["127.1", "2130706433", "0x7f.0.0.1", "[::1]"], ids=["short", "number", "hex", "brackets"]
)
def test_what_only_some_take_for_an_address_is_a_name(pair, impl, host):
    """Other spellings that inet_aton() or a URL would take are names, which the certificate does not have."""
    ask(pair, "address-only", host)
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 62


@pytest.mark.clause("RFC 9525 6.4:wrong-size")
def test_an_entry_of_the_wrong_size_matches_nothing(pair, impl):
    """An iPAddress that is neither four nor sixteen octets long is nobody's."""
    ask(pair, "odd-address", "127.0.0.1")
    with pytest.raises(impl.SSLError):
        pair.shake_hands()
    assert not pair.peer.completes()


@pytest.mark.clause("ssl.match_hostname:addresses")
@pytest.mark.known("bpo-37463")
@pytest.mark.until("3.11")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1 whatever", "127.0.0.1\n"], ids=["address", "more", "line"])
def test_the_older_function_takes_nothing_behind_an_address(impl, host):
    """match_hostname() knows an address, and no text that only begins with one."""
    certificate = {"subjectAltName": (("IP Address", "127.0.0.1"),)}
    if host == "127.0.0.1":
        assert impl.match_hostname(certificate, host) is None
    else:
        with pytest.raises(ValueError):
            impl.match_hostname(certificate, host)
