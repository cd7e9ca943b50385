"""Certificate policies (RFC 5280 6.1), for who asks for them with the flags of X509_VERIFY_PARAM.

ssl has no way to name the policies that are acceptable, so for OpenSSL the user-initial-policy-set is empty: whatever
valid_policy_tree a path has, nothing of it remains in step 6.1.5 (g). What decides is therefore whether a certificate
or EXPLICIT_POLICY requires a policy at all; the tree itself is not built, and mappings and inhibitions come to nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from refssl.x509 import codes, der
from refssl.x509 import extensions as ext
from refssl.x509.certificate import Certificate
from refssl.x509.codes import VerificationError
from refssl.x509.der import MalformedCertificate

_ANY_POLICY = der.oid("2.5.29.32.0")
_CPS = der.oid("1.3.6.1.5.5.7.2.1")
_USER_NOTICE = der.oid("1.3.6.1.5.5.7.2.2")
_DISPLAY_TEXT = frozenset((der.IA5_STRING, der.VISIBLE_STRING, der.BMP_STRING, der.UTF8_STRING))
_EXTENSIONS = frozenset((ext.CERTIFICATE_POLICIES, ext.POLICY_MAPPINGS, ext.POLICY_CONSTRAINTS, ext.INHIBIT_ANY_POLICY))


def check(path: Sequence[Certificate], explicit: bool) -> None:
    """Refuse a path (leaf first) whose policies are malformed, or that requires one. Raises VerificationError.

    explicit: initial-explicit-policy (RFC 5280 6.1.1 (e)).
    """
    count = len(path) - 1
    if not count:
        return
    explicit_policy = 0 if explicit else count + 1
    for depth in range(count - 1, -1, -1):
        certificate = path[depth]
        try:
            policies, required = _read(certificate)
        except MalformedCertificate:
            raise VerificationError(codes.INVALID_POLICY_EXTENSION, depth) from None
        if explicit_policy:
            # 6.1.4 (h) and (i), and 6.1.5 (a) and (b).
            if not certificate.self_issued:
                explicit_policy -= 1
            if required is not None:
                explicit_policy = min(explicit_policy, required)
        # 6.1.3 (f): nothing below can bring a policy back.
        if not explicit_policy and not policies:
            break
    if not explicit_policy:
        raise VerificationError(codes.NO_EXPLICIT_POLICY)


def _read(certificate: Certificate) -> tuple[frozenset[bytes], int | None]:
    """(its policies, requireExplicitPolicy). Without policies, only policyConstraints has to be well-formed."""
    extensions = certificate.extensions
    if not certificate.repeated_extensions.isdisjoint(_EXTENSIONS):
        raise MalformedCertificate("repeated policy extension")
    required = None
    if ext.POLICY_CONSTRAINTS in extensions:
        required = _constraints(extensions[ext.POLICY_CONSTRAINTS][1])
    if ext.CERTIFICATE_POLICIES not in extensions:
        return frozenset(), required
    policies = _policies(extensions[ext.CERTIFICATE_POLICIES][1])
    if policies:
        if ext.POLICY_MAPPINGS in extensions:
            _check_mappings(extensions[ext.POLICY_MAPPINGS][1])
        if ext.INHIBIT_ANY_POLICY in extensions:
            value = extensions[ext.INHIBIT_ANY_POLICY][1]
            start, end = der.whole(der.INTEGER, value)
            _skip(value[start:end])
    return policies, required


def _skip(content: bytes) -> int:
    """SkipCerts ::= INTEGER (0..MAX)."""
    number = der.integer(content)
    if number < 0:
        raise MalformedCertificate("negative SkipCerts")
    return number


def _constraints(value: bytes) -> int | None:
    """PolicyConstraints (RFC 5280 4.2.1.11): "either [...] field MUST be present"; gives requireExplicitPolicy."""
    at, end = der.whole(der.SEQUENCE, value)
    fields = {tag: _skip(value[start:stop]) for tag, _, start, stop in der.elements(value, at, end)}
    if list(fields) not in ([0x80], [0x81], [0x80, 0x81]):
        raise MalformedCertificate("malformed policyConstraints")
    return fields.get(0x80)


def _check_mappings(value: bytes) -> None:
    """PolicyMappings (RFC 5280 4.2.1.5): one or more, none to or from anyPolicy."""
    at, end = der.whole(der.SEQUENCE, value)
    if at == end:
        raise MalformedCertificate("empty policyMappings")
    while at < end:
        inner, at = der.expect(der.SEQUENCE, value, at, end)
        pair = der.elements(value, inner, at)
        if [tag for tag, *_ in pair] != [der.OBJECT_IDENTIFIER] * 2:
            raise MalformedCertificate("malformed policyMappings")
        for _, _, start, stop in pair:
            der.check_oid(value[start:stop])
            if value[start:stop] == _ANY_POLICY:
                raise MalformedCertificate("anyPolicy is mapped")


def _policies(value: bytes) -> frozenset[bytes]:
    """CertificatePolicies (RFC 5280 4.2.1.4): "A certificate policy OID MUST NOT appear more than once"."""
    policies = set()
    at, end = der.whole(der.SEQUENCE, value)
    while at < end:
        inner, at = der.expect(der.SEQUENCE, value, at, end)
        start, stop = der.expect(der.OBJECT_IDENTIFIER, value, inner, at)
        policy = value[start:stop]
        der.check_oid(policy)
        if policy in policies:
            raise MalformedCertificate("repeated policy")
        policies.add(policy)
        if stop < at:
            first, last = der.expect(der.SEQUENCE, value, stop, at)
            if last != at:
                raise MalformedCertificate("malformed PolicyInformation")
            _check_qualifiers(value, first, last)
    return frozenset(policies)


def _check_qualifiers(data: bytes, at: int, end: int) -> None:
    while at < end:
        inner, at = der.expect(der.SEQUENCE, data, at, end)
        first, last = der.expect(der.OBJECT_IDENTIFIER, data, inner, at)
        der.check_oid(data[first:last])
        tag, start, stop = der.element(data, last, at)
        identifier = data[first:last]
        if stop != at or (identifier == _CPS and tag != der.IA5_STRING):
            raise MalformedCertificate("malformed policy qualifier")
        if identifier == _USER_NOTICE:
            if tag != der.SEQUENCE:
                raise MalformedCertificate("malformed UserNotice")
            _check_notice(data, start, stop)


def _check_notice(data: bytes, at: int, end: int) -> None:
    """UserNotice: NoticeReference OPTIONAL, DisplayText OPTIONAL."""
    parts = der.elements(data, at, end)
    if parts and parts[0][0] == der.SEQUENCE:
        _, _, start, stop = parts.pop(0)
        reference = der.elements(data, start, stop)
        if len(reference) != 2 or reference[0][0] not in _DISPLAY_TEXT or reference[1][0] != der.SEQUENCE:
            raise MalformedCertificate("malformed NoticeReference")
        for tag, _, first, last in der.elements(data, *reference[1][2:]):
            if tag != der.INTEGER:
                raise MalformedCertificate("malformed NoticeReference")
            der.integer(data[first:last])
    if [tag for tag, *_ in parts if tag not in _DISPLAY_TEXT] or len(parts) > 1:
        raise MalformedCertificate("malformed UserNotice")
