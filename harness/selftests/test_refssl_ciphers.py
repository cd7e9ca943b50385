"""The catalogue of cipher suites, and what cipher strings select of it, beside the running standard library's."""

from __future__ import annotations

import ssl
from typing import Any

import pytest

from refssl import names
from refssl.ciphers import catalogue


def stdlib_suites() -> list[dict[str, Any]]:
    """What the running OpenSSL says of every suite it has."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    return context.get_ciphers()


def test_every_suite_is_described_as_the_stdlib_describes_it() -> None:
    for theirs in stdlib_suites():
        (ours,) = names.describe_suites([theirs["id"] & 0xFFFF])
        if ssl.OPENSSL_VERSION_INFO < (3, 2) and theirs["name"].endswith("CCM8"):
            ours["strength_bits"] = theirs["strength_bits"]  # that a short tag is weak is told since OpenSSL 3.2
        assert ours == theirs


@pytest.mark.parametrize(
    ("name", "hash_", "cipher", "key_length", "tag_length", "digest"),
    [
        ("ECDHE-ECDSA-AES256-GCM-SHA384", "sha384", "AES-GCM", 32, 16, None),
        ("ECDHE-RSA-CHACHA20-POLY1305", "sha256", "CHACHA20-POLY1305", 32, 16, None),
        ("DHE-RSA-AES128-CCM8", "sha256", "AES-CCM", 16, 8, None),
        ("ECDHE-RSA-AES128-SHA", "sha256", "AES-CBC", 16, 0, "sha1"),
        ("ECDHE-RSA-AES256-SHA384", "sha384", "AES-CBC", 32, 0, "sha384"),
        ("PSK-AES256-CBC-SHA384", "sha384", "AES-CBC", 32, 0, "sha384"),
        ("NULL-MD5", "sha256", "NULL", 0, 0, "md5"),
        ("TLS_SHA384_SHA384", "sha384", "NULL", 0, 0, "sha384"),
    ],
)
def test_what_the_engine_needs_follows_from_the_name(
    name: str, hash_: str, cipher: str, key_length: int, tag_length: int, digest: str | None
) -> None:
    suite = catalogue.BY_NAME[name]
    assert (suite.hash, suite.cipher, suite.key_length) == (hash_, cipher, key_length)
    assert (suite.tag_length, suite.digest, bool(suite.aead)) == (tag_length, digest, bool(tag_length))


def test_no_suite_is_listed_twice() -> None:
    suites = catalogue.ALL_TLS13_SUITES + catalogue.TLS12_SUITES
    assert len(catalogue.BY_CODE) == len(catalogue.BY_NAME) == len(suites)
    assert len({suite.standard_name for suite in suites}) == len(suites)
