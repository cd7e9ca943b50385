"""TLS 1.2: messages in order and in form, with something in them that must not be there."""

import pytest

pytestmark = [
    pytest.mark.peers("scripted"),
    pytest.mark.versions("tls12"),
    pytest.mark.deliveries("whole"),
]

SERVER_NAME, SUPPORTED_GROUPS, POINT_FORMATS, SIGNATURE_ALGORITHMS, ALPN = 0, 10, 11, 13, 16
EXTENDED_MASTER_SECRET, SUPPORTED_VERSIONS, UNASSIGNED, RENEGOTIATION_INFO = 23, 43, 0xFAFA, 0xFF01
NAMED_CURVE, EXPLICIT_PRIME = 3, 1
SECP521R1, SECT571R1, X25519MLKEM768 = b"\x00\x19", b"\x00\x0e", b"\x11\xec"
TLS_FALLBACK_SCSV = 0x5600
DOWNGRADE_FROM_TLS13 = b"DOWNGRD\x01"


def flipped(data):
    return data[:-1] + bytes([data[-1] ^ 1])


def of_curve(curve):
    """A ServerKeyExchange with the point that it had, on another curve."""
    return lambda body: body[:1] + curve + body[3:]


def other_scheme(scheme):
    """A ServerKeyExchange that says to be signed by another scheme."""
    return lambda body: body[: 4 + body[3]] + scheme + body[6 + body[3] :]


FROM_SERVERS = {
    "tls_1_1": ("server_hello", {"legacy_version": 0x0302}, ("protocol_version", "illegal_parameter")),
    "tls_1_3_without_supported_versions": ("server_hello", {"legacy_version": 0x0304}, ("protocol_version",)),
    "a_suite_that_was_not_offered": ("server_hello", {"cipher_suite": 0xC008}, ("illegal_parameter",)),
    "an_unknown_suite": ("server_hello", {"cipher_suite": 0xFAFA}, ("illegal_parameter",)),
    "a_suite_of_tls_1_3": ("server_hello", {"cipher_suite": 0x1301}, ("illegal_parameter",)),
    "compression": ("server_hello", {"legacy_compression_method": 1}, ("illegal_parameter",)),
    "unassigned_extension": ("server_hello", {UNASSIGNED: b""}, ("unsupported_extension", "illegal_parameter")),
    "alpn_that_was_not_offered": ("server_hello", {ALPN: b"\0\3\2h2"}, ("unsupported_extension",)),
    "an_earlier_connection": ("server_hello", {RENEGOTIATION_INFO: b"\1!"}, ("handshake_failure", "illegal_parameter")),
    "half_a_renegotiation_info": (
        "server_hello",
        {RENEGOTIATION_INFO: b"\1"},
        ("decode_error", "handshake_failure", "illegal_parameter"),
    ),
    "a_full_extended_master_secret": ("server_hello", {EXTENDED_MASTER_SECRET: b"!"}, ("decode_error",)),
    "signature_algorithms": (
        "server_hello",
        {SIGNATURE_ALGORITHMS: b"\0\2\4\3"},
        ("illegal_parameter", "unsupported_extension"),
    ),
    "no_point_format_at_all": ("server_hello", {POINT_FORMATS: b"\0"}, ("decode_error",)),
    "compressed_points_alone": ("server_hello", {POINT_FORMATS: b"\1\1"}, ("illegal_parameter",)),
    "a_suite_of_another_key": ("server_hello", {"cipher_suite": 0xC02F}, ("illegal_parameter", "handshake_failure")),
    "no_certificate": ("certificate", {"certificate_list": ()}, ("decode_error", "handshake_failure")),
    "a_signature_by_somebody_else": ("server_key_exchange", {"body": flipped}, ("decrypt_error",)),
    "a_scheme_that_nobody_knows": (
        "server_key_exchange",
        {"body": other_scheme(b"\xfa\xfa")},
        ("illegal_parameter", "decrypt_error", "handshake_failure"),
    ),
    "a_scheme_of_another_key": (
        "server_key_exchange",
        {"body": other_scheme(b"\4\1")},
        ("illegal_parameter", "decrypt_error", "handshake_failure"),
    ),
    "a_curve_by_its_numbers": (
        "server_key_exchange",
        {"body": lambda body: bytes([EXPLICIT_PRIME]) + body[1:]},
        ("illegal_parameter", "handshake_failure"),
    ),
    "a_curve_that_was_not_offered": (
        "server_key_exchange",
        {"body": of_curve(SECT571R1)},
        ("illegal_parameter", "handshake_failure"),
    ),
    "a_hybrid_for_a_curve": (
        "server_key_exchange",
        {"body": of_curve(X25519MLKEM768)},
        ("illegal_parameter", "handshake_failure"),
    ),
    "a_point_of_another_curve": (
        "server_key_exchange",
        {"body": of_curve(SECP521R1)},
        ("illegal_parameter", "decode_error", "decrypt_error"),
    ),
    "a_wrong_finished": ("finished", {"verify_data": flipped}, ("decrypt_error",)),
}

FROM_CLIENTS = {
    "tls_1_1": ("client_hello", {"legacy_version": 0x0302}, ("protocol_version",)),
    "no_suite_in_common": ("client_hello", {"cipher_suites": (0xFAFA,)}, ("handshake_failure",)),
    "suites_of_tls_1_3_alone": ("client_hello", {"cipher_suites": (0x1301, 0x1302)}, ("handshake_failure",)),
    "compression_alone": ("client_hello", {"legacy_compression_methods": (1,)}, ("illegal_parameter", "decode_error")),
    "no_version_in_common": ("client_hello", {SUPPORTED_VERSIONS: b"\2\x03\x05"}, ("protocol_version",)),
    "an_earlier_connection": ("client_hello", {RENEGOTIATION_INFO: b"\1!"}, ("handshake_failure", "illegal_parameter")),
    "half_a_renegotiation_info": (
        "client_hello",
        {RENEGOTIATION_INFO: b"\1"},
        ("decode_error", "handshake_failure", "illegal_parameter"),
    ),
    "a_full_extended_master_secret": ("client_hello", {EXTENDED_MASTER_SECRET: b"!"}, ("decode_error",)),
    "no_point_format_at_all": ("client_hello", {POINT_FORMATS: b"\0"}, ("decode_error",)),
    "compressed_points_alone": ("client_hello", {POINT_FORMATS: b"\1\1"}, ("illegal_parameter", "handshake_failure")),
    "half_a_group": ("client_hello", {SUPPORTED_GROUPS: b"\0\3\0\x17\0"}, ("decode_error",)),
    "no_group_in_common": ("client_hello", {SUPPORTED_GROUPS: b"\0\2\xfa\xfa"}, ("handshake_failure",)),
    "no_scheme_in_common": ("client_hello", {SIGNATURE_ALGORITHMS: b"\0\2\xfa\xfa"}, ("handshake_failure",)),
    "half_a_scheme": ("client_hello", {SIGNATURE_ALGORITHMS: b"\0\3\4\3\4"}, ("decode_error",)),
    "an_empty_server_name_list": ("client_hello", {SERVER_NAME: b"\0\0"}, ("decode_error",)),
    "an_empty_alpn_list": ("client_hello", {ALPN: b"\0\0"}, ("decode_error",)),
    "an_empty_alpn_name": ("client_hello", {ALPN: b"\0\1\0"}, ("decode_error", "illegal_parameter")),
    "no_certificate": ("certificate", {"certificate_list": ()}, ("handshake_failure",)),
    "no_point_at_all": (
        "client_key_exchange",
        {"exchange_keys": b""},
        ("handshake_failure", "decode_error", "illegal_parameter"),
    ),
    "a_point_that_is_none": (
        "client_key_exchange",
        {"exchange_keys": b"\1!"},
        ("illegal_parameter", "decode_error", "internal_error", "handshake_failure"),
    ),
    "a_signature_by_somebody_else": ("certificate_verify", {"signature": flipped}, ("decrypt_error",)),
    "a_scheme_that_nobody_knows": (
        "certificate_verify",
        {"algorithm": 0xFAFA},
        ("illegal_parameter", "decrypt_error", "handshake_failure"),
    ),
    "a_scheme_of_another_key": (
        "certificate_verify",
        {"algorithm": 0x0401},
        ("illegal_parameter", "decrypt_error", "handshake_failure"),
    ),
    "a_wrong_finished": ("finished", {"verify_data": flipped}, ("decrypt_error",)),
}


@pytest.mark.roles("client")
@pytest.mark.parametrize("case", FROM_SERVERS)
@pytest.mark.clause(
    "RFC 5246 7.4.1.3:answers-the-offer",
    "RFC 5246 7.4.1.4:unasked-extension-refused",
    "RFC 5246 7.4.2:server-certificate",
    "RFC 5246 7.4.3:key-exchange-signed",
    "RFC 5246 7.4.9:finished",
    "RFC 5746 3.4:first-handshake",
    "RFC 7627 5.1:empty",
    "RFC 5246 7.4.1.4.1:offered-only",
    "RFC 5246 7.4.1.4.1:not-of-servers",
    "RFC 8422 5.1.2:uncompressed",
)
def test_what_a_server_must_not_say(pair, trial, case):
    """A server that says what TLS 1.2 forbids is refused with an alert that the RFC has for it."""
    message, change, alerts = FROM_SERVERS[case]
    pair.peer.change(message, change)
    trial.refused(*alerts)


@pytest.mark.roles("server")
@pytest.mark.parametrize("case", FROM_CLIENTS)
@pytest.mark.clause(
    "RFC 5246 7.4.1.2:nothing-in-common",
    "RFC 5246 7.4.1.4:malformed-extension-refused",
    "RFC 5246 7.4.6:none-refused",
    "RFC 5246 7.4.7:point-on-curve",
    "RFC 5246 7.4.8:client-verify",
    "RFC 5246 7.4.9:finished",
    "RFC 5746 3.6:first-handshake",
    "RFC 5246 7.4.1.4.1:offered-only",
    "RFC 5246 7.4.1.2:null-compression",
    "RFC 8422 5.1.2:uncompressed",
)
def test_what_a_client_must_not_say(pair, trial, case):
    """A client that says what TLS 1.2 forbids is refused with an alert that the RFC has for it."""
    message, change, alerts = FROM_CLIENTS[case]
    pair.peer.change(message, change)
    trial.refused(*alerts)


@pytest.mark.roles("client")
@pytest.mark.clause("RFC 8446 4.1.3:downgrade-noticed")
def test_a_server_that_was_talked_down(pair, trial, impl):
    """A client that could do TLS 1.3 refuses a server of TLS 1.2 whose random says that it could, too."""
    pair.subject_context.maximum_version = impl.TLSVersion.TLSv1_3
    pair.peer.change_fields("server_hello", random=lambda random: random[:24] + DOWNGRADE_FROM_TLS13)
    trial.refused("illegal_parameter")


@pytest.mark.roles("server")
@pytest.mark.parametrize("highest", ["TLSv1_2", "TLSv1_3"], ids=["to_its_highest", "from_its_highest"])
@pytest.mark.clause("RFC 7507 3:fallback-refused", "RFC 7507 3:no-higher-version")
def test_a_client_that_was_talked_down(pair, trial, impl, highest):
    """A client that says to have fallen back to TLS 1.2 is refused by a server of TLS 1.3, and served by another."""
    pair.subject_context.maximum_version = getattr(impl.TLSVersion, highest)
    pair.peer.change_fields("client_hello", cipher_suites=lambda suites: (*suites, TLS_FALLBACK_SCSV))
    if highest == "TLSv1_3":
        trial.refused("inappropriate_fallback")
    else:
        pair.shake_hands()
        trial.goes_on()


@pytest.mark.messages("client_hello", "server_hello")
@pytest.mark.clause("RFC 5246 7.4.1.4:duplicate-extension-refused")
def test_an_extension_twice(pair, trial, message):
    """No extension comes twice in a hello."""
    pair.peer.repeat_extension(message)
    trial.refused("illegal_parameter", "decode_error", "unsupported_extension")


@pytest.mark.roles("server")
@pytest.mark.versions
@pytest.mark.parametrize("version", [0x0300, 0x0002], ids=["ssl_3", "ssl_2"])
@pytest.mark.parametrize("extended", [True, False], ids=["beside_supported_versions", "alone"])
@pytest.mark.clause("RFC 8446 D.5:nothing-older")
def test_a_client_of_the_past(pair, trial, version, extended):
    """SSL 3.0 and what was before are not spoken, and not even to be claimed beside supported_versions."""
    if extended:
        pair.peer.change_fields("client_hello", legacy_version=version)
    else:
        pair.peer.change_fields(
            "client_hello",
            legacy_version=version,
            extensions=lambda found: {kind: data for kind, data in found.items() if kind != SUPPORTED_VERSIONS},
        )
    trial.refused("protocol_version")
