"""Which certificate may have issued which, as far as one can tell without the signature (RFC 5280 4.2.1.1).

Choosing among several that may have is for ``building``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from refssl.x509 import extensions as ext
from refssl.x509 import strength
from refssl.x509.der import MalformedCertificate
from refssl.x509.names import canonical

if TYPE_CHECKING:
    from refssl.x509.certificate import Certificate


def may_have_issued(issuer: Certificate, subject: Certificate) -> bool:
    """Whether ``issuer`` fits as the issuer of ``subject``: by name, key identifiers and kind of key.

    A certificate with a malformed extension issues nothing and is issued by nobody. keyUsage does not count: an issuer
    that may not sign is chosen, and refused.
    """
    if issuer.facts.invalid or subject.facts.invalid or issuer.subject != subject.issuer:
        return False
    if not _identifiers_agree(issuer, subject):
        return False
    return strength.can_sign(issuer.public_key.kind, subject.signature_algorithm)


def _identifiers_agree(issuer: Certificate, subject: Certificate) -> bool:
    return identifier_agrees(issuer, subject.facts.authority_key_identifier)


def identifier_agrees(issuer: Certificate, authority: ext.AuthorityKeyIdentifier | None) -> bool:
    """Whether an authorityKeyIdentifier may mean this issuer (RFC 5280 4.2.1.1), as far as both say something."""
    if authority is None:
        return True
    identifier, names, serial = authority
    own = issuer.facts.subject_key_identifier
    if identifier is not None and own is not None and identifier != own:
        return False
    if serial is not None and serial != issuer.serial:
        return False
    for kind, content in names or ():
        if kind == ext.DIRECTORY_NAME:
            # Only the first directory name is looked at.
            return _same_name(content, issuer)
    return True


def _same_name(encoded: bytes, issuer: Certificate) -> bool:
    try:
        return canonical(encoded) == issuer.issuer.canonical
    except MalformedCertificate:
        return False
