"""Two engines that speak TLS 1.2 with each other, for the engine's own tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from refssl.ciphers.support import SUITES12
from refssl.crypto.keys import SCHEMES
from refssl.engine.config import TLS12, Config, SessionCache
from refssl.engine.connection import Connection
from selftests.refssl_engine import support

BY_NAME = {suite.name: suite.code for suite in SUITES12.values()}
SIGNATURE_SCHEMES = tuple(code for code, scheme in SCHEMES.items() if scheme.hash != "sha1")
IDENTITY, KEY = b"me", bytes(range(32))
GCM = BY_NAME["ECDHE-ECDSA-AES128-GCM-SHA256"]


def field() -> tuple[int, int]:
    """A group for DHE: RFC 7919's ffdhe2048."""
    return int(
        "FFFFFFFFFFFFFFFFADF85458A2BB4A9AAFDC5620273D3CF1D8B9C583CE2D3695A9E13641146433FBCC939DCE249B3EF97D2FE363630C75D8"
        "F681B202AEC4617AD3DF1ED5D5FD65612433F51F5F066ED0856365553DED1AF3B557135E7F57C935984F0C70E0E68B77E2A689DAF3EFE872"
        "1DF158A136ADE73530ACCA4F483A797ABC0AB182B324FB61D108A94BB2C8E3FBB96ADAB760D7F4681D4F42A3DE394DF4AE56EDE76372BB19"
        "0B07A7C8EE0A6D709E02FCE1CDF7E2ECC03404CD28342F619172FE9CE98583FF8E4F1232EEF28183C3FE3B1B4C6FAD733BB5FCBC2EC22005"
        "C58EF1837D1683B2C6F34A26C1B2EFFA886B423861285C97FFFFFFFFFFFFFFFF",
        16,
    ), 2


def sessions() -> SessionCache:
    """A fresh cache for a server's Config."""
    memory = support.Memory()
    return SessionCache(memory.remember, memory.find)


def client_config(*names: str, **changes: Any) -> Config:
    """A client's Config for TLS 1.2 with these suites, by default one with AES-GCM; for some with a pre-shared key."""
    keyed = {"psk_client": lambda _hint: (IDENTITY, KEY)} if _with_key(names) else {}
    return _only12(support.client_config(**keyed), names, changes)


def server_config(*names: str, **changes: Any) -> Config:
    """A server's Config for TLS 1.2, with both kinds of credentials, a field for DHE; for some the client's key."""
    both = (support.credential(), support.credential("RSA"))
    keyed = {"psk_server": {IDENTITY: KEY}.get} if _with_key(names) else {}
    return _only12(support.server_config(credentials=both, dh_parameters=field(), **keyed), names, changes)


def _with_key(names: tuple[str, ...]) -> bool:
    return any("PSK" in name for name in names)


def _only12(config: Config, names: tuple[str, ...], changes: dict[str, Any]) -> Config:
    codes = tuple(BY_NAME[name] for name in names) or (GCM,)
    config = replace(config, cipher_suites=codes, maximum_version=TLS12, signature_schemes=SIGNATURE_SCHEMES)
    return replace(config, **changes)


def talk(client: Connection, server: Connection) -> None:
    """Data in both directions, in records of several sizes."""
    for data in (b"x", b"hello" * 100, bytes(2**14), bytes(2**14 + 1)):
        for sender, receiver in ((client, server), (server, client)):
            sender.send(data)
            support.deliver(sender, receiver)
            assert b"".join(receiver.plaintext) == data
            receiver.plaintext.clear()
