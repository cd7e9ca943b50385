"""What a context trusts and how that is loaded: files, directories, the system's bundle, data.

Here are OpenSSL's words for what is wrong with them. Building and judging paths is x509's, and what the engine is told
of it verdict.py's.
"""

from __future__ import annotations

import os
import threading

from refssl import errors, files
from refssl.crypto.keys import UnsupportedAlgorithm
from refssl.x509 import der, pem
from refssl.x509.certificate import Certificate
from refssl.x509.der import MalformedCertificate
from refssl.x509.store import NothingLoaded, TrustStore, certificate_of, read_pem

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    from typing_extensions import Buffer

    from refssl.credentials import PathLike
    from refssl.x509.crl import CertificateRevocationList
    from refssl.x509.store import Anchor

_NO_CERTIFICATE_ERRNO = 136
_PEM_ERRNOS = {"BAD_BASE64_DECODE": 100, "BAD_END_LINE": 102, "NO_START_LINE": 108}
_NOT_ENOUGH_DATA_ERRNO = 142
_FIELD_MISSING_ERRNO = 121
# Errors of one of OpenSSL's libraries within another have the number of the inner one, and no name.
_PEM_LIB_ERRNO = 524297
_INVALID_DIRECTORY_ERRNO = 113
_ASN1_LIB_ERRNO = 524301
_NESTED_ASN1_ERRNO = 524554
_LONGEST_CHAIN = 10

_bundles: dict[str, tuple[tuple[int, int], list[Anchor | CertificateRevocationList]]] = {}
_bundles_lock = threading.Lock()


class Trust:
    """What one context trusts. store: the anchors and CRLs; version: another object after each loading."""

    __slots__ = ("store", "version")

    def __init__(self) -> None:
        self.store = TrustStore()
        self.version = object()

    def load_file(self, path: PathLike) -> None:
        """Trust a PEM file's certificates and take its CRLs. Raises OSError, and SSLError where it has none."""
        text = files.read(path)
        try:
            self.store.add_pem(text)
        except NothingLoaded as nothing:
            if nothing.found:
                raise errors.nested_error("X509", "PEM lib", _PEM_LIB_ERRNO) from None
            raise errors.library_error("NO_CERTIFICATE_OR_CRL_FOUND", "X509", _NO_CERTIFICATE_ERRNO) from None
        self.version = object()

    def load_directory(self, path: PathLike) -> None:
        """Look for anchors in a directory of hashed names when one is needed; it need not exist, but have a name."""
        if not os.fsencode(path):
            raise errors.library_error("INVALID_DIRECTORY", "X509", _INVALID_DIRECTORY_ERRNO)
        self.store.add_hashed_directory(os.fsdecode(path))
        self.version = object()

    def load_data(self, data: str | Buffer) -> None:
        """Trust certificates given as PEM text or as DER bytes, one after the other.

        Raises TypeError, ValueError where there is nothing, and SSLError at the first that cannot be read; those
        before it stay. Source: ssl.SSLContext.load_verify_locations.
        """
        problem = TypeError("cadata should be an ASCII string or a bytes-like object")
        if isinstance(data, str):
            if not data.isascii():
                raise problem
            octets = data.encode("ascii")
        else:
            try:
                octets = memoryview(data).tobytes()
            except TypeError:
                raise problem from None
        if not octets:
            raise ValueError("Empty certificate data")
        try:
            if isinstance(data, str):
                self._load_pem(octets)
            else:
                self._load_der(octets)
        finally:
            self.version = object()

    def _load_pem(self, text: bytes) -> None:
        """Unlike in a file, a TRUSTED CERTIFICATE and a CRL are passed over, and one bad certificate ends it."""
        loaded = 0
        for block in pem.blocks(text):
            if block.label not in pem.PLAIN_LABELS:
                continue
            try:
                if block.data is not None:
                    self.store.add_certificate(certificate_of(block.data)[0])
                    loaded += 1
                    continue
                problem = errors.library_error(block.problem, "PEM", _PEM_ERRNOS[block.problem])
            except MalformedCertificate:
                problem = errors.nested_error("PEM", "ASN1 lib", _ASN1_LIB_ERRNO)
            if loaded and block.problem != "NO_START_LINE":
                raise problem
            break
        if not loaded:
            raise errors.usage_error("no start line: cadata does not contain a certificate")

    def _load_der(self, octets: bytes) -> None:
        at = 0
        while at < len(octets):
            problem = errors.library_error("NOT_ENOUGH_DATA", "ASN1", _NOT_ENOUGH_DATA_ERRNO)
            try:
                end = der.element(octets, at, len(octets))[2]
                problem = errors.nested_error("ASN1", "nested asn1 error", _NESTED_ASN1_ERRNO)
                if end == at + 2:
                    problem = errors.library_error("FIELD_MISSING", "ASN1", _FIELD_MISSING_ERRNO)
                self.store.add_certificate(Certificate(octets[at:end]))
            except der.MalformedCertificate:
                if at:
                    raise problem from None
                raise errors.usage_error("not enough data: cadata does not contain a certificate") from None
            at = end

    def load_bundle(self, path: str) -> None:
        """Trust the system's bundle. It is parsed once for all contexts, until the file changes."""
        status = os.stat(path)
        stamp = (status.st_mtime_ns, status.st_size)
        with _bundles_lock:
            known = _bundles.get(path)
            if known is None or known[0] != stamp:
                known = _bundles[path] = (stamp, _read_bundle(path))
        self.store.add_items(known[1])
        self.version = object()

    def above(self, leaf: bytes) -> tuple[bytes, ...]:
        """What of a chain above `leaf` the store holds, as DER: what OpenSSL sends along with a lone leaf."""
        chain: list[bytes] = []
        certificate = Certificate(leaf)
        while not certificate.self_issued and len(chain) < _LONGEST_CHAIN:
            for anchor in self.store.anchors_for(certificate.issuer):
                issuer = anchor.certificate
                try:
                    key = issuer.public_key
                    if key.verify_algorithm(certificate.signature_algorithm, certificate.signature, certificate.tbs):
                        break
                except (UnsupportedAlgorithm, MalformedCertificate):
                    continue
            else:
                break
            chain.append(issuer.der)
            certificate = issuer
        return tuple(chain)


def _read_bundle(path: str) -> list[Anchor | CertificateRevocationList]:
    """What of a PEM bundle can be read."""
    text = files.read(path)
    try:
        return read_pem(text)
    except NothingLoaded:
        return []
