"""The verdict on a peer's certificates as the engine wants it: an identity, or a refusal with alert and verify code.

Building and judging paths is x509's; here its codes meet the alerts of TLS.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from refssl.credentials import may_encipher, may_sign
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import ExplicitlyUnverified, PeerIdentity, Verified
from refssl.engine.faults import CertificateRefused, ProtocolError
from refssl.x509 import der, path
from refssl.x509.certificate import Certificate, MalformedCertificate
from refssl.x509.codes import INVALID_PURPOSE, MESSAGES, VerificationError

if TYPE_CHECKING:
    from refssl.engine.config import Config
    from refssl.x509.path import Policy
    from refssl.x509.store import TrustStore

_ALERTS = {
    **dict.fromkeys((2, 3, 18, 19, 20, 21, 22, 25, 33, 79), AlertDescription.UNKNOWN_CA),
    **dict.fromkeys(
        (4, 5, 6, 11, 13, 14, 15, 16, 27, 28, 62, 63, 64, 65, 66, 67, 68, 94), AlertDescription.BAD_CERTIFICATE
    ),
    **dict.fromkeys((7, 8), AlertDescription.DECRYPT_ERROR),
    **dict.fromkeys((9, 10, 12), AlertDescription.CERTIFICATE_EXPIRED),
    23: AlertDescription.CERTIFICATE_REVOKED,
    26: AlertDescription.UNSUPPORTED_CERTIFICATE,
}
"""The alert that OpenSSL sends for a verify code; certificate_unknown for any other.

Only for a certificate that is not yet valid it sends bad_certificate, where RFC 8446 6.2 has certificate_expired for a
certificate that "has expired or is not currently valid".
"""

_MISMATCHES = {62: "Hostname mismatch", 64: "IP address mismatch"}

Authenticate: TypeAlias = Callable[..., PeerIdentity]


def accept_unverified(certificates: tuple[bytes, ...], encrypts: bool = False) -> PeerIdentity:  # noqa: ARG001
    """`Config.authenticate` under CERT_NONE, of a client, for a server asks nobody then: nothing is checked but that
    there is a certificate with a key."""
    key = _parse(certificates, AlertDescription.BAD_CERTIFICATE)[0].public_key
    if key.kind == "unknown":
        raise ProtocolError(AlertDescription.INTERNAL_ERROR, "UNABLE_TO_FIND_PUBLIC_KEY_PARAMETERS")
    return PeerIdentity(certificates, key, ExplicitlyUnverified("CERT_NONE"))


class Verifier:
    """`Config.authenticate` that believes only chains to an anchor of `store`; policy: what is asked of them."""

    __slots__ = ("_hostname", "_malformed", "_store", "policy")

    def __init__(self, store: TrustStore, policy: Policy, hostname: str | None) -> None:
        """hostname: as the program wrote it, for the message of a mismatch."""
        self.policy = policy
        self._store = store
        self._hostname = hostname
        of_client = policy.purpose == "client"
        self._malformed = AlertDescription.DECODE_ERROR if of_client else AlertDescription.BAD_CERTIFICATE

    def __call__(self, certificates: tuple[bytes, ...], encrypts: bool = False) -> PeerIdentity:
        """The peer's identity. Raises CertificateRefused, and ProtocolError for what is no certificate."""
        parsed = _parse(certificates, self._malformed)
        try:
            found = path.verify(parsed, self._store, self.policy, time.time())
        except VerificationError as error:
            alert = _ALERTS.get(error.code, AlertDescription.CERTIFICATE_UNKNOWN)
            message = error.message
            if error.code in _MISMATCHES:
                # Only the border knows what the program called the host.
                message = f"{_MISMATCHES[error.code]}, certificate is not valid for '{self._hostname}'."
            raise CertificateRefused(alert, error.code, message) from None
        if not (may_encipher if encrypts else may_sign)(found[0]):
            # RFC 8446 4.4.2.2, RFC 5246 7.4.2: OpenSSL 3.6 takes any use for any.
            raise CertificateRefused(_ALERTS[INVALID_PURPOSE], INVALID_PURPOSE, MESSAGES[INVALID_PURPOSE])
        return PeerIdentity(certificates, found[0].public_key, Verified(tuple([one.der for one in found])))


def policy_of(config: Config) -> Policy | None:
    """What a config asks of the peer's chain, None where it asks nothing."""
    authenticate = config.authenticate
    return authenticate.policy if isinstance(authenticate, Verifier) else None


def _parse(certificates: tuple[bytes, ...], malformed: AlertDescription) -> list[Certificate]:
    parsed = []
    for encoded in certificates:
        try:
            parsed.append(Certificate(encoded))
        except MalformedCertificate:
            if _has_more_behind(encoded):
                raise ProtocolError(AlertDescription.DECODE_ERROR, "CERT_LENGTH_MISMATCH") from None
            raise ProtocolError(malformed, "ASN1_LIB") from None
    return parsed


def _has_more_behind(encoded: bytes) -> bool:
    """Whether it is a certificate, and something behind it."""
    try:
        _, _, end = der.element(encoded, 0, len(encoded))
        Certificate(encoded[:end])
    except MalformedCertificate:
        return False
    return end < len(encoded)
