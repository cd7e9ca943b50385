"""Which alert RFC 8446 6.2 has for which fault of a certificate, where it says so plainly."""

import pytest

pytestmark = pytest.mark.deliveries("whole")


@pytest.mark.clause("RFC 5246 7.2.2:right-alert", "RFC 8446 6.2:right-alert")
@pytest.mark.parametrize(
    ("name", "alert"),
    [
        ("expired", {"certificate_expired"}),
        ("expired-issuer", {"certificate_expired"}),
        ("other-server", {"unknown_ca"}),
        ("self-signed", {"unknown_ca"}),
        ("no-intermediate", {"unknown_ca"}),
        ("broken-signature", {"bad_certificate", "decrypt_error"}),
        ("code-only", {"unsupported_certificate"}),
        ("unknown-critical", {"certificate_unknown", "unsupported_certificate", "bad_certificate"}),
    ],
    ids=[
        "expired",
        "issuer_expired",
        "unknown_authority",
        "self_signed",
        "no_intermediate",
        "bad_signature",
        "other_purpose",
        "unknown_critical",
    ],
)
@pytest.mark.level("should")
@pytest.mark.peers("module", "openssl", "gnutls")
def test_the_alert_says_what_is_wrong(pair, impl, name, alert):
    """The alert that the peer gets is the one that RFC 8446 describes for the fault."""
    refuse(pair, name)
    assert pair.peer.alert_seen in alert


@pytest.mark.clause("RFC 5246 7.2.2:right-alert", "RFC 8446 6.2:not-yet-valid")
@pytest.mark.level("should")
def test_not_yet_valid_is_told_as_expired(pair, impl):
    """RFC 8446 6.2 has certificate_expired for a certificate that "has expired or is not currently valid"."""
    refuse(pair, "not-yet-valid")
    assert pair.peer.alert_seen == "certificate_expired"


@pytest.mark.clause("RFC 8446 6.2:alert-with-error", "ssl.SSLSocket.do_handshake:alert")
def test_the_alert_is_there_when_the_exception_is(pair, impl):
    """When do_handshake() raises, the alert stands in the outgoing BIO, so that the peer can be told."""
    present(pair, "other-server")
    with pytest.raises(impl.SSLCertVerificationError):
        pair.shake_hands()
    assert pair.peer.alert_seen == "unknown_ca"
    assert pair.subject_outgoing.read() == b""


def present(pair, name):
    """The peer presents `name`, and the subject, whichever role it has, wants a certificate that root vouches for."""
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None
    if pair.server_side:
        pair.subject_context.verify_mode = pair.impl.CERT_REQUIRED
        pair.subject_context.load_verify_locations(pair.pki.authority())


def refuse(pair, name):
    """The subject refuses `name`."""
    present(pair, name)
    with pytest.raises(pair.impl.SSLCertVerificationError):
        pair.shake_hands()
