"""The certificate extensions of RFC 5280 4.2, each from the octets of its extnValue to plain Python values.

Only the syntax lives here; what an extension demands of a path is said in ``path`` and ``constraints``. Everything
raises MalformedCertificate for octets that are not exactly one value of the extension's type.
"""

from __future__ import annotations

from refssl.x509 import der
from refssl.x509.der import MalformedCertificate
from refssl.x509.names import Name

SUBJECT_KEY_IDENTIFIER = der.oid("2.5.29.14")
KEY_USAGE = der.oid("2.5.29.15")
SUBJECT_ALT_NAME = der.oid("2.5.29.17")
ISSUER_ALT_NAME = der.oid("2.5.29.18")
BASIC_CONSTRAINTS = der.oid("2.5.29.19")
ISSUING_DISTRIBUTION_POINT = der.oid("2.5.29.28")
NAME_CONSTRAINTS = der.oid("2.5.29.30")
CRL_DISTRIBUTION_POINTS = der.oid("2.5.29.31")
CERTIFICATE_POLICIES = der.oid("2.5.29.32")
POLICY_MAPPINGS = der.oid("2.5.29.33")
AUTHORITY_KEY_IDENTIFIER = der.oid("2.5.29.35")
POLICY_CONSTRAINTS = der.oid("2.5.29.36")
EXTENDED_KEY_USAGE = der.oid("2.5.29.37")
FRESHEST_CRL = der.oid("2.5.29.46")
INHIBIT_ANY_POLICY = der.oid("2.5.29.54")
AUTHORITY_INFORMATION_ACCESS = der.oid("1.3.6.1.5.5.7.1.1")
IP_ADDRESS_BLOCKS = der.oid("1.3.6.1.5.5.7.1.7")
AUTONOMOUS_SYSTEM_NUMBERS = der.oid("1.3.6.1.5.5.7.1.8")
OCSP_NO_CHECK = der.oid("1.3.6.1.5.5.7.48.1.5")
PROXY_CERTIFICATE_INFORMATION = der.oid("1.3.6.1.5.5.7.1.14")
NETSCAPE_CERTIFICATE_TYPE = der.oid("2.16.840.1.113730.1.1")

SERVER_AUTH = der.oid("1.3.6.1.5.5.7.3.1")
CLIENT_AUTH = der.oid("1.3.6.1.5.5.7.3.2")
SERVER_GATED_CRYPTO = frozenset((der.oid("1.3.6.1.4.1.311.10.3.3"), der.oid("2.16.840.1.113730.4.1")))
ANY_EXTENDED_KEY_USAGE = der.oid("2.5.29.37.0")
OCSP = der.oid("1.3.6.1.5.5.7.48.1")
CA_ISSUERS = der.oid("1.3.6.1.5.5.7.48.2")

# KeyUsage (RFC 5280 4.2.1.3), named bits as the BIT STRING numbers them.
DIGITAL_SIGNATURE = 1 << 0
KEY_ENCIPHERMENT = 1 << 2
KEY_AGREEMENT = 1 << 4
KEY_CERT_SIGN = 1 << 5
CRL_SIGN = 1 << 6
# NetscapeCertType, the same way.
NETSCAPE_CLIENT = 1 << 0
NETSCAPE_SERVER = 1 << 1
NETSCAPE_CA = 1 << 5

# GeneralName's context-specific tags (RFC 5280 4.2.1.6), [0] to [8].
OTHER_NAME, RFC822_NAME, DNS_NAME, X400_ADDRESS, DIRECTORY_NAME, EDI_PARTY_NAME, URI, IP_ADDRESS, REGISTERED_ID = range(
    9
)
_CONSTRUCTED = frozenset((OTHER_NAME, X400_ADDRESS, DIRECTORY_NAME, EDI_PARTY_NAME))

_COMMON = frozenset(
    (
        SUBJECT_KEY_IDENTIFIER,
        KEY_USAGE,
        SUBJECT_ALT_NAME,
        BASIC_CONSTRAINTS,
        CRL_DISTRIBUTION_POINTS,
        CERTIFICATE_POLICIES,
        AUTHORITY_KEY_IDENTIFIER,
        EXTENDED_KEY_USAGE,
        AUTHORITY_INFORMATION_ACCESS,
    )
)

GeneralName = tuple[int, bytes]
"""(number of the choice, content octets); for DIRECTORY_NAME the whole Name, for OTHER_NAME type-id and value."""

Extensions = dict[bytes, tuple[bool, bytes]]
"""extnID (OID content octets) -> (critical, extnValue)."""


def parse_extensions(data: bytes, at: int, end: int) -> tuple[Extensions, frozenset[bytes]]:
    """The extensions between two offsets (the content of Extensions), and the identifiers that come more than once."""
    extensions: Extensions = {}
    repeated: frozenset[bytes] = frozenset()
    while at < end:
        identifier, critical, value, at = parse_extension(data, at, end)
        if identifier in extensions:
            repeated |= {identifier}
        else:
            extensions[identifier] = (critical, value)
    return extensions, repeated


def parse_extension(data: bytes, at: int, end: int) -> tuple[bytes, bool, bytes, int]:
    """The extension at an offset: (extnID, critical, extnValue, where it ends)."""
    element = der.element
    tag, inner, at = element(data, at, end)
    oid_tag, oid_start, oid_end = element(data, inner, at)
    next_tag, start, stop = element(data, oid_end, at)
    critical = False
    if next_tag == der.BOOLEAN:
        critical = der.boolean(data[start:stop])
        next_tag, start, stop = element(data, stop, at)
    if tag != der.SEQUENCE or oid_tag != der.OBJECT_IDENTIFIER or next_tag != der.OCTET_STRING or stop != at:
        raise MalformedCertificate("malformed extension")
    identifier = data[oid_start:oid_end]
    if identifier not in _COMMON:
        der.check_oid(identifier)
    return identifier, critical, data[start:stop], at


def basic_constraints(value: bytes) -> tuple[bool, int | None]:
    """BasicConstraints (RFC 5280 4.2.1.9): (cA, pathLenConstraint or None)."""
    at, end = der.whole(der.SEQUENCE, value)
    authority = False
    length = None
    if at < end:
        tag, start, stop = der.element(value, at, end)
        if tag == der.BOOLEAN:
            authority = der.boolean(value[start:stop])
            at = stop
    if at < end:
        start, at = der.expect(der.INTEGER, value, at, end)
        length = der.integer(value[start:at])
        if length < 0:
            raise MalformedCertificate("negative pathLenConstraint")
    if at != end:
        raise MalformedCertificate("malformed basicConstraints")
    return authority, length


def key_usage(value: bytes) -> int:
    """KeyUsage (RFC 5280 4.2.1.3) as a mask in which bit n of the BIT STRING is ``1 << n``.

    "When the keyUsage extension appears in a certificate, at least one of the bits MUST be set to 1."
    """
    mask = named_bits(value)
    if not mask:
        raise MalformedCertificate("keyUsage without any use")
    return mask


def named_bits(value: bytes) -> int:
    """A BIT STRING of named bits (KeyUsage, NetscapeCertType): the first sixteen, bit n as ``1 << n``."""
    start, end = der.whole(der.BIT_STRING, value)
    return mask_of(der.bits(value[start:end])[0])


def mask_of(octets: bytes) -> int:
    """The first sixteen bits of a BIT STRING's octets, bit n as ``1 << n``."""
    mask = 0
    for number, octet in enumerate(octets[:2]):
        for bit in range(8):
            if octet & 0x80 >> bit:
                mask |= 1 << 8 * number + bit
    return mask


def extended_key_usage(value: bytes) -> tuple[bytes, ...]:
    """ExtKeyUsageSyntax (RFC 5280 4.2.1.12): the purposes' OID content octets; none is malformed."""
    purposes = []
    at, end = der.whole(der.SEQUENCE, value)
    while at < end:
        start, at = der.expect(der.OBJECT_IDENTIFIER, value, at, end)
        purposes.append(value[start:at])
        der.check_oid(value[start:at])
    return tuple(purposes)


def subject_key_identifier(value: bytes) -> bytes:
    """SubjectKeyIdentifier (RFC 5280 4.2.1.2)."""
    start, end = der.whole(der.OCTET_STRING, value)
    return value[start:end]


AuthorityKeyIdentifier = tuple["bytes | None", "tuple[GeneralName, ...] | None", "int | None"]
"""(keyIdentifier, authorityCertIssuer, authorityCertSerialNumber)."""


def authority_key_identifier(value: bytes) -> AuthorityKeyIdentifier:
    """AuthorityKeyIdentifier (RFC 5280 4.2.1.1)."""
    identifier: bytes | None = None
    issuer: tuple[GeneralName, ...] | None = None
    serial: int | None = None
    at, end = der.whole(der.SEQUENCE, value)
    previous = -1
    while at < end:
        tag, start, at = der.element(value, at, end)
        if tag <= previous:
            raise MalformedCertificate("malformed authorityKeyIdentifier")
        previous = tag
        if tag == 0x80:
            identifier = value[start:at]
        elif tag == 0xA1:
            issuer = general_names(value, start, at)
            previous = 0x81
        elif tag == 0x82:
            serial = der.integer(value[start:at])
        else:
            raise MalformedCertificate("malformed authorityKeyIdentifier")
    return identifier, issuer, serial


def alternative_names(value: bytes) -> tuple[GeneralName, ...]:
    """SubjectAltName or IssuerAltName (RFC 5280 4.2.1.6 and 4.2.1.7), an empty one being well-formed here."""
    start, end = der.whole(der.SEQUENCE, value)
    return general_names(value, start, end)


def general_names(data: bytes, at: int, end: int) -> tuple[GeneralName, ...]:
    """Every GeneralName between two offsets."""
    names = []
    while at < end:
        tag, start, at = der.element(data, at, end)
        names.append(_general_name(tag, data[start:at]))
    return tuple(names)


def _general_name(tag: int, content: bytes) -> GeneralName:
    kind = tag & 0x1F
    if kind > REGISTERED_ID or tag & 0xE0 != (0xA0 if kind in _CONSTRUCTED else 0x80):
        raise MalformedCertificate("malformed general name")
    if kind == DIRECTORY_NAME:
        Name(content)
    elif kind == EDI_PARTY_NAME:
        _check_party(content)
    elif kind == OTHER_NAME:
        first, stop = der.expect(der.OBJECT_IDENTIFIER, content, 0, len(content))
        start, end = der.expect(0xA0, content, stop, len(content))
        tag, value, stop_of_value = der.element(content, start, end)
        if end != len(content) or stop_of_value != end:
            raise MalformedCertificate("malformed otherName")
        _check_any(tag, content[value:end])
        der.check_oid(content[first:stop])
    elif kind == REGISTERED_ID:
        der.check_oid(content)
    return kind, content


def _check_any(tag: int, content: bytes) -> None:
    """Refuse a value of any type that is not even one of its own (X.690 8; DER has no constructed strings)."""
    if tag & 0xC0:
        return
    if tag & 0x20:
        sound = tag in (der.SEQUENCE, der.SET)
    elif tag in (der.BOOLEAN, der.NULL):
        sound = len(content) == (tag == der.BOOLEAN)
    else:
        sound = True
        if tag == der.INTEGER:
            der.integer(content)
        elif tag == der.BIT_STRING:
            der.bits(content)
        elif tag == der.OBJECT_IDENTIFIER:
            der.check_oid(content)
    if not sound:
        raise MalformedCertificate("malformed value of some type")


def _check_party(content: bytes) -> None:
    """EDIPartyName (RFC 5280 4.2.1.6): nameAssigner [0] OPTIONAL, partyName [1], each a DirectoryString."""
    parts = der.elements(content, 0, len(content))
    if [tag for tag, *_ in parts] not in ([0xA1], [0xA0, 0xA1]):
        raise MalformedCertificate("malformed ediPartyName")
    for _, _, start, stop in parts:
        tag, _, end = der.element(content, start, stop)
        if tag not in (0x0C, 0x13, 0x14, 0x1C, 0x1E) or end != stop:
            raise MalformedCertificate("malformed ediPartyName")


def access_descriptions(value: bytes) -> tuple[tuple[bytes, GeneralName], ...]:
    """AuthorityInfoAccessSyntax (RFC 5280 4.2.2.1): (accessMethod, accessLocation) in order."""
    descriptions = []
    at, end = der.whole(der.SEQUENCE, value)
    while at < end:
        inner, at = der.expect(der.SEQUENCE, value, at, end)
        start, stop = der.expect(der.OBJECT_IDENTIFIER, value, inner, at)
        names = general_names(value, stop, at)
        if len(names) != 1:
            raise MalformedCertificate("malformed authorityInfoAccess")
        descriptions.append((value[start:stop], names[0]))
    return tuple(descriptions)


Subtree = tuple[int, bytes, int, int | None]
"""(number of GeneralName's choice, its content, minimum, maximum)."""


def name_constraints(value: bytes) -> tuple[tuple[Subtree, ...], tuple[Subtree, ...]]:
    """NameConstraints (RFC 5280 4.2.1.10): (permittedSubtrees, excludedSubtrees)."""
    permitted: tuple[Subtree, ...] = ()
    excluded: tuple[Subtree, ...] = ()
    at, end = der.whole(der.SEQUENCE, value)
    previous = -1
    for tag, _, start, stop in der.elements(value, at, end):
        if tag <= previous or tag not in (0xA0, 0xA1):
            raise MalformedCertificate("malformed nameConstraints")
        previous = tag
        if tag == 0xA0:
            permitted = _subtrees(value, start, stop)
        else:
            excluded = _subtrees(value, start, stop)
    return permitted, excluded


def _subtrees(data: bytes, at: int, end: int) -> tuple[Subtree, ...]:
    subtrees = []
    while at < end:
        inner, at = der.expect(der.SEQUENCE, data, at, end)
        tag, start, stop = der.element(data, inner, at)
        kind, content = _general_name(tag, data[start:stop])
        minimum, maximum = 0, None
        for bound, _, first, last in der.elements(data, stop, at):
            if bound == 0x80:
                minimum = der.integer(data[first:last])
            elif bound == 0x81:
                maximum = der.integer(data[first:last])
            else:
                raise MalformedCertificate("malformed GeneralSubtree")
        subtrees.append((kind, content, minimum, maximum))
    return tuple(subtrees)
