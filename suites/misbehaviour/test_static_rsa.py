"""Key exchange by RSA encryption: whatever is wrong with a client's secret is told alike (RFC 5246 7.4.7.1)."""

import pytest

pytestmark = [
    pytest.mark.peers("scripted"),
    pytest.mark.roles("server"),
    pytest.mark.versions("tls12"),
    pytest.mark.deliveries("whole"),
]

SUITE = "AES128-GCM-SHA256"
GARBAGE = {
    "not_encrypted": lambda secret: b"\1" * len(secret),
    "zero": lambda secret: bytes(len(secret)),
    "altered": lambda secret: secret[:-1] + bytes([secret[-1] ^ 1]),
}


def prepare(pair, impl):
    pair.subject_context = context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    context.maximum_version = impl.TLSVersion.TLSv1_2
    context.set_ciphers(SUITE)
    context.load_cert_chain(*pair.pki["rsa"])
    pair.peer.settings.ciphers = SUITE


@pytest.mark.clause("RFC 5246 7.3:handshake")
def test_nothing_is_wrong(pair, impl):
    """The control: what was encrypted as it should be is the secret of both."""
    prepare(pair, impl)
    pair.shake_hands()
    pair.greet()
    assert pair.subject.cipher()[0] == SUITE


@pytest.mark.parametrize("what", GARBAGE)
@pytest.mark.clause("RFC 5246 7.4.7.1:indistinguishable")
def test_a_secret_that_is_none(pair, impl, what):
    """Whatever a client has encrypted, the server goes on until Finished, and finds nothing wrong but that."""
    prepare(pair, impl)
    pair.peer.change_fields("client_key_exchange", exchange_keys=lambda keys: keys[:2] + GARBAGE[what](keys[2:]))
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason in ("DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "RECORD_LAYER_FAILURE")
    assert pair.peer.alert_seen == "bad_record_mac"
