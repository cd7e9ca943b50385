"""refssl's verdict on every chain of ``x509_cases``, and the running interpreter's beside it where it is comparable."""

from __future__ import annotations

import contextlib
import ipaddress
import ssl
import time
from pathlib import Path

import pytest

import refssl
from refssl.crypto.keys import PublicKey
from refssl.x509 import constraints
from refssl.x509.certificate import Certificate
from refssl.x509.codes import MESSAGES, VerificationError
from refssl.x509.crl import CertificateRevocationList
from refssl.x509.path import Policy, verify
from refssl.x509.store import TrustStore
from selftests import x509_stdlib
from selftests.x509_cases import CASES
from selftests.x509_chains import (
    CA,
    CREATE_DEFAULT_CONTEXT,
    INTER,
    INTER_NAME,
    LEAF,
    LI,
    ROOT,
    SUB,
    SUB_NAME,
    Case,
    I,
    R,
    aki,
    bc,
    inter,
    ku,
    own,
    san,
    ski,
    under_inter,
)
from selftests.x509_forge import (
    PrivateKey,
    certificate,
    directory,
    dns,
    extension,
    integer,
    key,
    name,
    name_constraints,
    sequence,
    tlv,
)


def hex_of(row: tuple[int, int]) -> str:
    return f"{row[0]:#x}"


def store_of(case: Case) -> TrustStore:
    store = TrustStore()
    for anchor in case.anchors:
        store.add_certificate(Certificate(anchor))
    for crl in case.crls:
        store.add_crl(CertificateRevocationList(crl))
    return store


def judge(case: Case) -> int:
    hostname, address = case.hostname, None
    if hostname is not None:
        with contextlib.suppress(ValueError):
            address, hostname = ipaddress.ip_address(hostname).packed, None
    policy = Policy(
        purpose="client" if case.client else "server",
        flags=case.flags,
        hostname=hostname,
        ip=address,
        security_level=case.level,
        check_common_name=case.check_common_name,
    )
    try:
        path = verify([Certificate(encoded) for encoded in case.chain], store_of(case), policy, time.time())
    except VerificationError as refused:
        return refused.code
    assert path[0].der == case.chain[0]
    return 0


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_verdict(case: Case) -> None:
    assert judge(case) == case.code


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_verdict_of_the_stdlib(case: Case, tmp_path: Path) -> None:
    """The same chain shown to the interpreter's own ssl: the table is its behaviour, not our opinion."""
    if ssl.OPENSSL_VERSION_INFO[:2] < case.since:
        pytest.skip(f"this OpenSSL is older than {case.since}")
    code, _ = x509_stdlib.handshake(
        tmp_path,
        case.chain,
        case.private,
        case.anchors,
        crls=case.crls,
        flags=case.flags,
        hostname=case.hostname,
        level=case.level,
        client=case.client,
        check_common_name=case.check_common_name,
    )
    assert code == (0 if case.stricter else case.code)


def test_a_path_is_given_leaf_first_and_ends_at_the_anchor() -> None:
    case = Case("", 0, (LI, I))
    path = verify([Certificate(LI), Certificate(I)], store_of(case), Policy("server"), time.time())
    assert [certificate.der for certificate in path] == [LI, I, R]


def test_the_longest_path_has_a_hundred_intermediates() -> None:
    """A hundred and one are too many, and neither costs more than linear work."""
    chain: list[bytes] = []
    issuer, signer = name("Root"), key("root")
    for number in range(101):
        private = key(f"long {number % 3}")
        subject = name(f"long {number}")
        chain.insert(0, certificate(subject, private, issuer, signer, (*_ca(private), aki(signer))))
        issuer, signer = subject, private
        if number in (99, 100):
            leaf = certificate(name("leaf"), LEAF, issuer, signer, (san(dns("a")), aki(signer)))
            assert judge(Case("", 0, (leaf, *chain))) == (0 if number == 99 else 22)


def _ca(private: PrivateKey) -> tuple[bytes, ...]:
    return bc(), ku(5), ski(private)


def test_a_refusal_carries_openssl_s_text_and_the_depth() -> None:
    store = TrustStore()
    store.add_certificate(Certificate(R))
    with pytest.raises(VerificationError) as refused:
        verify([Certificate(LI)], store, Policy("server"), time.time())
    assert (refused.value.code, refused.value.depth) == (20, 0)
    assert refused.value.message == MESSAGES[20] == "unable to get local issuer certificate"


@pytest.mark.parametrize(("offset", "code"), [(-1, 9), (0, 0), (86399.9, 0), (86400, 10)])
def test_the_last_second_of_validity_is_already_too_late(offset: float, code: int) -> None:
    """Seen with ``openssl verify -attime``, in 3.0 and 3.6 alike."""
    limits = {"not_before": tlv(0x17, b"260101000000Z"), "not_after": tlv(0x17, b"260102000000Z")}
    encoded = own(**limits)
    store = TrustStore()
    store.add_certificate(Certificate(encoded))
    now = 1767225600 + offset
    if not code:
        verify([Certificate(encoded)], store, Policy("server"), now)
        return
    with pytest.raises(VerificationError) as refused:
        verify([Certificate(encoded)], store, Policy("server"), now)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "row", [(0x8100, 0x8180), (0x8200, 0x8280), (0x8400, 0x8480), (0x8080, 0x8080), (0x8800, 0x8800)], ids=hex_of
)
def test_a_flag_for_policies_brings_the_check_along(row: tuple[int, int]) -> None:
    """What X509_VERIFY_PARAM_set_flags does; the interpreter's own ssl beside it."""
    given, expected = row
    for module in (refssl, ssl):
        context = module.SSLContext(module.PROTOCOL_TLS_CLIENT)
        context.verify_flags = given
        assert context.verify_flags == expected


@pytest.mark.parametrize(
    ("bits", "strength"),
    [
        (1024, 80),
        (1900, 104),
        (2000, 112),
        (2047, 112),
        (2048, 112),
        (2600, 120),
        (3000, 128),
        (4096, 152),
    ],
)
def test_strength_of_rsa_keys(bits: int, strength: int) -> None:
    """Between the sizes that NIST lists, too; which of them security levels 1 to 3 take was asked of OpenSSL 3.6."""
    assert PublicKey(b"", None, "rsa", bits, None).security_bits == strength


def test_thousands_of_presented_certificates_of_one_name_cost_little() -> None:
    """A peer cannot make the search explode with certificates that all fit as issuers of each other."""
    same = name("Same")
    private = key("same")
    rivals = [certificate(same, private, same, private, _ca(private)) for _ in range(300)]
    leaf = certificate(name("leaf"), LEAF, same, private, (san(dns("a")),))
    started = time.perf_counter()
    assert judge(Case("", 0, (leaf, *rivals))) == 19
    assert time.perf_counter() - started < 5


def test_a_leaf_that_is_trusted_needs_its_own_key_only() -> None:
    """With PARTIAL_CHAIN and no issuer at hand, a leaf in the store is its own anchor; one beside it is not."""
    assert judge(Case("", 0, (LI,), (LI,), CREATE_DEFAULT_CONTEXT)) == 0
    twin = certificate(name("leaf"), LEAF, name("Inter"), INTER, (san(dns("localhost")), aki(INTER)))
    assert judge(Case("", 0, (twin,), (LI,), CREATE_DEFAULT_CONTEXT)) == 20


def test_garbage_where_a_key_should_be() -> None:
    garbage = own(public=tlv(0x30, tlv(0x30, tlv(6, b"\x2a\x03")), tlv(3, b"\0\0")))
    assert judge(Case("", 0, (garbage,), (garbage,))) == 66


def test_constraints_cost_no_more_than_their_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each directory name is read once for the path, and all comparisons of the path have one limit."""
    read: list[bytes] = []
    monkeypatch.setattr(constraints, "canonical", lambda encoded: read.append(encoded) or encoded)
    bases = [directory(name(f"base {number}")) for number in range(20)]
    names = [directory(name(f"name {number}")) for number in range(20)]
    first = inter(*CA, name_constraints((), tuple(bases)), ski(INTER), aki(ROOT))
    assert judge(Case("", 0, (under_inter(san(*names), aki(INTER)), first))) == 0
    assert len(read) == len(set(read)) == 41  # the subject is a name, too

    bases = [dns(f"b{number}") for number in range(1000)]
    first = inter(*CA, name_constraints((), tuple(bases)), ski(INTER), aki(ROOT))
    second = certificate(
        SUB_NAME, SUB, INTER_NAME, INTER, (*CA, name_constraints((), tuple(bases)), ski(SUB), aki(INTER))
    )
    for count, code in ((500, 0), (600, 1)):
        last = certificate(name("leaf"), LEAF, SUB_NAME, SUB, (san(*[dns("a")] * count), aki(SUB)))
        assert judge(Case("", 0, (last, second, first))) == code


def test_thousands_of_resources_cost_little() -> None:
    """Twenty thousand numbers of systems below an authority with as many more: no pair is looked at twice."""

    def numbers(step: int) -> bytes:
        each = (integer(step * place) for place in range(20_000))
        return extension("1.3.6.1.5.5.7.1.8", sequence(tlv(0xA0, sequence(*each))))

    held = inter(*CA, numbers(2), ski(INTER), aki(ROOT))
    chain = under_inter(numbers(4), san(dns("a")), aki(INTER)), held
    started = time.perf_counter()
    assert judge(Case("", 46, chain)) == 46
    assert time.perf_counter() - started < 5
