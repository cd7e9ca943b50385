"""Targets that are given by a program and not by a peer: cipher strings and lists, names, times, PEM text.

A program's mistakes are SSLError, ValueError and TypeError, as the documentation of ssl has it, and OSError for files.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import refssl
from fuzz import mutations
from fuzz.target import Broken, Target
from refssl.ciphers import catalogue
from refssl.crypto import shares

_MISTAKES = (refssl.SSLError, ValueError, TypeError)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _default_suites() -> list[str]:
    suites = refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT).get_ciphers()
    return [suite["name"] for suite in suites if suite["protocol"] != "TLSv1.3"]


_DEFAULT = _default_suites()


def _given(take: Callable[[str], object]) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        with contextlib.suppress(*_MISTAKES):
            take(_text(data))

    return run


def _ciphers(text: str) -> None:
    context = refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT)
    try:
        context.set_ciphers(text)
    except refssl.SSLError:
        # An invalid string changes nothing; one that selects nothing leaves no suite of TLS 1.2.
        left = [suite["name"] for suite in context.get_ciphers() if suite["protocol"] != "TLSv1.3"]
        if left not in ([], _DEFAULT):
            raise Broken("refused, and done in part") from None
        raise
    names = [suite["name"] for suite in context.get_ciphers()]
    if len(names) != len(set(names)):
        raise Broken("a suite twice")


def _alpn(text: str) -> None:
    refssl.SSLContext(refssl.PROTOCOL_TLS_SERVER).set_alpn_protocols(text.split(","))


def _hostname(text: str) -> None:
    context = refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT)
    bios = refssl.MemoryBIO(), refssl.MemoryBIO()
    try:
        context.wrap_bio(*bios, server_hostname=text).do_handshake()
    except refssl.SSLWantReadError:
        return


def _setter(name: str) -> Callable[[str], None]:
    def take(text: str) -> None:
        getattr(refssl.SSLContext(refssl.PROTOCOL_TLS_SERVER), name)(text)

    return take


_CIPHER_WORDS = (
    *(
        "ALL",
        "COMPLEMENTOFALL",
        "COMPLEMENTOFDEFAULT",
        "DEFAULT",
        "HIGH",
        "MEDIUM",
        "aNULL",
        "eNULL",
        "NULL",
        "SUITEB128",
    ),
    *("@STRENGTH", "@SECLEVEL=", "@SECLEVEL=5", "kRSA", "ECDHE", "AES128", "AES256", "SHA1", "PSK", "!", "-", "+", "@"),
    *(suite.name for suite in catalogue.TLS12_SUITES[:12]),
)
_SCHEME_WORDS = (
    "ECDSA+SHA256",
    "RSA+SHA256",
    "RSA-PSS+SHA384",
    "ed25519",
    "ecdsa_secp256r1_sha256",
    "rsa_pss_pss_sha256",
    "?",
)
_GROUP_WORDS = (*shares.GROUPS.values(), "P-256", "DEFAULT", "?", "*", "-", "/", "GREASE")

TARGETS = (
    Target(
        "ciphers",
        "set_ciphers(): OpenSSL's cipher strings",
        _given(_ciphers),
        lambda: (b"DEFAULT", b"ALL:!aNULL:@STRENGTH", b"HIGH+kRSA:-AES:+SHA1@SECLEVEL=3", b"SUITEB192"),
        mutations.words(_CIPHER_WORDS, ":;,+! "),
        calls=(3_000, 100),
        longest=256,
    ),
    Target(
        "ciphersuites",
        "set_ciphersuites()",
        _given(_setter("set_ciphersuites")),
        lambda: (b"TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256", b""),
        mutations.words([suite.name for suite in catalogue.TLS13_SUITES], ":"),
        longest=256,
    ),
    Target(
        "groups",
        "set_groups(): lists, tuples and shares",
        _given(_setter("set_groups")),
        lambda: (b"X25519:P-256", b"*X25519/?nothing:-secp384r1/DEFAULT"),
        mutations.words(_GROUP_WORDS, ":/"),
        longest=256,
    ),
    Target(
        "curve", "set_ecdh_curve()", _given(_setter("set_ecdh_curve")), lambda: (b"prime256v1", b"X25519"), longest=64
    ),
    Target(
        "sigalgs",
        "set_server_sigalgs(), and set_client_sigalgs() beside it",
        _given(_setter("set_server_sigalgs")),
        lambda: (b"ECDSA+SHA256:ed25519", b"rsa_pss_rsae_sha256:?none"),
        mutations.words(_SCHEME_WORDS, ":+"),
        longest=256,
    ),
    Target("alpn", "set_alpn_protocols()", _given(_alpn), lambda: (b"h2,http/1.1", b","), longest=512),
    Target(
        "hostname",
        "server_hostname of a client that begins",
        _given(_hostname),
        lambda: (b"localhost", b"127.0.0.1", b"::1", "b\u00fccher.example".encode(), b"a." * 130),
        calls=(2_000, 20),
        longest=512,
    ),
    Target(
        "cert-time",
        "cert_time_to_seconds()",
        _given(refssl.cert_time_to_seconds),
        lambda: (b"Jan  5 09:34:43 2018 GMT", b"Feb 31 23:59:60 1999 GMT"),
        longest=64,
    ),
    Target(
        "pem-text",
        "PEM_cert_to_DER_cert(), and DER_cert_to_PEM_cert() of what it gives",
        _given(lambda text: refssl.DER_cert_to_PEM_cert(refssl.PEM_cert_to_DER_cert(text))),
        lambda: (refssl.DER_cert_to_PEM_cert(bytes(100)).encode(),),
        longest=1024,
    ),
)
