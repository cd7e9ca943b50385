"""What an end puts onto the wire beside its hellos: headers of records, nonces, levels of alerts, a second hello."""

import struct
from typing import NamedTuple

import pytest

pytestmark = pytest.mark.deliveries("whole")

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA = 20, 21, 22, 23
COOKIE, PRE_SHARED_KEY, PADDING, EARLY_DATA, VERSIONS, KEY_SHARE, GROUPS, SIGNATURES = 44, 41, 21, 42, 43, 51, 10, 13


class Record(NamedTuple):
    """A record of the subject's, as it travelled."""

    content_type: int
    version: int
    content: bytes


def records(pair):
    """All that the peer has been sent so far."""
    wire, found = bytes(pair.peer.bytes_seen), []
    while wire:
        content_type, version, length = struct.unpack_from("!BHH", wire)
        found.append(Record(content_type, version, wire[5 : 5 + length]))
        wire = wire[5 + length :]
    return found


def hellos(pair):
    """The ClientHellos that the peer has been sent: what stands before the extensions, and these by number."""
    found = []
    for record in records(pair):
        if record.content_type == HANDSHAKE and record.content[:1] == b"\1":
            body = record.content[4:]
            at = 35 + body[34]
            at += 2 + int.from_bytes(body[at : at + 2], "big")
            at += 1 + body[at]
            found.append((body[:at], extensions_in(body[at + 2 :])))
    return found


def extensions_in(block):
    found = {}
    while block:
        number, size = struct.unpack_from("!HH", block)
        found[number], block = block[4 : 4 + size], block[4 + size :]
    return found


def numbers(vector):
    """The numbers of two bytes in a vector with a length of two bytes."""
    return [number for (number,) in struct.iter_unpack("!H", vector[2:])]


@pytest.mark.clause("RFC 8446 5.1:record-version", "RFC 8446 5.2:outer-type", "RFC 5246 6.2.1:record-version")
def test_every_record_says_tls_1_2(pair):
    """A record's header says TLS 1.2, and in TLS 1.3 nothing but application data once there are keys."""
    pair.shake_hands()
    pair.greet()
    first, *rest = records(pair)
    assert first.version in ((0x0301, 0x0303) if pair.variant.role == "client" else (0x0303,))
    assert {record.version for record in rest} == {0x0303}
    assert rest[-1].content_type == APPLICATION_DATA
    if pair.variant.version == "tls13":
        assert {record.content_type for record in rest} <= {CHANGE_CIPHER_SPEC, APPLICATION_DATA}


@pytest.mark.clause("RFC 8446 4.1.2:second-hello")
@pytest.mark.roles("client")
@pytest.mark.versions("tls13")
def test_a_second_hello_is_the_first_with_another_share(pair):
    """After a HelloRetryRequest a client sends what it sent before, but for the share that it was asked for."""
    pair.peer.settings.groups = ("secp521r1",)
    pair.subject_context.set_alpn_protocols(["h2"])
    pair.shake_hands()
    (before, first), (after, second) = hellos(pair)
    assert before == after
    changing = {KEY_SHARE, EARLY_DATA, COOKIE, PRE_SHARED_KEY, PADDING}
    assert {k: v for k, v in first.items() if k not in changing} == {
        k: v for k, v in second.items() if k not in changing
    }
    assert second[KEY_SHARE][2:4] == b"\x00\x19"
    assert int.from_bytes(second[KEY_SHARE][4:6], "big") + 6 == len(second[KEY_SHARE])


@pytest.mark.clause("RFC 8446 4.2.8:shares-of-groups")
@pytest.mark.roles("client")
@pytest.mark.versions("tls13")
@pytest.mark.parametrize("curve", [None, "prime256v1", "secp384r1"], ids=["default", "prime256v1", "secp384r1"])
def test_shares_are_of_groups_that_are_offered(pair, curve):
    """Each share of a ClientHello is of a group of its list, in the order of the list, and of each there is one."""
    if curve:
        pair.subject_context.set_ecdh_curve(curve)
    pair.shake_hands()
    ((_, extensions),) = hellos(pair)
    offered, shares, block = numbers(extensions[GROUPS]), [], extensions[KEY_SHARE][2:]
    while block:
        group, size = struct.unpack_from("!HH", block)
        shares.append(group)
        block = block[4 + size :]
    assert shares
    assert shares == [group for group in offered if group in shares]


@pytest.mark.clause("RFC 8446 4.2.3:nothing-weak-offered")
@pytest.mark.roles("client")
@pytest.mark.versions("tls13")
def test_no_weak_hash_is_offered(pair):
    """A client of TLS 1.3 alone offers no signatures with MD5 or SHA-224, and none with DSA."""
    pair.shake_hands()
    ((_, extensions),) = hellos(pair)
    weak = {scheme for scheme in numbers(extensions[SIGNATURES]) if scheme < 0x0700 and scheme >> 8 in (1, 3)}
    dsa = {scheme for scheme in numbers(extensions[SIGNATURES]) if scheme < 0x0700 and scheme & 0xFF == 2}
    assert (weak, dsa) == (set(), set())


@pytest.mark.clause("RFC 5246 6.2.3.2:fresh-iv", "RFC 5246 6.2.3.3:fresh-nonce", "RFC 5246 6.2.3:encrypted")
@pytest.mark.versions("tls12")
@pytest.mark.parametrize(
    ("suite", "size"), [("ECDHE-ECDSA-AES128-SHA256", 16), ("ECDHE-ECDSA-AES128-GCM-SHA256", 8)], ids=["cbc", "gcm"]
)
def test_no_nonce_comes_twice(pair, suite, size):
    """What stands in front of each protected record, the IV of CBC or the nonce of GCM, is another each time."""
    pair.peer.settings.ciphers = suite
    pair.shake_hands()
    for _ in range(20):
        pair.subject.write(b"the same again")
    pair.carry()
    sent = [record.content for record in records(pair) if record.content_type == APPLICATION_DATA]
    assert len({content[:size] for content in sent}) == len(sent) == 20
    assert len({content[size:] for content in sent}) == 20


@pytest.mark.clause("RFC 8446 6.2:fatal-level", "RFC 5246 7.2:fatal-level")
@pytest.mark.roles("server")
def test_an_alert_that_ends_the_handshake_is_fatal(pair, impl):
    """The alert of a server that shares no version with its client is of level fatal."""
    other = "tls13" if pair.variant.version == "tls12" else "tls12"
    pair.peer.settings.versions = (other, other)
    with pytest.raises(impl.SSLError):
        pair.shake_hands()
    assert pair.peer.alert_seen == "protocol_version"
    assert [record.content for record in records(pair) if record.content_type == ALERT] == [b"\2\x46"]


@pytest.mark.clause("RFC 8446 4.1.3:legacy-version", "RFC 8446 4.1.3:few-extensions", "RFC 8446 4.1.3:random-fresh")
@pytest.mark.roles("server")
@pytest.mark.versions("tls13")
def test_a_server_hello_has_little_in_it(pair):
    """A ServerHello of TLS 1.3 calls itself TLS 1.2, has a random of its own, the version and a share, and no more."""
    randoms = set()
    for _ in range(2):
        pair.peer.settings.groups = ("X25519",)
        pair.shake_hands()
        pair.greet()
        hello = records(pair)[0].content
        assert hello[:1] == b"\2"
        body = hello[4:]
        assert body[:2] == b"\3\3"
        randoms.add(body[2:34])
        assert set(extensions_in(body[35 + body[34] + 5 :])) - {PRE_SHARED_KEY} == {VERSIONS, KEY_SHARE}
        pair = pair.reconnect()
    assert len(randoms) == 2


@pytest.mark.clause("RFC 8446 D.4:server-ccs")
@pytest.mark.roles("server")
@pytest.mark.versions("tls13")
def test_a_server_sends_what_middleboxes_like(pair):
    """A server that was sent a session id sends a change_cipher_spec behind its first message, which means nothing."""
    pair.shake_hands()
    first, second, *_ = records(pair)
    assert (first.content_type, first.content[:1]) == (HANDSHAKE, b"\2")
    assert (second.content_type, second.content) == (CHANGE_CIPHER_SPEC, b"\1")


@pytest.mark.clause("RFC 6066 3:acknowledged")
@pytest.mark.roles("server")
@pytest.mark.versions("tls12")
@pytest.mark.parametrize("name", ["localhost", None], ids=["named", "nameless"])
def test_a_server_that_goes_by_a_name_says_so(pair, name):
    """A server that has used the name that it was sent answers with an empty server_name, and else not."""
    pair.subject_context.sni_callback = lambda *_: None
    pair.peer.settings.server_hostname = name
    pair.shake_hands()
    body = records(pair)[0].content[4:]
    hello = extensions_in(body[35 + body[34] + 5 : int.from_bytes(records(pair)[0].content[1:4], "big")])
    assert hello.get(0) == (b"" if name else None)
