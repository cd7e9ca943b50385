"""SSLContext: settings, credentials and trust together, and the connections that are made with them.

The plain settings are in settings.py; what a connection is told of all this is snapshot.py's.
"""

from __future__ import annotations

import contextlib
import os
import sys
from functools import lru_cache

from refssl import errors, paths, servername
from refssl.bio import MemoryBIO, MemoryBios
from refssl.constants import PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER, AlertDescription
from refssl.purposes import Purpose, _ASN1Object
from refssl.settings import _SSLContext

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from typing import Any

    from typing_extensions import Buffer

    from refssl.bio import Bio, BioLike
    from refssl.credentials import Credentials, Password, PathLike
    from refssl.session import SSLSession
    from refssl.sslobject import SSLObject
    from refssl.sslsocket import SSLSocket
    from refssl.tickets import TicketKeeper
    from refssl.tls import TLSConnection
    from refssl.trust import Trust

__all__ = ["SSLContext"]

_BIO_METHODS = ("read", "write", "eof")


class SSLContext(_SSLContext):
    """Settings, certificates and keys for any number of connections, in any number of threads (ssl.SSLContext).

    SSLContext(protocol) takes a PROTOCOL_* constant.
    """

    sslsocket_class: Any = None  # SSLSocket and SSLObject; sslsocket.py and sslobject.py put themselves here
    sslobject_class: Any = None
    _keeper: TicketKeeper | None = None  # until a server needs one

    def __init__(self, protocol: int | None = None, *args: object, **kwargs: object) -> None:
        """Everything has been made in __new__ already."""

    def _set_defaults(self) -> None:
        super()._set_defaults()
        self._dh_parameters: tuple[int, int] | None = None

    # -- credentials and trust

    @property
    def _trust(self) -> Trust:
        """What is trusted. It is made when it is first asked for, and only once, whatever threads do."""
        made: Trust | None = self.__dict__.get("_made_trust")
        return made if made is not None else self.__dict__.setdefault("_made_trust", _trust_class()())

    @property
    def _credentials(self) -> Credentials:
        """What is presented, made in the same way."""
        made: Credentials | None = self.__dict__.get("_made_credentials")
        return made if made is not None else self.__dict__.setdefault("_made_credentials", _credentials_class()())

    def load_cert_chain(
        self, certfile: PathLike, keyfile: PathLike | None = None, password: Password | None = None
    ) -> None:
        """Load the chain to present and its private key from PEM files (ssl.SSLContext.load_cert_chain).

        `password` is the key's, or called for it when it is needed. Raises OSError for the files, SSLError for what is
        in them, TypeError and ValueError for the password; the context is then as it was.
        """
        self._credentials.load(certfile, keyfile, password, self.security_level)
        self._forget_configs()

    def load_dh_params(self, path: PathLike, /) -> None:
        """Load parameters for DHE in TLS 1.2 from a PEM file; without them a server has none.

        Raises OSError for the file, SSLError for what is in it (ssl.SSLContext.load_dh_params).
        """
        from refssl import dhparams

        self._dh_parameters = dhparams.load(path, self.security_level)
        self._forget_configs()

    def load_verify_locations(
        self, cafile: PathLike | None = None, capath: PathLike | None = None, cadata: str | Buffer | None = None
    ) -> None:
        """Trust the certificates of a PEM file, of a directory of hashed names, or of PEM text or DER bytes.

        A file may bring CRLs too. Raises OSError for the file, SSLError where it holds nothing that can be used, and
        TypeError and ValueError for the arguments (ssl.SSLContext.load_verify_locations).
        """
        if cafile is None and capath is None and cadata is None:
            raise TypeError("cafile, capath and cadata cannot be all omitted")
        for parameter, path in (("cafile", cafile), ("capath", capath)):
            if path is not None and not isinstance(path, (str, bytes, os.PathLike)):
                raise TypeError(f"{parameter} should be a valid filesystem path")
            if path is not None and b"\0" in os.fsencode(path):
                raise ValueError("embedded null byte")
        try:
            if cadata is not None:
                self._trust.load_data(cadata)
            if cafile is not None:
                self._trust.load_file(cafile)
            if capath is not None:
                self._trust.load_directory(capath)
        except OSError as error:
            if isinstance(error, errors.SSLError):
                raise
            # CPython does not name the file here.
            raise OSError(error.errno, os.strerror(error.errno or 0)) from None
        finally:
            # What was loaded before an error stays.
            self._forget_configs()

    def set_default_verify_paths(self) -> None:
        """Trust the system's bundle and directory, or those of SSL_CERT_FILE and SSL_CERT_DIR, as far as they exist."""
        found = paths.get_default_verify_paths()
        if found.cafile is not None:
            # "no error is returned if no certificates are to be found"
            with contextlib.suppress(OSError):
                self._trust.load_bundle(found.cafile)
        if found.capath is not None:
            self._trust.load_directory(found.capath)
        self._forget_configs()

    def load_default_certs(self, purpose: Purpose = Purpose.SERVER_AUTH) -> None:
        """Trust the system's certification authorities for `purpose` (ssl.SSLContext.load_default_certs)."""
        if not isinstance(purpose, _ASN1Object):
            raise TypeError(purpose)
        if sys.platform == "win32":
            raise NotImplementedError("Windows' certificate stores cannot be read yet; use load_verify_locations()")
        self.set_default_verify_paths()

    def cert_store_stats(self) -> dict[str, int]:
        """How many certificates, CAs among them, and CRLs are loaded (ssl.SSLContext.cert_store_stats)."""
        counts = self._trust.store.stats()
        return {"x509": counts["x509"], "crl": counts["crl"], "x509_ca": counts["x509_ca"]}

    def get_ca_certs(self, binary_form: bool = False) -> list[Any]:
        """The CA certificates that are loaded, as dicts like getpeercert()'s or as DER bytes."""
        certificates = self._trust.store.ca_certificates()
        if binary_form:
            return [certificate.der for certificate in certificates]
        from refssl.peercert import describe

        return [describe(certificate) for certificate in certificates]

    # -- connections

    def wrap_socket(
        self,
        sock: socket.socket,
        server_side: bool = False,
        do_handshake_on_connect: bool = True,
        suppress_ragged_eofs: bool = True,
        server_hostname: str | bytes | None = None,
        session: SSLSession | None = None,
    ) -> SSLSocket:
        """Take over a stream socket and give an `sslsocket_class` for it (ssl.SSLContext.wrap_socket)."""
        wrapped: SSLSocket = self.sslsocket_class._create(
            sock=sock,
            server_side=server_side,
            do_handshake_on_connect=do_handshake_on_connect,
            suppress_ragged_eofs=suppress_ragged_eofs,
            server_hostname=server_hostname,
            context=self,
            session=session,
        )
        return wrapped

    def wrap_bio(
        self,
        incoming: BioLike,
        outgoing: BioLike,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: SSLSession | None = None,
    ) -> SSLObject:
        """Give an `sslobject_class` that reads records from one BIO and writes them to the other.

        Anything with MemoryBIO's read, write and eof will do, the stdlib's MemoryBIO too (ssl.SSLContext.wrap_bio).
        """
        wrapped: SSLObject = self.sslobject_class._create(
            incoming,
            outgoing,
            server_side=server_side,
            server_hostname=self._encode_hostname(server_hostname),
            session=session,
            context=self,
        )
        return wrapped

    def _encode_hostname(self, hostname: str | bytes | None) -> str | None:
        return servername.encode_hostname(hostname)

    def _wrap_bio(
        self,
        incoming: BioLike,
        outgoing: BioLike,
        server_side: bool,
        server_hostname: str | None = None,
        *,
        owner: object = None,
        session: SSLSession | None = None,
    ) -> TLSConnection:
        if type(incoming) is not MemoryBIO or type(outgoing) is not MemoryBIO:
            _check_bio("incoming", incoming)
            _check_bio("outgoing", outgoing)
        return self._connect(MemoryBios(incoming, outgoing), server_side, server_hostname, owner, session)

    def _wrap_socket(
        self,
        sock: socket.socket,
        server_side: bool,
        server_hostname: str | None = None,
        *,
        owner: object = None,
        session: SSLSession | None = None,
    ) -> TLSConnection:
        from refssl.socketbio import SocketBio

        return self._connect(SocketBio(sock), server_side, server_hostname, owner, session)

    def _connect(
        self,
        bio: Bio,
        server_side: bool,
        server_hostname: str | None,
        owner: object,
        session: SSLSession | None,
    ) -> TLSConnection:
        if server_hostname is not None and "\0" in server_hostname:
            raise TypeError("argument must be encoded string without null bytes, not str")
        role, wrong = ("server", PROTOCOL_TLS_CLIENT) if server_side else ("client", PROTOCOL_TLS_SERVER)
        if self._protocol is wrong:
            raise errors.usage_error(f"Cannot create a {role} socket with a {wrong.name} context")
        if server_hostname is not None and (not server_hostname or server_hostname[0] == "."):
            raise ValueError("server_hostname cannot be an empty string or start with a leading dot.")
        kind = _connection_class() if self._message_callback is None else _observed_class()
        return kind(self, bio, bool(server_side), server_hostname, owner, session)

    # -- server names

    def set_servername_callback(self, server_name_callback: Callable[..., Any] | None) -> None:
        """Like setting `sni_callback`, kept for old programs (ssl.SSLContext.set_servername_callback).

        An international name is told as its U-label, as documented; CPython 3.15 hands on the A-label here too. One
        that cannot be decoded ends the handshake with internal_error.
        """
        if server_name_callback is None:
            self.sni_callback = None
            return
        if not callable(server_name_callback):
            raise TypeError("not a callable object")

        def shim_cb(sslobj: Any, servername: str | None, sslctx: SSLContext) -> Any:
            try:
                name = servername and servername.encode("ascii").decode("idna")
            except UnicodeError:
                return AlertDescription.ALERT_DESCRIPTION_INTERNAL_ERROR
            return server_name_callback(sslobj, name, sslctx)

        self.sni_callback = shim_cb


def _check_bio(parameter: str, bio: object) -> None:
    if not all(hasattr(bio, method) for method in _BIO_METHODS):
        kind = "None" if bio is None else type(bio).__name__
        raise TypeError(f"_wrap_bio() argument {parameter!r} must be refssl.MemoryBIO, not {kind}")


# Certificates, the engine and its cryptography are loaded when they are first needed, not with refssl.


@lru_cache(maxsize=1)
def _connection_class() -> type[TLSConnection]:
    from refssl.tls import TLSConnection

    return TLSConnection


@lru_cache(maxsize=1)
def _observed_class() -> type[TLSConnection]:
    from refssl.observed import ObservedConnection

    return ObservedConnection


@lru_cache(maxsize=1)
def _trust_class() -> type[Trust]:
    from refssl.trust import Trust

    return Trust


@lru_cache(maxsize=1)
def _credentials_class() -> type[Credentials]:
    from refssl.credentials import Credentials

    return Credentials


SSLContext.__module__ = "refssl"
