"""TLS 1.3, a second ClientHello: what a server may ask for, and what a client must keep to when it is asked."""

import pytest

pytestmark = [
    pytest.mark.peers("scripted"),
    pytest.mark.versions("tls13"),
    pytest.mark.deliveries("whole"),
]

SERVER_NAME, ALPN, SUPPORTED_VERSIONS, COOKIE, KEY_SHARE = 0, 16, 43, 44, 51
X25519, SECP384R1 = b"\x00\x1d", b"\x00\x18"


def with_length(data, size=2):
    return len(data).to_bytes(size, "big") + data


REQUESTS = {
    "for_the_share_that_is_there": ({KEY_SHARE: X25519}, ("illegal_parameter",)),
    "for_a_group_that_was_not_offered": ({KEY_SHARE: b"\xfa\xfa"}, ("illegal_parameter",)),
    "for_nothing": ({KEY_SHARE: None}, ("illegal_parameter",)),
    "of_no_version": ({SUPPORTED_VERSIONS: None}, ("missing_extension", "protocol_version", "illegal_parameter")),
    "of_tls_1_2": ({SUPPORTED_VERSIONS: b"\3\3"}, ("illegal_parameter",)),
    "with_an_unknown_suite": ({"cipher_suite": 0xFAFA}, ("illegal_parameter",)),
    "with_an_unknown_extension": ({0xFAFA: b""}, ("unsupported_extension", "illegal_parameter")),
    "with_a_misplaced_extension": ({ALPN: b"\0\3\2h2"}, ("unsupported_extension", "illegal_parameter")),
    "with_an_empty_cookie": ({COOKIE: b"\0\0"}, ("decode_error",)),
}


@pytest.mark.roles("client")
@pytest.mark.parametrize("case", REQUESTS)
@pytest.mark.clause("RFC 8446 4.1.4:retry-changes-something", "RFC 8446 4.1.4:checked-like-hello")
def test_a_hello_retry_request_that_makes_no_sense(pair, trial, case):
    """A server asks for the share of a group that was offered without one; anything else is an illegal_parameter."""
    pair.peer.settings.groups = ("secp384r1",)
    change, alerts = REQUESTS[case]
    pair.peer.change("hello_retry_request", change)
    trial.refused(*alerts)


@pytest.mark.roles("client")
@pytest.mark.parametrize("apart", [False, True], ids=["at_once", "apart"])
@pytest.mark.clause("RFC 8446 4.1.4:retry-once")
def test_a_second_hello_retry_request(pair, trial, apart):
    """A server asks for another ClientHello once."""
    pair.peer.settings.groups = ("secp384r1",)
    pair.peer.repeat("hello_retry_request", apart=apart)
    trial.refused("unexpected_message")


@pytest.mark.roles("client")
@pytest.mark.versions
@pytest.mark.parametrize(
    ("change", "alerts"),
    [
        ({"cipher_suite": 0x1301}, ("illegal_parameter",)),
        ({SUPPORTED_VERSIONS: None}, ("protocol_version", "illegal_parameter")),
    ],
    ids=["suite", "version"],
)
@pytest.mark.clause("RFC 8446 4.1.4:retry-kept")
def test_a_server_that_changes_its_mind(pair, trial, change, alerts):
    """The suite and the version of a HelloRetryRequest are those of the ServerHello that follows."""
    pair.peer.settings.groups = ("secp384r1",)
    pair.peer.change("server_hello", change)
    trial.refused(*alerts)


@pytest.mark.roles("client")
@pytest.mark.clause("ssl.SSLError:protocol-failure")
def test_a_cookie_that_leaves_no_room(pair, trial):
    """A cookie that does not fit into the second ClientHello beside what the client has to say ends the handshake."""
    pair.subject_context.set_alpn_protocols([f"{number:03}".ljust(250, "-") for number in range(220)])
    pair.peer.settings.groups = ("secp384r1",)
    pair.peer.change_extension("hello_retry_request", COOKIE, with_length(bytes(16_000)))
    trial.refused("internal_error", "illegal_parameter")


@pytest.mark.roles("client")
@pytest.mark.clause("RFC 8446 4.2.2:cookie-returned")
def test_a_cookie_that_fits_is_returned(pair, trial):
    """The control: a cookie that fits comes back, and the handshake goes on."""
    pair.peer.settings.groups = ("secp384r1",)
    pair.peer.change_extension("hello_retry_request", COOKIE, with_length(b"a cookie to give back"))
    trial.goes_on()
    assert b"a cookie to give back" in bytes(pair.peer.bytes_seen)


def ask_again(pair):
    """The subject has none of the groups that the peer has sent a share of, but one that it knows."""
    pair.subject_context.set_ecdh_curve("secp384r1")
    pair.peer.settings.groups = ("X25519", "secp384r1")


def is_refused(pair, trial, change, alerts):
    """A client that was asked for a share comes back with a hello that is changed so, and is refused."""
    ask_again(pair)
    pair.peer.let_pass("client_hello", lambda: pair.peer.change("client_hello", change))
    trial.refused(*alerts)


HELLOS = {
    "without_the_suite": ({"cipher_suites": (0x1301,)}, ("illegal_parameter",)),
    "with_a_share_of_another_group": (
        {KEY_SHARE: with_length(X25519 + with_length(bytes(32)))},
        ("illegal_parameter",),
    ),
    "without_a_share": ({KEY_SHARE: b"\0\0"}, ("illegal_parameter", "missing_extension")),
}
CHANGED = {
    "random": ({"random": bytes(32)}, ("illegal_parameter",)),
    "session_id": ({"legacy_session_id": bytes(32)}, ("illegal_parameter",)),
    "server_name": ({SERVER_NAME: with_length(b"\0" + with_length(b"other.example"))}, ("illegal_parameter",)),
}


@pytest.mark.roles("server")
@pytest.mark.parametrize("case", HELLOS)
@pytest.mark.clause("RFC 8446 4.1.2:retry-answered")
def test_a_second_hello_that_is_no_answer(pair, trial, case):
    """A client that was asked for a share sends it, and offers the suite that the server has chosen, as before."""
    is_refused(pair, trial, *HELLOS[case])


@pytest.mark.roles("server")
@pytest.mark.level("should")
@pytest.mark.parametrize("case", CHANGED)
@pytest.mark.clause("RFC 8446 4.1.2:retry-unchanged")
def test_a_second_hello_that_says_something_else(pair, trial, case):
    """A client that is asked for a share sends its hello again without other changes; a server may hold it to that."""
    is_refused(pair, trial, *CHANGED[case])


@pytest.mark.roles("server")
@pytest.mark.versions
@pytest.mark.clause("RFC 8446 4.1.2:retry-unchanged")
def test_a_second_hello_of_tls_1_2(pair, trial):
    """Who was asked for a share of TLS 1.3 does not come back with TLS 1.2."""
    ask_again(pair)
    pair.peer.let_pass("client_hello", lambda: pair.peer.change_extension("client_hello", SUPPORTED_VERSIONS, None))
    trial.refused("protocol_version", "illegal_parameter")


@pytest.mark.roles("server")
@pytest.mark.clause("RFC 8446 4.1.4:retry-once")
def test_a_second_hello_as_it_should_be(pair, trial):
    """The control: who is asked for a share and sends it is served."""
    ask_again(pair)
    trial.goes_on()
