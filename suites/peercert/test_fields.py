"""The dict that getpeercert() gives of a validated certificate, field by field."""

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


@pytest.mark.clause("ssl.SSLSocket.getpeercert:fields")
@pytest.mark.known("wolfssl-py#57")
def test_what_is_not_in_the_certificate_is_no_key(pair):
    """The fields of every certificate are there, those of extensions only where the certificate has them."""
    assert sorted(told(pair, "wildcard")) == [
        "issuer",
        "notAfter",
        "notBefore",
        "serialNumber",
        "subject",
        "subjectAltName",
        "version",
    ]


@pytest.mark.clause("ssl.SSLSocket.getpeercert:rdn-tuples")
def test_subject_is_a_tuple_of_names(pair):
    """subject is the sequence of RDNs in the certificate's order, each a sequence of (type, value) pairs."""
    assert told(pair, "every-name")["subject"] == (
        (("countryName", "DE"),),
        (("stateOrProvinceName", "Land"),),
        (("localityName", "Stadt"),),
        (("organizationName", "sslspec"),),
        (("organizationalUnitName", "one"), ("commonName", "every.example")),
        (("emailAddress", "a@every.example"),),
    )


@pytest.mark.clause("ssl.SSLSocket.getpeercert:rdn-tuples")
def test_issuer_is_a_tuple_of_names(pair):
    """issuer has the form of subject, and is the authority's subject."""
    assert told(pair, "every-name")["issuer"] == (
        (("organizationName", "sslspec"),),
        (("organizationalUnitName", "root"),),
    )


@pytest.mark.clause("RFC 5280 4.1.2.6:empty-subject", "ssl.SSLSocket.getpeercert:fields")
def test_an_empty_subject_is_an_empty_tuple(pair):
    """A certificate without subject has the key all the same."""
    assert told(pair, "empty-subject")["subject"] == ()


@pytest.mark.clause("ssl.SSLSocket.getpeercert:dates")
def test_dates_are_text_in_gmt(pair, impl):
    """notBefore and notAfter are texts that cert_time_to_seconds() understands."""
    certificate = told(pair, "every-name")
    assert certificate["notBefore"] == "Feb 29 00:00:00 2020 GMT"
    assert certificate["notAfter"] == "Dec 31 00:00:00 2049 GMT"
    assert impl.cert_time_to_seconds(certificate["notBefore"]) == 1582934400


@pytest.mark.clause("RFC 5280 4.1.2.5:generalized-time", "ssl.SSLSocket.getpeercert:dates")
@pytest.mark.parametrize(("name", "year"), [("wildcard", 2999), ("large-serial", 9999)], ids=["late", "never"])
def test_a_date_after_2049_is_told_alike(pair, name, year):
    """A GeneralizedTime, which dates from 2050 on need, is told like a UTCTime; a day of one digit has a blank."""
    certificate = told(pair, name)
    assert certificate["notBefore"] == "Jan  1 00:00:00 2000 GMT"
    assert certificate["notAfter"] == f"Dec 31 00:00:00 {year} GMT"


@pytest.mark.clause("ssl.SSLSocket.getpeercert:serial-number", "RFC 5280 4.1.2.2:twenty-octets")
@pytest.mark.parametrize(
    ("name", "serial"),
    [
        ("every-name", "0123456789ABCDEF"),
        ("small-serial", "0ABC"),
        ("zero-serial", "00"),
        ("large-serial", "7F" + "FF" * 19),
    ],
    ids=["long", "odd_digits", "zero", "twenty_octets"],
)
def test_the_serial_number_is_hexadecimal(pair, name, serial):
    """serialNumber is text: upper-case hexadecimal digits, two for each octet."""
    assert told(pair, name)["serialNumber"] == serial


@pytest.mark.clause("ssl.SSLSocket.getpeercert:version")
@pytest.mark.parametrize(("name", "version"), [("every-name", 3), ("version-1", 1)], ids=["three", "one"])
def test_the_version_is_a_number(pair, name, version):
    """version is the certificate's version as people count."""
    assert told(pair, name)["version"] == version


@pytest.mark.clause("ssl.SSLSocket.getpeercert:alternative-names")
def test_a_certificate_of_version_1_has_no_alternative_names(pair):
    """Without extensions there is no subjectAltName key."""
    assert "subjectAltName" not in told(pair, "version-1")


@pytest.mark.clause("ssl.SSLSocket.getpeercert:alternative-names")
def test_dns_names_are_told_in_order(pair):
    """subjectAltName has a (kind, value) pair for each name, in the certificate's order; a DNS name's kind is DNS."""
    names = told(pair, "every-name")["subjectAltName"]
    assert names[:2] == (("DNS", "localhost"), ("DNS", "*.every.example"))


@pytest.mark.clause("RFC 5280 4.2.1.6:kinds", "ssl.SSLSocket.getpeercert:alternative-names")
@pytest.mark.level("observed")
def test_every_kind_of_alternative_name_is_told(pair):
    """E-mail addresses, URIs, IP addresses, directory names and registered ids have kinds of their own."""
    assert told(pair, "every-name")["subjectAltName"][2:8] == (
        ("email", "somebody@every.example"),
        ("URI", "https://every.example/path?query"),
        ("IP Address", "127.0.0.1"),
        ("IP Address", "2001:DB8:0:0:8:800:200C:417A"),
        (
            "DirName",
            ((("countryName", "DE"),), (("organizationName", "sslspec"),), (("commonName", "every.example"),)),
        ),
        ("Registered ID", "1.2.3.4.5"),
    )


@pytest.mark.clause("ssl.SSLSocket.getpeercert:odd-names")
@pytest.mark.level("observed")
def test_another_kind_of_name_is_told_as_such(pair, observe):
    """An otherName is told by its kind; what its value looks like is OpenSSL's affair."""
    kind, value = told(pair, "every-name")["subjectAltName"][8]
    assert kind == "othername"
    assert isinstance(observe(value, "othername"), str)


@pytest.mark.clause("ssl.SSLSocket.getpeercert:no-newline")
@pytest.mark.known("bpo-38820")
def test_an_ipv6_address_has_no_newline(pair):
    """IPv6 addresses have no trailing newline (they had one before 3.9)."""
    names = told(pair, "server")["subjectAltName"]
    assert names[2:] == (("IP Address", "127.0.0.1"), ("IP Address", "0:0:0:0:0:0:0:1"))


@pytest.mark.clause("RFC 5280 4.2.1.13:points-told", "RFC 5280 4.2.2.1:access-told", "ssl.SSLSocket.getpeercert:uris")
def test_where_to_ask_about_it_is_told(pair):
    """crlDistributionPoints, OCSP and caIssuers are tuples of URIs, where the certificate names any."""
    certificate = told(pair, "pointers")
    assert certificate["crlDistributionPoints"] == ("http://crl.example/one.crl", "ldap://crl.example/two")
    assert certificate["OCSP"] == ("http://ocsp.example/one", "http://ocsp.example/two")
    assert certificate["caIssuers"] == ("http://issuer.example/root.cer",)
