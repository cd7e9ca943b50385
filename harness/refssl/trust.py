"""What a context trusts and how that is loaded: files, directories, the system's bundle, data.

Here are OpenSSL's words for what is wrong with them. Building and judging paths is x509's, and what the engine is told
of it verdict.py's.
"""

from __future__ import annotations

import os
import threading

from refssl import errors

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    from typing_extensions import Buffer

    from refssl.credentials import PathLike
    from refssl.x509.certificate import Certificate
    from refssl.x509.store import TrustStore

_NO_CERTIFICATE_ERRNO = 136
_BAD_BASE64_ERRNO = 100
_NOT_ENOUGH_DATA_ERRNO = 142
_LONGEST_CHAIN = 10

_bundles: dict[str, tuple[tuple[int, int], list[Certificate]]] = {}
_bundles_lock = threading.Lock()


class Trust:
    """The trust store of one context. `version` changes whenever something is loaded."""

    __slots__ = ("_store", "version")

    def __init__(self) -> None:
        self._store: TrustStore | None = None
        self.version = 0

    @property
    def store(self) -> TrustStore:
        """The x509 store, made when it is first needed."""
        if self._store is None:
            from refssl.x509.store import TrustStore

            self._store = TrustStore()
        return self._store

    def load_file(self, path: PathLike) -> None:
        """Trust a PEM file's certificates and take its CRLs. Raises OSError, and SSLError where it has none."""
        from refssl.x509.store import NothingLoaded

        with open(path, "rb", buffering=0) as file:
            text = file.readall()
        self.version += 1
        try:
            self.store.add_pem(text)
        except NothingLoaded:
            raise errors.library_error("NO_CERTIFICATE_OR_CRL_FOUND", "X509", _NO_CERTIFICATE_ERRNO) from None

    def load_directory(self, path: PathLike) -> None:
        """Look for anchors in a directory of hashed names when one is needed; it need not exist."""
        self.version += 1
        self.store.add_hashed_directory(os.fsdecode(path))

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
        self.version += 1
        if isinstance(data, str):
            self._load_pem(octets)
        else:
            self._load_der(octets)

    def _load_pem(self, text: bytes) -> None:
        from refssl.x509 import pem

        loaded = 0
        for block in pem.blocks(text):
            if block.label not in pem.CERTIFICATE_LABELS:
                continue
            problem = ("BAD_BASE64_DECODE", "PEM", _BAD_BASE64_ERRNO)
            if block.data is None or not self._add(block.data):
                if loaded:
                    raise errors.library_error(*problem)
                break
            loaded += 1
        if not loaded:
            raise errors.usage_error("no start line: cadata does not contain a certificate")

    def _load_der(self, octets: bytes) -> None:
        from refssl.x509 import der

        at = 0
        while at < len(octets):
            try:
                end = der.element(octets, at, len(octets))[2]
            except der.MalformedCertificate:
                end = at
            if end == at or not self._add(octets[at:end]):
                if at:
                    raise errors.library_error("NOT_ENOUGH_DATA", "ASN1", _NOT_ENOUGH_DATA_ERRNO)
                raise errors.usage_error("not enough data: cadata does not contain a certificate")
            at = end

    def _add(self, encoded: bytes) -> bool:
        from refssl.x509.certificate import Certificate, MalformedCertificate

        try:
            self.store.add_certificate(Certificate(encoded))
        except MalformedCertificate:
            return False
        return True

    def load_bundle(self, path: str) -> None:
        """Trust the system's bundle. It is parsed once for all contexts, until the file changes."""
        status = os.stat(path)
        stamp = (status.st_mtime_ns, status.st_size)
        with _bundles_lock:
            known = _bundles.get(path)
            if known is None or known[0] != stamp:
                known = _bundles[path] = (stamp, _parse_bundle(path))
        self.version += 1
        store = self.store
        for certificate in known[1]:
            store.add_certificate(certificate)

    def above(self, leaf: bytes) -> tuple[bytes, ...]:
        """What of a chain above `leaf` the store holds, as DER: what OpenSSL sends along with a lone leaf."""
        from refssl.crypto.keys import UnsupportedAlgorithm
        from refssl.x509.certificate import Certificate, MalformedCertificate

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


def _parse_bundle(path: str) -> list[Certificate]:
    """The certificates of a PEM bundle that can be read."""
    from refssl.x509 import pem
    from refssl.x509.certificate import Certificate, MalformedCertificate

    certificates = []
    with open(path, "rb") as file:
        text = file.read()
    for block in pem.blocks(text):
        if block.label in pem.CERTIFICATE_LABELS and block.data:
            try:
                certificates.append(Certificate(block.data))
            except MalformedCertificate:
                continue
    return certificates
