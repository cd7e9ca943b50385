"""getpeercert() of certificates that are not as one expects: it tells what is there, and never fails."""

import pytest

pytestmark = [
    pytest.mark.roles("client"),
    pytest.mark.deliveries("whole"),
]


def told(pair, name):
    """What getpeercert() says of the certificate `name`, which is validated but for the name of its host."""
    pair.subject_context.check_hostname = False
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None
    pair.shake_hands()
    return pair.subject.getpeercert()


@pytest.mark.clause("ssl.SSLSocket.getpeercert:text")
@pytest.mark.known("CVE-2013-4238", "bpo-18709", "badssl.com#51")
def test_a_nul_in_a_dns_name_is_told(pair):
    """A NUL does not end a DNS name: the whole name is told."""
    assert told(pair, "nul-in-dns")["subjectAltName"] == (("DNS", "localhost\0.evil.example"),)


@pytest.mark.clause("ssl.SSLSocket.getpeercert:text")
def test_a_nul_in_other_names_is_told(pair):
    """A NUL does not end an e-mail address or a URI either."""
    assert told(pair, "nul-in-others")["subjectAltName"] == (
        ("DNS", "localhost"),
        ("email", "null@python.example\0.evil.example"),
        ("URI", "http://null.example\0.evil.example/"),
    )


@pytest.mark.clause("ssl.SSLSocket.getpeercert:text")
def test_a_nul_in_a_common_name_is_told(pair):
    """A NUL does not end a common name."""
    assert (("commonName", "localhost\0.evil.example"),) in told(pair, "nul-in-cn")["subject"]


@pytest.mark.clause("ssl.SSLSocket.getpeercert:text")
def test_names_are_told_as_text(pair):
    """Whatever kind of string a name is written in, UTF8String, BMPString or TeletexString, it is told as str."""
    subject = told(pair, "odd-subject")["subject"]
    assert subject[1] == (("organizationName", "M\u00fcnchen \U0001f512"),)
    assert all(isinstance(value, str) for rdn in subject[:5] for _, value in rdn)


@pytest.mark.clause("ssl.SSLSocket.getpeercert:text")
@pytest.mark.known("bpo-46232")
def test_a_bit_string_in_a_name_is_told(pair):
    """A BIT STRING in a distinguished name (x500UniqueIdentifier) is told as its octets."""
    assert (("x500UniqueIdentifier", b"\x0f0"),) in told(pair, "odd-subject")["subject"]


@pytest.mark.clause("ssl.SSLSocket.getpeercert:rdn-tuples")
def test_an_attribute_without_a_name_is_told_by_its_number(pair):
    """A type of attribute that has no name is told as its object identifier in dotted form."""
    assert (("1.3.6.1.4.1.55738.666.2", "private"),) in told(pair, "odd-subject")["subject"]


@pytest.mark.clause("ssl.SSLSocket.getpeercert:rdn-tuples")
def test_an_attribute_may_be_empty(pair):
    """An attribute with an empty value is told like any other, and attributes may come more than once."""
    subject = told(pair, "odd-subject")["subject"]
    assert subject[-1] == (("commonName", ""),)
    assert (("serialNumber", "1"), ("commonName", "localhost")) in subject


@pytest.mark.clause("ssl.SSLSocket.getpeercert:odd-names")
@pytest.mark.level("observed")
def test_an_address_of_the_wrong_size_is_told_as_invalid(pair):
    """An iPAddress that is neither four nor sixteen octets long has its place among the names."""
    assert told(pair, "odd-address")["subjectAltName"] == (
        ("DNS", "localhost"),
        ("IP Address", "<invalid>"),
        ("IP Address", "<invalid>"),
        ("IP Address", "<invalid>"),
    )


@pytest.mark.clause("RFC 5280 4.1.2.2:serial-number", "ssl.SSLSocket.getpeercert:serial-number")
@pytest.mark.level("observed")
def test_a_negative_serial_number_has_a_sign(pair):
    """A negative serial number, which RFC 5280 4.1.2.2 forbids, is told with its sign."""
    assert told(pair, "negative-serial")["serialNumber"] == "-1234"


@pytest.mark.clause("ssl.SSLSocket.getpeercert:harmless-points")
@pytest.mark.known("bpo-35746", "CVE-2019-5010")
def test_distribution_points_without_a_uri_do_no_harm(pair, observe):
    """CRL distribution points that are empty, or name no URI, name none here either."""
    certificate = told(pair, "no-pointers")
    assert certificate["subjectAltName"] == (("DNS", "localhost"),)
    observe(certificate.get("crlDistributionPoints"), "crlDistributionPoints")
    assert not any(certificate.get("crlDistributionPoints", ()))


@pytest.mark.clause("ssl.SSLSocket.getpeercert:harmless-points")
@pytest.mark.known("bpo-35746", "CVE-2019-5010")
@pytest.mark.peers("tlslite")
def test_an_empty_distribution_point_does_no_harm(pair, impl, observe):
    """A CRL distribution point with nothing at all in it is a reason to refuse the certificate, or tells nothing.

    OpenSSL refuses such a certificate (and once it was accepted, CPython read from a null pointer).
    """
    try:
        certificate = told(pair, "empty-pointer")
    except impl.SSLCertVerificationError as error:
        observe(error.verify_code, "verify_code")
        assert not pair.peer.completes()
    else:
        assert not any(certificate.get("crlDistributionPoints", ()))


@pytest.mark.clause("ssl.SSLSocket.getpeercert:many-names")
@pytest.mark.deliveries("whole", "coalesced", "split")
def test_a_thousand_names_are_told(pair):
    """However many names there are, all are told, in order."""
    names = told(pair, "large")["subjectAltName"]
    assert len(names) == 1001
    assert names[0] == ("DNS", "localhost")
    assert len(set(names)) == 1001


@pytest.mark.clause("ssl.SSLSocket.getpeercert:der")
@pytest.mark.parametrize(
    "name",
    [
        "every-name",
        "odd-subject",
        "odd-address",
        "negative-serial",
        "version-1",
        "no-pointers",
        "ed448",
        "unknown-extension",
    ],
    ids=[
        "every_name",
        "odd_subject",
        "odd_address",
        "negative_serial",
        "version_1",
        "no_pointers",
        "ed448",
        "extension",
    ],
)
def test_the_der_form_is_the_certificate_itself(pair, name):
    """With binary_form the certificate is given octet for octet, whatever is odd about it."""
    told(pair, name)
    assert pair.subject.getpeercert(True) == pair.pki.der(name)


@pytest.mark.clause("ssl.SSLSocket.getpeercert:unreadable")
@pytest.mark.level("observed")
@pytest.mark.versions("tls13")
@pytest.mark.parametrize(
    "name", ["hidden-mail", "hidden-attribute", "hidden-long-arc"], ids=["mail", "attribute", "number"]
)
def test_what_is_no_text_cannot_be_told(pair, impl, name):
    """Of a name that is no text, or far too long, no dictionary is made; the certificate itself is there."""
    with pytest.raises((impl.SSLError, UnicodeDecodeError)):
        told(pair, name)
    assert pair.subject.getpeercert(True) == pair.pki.der(name)


@pytest.mark.clause("ssl.SSLSocket.getpeercert:odd-names")
@pytest.mark.versions("tls13")
def test_access_that_cannot_be_read_is_passed_over(pair):
    """A malformed authorityInfoAccess is left out, and the rest is told."""
    certificate = told(pair, "hidden-access")
    assert "OCSP" not in certificate
    assert certificate["subjectAltName"] == (("DNS", "localhost"),)


@pytest.mark.clause("ssl.SSLSocket.getpeercert:odd-names")
@pytest.mark.versions("tls13")
def test_a_large_number_in_an_identifier_is_told(pair):
    """A registered identifier is told whole, however large a number in it is."""
    assert told(pair, "hidden-arc")["subjectAltName"] == (("DNS", "localhost"), ("Registered ID", f"1.2.{2**700}"))
