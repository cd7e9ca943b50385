"""What the error calls a fault of the peer: OpenSSL's mnemonics, which programs look at and logs are searched for.

Two names where OpenSSL has changed its mind: since 3.2 it names the layer alone for what is wrong with a record.
"""

import pytest

pytestmark = [
    pytest.mark.peers("scripted"),
    pytest.mark.deliveries("whole"),
    pytest.mark.level("observed"),
    pytest.mark.clause("ssl.SSLError:reason"),
]

client, server = pytest.mark.roles("client"), pytest.mark.roles("server")
tls12, tls13 = pytest.mark.versions("tls12"), pytest.mark.versions("tls13")
CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA = 20, 21, 22, 23
SUPPORTED_GROUPS, SIGNATURE_ALGORITHMS, SUPPORTED_VERSIONS, RENEGOTIATION_INFO = 10, 13, 43, 0xFF01
LAYER = "RECORD_LAYER_FAILURE"


def longer(body):
    return body + b"\0"


def is_called(trial, pair, case):
    fault, *reasons = case
    fault(pair.peer)
    error = trial.fails()
    assert error.reason in reasons
    assert error.library == "SSL"


ALIKE = {
    "finished_of_another_length": (lambda peer: peer.change_body("finished", longer), "BAD_DIGEST_LENGTH"),
    "alert_of_three_bytes": (lambda peer: peer.replace("certificate", ALERT, b"\2\x28\0"), "INVALID_ALERT"),
    "alert_of_one_byte": (lambda peer: peer.replace("certificate", ALERT, b"\2"), "INVALID_ALERT"),
}


@pytest.mark.parametrize("case", ALIKE)
def test_of_either_end_and_version(pair, trial, case):
    """What is wrong with a record, an alert or a Finished is called alike at both ends and in both versions."""
    is_called(trial, pair, ALIKE[case])


OF_SERVERS_13 = {
    "unknown_suite": (
        lambda peer: peer.change_fields("server_hello", cipher_suite=0xFAFA),
        "UNKNOWN_CIPHER_RETURNED",
    ),
    "keys_change_within_a_record": (lambda peer: peer.repeat("server_hello"), "NOT_ON_RECORD_BOUNDARY"),
    "data": (lambda peer: peer.insert("certificate", APPLICATION_DATA, b"data"), "UNEXPECTED_RECORD"),
}


EMPTY = {
    "alert": (lambda peer: peer.replace("finished", ALERT, b""), "BAD_LENGTH", LAYER),
    "handshake": (lambda peer: peer.insert("finished", HANDSHAKE, b""), "BAD_LENGTH", LAYER),
}


@tls13
@pytest.mark.parametrize("case", EMPTY)
def test_of_a_record_of_no_bytes(pair, trial, case):
    """In TLS 1.3 a protected record that must not be empty has a name, which is that of the layer now."""
    is_called(trial, pair, EMPTY[case])


@client
@tls13
@pytest.mark.parametrize("case", OF_SERVERS_13)
def test_of_a_server_of_tls_1_3(pair, trial, case):
    """What a server of TLS 1.3 does wrong has a name."""
    is_called(trial, pair, OF_SERVERS_13[case])


OF_SERVERS_12 = {
    "unknown_suite": (
        lambda peer: peer.change_fields("server_hello", cipher_suite=0xFAFA),
        "UNKNOWN_CIPHER_RETURNED",
    ),
    "scheme_of_another_key": (
        lambda peer: peer.change_fields(
            "server_key_exchange", body=lambda body: body[: 4 + body[3]] + b"\4\1" + body[6 + body[3] :]
        ),
        "WRONG_SIGNATURE_TYPE",
    ),
}


@client
@tls12
@pytest.mark.parametrize("case", OF_SERVERS_12)
def test_of_a_server_of_tls_1_2(pair, trial, case):
    """What a server of TLS 1.2 does wrong has a name."""
    is_called(trial, pair, OF_SERVERS_12[case])


OF_CLIENTS_13 = {
    "compression_alone": (
        lambda peer: peer.change_fields("client_hello", legacy_compression_methods=(1,)),
        "REQUIRED_COMPRESSION_ALGORITHM_MISSING",
        "NO_COMPRESSION_SPECIFIED",
    ),
    "shares_without_groups": (
        lambda peer: peer.change_extension("client_hello", SUPPORTED_GROUPS, None),
        "MISSING_SUPPORTED_GROUPS_EXTENSION",
    ),
}


@server
@tls13
@pytest.mark.parametrize("case", OF_CLIENTS_13)
def test_of_a_client_of_tls_1_3(pair, trial, case):
    """What a client of TLS 1.3 does wrong has a name."""
    is_called(trial, pair, OF_CLIENTS_13[case])


OF_CLIENTS_12 = {
    "half_a_renegotiation_info": (
        lambda peer: peer.change_extension("client_hello", RENEGOTIATION_INFO, b"\1"),
        "RENEGOTIATION_ENCODING_ERR",
    ),
    "no_scheme_in_common": (
        lambda peer: peer.change_extension("client_hello", SIGNATURE_ALGORITHMS, b"\0\2\xfa\xfa"),
        "NO_SHARED_SIGNATURE_ALGORITHMS",
        "NO_SUITABLE_SIGNATURE_ALGORITHM",
    ),
    "ssl_3": (
        lambda peer: peer.change_fields("client_hello", legacy_version=0x0300, extensions={}),
        "VERSION_TOO_LOW",
        "UNSUPPORTED_PROTOCOL",
    ),
    "no_point": (
        lambda peer: peer.change_fields("client_key_exchange", exchange_keys=b""),
        "MISSING_TMP_ECDH_KEY",
        "LENGTH_MISMATCH",
    ),
}


@server
@tls12
@pytest.mark.parametrize("case", OF_CLIENTS_12)
def test_of_a_client_of_tls_1_2(pair, trial, case):
    """What a client of TLS 1.2 does wrong has a name."""
    is_called(trial, pair, OF_CLIENTS_12[case])


@server
@tls13
def test_of_a_client_that_was_asked_again(pair, trial):
    """A client that takes back the suite that was chosen has a name."""
    pair.subject_context.set_ecdh_curve("secp384r1")
    pair.peer.settings.groups = ("X25519", "secp384r1")
    pair.peer.let_pass("client_hello", lambda: pair.peer.change_fields("client_hello", cipher_suites=(0x1301,)))
    assert trial.fails().reason == "BAD_CIPHER"


@client
@pytest.mark.versions
def test_of_a_server_that_asks_again_and_is_old(pair, trial):
    """A server that asks in TLS 1.3 and answers in TLS 1.2 has a name."""
    pair.peer.settings.groups = ("secp384r1",)
    pair.peer.change_extension("server_hello", SUPPORTED_VERSIONS, None)
    assert trial.fails().reason == "WRONG_SSL_VERSION"


@tls12
def test_of_keys_that_change_again(pair, trial):
    """A change_cipher_spec under the keys of TLS 1.2 has a name."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_record(CHANGE_CIPHER_SPEC, b"\2")
    assert trial.attempt(pair.subject.read, 1).reason == "CCS_RECEIVED_EARLY"


@server
@tls12
def test_of_a_client_without_a_public_value(pair, trial):
    """A client of DHE that sends no number has a name."""
    pair.subject_context.load_cert_chain(*pair.pki["rsa"])
    pair.subject_context.load_dh_params(pair.pki.path("dh-parameters.pem"))
    pair.subject_context.set_ciphers("DHE-RSA-AES128-GCM-SHA256")
    pair.peer.settings.ciphers = "DHE-RSA-AES128-GCM-SHA256"
    pair.peer.change_fields("client_key_exchange", exchange_keys=b"\0\0")
    assert trial.fails().reason == "MISSING_TMP_DH_KEY"


@client
@tls12
def test_of_keys_that_change_within_a_message(pair, trial):
    """A change_cipher_spec between the halves of a message has a name."""
    pair.peer.interrupt("certificate", CHANGE_CIPHER_SPEC, b"\1")
    assert trial.fails().reason == "CCS_RECEIVED_EARLY"


@pytest.mark.roles("client", "server")
@tls13
@pytest.mark.since("3.14")
@pytest.mark.feature("HAS_PHA")
def test_questions_that_cannot_be_asked_are_numbered(pair):
    """The errno of an error that a program has brought about itself is OpenSSL's number of the reason."""
    pair.subject_context.post_handshake_auth = True
    with pytest.raises(pair.impl.SSLError) as caught:
        pair.subject.verify_client_post_handshake()
    assert (caught.value.reason, caught.value.errno) == ("WRONG_SSL_VERSION", 266)
    pair.shake_hands()
    with pytest.raises(pair.impl.SSLError) as caught:
        pair.subject.verify_client_post_handshake()
    number = 279 if pair.server_side else 284
    reason = "EXTENSION_NOT_RECEIVED" if pair.server_side else "NOT_SERVER"
    assert (caught.value.reason, caught.value.errno) == (reason, number)
