"""The translation of the engine's faults into ssl's exceptions."""

from __future__ import annotations

import pytest

import refssl
from refssl import errors
from refssl.engine.alerts import AlertDescription
from refssl.engine.faults import AlertReceived, CertificateRefused, Fault, ProtocolError


@pytest.mark.parametrize(
    ("description", "reason", "text"),
    [
        (10, "SSLV3_ALERT_UNEXPECTED_MESSAGE", "ssl/tls alert unexpected message"),
        (40, "SSLV3_ALERT_HANDSHAKE_FAILURE", "ssl/tls alert handshake failure"),
        (42, "SSLV3_ALERT_BAD_CERTIFICATE", "ssl/tls alert bad certificate"),
        (48, "TLSV1_ALERT_UNKNOWN_CA", "tlsv1 alert unknown ca"),
        (70, "TLSV1_ALERT_PROTOCOL_VERSION", "tlsv1 alert protocol version"),
        (109, "TLSV13_ALERT_MISSING_EXTENSION", "tlsv13 alert missing extension"),
        (112, "TLSV1_UNRECOGNIZED_NAME", "tlsv1 unrecognized name"),
        (116, "TLSV13_ALERT_CERTIFICATE_REQUIRED", "tlsv13 alert certificate required"),
        (120, "TLSV1_ALERT_NO_APPLICATION_PROTOCOL", "tlsv1 alert no application protocol"),
    ],
)
def test_an_alert_gets_openssls_reason(description: int, reason: str, text: str) -> None:
    error = errors.from_fault(AlertReceived(description))
    assert type(error) is refssl.SSLError
    assert (error.errno, error.library, error.reason) == (1, "SSL", reason)
    assert str(error) == error.strerror == f"[SSL: {reason}] {text} (refssl)"


def test_every_alert_of_the_registry_has_a_reason_but_close_notify() -> None:
    assert {int(alert) for alert in AlertDescription} - set(errors.ALERT_REASONS) == {0}


def test_an_unknown_alert_is_an_error_without_a_reason() -> None:
    error = errors.from_fault(AlertReceived(255))
    assert type(error) is refssl.SSLError
    assert (error.library, error.reason) == ("SSL", None)


def test_a_protocol_error_keeps_its_reason() -> None:
    error = errors.from_fault(ProtocolError(None, "WRONG_VERSION_NUMBER"))
    assert str(error) == "[SSL: WRONG_VERSION_NUMBER] wrong version number (refssl)"
    assert error.reason == "WRONG_VERSION_NUMBER"


def test_a_refused_certificate_tells_code_and_message() -> None:
    error = errors.from_fault(
        CertificateRefused(AlertDescription.UNKNOWN_CA, 20, "unable to get local issuer certificate")
    )
    assert isinstance(error, refssl.SSLCertVerificationError)
    assert isinstance(error, ValueError)
    assert (error.verify_code, error.verify_message) == (20, "unable to get local issuer certificate")
    assert error.reason == "CERTIFICATE_VERIFY_FAILED"
    assert "unable to get local issuer certificate" in str(error)


def test_a_fault_without_a_translation_is_not_passed_over() -> None:
    with pytest.raises(NotImplementedError):
        errors.from_fault(Fault())


def test_errors_of_the_operations() -> None:
    assert errors.want_read().errno == refssl.SSL_ERROR_WANT_READ
    assert errors.want_write().errno == refssl.SSL_ERROR_WANT_WRITE
    assert errors.zero_return().errno == refssl.SSL_ERROR_ZERO_RETURN
    assert errors.unexpected_eof().reason == "UNEXPECTED_EOF_WHILE_READING"
    assert "UNEXPECTED_EOF_WHILE_READING" in errors.unexpected_eof().strerror
    assert (errors.dead_connection().errno, errors.dead_connection().reason) == (refssl.SSL_ERROR_EOF, None)


def test_an_error_made_by_hand_has_neither_library_nor_reason() -> None:
    error = refssl.SSLError("x")
    assert not hasattr(error, "reason")
    assert str(error) == "('x',)"
    assert str(refssl.SSLError(1, "y")) == "y"


def test_the_hierarchy_is_ssls() -> None:
    for kind in ("ZeroReturn", "WantRead", "WantWrite", "Syscall", "EOF"):
        assert getattr(refssl, f"SSL{kind}Error").__mro__[1:3] == (refssl.SSLError, OSError)
    assert refssl.CertificateError is refssl.SSLCertVerificationError
