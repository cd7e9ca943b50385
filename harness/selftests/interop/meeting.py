"""refssl's side of a cell: it is brought to what the row says, and talks; what was negotiated is asserted."""

from __future__ import annotations

import contextlib
import functools
import socket
import tempfile
from pathlib import Path
from typing import Any

import pytest

import refssl
from selftests.interop.foreign import Stdlib, Tlslite
from selftests.interop.peers import DEADLINE, GnuTLS, OpenSSL
from selftests.interop.rows import LINE, TLS12, TLS13, WEAKLY, Row, weak
from sslspec import pki

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
    context.minimum_version = context.maximum_version = getattr(refssl.TLSVersion, row.version.replace(".", "_"))
    if weak(row):
        context.set_ciphers("DEFAULT" + WEAKLY)
    if row.suite:
        getattr(context, "set_ciphersuites" if row.version == TLS13 else "set_ciphers")(row.suite)
    if not row.tickets:
        context.options |= refssl.OP_NO_TICKET
    # A server that is to ask for another group has only that one; a client that is to be asked begins with its own.
    if row.group and not (row.retry and client):
        context.set_groups(row.group)
    for scheme, setter, signs in (
        (row.scheme, context.set_server_sigalgs, not client),
        (row.client_scheme, context.set_client_sigalgs, client),
    ):
        if scheme:
            setter(scheme if signs else _accepted(row, scheme))
    if not client and row.suite.startswith("DHE-"):
        context.load_dh_params(folder() / "dh-parameters.pem")
    wanted = row.client or row.refused == "no client certificate"
    mine = row.client if client else row.certificate
    if mine:
        context.load_cert_chain(folder() / f"{mine}.pem", folder() / f"{mine}.key")
    if client or wanted:
        context.verify_mode = refssl.CERT_REQUIRED
        trusted = "other-root" if client and row.refused == "authority" else "root"
        context.load_verify_locations(folder() / f"{trusted}.pem")
    return context


def _accepted(row: Row, scheme: str) -> str:
    """What is accepted where a peer is to sign with this scheme: nothing else that it could sign with."""
    if scheme.startswith("rsa"):
        return f"{scheme}:{_ISSUERS_SCHEME}"  # which is what its certificate is signed with
    if row.version == TLS12:
        # TLS 1.2 ties no scheme to a curve. tlslite-ng wants one of RSA's, though its key is another.
        return f"{scheme}:rsa_pkcs1_sha256" + ("" if scheme.startswith("ecdsa") else f":{_ISSUERS_SCHEME}")
    return scheme if scheme == _ISSUERS_SCHEME else f"{scheme}:{_ISSUERS_SCHEME}"


def _check(row: Row, connection: Any, again: bool) -> None:
    """Assert that the connection is what the row says. `again`: it is the one that resumes."""
    assert connection.version() == row.version
    assert connection.session_reused is again
    if row.suite:
        assert connection.cipher()[0] == row.suite
    if row.group:
        assert connection.group() == row.group
    if row.scheme:
        assert connection.server_sigalg() == row.scheme
    if row.client_scheme:
        assert connection.client_sigalg() == row.client_scheme
    if not connection.server_side or row.client:
        assert connection.getpeercert()


def refssl_asks(peer: Any, row: Row) -> None:
    """refssl is the client of a peer's server."""
    context = _context(row, client=True)
    hostname = "wrong.example" if row.refused == "host" else "localhost"
    with peer.serving(row, folder()) as port:
        if row.refused:
            with pytest.raises(refssl.SSLError) as caught:
                _ask(context, port, hostname)
            code = {"authority": 20, "host": 62}.get(row.refused)
            assert getattr(caught.value, "verify_code", None) == code
            return
        session = None
        for again in (False, True) if row.resumes else (False,):
            answer, connection = _ask(context, port, hostname, session)
            assert answer == peer.answer(LINE)
            _check(row, connection, again)
            session = connection.session
            with connection, contextlib.suppress(OSError):
                # A server forgets a session whose connection was not closed as it should be (RFC 5246 7.2.1).
                connection.unwrap()


def _ask(context: Any, port: int, hostname: str, session: Any = None) -> tuple[bytes, Any]:
    with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE) as plain:
        connection = context.wrap_socket(plain, server_hostname=hostname, session=session, suppress_ragged_eofs=False)
        try:
            connection.sendall(LINE)
            with connection.makefile("rb") as lines:
                return lines.readline(), connection
        except BaseException:
            connection.close()
            raise


def refssl_serves(peer: Any, row: Row, scratch: Path) -> None:
    """refssl is the server of a peer's clients; `scratch` is where they keep sessions."""
    context = _context(row, client=False)
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
                    context.wrap_socket(plain, server_side=True).close()
                assert caught.value.reason in _REASONS[row.refused]
                return
            speaks = again or not row.resumes or not peer.silent_before_resuming
            with context.wrap_socket(plain, server_side=True) as connection:
                with connection.makefile("rb") as lines:
                    assert lines.readline() == (LINE if speaks else b"")
                connection.sendall(LINE[-2::-1] + b"\n")
                _check(row, connection, again)
                with contextlib.suppress(OSError):  # whether a client waits for our close_notify is its own affair
                    connection.unwrap()
            if speaks:
                assert LINE[-2::-1] in client.finish()


_REASONS = {
    # What a client says of a certificate that it does not believe is its own affair.
    "authority": {"TLSV1_ALERT_UNKNOWN_CA", "SSLV3_ALERT_BAD_CERTIFICATE", "SSLV3_ALERT_CERTIFICATE_UNKNOWN"},
    "host": {"SSLV3_ALERT_BAD_CERTIFICATE", "SSLV3_ALERT_CERTIFICATE_UNKNOWN"},
    "client authority": {"CERTIFICATE_VERIFY_FAILED"},
    "no client certificate": {"PEER_DID_NOT_RETURN_A_CERTIFICATE"},
}

PEERS = (OpenSSL(), GnuTLS(), Stdlib(), Tlslite())
"""Everyone that refssl is held against."""
