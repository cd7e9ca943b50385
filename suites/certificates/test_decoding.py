"""What is a certificate at all: DER that decodes to the structure of RFC 5280 4.1, asked of what is to be trusted."""

import pytest

UNDECODABLE = [
    "version",
    "serial-type",
    "serial-empty",
    "serial-padded",
    "algorithm",
    "issuer",
    "validity",
    "time-short",
    "rdn-empty",
    "attribute-three",
    "attribute-type",
    "attribute-odd",
    "attribute-plane",
    "attribute-utf8",
    "key",
    "behind",
    "unique",
    "extensions-two",
    "high-tag",
    "signature",
    "parts",
    "too-long",
]


@pytest.mark.clause("RFC 5280 4.1:form", "ssl.SSLContext.load_verify_locations:no-certificate")
@pytest.mark.parametrize("what", UNDECODABLE, ids=[what.replace("-", "_") for what in UNDECODABLE])
def test_what_does_not_decode_is_no_certificate(impl, pki, what):
    """Of the two of a text and of the octets of a certificate, neither is loaded where one element of it is wrong."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(impl.SSLError):
        context.load_verify_locations(cadata=pki.der(f"undecodable-{what}"))
    with pytest.raises(impl.SSLError):
        context.load_verify_locations(pki.authority(f"undecodable-{what}"))
    assert context.cert_store_stats()["x509"] == 0


@pytest.mark.clause("RFC 5280 4.1:form", "ssl.SSLContext.load_verify_locations:cadata")
def test_what_decodes_is_a_certificate(impl, pki):
    """The same certificate with nothing wrong is loaded."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=pki.der("undecodable"))
    assert context.cert_store_stats()["x509"] == 1


@pytest.mark.clause("RFC 5280 4.1:der")
@pytest.mark.parametrize("what", ["indefinite", "length"])
def test_ber_is_not_der(impl, pki, what):
    """A certificate is DER: lengths are definite and as short as can be, TRUE is 255."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(impl.SSLError):
        context.load_verify_locations(cadata=pki.der(f"ber-{what}"))
