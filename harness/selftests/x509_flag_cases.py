"""Cases of ``x509_cases`` for flags that ssl has no names for, but takes: policies, Suite B, times, OCSP."""

from __future__ import annotations

import functools
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from selftests import x509_forge as forge
from selftests.x509_chains import (
    CA,
    CRL_LEAF,
    FUTURE,
    INTER,
    INTER_NAME,
    LEAF,
    LEAF_NAME,
    LOCALHOST,
    PAST,
    ROOT,
    ROOT_NAME,
    RSA,
    Case,
    L,
    aki,
    inter,
    leaf,
    own,
    root,
    ski,
    under_inter,
)
from selftests.x509_forge import certificate, extension, integer, name_constraints, sequence, tlv

CHECK, EXPLICIT, INHIBIT_ANY, INHIBIT_MAP = 0x8080, 0x8180, 0x8280, 0x8480
ANY, ONE, TWO = "2.5.29.32.0", "1.2.3.1", "1.2.3.2"


def policies(*numbers: str, value: bytes | None = None) -> bytes:
    if value is None:
        value = sequence(*(sequence(forge.oid(number)) for number in numbers))
    return extension("2.5.29.32", value)


def qualified(qualifier: str, value: bytes) -> bytes:
    return policies(value=sequence(sequence(forge.oid(ONE), sequence(sequence(forge.oid(qualifier), value)))))


def constraints(required: int | None = None, value: bytes | None = None) -> bytes:
    if value is None:
        value = sequence(b"" if required is None else tlv(0x80, bytes((required,))))
    return extension("2.5.29.36", value, True)


def mappings(*pairs: tuple[str, str]) -> bytes:
    return extension("2.5.29.33", sequence(*(forge.oids(*pair) for pair in pairs)), True)


def inhibit_any(value: int) -> bytes:
    return extension("2.5.29.54", integer(value), True)


def asked(
    label: str,
    code: int,
    of_leaf: tuple[bytes, ...] = (policies(ONE),),
    of_issuer: tuple[bytes, ...] = (policies(ONE),),
    of_root: tuple[bytes, ...] = (),
    flags: int = CHECK,
    **options: Any,
) -> Case:
    chain = under_inter(*of_leaf, LOCALHOST, aki(INTER)), inter(*CA, *of_issuer, ski(INTER), aki(ROOT))
    return Case(f"policies: {label}", code, chain, (root(*CA, *of_root, ski(ROOT)),), flags, **options)


NOTICE = sequence(sequence(tlv(12, b"us"), sequence(integer(1))), tlv(12, b"read this"))
SELF_ISSUED = certificate(INTER_NAME, forge.key("sub"), INTER_NAME, INTER, (*CA, ski(forge.key("sub")), aki(INTER)))

POLICIES = [
    asked("none", 0, (), ()),
    asked("the same in all", 0),
    asked("any", 0, (policies(ANY),)),
    asked("of the leaf only", 0, of_issuer=()),
    asked("not the issuer's", 0, (policies(TWO),)),
    asked("explicit", 43, flags=EXPLICIT),
    asked("explicit, by the flag alone", 43, flags=0x8100),
    asked("inhibit any", 0, (policies(ANY),), flags=INHIBIT_ANY),
    asked("inhibit mapping", 0, of_issuer=(policies(ONE), mappings((ONE, TWO))), flags=INHIBIT_MAP),
    asked("required at once", 43, of_issuer=(policies(ONE), constraints(0))),
    asked("required from the leaf on", 43, of_issuer=(policies(ONE), constraints(1))),
    asked("required later", 0, of_issuer=(policies(ONE), constraints(2))),
    asked("required by the leaf", 43, (policies(ONE), constraints(0))),
    asked("required by the leaf of those below", 0, (policies(ONE), constraints(1))),
    asked("required by the root", 0, of_root=(policies(ONE), constraints(0))),
    asked("required, not asked for", 0, of_issuer=(policies(ONE), constraints(0)), flags=0x8000),
    Case(
        "policies: required, counted without the self-issued",
        0,
        (
            certificate(LEAF_NAME, LEAF, INTER_NAME, forge.key("sub"), (LOCALHOST, aki(forge.key("sub")))),
            SELF_ISSUED,
            inter(*CA, constraints(2), ski(INTER), aki(ROOT)),
        ),
        flags=CHECK,
    ),
    asked("repeated", 42, (policies(ONE, ONE),)),
    asked("repeated, not asked for", 0, (policies(ONE, ONE),), flags=0x8000),
    asked("two extensions", 42, (policies(ONE), policies(TWO))),
    asked("without sense", 42, (policies(value=b"\x30\x03\1"),)),
    asked("without sense in the root", 0, of_root=(policies(value=b"\x30\x03\1"),)),
    asked("nothing required", 42, (policies(ONE), constraints())),
    asked("less than nothing required", 42, (policies(ONE), constraints(value=sequence(tlv(0x80, b"\xff"))))),
    asked("constraints without policies", 42, (constraints(),), ()),
    asked("mapped to any", 42, of_issuer=(policies(ONE), mappings((ONE, ANY)))),
    asked("nothing mapped", 42, of_issuer=(policies(ONE), mappings())),
    asked("nothing mapped, without policies", 0, of_issuer=(mappings(),)),
    asked("negative inhibition", 42, (policies(ONE), inhibit_any(-1))),
    asked("statement", 0, (qualified("1.3.6.1.5.5.7.2.1", tlv(0x16, b"http://x")),)),
    asked("statement that is no text", 42, (qualified("1.3.6.1.5.5.7.2.1", integer(5)),)),
    asked("notice", 0, (qualified("1.3.6.1.5.5.7.2.2", NOTICE),)),
    asked("notice that is none", 42, (qualified("1.3.6.1.5.5.7.2.2", sequence(integer(1))),)),
    asked("unknown qualifier", 0, (qualified("1.2.3", integer(5)),)),
    asked("malformed below where none is left", 43, (constraints(),), (), flags=EXPLICIT),
    Case("policies: self-signed", 0, (own_ := own(),), (own_,), EXPLICIT),
    asked(
        "after name constraints",
        47,
        (),
        (name_constraints((forge.mail("a"), forge.directory(ROOT_NAME))),),
        flags=EXPLICIT,
    ),
]

ONLY_128, ONLY_192, EITHER = 0x18000, 0x28000, 0x38000


@functools.cache
def curve_key(curve: type[ec.EllipticCurve], label: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(curve())


P256, P384, P521 = ec.SECP256R1, ec.SECP384R1, ec.SECP521R1


def suite_b(
    code: int, flags: int, curve: type[ec.EllipticCurve], of_root: type[ec.EllipticCurve], digest: str | None = None
) -> Case:
    """A leaf and a root with keys on these curves; digest: what the root signs with, unless it is its curve's."""
    private, signer = curve_key(curve, "leaf"), curve_key(of_root, "root")
    algorithm = f"ecdsa-{digest or ('sha384' if of_root is P384 else 'sha256')}"
    anchor = certificate(ROOT_NAME, signer, ROOT_NAME, signer, (*CA, ski(signer)), algorithm=algorithm)
    chain = certificate(LEAF_NAME, private, ROOT_NAME, signer, (LOCALHOST, aki(signer)), algorithm=algorithm)
    label = f"Suite B {flags:#x}: {curve.name} under {of_root.name} {digest or ''}"
    return Case(label, code, (chain,), (anchor,), flags, private=private)


SUITE_B = [
    suite_b(0, ONLY_128, P256, P256),
    suite_b(60, ONLY_128, P256, P384),
    suite_b(60, ONLY_128, P384, P384),
    suite_b(59, ONLY_128, P256, P256, "sha384"),
    suite_b(0, ONLY_192, P384, P384),
    suite_b(60, ONLY_192, P256, P384),
    suite_b(60, ONLY_192, P384, P256, "sha256"),
    suite_b(0, EITHER, P256, P256),
    suite_b(0, EITHER, P256, P384),
    suite_b(61, EITHER, P384, P256),
    suite_b(58, EITHER, P521, P256),
    suite_b(58, EITHER, P256, P521),
    Case("Suite B: RSA", 57, (leaf(private=RSA),), flags=EITHER, private=RSA),
    Case("Suite B: version 1", 56, (certificate(LEAF_NAME, LEAF, ROOT_NAME, ROOT, version=1),), flags=EITHER),
]

FLAGS = [
    Case("USE_CHECK_TIME, and no time is set", 9, (L,), flags=0x8002),
    Case("NO_CHECK_TIME, expired", 0, (leaf(**PAST),), flags=0x208000),
    Case("NO_CHECK_TIME, not yet valid", 0, (leaf(**FUTURE),), flags=0x208000),
    Case("NO_CHECK_TIME, bad signature", 7, (leaf(tamper=True, **PAST),), flags=0x208000),
    Case(
        "NO_CHECK_TIME, CRL expired",
        0,
        (L,),
        flags=CRL_LEAF | 0x200000,
        crls=(forge.crl(ROOT_NAME, ROOT, this_update=forge.time(-9), next_update=forge.time(-8)),),
    ),
    Case("IGNORE_CRITICAL", 0, (leaf(extension("1.2.3.4", b"x", True), aki(ROOT)),), flags=0x8010),
    Case(
        "IGNORE_CRITICAL in a CRL",
        0,
        (L,),
        flags=CRL_LEAF | 0x10,
        crls=(forge.crl(ROOT_NAME, ROOT, (), (extension("1.2.3", b"x", True),)),),
    ),
    Case("OCSP_RESP_CHECK, and there is no response", 74, (L,), flags=0x408000, since=(3, 6)),
    Case("OCSP_RESP_CHECK, self-signed", 0, (own_,), (own_,), 0x408000, since=(3, 6)),
    Case(
        "OCSP_RESP_CHECK, not revoked by a CRL",
        0,
        (L,),
        flags=CRL_LEAF | 0x400000,
        crls=(forge.crl(ROOT_NAME, ROOT),),
        since=(3, 6),
    ),
]
