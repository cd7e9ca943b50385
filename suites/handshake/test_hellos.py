"""What stands in the hellos: versions, randoms and extensions, as the peer reads them off the wire."""

import struct
from typing import NamedTuple

import pytest

pytestmark = pytest.mark.deliveries("whole")

client, server = pytest.mark.roles("client"), pytest.mark.roles("server")

SERVER_NAME, ALPN, ENCRYPT_THEN_MAC, EXTENDED_MASTER_SECRET = 0, 16, 22, 23
GROUPS, VERSIONS, RENEGOTIATION_INFO = 10, 43, 0xFF01
SCSV = 0x00FF  # RFC 5746 3.3: the suite that stands for an empty renegotiation_info
DOWNGRADED = b"DOWNGRD\x01"  # RFC 8446 4.1.3
NOT_ASSIGNED = 0x1234
CBC = "ECDHE-ECDSA-AES128-SHA256"


class Hello(NamedTuple):
    """The fields of a hello; of a ServerHello `suites` is the one that was chosen."""

    version: int
    random: bytes
    session_id: bytes
    suites: tuple[int, ...]
    extensions: dict[int, bytes]


def handshake_in(wire):
    """The first handshake message in the clear: its type and body."""
    assert wire[0] == 22
    body = wire[5 : 5 + int.from_bytes(wire[3:5], "big")]
    return body[0], body[4 : 4 + int.from_bytes(body[1:4], "big")]


def hello_in(wire):
    """The hello that `wire` begins with."""
    kind, body = handshake_in(wire)
    assert kind in (1, 2)
    version, random, size = struct.unpack_from("!H32sB", body)
    session_id, body = body[35 : 35 + size], body[35 + size :]
    size = int.from_bytes(body[:2], "big") + 2 if kind == 1 else 2
    suites, body = body[2 if kind == 1 else 0 : size], body[size:]
    body = body[1 + body[0] if kind == 1 else 1 :]
    extensions, body = {}, body[2:]
    while body:
        number, size = struct.unpack_from("!HH", body)
        assert number not in extensions
        extensions[number], body = body[4 : 4 + size], body[4 + size :]
    return Hello(version, random, session_id, struct.unpack(f"!{len(suites) // 2}H", suites), extensions)


def flight(pair, impl):
    """What the subject puts out first: a client's hello, or a server's answer to the peer's."""
    if pair.server_side:
        pair.carry()
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.do_handshake()
    return pair.subject_outgoing.read()


@pytest.mark.clause("RFC 8446 4.1.2:legacy-version", "RFC 8446 4.1.2:random-fresh")
@client
def test_a_hello_says_tls_1_2_and_has_a_random_of_its_own(pair, impl):
    """The version of a hello is that of TLS 1.2, also in TLS 1.3, and its random is not that of another hello."""
    first, second = (hello_in(flight(one, impl)) for one in (pair, pair.reconnect()))
    assert (first.version, second.version) == (0x0303, 0x0303)
    assert len({first.random, second.random, bytes(32)}) == 3


@pytest.mark.clause("ssl.SSLContext:tls12-at-least")
@client
@pytest.mark.versions
@pytest.mark.since("3.10")
def test_nothing_below_tls_1_2_is_offered(pair, impl):
    """A client of default settings offers TLS 1.3 and TLS 1.2, and nothing older."""
    offered = hello_in(flight(pair, impl)).extensions[VERSIONS]
    assert offered[0] == len(offered) - 1
    assert set(struct.unpack(f"!{len(offered) // 2}H", offered[1:])) == {0x0304, 0x0303}


@pytest.mark.clause("RFC 8446 4.1.3:downgrade-marked")
@server
@pytest.mark.versions
@pytest.mark.parametrize("could", [True, False], ids=["could_do_tls13", "could_not"])
def test_a_server_marks_that_it_could_do_tls_1_3(pair, impl, could):
    """A server that could do TLS 1.3 ends its random with DOWNGRD where it agrees on TLS 1.2; another does not."""
    pair.peer.settings.versions = ("tls12", "tls12")
    if not could:
        pair.subject_context.maximum_version = impl.TLSVersion.TLSv1_2
    random = hello_in(flight(pair, impl)).random
    assert random.endswith(DOWNGRADED) is could


@pytest.mark.clause("RFC 8446 4.2:unknown-extension-ignored")
@server
def test_a_server_ignores_what_it_does_not_know(pair, impl):
    """A ClientHello with an extension of a number that nobody has assigned is answered as if that were not there."""
    pair.carry()
    wire = bytearray(pair.subject_incoming.read())
    unknown = struct.pack("!HH", NOT_ASSIGNED, 5) + b"hello"
    extensions = sum(4 + len(value) for value in hello_in(wire).extensions.values())
    at = len(wire) - extensions
    assert int.from_bytes(wire[at - 2 : at], "big") == extensions
    wire[at:at] = unknown
    for start, size in ((at - 2, 2), (6, 3), (3, 2)):  # of the extensions, the message, the record
        length = int.from_bytes(wire[start : start + size], "big") + len(unknown)
        wire[start : start + size] = length.to_bytes(size, "big")
    pair.subject_incoming.write(wire)
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.do_handshake()
    answer = hello_in(pair.subject_outgoing.read())
    assert NOT_ASSIGNED not in answer.extensions


@pytest.mark.clause("RFC 8446 4.3.1:encrypted-extensions")
@server
def test_the_protocol_that_was_selected_is_told_in_secret(pair, impl):
    """In TLS 1.3 nobody else reads which ALPN protocol a server has selected; in TLS 1.2 everybody does."""
    pair.subject_context.set_alpn_protocols(["a-name-that-shows"])
    pair.peer.settings.alpn = ("a-name-that-shows",)
    shows = b"a-name-that-shows" in flight(pair, impl)
    assert shows is (pair.variant.version == "tls12")
    pair.carry()


@pytest.mark.clause("RFC 5746 3.4:signalled", "RFC 5746 3.6:answered")
@pytest.mark.versions("tls12")
def test_secure_renegotiation_is_signalled(pair, impl):
    """A client says that it knows renegotiation_info, by that or by the suite that stands for it; a server answers."""
    hello = hello_in(flight(pair, impl))
    if pair.server_side:
        assert hello.extensions[RENEGOTIATION_INFO] == b"\0"
    else:
        assert SCSV in hello.suites or hello.extensions[RENEGOTIATION_INFO] == b"\0"


@pytest.mark.clause("RFC 7627 4:extended-master-secret")
@pytest.mark.versions("tls12")
def test_the_extended_master_secret_is_agreed_on(pair, impl):
    """A client offers extended_master_secret, and a server that is offered it answers with it."""
    assert hello_in(flight(pair, impl)).extensions[EXTENDED_MASTER_SECRET] == b""


@pytest.mark.clause("RFC 7366 3:encrypt-then-mac")
@pytest.mark.versions("tls12")
@pytest.mark.parametrize("suite", [CBC, "ECDHE-ECDSA-AES128-GCM-SHA256"], ids=["cbc", "aead"])
def test_cbc_suites_are_encrypted_before_the_mac(pair, impl, suite):
    """A client offers encrypt_then_mac; a server answers with it where the suite has CBC, and not where it is AEAD."""
    pair.subject_context.set_ciphers(suite)
    pair.peer.settings.ciphers = suite
    assert (ENCRYPT_THEN_MAC in hello_in(flight(pair, impl)).extensions) is (suite == CBC or not pair.server_side)


@pytest.mark.clause("ssl.OP_ENABLE_MIDDLEBOX_COMPAT:dummy-ccs", "RFC 8446 D.4:compatible")
@client
@pytest.mark.versions("tls13")
@pytest.mark.parametrize("wanted", [True, False], ids=["default", "without"])
def test_a_handshake_looks_like_tls_1_2_where_that_is_wanted(pair, impl, wanted):
    """With OP_ENABLE_MIDDLEBOX_COMPAT, the default, a client sends session id and change_cipher_spec, else neither."""
    if not wanted:
        pair.subject_context.options &= ~impl.OP_ENABLE_MIDDLEBOX_COMPAT
    pair.shake_hands()
    seen, types = bytes(pair.peer.bytes_seen), set()
    assert len(hello_in(seen).session_id) == (32 if wanted else 0)
    while seen:
        types.add(seen[0])
        seen = seen[5 + int.from_bytes(seen[3:5], "big") :]
    assert types == ({22, 20, 23} if wanted else {22, 23})


@pytest.mark.clause("ssl.OP_LEGACY_SERVER_CONNECT:unpatched-servers", "RFC 5746 4.2:legacy-server")
@client
@pytest.mark.versions("tls12")
@pytest.mark.since("3.12")
@pytest.mark.parametrize("allowed", [True, False], ids=["legacy_connect", "default"])
def test_a_server_without_secure_renegotiation_is_refused(pair, impl, allowed):
    """A ServerHello without renegotiation_info ends the handshake, unless OP_LEGACY_SERVER_CONNECT lets it go on."""
    if allowed:
        pair.subject_context.options |= impl.OP_LEGACY_SERVER_CONNECT
    suite = hello_in(flight(pair, impl)).suites[0]
    body = struct.pack("!H32sBHB", 0x0303, bytes(range(32)), 0, suite, 0)
    message = b"\x02" + len(body).to_bytes(3, "big") + body
    pair.subject_incoming.write(b"\x16\x03\x03" + len(message).to_bytes(2, "big") + message)
    if allowed:
        with pytest.raises(impl.SSLWantReadError):
            pair.subject.do_handshake()
        return
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.do_handshake()
    assert caught.value.reason == "UNSAFE_LEGACY_RENEGOTIATION_DISABLED"
    assert pair.subject_outgoing.read()[-2:] == b"\x02\x28"  # fatal, handshake_failure
