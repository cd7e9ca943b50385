"""The trust store: anchors by subject, CRLs by issuer, hashed directories looked into when a name is asked for.

How anchors are found and kept lives here; which of them may sign what is for ``path``. Certificates are parsed once,
when they are added, and keep their public key once it has been used.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from pathlib import Path

from refssl.x509 import der, pem
from refssl.x509 import extensions as ext
from refssl.x509.certificate import Certificate
from refssl.x509.crl import CertificateRevocationList
from refssl.x509.der import MalformedCertificate
from refssl.x509.names import Name


class NothingLoaded(Exception):
    """A source of certificates held none that could be used.

    found: how many certificates it seemed to hold. reason: "empty" (nothing that looks like one), "base64" (a PEM
    block whose armour is broken) or "asn1" (octets that are no certificate).
    """

    def __init__(self, found: int, reason: str) -> None:
        super().__init__(found, reason)
        self.found = found
        self.reason = reason


class Anchor:
    """A certificate of the store. trusted, rejected: purposes (OID octets) of a TRUSTED CERTIFICATE; None: unsaid."""

    __slots__ = ("certificate", "rejected", "trusted")

    def __init__(
        self,
        certificate: Certificate,
        trusted: frozenset[bytes] | None = None,
        rejected: frozenset[bytes] = frozenset(),
    ) -> None:
        self.certificate = certificate
        self.trusted = trusted
        self.rejected = rejected

    def allows(self, purpose: bytes) -> bool | None:
        """Whether the settings allow this purpose; None where they say nothing, and the extensions decide."""
        for either in (purpose, ext.ANY_EXTENDED_KEY_USAGE):
            if either in self.rejected:
                return False
        if self.trusted is None:
            return None
        return purpose in self.trusted or ext.ANY_EXTENDED_KEY_USAGE in self.trusted


class TrustStore:
    """Certificates and CRLs that a context trusts. Adding and looking up may happen in several threads."""

    def __init__(self) -> None:
        self._anchors: dict[bytes, list[Anchor]] = {}
        self._known: dict[bytes, Anchor] = {}
        self._crls: dict[bytes, list[CertificateRevocationList]] = {}
        self._directories: list[Path] = []
        self._looked_up: set[tuple[Path, int, str]] = set()
        self._lock = threading.Lock()

    def add_certificate(self, certificate: Certificate) -> bool:
        """Trust this certificate. False if it is there already. Raises MalformedCertificate for names without sense."""
        return self._add(Anchor(certificate))

    def add_crl(self, crl: CertificateRevocationList) -> bool:
        """Take a CRL. False if it is there already."""
        with self._lock:
            known = self._crls.setdefault(crl.issuer.canonical, [])
            if any(other.der == crl.der for other in known):
                return False
            known.append(crl)
            return True

    def add_pem(self, text: bytes) -> int:
        """Trust the certificates, and take the CRLs, of a PEM text; gives how many of them could be read.

        Blocks that cannot be read are passed over as long as one can; otherwise NothingLoaded.
        """
        items = read_pem(text)
        self.add_items(items)
        return len(items)

    def add_items(self, items: Iterable[Anchor | CertificateRevocationList]) -> None:
        """Trust anchors that have been read already, and take CRLs; several stores may share them."""
        for item in items:
            if isinstance(item, Anchor):
                self._add(item)
            else:
                self.add_crl(item)

    def add_hashed_directory(self, path: str | os.PathLike[str]) -> None:
        """Look into this directory for ``<subject hash>.0`` and so on (``.r0`` for CRLs) when a name is asked for."""
        directory = Path(path)
        with self._lock:
            if directory not in self._directories:
                self._directories.append(directory)

    def anchors_for(self, subject: Name) -> list[Anchor]:
        """Every anchor with this subject, in the order in which they were added."""
        key = subject.canonical
        if self._directories:
            self._look_up(subject, "")
        return self._anchors.get(key, _NONE)

    def anchor_of(self, certificate: Certificate) -> Anchor | None:
        """The anchor that is this very certificate, or None."""
        if self._directories:
            self._look_up(certificate.subject, "")
        return self._known.get(certificate.der)

    def crls_for(self, issuer: Name) -> list[CertificateRevocationList]:
        """Every CRL of this issuer."""
        if self._directories:
            self._look_up(issuer, "r")
        return self._crls.get(issuer.canonical, [])

    def stats(self) -> dict[str, int]:
        """What ``cert_store_stats()`` tells: {"x509": certificates, "crl": CRLs, "x509_ca": those that are CAs}."""
        with self._lock:
            anchors = list(self._known.values())
            crls = sum(map(len, self._crls.values()))
        authorities = sum(_is_authority(anchor.certificate) for anchor in anchors)
        return {"x509": len(anchors), "crl": crls, "x509_ca": authorities}

    def ca_certificates(self) -> list[Certificate]:
        """The certificates of ``get_ca_certs()``: those that are CAs, in the order in which they were added."""
        with self._lock:
            anchors = list(self._known.values())
        return [anchor.certificate for anchor in anchors if _is_authority(anchor.certificate)]

    def _add(self, anchor: Anchor) -> bool:
        certificate = anchor.certificate
        key = certificate.subject.canonical
        with self._lock:
            if certificate.der in self._known:
                return False
            self._known[certificate.der] = anchor
            # Replaced, not appended to: a thread may be walking through the list.
            self._anchors[key] = [*self._anchors.get(key, ()), anchor]
            return True

    def _look_up(self, name: Name, infix: str) -> None:
        number = name.hash()
        for directory in self._directories:
            if (directory, number, infix) in self._looked_up:
                continue
            found = False
            for suffix in range(_MAXIMUM_SUFFIX):
                try:
                    content = (directory / f"{number:08x}.{infix}{suffix}").read_bytes()
                except OSError:
                    break
                found = True
                try:
                    self.add_pem(content)
                except NothingLoaded:
                    break
            if found:
                self._looked_up.add((directory, number, infix))


def read_pem(text: bytes) -> list[Anchor | CertificateRevocationList]:
    """The certificates, with the settings of a TRUSTED CERTIFICATE, and the CRLs of a PEM text, in order.

    Blocks that cannot be read are passed over as long as one can; otherwise NothingLoaded.
    """
    items: list[Anchor | CertificateRevocationList] = []
    found = 0
    reason = "empty"
    for block in pem.blocks(text):
        if block.label not in pem.CERTIFICATE_LABELS and block.label != pem.CRL_LABEL:
            continue
        found += 1
        if block.data is None:
            reason = "base64"
            continue
        try:
            if block.label == pem.CRL_LABEL:
                items.append(CertificateRevocationList(block.data))
            else:
                items.append(_anchor(block.data, block.label == pem.TRUSTED_LABEL))
        except MalformedCertificate:
            reason = "asn1"
    if not items:
        raise NothingLoaded(found, reason)
    return items


def certificate_of(data: bytes) -> tuple[Certificate, int]:
    """The certificate that octets begin with, as PEM lets others follow, and where it ends."""
    end = der.element(data, 0, len(data))[2]
    return Certificate(data[:end]), end


_NONE: list[Anchor] = []
_MAXIMUM_SUFFIX = 100


def _is_authority(certificate: Certificate) -> bool:
    facts = certificate.facts
    return bool(facts.authority_kind) and not facts.invalid


def _anchor(data: bytes, with_trust: bool) -> Anchor:
    # What follows the certificate is either its trust settings or passed over, as OpenSSL does in PEM (not in DER).
    certificate, end = certificate_of(data)
    if end == len(data) or not with_trust:
        return Anchor(certificate)
    return Anchor(certificate, *_trust(data, end))


# The settings, in their order: trusted and rejected purposes, alias, key identifier, anything else.
_SETTINGS = (der.SEQUENCE, 0xA0, der.UTF8_STRING, der.OCTET_STRING, 0xA1)


def _trust(data: bytes, at: int) -> tuple[frozenset[bytes] | None, frozenset[bytes]]:
    """What ``openssl x509 -addtrust`` writes after a certificate: SEQUENCE { SEQUENCE OF OID, [0] OIDs, ... }."""
    start, end = der.expect(der.SEQUENCE, data, at, len(data))
    trusted: frozenset[bytes] | None = None
    rejected: frozenset[bytes] = frozenset()
    previous = -1
    for tag, _, first, last in der.elements(data, start, end):
        place = _SETTINGS.index(tag) if tag in _SETTINGS else -1
        if place <= previous:
            raise MalformedCertificate("malformed trust settings")
        previous = place
        if tag == der.SEQUENCE:
            trusted = _purposes(data, first, last)
        elif tag == 0xA0:
            rejected = _purposes(data, first, last)
    return trusted, rejected


def _purposes(data: bytes, at: int, end: int) -> frozenset[bytes]:
    purposes = set()
    while at < end:
        start, at = der.expect(der.OBJECT_IDENTIFIER, data, at, end)
        purposes.add(data[start:at])
    return frozenset(purposes)
