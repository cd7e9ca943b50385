"""Targets that read certificates, lists and keys: from a peer, from a file, and under a signature that holds.

Whoever signs may write what he likes: `signed-leaf` and its neighbours take an input as what is to be signed, so that
nothing stops it before the checks of a path.
"""

from __future__ import annotations

import contextlib
import re
import time
import zlib
from collections.abc import Callable, Iterator
from functools import cache, partial
from random import Random

import refssl
from fuzz import actors, mutations
from fuzz import certificate_seeds as seeds
from fuzz.target import Broken, Target
from refssl import credentials
from refssl.peercert import describe
from refssl.trust import Trust
from refssl.x509 import der, hostname, pem
from refssl.x509.certificate import Certificate
from refssl.x509.codes import MESSAGES, VerificationError
from refssl.x509.crl import CertificateRevocationList
from refssl.x509.der import MalformedCertificate
from refssl.x509.names import Name
from refssl.x509.path import Policy, verify
from refssl.x509.store import TrustStore
from selftests import x509_forge as forge

# VerifyFlags, and OpenSSL's that ssl has no names for: by default; strict, partial chains; policies with all that they
# may ask for; proxies, ignoring what is critical, signatures of anchors; Suite B.
_USUAL = 0x8000
_OTHER_FLAGS = (0x88020, 0x8780, 0xC050, 0x38000, 0x8080)
_WITH_LISTS = (0x800C, 0xB02C)


def _store(*lists: CertificateRevocationList, anchor: bytes = actors.ROOT) -> TrustStore:
    store = TrustStore()
    store.add_certificate(Certificate(anchor))
    store.add_items(lists)
    return store


_STORE = _store()


def _flags(data: bytes) -> tuple[int, ...]:
    """The usual flags, and others that follow from the input."""
    return _USUAL, _OTHER_FLAGS[zlib.crc32(data) % len(_OTHER_FLAGS)]


def _judge(
    chain: tuple[bytes, ...], store: TrustStore, flags: tuple[int, ...], purpose: str = "server"
) -> list[tuple[Certificate, ...]]:
    """The paths that are accepted under these flags."""
    accepted = []
    certificates = tuple(map(Certificate, chain))
    for each in flags:
        try:
            accepted.append(verify(certificates, store, Policy(purpose, each, actors.HOST), time.time()))
        except VerificationError as refused:
            if refused.code not in MESSAGES:
                raise Broken("a verify code without a text") from None
    return accepted


def _use(data: bytes) -> None:
    """Everything that is done with a certificate of a peer, which nobody has signed."""
    try:
        certificate = Certificate(data)
    except MalformedCertificate:
        return
    for chain in ((data,), (data, actors.INTER), (actors.LEAF, data)):
        for path in _judge(chain, _STORE, _flags(data)):
            _check_issued(path)
    _store(anchor=data)
    for action in (describe, credentials.may_sign, lambda one: hostname.matches_address(one, bytes(16))):
        with contextlib.suppress(MalformedCertificate):
            action(certificate)


def _check_issued(path: tuple[Certificate, ...]) -> None:
    if any(one.tbs not in actors.issued for one in path):
        raise Broken("a certificate that nobody has signed was accepted")


def _name(data: bytes) -> None:
    try:
        name = Name(data)
    except MalformedCertificate:
        return
    name.hash()
    if Name(data) != name or (name.rdns and name.empty):
        raise Broken("a name that is not itself")


def _signed_leaf(data: bytes) -> None:
    """A leaf as a trusted authority has signed it."""
    leaf = actors.signed(data, "Inter")
    try:
        paths = _judge((leaf, actors.INTER), _STORE, _flags(data)) + _judge(
            (leaf, actors.INTER), _STORE, (0,), "client"
        )
    except MalformedCertificate:
        return
    for path in paths:
        if path[-1].der != actors.ROOT:
            raise Broken("a path that ends elsewhere")
        _describe(path[0])


def _describe(certificate: Certificate) -> None:
    """Describe a certificate that was accepted, for which only a name that is no text may stand in the way."""
    with contextlib.suppress(MalformedCertificate):
        describe(certificate)


def _signed_authority(data: bytes) -> None:
    """An intermediate as the root has signed it, over leaves that it has issued."""
    with contextlib.suppress(MalformedCertificate):
        for leaf in (actors.LEAF, *seeds.named_leaves()):
            _judge((leaf, actors.signed(data, "Root")), _STORE, _flags(data))


def _signed_list(data: bytes) -> None:
    """A revocation list as the authority has signed it, for the leaf and the whole chain."""
    try:
        issued = CertificateRevocationList(actors.signed(data, "Inter"))
    except MalformedCertificate:
        return
    _judge((actors.LEAF, actors.INTER), _store(issued, _root_list()), _WITH_LISTS)


@cache
def _root_list() -> CertificateRevocationList:
    return CertificateRevocationList(actors.signed(seeds.revocations("Root"), "Root"))


def _chain(data: bytes) -> None:
    """A whole presented chain, concatenated."""
    chain: list[bytes] = []
    at = 0
    try:
        while at < len(data) and len(chain) < 12:
            end = der.element(data, at, len(data))[2]
            chain.append(data[at:end])
            at = end
        paths = _judge(tuple(chain), _STORE, _flags(data)) if chain else []
    except MalformedCertificate:
        return
    for path in paths:
        _check_issued(path)


def _bundle(data: bytes) -> None:
    trust = Trust()
    path = actors.folder() / "bundle.pem"
    path.write_bytes(data)
    loads: tuple[Callable[[], None], ...] = (
        lambda: trust.load_file(path),
        lambda: trust.load_data(data),
        lambda: trust.load_data(data.decode("latin-1")),
    )
    for load in loads:
        with contextlib.suppress(refssl.SSLError, TypeError, ValueError):
            load()
    for certificate in trust.store.ca_certificates():
        _describe(certificate)
    trust.store.stats()


# How long a password takes is said in the file, which is the program's own: a changed number of rounds is no finding.
_ROUNDS = re.compile(rb"\x02[\x03-\x08]")


def _key_file(data: bytes) -> None:
    if any(
        block.data and b"ENCRYPTED" in block.label and _ROUNDS.search(block.data[:120]) for block in pem.blocks(data)
    ):
        return
    _load("load_cert_chain", data, None, "password")


def _load(method: str, data: bytes, *arguments: str | None) -> None:
    path = actors.folder() / "loaded.pem"
    path.write_bytes(data)
    context = refssl.SSLContext(refssl.PROTOCOL_TLS_SERVER)
    with contextlib.suppress(refssl.SSLError, ValueError, TypeError):
        getattr(context, method)(path, *arguments)


_PEM_WORDS = tuple(
    f"-----{mark} {label}-----\n"
    for mark in ("BEGIN", "END")
    for label in (
        "CERTIFICATE",
        "X509 CRL",
        "TRUSTED CERTIFICATE",
        "PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "EC PARAMETERS",
    )
)
_PEM = mutations.words((*_PEM_WORDS, "Proc-Type: 4,ENCRYPTED\n", "====", "AAAA", "\r\n"), "\n\t ")


def _armoured(data: bytes, chance: Random) -> bytes:
    """PEM changed in its armour, or in the DER within one of its blocks."""
    found = [block for block in pem.blocks(data) if block.data]
    if not found or chance.random() < 0.5:
        return _PEM(data, chance)
    block = chance.choice(found)
    changed = mutations.der_havoc(block.data or b"", chance)
    rest = [forge.pem(each.data or b"", each.label.decode()) for each in found if each is not block]
    return (forge.pem(changed, block.label.decode()) + "".join(rest)).encode()


def _tbs(make: Callable[[], Iterator[bytes]]) -> Callable[[], list[bytes]]:
    return lambda: [actors.tbs_of(each) for each in make()]


_DER = mutations.der_havoc
_CALLS = 5_000, 40
TARGETS = (
    Target(
        "certificate",
        "a peer's certificate",
        _use,
        seeds.unsigned,
        _DER,
        _CALLS,
        share=4,
    ),
    Target("name", "a distinguished name", _name, seeds.names, _DER),
    Target("signed-leaf", "what an authority signs of a leaf", _signed_leaf, _tbs(seeds.leaves), _DER, _CALLS, share=6),
    Target("signed-authority", "what a root signs", _signed_authority, _tbs(seeds.authorities), _DER, _CALLS, share=4),
    Target("signed-list", "what an authority signs of a CRL", _signed_list, seeds.lists, _DER, _CALLS, share=4),
    Target(
        "chain", "a presented chain", _chain, lambda: [actors.LEAF + actors.INTER + actors.ROOT], _DER, _CALLS, share=4
    ),
    Target("bundle", "load_verify_locations() of PEM and DER", _bundle, seeds.bundles, _armoured, _CALLS, share=2),
    Target("key-file", "load_cert_chain()", _key_file, seeds.keys, _armoured, _CALLS, share=2),
    Target("dh-params", "load_dh_params()", partial(_load, "load_dh_params"), seeds.parameters, _armoured, _CALLS),
)
