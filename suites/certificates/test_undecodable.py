"""Certificates that are none: bytes that do not decode, alone or beside a good one, in either role and version."""

from types import SimpleNamespace

import pytest

pytestmark = [
    pytest.mark.peers("scripted"),
    pytest.mark.deliveries("whole"),
    pytest.mark.clause("RFC 5246 7.2.2:right-alert", "RFC 8446 6.2:right-alert"),
]

WRONG = {
    "garbage": lambda _: b"garbage",
    "empty": lambda _: b"\x30\x00",
    "cut": lambda good: good[:-1],
    "extended": lambda good: good + b"\0",
}


def present(pair, impl, change):
    """The peer shows what `change` makes of the certificates that it has; the subject wants to believe it."""
    if pair.server_side:
        pair.peer.settings.certificate = "client"
        pair.subject_context.verify_mode = impl.CERT_REQUIRED
        pair.subject_context.load_verify_locations(pair.pki.authority())
    pair.peer.change_fields("certificate", certificate_list=change)


def changed(entry, change):
    """An entry of the list, which in TLS 1.3 is more than a certificate."""
    if isinstance(entry, bytes):
        return change(entry)
    return type(entry)(change(entry.cert_data), entry.extensions)


def refused(pair, impl):
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
        pair.read(1)
    return SimpleNamespace(error=caught.value, alert=pair.peer.alert_seen)


@pytest.mark.parametrize("how", WRONG)
@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside"])
def test_what_is_no_certificate_is_refused(pair, impl, how, beside):
    """Whatever is sent for a certificate and is none ends the handshake, though only the first had to be one."""

    def change(entries):
        wrong = changed(entries[0], WRONG[how])
        return (entries[0], wrong) if beside else (wrong,)

    present(pair, impl, change)
    outcome = refused(pair, impl)
    assert not isinstance(outcome.error, impl.SSLCertVerificationError)
    # OpenSSL names no reason where its ASN.1 does not decode.
    assert outcome.error.reason == ("CERT_LENGTH_MISMATCH" if how == "extended" else None)
    assert outcome.error.errno == 1
    malformed = "decode_error" if how == "extended" or pair.server_side else "bad_certificate"
    assert outcome.alert == malformed


@pytest.mark.roles("client")
@pytest.mark.level("observed")
def test_a_key_that_nobody_knows(pair, impl):
    """With CERT_NONE nothing is verified, but a key of an unknown kind is no use: OpenSSL says internal_error."""
    pair.subject_context.check_hostname = False
    pair.subject_context.verify_mode = impl.CERT_NONE
    curve = bytes.fromhex("06072a8648ce3d0201")

    def change(entries):
        assert curve in pair.pki.der("server")
        return tuple(changed(entry, lambda good: good.replace(curve, curve[:-1] + b"\x09", 1)) for entry in entries)

    present(pair, impl, change)
    outcome = refused(pair, impl)
    assert outcome.error.reason == "UNABLE_TO_FIND_PUBLIC_KEY_PARAMETERS"
    assert outcome.alert == "internal_error"
