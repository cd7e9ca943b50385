"""TLS 1.2, the key exchanges beside ECDHE: what stands in their messages and must not."""

from typing import NamedTuple

import pytest

pytestmark = [
    pytest.mark.peers("scripted"),
    pytest.mark.versions("tls12"),
    pytest.mark.deliveries("whole"),
]

client, server = pytest.mark.roles("client"), pytest.mark.roles("server")
HANDSHAKE = 22
FINITE = "DHE-RSA-AES128-GCM-SHA256"
ANONYMOUS = "AECDH-AES128-SHA"
IDENTITY, KEY = "subject", b"0123456789abcdef0123456789abcdef"
PLAIN_PSK, ELLIPTIC_PSK = "PSK-AES128-GCM-SHA256", "ECDHE-PSK-AES128-CBC-SHA256"
FINISHED = bytes((20, 0, 0, 12)) + bytes(12)
CERTIFICATE_REQUEST = bytes((13, 0, 0, 8, 1, 64, 0, 2, 4, 3, 0, 0))


class Body(NamedTuple):
    """The contents of a key exchange message, made out of what they were."""

    edit: object
    alerts: tuple


def with_length(data, size=2):
    return len(data).to_bytes(size, "big") + data


def fields(body):
    """The prime, the generator and the public value of a ServerKeyExchange in a finite field, and the signature."""
    found = []
    for _ in range(3):
        size = int.from_bytes(body[:2], "big")
        found.append(int.from_bytes(body[2 : 2 + size], "big"))
        body = body[2 + size :]
    return (*found, body)


def field(change):
    """Another prime, generator or public value, made out of what they were; the signature stays."""

    def edit(body):
        *numbers, signature = fields(body)
        parts = [with_length(number.to_bytes((number.bit_length() + 7) // 8, "big")) for number in change(*numbers)]
        return b"".join(parts) + signature

    return edit


def speak(pair, suite):
    """Both ends speak one suite, for which a server shows a certificate of an RSA key if it shows one."""
    pair.subject_context.set_ciphers(suite)
    pair.peer.settings.ciphers = suite
    if pair.server_side:
        pair.subject_context.load_cert_chain(*pair.pki["rsa"])
        pair.subject_context.load_dh_params(pair.pki.path("dh-parameters.pem"))
    else:
        pair.peer.settings.certificate = "rsa"


FIELDS = {
    "a_public_value_of_1": Body(field(lambda p, g, _: (p, g, 1)), ("illegal_parameter",)),
    "a_public_value_of_p_minus_1": Body(field(lambda p, g, _: (p, g, p - 1)), ("illegal_parameter",)),
    "a_generator_of_1": Body(field(lambda p, _, ys: (p, 1, ys)), ("illegal_parameter", "decrypt_error")),
    "an_even_prime": Body(field(lambda p, g, ys: (p - 1, g, ys)), ("illegal_parameter", "decrypt_error")),
    "a_prime_of_512_bits": Body(
        field(lambda *_: (2**512 - 569, 2, 4)), ("handshake_failure", "insufficient_security", "illegal_parameter")
    ),
    "no_public_value": Body(field(lambda p, g, _: (p, g, 0)), ("decode_error", "illegal_parameter")),
}


@client
@pytest.mark.parametrize("case", FIELDS)
@pytest.mark.clause("RFC 5246 7.4.3:sound-parameters")
def test_a_field_that_is_not_sound(pair, trial, case):
    """A client does not agree on a key in a field too small, or by a number that everybody would know."""
    speak(pair, FINITE)
    pair.peer.change_fields("server_key_exchange", body=FIELDS[case].edit)
    trial.refused(*FIELDS[case].alerts)


@server
@pytest.mark.parametrize(
    "keys", [b"\0\0", b"\0\1\1", b"\0\2\1"], ids=["no_public_value", "a_public_value_of_1", "half_a_public_value"]
)
@pytest.mark.clause("RFC 5246 7.4.7:point-on-curve")
def test_a_client_s_public_value_that_is_none(pair, trial, keys):
    """A server does not agree on a key by nothing, or by a number that everybody would know."""
    speak(pair, FINITE)
    pair.peer.change_fields("client_key_exchange", exchange_keys=keys)
    trial.refused("decode_error", "illegal_parameter", "handshake_failure")


@pytest.mark.clause("RFC 5246 7.3:handshake")
def test_a_finite_field_that_is_sound(pair, trial):
    """The control: both ends agree on a key where nobody breaks a rule."""
    speak(pair, FINITE)
    trial.goes_on()


def without_certificates(pair, suite=ANONYMOUS):
    """Both ends speak a suite in which nobody shows a certificate."""
    suite += ":@SECLEVEL=0"
    pair.subject_context.check_hostname = False
    pair.subject_context.verify_mode = pair.impl.CERT_NONE
    pair.subject_context.set_ciphers(suite)
    pair.peer.settings.ciphers = suite
    pair.peer.settings.trust = None


@client
@pytest.mark.clause("RFC 5246 7.4.4:anonymous-asks-nothing")
def test_an_anonymous_server_that_asks(pair, impl):
    """A server that does not say who it is cannot ask who the client is: unexpected_message or handshake_failure."""
    without_certificates(pair)
    pair.peer.insert("server_hello_done", HANDSHAKE, CERTIFICATE_REQUEST)
    with pytest.raises(impl.SSLError):
        pair.shake_hands()
    assert pair.peer.alert_seen in ("unexpected_message", "handshake_failure")


@client
@pytest.mark.clause("RFC 5246 7.4.3:unsigned")
def test_an_anonymous_server_that_signs(pair, impl):
    """A ServerKeyExchange without a certificate has no signature, nor anything else behind its public value."""
    without_certificates(pair)
    pair.peer.change_fields("server_key_exchange", body=lambda body: body + b"\4\3\0\0")
    with pytest.raises(impl.SSLError):
        pair.shake_hands()
    assert pair.peer.alert_seen == "decode_error"


SQUARE = (2**1024 - 1) ** 2  # no prime, although odd


@client
@pytest.mark.clause("RFC 5246 7.4.3:sound-parameters")
def test_a_secret_that_everybody_would_know(pair, impl):
    """A public value of which every power is 0 in its field, which is none, leads to no key."""
    without_certificates(pair, "ADH-AES128-GCM-SHA256")
    pair.peer.change_fields("server_key_exchange", body=field(lambda *_: (SQUARE, 2, 2**1024 - 1)))
    with pytest.raises(impl.SSLError):
        pair.shake_hands()
    assert pair.peer.alert_seen in ("illegal_parameter", "internal_error", "handshake_failure")


@client
@pytest.mark.since("3.13")
@pytest.mark.feature("HAS_PSK")
@pytest.mark.parametrize("message", [CERTIFICATE_REQUEST, FINISHED], ids=["request", "finished"])
@pytest.mark.clause("RFC 4279 2:well-formed")
def test_a_server_with_a_key_that_asks(pair, impl, message):
    """A server that is known by a pre-shared key alone gives a hint or is done, and asks for no certificate."""
    share_a_key(pair, PLAIN_PSK)
    pair.peer.settings.psk_hint = None
    pair.peer.insert("server_hello_done", HANDSHAKE, message)
    with pytest.raises(impl.SSLError):
        pair.shake_hands()
    assert pair.peer.alert_seen == "unexpected_message"


def share_a_key(pair, suite):
    """Both ends speak a suite with a pre-shared key, and have it; a server gives a hint."""
    pair.subject_context.set_ciphers(suite)
    pair.peer.settings.ciphers = suite
    pair.peer.settings.psk, pair.peer.settings.psk_hint = (IDENTITY, KEY), "hint"
    if pair.server_side:
        pair.subject_context.set_psk_server_callback(lambda identity: KEY if identity == IDENTITY else b"", "hint")
    else:
        pair.subject_context.set_psk_client_callback(lambda _hint: (IDENTITY, KEY))


HINTS = {
    "a_hint_too_long": (PLAIN_PSK, Body(lambda _: with_length(b"h" * 300), ("handshake_failure", "decode_error"))),
    "more_behind_the_hint": (PLAIN_PSK, Body(lambda body: body + b"!", ("decode_error",))),
    "a_signature": (ELLIPTIC_PSK, Body(lambda body: body + b"\4\3\0\0", ("decode_error",))),
}
IDENTITIES = {
    "an_identity_too_long": (PLAIN_PSK, Body(lambda _: with_length(b"i" * 300), ("decode_error", "handshake_failure"))),
    "an_unknown_identity": (
        PLAIN_PSK,
        Body(lambda _: with_length(b"nobody"), ("unknown_psk_identity", "decrypt_error", "bad_record_mac")),
    ),
    "more_behind_the_identity": (PLAIN_PSK, Body(lambda keys: keys + b"!", ("decode_error",))),
    "no_public_value": (
        ELLIPTIC_PSK,
        Body(lambda _: with_length(IDENTITY.encode()), ("handshake_failure", "decode_error")),
    ),
}


@client
@pytest.mark.since("3.13")
@pytest.mark.feature("HAS_PSK")
@pytest.mark.parametrize("case", HINTS)
@pytest.mark.clause("RFC 4279 2:well-formed")
def test_a_hint_that_is_none(pair, impl, case):
    """A server with a pre-shared key sends a hint, and behind it what the exchange needs beside: nothing more."""
    suite, body = HINTS[case]
    share_a_key(pair, suite)
    pair.peer.change_fields("server_key_exchange", body=body.edit)
    with pytest.raises(impl.SSLError):
        pair.shake_hands()
    assert pair.peer.alert_seen in body.alerts


@server
@pytest.mark.since("3.13")
@pytest.mark.feature("HAS_PSK")
@pytest.mark.parametrize("case", IDENTITIES)
@pytest.mark.clause("RFC 4279 2:well-formed", "RFC 4279 2:unknown-identity")
def test_an_identity_that_is_none(pair, impl, case):
    """A client with a pre-shared key sends an identity that the server knows, and what the exchange needs beside."""
    suite, body = IDENTITIES[case]
    share_a_key(pair, suite)
    pair.peer.change_fields("client_key_exchange", exchange_keys=body.edit)
    with pytest.raises(impl.SSLError):
        pair.shake_hands()
    assert pair.peer.alert_seen in body.alerts


@pytest.mark.since("3.13")
@pytest.mark.feature("HAS_PSK")
@pytest.mark.parametrize("suite", [PLAIN_PSK, ELLIPTIC_PSK], ids=["plain", "elliptic"])
@pytest.mark.clause("RFC 4279 2:psk-suites")
def test_a_shared_key_that_is_used_well(pair, suite):
    """The control: both ends agree on a key where nobody breaks a rule."""
    share_a_key(pair, suite)
    pair.shake_hands()
    pair.greet()
