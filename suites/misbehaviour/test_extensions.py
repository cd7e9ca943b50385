"""Extensions that documents of their own describe: server_name, ALPN, encrypt_then_mac, renegotiation_info."""

import pytest

pytestmark = [pytest.mark.peers("scripted"), pytest.mark.deliveries("whole")]

SERVER_NAME, ALPN, ENCRYPT_THEN_MAC, EXTENDED_MASTER_SECRET, RENEGOTIATION_INFO = 0, 16, 22, 23, 0xFF01
SCSV = 0x00FF
CBC = "ECDHE-ECDSA-AES128-SHA256"

client, server = pytest.mark.roles("client"), pytest.mark.roles("server")
tls12 = pytest.mark.versions("tls12")

ANSWERS = {
    "two_names": (b"\0\6\2h2\2h3", ("decode_error", "illegal_parameter")),
    "no_name": (b"\0\0", ("decode_error", "illegal_parameter")),
    "an_empty_name": (b"\0\1\0", ("decode_error", "illegal_parameter")),
    "half_a_name": (b"\0\3\3h2", ("decode_error",)),
    "more_behind_it": (b"\0\3\2h2!", ("decode_error",)),
    "nothing": (b"", ("decode_error",)),
}


def answer_of(pair):
    """The message in which a server answers extensions."""
    return "server_hello" if pair.variant.version == "tls12" else "encrypted_extensions"


@client
@pytest.mark.parametrize("what", ANSWERS)
@pytest.mark.clause("RFC 7301 3.1:one-answer")
def test_an_answer_to_alpn(pair, trial, what):
    """A server answers with one name; anything else is refused."""
    data, alerts = ANSWERS[what]
    pair.subject_context.set_alpn_protocols(["h2", "h3"])
    pair.peer.settings.alpn = ("h2",)
    pair.peer.change_extension(answer_of(pair), ALPN, data)
    trial.refused(*alerts)


@client
@pytest.mark.clause("RFC 7301 3.1:offered-name")
def test_a_protocol_that_was_not_offered(pair, trial):
    """A server answers with a name that was offered; another is refused."""
    pair.subject_context.set_alpn_protocols(["h2", "h3"])
    pair.peer.settings.alpn = ("h2",)
    pair.peer.change_extension(answer_of(pair), ALPN, b"\0\3\2h9")
    trial.refused("illegal_parameter", "decode_error")


@server
@pytest.mark.parametrize(
    "names",
    [b"\0\0\1a\0\0\1b", b"\0\0\0", b"\0\0\2a", b"\1\0\1a", b"\0\0\4a\0bc"],
    ids=["two_hosts", "an_empty_name", "half_a_name", "another_kind", "nul"],
)
@pytest.mark.clause("RFC 6066 3:well-formed")
def test_a_server_name_that_is_none(pair, trial, names):
    """A list of names has one of each kind, none empty, none with a NUL; else it is refused."""
    pair.peer.change_extension("client_hello", SERVER_NAME, len(names).to_bytes(2, "big") + names)
    trial.refused("decode_error", "illegal_parameter", "unrecognized_name")


@client
@pytest.mark.clause("RFC 6066 3:empty-answer")
def test_a_name_that_comes_back(pair, trial):
    """A server that has used the name says so by an empty extension; one with content is refused."""
    pair.peer.change_extension(answer_of(pair), SERVER_NAME, b"\0\x0c\0\0\x09localhost")
    trial.refused("decode_error", "illegal_parameter", "unsupported_extension")


@tls12
@pytest.mark.clause("RFC 7366 2:empty")
@pytest.mark.level("should")
def test_encrypt_then_mac_with_content(pair, trial):
    """encrypt_then_mac is empty in both directions; else it is refused."""
    pair.subject_context.set_ciphers(CBC)
    pair.peer.settings.ciphers = CBC
    message = "client_hello" if pair.server_side else "server_hello"
    pair.peer.change_extension(message, ENCRYPT_THEN_MAC, b"!")
    trial.refused("decode_error", "illegal_parameter")


@client
@tls12
@pytest.mark.clause("RFC 7366 3:cbc-only")
@pytest.mark.level("should")
def test_encrypt_then_mac_for_another_suite(pair, trial):
    """A server does not answer encrypt_then_mac where its suite has no CBC; a client goes by the suite, or refuses."""
    pair.peer.change_extension("server_hello", ENCRYPT_THEN_MAC, b"")
    error = trial.outcome()
    assert error is None or pair.peer.alert_seen in ("illegal_parameter", "unsupported_extension")


@server
@tls12
@pytest.mark.clause("RFC 5746 3.6:suite-stands-for-it")
def test_the_suite_that_stands_for_renegotiation_info(pair, trial):
    """A client may say by a suite that it knows renegotiation_info: the server answers as if it had the extension."""
    pair.peer.change_fields(
        "client_hello",
        cipher_suites=lambda suites: (*(suite for suite in suites if suite != SCSV), SCSV),
        extensions=lambda known: {number: data for number, data in known.items() if number != RENEGOTIATION_INFO},
    )
    trial.goes_on()


@server
@tls12
@pytest.mark.level("observed")
@pytest.mark.clause("RFC 5746 4.3:legacy-client")
def test_a_client_without_renegotiation_info(pair):
    """A server lets in a client that knows nothing of RFC 5746, and does not answer what it has not said."""
    pair.peer.change_fields(
        "client_hello",
        cipher_suites=lambda suites: tuple(suite for suite in suites if suite != SCSV),
        extensions=lambda known: {number: data for number, data in known.items() if number != RENEGOTIATION_INFO},
    )
    with pytest.raises(pair.impl.SSLError):
        pair.shake_hands()  # the peer, which knows it, refuses
    assert pair.peer.error is not None
    assert b"\xff\x01\x00\x01\x00" not in bytes(pair.peer.bytes_seen)
