"""Chains, what they are judged under, and the verify code that CPython 3.15 on OpenSSL 3.6 gives (0: accepted).

The codes were found by experiment: each row is a handshake in memory between two of the stdlib's own objects
(``x509_stdlib.handshake``), so running these selftests on an interpreter with OpenSSL 3.6 repeats it. ``since`` is the
first OpenSSL known to decide so; rows without it were seen alike from 3.0 on. ``stricter`` marks what refssl refuses
with its own ``code`` although OpenSSL has no objection.
"""

from __future__ import annotations

from selftests import x509_forge as forge
from selftests.x509_chains import (  # the actors, all in capitals, and who makes variants of them
    CA,
    CREATE_DEFAULT_CONTEXT,
    CROSS,
    DEFAULT,
    FUTURE,
    GARBAGE,
    INTER,
    INTER_NAME,
    LEAF,
    LEAF_NAME,
    LI,
    LOCALHOST,
    LOOP_A,
    LOOP_B,
    OLD,
    OTHER,
    PARTIAL,
    PAST,
    ROOT,
    ROOT_NAME,
    RSA,
    RSA_ROOT,
    STRICT,
    SUB_CA,
    UNDER_A,
    UNDER_SUB,
    WEAK,
    Case,
    I,
    L,
    R,
    aki,
    bc,
    inter,
    ku,
    leaf,
    own,
    root,
    san,
    ski,
    under_inter,
)
from selftests.x509_crl_cases import CRLS
from selftests.x509_flag_cases import FLAGS, POLICIES, SUITE_B
from selftests.x509_forge import certificate, extension, purposes
from selftests.x509_name_cases import CONSTRAINTS, HOSTS
from selftests.x509_proxy_cases import PROXIES, RESOURCES

NULL_PARAMETERS = forge.sequence(forge.oid("1.2.840.10045.4.3.2"), b"\5\0")
ODD_PARAMETERS = forge.sequence(forge.oid("1.2.840.10045.4.3.2"), forge.tlv(4, b"x"))

BUILDING = [
    Case("good", 0, (LI, I), flags=CREATE_DEFAULT_CONTEXT),
    Case("root sent along", 0, (LI, I, R)),
    Case("wrong order, and a stranger among them", 0, (LI, OLD, R, I)),
    Case("self-signed leaf", 18, (own(),)),
    Case("self-signed leaf, trusted", 0, (own_ := own(),), (own_,)),
    Case("leaf that bears its issuer's name", 18, (leaf(LOCALHOST, subject=ROOT_NAME),)),
    Case("self-signed root in the chain, not trusted", 19, (LI, I, R), ()),
    Case("no issuer", 20, (L,), ()),
    Case("intermediate missing", 20, (LI,)),
    Case("no issuer for the intermediate", 20, (LI, I), (OLD,)),
    Case("only the intermediate is trusted", 2, (LI,), (I,)),
    Case("only the intermediate is trusted, partial chain", 0, (LI,), (I,), PARTIAL),
    Case("only the leaf is trusted", 20, (LI,), (LI,)),
    Case("only the leaf is trusted, partial chain", 0, (LI,), (LI,), PARTIAL),
    Case("cross-signed, new root trusted", 0, (LI, I, CROSS)),
    Case("cross-signed, old root trusted", 0, (LI, I, CROSS), (OLD,)),
    Case("loop", 20, (UNDER_A, LOOP_A, LOOP_B)),
    Case("loop of the trusted", 22, (UNDER_A,), (LOOP_A, LOOP_B)),
    Case("key identifiers differ", 20, (leaf(LOCALHOST, aki(b"other")),)),
    Case(
        "two roots of one name, the right one last",
        0,
        (L,),
        (certificate(ROOT_NAME, OTHER, ROOT_NAME, OTHER, (*CA, ski(OTHER))), R),
    ),
    Case("two roots of one name, the expired one first", 0, (L,), (root(**PAST), R)),
    Case(
        "issuer in other case, spaces and string type",
        0,
        (
            certificate(
                LEAF_NAME,
                LEAF,
                forge.sequence(forge.attribute("2.5.4.3", "  rOOT ", 0x13)),
                ROOT,
                (LOCALHOST, aki(ROOT)),
            ),
        ),
    ),
    Case(
        "signature algorithm of another kind than the root's key",
        20,
        (certificate(LEAF_NAME, LEAF, ROOT_NAME, RSA, (LOCALHOST,)),),
        (root(*CA),),
    ),
    Case(
        "root signed in another way than its key can",
        2,
        (certificate(LEAF_NAME, LEAF, ROOT_NAME, RSA, (LOCALHOST, aki(ROOT))),),
        (root(*CA, ski(ROOT), public=forge.spki(RSA)),),
        since=(3, 6),
    ),
    Case(
        "root's key cannot be read",
        20,
        (leaf(LOCALHOST),),
        (root(*CA, public=forge.sequence(forge.sequence(forge.oid("1.2.3.4")), forge.tlv(3, b"\0abc"))),),
    ),
]

SIGNATURES_AND_TIMES = [
    Case("bad signature", 7, (leaf(tamper=True),)),
    Case("bad signature on the intermediate", 7, (LI, inter(tamper=True))),
    Case("bad signature on the root", 0, (L,), (root(tamper=True),)),
    Case("bad signature on the root, CHECK_SS_SIGNATURE", 7, (L,), (root(tamper=True),), DEFAULT | 0x4000),
    Case("expired", 10, (leaf(**PAST),)),
    Case("expired intermediate", 10, (LI, inter(**PAST))),
    Case("expired root", 10, (L,), (root(**PAST),)),
    Case("not yet valid", 9, (leaf(**FUTURE),)),
    Case("leaf expired, intermediate not yet valid: from the top down", 9, (under_inter(**PAST), inter(**FUTURE))),
    Case("bad signature and expired: the signature first", 7, (leaf(tamper=True, **PAST),)),
    Case(
        "leaf's signature bad, intermediate expired: from the top down", 10, (under_inter(tamper=True), inter(**PAST))
    ),
    Case("notBefore with month 13", 13, (leaf(not_before=forge.tlv(0x17, b"201301000000Z")),)),
    Case("notBefore with a fraction", 13, (leaf(not_before=forge.tlv(0x18, b"20200101000000.5Z")),)),
    Case("notAfter with an offset", 14, (leaf(not_after=forge.tlv(0x17, b"400101000000+0100")),)),
    Case("notAfter on 29 February", 0, (leaf(not_after=forge.tlv(0x17, b"400229000000Z")),)),
    Case("notAfter on 29 February of another year", 14, (leaf(not_after=forge.tlv(0x17, b"410229000000Z")),)),
    Case("inner algorithm differs from the outer", 7, (leaf(inner=forge.ALGORITHMS["ecdsa-sha384"]),)),
    Case("weak key", 66, (leaf(private=WEAK),), private=WEAK),
    Case("weak key and no issuer", 66, (leaf(private=WEAK),), (), private=WEAK, since=(3, 2)),
    Case("RSA-2047", 0, (leaf(private=forge.rsa_key(2047)),), private=forge.rsa_key(2047)),
    Case("ECDSA with NULL parameters", 0, (leaf(inner=NULL_PARAMETERS, outer=NULL_PARAMETERS),)),
    Case("ECDSA with NULL parameters on the outside only", 7, (leaf(outer=NULL_PARAMETERS),)),
    Case("ECDSA with other parameters", 7, (leaf(inner=ODD_PARAMETERS, outer=ODD_PARAMETERS),), stricter=True),
    Case("weak key at level 1", 0, (leaf(private=WEAK),), private=WEAK, level=1),
    Case(
        "SHA-1 in the leaf",
        68,
        (certificate(LEAF_NAME, LEAF, ROOT_NAME, RSA, (LOCALHOST, aki(RSA)), algorithm="rsa-sha1"),),
        (RSA_ROOT,),
    ),
    Case(
        "SHA-1 in the root only", 0, (certificate(LEAF_NAME, LEAF, ROOT_NAME, RSA, (LOCALHOST, aki(RSA))),), (RSA_ROOT,)
    ),
    Case(
        "SHA-1 at level 0",
        0,
        (certificate(LEAF_NAME, LEAF, ROOT_NAME, RSA, (LOCALHOST, aki(RSA)), algorithm="rsa-sha1"),),
        (RSA_ROOT,),
        level=0,
    ),
    Case(
        "weak root",
        67,
        (certificate(LEAF_NAME, LEAF, ROOT_NAME, WEAK, (LOCALHOST, aki(WEAK))),),
        (certificate(ROOT_NAME, WEAK, ROOT_NAME, WEAK, (*CA, ski(WEAK))),),
    ),
    Case("negative serial number", 0, (leaf(serial=-5),), flags=CREATE_DEFAULT_CONTEXT),
]

EXTENSIONS = [
    Case("intermediate says it is no CA", 79, (LI, inter(bc(False), ku(5), ski(INTER), aki(ROOT)))),
    Case("intermediate without basicConstraints", 79, (LI, inter(ku(5), ski(INTER), aki(ROOT)))),
    Case("root without basicConstraints, but keyUsage", 0, (L,), (root(ku(5), ski(ROOT)),)),
    Case("root without basicConstraints, but keyUsage, strictly", 79, (L,), (root(ku(5), ski(ROOT)),), STRICT),
    Case("root of version 1", 0, (leaf(LOCALHOST),), (certificate(ROOT_NAME, ROOT, ROOT_NAME, ROOT, version=1),)),
    Case(
        "intermediate of version 1",
        79,
        (under_inter(LOCALHOST), certificate(INTER_NAME, INTER, ROOT_NAME, ROOT, version=1)),
    ),
    Case("intermediate may not sign", 79, (LI, inter(bc(), ku(0), ski(INTER), aki(ROOT))), since=(3, 6)),
    Case("path too long", 25, (UNDER_SUB, SUB_CA, inter(bc(path_length=0), ku(5), ski(INTER), aki(ROOT)))),
    Case("path just short enough", 0, (LI, inter(bc(path_length=0), ku(5), ski(INTER), aki(ROOT)))),
    Case("path too long by the root", 25, (LI, I), (root(bc(path_length=0), ku(5), ski(ROOT)),)),
    Case("negative path length", 20, (LI, inter(bc(path_length=-1), ku(5), ski(INTER), aki(ROOT)))),
    Case("leaf for signing code", 26, (leaf(purposes("code"), aki(ROOT)),)),
    Case("leaf for any purpose", 26, (leaf(purposes("any"), aki(ROOT)),)),
    Case("leaf for server gated crypto", 0, (leaf(purposes("microsoft-sgc"), aki(ROOT)),)),
    Case("server's leaf for clients", 26, (leaf(purposes("client"), aki(ROOT)),)),
    Case("client's leaf for clients", 0, (leaf(purposes("client"), aki(ROOT)),), client=True),
    Case("client's leaf for servers", 26, (leaf(purposes("server"), aki(ROOT)),), client=True),
    Case("intermediate for signing code", 26, (LI, inter(*CA, purposes("code"), ski(INTER), aki(ROOT)))),
    Case("root for signing code", 26, (L,), (root(*CA, purposes("code"), ski(ROOT)),)),
    Case("server's leaf only for key encipherment", 0, (leaf(ku(2), LOCALHOST, aki(ROOT)),)),
    Case("client's leaf only for key encipherment", 26, (leaf(ku(2), LOCALHOST, aki(ROOT)),), client=True),
    Case("leaf for data encipherment", 26, (leaf(ku(3), LOCALHOST, aki(ROOT)),)),
    Case(
        "Netscape's type: client only", 26, (leaf(extension("2.16.840.1.113730.1.1", b"\x03\x02\x07\x80"), LOCALHOST),)
    ),
    Case("unknown critical extension", 34, (leaf(extension("1.2.3.4", b"x", True), aki(ROOT)),)),
    Case("unknown critical extension in the root", 34, (L,), (root(*CA, extension("1.2.3.4", b"x", True), ski(ROOT)),)),
    Case("unknown extension, twice", 0, (leaf(extension("1.2.3.4", b"x"), extension("1.2.3.4", b"x"), aki(ROOT)),)),
    Case(
        "critical policies",
        0,
        (leaf(extension("2.5.29.32", forge.sequence(forge.sequence(forge.oid("1.2.3"))), True), aki(ROOT)),),
    ),
    Case("malformed keyUsage in the leaf", 20, (leaf(extension("2.5.29.15", GARBAGE), aki(ROOT)),), since=(3, 6)),
    Case(
        "malformed basicConstraints in the intermediate",
        20,
        (LI, inter(extension("2.5.29.19", GARBAGE), ku(5), ski(INTER), aki(ROOT))),
    ),
    Case("subjectAltName twice", 20, (leaf(LOCALHOST, LOCALHOST, aki(ROOT)),), since=(3, 6)),
    Case(
        "proxy certificate",
        40,
        (
            leaf(
                extension("1.3.6.1.5.5.7.1.14", forge.sequence(forge.sequence(forge.oid("1.3.6.1.5.5.7.21.1"))), True),
                aki(ROOT),
            ),
        ),
    ),
    Case(
        "unknown critical extension and wrong purpose",
        34,
        (leaf(extension("1.2.3.4", b"x", True), purposes("code"), aki(ROOT)),),
    ),
    Case(
        "leaf of wrong purpose under no CA: from the leaf up",
        26,
        (under_inter(purposes("code"), aki(INTER)), inter(bc(False), ski(INTER), aki(ROOT))),
    ),
    Case("wrong purpose and expired", 26, (leaf(purposes("code"), aki(ROOT), **PAST),)),
    Case("wrong purpose and bad signature", 26, (leaf(purposes("code"), aki(ROOT), tamper=True),)),
    Case("wrong name and wrong purpose", 26, (leaf(purposes("code"), LOCALHOST, aki(ROOT)),), hostname="other.example"),
    Case("wrong name and expired", 62, (leaf(**PAST),), hostname="other.example"),
    Case("wrong name and no issuer", 20, (LI,), hostname="other.example"),
    Case("wrong name and bad signature", 62, (leaf(tamper=True),), hostname="other.example"),
]

STRICTNESS = [
    Case("no authorityKeyIdentifier", 85, (leaf(LOCALHOST),), flags=STRICT),
    Case("no authorityKeyIdentifier, not strictly", 0, (leaf(LOCALHOST),)),
    Case("no authorityKeyIdentifier in the intermediate", 85, (LI, inter(*CA, ski(INTER))), flags=STRICT),
    Case("no subjectKeyIdentifier in the intermediate", 86, (LI, inter(*CA, aki(ROOT))), flags=STRICT),
    Case("no subjectKeyIdentifier in the root", 86, (L,), (root(*CA),), STRICT),
    Case(
        "basicConstraints of a CA not critical",
        89,
        (LI, inter(bc(critical=False), ku(5), ski(INTER), aki(ROOT))),
        flags=STRICT,
    ),
    Case("CA without keyUsage", 92, (LI, inter(bc(), ski(INTER), aki(ROOT))), flags=STRICT),
    Case(
        "path length without keyCertSign",
        81,
        (LI, inter(bc(path_length=0), ski(INTER), aki(ROOT))),
        flags=STRICT,
        since=(3, 6),
    ),
    Case(
        "path length in a leaf",
        80,
        (leaf(extension("2.5.29.19", forge.sequence(forge.integer(0)), True), LOCALHOST, aki(ROOT)),),
        flags=STRICT,
    ),
    Case("keyCertSign in a leaf", 79, (leaf(ku(0, 5), LOCALHOST, aki(ROOT)),), flags=STRICT),
    Case(
        "empty subject, subjectAltName not critical",
        88,
        (leaf(LOCALHOST, aki(ROOT), subject=forge.sequence()),),
        flags=STRICT,
    ),
    Case("empty subject, no subjectAltName", 84, (leaf(aki(ROOT), subject=forge.sequence()),), flags=STRICT),
    Case("empty subjectAltName", 87, (leaf(san(), aki(ROOT)),), flags=STRICT),
    Case(
        "authorityKeyIdentifier critical", 34, (leaf(LOCALHOST, aki(ROOT, critical=True)),), flags=STRICT, since=(3, 6)
    ),
    Case("subjectKeyIdentifier critical", 34, (leaf(LOCALHOST, aki(ROOT), ski(LEAF, critical=True)),), since=(3, 6)),
    Case("extensions in version 1", 93, (leaf(version=1),), flags=STRICT),
    Case("inner algorithm differs from the outer", 78, (leaf(inner=forge.ALGORITHMS["ecdsa-sha384"]),), flags=STRICT),
    Case(
        "root of version 1",
        79,
        (leaf(LOCALHOST, aki(ROOT)),),
        (certificate(ROOT_NAME, ROOT, ROOT_NAME, ROOT, version=1),),
        STRICT,
    ),
]

CASES = [
    *BUILDING,
    *SIGNATURES_AND_TIMES,
    *EXTENSIONS,
    *STRICTNESS,
    *CONSTRAINTS,
    *HOSTS,
    *CRLS,
    *POLICIES,
    *PROXIES,
    *RESOURCES,
    *SUITE_B,
    *FLAGS,
]
