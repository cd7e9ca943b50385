"""Sessions that are offered again: what a server must not make of the offer, and what a client must not offer."""

import pytest

pytestmark = [pytest.mark.peers("scripted"), pytest.mark.deliveries("whole")]

client, server = pytest.mark.roles("client"), pytest.mark.roles("server")
tls12, tls13 = pytest.mark.versions("tls12"), pytest.mark.versions("tls13")
EXTENDED_MASTER_SECRET, PRE_SHARED_KEY, PSK_KEY_EXCHANGE_MODES, UNASSIGNED = 23, 41, 45, 0xFAFA
BINDER = b"\x20" + bytes(32)


def refused(trial, message, change, alerts):
    """The connection that offers a session is refused where the peer changes its hello, and made where it does not."""
    second = trial.resumed()
    second.pair.peer.change(message, change)
    second.refused(*alerts)


def with_a_binder_more(offer):
    """The identities and binders of a pre_shared_key, and one binder behind them that belongs to nothing."""
    start = 2 + int.from_bytes(offer[:2], "big")
    binders = offer[start + 2 :] + BINDER
    return offer[:start] + len(binders).to_bytes(2, "big") + binders


def with_an_identity_more(offer):
    """A pre_shared_key with a ticket in front that nobody knows, and no binder for it."""
    identities = b"\0\1?" + bytes(4) + offer[2 : 2 + int.from_bytes(offer[:2], "big")]
    return len(identities).to_bytes(2, "big") + identities + offer[2 + int.from_bytes(offer[:2], "big") :]


@pytest.mark.clause("RFC 8446 2.2:resumption", "RFC 5246 7.3:resumption")
def test_nothing_is_wrong(trial):
    """The control: the session is resumed where nobody breaks a rule."""
    second = trial.resumed()
    second.goes_on()
    assert second.pair.subject.session_reused


ANSWERS_13 = {
    "an_identity_that_was_not_offered": ({PRE_SHARED_KEY: b"\0\5"}, ("illegal_parameter",)),
    "half_an_identity": ({PRE_SHARED_KEY: b"\0"}, ("decode_error",)),
    "a_suite_of_another_hash": ({"cipher_suite": 0x1301}, ("illegal_parameter",)),
}


@client
@tls13
@pytest.mark.parametrize("case", ANSWERS_13)
@pytest.mark.clause("RFC 8446 4.2.11:answer-fits")
def test_an_answer_that_does_not_fit(trial, case):
    """A server of TLS 1.3 takes one of the tickets that it was offered, with a suite of its hash."""
    refused(trial, "server_hello", *ANSWERS_13[case])


OFFERS_13 = {
    "no_modes": ({PSK_KEY_EXCHANGE_MODES: None}, ("missing_extension",)),
    "something_behind_it": ({UNASSIGNED: b""}, ("illegal_parameter",)),
    "a_binder_too_many": ({PRE_SHARED_KEY: with_a_binder_more}, ("illegal_parameter", "decrypt_error")),
    "a_binder_too_few": (
        {PRE_SHARED_KEY: with_an_identity_more},
        ("illegal_parameter", "decode_error", "decrypt_error"),
    ),
    "a_wrong_binder": (
        {PRE_SHARED_KEY: lambda offer: offer[:-1] + bytes([offer[-1] ^ 1])},
        ("decrypt_error", "illegal_parameter"),
    ),
    "half_a_binder": ({PRE_SHARED_KEY: lambda offer: offer[:-1]}, ("decode_error",)),
}


@server
@tls13
@pytest.mark.parametrize("case", OFFERS_13)
@pytest.mark.clause("RFC 8446 4.2.11:offer-whole", "RFC 8446 4.2.11:binder-verified")
def test_an_offer_that_is_none(trial, case):
    """A client of TLS 1.3 offers its tickets last of all, with the modes that it wants, and proves that it has them."""
    refused(trial, "client_hello", *OFFERS_13[case])


ANSWERS_12 = {
    "another_suite": ({"cipher_suite": lambda suite: 0xC02B if suite != 0xC02B else 0xC02C}, ("illegal_parameter",)),
    "no_extended_master_secret": ({EXTENDED_MASTER_SECRET: None}, ("handshake_failure", "illegal_parameter")),
}


@client
@tls12
@pytest.mark.parametrize("case", ANSWERS_12)
@pytest.mark.clause("RFC 5246 7.4.1.3:resumed-alike", "RFC 7627 5.3:resumption")
def test_a_session_that_has_changed(trial, case):
    """A server of TLS 1.2 resumes a session with the suite that it had, and with the extended master secret it had."""
    refused(trial, "server_hello", *ANSWERS_12[case])


OFFERS_12 = {
    "another_suite": ({"cipher_suites": (0xC009, 0xC00A)}, ("illegal_parameter",)),
    "no_extended_master_secret": ({EXTENDED_MASTER_SECRET: None}, ("handshake_failure", "illegal_parameter")),
}


@server
@tls12
@pytest.mark.parametrize("case", OFFERS_12)
@pytest.mark.clause("RFC 5246 7.4.1.2:resumed-suite-offered", "RFC 7627 5.3:resumption")
def test_a_session_that_cannot_be_resumed_so(trial, case):
    """A client of TLS 1.2 that offers a session offers its suite, and the extended master secret if it had that."""
    refused(trial, "client_hello", *OFFERS_12[case])
