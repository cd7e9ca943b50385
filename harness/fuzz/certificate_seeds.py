"""What the targets that read certificates begin with: sound ones in which every extension stands that is read.

How they are spoiled, and what must not come of it, is for `certificates`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from fuzz import actors
from refssl.x509 import der
from selftests import x509_forge as forge


def revocations(issuer: str, revoked: tuple[int | bytes, ...] = (), *extensions: bytes) -> bytes:
    number = forge.extension("2.5.29.20", forge.integer(3))
    identifier = forge.authority_identifier(actors.key(issuer))
    made = forge.crl(
        actors.NAMES[issuer],
        actors.key(issuer),
        revoked,
        (identifier, number, *extensions),
        this_update=actors.FIRST,
        next_update=actors.LAST,
    )
    return actors.tbs_of(made)


def _names() -> tuple[bytes, ...]:
    """General names of every kind."""
    return (
        *(forge.dns("*.example.org"), forge.dns(actors.HOST), forge.mail("a@b.c"), forge.uri("http://x.example:8/")),
        *(forge.address(127, 0, 0, 1), forge.address(*range(16)), forge.directory(actors.NAMES["leaf"])),
        *(forge.tlv(0x88, b"\x2a\x03"), forge.tlv(0xA5, forge.tlv(0xA1, forge.tlv(0x0C, b"party")))),
        forge.tlv(0xA0, forge.oid("1.3.6.1.4.1.311.20.2.3"), forge.tlv(0xA0, forge.tlv(0x0C, b"user"))),
        forge.tlv(0xA0, forge.oid("1.3.6.1.5.5.7.8.9"), forge.tlv(0xA0, forge.tlv(0x0C, b"user@b.c"))),
    )


@cache
def named_leaves() -> tuple[bytes, ...]:
    """Leaves whose names are of every kind, or only in the subject; with policies."""
    policies = _policies("1.2.3.4", "2.5.29.32.0")
    host = forge.sequence(
        forge.attribute("2.5.4.3", actors.HOST), forge.attribute("1.2.840.113549.1.9.1", "a@b.c", 0x16)
    )
    return (
        actors.certificate("leaf", "Inter", forge.alternative_names(*_names()), policies),
        actors.certificate("leaf", "Inter", name=host),
    )


def rich() -> tuple[bytes, ...]:
    """Extensions of every kind that is read."""
    point = forge.sequence(forge.location(forge.uri("http://crl.example/")), forge.tlv(0x81, b"\7\x80"))
    authority = forge.tlv(0xA1, forge.directory(actors.NAMES["Root"]))
    return (
        forge.alternative_names(*_names()),
        forge.key_usage(0, 2),
        forge.purposes("server", "client"),
        forge.subject_identifier(actors.key("leaf")),
        forge.extension("2.5.29.35", forge.sequence(authority, forge.tlv(0x82, b"\x4d"))),
        forge.extension("2.5.29.31", forge.sequence(point)),
        forge.extension("2.5.29.46", forge.sequence(point)),
        _policies("2.5.29.32.0", "1.2.3.4"),
        forge.extension("2.5.29.36", forge.sequence(forge.tlv(0x80, b"\0"), forge.tlv(0x81, b"\1"))),
        forge.extension("2.5.29.54", forge.integer(0)),
        forge.extension("2.16.840.1.113730.1.1", forge.tlv(3, b"\6\xc0")),
        forge.extension(
            "1.3.6.1.5.5.7.1.1",
            forge.sequence(forge.sequence(forge.oid("1.3.6.1.5.5.7.48.1"), forge.uri("http://ocsp.example/"))),
        ),
        forge.extension("1.3.6.1.5.5.7.1.7", _addresses(), True),
        forge.extension("1.3.6.1.5.5.7.1.8", forge.sequence(forge.tlv(0xA0, forge.sequence(forge.integer(5)))), True),
    )


def _addresses() -> bytes:
    """IPAddrBlocks (RFC 3779 2.2.3): a prefix, a range and an inheritance."""
    prefix = forge.tlv(3, b"\0\x0a")
    span = forge.sequence(forge.tlv(3, b"\0\x0b"), forge.tlv(3, b"\0\x0c"))
    four = forge.sequence(forge.tlv(4, b"\0\1"), forge.sequence(prefix, span))
    return forge.sequence(four, forge.sequence(forge.tlv(4, b"\0\2"), forge.tlv(5)))


def _constraints() -> bytes:
    network = forge.address(127, 0, 0, 0, 255, 0, 0, 0)
    directory = forge.directory(actors.NAMES["leaf"])
    other = forge.tlv(0xA0, forge.oid("1.2.3"), forge.tlv(0xA0, forge.tlv(0x0C, b"x")))
    permitted = (
        *(forge.dns("localhost"), forge.dns("example.org"), forge.mail("b.c"), forge.mail(".c"), forge.mail("a@b.c")),
        *(network, forge.address(*bytes(32)), directory, forge.uri("x.example"), other),
    )
    return forge.name_constraints(permitted, (forge.uri(".bad.example"), forge.dns("no.example")))


def leaves() -> Iterator[bytes]:
    """Leaves below the intermediate authority."""
    every = rich()
    yield actors.LEAF
    yield actors.certificate("leaf", "Inter", *every)
    for each in every:
        yield actors.certificate("leaf", "Inter", each)
    proxy = forge.extension(
        "1.3.6.1.5.5.7.1.14", forge.sequence(forge.integer(1), forge.oids("1.3.6.1.5.5.7.21.1")), True
    )
    yield actors.certificate("leaf", "Inter", proxy)
    yield actors.certificate("leaf", "Inter", name=forge.sequence(*_attributes()))


def names() -> Iterator[bytes]:
    """Distinguished names."""
    yield actors.NAMES["Root"]
    yield forge.sequence(*_attributes())


def unsigned() -> list[bytes]:
    """Whatever a peer may present."""
    return [*leaves(), *authorities(), *rsa_roots()]


def _attributes() -> Iterator[bytes]:
    """One attribute for each type of string."""
    for tag, value in (
        (0x0C, b"\xc3\xbc"),
        (0x13, b"x"),
        (0x14, b"\xfc"),
        (0x16, b"a@b"),
        (0x1E, b"\0x"),
        (0x1C, b"\0\0\0x"),
    ):
        yield forge.attribute("1.2.840.113549.1.9.1" if tag == 0x16 else "2.5.4.3", value, tag)


def rsa_roots() -> Iterator[bytes]:
    """Self-signed certificates that say RSASSA-PSS of their signature, of their key, or of both (RFC 4055)."""
    digest = forge.sequence(forge.oid("2.16.840.1.101.3.4.2.1"))  # id-sha256
    mask = forge.sequence(forge.oid("1.2.840.113549.1.1.8"), digest)  # id-mgf1
    parameters = forge.sequence(forge.tlv(0xA0, digest), forge.tlv(0xA1, mask), forge.tlv(0xA2, forge.integer(32)))
    pss = forge.sequence(forge.oid("1.2.840.113549.1.1.10"), parameters)
    private, name = actors.rsa_key(), actors.NAMES["Root"]
    public = forge.spki(private)
    start, end = der.whole(der.SEQUENCE, public)
    restricted = forge.sequence(pss, public[der.element(public, start, end)[2] : end])
    for key in (public, restricted):
        yield forge.certificate(name, private, name, private, actors.CA, serial=77, inner=pss, outer=pss, public=key)


def authorities() -> Iterator[bytes]:
    """Intermediate authorities below the root."""
    yield actors.INTER
    mappings = forge.sequence(forge.oids("1.2.3.4", "1.2.3.5"))
    for extensions in (
        (_constraints(),),
        (forge.name_constraints((forge.dns(actors.HOST),), (forge.dns("*.bad"), forge.mail("x"), forge.uri("bad"))),),
        (
            forge.name_constraints(
                (), (forge.address(10, 0, 0, 0, 255, 0, 0, 0), forge.directory(actors.NAMES["Root"]))
            ),
        ),
        (forge.extension("2.5.29.36", forge.sequence(forge.tlv(0x80, b"\0")), True), _policies("1.2.3.4")),
        (forge.extension("2.5.29.54", forge.integer(0), True), _policies("2.5.29.32.0")),
        (forge.extension("2.5.29.33", mappings), _policies("1.2.3.4")),
        (forge.purposes("server"), forge.basic_constraints(path_length=0)),
        (forge.extension("1.3.6.1.5.5.7.1.7", _addresses(), True),),
    ):
        yield actors.certificate("Inter", "Root", *actors.CA, *extensions)


def _policies(*numbers: str) -> bytes:
    return forge.extension("2.5.29.32", forge.sequence(*map(forge.oids, numbers)))


def lists() -> Iterator[bytes]:
    """What is signed of revocation lists of the intermediate authority."""
    yield revocations("Inter", (5, 77))
    yield revocations("Inter", (forge.entry(77, forge.reason(1)), forge.entry(78, forge.reason(8))))
    place = forge.location(forge.uri("http://crl.example/"))
    yield revocations("Inter", (77,), forge.issuing_distribution_point(place, forge.tlv(0x81, b"\xff")))
    named = forge.extension("2.5.29.29", forge.sequence(forge.directory(actors.NAMES["Inter"])), True)
    indirect = forge.issuing_distribution_point(forge.tlv(0x84, b"\xff"), forge.tlv(0x83, b"\1\x06"))
    yield revocations("Inter", (forge.entry(77, named),), indirect)
    yield revocations("Inter", (), forge.extension("2.5.29.27", forge.integer(1), True))


def signed_lists() -> list[bytes]:
    """Whole revocation lists."""
    return [actors.signed(each, "Inter") for each in lists()]


def bundles() -> Iterator[bytes]:
    """Files of authorities."""
    yield "".join(map(forge.pem, (actors.ROOT, actors.INTER))).encode()
    yield actors.ROOT + actors.INTER
    trusted = forge.sequence(forge.oids(forge.PURPOSES["server"]), forge.tlv(0x0C, b"alias"))
    yield (forge.pem(actors.ROOT + trusted, "TRUSTED CERTIFICATE") + forge.pem(signed_lists()[0], "X509 CRL")).encode()
    yield forge.pem(actors.ROOT).replace("\n", "\r\n").encode() + b"-----BEGIN CERTIFICATE-----\nAAAA\n"


def keys() -> Iterator[bytes]:
    """Files with a private key and its chain."""
    chain = forge.pem(actors.LEAF)
    private = actors.key("leaf")
    yield (forge.private_pem(private) + chain).encode()
    yield (actors.encrypted_pem(private, b"password") + chain).encode()
    yield (chain + forge.pem(bytes(40), "EC PRIVATE KEY")).encode()


def parameters() -> Iterator[bytes]:
    """Files for DHE."""
    prime = (1 << 2048) - 1942289
    numbers = forge.sequence(forge.integer(prime), forge.integer(2))
    yield forge.pem(numbers, "DH PARAMETERS").encode()
    yield forge.pem(
        forge.sequence(forge.integer(prime), forge.integer(2), forge.integer(5)), "X9.42 DH PARAMETERS"
    ).encode()
