"""Key agreement with public values that are none: no secret can come of them."""

import base64
import pathlib

import pytest

pytestmark = [pytest.mark.peers("scripted"), pytest.mark.deliveries("whole")]

KEY_SHARE = 51
X25519, SECP256R1 = b"\x00\x1d", b"\x00\x17"
REFUSALS = ("illegal_parameter", "decode_error", "internal_error", "handshake_failure")


def off_the_curve(point):
    return point[:-1] + bytes([point[-1] ^ 1])


def compressed(point):
    return bytes([2 + (point[-1] & 1)]) + point[1:33]


VALUES = {
    "zero": ("X25519", lambda _: bytes(32)),
    "of_small_order": ("X25519", lambda _: b"\1" + bytes(31)),
    "of_another_length": ("X25519", lambda key: key + b"!"),
    "off_the_curve": ("prime256v1", off_the_curve),
    "at_infinity": ("prime256v1", lambda _: b"\0"),
    "compressed": ("prime256v1", compressed),
    "of_another_form": ("prime256v1", lambda key: b"\5" + key[1:]),
}


def share_with(edit, *, several):
    """A key_share extension in which the (first) key is another: a client sends several, a server one."""

    def change(share):
        start = 2 if several else 0
        size = int.from_bytes(share[start + 2 : start + 4], "big")
        group, key = share[start : start + 2], share[start + 4 : start + 4 + size]
        entry = group + len(edit(key)).to_bytes(2, "big") + edit(key)
        return len(entry).to_bytes(2, "big") + entry if several else entry

    return change


@pytest.mark.versions("tls13")
@pytest.mark.parametrize("value", VALUES)
@pytest.mark.clause(
    "RFC 8446 4.2.8:share-fits", "RFC 8446 4.2.8.2:points-validated", "RFC 8446 7.4.2:zero-secret-refused"
)
def test_a_share_that_is_none(pair, trial, value):
    """Points off their curve, forms that nobody uses, and values whose secret is all zeros end the handshake."""
    group, edit = VALUES[value]
    pair.peer.settings.groups = (group,)
    message = "server_hello" if pair.variant.role == "client" else "client_hello"
    pair.peer.change_extension(message, KEY_SHARE, share_with(edit, several=pair.server_side))
    trial.refused(*REFUSALS)


@pytest.mark.versions("tls12")
@pytest.mark.roles("server")
@pytest.mark.parametrize("value", [value for value in VALUES if value != "compressed"])
@pytest.mark.clause("RFC 5246 7.4.7:point-on-curve")
def test_a_client_key_exchange_that_is_none(pair, trial, value):
    """The same in TLS 1.2, in the message in which a client sends its public key.

    There ec_point_formats may allow compressed points, and OpenSSL's server does.
    """
    group, edit = VALUES[value]
    pair.peer.settings.groups = (group,)
    pair.peer.change_fields(
        "client_key_exchange", exchange_keys=lambda keys: bytes([len(edit(keys[1:]))]) + edit(keys[1:])
    )
    trial.refused(*REFUSALS)


def prime_of(pki):
    """The prime of ffdhe2048, which stands in front of the generator at the end of the parameters."""
    lines = pathlib.Path(pki.authority("dh-parameters")).read_text().split("\n")
    return base64.b64decode("".join(lines[1:-2]))[-259:-3]


ELEMENTS = {
    "one": lambda prime: bytes(len(prime) - 1) + b"\1",
    "minus_one": lambda prime: prime[:-1] + bytes([prime[-1] - 1]),
    "the_prime": lambda prime: prime,
    "of_another_length": lambda prime: prime[1:],
}


@pytest.mark.versions("tls13")
@pytest.mark.roles("server")
@pytest.mark.parametrize("value", ELEMENTS)
@pytest.mark.clause("RFC 8446 4.2.8:share-fits")
def test_an_element_of_a_field_that_is_none(pair, trial, value):
    """A share of ffdhe2048 is as long as its prime p, and between 1 and p - 1 (RFC 8446 4.2.8.1)."""
    element = ELEMENTS[value](prime_of(pair.pki))
    pair.peer.settings.groups = ("ffdhe2048",)
    pair.peer.change_extension("client_hello", KEY_SHARE, share_with(lambda _: element, several=True))
    trial.refused("illegal_parameter")


ENCAPSULATION_KEYS = {"of_another_length": lambda key: key[:-1], "not_reduced": lambda key: b"\xff" * 1184 + key[1184:]}


@pytest.mark.versions("tls13")
@pytest.mark.roles("server")
@pytest.mark.since("3.15")
@pytest.mark.parametrize("value", ENCAPSULATION_KEYS)
@pytest.mark.clause("RFC 8446 4.2.8:share-fits")
def test_an_encapsulation_key_that_is_none(pair, trial, value):
    """A share of X25519MLKEM768 that is too short, or whose key is not reduced (FIPS 203 7.2), ends the handshake."""
    pair.peer.settings.groups = ("X25519MLKEM768",)
    edit = share_with(ENCAPSULATION_KEYS[value], several=True)
    pair.peer.change_extension("client_hello", KEY_SHARE, edit)
    trial.refused("illegal_parameter")
