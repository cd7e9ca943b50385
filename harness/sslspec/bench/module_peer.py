"""Any implementation of the ssl surface as peer: its SSLObject over its MemoryBIOs."""

from __future__ import annotations

import contextlib
import re
from types import ModuleType
from typing import Any

from sslspec.bench.credentials import Pki
from sslspec.bench.exits import Inapplicable
from sslspec.bench.peer import Peer, Seen

READ_SIZE = 65536
_ALERT_REASON = re.compile(r"^(?:SSLV3|TLSV1|TLSV13)_ALERT_(\w+)$|^(?:TLSV1|TLSV13)_(\w+)$")
# Where OpenSSL's name for an alert is not the RFC's.
_ALERT_NAMES = {
    "user_cancelled": "user_canceled",
    "export_restriction": "export_restriction_reserved",
}


class ModulePeer(Peer):
    """A peer that is an implementation, usually the stdlib's."""

    def __init__(
        self, module: ModuleType, name: str, pki: Pki, *, server_side: bool, versions: tuple[str, str]
    ) -> None:
        super().__init__(pki, server_side=server_side, versions=versions)
        self.name = name
        self._ssl: Any = module
        self._context: Any = None
        self._session: Any = None
        self._server_name: str | None = None

    def _facts(self) -> Seen:
        cipher = self._object.cipher()
        return Seen(
            version=self._object.version(),
            cipher=cipher[0] if cipher else None,
            alpn=self._object.selected_alpn_protocol(),
            server_name=self._server_name,
            certificate=self._object.getpeercert(True),
            resumed=bool(self._object.session_reused),
        )

    @property
    def ssl_object(self) -> Any:
        """The SSLObject itself, for scenarios about both ends of one implementation."""
        return self._object

    def resume(self, earlier: Peer) -> None:
        assert isinstance(earlier, ModulePeer)
        self._context = earlier._context
        if not self.server_side and earlier._object.version() is not None:  # else there is none to be asked for
            self._session = earlier._object.session

    def _open(self) -> None:
        settings = self.settings
        if self._context is None:
            try:
                self._context = _context(self._ssl, self.server_side, self.pki, settings.key())
            except self._ssl.SSLError as problem:  # a newer library refuses weak keys and malformed certificates
                raise Inapplicable(f"the peer {self.name} cannot be set up so: {problem.reason}") from problem
        if self.key_log is not None:
            with contextlib.suppress(AttributeError, NotImplementedError):  # what cannot tell its secrets stays closed
                self._context.keylog_filename = self.key_log
        self._incoming, self._outgoing = self._ssl.MemoryBIO(), self._ssl.MemoryBIO()
        if self.server_side:
            self._context.sni_callback = self._note_server_name
            self._object = self._context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        else:
            session = {"session": self._session} if self._session is not None else {}
            self._object = self._context.wrap_bio(
                self._incoming, self._outgoing, server_hostname=settings.server_hostname, **session
            )

    def _receive(self, data: bytes) -> None:
        self._incoming.write(data)

    def _receive_eof(self) -> None:
        self._incoming.write_eof()

    def _pending_output(self) -> bytes:
        return bytes(self._outgoing.read())

    def _handshake(self) -> bool:
        try:
            self._object.do_handshake()
        except self._ssl.SSLWantReadError:
            return False
        return True

    def _read(self) -> bytes | None:
        try:
            return bytes(self._object.read(READ_SIZE))
        except self._ssl.SSLWantReadError:
            return None
        except self._ssl.SSLZeroReturnError:
            return b""

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self._object.write(view) :]

    def _close_notify(self) -> None:
        with contextlib.suppress(self._ssl.SSLWantReadError):  # ours is sent; the other's is awaited by reading on
            self._object.unwrap()

    def _request_certificate(self) -> None:
        self._object.verify_client_post_handshake()
        self._object.do_handshake()  # puts the question out

    def _unread(self) -> bytes:
        return bytes(self._incoming.read())

    def _alert_in(self, exception: BaseException) -> str | None:
        found = _ALERT_REASON.match(getattr(exception, "reason", None) or "")
        if found is None:
            return None
        name = (found[1] or found[2]).lower()
        return _ALERT_NAMES.get(name, name)

    def _note_server_name(self, _ssl_object: Any, name: str | None, _context: Any) -> None:
        self._server_name = name


_contexts: dict[tuple[Any, ...], Any] = {}


def _context(ssl: Any, server_side: bool, pki: Pki, key: tuple[Any, ...]) -> Any:
    """A context for these settings, made once: reading keys and roots costs more than a handshake."""
    full_key = (ssl.__name__, server_side, pki.directory, key)
    if full_key not in _contexts:
        _contexts[full_key] = _make_context(ssl, server_side, pki, dict(key))
    return _contexts[full_key]


def forget_contexts(module: str) -> None:
    """Have the contexts of a module made anew."""
    for key in [key for key in _contexts if key[0] == module]:
        del _contexts[key]


def _make_context(ssl: Any, server_side: bool, pki: Pki, settings: dict[str, Any]) -> Any:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server_side else ssl.PROTOCOL_TLS_CLIENT)
    lowest, highest = (version_of(ssl, version) for version in settings["versions"])
    context.minimum_version, context.maximum_version = lowest, highest
    verify = settings["trust"] is not None
    if not server_side:
        context.check_hostname = verify and settings["server_hostname"] is not None
        context.verify_mode = ssl.CERT_REQUIRED if verify else ssl.CERT_NONE
    else:
        modes = {"none": ssl.CERT_NONE, "optional": ssl.CERT_OPTIONAL, "required": ssl.CERT_REQUIRED}
        context.verify_mode = modes[settings["verify_client"]]
    if verify:
        context.load_verify_locations(pki.authority(settings["trust"]))
    if settings["ciphers"] is not None:
        context.set_ciphers(settings["ciphers"])  # first, since @SECLEVEL decides which certificates load
        if server_side and settings["ciphers"].startswith(("DHE-", "ADH-")):
            context.load_dh_params(pki.path("dh-parameters.pem"))
    if settings["certificate"] is not None:
        context.load_cert_chain(*pki[settings["certificate"]])
    if settings["alpn"]:
        context.set_alpn_protocols(list(settings["alpn"]))
    if settings["tickets"] is not None:
        context.num_tickets = settings["tickets"]
    if settings["post_handshake_auth"]:
        context.post_handshake_auth = True
    if settings["psk"] is not None:
        _set_psk(context, server_side, settings["psk_hint"], *settings["psk"])
    if settings["groups"]:
        _set_groups(context, settings["groups"])
    return context


def _set_groups(context: Any, groups: tuple[str, ...]) -> None:
    if hasattr(context, "set_groups"):
        context.set_groups(":".join(groups))
    elif len(groups) == 1:
        try:
            context.set_ecdh_curve(groups[0])
        except ValueError as problem:  # before 3.11 it takes no groups but curves of OpenSSL's list
            raise Inapplicable(f"this peer knows no group {groups[0]}") from problem
    else:
        raise Inapplicable("this peer cannot be told more than one group (SSLContext.set_groups came with 3.15)")


def _set_psk(context: Any, server_side: bool, hint: str | None, identity: str, key: bytes) -> None:
    if not hasattr(context, "set_psk_server_callback"):
        raise Inapplicable("this peer has no pre-shared keys (SSLContext.set_psk_server_callback came with 3.13)")
    if server_side:
        context.set_psk_server_callback(lambda offered: key if offered == identity else b"", hint)
    else:
        context.set_psk_client_callback(lambda _hint: (identity, key))


def version_of(ssl: Any, version: str) -> Any:
    """The TLSVersion for ``tls12`` or ``tls13``."""
    return {"tls12": ssl.TLSVersion.TLSv1_2, "tls13": ssl.TLSVersion.TLSv1_3}[version]
