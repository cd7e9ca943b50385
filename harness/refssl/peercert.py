"""A certificate as the dictionary that ``getpeercert()`` gives: OpenSSL's names of things and its way of printing them.

Only the description lives here; parsing is in ``refssl.x509``. The stdlib prints whatever a certificate holds, however
odd; where it would raise UnicodeDecodeError or an SSLError without a reason, MalformedCertificate is raised here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib import resources
from time import gmtime
from typing import Any

from refssl.x509 import der
from refssl.x509 import extensions as ext
from refssl.x509.certificate import Certificate
from refssl.x509.der import MalformedCertificate
from refssl.x509.distribution import distribution_points
from refssl.x509.names import Attribute, Name

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# What the octets of an otherName must be for OpenSSL to print it: by type-id, its label and the tag of its value.
_OTHER_NAMES = {
    der.oid("1.3.6.1.4.1.311.20.2.3"): ("UPN", der.UTF8_STRING),
    der.oid("1.3.6.1.5.5.7.8.9"): ("SmtpUTF8Mailbox", der.UTF8_STRING),
    der.oid("1.3.6.1.5.5.7.8.5"): ("XmppAddr", der.UTF8_STRING),
    der.oid("1.3.6.1.5.5.7.8.7"): ("SRVName", der.IA5_STRING),
    der.oid("1.3.6.1.5.5.7.8.8"): ("NAIRealm", der.UTF8_STRING),
}
_LONGEST_OTHER_NAME = 2036
_TEXT_NAMES = {ext.RFC822_NAME: "email", ext.DNS_NAME: "DNS", ext.URI: "URI"}


def describe(certificate: Certificate) -> dict[str, Any]:
    """What ``SSLSocket.getpeercert()`` returns for a validated certificate, key by key and in the stdlib's order.

    Raises MalformedCertificate where a name or a time cannot be printed.
    """
    description: dict[str, Any] = {
        "subject": _name(certificate.subject),
        "issuer": _name(certificate.issuer),
        "version": certificate.version,
        "serialNumber": _serial_number(certificate.serial),
        "notBefore": _time(certificate.not_before),
        "notAfter": _time(certificate.not_after),
    }
    extensions = certificate.extensions
    if ext.SUBJECT_ALT_NAME in extensions:
        names = ext.alternative_names(extensions[ext.SUBJECT_ALT_NAME][1])
        description["subjectAltName"] = tuple(map(_general_name, names))
    if ext.AUTHORITY_INFORMATION_ACCESS in extensions:
        value = extensions[ext.AUTHORITY_INFORMATION_ACCESS][1]
        for key, method in (("OCSP", ext.OCSP), ("caIssuers", ext.CA_ISSUERS)):
            locations = tuple(_uris(_locations(value, method)))
            if locations:
                description[key] = locations
    if ext.CRL_DISTRIBUTION_POINTS in extensions:
        points = distribution_points(extensions[ext.CRL_DISTRIBUTION_POINTS][1])
        locations = tuple(_uris(name for point in points for name in point.names or ()))
        if locations:
            description["crlDistributionPoints"] = locations
    return description


def _name(name: Name) -> tuple[tuple[tuple[str, str | bytes | None], ...], ...]:
    return tuple(tuple((_object_name(a.type), _attribute_value(a)) for a in rdn) for rdn in name.rdns)


def _attribute_value(attribute: Attribute) -> str | bytes | None:
    if attribute.text is not None:
        return attribute.text
    if attribute.tag == der.BIT_STRING:
        return der.bits(attribute.value)[0] or None
    raise MalformedCertificate("attribute without a text")


def _object_name(identifier: bytes) -> str:
    """OpenSSL's long name of an object, or its number with dots where it has none."""
    name = _COMMON_NAMES.get(identifier)
    if name is None:
        number = der.dotted(identifier)
        name = _object_names().get(number, number)
    return name


_COMMON_NAMES = {
    der.oid("2.5.4.3"): "commonName",
    der.oid("2.5.4.6"): "countryName",
    der.oid("2.5.4.7"): "localityName",
    der.oid("2.5.4.8"): "stateOrProvinceName",
    der.oid("2.5.4.10"): "organizationName",
    der.oid("2.5.4.11"): "organizationalUnitName",
}


@lru_cache(maxsize=1)
def _object_names() -> dict[str, str]:
    """OpenSSL 3.6's table of objects (``openssl list -objects``): numbers with dots to long names."""
    text = resources.files("refssl.x509").joinpath("object_names.txt").read_text(encoding="utf-8")
    return dict(line.split(" ", 1) for line in text.splitlines())


def _serial_number(serial: int) -> str:
    digits = f"{abs(serial):X}"
    return ("-" if serial < 0 else "") + digits.zfill(len(digits) + len(digits) % 2)


def _time(seconds: int) -> str:
    moment = gmtime(seconds)
    clock = f"{moment.tm_hour:02}:{moment.tm_min:02}:{moment.tm_sec:02}"
    return f"{_MONTHS[moment.tm_mon - 1]} {moment.tm_mday:2} {clock} {moment.tm_year} GMT"


def _general_name(name: ext.GeneralName) -> tuple[str, Any]:
    kind, content = name
    if kind in _TEXT_NAMES:
        return _TEXT_NAMES[kind], _text(content)
    if kind == ext.IP_ADDRESS:
        return "IP Address", _address(content)
    if kind == ext.DIRECTORY_NAME:
        return "DirName", _name(Name(content))
    if kind == ext.REGISTERED_ID:
        return "Registered ID", _object_name(content)
    if kind == ext.OTHER_NAME:
        return "othername", _other_name(content)
    return "X400Name" if kind == ext.X400_ADDRESS else "EdiPartyName", "<unsupported>"


def _other_name(content: bytes) -> str:
    start, stop = der.expect(der.OBJECT_IDENTIFIER, content, 0, len(content))
    first, last = der.expect(0xA0, content, stop, len(content))
    tag, value, _ = der.element(content, first, last)
    label, expected = _OTHER_NAMES.get(content[start:stop], ("", -1))
    if tag != expected:
        return "<unsupported>"
    # CPython takes one line of what OpenSSL prints, and no more than its buffer holds; a NUL ends it as C has it.
    line, newline, _ = content[value:last].partition(b"\0")[0].partition(b"\n")
    return _text((label.encode() + b":" + line + newline)[:_LONGEST_OTHER_NAME])


def _address(octets: bytes) -> str:
    """As OpenSSL prints it: IPv6 without ``::``, each group in capital hexadecimal digits."""
    if len(octets) == 4:
        return ".".join(map(str, octets))
    if len(octets) == 16:
        return ":".join(f"{int.from_bytes(octets[at : at + 2], 'big'):X}" for at in range(0, 16, 2))
    return "<invalid>"


def _locations(value: bytes, method: bytes) -> Iterator[ext.GeneralName]:
    try:
        descriptions = ext.access_descriptions(value)
    except MalformedCertificate:
        # The stdlib passes over an authorityInfoAccess that cannot be read, and nothing but this dictionary uses it.
        return
    yield from (location for found, location in descriptions if found == method)


def _uris(names: Iterable[ext.GeneralName]) -> Iterator[str]:
    return (_text(content) for kind, content in names if kind == ext.URI)


def _text(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        raise MalformedCertificate("general name is no text") from None
