"""What nobody knows yet: numbers that a later document may assign are ignored, so that it can (RFC 8446 9.3)."""

import pytest

pytestmark = [pytest.mark.peers("scripted"), pytest.mark.deliveries("whole")]

SUPPORTED_GROUPS, SIGNATURE_ALGORITHMS, ALPN, SUPPORTED_VERSIONS = 10, 13, 16, 43
PSK_MODES, OID_FILTERS, KEY_SHARE, UNKNOWN = 45, 48, 51, 0xFAFA


def first_in(prefix_size, item):
    """A vector with one item more in front: `prefix_size` is that of its length."""

    def edit(vector):
        content = item + vector[prefix_size:]
        return len(content).to_bytes(prefix_size, "big") + content

    return edit


# What a client adds, and what it has there otherwise: of TLS 1.2 it has not all of these.
EXTENSIONS = {
    "group": {SUPPORTED_GROUPS: (first_in(2, b"\xfa\xfa"), b"\0\2\0\x17")},
    "signature_scheme": {SIGNATURE_ALGORITHMS: (first_in(2, b"\xfa\xfa"), b"\0\2\4\3")},
    "version": {SUPPORTED_VERSIONS: (first_in(1, b"\xfa\xfa"), b"\2\3\3")},
    "key_share": {
        SUPPORTED_GROUPS: (first_in(2, b"\xfa\xfa"), b"\0\2\0\x17"),
        KEY_SHARE: (first_in(2, b"\xfa\xfa\0\1!"), b"\0\0"),
    },
    "psk_mode": {PSK_MODES: (first_in(1, b"\xfa"), b"\0")},
    "protocol": {ALPN: (first_in(2, b"\4\xfa\xfa\xfa\xfa"), b"\0\0")},
    "extension": {UNKNOWN: (first_in(2, b"whatever"), b"\0\0")},
}


@pytest.mark.roles("server")
@pytest.mark.parametrize("what", EXTENSIONS)
@pytest.mark.clause(
    "RFC 8446 4.2:unknown-extension-ignored",
    "RFC 8446 4.2.1:unknown-versions-ignored",
    "RFC 8446 9.3:unknown-ignored",
    "RFC 5246 7.4.1.4:unknown-extension-ignored",
)
def test_in_the_extensions_of_a_client(pair, trial, what):
    """A server passes over versions, groups, schemes, shares, protocols and extensions that it does not know."""

    def add(present):
        return {
            **present,
            **{number: edit(present.get(number, none)) for number, (edit, none) in EXTENSIONS[what].items()},
        }

    pair.peer.change_fields("client_hello", extensions=add)
    trial.goes_on()


@pytest.mark.roles("server")
@pytest.mark.clause(
    "RFC 8446 4.1.2:unknown-suites-ignored", "RFC 8446 9.3:unknown-ignored", "RFC 5246 7.4.1.2:unknown-suites-ignored"
)
def test_suites_of_a_client(pair, trial):
    """A server passes over cipher suites that it does not know, wherever they stand."""
    pair.peer.change_fields("client_hello", cipher_suites=lambda suites: (0xFAFA, *suites, 0xFBFB))
    trial.goes_on()


@pytest.mark.roles("server")
@pytest.mark.versions("tls12")
@pytest.mark.clause("RFC 5246 7.4.1.2:unknown-compression-ignored")
def test_compressions_of_a_client(pair, trial):
    """A TLS 1.2 server passes over methods of compression that it does not know, or does not want."""
    pair.peer.change_fields("client_hello", legacy_compression_methods=(0xFA, 1, 0))
    trial.goes_on()


@pytest.mark.roles("client")
@pytest.mark.versions("tls13")
@pytest.mark.parametrize(
    ("number", "data"),
    [
        (UNKNOWN, b"whatever"),
        (SIGNATURE_ALGORITHMS, first_in(2, b"\xfa\xfa")),
        (OID_FILTERS, b"\0\7\3\x2a\3\4\0\1!"),
    ],
    ids=["extension", "signature_scheme", "oid_filter"],
)
@pytest.mark.clause("RFC 8446 4.3.2:unknown-ignored", "RFC 8446 9.3:unknown-ignored")
def test_in_a_request_for_a_certificate(pair, trial, number, data):
    """A client passes over what it does not know in a request for its certificate."""
    pair.peer.change_extension("certificate_request", number, data)
    trial.goes_on()


@pytest.mark.roles("client")
@pytest.mark.versions("tls12")
@pytest.mark.clause("RFC 5246 7.4.4:unknown-ignored")
def test_in_a_request_of_tls_1_2(pair, trial):
    """A TLS 1.2 client passes over types of certificates and schemes that it does not know."""
    pair.peer.change_fields(
        "certificate_request",
        certificate_types=lambda known: (0xFA, *known),
        supported_signature_algorithms=lambda known: (0xFAFA, *known),
    )
    trial.goes_on()


@pytest.mark.roles("client")
@pytest.mark.versions("tls13")
@pytest.mark.clause("RFC 8446 4.6.1:unknown-ignored", "RFC 8446 9.3:unknown-ignored")
def test_in_a_ticket(pair):
    """A client passes over extensions of a ticket that it does not know, and uses the ticket."""
    pair.peer.change_extension("new_session_ticket", UNKNOWN, b"whatever")
    pair.shake_hands()
    pair.greet()
    second = pair.reconnect(session=pair.bare_subject.session)
    second.shake_hands()
    assert second.subject.session_reused is True


@pytest.mark.roles("client")
@pytest.mark.versions("tls13")
@pytest.mark.clause("RFC 8446 4.2.7:of-servers-ignored")
def test_groups_of_a_server(pair, trial):
    """A server may say which groups it would like: a client goes on with the one that was agreed."""
    pair.peer.change_extension("encrypted_extensions", SUPPORTED_GROUPS, b"\0\4\xfa\xfa\0\x17")
    trial.goes_on()
