"""TLS 1.3: messages in order and in form, with something in them that must not be there."""

from dataclasses import replace

import pytest

pytestmark = [
    pytest.mark.peers("scripted"),
    pytest.mark.versions("tls13"),
    pytest.mark.deliveries("whole"),
]

SERVER_NAME, ALPN, SIGNATURE_ALGORITHMS, SUPPORTED_GROUPS, EARLY_DATA = 0, 16, 13, 10, 42
SUPPORTED_VERSIONS, COOKIE, POST_HANDSHAKE_AUTH, KEY_SHARE, UNASSIGNED = 43, 44, 49, 51, 0xFAFA
HYBRID, EXTRA = b"\x11\xec", b"\xfa\xfa"
STATUS_REQUEST, PRE_SHARED_KEY, PSK_MODES = 5, 41, 45
X25519, SECP521R1 = b"\x00\x1d", b"\x00\x19"
HOST_NAME = b"\0\0\x09localhost"
TLS12, TLS13 = b"\x03\x03", b"\x03\x04"
RSA_PKCS1_SHA256, ECDSA_SHA1, RSA_PSS_SHA256, ECDSA_SECP384R1 = 0x0401, 0x0203, 0x0804, 0x0503


def flipped(data):
    return data[:-1] + bytes([data[-1] ^ 1])


def with_length(data, size=2):
    return len(data).to_bytes(size, "big") + data


def first_share(share):
    """What stands before the key in the first entry of a client's key shares, and the key."""
    return share[:6], share[6 : 6 + int.from_bytes(share[4:6], "big")]


def extended(entries):
    """A list of certificates of which the first has an extension that nobody has asked for: an OCSP response."""
    first, *rest = entries
    return (replace(first, extensions={STATUS_REQUEST: b"\1\0\0\1!"}), *rest)


def without_suites(hello):
    """A ClientHello's body with an empty list of cipher suites, which stands behind version, random and session id."""
    start = 35 + hello[34]
    return hello[:start] + bytes(2) + hello[start + 2 + int.from_bytes(hello[start : start + 2], "big") :]


FROM_SERVERS = {
    "another_session_id": ("server_hello", {"legacy_session_id_echo": bytes(32)}, ("illegal_parameter",)),
    "a_suite_that_was_not_offered": ("server_hello", {"cipher_suite": 0x1305}, ("illegal_parameter",)),
    "an_unknown_suite": ("server_hello", {"cipher_suite": 0xFAFA}, ("illegal_parameter",)),
    "a_suite_of_tls_1_2": ("server_hello", {"cipher_suite": 0xC02F}, ("illegal_parameter",)),
    "compression": ("server_hello", {"legacy_compression_method": 1}, ("illegal_parameter",)),
    "selected_tls_1_2": ("server_hello", {SUPPORTED_VERSIONS: TLS12}, ("illegal_parameter",)),
    "selected_tls_1_4": ("server_hello", {SUPPORTED_VERSIONS: b"\x03\x05"}, ("illegal_parameter",)),
    "selected_two_versions": ("server_hello", {SUPPORTED_VERSIONS: TLS13 + TLS13}, ("decode_error",)),
    "no_version_selected": ("server_hello", {SUPPORTED_VERSIONS: None}, ("protocol_version",)),
    "no_key_share": ("server_hello", {KEY_SHARE: None}, ("missing_extension", "illegal_parameter")),
    "a_share_of_another_group": (
        "server_hello",
        {KEY_SHARE: SECP521R1 + with_length(b"\4" + bytes(132))},
        ("illegal_parameter",),
    ),
    "a_share_of_another_length": (
        "server_hello",
        {KEY_SHARE: lambda share: share[:2] + with_length(share[4:-1])},
        ("illegal_parameter",),
    ),
    "an_empty_share": (
        "server_hello",
        {KEY_SHARE: lambda share: share[:2] + b"\0\0"},
        ("decode_error", "illegal_parameter"),
    ),
    "half_a_share": ("server_hello", {KEY_SHARE: lambda share: share[:-1]}, ("decode_error",)),
    "a_share_that_leads_to_nothing": (
        "server_hello",
        {KEY_SHARE: lambda share: share[:4] + bytes(32)},
        ("illegal_parameter",),
    ),
    "cookie_in_server_hello": (
        "server_hello",
        {COOKIE: with_length(b"c")},
        ("illegal_parameter", "unsupported_extension"),
    ),
    "alpn_in_server_hello": ("server_hello", {ALPN: b"\0\3\2h2"}, ("illegal_parameter", "unsupported_extension")),
    "unassigned_in_server_hello": ("server_hello", {UNASSIGNED: b""}, ("unsupported_extension", "illegal_parameter")),
    "unassigned_in_encrypted_extensions": ("encrypted_extensions", {UNASSIGNED: b""}, ("unsupported_extension",)),
    "alpn_that_was_not_offered": ("encrypted_extensions", {ALPN: b"\0\3\2h2"}, ("unsupported_extension",)),
    "key_share_in_encrypted_extensions": ("encrypted_extensions", {KEY_SHARE: X25519}, ("illegal_parameter",)),
    "a_server_name_of_its_own": ("encrypted_extensions", {SERVER_NAME: b"!"}, ("decode_error",)),
    "a_request_with_context": (
        "certificate_request",
        {"certificate_request_context": b"c"},
        ("illegal_parameter", "decode_error"),
    ),
    "a_request_of_no_signature_algorithms": (
        "certificate_request",
        {"extensions": {UNASSIGNED: b""}},
        ("missing_extension",),
    ),
    "key_share_in_a_request": ("certificate_request", {KEY_SHARE: X25519}, ("illegal_parameter",)),
    "a_request_for_no_signature_at_all": ("certificate_request", {SIGNATURE_ALGORITHMS: b"\0\0"}, ("decode_error",)),
    "a_request_without_extensions": ("certificate_request", lambda _: bytes(3), ("decode_error", "missing_extension")),
    "no_certificate": ("certificate", {"certificate_list": ()}, ("decode_error",)),
    "a_certificate_with_context": (
        "certificate",
        {"certificate_request_context": b"c"},
        ("illegal_parameter", "decode_error"),
    ),
    "a_signature_by_somebody_else": ("certificate_verify", {"signature": flipped}, ("decrypt_error",)),
    "a_signature_of_no_bytes": ("certificate_verify", {"signature": b""}, ("decrypt_error", "decode_error")),
    "a_signature_with_pkcs1": ("certificate_verify", {"algorithm": RSA_PKCS1_SHA256}, ("illegal_parameter",)),
    "a_signature_with_sha1": ("certificate_verify", {"algorithm": ECDSA_SHA1}, ("illegal_parameter",)),
    "a_scheme_that_nobody_knows": ("certificate_verify", {"algorithm": 0xFAFA}, ("illegal_parameter",)),
    "a_scheme_of_another_key": ("certificate_verify", {"algorithm": RSA_PSS_SHA256}, ("illegal_parameter",)),
    "a_scheme_of_another_curve": ("certificate_verify", {"algorithm": ECDSA_SECP384R1}, ("illegal_parameter",)),
    "a_wrong_finished": ("finished", {"verify_data": flipped}, ("decrypt_error",)),
    "ssl_3": ("server_hello", {"legacy_version": 0x0300}, ("protocol_version",)),
    "a_ticket_that_was_not_offered": (
        "server_hello",
        {PRE_SHARED_KEY: b"\0\0"},
        ("unsupported_extension", "illegal_parameter"),
    ),
    "psk_modes_in_encrypted_extensions": (
        "encrypted_extensions",
        {PSK_MODES: b"\1\1"},
        ("illegal_parameter", "unsupported_extension"),
    ),
    "an_extension_of_a_certificate": (
        "certificate",
        {"certificate_list": extended},
        ("unsupported_extension", "illegal_parameter"),
    ),
}

FROM_CLIENTS = {
    "no_suite_at_all": ("client_hello", without_suites, ("illegal_parameter", "decode_error")),
    "no_suite_in_common": ("client_hello", {"cipher_suites": (0xFAFA,)}, ("handshake_failure",)),
    "compression": ("client_hello", {"legacy_compression_methods": (1, 0)}, ("illegal_parameter",)),
    "no_compression_method": (
        "client_hello",
        {"legacy_compression_methods": (1,)},
        ("illegal_parameter", "decode_error"),
    ),
    "no_version_in_common": ("client_hello", {SUPPORTED_VERSIONS: b"\2\x03\x05"}, ("protocol_version",)),
    "no_version_at_all": ("client_hello", {SUPPORTED_VERSIONS: b"\0"}, ("decode_error", "protocol_version")),
    "half_a_version": ("client_hello", {SUPPORTED_VERSIONS: b"\3\3\4\3"}, ("decode_error", "protocol_version")),
    "no_supported_groups": ("client_hello", {SUPPORTED_GROUPS: None}, ("missing_extension",)),
    "no_signature_algorithms": ("client_hello", {SIGNATURE_ALGORITHMS: None}, ("missing_extension",)),
    "no_key_share": ("client_hello", {KEY_SHARE: None}, ("missing_extension",)),
    "no_group_in_common": (
        "client_hello",
        {SUPPORTED_GROUPS: b"\0\2\xfa\xfa"},
        ("handshake_failure", "illegal_parameter"),
    ),
    "no_scheme_in_common": ("client_hello", {SIGNATURE_ALGORITHMS: b"\0\2\xfa\xfa"}, ("handshake_failure",)),
    "half_a_scheme": ("client_hello", {SIGNATURE_ALGORITHMS: b"\0\3\4\3\4"}, ("decode_error",)),
    "a_share_of_another_length": (
        "client_hello",
        {KEY_SHARE: lambda share: with_length(share[2:4] + with_length(first_share(share)[1][:-1]))},
        ("illegal_parameter",),
    ),
    "half_a_share": ("client_hello", {KEY_SHARE: lambda share: with_length(share[2:-1])}, ("decode_error",)),
    "a_share_that_leads_to_nothing": (
        "client_hello",
        {KEY_SHARE: lambda share: share[:6] + bytes(32)},
        ("illegal_parameter",),
    ),
    "post_handshake_auth_with_content": ("client_hello", {POST_HANDSHAKE_AUTH: b"!"}, ("decode_error",)),
    "two_server_names": ("client_hello", {SERVER_NAME: with_length(HOST_NAME * 2)}, ("decode_error",)),
    "a_server_name_of_another_type": (
        "client_hello",
        {SERVER_NAME: with_length(b"\1" + HOST_NAME[1:])},
        ("decode_error",),
    ),
    "a_server_name_with_a_null": (
        "client_hello",
        {SERVER_NAME: with_length(b"\0" + with_length(b"a\0b"))},
        ("unrecognized_name",),
    ),
    "a_server_name_too_long": (
        "client_hello",
        {SERVER_NAME: with_length(b"\0" + with_length(b"a" * 256))},
        ("unrecognized_name",),
    ),
    "an_empty_server_name_list": ("client_hello", {SERVER_NAME: b"\0\0"}, ("decode_error",)),
    "an_empty_server_name": (
        "client_hello",
        {SERVER_NAME: b"\0\3\0\0\0"},
        ("decode_error", "illegal_parameter", "unrecognized_name"),
    ),
    "an_empty_alpn_list": ("client_hello", {ALPN: b"\0\0"}, ("decode_error",)),
    "an_empty_alpn_name": ("client_hello", {ALPN: b"\0\1\0"}, ("decode_error", "illegal_parameter")),
    "a_certificate_with_context": (
        "certificate",
        {"certificate_request_context": b"c"},
        ("illegal_parameter", "decode_error"),
    ),
    "no_certificate": ("certificate", {"certificate_list": ()}, ("certificate_required",)),
    "a_signature_by_somebody_else": ("certificate_verify", {"signature": flipped}, ("decrypt_error",)),
    "a_signature_of_no_bytes": ("certificate_verify", {"signature": b""}, ("decrypt_error", "decode_error")),
    "a_signature_with_pkcs1": ("certificate_verify", {"algorithm": RSA_PKCS1_SHA256}, ("illegal_parameter",)),
    "a_scheme_that_nobody_knows": ("certificate_verify", {"algorithm": 0xFAFA}, ("illegal_parameter",)),
    "a_scheme_of_another_key": ("certificate_verify", {"algorithm": RSA_PSS_SHA256}, ("illegal_parameter",)),
    "a_scheme_of_another_curve": ("certificate_verify", {"algorithm": ECDSA_SECP384R1}, ("illegal_parameter",)),
    "a_wrong_finished": ("finished", {"verify_data": flipped}, ("decrypt_error",)),
    "no_supported_versions": ("client_hello", {SUPPORTED_VERSIONS: None}, ("protocol_version",)),
    "an_extension_of_a_certificate": (
        "certificate",
        {"certificate_list": extended},
        ("unsupported_extension", "illegal_parameter"),
    ),
}


@pytest.mark.roles("client")
@pytest.mark.parametrize("case", FROM_SERVERS)
@pytest.mark.clause(
    "RFC 8446 4.1.3:answers-the-offer",
    "RFC 8446 D.5:nothing-older",
    "RFC 8446 4.2.11:answer-fits",
    "RFC 8446 4.4.2:extensions-answer",
    "RFC 8446 6.2:illegal-parameter",
    "RFC 8446 6.2:unsupported-extension",
    "RFC 8446 6.2:decrypt-error",
    "RFC 8446 4.2:unasked-extension-refused",
    "RFC 8446 4.2.1:selected-version",
    "RFC 8446 4.2.8:share-fits",
    "RFC 8446 4.3.1:misplaced-extension-refused",
    "RFC 8446 4.3.2:algorithms-named",
    "RFC 8446 4.4.2:server-not-empty",
    "RFC 8446 4.4.3:signature-verified",
    "RFC 8446 4.4.4:finished-verified",
)
def test_what_a_server_must_not_say(pair, trial, case):
    """A server that says what TLS 1.3 forbids is refused with the alert that the RFC has for it."""
    message, change, alerts = FROM_SERVERS[case]
    pair.peer.settings.groups = ("X25519",)
    pair.peer.change(message, change)
    trial.refused(*alerts)


@pytest.mark.roles("server")
@pytest.mark.parametrize("case", FROM_CLIENTS)
@pytest.mark.clause(
    "RFC 8446 4.1.1:no-common-suite",
    "RFC 8446 4.1.2:no-compression",
    "RFC 8446 4.2.1:absent-means-older",
    "RFC 8446 4.2.6:empty",
    "RFC 8446 4.4.2:extensions-answer",
    "RFC 8446 6.2:illegal-parameter",
    "RFC 8446 6.2:missing-extension",
    "RFC 8446 6.2:decrypt-error",
    "RFC 8446 4.2:malformed-extension-refused",
    "RFC 8446 4.2.1:nothing-in-common",
    "RFC 8446 9.2:missing-extension-refused",
    "RFC 8446 4.2.8:share-fits",
    "RFC 8446 4.4.2.4:no-certificate-refused",
    "RFC 8446 4.4.3:signature-verified",
    "RFC 8446 4.4.4:finished-verified",
)
def test_what_a_client_must_not_say(pair, trial, case):
    """A client that says what TLS 1.3 forbids is refused with the alert that the RFC has for it."""
    message, change, alerts = FROM_CLIENTS[case]
    pair.peer.settings.groups = ("X25519",)
    pair.peer.change(message, change)
    trial.refused(*alerts)


@pytest.mark.roles("client")
@pytest.mark.clause("RFC 8446 4.2.1:versions-decide")
def test_the_old_version_field_says_nothing(pair, trial):
    """Where supported_versions has selected TLS 1.3, a client ignores what legacy_version says."""
    pair.peer.change_fields("server_hello", legacy_version=0x0302)
    trial.goes_on()


@pytest.mark.messages("client_hello", "server_hello", "encrypted_extensions", "certificate_request")
@pytest.mark.clause("RFC 8446 4.2:duplicate-extension-refused")
def test_an_extension_twice(pair, trial, message):
    """No extension comes twice in a message."""
    pair.peer.settings.alpn = ("h2",)
    pair.subject_context.set_alpn_protocols(["h2"])
    pair.peer.repeat_extension(message)
    trial.refused("illegal_parameter", "decode_error")


@pytest.mark.roles("client")
@pytest.mark.parametrize(
    ("number", "data", "alerts"),
    [
        (KEY_SHARE, X25519, ("illegal_parameter",)),
        (EARLY_DATA, b"\0\0", ("decode_error",)),
    ],
    ids=["key_share", "half_a_limit_of_early_data"],
)
@pytest.mark.clause("RFC 8446 4.3.1:misplaced-extension-refused", "RFC 8446 4.2:malformed-extension-refused")
def test_a_ticket_with_what_does_not_belong_there(pair, trial, number, data, alerts):
    """A ticket that holds an extension of another message, or half of one of its own, ends the connection."""
    pair.peer.change_extension("new_session_ticket", number, data)
    trial.refused(*alerts)


def with_an_extension_too_long(body):
    """A Certificate whose last entry has an extension that goes on behind the end of the entry's extensions."""
    assert body.endswith(b"\0\0")
    entries = body[4:-2] + b"\0\4" + EXTRA + b"\0\2" + b"??"
    return body[:1] + len(entries).to_bytes(3, "big") + entries


@pytest.mark.messages("certificate")
@pytest.mark.clause("RFC 8446 6.2:decode-error")
def test_an_extension_that_goes_on_too_long(pair, trial, message):
    """An extension that does not end where the list of them ends cannot be decoded: decode_error."""
    pair.peer.change_body(message, with_an_extension_too_long)
    trial.refused("decode_error")


@pytest.mark.roles("server")
@pytest.mark.clause("RFC 8446 4.2.8:share-fits")
def test_a_hybrid_share_of_another_length(pair, trial):
    """Half of a hybrid share is none; who does not know the group at all has none in common with such a client."""
    pair.peer.settings.groups = ("X25519MLKEM768",)
    pair.peer.change_extension("client_hello", KEY_SHARE, lambda _: with_length(HYBRID + with_length(bytes(100))))
    trial.refused("illegal_parameter", "handshake_failure")


@pytest.mark.roles("server")
@pytest.mark.parametrize("version", [0x0301, 0x0302, 0x0304, 0x0305], ids=["tls10", "tls11", "tls13", "tls14"])
@pytest.mark.clause("RFC 8446 4.2.1:versions-decide")
def test_the_old_version_field_of_a_client_says_nothing(pair, trial, version):
    """Where supported_versions offers TLS 1.3, a server ignores what legacy_version says."""
    pair.peer.change_fields("client_hello", legacy_version=version)
    trial.goes_on()


@pytest.mark.roles("client")
@pytest.mark.level("should")
@pytest.mark.clause("RFC 8446 4.3.2:empty-context")
def test_a_request_with_a_context(pair, trial):
    """A request in the handshake has no context; OpenSSL takes one, and forgets it in its answer."""
    pair.peer.change_fields("certificate_request", certificate_request_context=b"c")
    trial.refused("illegal_parameter", "decode_error")
