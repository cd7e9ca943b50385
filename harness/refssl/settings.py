"""The plain settings of a context: versions, verification, options, names, callbacks, with ssl's rules for each.

Each setter here changes what a connection does, through `SSLContext.snapshot`, or raises. What needs files or makes
connections is in context.py.
"""

from __future__ import annotations

import operator
import os
import threading
import warnings

from refssl import psk
from refssl.constants import (
    PROTOCOL_TLS,
    PROTOCOL_TLS_CLIENT,
    PROTOCOL_TLS_SERVER,
    Options,
    PROTOCOL_TLSv1,
    PROTOCOL_TLSv1_1,
    PROTOCOL_TLSv1_2,
    TLSVersion,
    VerifyFlags,
    VerifyMode,
    _SSLMethod,
)
from refssl.integers import c_int, c_long
from refssl.observers import KeyLog
from refssl.preferences import _Preferences

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

_ANY_VERSION = (PROTOCOL_TLS, PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER)
_VERSIONS = {int(version): version for version in TLSVersion}
_OLD_VERSIONS = frozenset((TLSVersion.SSLv3, TLSVersion.TLSv1, TLSVersion.TLSv1_1))
_OP_NO_VERSION = int(
    Options.OP_NO_SSLv3 | Options.OP_NO_TLSv1 | Options.OP_NO_TLSv1_1 | Options.OP_NO_TLSv1_2 | Options.OP_NO_TLSv1_3
)
_DEFAULT_OPTIONS = int(
    Options.OP_ALL
    | Options.OP_NO_SSLv3
    | Options.OP_CIPHER_SERVER_PREFERENCE
    | Options.OP_NO_COMPRESSION
    | Options.OP_ENABLE_MIDDLEBOX_COMPAT
)
_OP_IGNORE_UNEXPECTED_EOF = int(Options.OP_IGNORE_UNEXPECTED_EOF)
_DEFAULT_VERIFY_FLAGS = int(VerifyFlags.VERIFY_X509_TRUSTED_FIRST)
_MINIMUM_SUPPORTED = int(TLSVersion.MINIMUM_SUPPORTED)
_MAXIMUM_SUPPORTED = int(TLSVersion.MAXIMUM_SUPPORTED)
_UNSIGNED_LONG = 2**64 - 1
_SESSION_COUNTS = (
    "number",
    "connect",
    "connect_good",
    "connect_renegotiate",
    "accept",
    "accept_good",
    "accept_renegotiate",
    "hits",
    "misses",
    "timeouts",
    "cache_full",
)


class _SSLContext(_Preferences):
    """The settings of an SSLContext. They are made in __new__, because subclasses need not call __init__."""

    _protocol: _SSLMethod

    def __new__(cls, protocol: int | None = None, *args: object, **kwargs: object) -> Any:  # noqa: ARG004
        if protocol is None:
            warnings.warn("ssl.SSLContext() without protocol argument is deprecated.", DeprecationWarning, stacklevel=2)
            protocol = PROTOCOL_TLS
        number = c_int(protocol)
        if number in (PROTOCOL_TLS, PROTOCOL_TLSv1, PROTOCOL_TLSv1_1, PROTOCOL_TLSv1_2):
            warnings.warn(f"ssl.{_SSLMethod(number).name} is deprecated", DeprecationWarning, stacklevel=2)
        if number not in (*_ANY_VERSION, PROTOCOL_TLSv1_2):
            # TLS 1.0 and 1.1 are not there, as HAS_TLSv1 and HAS_TLSv1_1 say.
            raise ValueError(f"invalid or unsupported protocol version {number}")
        context = object.__new__(cls)
        context._protocol = _SSLMethod(number)
        context._set_defaults()
        return context

    def _set_defaults(self) -> None:
        super()._set_defaults()
        client = self._protocol == PROTOCOL_TLS_CLIENT
        self._check_hostname = client
        self._verify_mode = VerifyMode.CERT_REQUIRED if client else VerifyMode.CERT_NONE
        self._verify_flags = _DEFAULT_VERIFY_FLAGS
        self._options = _DEFAULT_OPTIONS
        self._minimum_version = _MINIMUM_SUPPORTED
        self._maximum_version = _MAXIMUM_SUPPORTED
        self._common_name = True
        self._num_tickets = 2
        self._post_handshake_auth = False
        self._psk_client: Callable[..., Any] | None = None
        self._psk_server: Callable[..., Any] | None = None
        self._psk_hint: bytes | None = None
        self._sni_callback: Callable[..., Any] | None = None
        self._message_callback: Callable[..., Any] | None = None
        self._key_log: KeyLog | None = None
        self._counts = dict.fromkeys(_SESSION_COUNTS, 0)
        self._counting = threading.Lock()

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"cannot pickle {type(self).__name__!r} object")

    # -- versions

    @property
    def protocol(self) -> _SSLMethod:
        """The protocol that the context was made with; read-only."""
        return self._protocol

    @property
    def minimum_version(self) -> TLSVersion:
        """The lowest version that is spoken (ssl.SSLContext.minimum_version)."""
        return TLSVersion(self._minimum_version)

    @minimum_version.setter
    def minimum_version(self, value: int) -> None:
        number = self._version(value)
        self._minimum_version = TLSVersion.TLSv1_3 if number == _MAXIMUM_SUPPORTED else number
        self._forget_configs()

    @property
    def maximum_version(self) -> TLSVersion:
        """The highest version that is spoken (ssl.SSLContext.maximum_version)."""
        return TLSVersion(self._maximum_version)

    @maximum_version.setter
    def maximum_version(self, value: int) -> None:
        number = self._version(value)
        self._maximum_version = TLSVersion.TLSv1 if number == _MINIMUM_SUPPORTED else number
        self._forget_configs()

    def _version(self, value: int) -> int:
        number = c_int(value)
        if number in _OLD_VERSIONS:
            text = f"ssl.TLSVersion.{TLSVersion(number).name} is deprecated"
            warnings.warn(text, DeprecationWarning, stacklevel=3)
        if self._protocol not in _ANY_VERSION:
            raise ValueError("The context's protocol doesn't support modification of highest and lowest version.")
        version = _VERSIONS.get(number)
        if version is None:
            raise ValueError(f"Unsupported TLS/SSL version {number:#x}")
        return version

    @property
    def options(self) -> Options:
        """The OP_* bits (ssl.SSLContext.options)."""
        return Options(self._options)

    @options.setter
    def options(self, value: int) -> None:
        number = operator.index(value)
        if number < 0:
            raise ValueError("Cannot convert negative int")
        if number > _UNSIGNED_LONG:
            raise OverflowError("Python int too large for C unsigned long long")
        if number & ~self._options & _OP_NO_VERSION:
            text = "ssl.OP_NO_SSL*/ssl.OP_NO_TLS* options are deprecated"
            warnings.warn(text, DeprecationWarning, stacklevel=2)
        self._options = number
        self._forget_configs()

    def _ignores_eof(self) -> bool:
        return bool(self._options & _OP_IGNORE_UNEXPECTED_EOF)

    # -- verification

    @property
    def verify_mode(self) -> VerifyMode:
        """Whether the peer's certificate is asked for and verified (ssl.SSLContext.verify_mode)."""
        return self._verify_mode

    @verify_mode.setter
    def verify_mode(self, value: int) -> None:
        number = c_int(value)
        mode = VerifyMode(number)  # which raises ValueError for any other number
        if mode is VerifyMode.CERT_NONE and self._check_hostname:
            raise ValueError("Cannot set verify_mode to CERT_NONE when check_hostname is enabled.")
        self._verify_mode = mode
        self._forget_configs()

    @property
    def check_hostname(self) -> bool:
        """Whether the certificate must be the named host's (ssl.SSLContext.check_hostname)."""
        return self._check_hostname

    @check_hostname.setter
    def check_hostname(self, value: object) -> None:
        self._check_hostname = bool(value)
        if self._check_hostname and self._verify_mode == VerifyMode.CERT_NONE:
            self._verify_mode = VerifyMode.CERT_REQUIRED
        self._forget_configs()

    @property
    def verify_flags(self) -> VerifyFlags:
        """The VERIFY_* bits (ssl.SSLContext.verify_flags)."""
        return VerifyFlags(self._verify_flags)

    @verify_flags.setter
    def verify_flags(self, value: int) -> None:
        if not isinstance(value, int):
            raise TypeError(f"argument must be int, not {type(value).__name__}")
        if not -(2**63) <= value <= _UNSIGNED_LONG:
            warnings.warn("integer value out of range", DeprecationWarning, stacklevel=2)
        flags = int(value) & _UNSIGNED_LONG
        # X509_VERIFY_PARAM_set_flags: whoever says how policies are to be checked wants POLICY_CHECK.
        self._verify_flags = flags | 0x80 if flags & 0x780 else flags
        self._forget_configs()

    def _path_flags(self) -> int:
        """The flags for a peer's path: those that are set, and Suite B's where a cipher string asks for it."""
        chosen = self._chosen
        return self._verify_flags if chosen is None else self._verify_flags | chosen.suite_b_flags()

    @property
    def hostname_checks_common_name(self) -> bool:
        """Whether the subject's common name may stand in where there is no subjectAltName."""
        return self._common_name

    @hostname_checks_common_name.setter
    def hostname_checks_common_name(self, value: object) -> None:
        self._common_name = bool(value)
        self._forget_configs()

    @property
    def post_handshake_auth(self) -> bool:
        """Whether a client can be asked for its certificate after the handshake, and a server asks only then."""
        return self._post_handshake_auth

    @post_handshake_auth.setter
    def post_handshake_auth(self, value: object) -> None:
        self._post_handshake_auth = bool(value)
        self._forget_configs()

    # -- tickets and what watches

    @property
    def num_tickets(self) -> int:
        """How many tickets a TLS 1.3 server sends after a handshake (ssl.SSLContext.num_tickets)."""
        return self._num_tickets

    @num_tickets.setter
    def num_tickets(self, value: int) -> None:
        number = c_long(value)
        if number < 0:
            raise ValueError("value must be non-negative")
        if self._protocol != PROTOCOL_TLS_SERVER:
            raise ValueError("SSLContext is not a server context.")
        self._num_tickets = number
        self._forget_configs()

    def session_stats(self) -> dict[str, int]:
        """Counts of handshakes and resumptions (ssl.SSLContext.session_stats)."""
        with self._counting:
            return dict(self._counts)

    def _count(self, *what: str) -> None:
        with self._counting:
            for name in what:
                self._counts[name] += 1

    @property
    def keylog_filename(self) -> Any:
        """The file to which secrets are appended, or None (ssl.SSLContext.keylog_filename)."""
        return self._key_log.filename if self._key_log is not None else None

    @keylog_filename.setter
    def keylog_filename(self, value: str | bytes | os.PathLike[str] | None) -> None:
        self._key_log = KeyLog(os.fspath(value)) if value is not None else None
        self._forget_configs()

    @property
    def sni_callback(self) -> Any:
        """What a server calls with the client's server name (ssl.SSLContext.sni_callback)."""
        return self._sni_callback

    @sni_callback.setter
    def sni_callback(self, value: Callable[..., Any] | None) -> None:
        if self._protocol == PROTOCOL_TLS_CLIENT:
            raise ValueError("sni_callback cannot be set on TLS_CLIENT context")
        if value is not None and not callable(value):
            raise TypeError("not a callable object")
        self._sni_callback = value
        self._forget_configs()

    @property
    def _msg_callback(self) -> Any:
        """What is called with every message and record header, for debugging, or None; private in ssl too."""
        return self._message_callback

    @_msg_callback.setter
    def _msg_callback(self, value: Callable[..., Any] | None) -> None:
        if value is not None and not callable(value):
            raise TypeError(f"{value} is not callable.")
        self._message_callback = value
        self._forget_configs()

    # -- pre-shared keys

    def set_psk_client_callback(self, callback: Callable[[str | None], tuple[str | None, bytes]] | None) -> None:
        """What a client is asked for its identity and key with (ssl.SSLContext.set_psk_client_callback)."""
        self._psk_client = psk.checked(callback, "client", self._protocol == PROTOCOL_TLS_SERVER)
        self._forget_configs()

    def set_psk_server_callback(
        self, callback: Callable[[str | None], bytes] | None, identity_hint: str | None = None
    ) -> None:
        """What a server is asked for an identity's key with (ssl.SSLContext.set_psk_server_callback)."""
        hint = psk.encoded_hint(identity_hint)
        self._psk_server = psk.checked(callback, "server", self._protocol == PROTOCOL_TLS_CLIENT)
        self._psk_hint = hint
        self._forget_configs()
