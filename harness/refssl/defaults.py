"""Contexts with settings for a purpose, and the functions of ssl that make and use one.

Which settings a purpose wants is decided here; what they do is context.py's.
"""

from __future__ import annotations

import os
import socket
import sys

from refssl.constants import (
    _PROTOCOL_NAMES,
    CERT_NONE,
    CERT_REQUIRED,
    PROTOCOL_TLS_CLIENT,
    PROTOCOL_TLS_SERVER,
    VERIFY_X509_PARTIAL_CHAIN,
    VERIFY_X509_STRICT,
)
from refssl.context import SSLContext
from refssl.encoding import DER_cert_to_PEM_cert
from refssl.purposes import Purpose, _ASN1Object

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    from typing import Any

    from typing_extensions import Buffer

    from refssl.credentials import PathLike

__all__ = ["create_default_context", "get_protocol_name", "get_server_certificate", "get_sigalgs"]

_GLOBAL_DEFAULT_TIMEOUT: Any = socket._GLOBAL_DEFAULT_TIMEOUT  # type: ignore[attr-defined]


def create_default_context(
    purpose: Purpose = Purpose.SERVER_AUTH,
    *,
    cafile: PathLike | None = None,
    capath: PathLike | None = None,
    cadata: str | Buffer | None = None,
) -> SSLContext:
    """A context with safe settings for authenticating servers, or for a server (ssl.create_default_context).

    Trusts the given CA certificates, or the system's where none are given. Raises TypeError for no Purpose.
    """
    if not isinstance(purpose, _ASN1Object):
        raise TypeError(purpose)
    if purpose == Purpose.SERVER_AUTH:
        context = SSLContext(PROTOCOL_TLS_CLIENT)
        context.verify_mode = CERT_REQUIRED
        context.check_hostname = True
    elif purpose == Purpose.CLIENT_AUTH:
        context = SSLContext(PROTOCOL_TLS_SERVER)
    else:
        raise ValueError(purpose)
    context.verify_flags |= VERIFY_X509_PARTIAL_CHAIN | VERIFY_X509_STRICT
    _trust(context, purpose, cafile, capath, cadata)
    _log_keys(context)
    return context


def _create_unverified_context(
    protocol: int | None = None,
    *,
    cert_reqs: int = CERT_NONE,
    check_hostname: bool = False,
    purpose: Purpose = Purpose.SERVER_AUTH,
    certfile: PathLike | None = None,
    keyfile: PathLike | None = None,
    cafile: PathLike | None = None,
    capath: PathLike | None = None,
    cadata: str | Buffer | None = None,
) -> SSLContext:
    """A context that verifies nothing unless told to; the standard library's own modules use it."""
    if not isinstance(purpose, _ASN1Object):
        raise TypeError(purpose)
    if purpose not in (Purpose.SERVER_AUTH, Purpose.CLIENT_AUTH):
        raise ValueError(purpose)
    if protocol is None:
        protocol = PROTOCOL_TLS_CLIENT if purpose == Purpose.SERVER_AUTH else PROTOCOL_TLS_SERVER
    context = SSLContext(protocol)
    context.check_hostname = check_hostname
    if cert_reqs is not None:
        context.verify_mode = cert_reqs
    if check_hostname:
        context.check_hostname = True
    if keyfile and not certfile:
        raise ValueError("certfile must be specified")
    if certfile or keyfile:
        context.load_cert_chain(certfile, keyfile)  # type: ignore[arg-type]
    _trust(context, purpose, cafile, capath, cadata)
    _log_keys(context)
    return context


_create_default_https_context = create_default_context
_create_stdlib_context = _create_unverified_context


def _trust(
    context: SSLContext,
    purpose: Purpose,
    cafile: PathLike | None,
    capath: PathLike | None,
    cadata: str | Buffer | None,
) -> None:
    if cafile or capath or cadata:
        context.load_verify_locations(cafile, capath, cadata)
    elif context.verify_mode != CERT_NONE:
        context.load_default_certs(purpose)


def _log_keys(context: SSLContext) -> None:
    """SSLKEYLOGFILE is honoured here and nowhere else, and not under ``python -E``."""
    filename = os.environ.get("SSLKEYLOGFILE")
    if filename and not sys.flags.ignore_environment:
        context.keylog_filename = filename


def get_server_certificate(
    addr: tuple[str, int],
    ssl_version: int = PROTOCOL_TLS_CLIENT,
    ca_certs: PathLike | None = None,
    timeout: float | None = _GLOBAL_DEFAULT_TIMEOUT,
) -> str:
    """The certificate of the server at `addr`, (host, port), as PEM (ssl.get_server_certificate).

    It is verified against the CA certificates of the file `ca_certs` if that is given; `timeout` is in seconds.
    """
    host, _port = addr
    context = _create_stdlib_context(
        ssl_version, cert_reqs=CERT_NONE if ca_certs is None else CERT_REQUIRED, cafile=ca_certs
    )
    with (
        socket.create_connection(addr, timeout=timeout) as plain,
        context.wrap_socket(plain, server_hostname=host) as connection,
    ):
        return DER_cert_to_PEM_cert(connection.getpeercert(True))


def get_protocol_name(protocol_code: int) -> str:
    """The name of a PROTOCOL_* constant, ``<unknown>`` for another number (ssl.get_protocol_name)."""
    return _PROTOCOL_NAMES.get(protocol_code, "<unknown>")  # type: ignore[call-overload, no-any-return]


def get_sigalgs() -> list[str]:
    """The signature algorithms that set_client_sigalgs() and set_server_sigalgs() know (ssl.get_sigalgs)."""
    from refssl.names import scheme_names

    return scheme_names()
