"""A context's Config: kept for the connections that differ in nothing, thrown away by every setter, and never a reason
for a context to outlive its last holder."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import refssl
from refssl import snapshot
from selftests import x509_forge as forge
from selftests.refssl_support import Pair, certificates, contexts, raised
from selftests.test_refssl_levels import PRIME, parameters
from selftests.x509_chains import R


def config_of(context: Any, server: bool, hostname: str | None = "localhost") -> Any:
    """What a connection that is made now would be told."""
    made = context.wrap_bio(
        refssl.MemoryBIO(), refssl.MemoryBIO(), server_side=server, server_hostname=None if server else hostname
    )
    return made._sslobj._connection.config


def write_parameters(folder: Path) -> Path:
    path = folder / "dh.pem"
    path.write_bytes(parameters(PRIME, 2))
    return path


# What each way to change a context may be given, to change it.
CHANGES: dict[str, Callable[[Any, Path], object]] = {
    "check_hostname": lambda context, _: setattr(context, "check_hostname", False),
    "hostname_checks_common_name": lambda context, _: setattr(context, "hostname_checks_common_name", False),
    "keylog_filename": lambda context, folder: setattr(context, "keylog_filename", folder / "keys"),
    "load_cert_chain": lambda context, _: context.load_cert_chain(certificates().client),
    "load_default_certs": lambda context, _: context.load_default_certs(),
    "load_dh_params": lambda context, folder: context.load_dh_params(write_parameters(folder)),
    "load_verify_locations": lambda context, _: context.load_verify_locations(cadata=R),
    "maximum_version": lambda context, _: setattr(context, "maximum_version", refssl.TLSVersion.TLSv1_2),
    "minimum_version": lambda context, _: setattr(context, "minimum_version", refssl.TLSVersion.TLSv1_3),
    "num_tickets": lambda context, _: setattr(context, "num_tickets", 1),
    "options": lambda context, _: setattr(context, "options", context.options | refssl.OP_NO_TICKET),
    "post_handshake_auth": lambda context, _: setattr(context, "post_handshake_auth", True),
    "set_alpn_protocols": lambda context, _: context.set_alpn_protocols(["h2"]),
    "set_ciphers": lambda context, _: context.set_ciphers("AESGCM"),
    "set_ciphersuites": lambda context, _: context.set_ciphersuites("TLS_AES_128_GCM_SHA256"),
    "set_client_sigalgs": lambda context, _: context.set_client_sigalgs("ed25519"),
    "set_default_verify_paths": lambda context, _: context.set_default_verify_paths(),
    "set_ecdh_curve": lambda context, _: context.set_ecdh_curve("prime256v1"),
    "set_groups": lambda context, _: context.set_groups("x25519"),
    "set_psk_client_callback": lambda context, _: context.set_psk_client_callback(lambda _: ("me", b"key")),
    "set_psk_server_callback": lambda context, _: context.set_psk_server_callback(lambda _: b"key"),
    "set_server_sigalgs": lambda context, _: context.set_server_sigalgs("ed25519"),
    "set_servername_callback": lambda context, _: context.set_servername_callback(lambda *_: None),
    "sni_callback": lambda context, _: setattr(context, "sni_callback", lambda *_: None),
    "verify_flags": lambda context, _: setattr(context, "verify_flags", refssl.VERIFY_X509_STRICT),
    "verify_mode": lambda context, _: setattr(context, "verify_mode", refssl.CERT_OPTIONAL),
    "_msg_callback": lambda context, _: setattr(context, "_msg_callback", lambda *_: None),
}
SERVERS = frozenset(
    ("num_tickets", "set_psk_server_callback", "set_servername_callback", "sni_callback", "load_dh_params")
)


def ways_to_change() -> Iterator[str]:
    """Every property of SSLContext that can be set, and every method that sets or loads something."""
    for name in dir(refssl.SSLContext):
        value = getattr(refssl.SSLContext, name)
        if (isinstance(value, property) and value.fset is not None) or name.startswith(("set_", "load_")):
            yield name


def test_every_way_to_change_a_context_is_tried_here() -> None:
    assert set(ways_to_change()) == CHANGES.keys() | {"set_npn_protocols"}  # the last only ever raises


@pytest.mark.parametrize("name", CHANGES)
def test_a_setter_changes_what_the_next_connection_is_told_and_no_other(name: str, tmp_path: Path) -> None:
    server = name in SERVERS
    context = refssl.SSLContext(refssl.PROTOCOL_TLS_SERVER if server else refssl.PROTOCOL_TLS_CLIENT)
    before = config_of(context, server)
    assert config_of(context, server) is before
    kept = repr(before)
    CHANGES[name](context, tmp_path)
    assert config_of(context, server) is not before
    assert repr(before) == kept


def test_what_was_loaded_before_an_error_counts() -> None:
    context = refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT)
    before = config_of(context, server=False)
    both = forge.pem(R) + "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"
    assert isinstance(raised(context.load_verify_locations, cadata=both), refssl.SSLError)
    assert context.cert_store_stats()["x509"] == 1
    assert config_of(context, server=False) is not before


def test_connections_share_what_does_not_differ() -> None:
    client, server = contexts()
    one = config_of(client, server=False)
    assert config_of(client, server=False, hostname="localhost") is one
    other = config_of(client, server=False, hostname="other.example")
    assert (one.server_name, other.server_name) == ("localhost", "other.example")
    assert config_of(server, server=True) is config_of(server, server=True)


def test_a_session_a_callback_and_an_observer_are_the_connection_s_own() -> None:
    client, server = contexts()
    pair = Pair(client, server).shake_hands()
    pair.take_tickets()
    again = Pair(client, server, session=pair.client.session).shake_hands()
    assert again.client.session_reused
    assert config_of(client, server=False).session is None
    server.sni_callback = lambda *_: None
    one, two = (config_of(server, server=True) for _ in range(2))
    assert len({None, one.choose, two.choose}) == 3
    server.sni_callback = None
    assert config_of(server, server=True).choose is None


def test_hosts_without_end_are_not_all_remembered() -> None:
    client, _ = contexts()
    for number in range(3 * snapshot._MOST_CONFIGS):
        config_of(client, server=False, hostname=f"host{number}.example")
    assert len(client._configs) <= snapshot._MOST_CONFIGS


def test_a_context_is_freed_with_its_last_holder() -> None:
    """What it keeps for its connections does not lead back to it."""
    gc.collect()
    gc.disable()
    try:
        client, server = contexts()
        client.load_cert_chain(certificates().client)
        server.load_verify_locations(certificates().authority)
        server.verify_mode = refssl.CERT_OPTIONAL
        pair = Pair(client, server).shake_hands()
        pair.take_tickets()
        resumed = Pair(client, server, session=pair.client.session).shake_hands()
        assert resumed.server.session_reused
        left = [weakref.ref(client), weakref.ref(server), weakref.ref(pair.client), weakref.ref(resumed.server)]
        del client, server, pair, resumed
        assert [reference() for reference in left] == [None] * 4
    finally:
        gc.enable()


def test_the_check_for_freed_contexts_can_fail() -> None:
    """Negative control: a Config that leads back to its context keeps it until the collector comes."""
    gc.collect()
    gc.disable()
    try:
        client, server = contexts()
        config_of(client, server=False).keylog = client
        left = weakref.ref(client)
        del client, server
        assert left() is not None
    finally:
        gc.enable()
    gc.collect()
    assert left() is None
