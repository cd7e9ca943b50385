"""External pre-shared keys (RFC 8446 4.2.11): the modes, the choice among several, and peers that get it wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from refssl.engine.config import PSK_DHE_KE, PSK_KE, Config
from refssl.engine.connection import Connection
from refssl.engine.messages import extensions as ext
from refssl.engine.messages.hello import ClientHello, HelloRetryRequest, ServerHello
from refssl.engine.presentation import encode
from selftests.refssl_engine.support import client_config, pair, pump, server_config, shaken, tickets
from selftests.refssl_engine.test_handshake import Edited, refusal

AES_128, AES_256 = 0x1301, 0x1302
KEY = b"a key that both have"
BOTH_MODES = (PSK_DHE_KE, PSK_KE)


def client(**changes: Any) -> Config:
    settings: dict[str, Any] = {"psk_client": lambda _: (b"me", KEY), "cipher_suites": (AES_128,), **changes}
    return client_config(**settings)


def server(**changes: Any) -> Config:
    settings: dict[str, Any] = {
        "psk_server": {b"me": KEY}.get,
        "cipher_suites": (AES_128,),
        "credentials": (),
        **changes,
    }
    return server_config(**{**settings, **changes})


def assert_by_key(ends: tuple[Connection, Connection]) -> None:
    for end in ends:
        assert end.resumed
        assert end.peer is None
    ends[0].send(b"hello")
    pump(*ends)
    assert ends[1].plaintext.pop(0) == b"hello"


@pytest.mark.parametrize("key", [b"x", KEY, bytes(512)])
def test_a_key_of_any_length(key: bytes) -> None:
    assert_by_key(shaken(client(psk_client=lambda _: (b"me", key)), server(psk_server=lambda _: key)))


@pytest.mark.parametrize(
    ("ours", "theirs", "group"),
    [
        ((PSK_DHE_KE,), (PSK_DHE_KE,), True),
        (BOTH_MODES, BOTH_MODES, True),
        (BOTH_MODES, (PSK_DHE_KE,), True),
        (BOTH_MODES, (PSK_KE, PSK_DHE_KE), False),
        ((PSK_KE,), BOTH_MODES, False),
    ],
)
def test_the_server_chooses_the_mode(ours: tuple[int, ...], theirs: tuple[int, ...], group: bool) -> None:
    ends = shaken(client(psk_modes=ours), server(psk_modes=theirs))
    assert_by_key(ends)
    assert [end.group is not None for end in ends] == [group, group]


def test_without_a_common_group_the_key_stands_alone_where_it_may() -> None:
    groups = {"groups": (0x0017,)}
    ends = shaken(client(psk_modes=BOTH_MODES), server(psk_modes=BOTH_MODES, **groups, credentials=()))
    assert_by_key(ends)
    _, fault = refusal(*pair(client(groups=(0x001D,)), server(**groups)))
    assert fault.reason == "NO_SUITABLE_KEY_SHARE"


def test_without_a_common_mode_there_is_no_key() -> None:
    refuser, fault = refusal(*pair(client(psk_modes=(PSK_KE,)), server()))
    assert (refuser.config.server_side, fault.reason) == (True, "NO_SUITABLE_SIGNATURE_ALGORITHM")


def test_a_server_without_certificate_prefers_sha256() -> None:
    ends = shaken(client(cipher_suites=(AES_256, AES_128)), server(cipher_suites=(AES_256, AES_128)))
    assert ends[1].cipher_suite is not None
    assert ends[1].cipher_suite.code == AES_128
    assert_by_key(ends)


def test_the_session_comes_before_the_key() -> None:
    sealed = tickets()
    first = shaken(client(), server(tickets=sealed))
    asked = []
    again = shaken(
        client(session=first[0].session), server(tickets=sealed, psk_server=lambda i: asked.append(i) or KEY)
    )
    assert_by_key(again)
    assert again[1].selected_identity == 0
    assert asked == []
    stranger = shaken(client(session=first[0].session), server(tickets=tickets()))
    assert_by_key(stranger)
    assert stranger[1].selected_identity == 1


def test_a_retry_drops_a_key_of_another_hash() -> None:
    suites = {"cipher_suites": (AES_256, AES_128)}
    ends = shaken(client(**suites), server_config(groups=(0x0018,), psk_server=lambda _: KEY, **suites))
    assert not ends[0].resumed
    assert ends[0].group == 0x0018


def test_after_a_retry_the_same_identity_is_offered() -> None:
    """RFC 8446 4.1.2: the second ClientHello is the first, but for what it lists; the callback is not asked again."""
    answers = iter([(b"me", KEY), (b"somebody else", KEY)])
    asked = []
    ends = shaken(
        client(psk_client=lambda _hint: next(answers)),
        server(groups=(0x0018,), psk_server=lambda identity: asked.append(identity) or KEY),
    )
    assert_by_key(ends)
    assert ends[0].group == 0x0018
    assert asked == [b"me", b"me"]
    assert next(answers) == (b"somebody else", KEY)


def test_an_empty_identity_is_refused_at_home() -> None:
    refuser = pair(client(psk_client=lambda _: (b"", KEY)), server())[0]
    with pytest.raises(Exception, match="BAD_PSK_IDENTITY"):
        refuser.start()
    assert refuser.failed


def _edit_answer(**changes: Any) -> Edited:
    """A server that changes the extensions of its ServerHello; None takes one away."""

    def edit(message: Any) -> Any:
        if isinstance(message, ServerHello) and not isinstance(message, HelloRetryRequest):
            found = dict(message.extensions)
            for name, value in changes.items():
                kind = getattr(ext, name)
                found.pop(kind, None)
                if value is not None:
                    found[kind] = value
            return replace(message, extensions=found)
        return message

    return Edited(edit)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"PRE_SHARED_KEY": encode(ext.SelectedPsk(1))}, "BAD_PSK_IDENTITY"),
        ({"KEY_SHARE": None}, "NO_SUITABLE_KEY_SHARE"),
    ],
)
def test_a_client_refuses(changes: dict[str, Any], reason: str) -> None:
    refuser, fault = refusal(*pair(client(), server(), server_output=_edit_answer(**changes)))
    assert (refuser.config.server_side, fault.alert, fault.reason) == (False, 47, reason)


def test_a_client_refuses_no_key_share_and_no_key() -> None:
    faulty = _edit_answer(KEY_SHARE=None, PRE_SHARED_KEY=None)
    refuser, fault = refusal(*pair(client(psk_modes=BOTH_MODES), server(), server_output=faulty))
    assert (refuser.config.server_side, fault.alert, fault.reason) == (False, 47, "NO_SUITABLE_KEY_SHARE")


def test_a_binder_for_each_identity() -> None:
    def edit(message: Any) -> Any:
        if isinstance(message, ClientHello):
            offer = ext.OfferedPsks((ext.PskIdentity(b"me", 0),), (bytes(32), bytes(32)))
            return replace(message, extensions={**message.extensions, ext.PRE_SHARED_KEY: encode(offer)})
        return message

    _, fault = refusal(*pair(client(), server(), client_output=Edited(edit)))
    assert (fault.alert, fault.reason) == (47, "BAD_EXTENSION")
