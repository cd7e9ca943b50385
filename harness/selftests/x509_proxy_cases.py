"""Cases of ``x509_cases`` that are about proxy certificates (RFC 3820) and internet number resources (RFC 3779)."""

from __future__ import annotations

from typing import Any

from selftests import x509_forge as forge
from selftests.x509_chains import (
    CA,
    INTER,
    INTER_NAME,
    LEAF,
    LOCALHOST,
    PAST,
    ROOT,
    ROOT_NAME,
    Case,
    I,
    aki,
    bc,
    inter,
    ku,
    root,
    san,
    ski,
    under_inter,
)
from selftests.x509_forge import attribute, certificate, dns, extension, integer, purposes, sequence, tlv

ALLOWED = 0x8040
HOLDER_KEY = forge.key("holder")


def called(*common_names: str) -> bytes:
    return sequence(*(attribute("2.5.4.3", common_name) for common_name in common_names))


HOLDER_NAME = called("holder")


def information(length: int | None = None, critical: bool = True, value: bytes | None = None) -> bytes:
    """ProxyCertInfo, in which the proxy inherits all rights."""
    if value is None:
        value = sequence(b"" if length is None else integer(length), sequence(forge.oid("1.3.6.1.5.5.7.21.1")))
    return extension("1.3.6.1.5.5.7.1.14", value, critical)


def holder(*extensions: bytes, **options: Any) -> bytes:
    return certificate(HOLDER_NAME, HOLDER_KEY, ROOT_NAME, ROOT, extensions or (ku(0), aki(ROOT)), **options)


def proxy(*extensions: bytes, subject: bytes | None = None, **options: Any) -> bytes:
    subject = subject or called("holder", "1")
    return certificate(subject, LEAF, HOLDER_NAME, HOLDER_KEY, extensions or (information(), ku(0)), **options)


def lent(label: str, code: int, *chain: bytes, flags: int = ALLOWED, **options: Any) -> Case:
    return Case(f"proxy: {label}", code, chain, flags=flags, **options)


def tower(code: int, *lengths: int | None, authority_length: int | None = None) -> Case:
    """Proxies of proxies, the first proxy's pCPathLenConstraint first."""
    chain = [certificate(HOLDER_NAME, HOLDER_KEY, INTER_NAME, INTER, (ku(0), aki(INTER)))]
    signer, names = HOLDER_KEY, ["holder"]
    for place, length in enumerate(lengths):
        private = LEAF if place + 1 == len(lengths) else forge.key(f"proxy {place}")
        subject = called(*names, str(place))
        chain.insert(0, certificate(subject, private, called(*names), signer, (information(length), ku(0))))
        signer, names = private, [*names, str(place)]
    authority = root(bc(path_length=authority_length), ku(5, 6), ski(ROOT))
    label = f"{lengths} under an authority for {authority_length}"
    return lent(label, code, *chain, I, anchors=(authority,))


PROXIES = [
    lent("not asked for", 40, proxy(), holder(), flags=0x8000),
    lent("asked for", 0, proxy(), holder()),
    lent("of a client", 0, proxy(), holder(), client=True),
    lent("not critical", 0, proxy(information(critical=False), ku(0)), holder()),
    lent("called something else", 72, proxy(subject=called("other", "1")), holder()),
    lent("called two things more", 72, proxy(subject=called("holder", "1", "2")), holder()),
    lent(
        "called by another attribute",
        72,
        proxy(subject=sequence(attribute("2.5.4.3", "holder"), attribute("2.5.4.10", "1"))),
        holder(),
    ),
    lent("called by other letters", 0, proxy(subject=called("HOLDER", "1")), holder()),
    lent("called as its holder is", 18, proxy(subject=HOLDER_NAME), holder()),
    lent("holder without keyUsage", 0, proxy(), holder(LOCALHOST, aki(ROOT))),
    lent("holder may not sign", 39, proxy(), holder(ku(2), aki(ROOT))),
    lent("holder may sign certificates", 37, proxy(), holder(ku(0, 5), aki(ROOT))),
    lent("holder is a root", 37, certificate(called("Root", "1"), LEAF, ROOT_NAME, ROOT, (information(), ku(0)))),
    lent("holder is no server", 26, proxy(), holder(purposes("client"), aki(ROOT))),
    lent("holder has expired", 10, proxy(), holder(**PAST)),
    lent("alternative name", 20, proxy(information(), san(dns("localhost"))), holder(), since=(3, 6)),
    lent("authority", 20, proxy(information(), bc()), holder(), since=(3, 6)),
    lent("information without sense", 20, proxy(information(value=b"\x30\x03abc")), holder(), since=(3, 6)),
    lent("information without a policy", 20, proxy(information(value=sequence())), holder(), since=(3, 6)),
    lent("negative length", 20, proxy(information(-1)), holder(), stricter=True),
    lent("named by its own name only", 62, proxy(), holder(LOCALHOST, aki(ROOT)), hostname="localhost"),
    lent("named", 0, proxy(subject=called("holder", "localhost")), holder(), hostname="localhost"),
    lent("signs something that is no proxy", 79, certificate(called("x"), LEAF, HOLDER_NAME, HOLDER_KEY), holder()),
    lent("has no list of its own", 0, proxy(serial=7), holder(), flags=0x804C, crls=(forge.crl(ROOT_NAME, ROOT),)),
    lent("holder is revoked", 23, proxy(), holder(serial=7), flags=0x804C, crls=(forge.crl(ROOT_NAME, ROOT, (7,)),)),
    tower(0, None),
    tower(0, 0),
    tower(0, None, None, None),
    tower(38, 0, None),
    tower(0, 1, 0),
    tower(38, 1, 1),
    tower(0, 2, 1, 0),
    tower(38, None, 0, None),
    tower(25, None, authority_length=0),
    tower(0, None, None, authority_length=1),
]


def addresses(*families: tuple[bytes, bytes]) -> bytes:
    blocks = (sequence(tlv(4, family), choice) for family, choice in families)
    return extension("1.3.6.1.5.5.7.1.7", sequence(*blocks), True)


def prefix(*octets: int) -> bytes:
    return tlv(3, bytes((0, *octets)))


def numbers(*fields: bytes) -> bytes:
    return extension("1.3.6.1.5.5.7.1.8", sequence(*fields), True)


def between(*bounds: int) -> bytes:
    return sequence(*map(integer, bounds))


def held(label: str, code: int, of_leaf: bytes, of_issuer: bytes = b"", of_root: bytes = b"", **options: Any) -> Case:
    chain = under_inter(of_leaf, LOCALHOST, aki(INTER)), inter(*CA, of_issuer, ski(INTER), aki(ROOT))
    return Case(f"resources: {label}", code, chain, (root(*CA, of_root, ski(ROOT)),), **options)


INHERIT = b"\5\0"
IPV4, IPV6 = b"\0\1", b"\0\2"
TEN, TEN_ONE, ELEVEN = sequence(prefix(10)), sequence(prefix(10, 1)), sequence(prefix(11))
ALL_NUMBERS = numbers(tlv(0xA0, sequence(between(0, 2**32 - 1))))
FIVE = numbers(tlv(0xA0, sequence(integer(5))))
INHERITED_NUMBERS = numbers(tlv(0xA0, INHERIT))

RESOURCES = [
    held("within", 0, addresses((IPV4, TEN_ONE)), addresses((IPV4, TEN)), addresses((IPV4, TEN))),
    held("without", 46, addresses((IPV4, ELEVEN)), addresses((IPV4, TEN)), addresses((IPV4, TEN))),
    held("inherited", 0, addresses((IPV4, INHERIT)), addresses((IPV4, INHERIT)), addresses((IPV4, TEN))),
    held("inherited by the root", 46, addresses((IPV4, INHERIT)), addresses((IPV4, TEN)), addresses((IPV4, INHERIT))),
    held("issuer has none", 46, addresses((IPV4, TEN))),
    held(
        "issuer has more than the root", 46, addresses((IPV4, TEN)), addresses((IPV4, TEN)), addresses((IPV4, TEN_ONE))
    ),
    held("issuer alone has some", 0, b"", addresses((IPV4, TEN))),
    held("of another family", 46, addresses((IPV6, TEN)), addresses((IPV4, TEN)), addresses((IPV4, TEN))),
    held("one prefix within another", 41, addresses((IPV4, sequence(prefix(10), prefix(10, 1))))),
    held("adjacent prefixes", 41, addresses((IPV4, sequence(prefix(10), prefix(11))))),
    held("prefixes out of order", 41, addresses((IPV4, sequence(prefix(12), prefix(10))))),
    held("range that is a prefix", 41, addresses((IPV4, sequence(sequence(prefix(10, 0), prefix(10, 255)))))),
    held("range upside down", 41, addresses((IPV4, sequence(sequence(prefix(12), prefix(10)))))),
    held("families out of order", 41, addresses((IPV6, TEN), (IPV4, TEN))),
    held("no prefix", 41, addresses((IPV4, sequence()))),
    held("without sense", 20, extension("1.3.6.1.5.5.7.1.7", b"\x30\x03\x01"), since=(3, 6)),
    held("number within", 0, FIVE, ALL_NUMBERS, ALL_NUMBERS),
    held("number without", 46, ALL_NUMBERS, FIVE, ALL_NUMBERS),
    held("number inherited", 0, INHERITED_NUMBERS, INHERITED_NUMBERS, ALL_NUMBERS),
    held("number inherited by the root", 46, FIVE, ALL_NUMBERS, INHERITED_NUMBERS),
    held("numbers next to each other", 41, numbers(tlv(0xA0, between(5, 6))), ALL_NUMBERS, ALL_NUMBERS),
    held("routing domains that only the issuer has", 46, FIVE, numbers(tlv(0xA1, sequence(integer(1)))), ALL_NUMBERS),
    held(
        "routing domain that the root lacks",
        46,
        FIVE,
        numbers(tlv(0xA0, sequence(integer(5))), tlv(0xA1, sequence(integer(1)))),
        ALL_NUMBERS,
    ),
]
