"""The connections that are made between a client and a server before somebody spoils them: one line each.

A scenario is two contexts, what the client brings along, and what both do once the handshake is complete. Nothing here
is wrong on purpose.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import refssl
from fuzz import actors
from refssl.crypto import kems
from selftests import x509_forge as forge
from selftests.refssl_engine.support12 import field as dhe_field

GCM = "ECDHE-ECDSA-AES128-GCM-SHA256"
PSK = b"fuzzed identity", bytes(range(32))


@dataclass(frozen=True, slots=True)
class Scenario:
    """One connection.

    common, client, server: settings of both contexts or of one: attributes, methods with their argument, and the words
    of `_set`. credential: the server's chain, or "". asks_client: the server wants a certificate. resumes: the client
    comes back. afterwards: what the ends do in turn once they are connected, a letter each: client and server write
    (c, s), change their keys (K, k), close (w, W), say hello once more (h, H: an attacker only); the server asks for a
    certificate (A).
    """

    name: str
    common: dict[str, Any] = field(default_factory=dict)
    client: dict[str, Any] = field(default_factory=dict)
    server: dict[str, Any] = field(default_factory=dict)
    credential: str = "server"
    asks_client: bool = False
    resumes: bool = False
    afterwards: str = "cs"

    @property
    def external_key(self) -> bool:
        """Whether both ends know a key already."""
        return "psk" in {**self.common, **self.server}

    def contexts(self) -> tuple[refssl.SSLContext, refssl.SSLContext]:
        """The client's and the server's context, made once."""
        return _contexts(self.name)

    def session(self) -> refssl.SSLSession | None:
        """What the client resumes, or None."""
        return _session(self.name) if self.resumes else None


_ONLY12 = {"maximum_version": refssl.TLSVersion.TLSv1_2}
_NO_TICKET = refssl.OP_NO_TICKET


def _twelve(suite: str, **options: Any) -> dict[str, Any]:
    return {**_ONLY12, "set_ciphers": suite, **options}


SCENARIOS = (
    Scenario("tls13", afterwards="csKkcsWw"),
    Scenario("tls13 client certificate", asks_client=True),
    Scenario("tls13 retry", server={"set_groups": "secp384r1"}),
    Scenario("tls13 resumption", resumes=True),
    Scenario("tls13 resumption with retry", server={"set_groups": "secp384r1"}, resumes=True),
    Scenario("tls13 external key", {"psk": True}, credential=""),
    Scenario("tls13 later authentication", common={"post_handshake_auth": True}, asks_client=True, afterwards="scAcsc"),
    Scenario(
        "tls13 chacha, alpn", common={"set_ciphersuites": "TLS_CHACHA20_POLY1305_SHA256", "set_alpn_protocols": ["h2"]}
    ),
    Scenario("tls13 rsa", credential="rsa"),
    Scenario("tls12 gcm", common=_twelve(GCM)),
    Scenario("tls12 client certificate", common=_twelve(GCM), asks_client=True),
    Scenario("tls12 cbc, encrypt then mac", common=_twelve("ECDHE-ECDSA-AES128-SHA256")),
    Scenario("tls12 cbc, mac then encrypt", common=_twelve("ECDHE-ECDSA-AES128-SHA", options=1 << 19)),
    Scenario("tls12 chacha", common=_twelve("ECDHE-ECDSA-CHACHA20-POLY1305")),
    Scenario("tls12 ticket", common=_twelve(GCM), resumes=True),
    Scenario("tls12 session id", common=_twelve(GCM, options=int(_NO_TICKET)), resumes=True),
    Scenario("tls12 dhe", common=_twelve("DHE-RSA-AES128-GCM-SHA256"), server={"dh": True}, credential="rsa"),
    Scenario("tls12 static rsa", common=_twelve("AES128-GCM-SHA256"), credential="rsa"),
    Scenario("tls12 without extended master secret", common=_twelve(GCM, options=1)),
    Scenario("tls12 at a server of both", client=_ONLY12),
    Scenario("tls12 at a client of both", server=_ONLY12),
    Scenario("tls13 server name", client={"set_ciphers": GCM}, server={"sni": True}),
    # An input names a scenario by its place: new ones come last.
    *(
        Scenario(f"tls12 external key, {name}", _twelve(suite, psk=True), server=server, credential=credential)
        for name, suite, server, credential in (
            ("alone", "PSK-AES128-GCM-SHA256", {}, ""),
            ("ecdhe", "ECDHE-PSK-AES128-CBC-SHA256", {}, ""),
            ("dhe", "DHE-PSK-AES128-GCM-SHA256", {"dh": True}, ""),
            ("rsa", "RSA-PSK-AES128-GCM-SHA256", {}, "rsa"),
        )
    ),
    *(Scenario(f"tls13 {group}", {"set_groups": group}) for group in ("ffdhe2048", "X448")),
    Scenario("tls13 ed25519", credential="ed25519"),
    Scenario("tls12 handshake once more", common=_twelve(GCM), afterwards="cHhs"),
    Scenario("tls13 handshake once more", afterwards="cHhs"),
    # Not everywhere is there ML-KEM.
    *(
        Scenario(f"tls13 {group}", {"set_groups": group})
        for group in kems.GROUPS.values()
        if "384" in group or "X" in group
    ),
)
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


@cache
def _contexts(name: str) -> tuple[refssl.SSLContext, refssl.SSLContext]:
    scenario = BY_NAME[name]
    client = refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT)
    server = refssl.SSLContext(refssl.PROTOCOL_TLS_SERVER)
    client.load_verify_locations(cadata=actors.ROOT)
    server.load_verify_locations(cadata=actors.ROOT)
    # Hybrid groups cost more than all the rest.
    for context in (client, server):
        context.set_groups("X25519:secp256r1:secp384r1")
    if scenario.credential:
        server.load_cert_chain(actors.chain_file(scenario.credential))
    if scenario.asks_client:
        client.load_cert_chain(actors.chain_file("client"))
        server.verify_mode = refssl.CERT_REQUIRED
    for context, settings in ((client, scenario.client), (server, scenario.server)):
        for setting, value in {**scenario.common, **settings}.items():
            _set(context, setting, value)
    return client, server


def _set(context: refssl.SSLContext, setting: str, value: Any) -> None:
    special: dict[str, Callable[[], object]] = {
        "psk": lambda: _use_key(context),
        "dh": lambda: context.load_dh_params(_parameters()),
        "sni": lambda: setattr(context, "sni_callback", lambda *_: None),
        "options": lambda: setattr(context, "options", context.options | value),
    }
    if setting in special:
        special[setting]()
    elif setting.startswith("set_"):
        getattr(context, setting)(value)
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            setattr(context, setting, value)


def _use_key(context: refssl.SSLContext) -> None:
    identity, key = PSK
    if context.protocol == refssl.PROTOCOL_TLS_CLIENT:
        context.check_hostname = False
        context.verify_mode = refssl.CERT_NONE
        context.set_psk_client_callback(lambda _: (identity.decode(), key))
    else:
        context.set_psk_server_callback(lambda name: key if name == identity.decode() else b"")


@cache
def _parameters() -> str:
    prime, generator = dhe_field()
    path = actors.folder() / "dh.pem"
    path.write_text(forge.pem(forge.sequence(forge.integer(prime), forge.integer(generator)), "DH PARAMETERS"))
    return str(path)


@cache
def _session(name: str) -> refssl.SSLSession:
    """A session of an honest connection."""
    client_context, server_context = _contexts(name)
    ends = [refssl.MemoryBIO() for _ in range(4)]
    client = client_context.wrap_bio(ends[0], ends[1], server_hostname=actors.HOST)
    server = server_context.wrap_bio(ends[2], ends[3], server_side=True)
    for _ in range(4):
        for one, incoming, source in ((client, ends[0], ends[3]), (server, ends[2], ends[1])):
            incoming.write(source.read())
            try:
                one.do_handshake()
                one.read()
            except refssl.SSLWantReadError:
                continue
    session = client.session
    assert session is not None
    return session
