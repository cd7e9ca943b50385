"""Reading certificates and CRLs: what is refused, and that nothing but our own exceptions comes of any octets."""

from __future__ import annotations

import random
import time

import pytest

from refssl.peercert import describe
from refssl.x509 import der
from refssl.x509.certificate import Certificate, MalformedCertificate, parse_time
from refssl.x509.codes import VerificationError
from refssl.x509.crl import CertificateRevocationList
from refssl.x509.names import Name
from refssl.x509.path import Policy, verify
from refssl.x509.store import TrustStore
from selftests import x509_forge as forge
from selftests.x509_chains import CA, INTER, LEAF, LEAF_NAME, LI, ROOT, ROOT_NAME, I, L, R, aki, inter, leaf, san, ski
from selftests.x509_forge import attribute, dns, sequence, tlv

RICH = leaf(
    san(
        dns("localhost"),
        forge.mail("a@b.c"),
        forge.uri("http://x/"),
        forge.address(127, 0, 0, 1),
        forge.directory(ROOT_NAME),
        tlv(0x88, b"\x2a\x03"),
        tlv(0xA0, forge.oid("1.3.6.1.4.1.311.20.2.3"), tlv(0xA0, tlv(0x0C, b"user"))),
    ),
    forge.key_usage(0),
    forge.purposes("server"),
    aki(ROOT),
    ski(LEAF),
    forge.extension("2.5.29.31", sequence(sequence(tlv(0xA0, tlv(0xA0, forge.uri("http://crl/")))))),
    forge.extension("1.3.6.1.5.5.7.1.1", sequence(sequence(forge.oid("1.3.6.1.5.5.7.48.1"), forge.uri("http://o/")))),
)
CONSTRAINED = inter(*CA, forge.name_constraints((dns("localhost"),), (forge.mail("b.c"),)), ski(INTER), aki(ROOT))
LIST = forge.crl(ROOT_NAME, ROOT, (5, 6), (aki(ROOT), forge.extension("2.5.29.20", forge.integer(3))))


def use(encoded: bytes, issuers: tuple[bytes, ...], store: TrustStore) -> None:
    """Everything that refssl does with a certificate of a peer."""
    certificate = Certificate(encoded)
    path = (certificate, *map(Certificate, issuers))
    for flags in (0x8000, 0x88020):
        try:
            verify(path, store, Policy("server", flags, "localhost", b"\x7f\0\0\1", 0), time.time())
        except VerificationError:
            continue
    describe(certificate)


def mutations(encoded: bytes, count: int, seed: int) -> list[bytes]:
    """Octets changed, doubled, cut out and cut off, always in the same way."""
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        octets = bytearray(encoded)
        for _ in range(chance.choice((1, 1, 1, 2, 4))):
            at = chance.randrange(len(octets))
            match chance.randrange(5):
                case 0:
                    octets[at] ^= 1 << chance.randrange(8)
                case 1:
                    octets[at] = chance.choice((0, 1, 0x7F, 0x80, 0x81, 0x84, 0xA0, 0x30, 0xFF))
                case 2:
                    del octets[at : at + chance.randrange(1, 9)]
                case 3:
                    octets[at:at] = octets[at : at + chance.randrange(1, 9)]
                case _:
                    del octets[at:]
            if not octets:
                break
        found.append(bytes(octets))
    return found


@pytest.mark.parametrize(
    ("encoded", "issuers"), [(RICH, ()), (LI, (I,)), (CONSTRAINED, ())], ids=["rich", "leaf", "ca"]
)
def test_mutated_certificates_raise_our_own_exceptions_only(encoded: bytes, issuers: tuple[bytes, ...]) -> None:
    store = TrustStore()
    store.add_certificate(Certificate(R))
    use(encoded, issuers, store)
    refused = 0
    for mutant in mutations(encoded, 1500, seed=len(encoded) % 7):
        try:
            use(mutant, issuers, store)
        except MalformedCertificate:
            refused += 1
    assert refused > 500


def test_mutated_intermediates_and_anchors_raise_our_own_exceptions_only() -> None:
    for mutant in mutations(CONSTRAINED, 700, seed=1):
        store = TrustStore()
        store.add_certificate(Certificate(R))
        try:
            use(LI, (mutant,), store)
            store.add_certificate(Certificate(mutant))
            use(LI, (), store)
            store.stats()
        except MalformedCertificate:
            continue


def test_mutated_crls_raise_our_own_exceptions_only() -> None:
    anchor = Certificate(R)
    for mutant in mutations(LIST, 1000, seed=2):
        store = TrustStore()
        store.add_certificate(anchor)
        try:
            store.add_crl(CertificateRevocationList(mutant))
            verify([Certificate(L)], store, Policy("server", 0x800C), time.time())
        except (MalformedCertificate, VerificationError):
            continue


def test_a_mutated_certificate_is_never_accepted() -> None:
    """One bit anywhere in the leaf, and the path is refused: the signature covers all of it, or is it."""
    store = TrustStore()
    store.add_certificate(Certificate(R))
    policy = Policy("server", 0x88020)
    verify([Certificate(L)], store, policy, time.time())
    for at in range(len(L)):
        mutant = bytearray(L)
        mutant[at] ^= 1 << at % 8
        with pytest.raises((MalformedCertificate, VerificationError)):
            verify([Certificate(bytes(mutant))], store, policy, time.time())


@pytest.mark.parametrize("encoded", [RICH, R])
def test_every_truncation_and_any_addition_is_refused(encoded: bytes) -> None:
    for end in range(len(encoded)):
        with pytest.raises(MalformedCertificate):
            Certificate(encoded[:end])
    with pytest.raises(MalformedCertificate):
        Certificate(encoded + b"\0")


def test_nesting_costs_nothing() -> None:
    """A hundred thousand levels inside a certificate: no reader goes deeper than the grammar that it knows."""
    bomb = b"\x30\x80" * 100_000
    for encoded in (bomb, sequence(bomb)):
        with pytest.raises(MalformedCertificate):
            Certificate(encoded)
    nested = b"\x30\x00"
    for _ in range(2000):
        nested = sequence(nested)
    Certificate(leaf(forge.extension("1.2.3.4", nested))).facts  # noqa: B018


@pytest.mark.parametrize(
    "content",
    [b"", b"\x02", b"\x02\x01", b"\x02\x81\x01\x00", b"\x02\x80\x00\x00", b"\x02\x85\0\0\0\0\1\0", b"\x1f\x81\x01\x00"],
)
def test_elements_that_are_not_der(content: bytes) -> None:
    with pytest.raises(MalformedCertificate):
        der.element(content, 0, len(content))


@pytest.mark.parametrize("dotted", ["1.2.840.113549.1.1.11", "2.5.4.3", "0.9.2342.19200300.100.1.25", "2.999.1"])
def test_object_identifiers_come_back_as_they_went(dotted: str) -> None:
    assert der.dotted(der.oid(dotted)) == dotted


@pytest.mark.parametrize("content", [b"", b"\x80\x01", b"\x2a\x80\x01", b"\x2a\x86", b"\xff" * 600 + b"\x01"])
def test_object_identifiers_without_sense(content: bytes) -> None:
    with pytest.raises(MalformedCertificate):
        der.dotted(content)


@pytest.mark.parametrize(
    ("tag", "text", "seconds"),
    [
        (0x17, "700101000000Z", 0),
        (0x17, "491231235959Z", 2524607999),
        (0x17, "500101000000Z", -631152000),
        (0x18, "20500101000000Z", 2524608000),
        (0x18, "99991231235959Z", 253402300799),
        (0x18, "00010101000000Z", -62135596800),
    ],
)
def test_times(tag: int, text: str, seconds: int) -> None:
    assert parse_time(tag, text.encode()) == seconds


@pytest.mark.parametrize("text", ["701301000000Z", "700230000000Z", "700101240000Z", "700101000060Z", "7001010000+01"])
def test_times_that_do_not_exist(text: str) -> None:
    with pytest.raises(MalformedCertificate):
        parse_time(0x17, text.encode())


def test_names_are_equal_whatever_their_case_spaces_and_string_type() -> None:
    one = Name(sequence(attribute("2.5.4.3", " Some  Name")))
    assert one == Name(sequence(attribute("2.5.4.3", "SOME NAME", 0x13)))
    assert one == Name(sequence(attribute("2.5.4.3", "some name".encode("utf-16-be"), 0x1E)))
    assert one != Name(sequence(attribute("2.5.4.3", "SomeName")))
    assert one != Name(sequence(attribute("2.5.4.10", "some name")))
    assert Name(sequence(attribute("2.5.4.3", "RÉ"))) != Name(sequence(attribute("2.5.4.3", "Ré")))


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (0x0C, b"\xff"),
        (0x1E, b"abc"),
        (0x1E, b"\xd8\x3d\xde\x42"),
        (0x02, b"\1"),
        (0x1A, b"x"),
        (0x04, b"x"),
        (3, b""),
        (3, b"\xff\xfe"),
    ],
)
def test_names_with_attributes_that_have_no_place_there(tag: int, value: bytes) -> None:
    """OpenSSL's decoder refuses these as well (PEM lib, ASN1 lib), so nobody has to ask what they print as."""
    with pytest.raises(MalformedCertificate):
        Certificate(leaf(subject=sequence(attribute("2.5.4.3", value, tag))))


def test_the_key_of_a_certificate_is_read_once() -> None:
    certificate = Certificate(L)
    assert certificate.public_key is certificate.public_key
    assert certificate.subject == Name(LEAF_NAME)
    assert (certificate.version, certificate.issuer == Name(ROOT_NAME)) == (3, True)


def test_bytes_after_the_extensions_are_refused() -> None:
    """Found by showing re-signed mutants to CPython 3.15: they were passed over, where OpenSSL's decoder refuses."""
    _, start, _ = der.element(L, 0, len(L))
    _, first, last = der.element(L, start, len(L))
    for tail in (b"\x00", b"\x2f\x2f", b"\x82\x01\x00"):
        tbs = sequence(L[first:last] + tail)
        encoded = sequence(tbs, forge.ALGORITHMS["ecdsa-sha256"], tlv(3, b"\0", forge.sign(ROOT, "ecdsa-sha256", tbs)))
        with pytest.raises(MalformedCertificate):
            Certificate(encoded)


@pytest.mark.parametrize(
    "general_name",
    [
        forge.directory(sequence(tlv(0x31, sequence(forge.oid("2.5.4.3"), tlv(0x4C, b"x"))))),
        tlv(0xA5, sequence(tlv(0x0C, b"x"))),
        tlv(0x88, b"\x80\x01"),
        tlv(0xA0, forge.oid("1.2.3"), tlv(0xA0, tlv(0x2C, b"user"))),
        tlv(0x89, b"x"),
    ],
)
def test_a_malformed_general_name_spoils_the_certificate(general_name: bytes) -> None:
    assert Certificate(leaf(san(dns("localhost"), general_name))).facts.invalid
    assert not Certificate(leaf(san(dns("localhost")))).facts.invalid
