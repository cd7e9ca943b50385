"""How a signature's algorithm is described (RFC 5280 4.1.1.2): what cannot be understood verifies nothing."""

import pytest

pytestmark = [
    pytest.mark.roles("client"),
    pytest.mark.versions("tls13"),
    pytest.mark.peers("scripted"),
    pytest.mark.deliveries("whole"),
]


def trusting(pair, root, name):
    """The subject trusts `root` besides, and the peer presents `name`."""
    pair.subject_context.load_verify_locations(pair.pki.authority(root))
    pair.peer.settings.certificate = name


@pytest.mark.clause("RFC 5280 4.1.1.2:algorithms-agree", "RFC 5280 6.1.3:signature")
@pytest.mark.parametrize("what", ["within", "unknown", "parameters", "short"])
def test_a_signature_by_what_is_no_algorithm_is_refused(pair, impl, what):
    """The algorithm has to be known, the same within and without, and without parameters that it does not have.

    The signature itself is that of ECDSA with SHA-256, and good.
    """
    trusting(pair, "root", f"suited-{what}")
    with pytest.raises(impl.SSLError):
        pair.shake_hands()
    assert not pair.peer.completes()


PADDINGS = [
    "more",
    "mask",
    "mask-type",
    "mask-long",
    "mask-short",
    "mask-hash",
    "hash",
    "salt",
    "trailer",
    "none",
    "long",
    "integer",
]


@pytest.mark.clause("RFC 4055 3.1:parameters", "RFC 5280 6.1.3:signature")
@pytest.mark.parametrize("what", PADDINGS, ids=[what.replace("-", "_") for what in PADDINGS])
def test_an_rsassa_pss_signature_has_sound_parameters(pair, impl, what):
    """Parameters of RSASSA-PSS that are malformed, or not the signature's, verify nothing, good as the signature is."""
    trusting(pair, "pss-root", f"padded-{what}")
    pair.subject_context.set_ciphers("DEFAULT:@SECLEVEL=0")  # where weak hashes are no reason to refuse
    with pytest.raises(impl.SSLError):
        pair.shake_hands()
    assert not pair.peer.completes()


@pytest.mark.clause("RFC 4055 3.1:parameters", "RFC 5280 6.1.3:signature")
@pytest.mark.parametrize(("root", "name"), [("root", "suited"), ("pss-root", "padded")], ids=["ecdsa", "rsassa_pss"])
def test_the_same_signature_well_described_is_accepted(pair, root, name):
    """The certificates of which those are variants are good."""
    trusting(pair, root, name)
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der(name)


@pytest.mark.clause("RFC 5280 6.1.3:signature")
def test_an_authority_whose_key_nobody_knows_vouches_for_nobody(pair, impl):
    """A trusted authority with a key of an unknown kind verifies no signature."""
    pair.subject_context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    trusting(pair, "again-unknown-key", "server")
    with pytest.raises(impl.SSLCertVerificationError):
        pair.shake_hands()
