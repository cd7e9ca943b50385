"""Security levels, lists of groups and schemes, DH parameters: what OpenSSL 3.6 under CPython 3.15 was seen to do."""

from __future__ import annotations

import base64
import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

import refssl
from refssl import groups
from refssl.ciphers import catalogue, levels
from selftests.refssl_support import Pair, certificates, contexts

SERVER = refssl.PROTOCOL_TLS_SERVER


def context(level: int = 2, protocol: Any = SERVER) -> refssl.SSLContext:
    made = refssl.SSLContext(protocol)
    made.set_ciphers(f"ALL:COMPLEMENTOFALL:@SECLEVEL={level}")
    return made


# How many of the suites of ALL:COMPLEMENTOFALL OpenSSL 3.6 offers at each level, without PSK and SRP, in TLS 1.2.
@pytest.mark.parametrize(("level", "count"), list(enumerate((89, 65, 65, 51, 21, 21))))
def test_levels_leave_as_many_suites_as_openssl_offers(level: int, count: int) -> None:
    plain = [s for s in catalogue.TLS12_SUITES if "PSK" not in s.key_exchange and s.key_exchange != "SRP"]
    assert sum(levels.allows_suite(level, suite) for suite in plain) == count


@pytest.mark.parametrize(
    ("level", "found"),
    [
        (2, (0x1D, 0x17, 0x18, 0x19)),
        (3, (0x1D, 0x17, 0x18, 0x19)),
        (4, (0x18, 0x19)),
        (5, (0x19,)),
    ],
)
def test_levels_leave_groups(level: int, found: tuple[int, ...]) -> None:
    ours = context(level)
    ours.set_groups("X25519:P-256:P-384:P-521")
    assert ours._choices.offer(server=True).groups == found


@pytest.mark.parametrize(
    ("level", "there", "gone"),
    [(0, 0x0201, None), (1, 0x0401, 0x0201), (3, 0x0807, 0x0203), (4, 0x0808, 0x0401), (5, 0x0603, 0x0808)],
)
def test_levels_leave_signature_schemes(level: int, there: int, gone: int | None) -> None:
    schemes = context(level)._choices.offer(server=False).schemes
    assert there in schemes
    assert gone not in schemes


def chain(path: Path, leaf: Any, issuer: Any) -> Path:
    """A chain of a leaf and its issuer's certificate, both signed by a strong key."""
    strong = ec.generate_private_key(ec.SECP521R1())
    text = leaf.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for subject, key, signer in (("leaf", leaf, issuer), ("issuer", issuer, strong)):
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
        algorithm = None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()
        certificate = x509.CertificateBuilder(name, name, key.public_key(), 5)
        dated = certificate.not_valid_before(LONG_AGO).not_valid_after(LATER)
        text += dated.sign(signer, algorithm).public_bytes(Encoding.PEM)
    path.write_bytes(text)
    return path


LONG_AGO = datetime.datetime(2020, 1, 1)
LATER = datetime.datetime(2040, 1, 1)
KEYS = {
    "rsa1024": lambda: rsa.generate_private_key(65537, 1024),
    "rsa2048": lambda: rsa.generate_private_key(65537, 2048),
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "p521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}


# The highest level at which OpenSSL 3.6 loads each kind of key, as a leaf's and as an issuer's.
@pytest.mark.parametrize(
    ("kind", "highest"), [("rsa1024", 1), ("rsa2048", 2), ("p256", 3), ("ed25519", 3), ("p384", 4), ("p521", 5)]
)
def test_what_is_too_small_is_not_loaded(tmp_path: Path, kind: str, highest: int) -> None:
    key, strong = KEYS[kind](), KEYS["p521"]()
    for pair, reason, errno in (
        ((key, strong), "EE_KEY_TOO_SMALL", 399),
        ((strong, key), "CA_KEY_TOO_SMALL", 397),
    ):
        path = chain(tmp_path / "chain.pem", *pair)
        context(highest).load_cert_chain(path)
        if highest < 5:
            with pytest.raises(refssl.SSLError) as caught:
                context(highest + 1).load_cert_chain(path)
            assert (caught.value.reason, caught.value.errno) == (reason, errno)


def test_a_level_raised_later_forbids_the_chain() -> None:
    client, server = contexts()
    server.set_ciphers("ALL:@SECLEVEL=5")
    server.set_groups("P-521")
    server.set_server_sigalgs("ecdsa_secp256r1_sha256")
    pair = Pair(client, server)
    assert server._choices.offer(server=True).signing == ()
    with pytest.raises(refssl.SSLError):
        pair.shake_hands()
    weak = server._credentials.for_connection(None, 5, 0, object(), lambda _: ())
    assert [one.weakness for one in weak] == ["EE_KEY_TOO_SMALL"]


@pytest.mark.parametrize(
    ("text", "tuples", "shares"),
    [
        ("X25519", ((0x1D,),), ()),
        ("x25519:SECP256R1:p-384", ((0x1D, 0x17, 0x18),), ()),
        ("X25519:P-256:X25519", ((0x1D, 0x17),), ()),
        (" X25519 : P-256 ", ((0x1D, 0x17),), ()),
        ("P-256:*X25519", ((0x17, 0x1D),), (0x1D,)),
        ("*X25519/*P-256", ((0x1D,), (0x17,)), (0x1D, 0x17)),
        ("*X25519:P-256:-X25519", ((0x17,),), ()),
        ("X25519:-X25519", (), ()),
        ("?bogus/?bogus:P-256", ((0x17,),), ()),
        ("*?X25519:?*P-256:-?P-256", ((0x1D,),), (0x1D,)),
        ("", (), ()),
    ],
)
def test_lists_of_groups(text: str, tuples: Any, shares: Any) -> None:
    found = groups.parse(text)
    assert (found.tuples, found.shares) == (tuples, shares)


def test_the_default_groups_can_be_named_and_changed() -> None:
    assert groups.parse("default") == groups.parse("DEFAULT") == groups.DEFAULT
    behind = groups.parse("P-521/DEFAULT")
    assert (behind.tuples[0], 0x1D in behind.shares) == ((0x19,), True)
    assert not any(0x1D in row for row in groups.parse("DEFAULT:-X25519").tuples)


REFUSED_GROUPS = (
    "bogus X25519:bogus :X25519 X25519: X25519::P-256 X25519,P-256 **X25519 ??X25519 * - -bogus *DEFAULT -DEFAULT "
    f"/X25519 X25519/ X25519//P-256 +X25519 ?{'x' * 100}"
)


@pytest.mark.parametrize("text", [*REFUSED_GROUPS.split(), " "])
def test_lists_of_groups_that_are_refused(text: str) -> None:
    with pytest.raises(refssl.SSLError, match="unrecognized group"):
        context().set_groups(text)


@pytest.mark.parametrize("text", ["x25519", "P-256", "secp256r1", "bogus", "", "X25519 ", "X25519MLKEM768"])
def test_curves_are_known_by_their_short_names_only(text: str) -> None:
    for known in ("X25519", "prime256v1", b"secp384r1"):
        context().set_ecdh_curve(known)
    with pytest.raises(ValueError, match="unknown elliptic curve name"):
        context().set_ecdh_curve(text)


@pytest.mark.parametrize(
    ("client", "server", "group"),
    [
        ("X25519:P-384", "P-384/X25519", "secp384r1"),
        ("X25519:P-384", "P-384:X25519", "x25519"),
        ("*X25519:P-521:P-384", "P-384/P-521", "secp384r1"),
        ("*P-256:*P-384", "P-384:P-256", "secp384r1"),
    ],
)
def test_servers_go_through_tuples(client: str, server: str, group: str) -> None:
    ours, theirs = contexts()
    ours.set_groups(client)
    theirs.set_groups(server)
    assert Pair(ours, theirs).shake_hands().server.group() == group


@pytest.mark.parametrize("text", ["", ":ed25519", "ed25519:", "bogus", "?bogus", "??ed25519", "RSA", "?" + "x" * 100])
def test_lists_of_schemes_that_are_refused(text: str) -> None:
    for known in (" ed25519 ", "?bogus:ED25519", "RSA+SHA256:ecdsa+sha384", "PSS+SHA512"):
        context().set_server_sigalgs(known)
    for method in ("set_server_sigalgs", "set_client_sigalgs"):
        with pytest.raises(refssl.SSLError, match="unrecognized signature algorithm"):
            getattr(context(), method)(text)


def element(tag: int, content: bytes) -> bytes:
    """X.690 8.1, with a minimal length."""
    size = len(content)
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag]) + (bytes([size]) if size < 0x80 else bytes([0x80 | len(octets)]) + octets) + content


def parameters(*numbers: int, label: str = "DH PARAMETERS") -> bytes:
    """A PEM block with a SEQUENCE of these INTEGERs."""
    body = b"".join(element(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big")) for number in numbers)
    encoded = base64.b64encode(element(0x30, body)).decode()
    return f"-----BEGIN {label}-----\n{encoded}\n-----END {label}-----\n".encode()


PRIME = 2**2047 + 1


@pytest.mark.parametrize(
    ("text", "level", "errno", "reason"),
    [
        (b"", 2, 108, "NO_START_LINE"),
        (parameters(PRIME, 2)[:60], 2, 102, "BAD_END_LINE"),
        (parameters(PRIME, 2).replace(b"MIIBC", b"!IIBC"), 2, 100, "BAD_BASE64_DECODE"),
        (parameters(PRIME), 2, 524301, None),
        (parameters(PRIME, 2, 100, 5), 2, 524301, None),
        (parameters(PRIME, 1), 2, 524301, None),
        (parameters(PRIME, 2), 3, 394, "DH_KEY_TOO_SMALL"),
        (parameters(PRIME, 2, 100), 2, 394, "DH_KEY_TOO_SMALL"),
        (parameters(2**1022 + 1, 2), 0, 394, "DH_KEY_TOO_SMALL"),
        (parameters(PRIME, 2, label="EC PARAMETERS"), 2, 108, "NO_START_LINE"),
    ],
)
def test_dh_parameters_that_are_refused(
    tmp_path: Path, text: bytes, level: int, errno: int, reason: str | None
) -> None:
    path = tmp_path / "dh.pem"
    path.write_bytes(text)
    with pytest.raises(refssl.SSLError) as caught:
        context(level).load_dh_params(path)
    assert (caught.value.errno, caught.value.reason) == (errno, reason)


def test_dh_parameters_are_used(tmp_path: Path) -> None:
    path = tmp_path / "dh.pem"
    path.write_bytes(parameters(0xFFFFFFFFFFFFFFFFADF85458A2BB4A9AAFDC5620273D3CF1 | 2**2047, 2) + b"behind")
    ours = context()
    ours.load_dh_params(str(path).encode())
    assert ours._dh_parameters is not None
    assert ours._dh_parameters[1] == 2
    for wrong in (None, 5):
        with pytest.raises(TypeError):
            ours.load_dh_params(wrong)  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError) as caught:
        ours.load_dh_params(certificates().server.parent / "nowhere.pem")
    assert caught.value.filename is not None
