"""Enumerations, constants and feature flags."""

import enum
import socket
import warnings

import pytest

CONSTANTS = [
    ("CERT_NONE", "VerifyMode", 0),
    ("CERT_OPTIONAL", "VerifyMode", 1),
    ("CERT_REQUIRED", "VerifyMode", 2),
    ("ALERT_DESCRIPTION_CLOSE_NOTIFY", "AlertDescription", 0),
    ("ALERT_DESCRIPTION_UNKNOWN_CA", "AlertDescription", 48),
    ("ALERT_DESCRIPTION_UNRECOGNIZED_NAME", "AlertDescription", 112),
    ("SSL_ERROR_ZERO_RETURN", "SSLErrorNumber", 6),
    ("SSL_ERROR_WANT_READ", "SSLErrorNumber", 2),
    ("SSL_ERROR_EOF", "SSLErrorNumber", 8),
    ("VERIFY_DEFAULT", "VerifyFlags", 0),
]


@pytest.mark.clause(
    "ssl:enumerations",
    "ssl.VerifyMode:members",
    "ssl.VerifyFlags:members",
    "ssl.Options:members",
    "ssl.AlertDescription:members",
    "ssl.SSLErrorNumber:members",
    "What's New 3.6:enumerations",
)
@pytest.mark.known("bpo-28025")
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("TLSVersion", enum.IntEnum),
        ("VerifyMode", enum.IntEnum),
        ("AlertDescription", enum.IntEnum),
        ("SSLErrorNumber", enum.IntEnum),
        ("Options", enum.IntFlag),
        ("VerifyFlags", enum.IntFlag),
        ("Purpose", enum.Enum),
    ],
    ids=["tlsversion", "verifymode", "alertdescription", "sslerrornumber", "options", "verifyflags", "purpose"],
)
def test_the_enumerations_are_there(impl, name, kind):
    """Each family of constants is an enumeration."""
    assert issubclass(getattr(impl, name), kind)


@pytest.mark.clause(
    "ssl:enumerations",
    "ssl.VerifyMode:members",
    "ssl.VerifyFlags:members",
    "ssl.AlertDescription:members",
    "ssl.SSLErrorNumber:members",
)
@pytest.mark.known("bpo-28025")
@pytest.mark.parametrize(
    ("constant", "family", "value"),
    CONSTANTS,
    ids=[constant.lower() for constant, _, _ in CONSTANTS],
)
def test_constants_are_members(impl, constant, family, value):
    """A constant of the module is the member of its family, with the value that RFC 8446 or OpenSSL gives it."""
    found = getattr(impl, constant)
    assert isinstance(found, getattr(impl, family))
    assert found == value


@pytest.mark.clause("ssl.TLSVersion:members", "ssl.TLSVersion:magic-bounds")
def test_versions_have_the_numbers_of_the_wire(impl):
    """TLSVersion members are the numbers that stand on the wire; the two bounds are negative."""
    versions = impl.TLSVersion
    assert (versions.TLSv1_2, versions.TLSv1_3) == (0x0303, 0x0304)
    assert (versions.MINIMUM_SUPPORTED, versions.MAXIMUM_SUPPORTED) == (-2, -1)


@pytest.mark.clause("ssl.Purpose:identifiers")
def test_a_purpose_is_an_object_identifier(impl):
    """Purpose members carry nid, shortname, longname and oid."""
    server, client = impl.Purpose.SERVER_AUTH, impl.Purpose.CLIENT_AUTH
    assert (server.nid, server.shortname, server.oid) == (129, "serverAuth", "1.3.6.1.5.5.7.3.1")
    assert (client.nid, client.shortname, client.oid) == (130, "clientAuth", "1.3.6.1.5.5.7.3.2")


@pytest.mark.clause(
    "ssl.OPENSSL_VERSION:text", "ssl.OPENSSL_VERSION_INFO:five-numbers", "ssl.OPENSSL_VERSION_NUMBER:number"
)
def test_the_library_says_which_it_is(impl):
    """OPENSSL_VERSION is text, OPENSSL_VERSION_INFO five numbers, OPENSSL_VERSION_NUMBER one."""
    assert isinstance(impl.OPENSSL_VERSION, str)
    assert len(impl.OPENSSL_VERSION_INFO) == 5
    assert all(isinstance(part, int) for part in impl.OPENSSL_VERSION_INFO)
    assert isinstance(impl.OPENSSL_VERSION_NUMBER, int)


@pytest.mark.clause("ssl.OPENSSL_VERSION_INFO:not-old", "What's New 3.10:openssl-1-1-1")
@pytest.mark.known("PEP 644", "bpo-43669")
def test_the_library_is_no_older_than_1_1_1(impl):
    """Since Python 3.10 the library is OpenSSL 1.1.1 or newer, or says that it is as good."""
    assert impl.OPENSSL_VERSION_INFO >= (1, 1, 1)


@pytest.mark.clause(
    "ssl.HAS_ALPN:flag",
    "ssl.HAS_NEVER_CHECK_COMMON_NAME:flag",
    "ssl.HAS_ECDH:flag",
    "ssl.HAS_SNI:flag",
    "ssl.HAS_NPN:flag",
    "ssl.HAS_SSLv2:flag",
    "ssl.HAS_SSLv3:flag",
    "ssl.HAS_TLSv1:flag",
    "ssl.HAS_TLSv1_1:flag",
    "ssl.HAS_TLSv1_2:flag",
    "ssl.HAS_TLSv1_3:flag",
    "What's New 3.5:has-alpn",
    "What's New 3.7:bounds",
)
@pytest.mark.known("pypy#3539")
@pytest.mark.parametrize(
    "flag",
    [
        "HAS_ALPN",
        "HAS_ECDH",
        "HAS_NEVER_CHECK_COMMON_NAME",
        "HAS_NPN",
        "HAS_SNI",
        "HAS_SSLv2",
        "HAS_SSLv3",
        "HAS_TLSv1",
        "HAS_TLSv1_1",
        "HAS_TLSv1_2",
        "HAS_TLSv1_3",
    ],
    ids=str.lower,
)
def test_a_feature_is_there_or_not(impl, flag):
    """A HAS_* flag is True or False."""
    assert getattr(impl, flag) in (True, False)
    assert isinstance(getattr(impl, flag), bool)


@pytest.mark.clause("ssl.HAS_PSK:flag")
@pytest.mark.known("gh-117784")
@pytest.mark.since("3.13")
def test_psk_has_a_flag(impl):
    """HAS_PSK says whether pre-shared keys can be used."""
    assert isinstance(impl.HAS_PSK, bool)


@pytest.mark.clause("ssl.HAS_PHA:flag", "What's New 3.14:has-pha")
@pytest.mark.known("gh-128035", "gh-117784")
@pytest.mark.since("3.14")
def test_post_handshake_authentication_has_a_flag(impl):
    """HAS_PHA says whether post-handshake authentication can be used."""
    assert isinstance(impl.HAS_PHA, bool)


@pytest.mark.clause("ssl:once-there")
@pytest.mark.until("3.11")
@pytest.mark.level("observed")
def test_old_functions_were_still_there(impl):
    """Until 3.11 the module had wrap_socket() and match_hostname()."""
    assert callable(impl.wrap_socket)
    assert callable(impl.match_hostname)


@pytest.mark.clause("ssl:removed", "What's New 3.12:removed")
@pytest.mark.since("3.12")
@pytest.mark.known("gh-94199")
@pytest.mark.parametrize("name", ["wrap_socket", "match_hostname", "RAND_pseudo_bytes"], ids=str.lower)
def test_removed_functions_are_gone(impl, name):
    """What 3.12 removed is not there."""
    assert not hasattr(impl, name)


@pytest.mark.clause("ssl.SSLSocket:is-a-socket")
def test_a_socket_is_a_socket(impl):
    """SSLSocket is a subclass of socket.socket; SSLObject is not."""
    assert issubclass(impl.SSLSocket, socket.socket)
    assert not issubclass(impl.SSLObject, socket.socket)


@pytest.mark.clause("ssl.SSLContext.sslsocket_class:default", "ssl.SSLContext.sslobject_class:default")
def test_a_context_knows_its_classes(impl):
    """sslsocket_class and sslobject_class are what a context makes."""
    assert impl.SSLContext.sslsocket_class is impl.SSLSocket
    assert impl.SSLContext.sslobject_class is impl.SSLObject


@pytest.mark.clause("ssl.CHANNEL_BINDING_TYPES:listed")
def test_channel_bindings_are_listed(impl):
    """CHANNEL_BINDING_TYPES is a list of names, tls-unique among them."""
    assert isinstance(impl.CHANNEL_BINDING_TYPES, list)
    assert "tls-unique" in impl.CHANNEL_BINDING_TYPES


@pytest.mark.clause("ssl.HAS_PSK_TLS13:flag", "What's New 3.15:has-psk-tls13")
@pytest.mark.since("3.15")
def test_psk_in_tls_1_3_has_a_flag(impl):
    """HAS_PSK_TLS13 says whether external pre-shared keys can be used in TLS 1.3."""
    assert isinstance(impl.HAS_PSK_TLS13, bool)


@pytest.mark.clause("What's New 3.10:old-functions")
@pytest.mark.since("3.10")
@pytest.mark.until("3.11")
@pytest.mark.parametrize(
    ("name", "arguments"),
    [("match_hostname", ({"subjectAltName": (("DNS", "localhost"),)}, "localhost")), ("RAND_pseudo_bytes", (1,))],
    ids=["match_hostname", "rand_pseudo_bytes"],
)
def test_old_functions_warned(impl, name, arguments):
    """Before they were removed, functions that were long deprecated warned of it."""
    with pytest.warns(DeprecationWarning, match="deprecated"):
        getattr(impl, name)(*arguments)


@pytest.mark.clause("What's New 3.7:wrap-socket", "What's New 3.10:old-functions")
@pytest.mark.since("3.10")
@pytest.mark.until("3.11")
def test_the_modules_wrap_socket_warned(impl):
    """Before it was removed, the module's wrap_socket() warned; a context's does not."""
    with pytest.warns(DeprecationWarning, match="wrap_socket"):
        impl.wrap_socket(socket.socket()).close()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        impl.create_default_context().wrap_socket(socket.socket(), server_hostname="localhost").close()
