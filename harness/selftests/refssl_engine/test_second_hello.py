"""What a client may change in its second ClientHello, and what it may not (RFC 8446 4.1.2).

OpenSSL looks at suite and share alone, so nothing can be copied from it; the RFC is the judge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from refssl.engine.alerts import AlertDescription
from refssl.engine.messages import extensions as ext
from refssl.engine.messages.hello import ClientHello
from refssl.engine.presentation import encode
from selftests.refssl_engine.support import client_config, pair, pump, server_config
from selftests.refssl_engine.test_handshake import Edited, refusal

_PADDING = 21
_UNKNOWN = 0x9999


def _with(hello: ClientHello, kind: int, data: bytes) -> ClientHello:
    return replace(hello, extensions={**hello.extensions, kind: data})


def _without(hello: ClientHello, kind: int) -> ClientHello:
    return replace(hello, extensions={known: data for known, data in hello.extensions.items() if known != kind})


def _second(edit: Callable[[ClientHello], ClientHello]) -> Edited:
    """A client's output that edits its second ClientHello."""
    seen = [0]

    def change(message: Any) -> Any:
        seen[0] += isinstance(message, ClientHello)
        return edit(message) if isinstance(message, ClientHello) and seen[0] == 2 else message

    return Edited(change)


CONFIG = client_config(groups=(0x1D, 0x18, 0x19), alpn=(b"h2",))

ALLOWED = {
    "nothing": lambda hello: hello,
    "padding": lambda hello: _with(hello, _PADDING, bytes(20)),
    "what is unknown here": lambda hello: _with(hello, _UNKNOWN, b"grease"),
    "order": lambda hello: replace(hello, extensions=dict(reversed(hello.extensions.items()))),
}

FORBIDDEN = {
    "version": lambda hello: replace(hello, legacy_version=0x0301),
    "random": lambda hello: replace(hello, random=bytes(32)),
    "session id": lambda hello: replace(hello, legacy_session_id=bytes(32)),
    "fewer suites": lambda hello: replace(hello, cipher_suites=hello.cipher_suites[:1]),
    "another suite": lambda hello: replace(hello, cipher_suites=(*hello.cipher_suites, 0x00FF)),
    "no name": lambda hello: _without(hello, ext.SERVER_NAME),
    "no protocols": lambda hello: _without(hello, ext.APPLICATION_LAYER_PROTOCOL_NEGOTIATION),
    "other groups": lambda hello: _with(hello, ext.SUPPORTED_GROUPS, encode(ext.NamedGroupList((0x18, 0x1D)))),
    "other schemes": lambda hello: _with(
        hello, ext.SIGNATURE_ALGORITHMS, encode(ext.SignatureSchemeList((0x0403, 0x0804, 0x0601)))
    ),
    "something more": lambda hello: _with(hello, ext.POST_HANDSHAKE_AUTH, b""),
}


@pytest.mark.parametrize("what", ALLOWED)
def test_what_may_change(what: str) -> None:
    client, server = pair(CONFIG, server_config(groups=(0x18,), alpn=(b"h2",)), client_output=_second(ALLOWED[what]))
    pump(client, server)
    assert client.handshake_complete
    assert server.handshake_complete
    assert server.group == 0x18


@pytest.mark.parametrize("what", FORBIDDEN)
def test_what_may_not(what: str) -> None:
    client, server = pair(CONFIG, server_config(groups=(0x18,), alpn=(b"h2",)), client_output=_second(FORBIDDEN[what]))
    refuser, error = refusal(client, server)
    assert refuser is server
    assert error.alert == AlertDescription.ILLEGAL_PARAMETER
