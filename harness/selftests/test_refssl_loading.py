"""Credentials, trust and the contexts for a purpose: what is loaded, from where, and what cannot be."""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import Any

import pytest

import refssl
from selftests.refssl_support import Pair, certificates, contexts, raised


def test_keys_with_passwords() -> None:
    made = certificates()
    context = refssl.SSLContext(refssl.PROTOCOL_TLS_SERVER)
    for password in ("secret", b"secret", bytearray(b"secret"), lambda: "secret"):
        context.load_cert_chain(made.server_chain, made.encrypted_key, password)
    assert raised(context.load_cert_chain, made.server_chain, made.encrypted_key, "wrong").library == "SSL"  # type: ignore[attr-defined]
    for wrong, kind in (
        (lambda: 5, TypeError),
        (5, TypeError),
        ("x" * 1025, ValueError),
        (lambda: 1 / 0, ZeroDivisionError),
    ):
        assert isinstance(raised(context.load_cert_chain, made.server_chain, made.encrypted_key, wrong), kind)
    context.load_cert_chain(made.server_chain, made.server_key, lambda: 1 / 0)
    Pair(server_context=context).shake_hands()


def test_a_chain_that_cannot_be_loaded_leaves_the_context_as_it_was() -> None:
    made = certificates()
    _, server = contexts()
    for arguments, kind in (
        ((made.server_chain,), refssl.SSLError),
        ((made.server_chain, made.client), refssl.SSLError),
        ((made.server_key,), refssl.SSLError),
        (("/nonexistent",), FileNotFoundError),
        ((5,), TypeError),
    ):
        with pytest.raises(kind):
            server.load_cert_chain(*arguments)
    assert raised(server.load_cert_chain, made.server_chain, made.client).reason == "KEY_VALUES_MISMATCH"  # type: ignore[attr-defined]
    Pair(server_context=server).shake_hands()


def test_trust_is_loaded_from_files_data_and_directories(tmp_path: Path) -> None:
    made = certificates()
    text = made.authority.read_text()
    for arguments in (
        {"cafile": made.authority},
        {"cafile": os.fsencode(made.authority)},
        {"cadata": text},
        {"cadata": refssl.PEM_cert_to_DER_cert(text)},
    ):
        context = refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(**arguments)
        assert context.cert_store_stats() == {"x509": 1, "crl": 0, "x509_ca": 1}
        assert context.get_ca_certs(True) == [refssl.PEM_cert_to_DER_cert(text)]
        Pair(context).shake_hands()
    reference = ssl.create_default_context(cadata=text)
    assert context.get_ca_certs() == reference.get_ca_certs()


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ({}, TypeError),
        ({"cafile": "/nonexistent"}, FileNotFoundError),
        ({"cafile": "/dev/null"}, refssl.SSLError),
        ({"cafile": 5}, TypeError),
        ({"cadata": ""}, ValueError),
        ({"cadata": "garbage"}, refssl.SSLError),
        ({"cadata": b"garbage"}, refssl.SSLError),
        ({"cadata": 5}, TypeError),
        ({"cadata": "é"}, TypeError),
    ],
)
def test_trust_that_cannot_be_loaded_is_an_error(arguments: dict[str, Any], kind: type[Exception]) -> None:
    context = refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(kind):
        context.load_verify_locations(**arguments)
    assert context.cert_store_stats() == {"x509": 0, "crl": 0, "x509_ca": 0}


def test_contexts_for_a_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", os.fspath(certificates().authority))
    monkeypatch.setenv("SSL_CERT_DIR", "/nonexistent")
    context = refssl.create_default_context()
    assert context.verify_flags & refssl.VERIFY_X509_STRICT
    assert context.verify_flags & refssl.VERIFY_X509_PARTIAL_CHAIN
    assert context.cert_store_stats()["x509"] == 1
    Pair(context).shake_hands()
    assert refssl.create_default_context(refssl.Purpose.CLIENT_AUTH).protocol is refssl.PROTOCOL_TLS_SERVER
    assert refssl._create_unverified_context().verify_mode is refssl.CERT_NONE
    with pytest.raises(TypeError):
        refssl.create_default_context("server")  # type: ignore[arg-type]


def test_helpers_agree_with_the_standard_library() -> None:
    for text in ("Jan  5 09:34:43 2018 GMT", "feb 30 00:00:00 2018 GMT", "Dec 31 23:59:60 2008 GMT"):
        assert refssl.cert_time_to_seconds(text) == ssl.cert_time_to_seconds(text)
    for text in ("Foo  5 09:34:43 2018 GMT", "Jan  5 09:34:43 2018", ""):
        with pytest.raises(ValueError):
            refssl.cert_time_to_seconds(text)
    der = bytes(range(200))
    assert refssl.DER_cert_to_PEM_cert(der) == ssl.DER_cert_to_PEM_cert(der)
    assert refssl.PEM_cert_to_DER_cert(refssl.DER_cert_to_PEM_cert(der)) == der
    with pytest.raises(ValueError):
        refssl.PEM_cert_to_DER_cert("no certificate")
    assert (len(refssl.RAND_bytes(16)), refssl.RAND_bytes(0), refssl.RAND_status()) == (16, b"", True)
    with pytest.raises(OverflowError):
        refssl.RAND_bytes(2**40)
    assert refssl.get_protocol_name(99) == "<unknown>"
