"""The actors of the X.509 selftests: a root, an intermediate and leaves, and what a case of ``x509_cases`` is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from selftests import x509_forge as forge
from selftests.x509_forge import certificate, dns, time

san, aki, ski = forge.alternative_names, forge.authority_identifier, forge.subject_identifier
bc, ku = forge.basic_constraints, forge.key_usage

DEFAULT = 0x8000
STRICT = 0x8020
PARTIAL = 0x88000
CREATE_DEFAULT_CONTEXT = 0x88020
CRL_LEAF = 0x8004
CRL_CHAIN = 0x800C

ROOT, INTER, SUB, LEAF, OTHER = map(forge.key, ("root", "inter", "sub", "leaf", "other"))
ROOT_NAME, INTER_NAME, SUB_NAME, LEAF_NAME = map(forge.name, ("Root", "Inter", "Sub", "leaf"))
CA = (bc(), ku(5, 6))
LOCALHOST = san(dns("localhost"))
PAST: dict[str, Any] = {"not_before": time(-20), "not_after": time(-10)}
FUTURE: dict[str, Any] = {"not_before": time(10), "not_after": time(20)}
GARBAGE = b"\x30\x03\x01"


def root(*extensions: bytes, **options: Any) -> bytes:
    return certificate(ROOT_NAME, ROOT, ROOT_NAME, ROOT, extensions or (*CA, ski(ROOT)), **options)


def inter(*extensions: bytes, **options: Any) -> bytes:
    return certificate(INTER_NAME, INTER, ROOT_NAME, ROOT, extensions or (*CA, ski(INTER), aki(ROOT)), **options)


def leaf(*extensions: bytes, private: forge.PrivateKey = LEAF, subject: bytes = LEAF_NAME, **options: Any) -> bytes:
    return certificate(subject, private, ROOT_NAME, ROOT, extensions or (LOCALHOST, aki(ROOT)), **options)


def under_inter(*extensions: bytes, subject: bytes = LEAF_NAME, **options: Any) -> bytes:
    return certificate(subject, LEAF, INTER_NAME, INTER, extensions or (LOCALHOST, aki(INTER)), **options)


def own(*extensions: bytes, **options: Any) -> bytes:
    return certificate(LEAF_NAME, LEAF, LEAF_NAME, LEAF, extensions or (LOCALHOST,), **options)


R, I, L, LI = root(), inter(), leaf(), under_inter()  # noqa: E741
SUB_CA = certificate(SUB_NAME, SUB, INTER_NAME, INTER, (*CA, ski(SUB), aki(INTER)))
UNDER_SUB = certificate(LEAF_NAME, LEAF, SUB_NAME, SUB, (LOCALHOST, aki(SUB)))
WEAK = forge.rsa_key(1024)
RSA = forge.rsa_key(2048)
RSA_ROOT = certificate(ROOT_NAME, RSA, ROOT_NAME, RSA, (*CA, ski(RSA)), algorithm="rsa-sha1")
CROSS = certificate(ROOT_NAME, ROOT, forge.name("Old"), OTHER, (*CA, ski(ROOT), aki(OTHER)))
OLD = certificate(forge.name("Old"), OTHER, forge.name("Old"), OTHER, (*CA, ski(OTHER)))
LOOP_A = certificate(forge.name("A"), SUB, forge.name("B"), OTHER, (*CA, ski(SUB), aki(OTHER)))
LOOP_B = certificate(forge.name("B"), OTHER, forge.name("A"), SUB, (*CA, ski(OTHER), aki(SUB)))
UNDER_A = certificate(LEAF_NAME, LEAF, forge.name("A"), SUB, (LOCALHOST, aki(SUB)))


@dataclass(slots=True)
class Case:
    """One judgement. chain: as presented; see the docstring of the module for code, since and stricter."""

    label: str
    code: int
    chain: tuple[bytes, ...]
    anchors: tuple[bytes, ...] = (R,)
    flags: int = DEFAULT
    hostname: str | None = None
    crls: tuple[bytes, ...] = ()
    level: int = 2
    client: bool = False
    check_common_name: bool = True
    private: forge.PrivateKey = LEAF
    since: tuple[int, int] = (3, 0)
    stricter: bool = False
