"""Flags of OpenSSL's X509_VERIFY_PARAM for which ssl has no names: verify_flags takes them as numbers."""

import pytest

pytestmark = [
    pytest.mark.roles("client"),
    pytest.mark.versions("tls13"),
    pytest.mark.deliveries("whole"),
    pytest.mark.level("observed"),
    pytest.mark.clause("ssl.SSLContext.verify_flags:unnamed"),
]

USE_CHECK_TIME = 0x2
CHECK_SS_SIGNATURE = 0x4000
SUITE_B_128_ONLY = 0x10000
SUITE_B_192 = 0x20000
SUITE_B_128 = SUITE_B_128_ONLY | SUITE_B_192
PARTIAL_CHAIN = 0x80000
NO_CHECK_TIME = 0x200000
OCSP_RESP_CHECK = 0x400000


def trusting(pair, root, name, flags):
    """The subject trusts this root alone, under these flags; the peer presents `name`."""
    pair.subject_context = pair.impl.SSLContext(pair.impl.PROTOCOL_TLS_CLIENT)
    pair.subject_context.load_verify_locations(pair.pki.authority(root))
    pair.subject_context.verify_flags |= flags
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None


GOOD = [
    ("again-old", "timed", USE_CHECK_TIME),
    ("again-old", "timed-second", USE_CHECK_TIME),
    ("root", "expired", NO_CHECK_TIME),
    ("again-broken", "server", 0),
    ("root", "server", CHECK_SS_SIGNATURE),
    ("intermediate", "server-intermediate", CHECK_SS_SIGNATURE | PARTIAL_CHAIN),
    ("self-signed", "self-signed", OCSP_RESP_CHECK),
    ("root", "suited", SUITE_B_128_ONLY),
    ("root", "suited", SUITE_B_128),
]
BAD = [
    ("again-old", "timed-out", USE_CHECK_TIME, 10),
    ("root", "server", USE_CHECK_TIME, 9),
    ("again-broken", "server", CHECK_SS_SIGNATURE, 7),
    ("root", "server", OCSP_RESP_CHECK, 74),
    ("version-1-root", "version-1-issuer", SUITE_B_128_ONLY, 56),
    ("root", "rsa", SUITE_B_128, 57),
    ("root", "suited-p521", SUITE_B_128, 58),
    ("root", "suited-sha384", SUITE_B_128, 59),
    ("root", "suited", SUITE_B_192, 60),
    ("root", "suited-p384", SUITE_B_128, 61),
]
NAMES = {
    USE_CHECK_TIME: "at_time_0",
    NO_CHECK_TIME: "at_no_time",
    0: "by_default",
    CHECK_SS_SIGNATURE: "self_signature",
    CHECK_SS_SIGNATURE | PARTIAL_CHAIN: "no_self_signature",
    OCSP_RESP_CHECK: "stapled_answer",
    SUITE_B_128_ONLY: "suite_b_128_only",
    SUITE_B_192: "suite_b_192",
    SUITE_B_128: "suite_b_128",
}


def ids(rows):
    return [f"{NAMES[flags]}_{name.replace('-', '_')}" for _, name, flags, *_ in rows]


@pytest.mark.parametrize(("root", "name", "flags"), GOOD, ids=ids(GOOD))
def test_what_a_flag_does_not_mind_is_accepted(pair, root, name, flags):
    """Each flag asks for one thing, or forgives one, and for nothing else."""
    trusting(pair, root, name, flags)
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der(name)


@pytest.mark.parametrize(("root", "name", "flags", "code"), BAD, ids=ids(BAD))
def test_what_a_flag_asks_for_is_demanded(pair, impl, root, name, flags, code):
    """The time that is set (which cannot be set: it is 0), the root's own signature, a stapled answer, Suite B."""
    trusting(pair, root, name, flags)
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == code
