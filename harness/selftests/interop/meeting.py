"""refssl's side of a cell: it is brought to what the row says, and talks; what was negotiated is asserted."""

from __future__ import annotations

import contextlib
import functools
import select
import socket
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import refssl
from selftests.interop.foreign import Stdlib, Tlslite
from selftests.interop.peers import GnuTLS, OpenSSL
from selftests.interop.rows import (
    ALLOW_NO_DHE_KEX,
    AUTHENTICATION,
    DISJOINT,
    IDENTITY,
    KEY,
    LINE,
    OTHER_KEY,
    OUR_KEYS,
    PREFER_NO_DHE_KEX,
    PROTOCOLS,
    THEIR_KEYS,
    TLS12,
    TLS13,
    WEAKLY,
    Row,
    anonymous,
    weak,
)
from sslspec.certificates import pki
from sslspec.peers.process import DEADLINE

_ISSUERS_SCHEME = "ecdsa_secp256r1_sha256"  # what the PKI's root signs certificates with


@functools.lru_cache(maxsize=1)
def folder() -> Path:
    """The suite's PKI, made once for a run."""
    kept = tempfile.TemporaryDirectory(prefix="refssl-interop-")
    folder.kept = kept  # type: ignore[attr-defined]  # until the process ends
    path = Path(kept.name) / "pki"
    pki.make(path)
    return path


def _context(row: Row, client: bool) -> Any:
    context = refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT if client else refssl.PROTOCOL_TLS_SERVER)
    if row.both_versions:
        context.minimum_version = refssl.TLSVersion.TLSv1_2
    else:
        context.minimum_version = context.maximum_version = getattr(refssl.TLSVersion, row.version.replace(".", "_"))
    context.options |= row.options
    if not row.tickets:
        context.options |= refssl.OP_NO_TICKET
    if row.alone:
        context.options |= ALLOW_NO_DHE_KEX | (0 if client else PREFER_NO_DHE_KEX)
    _choose_primitives(context, row, client)
    if row.alpn:
        context.set_alpn_protocols(PROTOCOLS if client else [row.alpn])
    context.post_handshake_auth = row.later == AUTHENTICATION
    mine = row.client if client else row.certificate
    if mine:
        context.load_cert_chain(folder() / f"{mine}.pem", folder() / f"{mine}.key")
    if anonymous(row):
        context.check_hostname, context.verify_mode = False, refssl.CERT_NONE
    elif client or row.client or row.refused == "no client certificate":
        context.verify_mode = refssl.CERT_REQUIRED
        trusted = "other-root" if client and row.refused == "authority" else "root"
        context.load_verify_locations(folder() / f"{trusted}.pem")
    if row.psk and client:
        key = OTHER_KEY if row.refused == "psk" else KEY
        context.set_psk_client_callback(lambda _hint: (IDENTITY, key))
    elif row.psk:
        context.set_psk_server_callback(lambda identity: KEY if identity == IDENTITY else b"")
    return context if client or not row.by_name else _with_another_name(context)


def _with_another_name(context: Any) -> Any:
    """A context with a certificate for another name, which lets the given one go on for localhost."""
    other = refssl.SSLContext(refssl.PROTOCOL_TLS_SERVER)
    other.minimum_version, other.maximum_version = context.minimum_version, context.maximum_version
    other.load_cert_chain(folder() / "sni-a.pem", folder() / "sni-a.key")

    def choose(connection: Any, name: str | None, _context: Any) -> None:
        if name == "localhost":
            connection.context = context

    other.sni_callback = choose
    return other


def _choose_primitives(context: Any, row: Row, client: bool) -> None:
    """Leave the context the row's suite, group and schemes."""
    if row.refused == "suite":
        row = replace(row, suite=DISJOINT[row.version, "suite"][1])
    elif row.refused == "group":
        row = replace(row, group=DISJOINT[row.version, "group"][1])
    if weak(row):
        context.set_ciphers("ALL" + WEAKLY)
    if row.suite:
        getattr(context, "set_ciphersuites" if row.version == TLS13 else "set_ciphers")(row.suite)
    # A server that is to ask for another group has only that one; a client that is to be asked begins with its own.
    if row.group and not (row.retry and client):
        context.set_groups(row.group)
    for scheme, setter, signs in (
        (row.scheme, context.set_server_sigalgs, not client),
        (row.client_scheme, context.set_client_sigalgs, client),
    ):
        if scheme:
            setter(scheme if signs else _accepted(row, scheme))
    if not client and row.suite.startswith(("DHE-", "ADH-")):
        context.load_dh_params(folder() / "dh-parameters.pem")


def _accepted(row: Row, scheme: str) -> str:
    """What is accepted where a peer is to sign with this scheme: nothing else that it could sign with."""
    if scheme.startswith("rsa_pss") and row.version == TLS12 and row.client_scheme:
        # tlslite-ng's client looks for one of PKCS #1 v1.5 before it looks for those that it may use.
        return f"{scheme}:rsa_pkcs1_sha256:{_ISSUERS_SCHEME}"
    if scheme.startswith("rsa"):
        return f"{scheme}:{_ISSUERS_SCHEME}"  # which is what its certificate is signed with
    if row.version == TLS12:
        # TLS 1.2 ties no scheme to a curve. tlslite-ng wants one of RSA's, though its key is another.
        return f"{scheme}:rsa_pkcs1_sha256" + ("" if scheme.startswith("ecdsa") else f":{_ISSUERS_SCHEME}")
    return scheme if scheme == _ISSUERS_SCHEME else f"{scheme}:{_ISSUERS_SCHEME}"


def _check(row: Row, connection: Any, again: bool) -> None:
    """Assert that the connection is what the row says. `again`: it is the one that resumes."""
    assert connection.version() == row.version
    # TLS 1.3 knows external keys and tickets by the same extension.
    assert connection.session_reused is (again or (row.psk and row.version == TLS13))
    if row.suite:
        assert connection.cipher()[0] == row.suite
    if row.group:
        assert connection.group() == row.group
    elif row.version == TLS13:
        assert (connection.group() is None) is (row.alone and connection.session_reused)
    if row.scheme:
        assert connection.server_sigalg() == row.scheme
    if row.client_scheme:
        assert connection.client_sigalg() == row.client_scheme
    if row.alpn:
        assert connection.selected_alpn_protocol() == row.alpn
    if not row.certificate or (row.psk and connection.server_side):
        assert connection.getpeercert() is None
    elif not connection.server_side or row.client:
        assert connection.getpeercert()
    if row.client and not again:
        assert connection.client_sigalg()


class _KeyUpdates:
    """Who has sent KeyUpdate, as _msg_callback tells."""

    def __init__(self, context: Any) -> None:
        self.seen: list[str] = []
        context._msg_callback = self._note

    def _note(self, _connection: Any, direction: str, _version: Any, _content: Any, message: Any, _data: bytes) -> None:
        if message == refssl._TLSMessageType.KEY_UPDATE:
            self.seen.append(direction)

    def check(self, row: Row) -> None:
        """Assert that each side has updated its keys, the row's first, or nobody."""
        assert self.seen == {OUR_KEYS: ["write", "read"], THEIR_KEYS: ["read", "write"]}.get(row.later, [])


def _update_keys(connection: Any) -> None:
    """Queue a KeyUpdate that asks for the peer's: the engine can, ssl has no call for it."""
    connection._sslobj._connection.update_keys(request=True)


def refssl_asks(peer: Any, row: Row) -> None:
    """refssl is the client of a peer's server."""
    context = _context(row, client=True)
    updates = _KeyUpdates(context)
    hostname = "wrong.example" if row.refused == "host" else "localhost"
    with peer.serving(row, folder()) as port:
        if row.refused:
            with pytest.raises(refssl.SSLError) as caught:
                _ask(context, port, hostname, peer, row)
            assert getattr(caught.value, "verify_code", None) == {"authority": 20, "host": 62}.get(row.refused)
            assert row.refused not in _ANSWERS or caught.value.reason in _ANSWERS[row.refused]
            return
        session = None
        for again in (False, True) if row.resumes else (False,):
            with _ask(context, port, hostname, peer, row, session) as connection:
                _check(row, connection, again)
                updates.check(row)
                session = connection.session
                with contextlib.suppress(OSError):
                    # A server forgets a session whose connection was not closed as it should be (RFC 5246 7.2.1).
                    connection.unwrap()


def _ask(context: Any, port: int, hostname: str, peer: Any, row: Row, session: Any = None) -> Any:
    """Say what the row wants to be said, and give the connection. Raises what ssl raises."""
    with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE) as plain:
        connection = context.wrap_socket(plain, server_hostname=hostname, session=session, suppress_ragged_eofs=False)
        try:
            with connection.makefile("rb") as lines:
                prompt, done = peer.prompt(row)
                if prompt:
                    connection.sendall(prompt)
                    assert lines.readline() == done
                connection.sendall(LINE)
                assert lines.readline() == peer.answer(LINE)
                if row.later == OUR_KEYS:
                    _update_keys(connection)
                if row.later:
                    connection.sendall(LINE)
                    assert lines.readline() == peer.answer(LINE)
            return connection
        except BaseException:
            connection.close()
            raise


def refssl_serves(peer: Any, row: Row, scratch: Path) -> None:
    """refssl is the server of a peer's clients; `scratch` is where they keep sessions."""
    context = _context(row, client=False)
    updates = _KeyUpdates(context)
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        listener.settimeout(DEADLINE)
        client = stack.enter_context(peer.asking(row, listener.getsockname()[1], folder(), scratch))
        for again in (False, True) if row.resumes else (False,):
            client.start()
            plain, _ = listener.accept()
            plain.settimeout(DEADLINE)
            if row.refused:
                with plain, pytest.raises(refssl.SSLError) as caught:
                    _serve(context, plain, row, client)
                assert caught.value.reason in _REASONS[row.refused]
                return
            speaks = again or not row.resumes or not peer.silent_before_resuming
            with _serve(context, plain, row, client, LINE if speaks else b"") as connection:
                _check(row, connection, again)
                updates.check(row)
                with contextlib.suppress(OSError):  # whether a client waits for our close_notify is its own affair
                    connection.unwrap()
            if speaks:
                assert _ANSWER in client.finish()


_ANSWER = LINE[-2::-1] + b"\n"


def _serve(context: Any, plain: socket.socket, row: Row, client: Any, line: bytes = LINE) -> Any:
    """Answer the line that a client says, and what comes later, and give the connection. Raises what ssl raises."""
    connection = context.wrap_socket(plain, server_side=True)
    try:
        with connection.makefile("rb") as lines:
            assert lines.readline() == line
            if row.later == AUTHENTICATION:
                assert connection.getpeercert() is None
                connection.verify_client_post_handshake()
            elif row.later == OUR_KEYS:
                _update_keys(connection)
            connection.sendall(_ANSWER)
            if row.later:
                if row.later == THEIR_KEYS:
                    client.update_keys(_ANSWER)
                    select.select([connection], [], [], DEADLINE)  # a program has then taken in what it was told
                client.go_on(_ANSWER)
                assert lines.readline() == LINE
                connection.sendall(_ANSWER)
        return connection
    except BaseException:
        connection.close()
        raise


_REASONS = {
    # What a client says of a certificate that it does not believe is its own affair.
    "authority": {"TLSV1_ALERT_UNKNOWN_CA", "SSLV3_ALERT_BAD_CERTIFICATE", "SSLV3_ALERT_CERTIFICATE_UNKNOWN"},
    "host": {"SSLV3_ALERT_BAD_CERTIFICATE", "SSLV3_ALERT_CERTIFICATE_UNKNOWN"},
    "client authority": {"CERTIFICATE_VERIFY_FAILED"},
    "no client certificate": {"PEER_DID_NOT_RETURN_A_CERTIFICATE"},
    "suite": {"NO_SHARED_CIPHER"},
    "group": {"NO_SUITABLE_KEY_SHARE", "NO_SHARED_CIPHER"},
    "psk": {"BINDER_DOES_NOT_VERIFY", "RECORD_LAYER_FAILURE"},
    "later authority": {"CERTIFICATE_VERIFY_FAILED"},
}
"""With what refssl's server refuses, or learns that it is refused."""

_ANSWERS = {
    "suite": {"SSLV3_ALERT_HANDSHAKE_FAILURE", "TLSV1_ALERT_INSUFFICIENT_SECURITY"},
    "group": {"SSLV3_ALERT_HANDSHAKE_FAILURE", "TLSV1_ALERT_INSUFFICIENT_SECURITY"},
    "psk": {"TLSV1_ALERT_DECRYPT_ERROR", "SSLV3_ALERT_ILLEGAL_PARAMETER", "SSLV3_ALERT_BAD_RECORD_MAC"},
    "later authority": {"TLSV1_ALERT_UNKNOWN_CA", "TLSV1_ALERT_ACCESS_DENIED"},
}
"""What refssl's client is told of what it did; of the others it learns by an alert of the peer's choice."""

PEERS = (OpenSSL(), GnuTLS(), Stdlib(), Tlslite())
"""Everyone that refssl is held against."""
