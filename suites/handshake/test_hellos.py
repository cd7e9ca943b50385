"""What stands in the hellos: versions, randoms and extensions, as the peer reads them off the wire."""

import struct
from typing import NamedTuple

import pytest

pytestmark = pytest.mark.deliveries("whole")

client, server = pytest.mark.roles("client"), pytest.mark.roles("server")

SERVER_NAME, ALPN, ENCRYPT_THEN_MAC, EXTENDED_MASTER_SECRET = 0, 16, 22, 23
SIGNATURES, GROUPS, TICKET, PRE_SHARED_KEY, VERSIONS, KEY_SHARE, RENEGOTIATION_INFO = 13, 10, 35, 41, 43, 51, 0xFF01
SCSV = 0x00FF  # RFC 5746 3.3: the suite that stands for an empty renegotiation_info
DOWNGRADED = b"DOWNGRD\x01"  # RFC 8446 4.1.3
NOT_ASSIGNED = 0x1234
X25519, SECP256R1 = 0x001D, 0x0017
CBC = "ECDHE-ECDSA-AES128-SHA256"


class Hello(NamedTuple):
    """The fields of a hello; of a ServerHello `suites` and `compressions` are what was chosen."""

    version: int
    random: bytes
    session_id: bytes
    suites: tuple[int, ...]
    compressions: bytes
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
    size = body[0] + 1 if kind == 1 else 1
    compressions, body = body[1 if kind == 1 else 0 : size], body[size:]
    extensions, body = {}, body[2:]
    while body:
        number, size = struct.unpack_from("!HH", body)
        assert number not in extensions
        extensions[number], body = body[4 : 4 + size], body[4 + size :]
    suites = struct.unpack(f"!{len(suites) // 2}H", suites)
    return Hello(version, random, session_id, suites, compressions, extensions)


def flight(pair, impl):
    """What the subject puts out first: a client's hello, or a server's answer to the peer's."""
    if pair.server_side:
        pair.carry()
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.do_handshake()
    return pair.subject_outgoing.read()


@pytest.mark.clause("RFC 8446 4.1.2:legacy-version", "RFC 8446 4.1.2:random-fresh", "RFC 5246 7.4.1.2:random-fresh")
@client
def test_a_hello_says_tls_1_2_and_has_a_random_of_its_own(pair, impl):
    """The version of a hello is that of TLS 1.2, also in TLS 1.3, and its random is not that of another hello."""
    first, second = (hello_in(flight(one, impl)) for one in (pair, pair.reconnect()))
    assert (first.version, second.version) == (0x0303, 0x0303)
    assert len({first.random, second.random, bytes(32)}) == 3


@pytest.mark.clause("ssl.SSLContext:tls12-at-least", "What's New 3.10:tls12-at-least")
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


@pytest.mark.clause("RFC 8446 4.2:unknown-extension-ignored", "RFC 5246 7.4.1.4:unknown-extension-ignored")
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


@pytest.mark.clause("ssl.OP_LEGACY_SERVER_CONNECT:unpatched-servers", "RFC 5746 4.1:legacy-server")
@pytest.mark.known("badssl.com#507")
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


@pytest.mark.clause(
    "RFC 8446 4.1.2:null-compression", "RFC 8446 4.1.2:no-compression", "RFC 5246 7.4.1.2:null-compression"
)
def test_no_compression_is_offered_or_chosen(pair, impl):
    """A client offers the null compression and no other, and a server chooses it."""
    assert hello_in(flight(pair, impl)).compressions == b"\0"


@pytest.mark.clause("RFC 8446 4.1.3:session-id-echoed")
@server
@pytest.mark.versions("tls13")
def test_a_server_returns_the_session_id(pair, impl):
    """A TLS 1.3 server returns the session id of the ClientHello as it came."""
    pair.carry()
    wire = pair.subject_incoming.read()
    pair.subject_incoming.write(wire)
    answer = hello_in(flight(pair, impl))
    assert answer.session_id == hello_in(wire).session_id


@pytest.mark.clause("RFC 8446 9.2:hello-complete", "RFC 6066 3:sent", "RFC 6066 3:none")
@client
@pytest.mark.versions("tls13")
@pytest.mark.parametrize("name", ["localhost", None], ids=["named", "nameless"])
def test_a_hello_has_the_extensions_that_are_demanded(pair, impl, name):
    """A TLS 1.3 hello has versions, signature algorithms, groups and key shares; server_name where there is a name."""
    pair.subject_context.check_hostname = False
    pair.server_hostname = name
    extensions = hello_in(flight(pair, impl)).extensions
    assert {SIGNATURES, GROUPS, VERSIONS, KEY_SHARE} <= set(extensions)
    assert extensions.get(SERVER_NAME) == (b"\0\x0c\0\0\x09localhost" if name else None)


GROUP_NAMES = {
    0x0017: "secp256r1",
    0x0018: "secp384r1",
    0x0019: "secp521r1",
    0x001D: "x25519",
    0x001E: "x448",
    0x001F: "brainpoolP256r1tls13",
    0x0020: "brainpoolP384r1tls13",
    0x0021: "brainpoolP512r1tls13",
    **{0x0100 + number: f"ffdhe{bits}" for number, bits in enumerate((2048, 3072, 4096, 6144, 8192))},
    0x11EB: "SecP256r1MLKEM768",
    0x11EC: "X25519MLKEM768",
    0x11ED: "SecP384r1MLKEM1024",
}


def numbers(data):
    """The 16-bit numbers of a vector with a length of two bytes."""
    return struct.unpack_from(f"!{int.from_bytes(data[:2], 'big') // 2}H", data, 2)


def shares(data):
    """The groups for which key_share has shares."""
    found, body = [], data[2:]
    while body:
        group, size = struct.unpack_from("!HH", body)
        found.append(group)
        body = body[4 + size :]
    return found


@pytest.mark.clause("RFC 8446 9.2:hello-complete")
@pytest.mark.level("observed")
@client
@pytest.mark.versions
def test_what_a_client_offers_by_itself(pair, impl, observe):
    """The hello of a context that nobody has touched is written down: versions, suites, groups, shares, signatures."""
    hello = hello_in(flight(pair, impl))
    found = hello.extensions
    offered = found[VERSIONS][1:]
    observe([f"{offered[n]}.{offered[n + 1]}" for n in range(0, len(offered), 2)], "versions offered")
    observe([GROUP_NAMES.get(group, f"{group:#06x}") for group in numbers(found[GROUPS])], "groups offered")
    observe([GROUP_NAMES.get(group, f"{group:#06x}") for group in shares(found[KEY_SHARE])], "key shares sent")
    observe([f"{scheme:#06x}" for scheme in numbers(found[SIGNATURES])], "signature algorithms offered")
    observe([f"{suite:#06x}" for suite in hello.suites], "cipher suites offered")
    observe([str(number) for number in sorted(found)], "extensions sent")
    assert found[VERSIONS]


@pytest.mark.clause("RFC 7301 3.1:offer")
@client
def test_protocols_are_offered_in_their_order(pair, impl):
    """A hello lists the protocols of set_alpn_protocols() in their order; without them it has no ALPN."""
    pair.subject_context.set_alpn_protocols(["h2", "http/1.1", "a"])
    hello = hello_in(flight(pair, impl))
    assert hello.extensions[ALPN] == b"\0\x0e\x02h2\x08http/1.1\x01a"
    without = pair.reconnect(context=impl.create_default_context())
    assert ALPN not in hello_in(flight(without, impl)).extensions


@pytest.mark.clause("RFC 8446 4.2.11:last-extension", "ssl.SSLSocket.session:observable")
@client
@pytest.mark.versions("tls13")
def test_a_ticket_is_offered_last(pair, impl):
    """A hello that offers a session has pre_shared_key as its last extension; one that offers none has it not."""
    assert PRE_SHARED_KEY not in hello_in(flight(pair.reconnect(), impl)).extensions
    pair.shake_hands()
    pair.greet()
    second = pair.reconnect(session=pair.bare_subject.session)
    assert list(hello_in(flight(second, impl)).extensions)[-1] == PRE_SHARED_KEY


@pytest.mark.clause("RFC 5077 3.2:asked-for", "ssl.OP_NO_TICKET:no-request")
@client
@pytest.mark.versions("tls12")
@pytest.mark.parametrize("wanted", [True, False], ids=["default", "no_ticket"])
def test_a_ticket_is_asked_for(pair, impl, wanted):
    """A TLS 1.2 hello has an empty session_ticket extension, and with OP_NO_TICKET none."""
    if not wanted:
        pair.subject_context.options |= impl.OP_NO_TICKET
    assert hello_in(flight(pair, impl)).extensions.get(TICKET) == (b"" if wanted else None)


def shares_in(hello):
    """The groups for which a ClientHello has key shares (RFC 8446 4.2.8)."""
    left, groups = hello.extensions[KEY_SHARE][2:], []
    while left:
        group, size = struct.unpack_from("!HH", left)
        groups.append(group)
        left = left[4 + size :]
    return groups


@pytest.mark.clause("ssl.SSLContext.set_groups:key-shares", "What's New 3.15:key-shares")
@client
@pytest.mark.versions("tls13")
@pytest.mark.since("3.15")
@pytest.mark.parametrize(
    ("groups", "shares"),
    [
        ("X25519:secp256r1", [X25519]),
        ("X25519:*secp256r1", [SECP256R1]),
        ("*X25519:*secp256r1", [X25519, SECP256R1]),
    ],
    ids=["first", "marked", "both_marked"],
)
def test_key_shares_are_sent_as_they_were_set(pair, impl, groups, shares):
    """A client sends key shares for the groups that set_groups() marks, or else for the first, and offers all."""
    pair.subject_context.set_groups(groups)
    hello = hello_in(flight(pair, impl))
    assert shares_in(hello) == shares
    assert hello.extensions[GROUPS] == struct.pack("!HHH", 4, X25519, SECP256R1)
