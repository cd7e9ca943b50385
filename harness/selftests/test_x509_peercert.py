"""``peercert.describe`` beside the running interpreter's ``getpeercert()``, certificate by certificate.

Seen alike on OpenSSL 3.0 and 3.6. Certificates that the stdlib cannot describe, or not load, are in the last test.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from refssl.peercert import describe
from refssl.x509.certificate import Certificate, MalformedCertificate
from selftests import x509_forge as forge
from selftests import x509_stdlib
from selftests.x509_chains import LEAF, LOCALHOST, R, leaf, san
from selftests.x509_forge import address, attribute, directory, dns, extension, mail, sequence, tlv, uri


def other(type_: str, value: bytes) -> bytes:
    return tlv(0xA0, forge.oid(type_), tlv(0xA0, value))


def subject(*attributes: bytes) -> bytes:
    return leaf(LOCALHOST, subject=sequence(*attributes))


AIA = "1.3.6.1.5.5.7.1.1"
OCSP, CA_ISSUERS = map(forge.oid, ("1.3.6.1.5.5.7.48.1", "1.3.6.1.5.5.7.48.2"))
EXAMPLES = {
    "plain": leaf(LOCALHOST),
    "subject": subject(
        attribute("2.5.4.6", "DE", 0x13),
        attribute("2.5.4.8", "Bavaria"),
        attribute("2.5.4.10", "Ünï"),
        attribute("2.5.4.5", "1234", 0x13),
        attribute("1.2.3.4.5", "unknown"),
        attribute("0.9.2342.19200300.100.1.25", "example", 0x16),
        attribute("1.2.840.113549.1.9.1", "a@b.c", 0x16),
    ),
    "string types": subject(
        attribute("2.5.4.3", "Ré".encode("utf-16-be"), 0x1E),
        attribute("2.5.4.3", b"R\xe9", 0x14),
        attribute("2.5.4.3", b"\xff", 0x13),
        attribute("2.5.4.3", "🙂".encode("utf-32-be"), 0x1C),
        attribute("2.5.4.3", b"12 3", 0x12),
        attribute("2.5.4.3", b"a\0b"),
        attribute("2.5.4.3", b""),
    ),
    "two attributes in one": subject(
        tlv(0x31, sequence(forge.oid("2.5.4.3"), tlv(12, b"a")), sequence(forge.oid("2.5.4.11"), tlv(12, b"b")))
    ),
    "empty subject": subject(),
    "names": leaf(
        san(
            dns("a"),
            mail("a@b.c"),
            uri("http://a:b:c/"),
            address(127, 0, 0, 1),
            address(*[0] * 15, 1),
            address(0x20, 1, 0xD, 0xB8, *[0] * 8, 0xAB, 0xCD, 0, 0xFF),
            address(1, 2, 3),
            address(),
            tlv(0x88, b"\x2a\x03\x04"),
            tlv(0x88, b"\x55\x04\x03"),
            tlv(0x88, forge.oid("1.3.6.1.5.5.7.3.1")[2:]),
            directory(sequence(attribute("2.5.4.3", "name"), attribute("1.2.3.4", "u"))),
            directory(sequence()),
        )
    ),
    "odd names": leaf(san(dns("a\0b"), dns("é"), dns(""), dns("x:y\n"), dns("x" * 300), tlv(0xA3, sequence()))),
    "no names": leaf(san()),
    "other names": leaf(
        san(
            other("1.3.6.1.4.1.311.20.2.3", tlv(12, b"user:x")),
            other("1.3.6.1.5.5.7.8.9", tlv(12, "ü@x".encode())),
            other("1.3.6.1.5.5.7.8.5", tlv(12, b"xmpp")),
            other("1.3.6.1.5.5.7.8.7", tlv(0x16, b"_s.x")),
            other("1.3.6.1.5.5.7.8.8", tlv(12, b"realm")),
            other("1.2.3.4", tlv(12, b"unknown")),
            other("1.3.6.1.4.1.311.20.2.3", forge.integer(5)),
        )
    ),
    "other names that do not end where they end": leaf(
        san(
            other("1.3.6.1.4.1.311.20.2.3", tlv(12, b"a\0b")),
            other("1.3.6.1.5.5.7.8.9", tlv(12, b"x\ny")),
            other("1.3.6.1.5.5.7.8.7", tlv(0x16, b"x" * 3000)),
        )
    ),
    "authority information": leaf(
        extension(
            AIA,
            sequence(
                sequence(OCSP, uri("http://o")),
                sequence(CA_ISSUERS, uri("http://c")),
                sequence(OCSP, uri("http://o2")),
                sequence(CA_ISSUERS, dns("c")),
            ),
        )
    ),
    "authority information without sense": leaf(extension(AIA, b"\x30\x01")),
    "distribution points": leaf(
        extension(
            "2.5.29.31",
            sequence(
                sequence(tlv(0xA0, tlv(0xA0, uri("http://a"), dns("c")))),
                sequence(tlv(0xA0, tlv(0xA1, sequence(forge.oid("2.5.4.3"), tlv(12, b"x"))))),
                sequence(tlv(0xA0, tlv(0xA0, uri("http://z"))), tlv(0x81, b"\1\2")),
            ),
        )
    ),
    "version 1": forge.certificate(forge.name("leaf"), LEAF, forge.name("Root"), forge.key("root"), version=1),
    "old": leaf(not_before=tlv(0x18, b"00010101000000Z"), not_after=tlv(0x18, b"99991231235959Z")),
} | {f"serial {serial}": leaf(serial=serial) for serial in (0, 127, 128, 255, 256, -1, -128, -129, -256, 2**159)}


@pytest.mark.parametrize("label", EXAMPLES)
def test_description(label: str, tmp_path: Path) -> None:
    encoded = EXAMPLES[label]
    code, expected = x509_stdlib.handshake(tmp_path, (encoded,), LEAF, (R,))
    assert code == 0
    described = describe(Certificate(encoded))
    assert described == expected
    assert expected is not None
    assert list(described) == list(expected)


def test_unique_identifier_is_bytes() -> None:
    """CPython 3.14 and later; before that, a BIT STRING in a name was no text and getpeercert() failed."""
    for value, expected in ((b"\0abc", b"abc"), (b"\6\xc0", b"\xc0"), (b"\0", None)):
        description = describe(Certificate(subject(attribute("2.5.4.45", value, 3))))
        assert description["subject"] == ((("x500UniqueIdentifier", expected),),)


def test_a_wrong_description_would_be_noticed() -> None:
    """Negative control: the examples differ from each other, so equality says something."""
    descriptions: list[dict[str, Any]] = [describe(Certificate(encoded)) for encoded in EXAMPLES.values()]
    assert len({repr(description) for description in descriptions}) == len(EXAMPLES)


@pytest.mark.parametrize(
    "encoded",
    [
        leaf(san(tlv(0x82, b"\xe9"))),
        leaf(san(mail("x"), tlv(0x81, b"\xff"))),
        leaf(extension(AIA, sequence(sequence(OCSP, tlv(0x86, b"\xff"))))),
        subject(attribute("2.5.4.3", sequence(), 0x30)),
    ],
)
def test_what_cannot_be_described(encoded: bytes) -> None:
    """The stdlib raises UnicodeDecodeError, or an SSLError without a reason; here it is always the same."""
    with pytest.raises(MalformedCertificate):
        describe(Certificate(encoded))
