"""Private constants, enumerations and small helpers."""

import enum

import pytest

pytestmark = pytest.mark.level("observed")

SERVER_AUTH = (129, "serverAuth", "TLS Web Server Authentication", "1.3.6.1.5.5.7.3.1")


@pytest.mark.clause("ssl._TLSMessageType:numbers")
@pytest.mark.parametrize(
    ("family", "name", "number"),
    [
        ("_TLSContentType", "CHANGE_CIPHER_SPEC", 20),
        ("_TLSContentType", "APPLICATION_DATA", 23),
        ("_TLSContentType", "HEADER", 256),
        ("_TLSContentType", "INNER_CONTENT_TYPE", 257),
        ("_TLSMessageType", "CLIENT_HELLO", 1),
        ("_TLSMessageType", "KEY_UPDATE", 24),
        ("_TLSMessageType", "CHANGE_CIPHER_SPEC", 257),
        ("_TLSAlertType", "CLOSE_NOTIFY", 0),
        ("_TLSAlertType", "NO_APPLICATION_PROTOCOL", 120),
    ],
    ids=lambda value: str(value).lower().strip("_"),
)
def test_numbers_of_the_wire(impl, family, name, number):
    """The members that _msg_callback is told have the numbers of RFC 8446, and OpenSSL's above 255."""
    members = getattr(impl, family)
    assert issubclass(members, enum.IntEnum)
    assert members[name] == number


@pytest.mark.clause("ssl._DEFAULT_CIPHERS:usable")
@pytest.mark.parametrize("name", ["_DEFAULT_CIPHERS", "_RESTRICTED_SERVER_CIPHERS"], ids=["client", "server"])
def test_the_default_strings_can_be_set(impl, name):
    """set_ciphers() takes the private cipher strings, which select something."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers(getattr(impl, name))
    assert any(suite["protocol"] == "TLSv1.2" for suite in context.get_ciphers())


@pytest.mark.clause("ssl._DEFAULT_CIPHERS:version")
def test_the_version_of_the_headers(impl):
    """_OPENSSL_API_VERSION has five numbers, as OPENSSL_VERSION_INFO."""
    assert len(impl._OPENSSL_API_VERSION) == 5
    assert all(isinstance(part, int) for part in impl._OPENSSL_API_VERSION)


@pytest.mark.clause("ssl._DEFAULT_CIPHERS:hostname")
def test_a_host_name_is_encoded(impl):
    """SSLContext._encode_hostname() gives the A-label of a name, and None for None."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    assert context._encode_hostname("k\u00f6ln.example") == "xn--kln-sna.example"
    assert context._encode_hostname("localhost") == "localhost"
    assert context._encode_hostname(None) is None


@pytest.mark.clause("ssl._ASN1Object:found", "ssl._ASN1Object:purpose")
def test_an_object_is_found_in_three_ways(impl):
    """By its dotted number, by a name and by OpenSSL's number the same object is found, equal to the Purpose."""
    found = impl._ASN1Object("1.3.6.1.5.5.7.3.1")
    assert tuple(found) == SERVER_AUTH
    assert (found.nid, found.shortname, found.longname, found.oid) == SERVER_AUTH
    assert impl._ASN1Object.fromname("serverAuth") == found
    assert impl._ASN1Object.fromname("TLS Web Server Authentication") == found
    assert impl._ASN1Object.fromnid(129) == found
    assert found == impl.Purpose.SERVER_AUTH
    assert found != impl.Purpose.CLIENT_AUTH
    assert isinstance(impl.Purpose.SERVER_AUTH, impl._ASN1Object)


@pytest.mark.clause("ssl._ASN1Object:unknown")
def test_an_unknown_object_is_refused(impl):
    """A name for a number, an unknown name and a negative number raise ValueError, anything else TypeError."""
    with pytest.raises(ValueError):
        impl._ASN1Object("serverAuth")
    with pytest.raises(ValueError):
        impl._ASN1Object.fromname("no such name")
    with pytest.raises(ValueError):
        impl._ASN1Object.fromnid(-1)
    with pytest.raises(TypeError):
        impl._ASN1Object.fromnid("129")
    with pytest.raises(TypeError):
        impl._ASN1Object(129)
