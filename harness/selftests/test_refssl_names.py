"""The names of refssl against those of ssl in CPython 3.15, and their values against OpenSSL 3.6's."""

from __future__ import annotations

import enum
import inspect
import json
import pickle
import warnings
from pathlib import Path

import pytest

import refssl
from sslspec import layout

NAMES = json.loads((layout.clauses() / "public-names.json").read_text())
MISSING: dict[str, str] = {}  # name -> why refssl does not have it yet


def _has(name: str) -> bool:
    found: object = refssl
    for part in name.split("."):
        if not hasattr(found, part):
            return False
        found = getattr(found, part)
    return True


def test_every_public_name_is_there_or_listed_with_a_reason() -> None:
    # Exceptions have add_note() since Python 3.11, whoever makes them.
    missing = {name for name in NAMES if not _has(name) and not name.endswith(".add_note")}
    assert missing == set(MISSING)


def test_a_name_that_is_not_there_would_be_noticed() -> None:
    assert not _has("SSLContext.no_such_method")
    assert not _has("NO_SUCH_NAME")


@pytest.mark.parametrize(
    "name",
    ["_create_unverified_context", "_create_default_https_context", "_create_stdlib_context", "_ASN1Object"],
)
def test_underscored_names_on_which_libraries_lean_are_there(name: str) -> None:
    assert hasattr(refssl, name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OP_ALL", 0x80000050),
        ("OP_NO_SSLv2", 0),
        ("OP_SINGLE_DH_USE", 0),
        ("OP_LEGACY_SERVER_CONNECT", 0x4),
        ("OP_ENABLE_KTLS", 0x8),
        ("OP_IGNORE_UNEXPECTED_EOF", 0x80),
        ("OP_NO_TICKET", 0x4000),
        ("OP_NO_COMPRESSION", 0x20000),
        ("OP_ENABLE_MIDDLEBOX_COMPAT", 0x100000),
        ("OP_CIPHER_SERVER_PREFERENCE", 0x400000),
        ("OP_NO_TLSv1_3", 0x20000000),
        ("OP_NO_RENEGOTIATION", 0x40000000),
        ("VERIFY_CRL_CHECK_CHAIN", 0xC),
        ("VERIFY_X509_STRICT", 0x20),
        ("VERIFY_X509_TRUSTED_FIRST", 0x8000),
        ("VERIFY_X509_PARTIAL_CHAIN", 0x80000),
        ("PROTOCOL_TLS", 2),
        ("PROTOCOL_SSLv23", 2),
        ("PROTOCOL_TLS_CLIENT", 16),
        ("PROTOCOL_TLS_SERVER", 17),
        ("CERT_REQUIRED", 2),
        ("SSL_ERROR_EOF", 8),
        ("SSL_ERROR_WANT_READ", 2),
        ("ALERT_DESCRIPTION_UNKNOWN_PSK_IDENTITY", 115),
    ],
)
def test_values_are_those_of_openssl_3_6(name: str, value: int) -> None:
    constant = getattr(refssl, name)
    assert constant == value
    assert isinstance(constant, (enum.IntEnum, enum.IntFlag))


def test_versions_are_those_that_urllib3_and_others_ask_for() -> None:
    assert refssl.OPENSSL_VERSION.startswith("OpenSSL 3.6")
    assert "refssl" in refssl.OPENSSL_VERSION
    assert refssl.OPENSSL_VERSION_INFO >= (1, 1, 1)
    assert refssl.TLSVersion.TLSv1_3 == 0x0304


def test_flags_say_what_is_not_there() -> None:
    absent = ("HAS_SSLv2", "HAS_SSLv3", "HAS_TLSv1", "HAS_TLSv1_1", "HAS_NPN")
    assert [name for name in absent if getattr(refssl, name)] == []
    present = ("HAS_TLSv1_2", "HAS_TLSv1_3", "HAS_ALPN", "HAS_SNI", "HAS_PHA", "HAS_PSK", "HAS_PSK_TLS13")
    assert [name for name in present if not getattr(refssl, name)] == []


@pytest.mark.parametrize(
    "value", [refssl.OP_ALL, refssl.CERT_NONE, refssl.PROTOCOL_TLS_CLIENT, refssl.SSLError(1, "x")]
)
def test_enums_and_errors_can_be_pickled(value: object) -> None:
    again = pickle.loads(pickle.dumps(value))
    assert type(again) is type(value)
    assert str(again) == str(value)


def test_contexts_and_the_like_cannot_be_pickled() -> None:
    context = refssl.SSLContext(refssl.PROTOCOL_TLS_SERVER)
    bio = refssl.MemoryBIO()
    for value in (context, bio, context.wrap_bio(bio, refssl.MemoryBIO(), server_side=True)):
        with pytest.raises(TypeError):
            pickle.dumps(value)


def test_classes_have_no_public_constructor() -> None:
    for made_elsewhere in (refssl.SSLSocket, refssl.SSLObject, refssl.SSLSession):
        with pytest.raises(TypeError):
            made_elsewhere()


def test_signatures_of_the_documented_calls() -> None:
    assert list(inspect.signature(refssl.SSLContext.wrap_socket).parameters)[1:] == [
        "sock",
        "server_side",
        "do_handshake_on_connect",
        "suppress_ragged_eofs",
        "server_hostname",
        "session",
    ]
    assert list(inspect.signature(refssl.SSLContext.wrap_bio).parameters)[1:] == [
        "incoming",
        "outgoing",
        "server_side",
        "server_hostname",
        "session",
    ]


def test_old_protocols_are_refused_and_tls_1_2_alone_is_deprecated() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for protocol in (refssl.PROTOCOL_TLSv1, refssl.PROTOCOL_TLSv1_1, 99):
            with pytest.raises(ValueError):
                refssl.SSLContext(protocol)
    with pytest.warns(DeprecationWarning, match="PROTOCOL_TLSv1_2"):
        context = refssl.SSLContext(refssl.PROTOCOL_TLSv1_2)
    outgoing = refssl.MemoryBIO()
    with pytest.raises(refssl.SSLWantReadError):
        context.wrap_bio(refssl.MemoryBIO(), outgoing).do_handshake()
    # supported_versions (RFC 8446 4.2.1) is of no use to TLS 1.2 alone.
    assert b"\x00\x2b" not in outgoing.read()[-60:]


def test_importing_refssl_loads_neither_ssl_nor_cryptography() -> None:
    import subprocess
    import sys

    code = "import sys, refssl; print([n for n in ('ssl', '_ssl', 'cryptography', 'dataclasses') if n in sys.modules])"
    harness = str(Path(refssl.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path.insert(0, {harness!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
