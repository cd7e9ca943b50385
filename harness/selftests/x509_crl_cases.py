"""Cases of ``x509_cases`` that are about revocation: which CRLs are believed, and of what they speak."""

from __future__ import annotations

from typing import Any

from selftests import x509_forge as forge
from selftests.x509_chains import (
    CRL_CHAIN,
    CRL_LEAF,
    INTER,
    INTER_NAME,
    LI,
    LOCALHOST,
    OTHER,
    PAST,
    ROOT,
    ROOT_NAME,
    Case,
    I,
    L,
    aki,
    bc,
    inter,
    ku,
    leaf,
    root,
    ski,
)
from selftests.x509_forge import (
    directory,
    distribution_points,
    entry,
    extension,
    issuing_distribution_point,
    location,
    name,
    reason,
    time,
    tlv,
    uri,
)

EXTENDED, DELTAS = 0x1000, 0x2000
HERE, THERE = location(uri("http://here")), location(uri("http://there"))
USER_ONLY, CA_ONLY, ATTRIBUTE_ONLY = (tlv(tag, b"\xff") for tag in (0x81, 0x82, 0x85))
INDIRECT, DIRECT = tlv(0x84, b"\xff"), tlv(0x84, b"\0")
# ReasonFlags: keyCompromise and cACompromise, or all the others.
COMPROMISE, REST = b"\5\x60", b"\7\x1f\x80"
FRESHEST = extension("2.5.29.46", forge.sequence(forge.sequence(HERE)))


def number(value: int) -> bytes:
    return extension("2.5.29.20", forge.integer(value))


def base(value: int) -> bytes:
    return extension("2.5.29.27", forge.integer(value), True)


def crl(*extensions: bytes, revoked: tuple[int | bytes, ...] = (), **options: Any) -> bytes:
    return forge.crl(ROOT_NAME, ROOT, revoked, extensions, **options)


def partial(*fields: bytes, revoked: tuple[int | bytes, ...] = ()) -> bytes:
    return crl(issuing_distribution_point(*fields), revoked=revoked)


def lists(label: str, code: int, *crls: bytes, at: tuple[bytes, ...] = (), flags: int = 0, **options: Any) -> Case:
    """A case about a leaf with the serial number 77 that is published in these distribution points."""
    chain = (leaf(LOCALHOST, aki(ROOT), *at, serial=77),)
    return Case(f"CRLs: {label}", code, chain, crls=crls, flags=CRL_LEAF | flags, **{"since": (3, 6), **options})


PUBLISHED = (distribution_points((HERE,)),)
PUBLISHED_TWICE = (distribution_points((THERE,), (HERE,)),)
PUBLISHED_IN_PARTS = (distribution_points((HERE, tlv(0x81, COMPROMISE)), (THERE, tlv(0x81, REST))),)
PUBLISHED_RELATIVELY = (
    distribution_points((tlv(0xA0, tlv(0xA1, forge.sequence(forge.oid("2.5.4.3"), tlv(12, b"one")))),)),
)
RELATIVE_IN_FULL = location(
    directory(forge.sequence(forge.attribute("2.5.4.3", "Root"), forge.attribute("2.5.4.3", "one")))
)
TWINS = (crl(revoked=(1,), this_update=time(-5)), crl(revoked=(77,), this_update=time(-4)))

SCOPES = [
    lists("for users, of a user", 0, partial(USER_ONLY)),
    lists("for users, of a user who is revoked", 23, partial(USER_ONLY, revoked=(77,))),
    lists("for authorities, of a user", 44, partial(CA_ONLY)),
    lists("for attributes", 44, partial(ATTRIBUTE_ONLY)),
    lists("for users and authorities only", 3, partial(USER_ONLY, CA_ONLY)),
    lists("for nothing in particular", 3, partial()),
    lists("for nothing in particular, in other words", 3, partial(DIRECT)),
    lists("published elsewhere", 44, partial(THERE), at=PUBLISHED),
    lists("published there", 0, partial(HERE), at=PUBLISHED),
    lists("published there, among others", 0, partial(HERE), at=PUBLISHED_TWICE),
    lists("published there, revoked", 23, partial(HERE, revoked=(77,)), at=PUBLISHED_TWICE),
    lists("published somewhere, and the certificate does not say", 44, partial(HERE)),
    lists("published under a relative name", 0, partial(RELATIVE_IN_FULL), at=PUBLISHED_RELATIVELY),
    lists(
        "published under another relative name",
        44,
        partial(location(directory(name("one")))),
        at=PUBLISHED_RELATIVELY,
    ),
    lists("published by somebody else", 0, crl(), at=(distribution_points((tlv(0xA2, directory(name("other"))),)),)),
    lists("a distribution point that is nowhere", 20, crl(), at=(distribution_points((tlv(0x81, COMPROMISE),)),)),
    lists("the complete one beside one for others", 0, partial(CA_ONLY, revoked=(77,)), crl()),
    lists("the newer of two", 23, *TWINS),
    lists("the newer of two, whatever the order", 23, *reversed(TWINS)),
    lists("a current one before a newer one that has expired", 0, crl(), crl(revoked=(77,), next_update=time(-0.5))),
    lists("key identifier of somebody else", 3, crl(aki(OTHER))),
    lists("key identifier of the issuer", 0, crl(aki(ROOT))),
    lists("certificate is no longer on hold", 0, crl(revoked=(entry(77, reason(8)),))),
    lists("certificate is on hold", 23, crl(revoked=(entry(77, reason(6)),))),
    lists("critical reason", 36, crl(revoked=(entry(1, extension("2.5.29.21", b"\x0a\1\1", True)),))),
    Case(
        "CRLs: of an issuer who is not known, because the leaf is trusted by itself",
        8,
        (L,),
        (L,),
        CRL_LEAF | 0x80000,
        crls=(crl(),),
        since=(3, 6),
    ),
]

REASONS = [
    lists("for some reasons", 3, partial(tlv(0x83, COMPROMISE))),
    lists("for some reasons, extended", 3, partial(tlv(0x83, COMPROMISE)), flags=EXTENDED),
    lists("for some reasons, extended, revoked", 23, partial(tlv(0x83, REST), revoked=(77,)), flags=EXTENDED),
    lists("for all reasons in two parts", 0, partial(tlv(0x83, COMPROMISE)), partial(tlv(0x83, REST)), flags=EXTENDED),
    lists("for all reasons in two parts, plainly", 3, partial(tlv(0x83, COMPROMISE)), partial(tlv(0x83, REST))),
    lists(
        "for all reasons in two parts, revoked by the second",
        23,
        partial(tlv(0x83, COMPROMISE)),
        partial(tlv(0x83, REST), revoked=(77,)),
        flags=EXTENDED,
    ),
    lists("for what the certificate says of reasons", 3, crl(), at=PUBLISHED_IN_PARTS),
    lists("for all that it says", 0, partial(HERE), partial(THERE), at=PUBLISHED_IN_PARTS),
    lists("for all that it says, revoked", 23, partial(HERE), partial(THERE, revoked=(77,)), at=PUBLISHED_IN_PARTS),
    lists("indirect", 3, partial(INDIRECT)),
    lists("indirect, extended", 0, partial(INDIRECT), flags=EXTENDED),
    lists("indirect, extended, revoked", 23, partial(INDIRECT, revoked=(77,)), flags=EXTENDED),
    lists(
        "indirect, extended, of another issuer's certificate",
        0,
        partial(INDIRECT, revoked=(entry(77, extension("2.5.29.29", forge.sequence(directory(INTER_NAME)), True)),)),
        flags=EXTENDED,
    ),
    lists(
        "indirect, extended, of the same other issuer again",
        0,
        partial(
            INDIRECT,
            revoked=(entry(1, extension("2.5.29.29", forge.sequence(directory(INTER_NAME)), True)), entry(77)),
        ),
        flags=EXTENDED,
    ),
    lists("a delta alone", 3, crl(number(5), base(1), revoked=(77,)), flags=DELTAS),
    lists(
        "base with a delta that revokes",
        23,
        crl(number(2), FRESHEST),
        crl(number(5), base(1), revoked=(77,)),
        flags=DELTAS,
    ),
    lists(
        "base with a delta that is not asked for", 0, crl(number(2), FRESHEST), crl(number(5), base(1), revoked=(77,))
    ),
    lists(
        "base with a delta of which nobody speaks",
        0,
        crl(number(2)),
        crl(number(5), base(1), revoked=(77,)),
        flags=DELTAS,
    ),
    lists(
        "base with a delta of which the certificate speaks",
        23,
        crl(number(2)),
        crl(number(5), base(1), revoked=(77,)),
        at=(FRESHEST,),
        flags=DELTAS,
    ),
    lists(
        "base with a delta for a newer one",
        0,
        crl(number(2), FRESHEST),
        crl(number(5), base(3), revoked=(77,)),
        flags=DELTAS,
    ),
    lists(
        "base with an older delta", 0, crl(number(5), FRESHEST), crl(number(4), base(1), revoked=(77,)), flags=DELTAS
    ),
    lists(
        "delta takes back what the base says",
        0,
        crl(number(2), FRESHEST, revoked=(entry(77, reason(6)),)),
        crl(number(5), base(1), revoked=(entry(77, reason(8)),)),
        flags=DELTAS,
    ),
    lists(
        "delta with a bad signature", 8, crl(number(2), FRESHEST), crl(number(5), base(1), tamper=True), flags=DELTAS
    ),
]

CRLS = [
    Case("no CRL", 3, (L,), flags=CRL_LEAF),
    Case("not revoked", 0, (L,), flags=CRL_LEAF, crls=(forge.crl(ROOT_NAME, ROOT, (1,)),)),
    Case("revoked", 23, (leaf(serial=77),), flags=CRL_LEAF, crls=(forge.crl(ROOT_NAME, ROOT, (77,)),)),
    Case("revoked, flag off", 0, (leaf(serial=77),), crls=(forge.crl(ROOT_NAME, ROOT, (77,)),)),
    Case(
        "intermediate revoked, leaf checked",
        0,
        (LI, inter(serial=77)),
        flags=CRL_LEAF,
        crls=(forge.crl(INTER_NAME, INTER), forge.crl(ROOT_NAME, ROOT, (77,))),
    ),
    Case(
        "intermediate revoked, chain checked",
        23,
        (LI, inter(serial=77)),
        flags=CRL_CHAIN,
        crls=(forge.crl(INTER_NAME, INTER), forge.crl(ROOT_NAME, ROOT, (77,))),
    ),
    Case("no CRL for the intermediate", 3, (LI, I), flags=CRL_CHAIN, crls=(forge.crl(INTER_NAME, INTER),)),
    Case(
        "root revokes itself",
        0,
        (L,),
        (root(serial=77),),
        CRL_CHAIN,
        crls=(forge.crl(ROOT_NAME, ROOT, (77,)),),
        since=(3, 6),
    ),
    Case(
        "CRL expired",
        12,
        (L,),
        flags=CRL_LEAF,
        crls=(forge.crl(ROOT_NAME, ROOT, this_update=time(-20), next_update=time(-10)),),
    ),
    Case(
        "CRL not yet valid",
        11,
        (L,),
        flags=CRL_LEAF,
        crls=(forge.crl(ROOT_NAME, ROOT, this_update=time(10), next_update=time(20)),),
    ),
    Case("CRL with a bad signature", 8, (L,), flags=CRL_LEAF, crls=(forge.crl(ROOT_NAME, ROOT, tamper=True),)),
    Case(
        "issuer may not sign CRLs",
        35,
        (L,),
        (root(bc(), ku(5), ski(ROOT)),),
        CRL_LEAF,
        crls=(forge.crl(ROOT_NAME, ROOT),),
    ),
    Case(
        "CRL with an unknown critical extension",
        36,
        (L,),
        flags=CRL_LEAF,
        crls=(forge.crl(ROOT_NAME, ROOT, (), (extension("1.2.3", b"x", True),)),),
    ),
    Case(
        "delta CRL",
        3,
        (L,),
        flags=CRL_LEAF,
        crls=(
            forge.crl(
                ROOT_NAME,
                ROOT,
                (),
                (extension("2.5.29.27", forge.integer(1), True), extension("2.5.29.20", forge.integer(5))),
            ),
        ),
        since=(3, 6),
    ),
    Case(
        "revoked and expired", 23, (leaf(serial=77, **PAST),), flags=CRL_LEAF, crls=(forge.crl(ROOT_NAME, ROOT, (77,)),)
    ),
]

CRLS += [*SCOPES, *REASONS]
