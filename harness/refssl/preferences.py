"""What a program prefers to negotiate: protocols, cipher suites, groups, signature schemes and the security level.

The setters check what they are given, with ssl's errors; what follows from all of it for a connection is in choices.py,
which is loaded when first needed.
"""

from __future__ import annotations

import os
import warnings

from refssl.constants import HAS_NPN, TLSVersion
from refssl.errors import SSLError

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from refssl.choices import Choices
    from refssl.engine.config import Config

    ConfigKey = tuple[bool, int, int, "str | None", "str | None"]  # snapshot.py's

_LONGEST_PROTOCOL = 255
_DEFAULT_LEVEL = 2


class _Preferences:
    """The part of an SSLContext that says what it prefers."""

    _maximum_version: int  # of settings.py

    def _set_defaults(self) -> None:
        self._alpn: tuple[bytes, ...] = ()
        self._chosen: Choices | None = None  # OpenSSL's defaults
        self._forget_configs()

    def _forget_configs(self) -> None:
        """What follows from the settings is to be worked out anew. Every setter calls this when it has changed one."""
        self._configs: dict[ConfigKey, Config] = {}

    @property
    def _choices(self) -> Choices:
        if self._chosen is None:
            from refssl import choices

            return choices.DEFAULTS
        return self._chosen

    def _choose(self, **changes: Any) -> None:
        self._chosen = self._choices._replace(**changes)
        self._forget_configs()

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        """Protocols to offer or accept by ALPN, the preferred first (RFC 7301; ssl.SSLContext.set_alpn_protocols).

        Raises SSLError for a name that is empty or longer than 255 bytes, UnicodeEncodeError for one not in ASCII.
        """
        protocols = []
        for protocol in alpn_protocols:
            if not isinstance(protocol, str):
                raise TypeError("encoding without a string argument")
            name = protocol.encode("ascii")
            if not 0 < len(name) <= _LONGEST_PROTOCOL:
                raise SSLError("ALPN protocols must be 1 to 255 in length")
            protocols.append(name)
        self._alpn = tuple(protocols)
        self._forget_configs()

    def set_npn_protocols(self, npn_protocols: Iterable[str]) -> None:
        """Never supported: NPN has been superseded by ALPN, and HAS_NPN is False."""
        del npn_protocols
        warnings.warn("ssl NPN is deprecated, use ALPN instead", DeprecationWarning, stacklevel=2)
        raise NotImplementedError(f"NPN is not supported (HAS_NPN is {HAS_NPN}); use set_alpn_protocols()")

    # -- cipher suites

    def set_ciphers(self, cipherlist: str, /) -> None:
        """Suites of TLS 1.2 by a cipher string of OpenSSL, see openssl-ciphers(1) (ssl.SSLContext.set_ciphers).

        Those of TLS 1.3 stay. Raises SSLError where the string selects nothing; no suite of TLS 1.2 is left then, and a
        security level in it counts all the same.
        """
        text = _text(cipherlist, "set_ciphers")
        from refssl import choices

        self._chosen, selected = choices.select(self._choices, text)
        self._forget_configs()
        if not selected:
            raise SSLError("No cipher can be selected.")

    def set_ciphersuites(self, ciphersuites: str, /) -> None:
        """Suites of TLS 1.3, as in `names.parse_suites` (ssl.SSLContext.set_ciphersuites)."""
        text = _text(ciphersuites, "set_ciphersuites")
        from refssl import names

        self._choose(suites13=names.parse_suites(text))

    def get_ciphers(self) -> list[dict[str, Any]]:
        """The enabled suites in order of preference (ssl.SSLContext.get_ciphers)."""
        from refssl import names

        return names.describe_suites(self._choices.suites())

    @property
    def security_level(self) -> int:
        """OpenSSL's security level, 0 to 5: 2 unless a cipher string says ``@SECLEVEL=``; read-only."""
        return _DEFAULT_LEVEL if self._chosen is None else self._chosen.level

    # -- groups and signatures

    def set_groups(self, grouplist: str, /) -> None:
        """Groups for the key exchange, as in `groups.parse` (ssl.SSLContext.set_groups)."""
        text = _text(grouplist, "set_groups")
        from refssl import groups

        self._choose(groups=groups.parse(text))

    def get_groups(self, *, include_aliases: bool = False) -> list[str]:
        """The names of the groups that the versions can use, not only of those set (ssl.SSLContext.get_groups)."""
        from refssl import groups

        return groups.names(
            include_aliases, tls13=self._maximum_version in (TLSVersion.TLSv1_3, TLSVersion.MAXIMUM_SUPPORTED)
        )

    def set_ecdh_curve(self, name: str | bytes | os.PathLike[str], /) -> None:
        """One curve for the key exchange by OpenSSL's short name (ssl.SSLContext.set_ecdh_curve)."""
        text = os.fsdecode(os.fsencode(name))
        from refssl import groups

        self._choose(groups=groups.curve(text))

    def set_client_sigalgs(self, sigalgslist: str, /) -> None:
        """Schemes with which a client may authenticate itself (ssl.SSLContext.set_client_sigalgs)."""
        text = _text(sigalgslist, "set_client_sigalgs")
        from refssl import names

        self._choose(client_schemes=names.parse_schemes(text))

    def set_server_sigalgs(self, sigalgslist: str, /) -> None:
        """Schemes with which a server may complete the handshake (ssl.SSLContext.set_server_sigalgs)."""
        text = _text(sigalgslist, "set_server_sigalgs")
        from refssl import names

        self._choose(server_schemes=names.parse_schemes(text))


def _text(value: object, method: str) -> str:
    if not isinstance(value, str):
        kind = "None" if value is None else type(value).__name__
        raise TypeError(f"{method}() argument must be str, not {kind}")
    value.encode("utf-8")
    if "\0" in value:
        raise ValueError("embedded null character")
    return value
