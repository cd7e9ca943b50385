"""The trust store: bundles with bad certificates in them, hashed directories, trust settings, and what it counts."""

from __future__ import annotations

import ssl
import time
from pathlib import Path

import pytest

from refssl.x509 import pem
from refssl.x509.certificate import Certificate
from refssl.x509.codes import VerificationError
from refssl.x509.names import Name
from refssl.x509.path import Policy, verify
from refssl.x509.store import NothingLoaded, TrustStore
from selftests import x509_forge as forge
from selftests import x509_stdlib
from selftests.x509_chains import LEAF, LI, ROOT, ROOT_NAME, I, L, R, inter, leaf

BAD_BASE64 = "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"
BAD_ASN1 = forge.pem(b"\x30\x03abc")
NO_END = "-----BEGIN CERTIFICATE-----\nMIIB\n"
SERVER_AUTH = forge.oid(forge.PURPOSES["server"])
CLIENT_AUTH = forge.oid(forge.PURPOSES["client"])


def judge(store: TrustStore, *chain: bytes, purpose: str = "server") -> int:
    try:
        verify([Certificate(encoded) for encoded in chain], store, Policy(purpose), time.time())
    except VerificationError as refused:
        return refused.code
    return 0


@pytest.mark.parametrize("bad", [BAD_BASE64, BAD_ASN1, NO_END], ids=["base64", "asn1", "no end"])
def test_one_bad_certificate_does_not_cost_a_bundle_the_others(bad: str) -> None:
    store = TrustStore()
    assert store.add_pem((forge.pem(R) + bad + forge.pem(I)).encode()) == 2
    assert store.stats() == {"x509": 2, "crl": 0, "x509_ca": 2}
    assert judge(store, L) == 0


@pytest.mark.parametrize(
    ("text", "found", "reason"),
    [("", 0, "empty"), ("hello", 0, "empty"), (BAD_BASE64, 1, "base64"), (BAD_ASN1, 1, "asn1"), (NO_END, 1, "base64")],
)
def test_nothing_loaded_says_why(text: str, found: int, reason: str) -> None:
    store = TrustStore()
    with pytest.raises(NothingLoaded) as nothing:
        store.add_pem(text.encode())
    assert (nothing.value.found, nothing.value.reason) == (found, reason)
    assert store.stats()["x509"] == 0


@pytest.mark.parametrize(
    ("text", "certificates", "crls"),
    [
        ("text\n" + forge.pem(R) + "more\n" + forge.pem(I), 2, 0),
        (forge.pem(R) * 2, 1, 0),
        (forge.private_pem(LEAF) + forge.pem(R), 1, 0),
        (forge.pem(forge.crl(ROOT_NAME, ROOT), "X509 CRL") + forge.pem(R), 1, 1),
        (forge.pem(R, "X509 CERTIFICATE"), 1, 0),
        (forge.pem(R, "TRUSTED CERTIFICATE"), 1, 0),
        (forge.pem(R).replace("\n", "\r\n"), 1, 0),
        (forge.pem(R + b"x"), 1, 0),
        ("\ufeff" + forge.pem(R), 1, 0),
    ],
)
def test_what_a_pem_file_may_look_like(text: str, certificates: int, crls: int) -> None:
    store = TrustStore()
    store.add_pem(text.encode())
    assert (store.stats()["x509"], store.stats()["crl"]) == (certificates, crls)


def test_only_authorities_are_counted_as_such() -> None:
    store = TrustStore()
    for encoded in (R, I, L):
        store.add_certificate(Certificate(encoded))
    assert not store.add_certificate(Certificate(L))
    assert store.stats() == {"x509": 3, "crl": 0, "x509_ca": 2}
    assert [certificate.der for certificate in store.ca_certificates()] == [R, I]


def test_a_hashed_directory_is_looked_into_when_a_name_is_asked_for(tmp_path: Path) -> None:
    store = TrustStore()
    store.add_hashed_directory(tmp_path)
    assert judge(store, L) == 20
    number = Name(ROOT_NAME).hash()
    stranger = forge.certificate(ROOT_NAME, LEAF, ROOT_NAME, LEAF, (forge.subject_identifier(LEAF),))
    (tmp_path / f"{number:08x}.0").write_text(forge.pem(stranger))
    (tmp_path / f"{number:08x}.1").write_text(forge.pem(R))
    assert judge(store, L) == 0
    assert store.stats()["x509"] == 2


@pytest.mark.parametrize(
    "subject",
    [
        ROOT_NAME,
        forge.sequence(forge.attribute("2.5.4.6", "DE", 0x13), forge.attribute("2.5.4.10", "  Two   Words ")),
        forge.sequence(forge.attribute("2.5.4.3", "Ré".encode("utf-16-be"), 0x1E)),
        forge.sequence(forge.attribute("2.5.4.3", b"R\xe9", 0x14)),
        forge.sequence(forge.attribute("2.5.4.5", "12 34", 0x12)),
    ],
)
def test_the_hash_of_a_name_is_openssl_s(subject: bytes, tmp_path: Path) -> None:
    """The stdlib finds the anchor in a directory under the hash that we compute, and under no other."""
    anchor = forge.certificate(
        subject, ROOT, subject, ROOT, (forge.basic_constraints(), forge.subject_identifier(ROOT))
    )
    child = forge.certificate(forge.name("leaf"), LEAF, subject, ROOT, (forge.authority_identifier(ROOT),))
    number = Name(subject).hash()
    for offset, expected in ((0, True), (1, False)):
        folder = tmp_path / str(offset)
        folder.mkdir()
        (folder / f"{(number + offset) % 2**32:08x}.0").write_text(forge.pem(anchor))
        context = ssl.create_default_context(capath=folder)
        context.verify_flags = ssl.VERIFY_X509_TRUSTED_FIRST
        context.check_hostname = False
        assert x509_stdlib.accepts(tmp_path, context, (child,), LEAF) is expected


@pytest.mark.parametrize(
    ("settings", "server", "client"),
    [
        (forge.sequence(), 0, 0),
        (forge.sequence(forge.sequence(SERVER_AUTH)), 0, 28),
        (forge.sequence(forge.sequence(CLIENT_AUTH)), 28, 0),
        (forge.sequence(forge.sequence(), forge.tlv(0xA0, SERVER_AUTH)), 28, 28),
        (forge.sequence(forge.tlv(0xA0, SERVER_AUTH)), 28, 0),
    ],
)
def test_the_settings_of_a_trusted_certificate(settings: bytes, server: int, client: int) -> None:
    store = TrustStore()
    store.add_pem(forge.pem(R + settings, "TRUSTED CERTIFICATE").encode())
    assert judge(store, L) == server
    assert judge(store, L, purpose="client") == client


def test_an_explicitly_trusted_intermediate_needs_no_root() -> None:
    store = TrustStore()
    store.add_pem(forge.pem(I + forge.sequence(forge.sequence(SERVER_AUTH)), "TRUSTED CERTIFICATE").encode())
    assert judge(store, LI) == 0
    plain = TrustStore()
    plain.add_certificate(Certificate(I))
    assert judge(plain, LI) == 2


def test_an_anchor_is_the_same_object_for_every_verdict() -> None:
    """Its key and extensions are read once; a path shows the store's own certificate, not the peer's copy."""
    store = TrustStore()
    store.add_certificate(anchor := Certificate(R))
    path = verify([Certificate(LI), Certificate(I), Certificate(R)], store, Policy("server"), time.time())
    assert path[-1] is anchor


def test_many_begin_lines_cost_little() -> None:
    text = b"-----BEGIN CERTIFICATE-----\n" * 20_000
    started = time.perf_counter()
    assert sum(block.data is None for block in pem.blocks(text)) == 20_000
    assert time.perf_counter() - started < 5


def test_negative_control_of_these_tests() -> None:
    store = TrustStore()
    store.add_certificate(Certificate(R))
    assert judge(store, leaf(tamper=True)) == 7
    assert judge(store, LI, inter(tamper=True)) == 7
