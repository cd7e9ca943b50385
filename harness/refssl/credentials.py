"""The certificate chains and private keys that a context presents, read from PEM files.

Files, passwords and OpenSSL's words for what is wrong with them live here; signing is crypto's, choosing the engine's.
"""

from __future__ import annotations

import os
from dataclasses import replace

from refssl import errors, files
from refssl.crypto.keys import PrivateKey, UnsupportedAlgorithm
from refssl.engine.config import Credential
from refssl.x509 import pem, strength, suite_b
from refssl.x509.certificate import Certificate
from refssl.x509.codes import VerificationError
from refssl.x509.der import MalformedCertificate
from refssl.x509.extensions import DIGITAL_SIGNATURE, KEY_ENCIPHERMENT

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    PathLike: TypeAlias = str | bytes | os.PathLike[str] | os.PathLike[bytes]
    Secret: TypeAlias = str | bytes | bytearray
    Password: TypeAlias = Secret | Callable[[], Secret]

_LONGEST_PASSWORD = 1024
_PEM_LIB_ERRNO = 524297
_KEY_VALUES_MISMATCH_ERRNO = 116
_TOO_SMALL = {"EE_KEY_TOO_SMALL": 399, "CA_KEY_TOO_SMALL": 397}


class Credentials:
    """What load_cert_chain() has loaded: one chain for each kind of key, the newest of a kind replacing the older."""

    __slots__ = ("_chains", "_completed")

    def __init__(self) -> None:
        self._chains: dict[str, tuple[tuple[Certificate, ...], Credential]] = {}
        self._completed: tuple[object, tuple[object, int, int], tuple[Credential, ...]] | None = None

    def load(self, certfile: PathLike, keyfile: PathLike | None, password: Password | None, level: int) -> None:
        """Read a chain and its key; nothing changes where it fails. Errors as in ssl.SSLContext.load_cert_chain.

        level: the security level, below which no key of the chain may be.
        """
        certificate_text = _read(certfile, "certfile")
        key_text = certificate_text if keyfile is None else _read(keyfile, "keyfile")
        _check_password(password)
        chain = _certificates(certificate_text)
        if not chain:
            raise _pem_lib()
        key = _private_key(key_text, password, chain[0].spki)
        if key.public_spki() != chain[0].spki:
            raise errors.library_error("KEY_VALUES_MISMATCH", "X509", _KEY_VALUES_MISMATCH_ERRNO)
        weakness = _weakness(chain, level)
        if weakness:
            raise errors.library_error(weakness, errno=_TOO_SMALL[weakness])
        credential = Credential(
            tuple(certificate.der for certificate in chain),
            key.schemes,
            key.sign,
            schemes12=key.schemes12,
            kind=key.kind,
            curve=key.curve,
            decrypt=key.decrypt_pkcs1 if key.kind == "rsa" else None,
        )
        self._chains = {**self._chains, key.kind: (tuple(chain), credential)}

    def for_connection(
        self,
        allowed: tuple[int, ...] | None,
        level: int,
        suite_b_flags: int,
        version: object,
        complete: Callable[[bytes], tuple[bytes, ...]],
    ) -> tuple[Credential, ...]:
        """The credentials whose keys can sign with one of the `allowed` schemes (None: any).

        suite_b_flags: those of `refssl.x509.flags` to which a chain is held in TLS 1.2, or 0. OpenSSL sends with a lone
        leaf what `complete(leaf)` finds above it in the trust store; `version` changes with that store.
        """
        loaded, conditions = self._chains, (version, level, suite_b_flags)
        completed = self._completed
        if completed is None or completed[0] is not loaded or completed[1] != conditions:
            usable = [_restricted(chain, one, level) for chain, one in loaded.values()]
            chains = [_complete(one, complete) for one in usable if one.schemes12 or one.decrypt]
            if suite_b_flags:
                chains = [_held_to_suite_b(one, suite_b_flags) for one in chains]
            completed = self._completed = loaded, conditions, tuple(chains)
        if allowed is None:
            return completed[2]
        limited = []
        for credential in completed[2]:
            schemes = tuple(scheme for scheme in allowed if scheme in credential.schemes)
            schemes12 = tuple(scheme for scheme in allowed if scheme in credential.schemes12)
            if schemes or schemes12 or credential.decrypt is not None:
                limited.append(replace(credential, schemes=schemes, schemes12=schemes12))
        return tuple(limited)


def may_sign(certificate: Certificate) -> bool:
    """Whether the certificate allows its key to sign a handshake (RFC 5280 4.2.1.3)."""
    usage = certificate.facts.key_usage
    return usage is None or bool(usage & DIGITAL_SIGNATURE)


def may_encipher(certificate: Certificate) -> bool:
    """Whether the certificate allows that a premaster secret is encrypted to its key (RFC 5280 4.2.1.3)."""
    usage = certificate.facts.key_usage
    return usage is None or bool(usage & KEY_ENCIPHERMENT)


def _weakness(chain: Sequence[Certificate], level: int) -> str:
    """OpenSSL's reason why a chain is below a security level, or "". Hashes of signatures do not count here."""
    demanded = strength.LEVELS[level]
    weak = next((depth for depth, one in enumerate(chain) if strength.key_bits(one) < demanded), None)
    return "" if weak is None else "CA_KEY_TOO_SMALL" if weak else "EE_KEY_TOO_SMALL"


def _restricted(chain: Sequence[Certificate], credential: Credential, level: int) -> Credential:
    """The credential without what its certificate does not allow its key to do (RFC 5280 4.2.1.3)."""
    weakness = _weakness(chain, level)
    if weakness:
        credential = replace(credential, weakness=weakness)
    leaf = chain[0]
    if not may_encipher(leaf):
        credential = replace(credential, decrypt=None)
    # RFC 8446 4.4.2.2: "the digitalSignature bit MUST be set if the Key Usage extension is present".
    return credential if may_sign(leaf) else replace(credential, schemes=(), schemes12=())


def _complete(credential: Credential, complete: Callable[[bytes], tuple[bytes, ...]]) -> Credential:
    if len(credential.certificates) > 1:
        return credential
    leaf = credential.certificates[0]
    return replace(credential, certificates=(leaf, *complete(leaf)))


def _held_to_suite_b(credential: Credential, flags: int) -> Credential:
    """The credential, without use in TLS 1.2 where its chain is not of Suite B; OpenSSL shows it in TLS 1.3 even so."""
    try:
        suite_b.check([Certificate(encoded) for encoded in credential.certificates], flags)
    except VerificationError:
        return replace(credential, schemes12=(), decrypt=None)
    return credential


def _read(path: PathLike, parameter: str) -> bytes:
    if not isinstance(path, (str, bytes, os.PathLike)):
        raise TypeError(f"{parameter} should be a valid filesystem path")
    return files.read(path)


def _certificates(text: bytes) -> list[Certificate]:
    """The certificates of a PEM text, leaf first; SSLError for one that cannot be read."""
    certificates = []
    for block in pem.blocks(text):
        if block.label in pem.CERTIFICATE_LABELS:
            try:
                certificates.append(Certificate(block.data or b""))
            except MalformedCertificate:
                raise _pem_lib() from None
    return certificates


def _pem_lib() -> errors.SSLError:
    error = errors.SSLError(_PEM_LIB_ERRNO, "[SSL] PEM lib (refssl)")
    error.library = "SSL"
    error.reason = None
    return error


def _check_password(password: object) -> None:
    if password is None or callable(password):
        return
    if not isinstance(password, (str, bytes, bytearray)):
        raise TypeError("password should be a string or callable")
    _octets(password)


def _octets(password: Secret) -> bytes:
    octets = password.encode("utf-8") if isinstance(password, str) else bytes(password)
    if len(octets) > _LONGEST_PASSWORD:
        raise ValueError(f"password cannot be longer than {_LONGEST_PASSWORD} bytes")
    return octets


def _private_key(text: bytes, password: Password | None, spki: bytes) -> PrivateKey:
    text = _first_key(text)
    encrypted = b"ENCRYPTED" in text
    secret = _ask(password) if encrypted else None
    try:
        return PrivateKey.load_pem(text, secret, spki)
    except UnsupportedAlgorithm as error:
        wrong = errors.library_error("UNKNOWN_CERTIFICATE_TYPE")
        raise wrong from error
    except (ValueError, TypeError):
        raise _pem_lib() from None


def _first_key(text: bytes) -> bytes:
    """The block of the first private key: the parameters that OpenSSL writes before an EC key are not wanted."""
    at = 0
    while (begin := text.find(b"-----BEGIN ", at)) >= 0:
        line_end = text.find(b"-----", begin + 11)
        if line_end < 0:
            break
        label = text[begin + 11 : line_end]
        ending = b"-----END " + label + b"-----"
        end = text.find(ending, line_end)
        if end < 0:
            break
        at = end + len(ending)
        if label.endswith(b"PRIVATE KEY"):
            return text[begin:at] + b"\n"
    raise _pem_lib()


def _ask(password: Password | None) -> bytes:
    """The password for an encrypted key: given, from the program's callback, or typed by the user."""
    if password is None:
        import getpass

        try:
            return _octets(getpass.getpass("Enter PEM pass phrase:"))
        except (EOFError, OSError):
            raise _pem_lib() from None
    if callable(password):
        password = password()
        if not isinstance(password, (str, bytes, bytearray)):
            raise TypeError("password callback must return a string")
    return _octets(password)
