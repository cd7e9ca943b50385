"""What the extensions of a message say, a line each, read by refssl's codec; see ``fields`` for the messages.

The same number may hold another struct in another message (RFC 8446 4.2). What cannot be read is shown by its size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from refssl.engine.messages import extensions as ext
from refssl.engine.presentation import decode
from sslspec.wire import certificates, registry
from sslspec.wire.field import Field, in_hex, size
from sslspec.wire.registry import name, names


def read(present: dict[int, bytes], where: str) -> Iterator[Field]:
    """A line for each. where: the message in which they stand, as RFC 8446 4.2 lists them."""
    for number, data in present.items():
        title = name(registry.EXTENSIONS, number)
        reader = _EXTENSIONS.get((number, where)) or _EXTENSIONS.get((number, "")) or _shape
        try:
            value, aside = reader(data)
        except Exception as problem:
            reason = getattr(problem, "reason", type(problem).__name__)
            value, aside = f"{size(data)}, not readable: {reason}", in_hex(data)
        yield Field(title, value, aside)


def _shape(data: bytes) -> tuple[str, str]:
    return (size(data), in_hex(data)) if data else ("", "")


def _server_name(data: bytes) -> tuple[str, str]:
    if not data:
        return "", ""
    listed = decode(ext.ServerNameList, data).server_name_list
    return ", ".join(entry.host_name.decode("ascii", "backslashreplace") for entry in listed), ""


def _protocols(data: bytes) -> tuple[str, str]:
    listed = decode(ext.ProtocolNameList, data).protocol_name_list
    return ", ".join(protocol.decode("utf-8", "backslashreplace") for protocol in listed), ""


def _groups(data: bytes) -> tuple[str, str]:
    return names(registry.GROUPS, decode(ext.NamedGroupList, data).named_group_list), ""


def _schemes(data: bytes) -> tuple[str, str]:
    listed = decode(ext.SignatureSchemeList, data).supported_signature_algorithms
    return names(registry.SIGNATURE_SCHEMES, listed), ""


def _offered_versions(data: bytes) -> tuple[str, str]:
    return names(registry.VERSIONS, decode(ext.ClientSupportedVersions, data).versions), ""


def _selected_version(data: bytes) -> tuple[str, str]:
    return name(registry.VERSIONS, decode(ext.SelectedVersion, data).selected_version), ""


def _offered_shares(data: bytes) -> tuple[str, str]:
    return ", ".join(map(_share, decode(ext.KeyShareClientHello, data).client_shares)) or "none", ""


def _share(entry: ext.KeyShareEntry) -> str:
    return f"{name(registry.GROUPS, entry.group)} ({size(entry.key_exchange)})"


def _one_share(data: bytes) -> tuple[str, str]:
    return _share(decode(ext.KeyShareEntry, data)), ""


def _selected_group(data: bytes) -> tuple[str, str]:
    return name(registry.GROUPS, decode(ext.KeyShareHelloRetryRequest, data).selected_group), ""


def _offered_psks(data: bytes) -> tuple[str, str]:
    message = decode(ext.OfferedPsks, data)
    told = "1 identity" if len(message.identities) == 1 else f"{len(message.identities)} identities"
    return told, ", ".join(size(entry.identity) for entry in message.identities)


def _selected_psk(data: bytes) -> tuple[str, str]:
    return f"identity {decode(ext.SelectedPsk, data).selected_identity}", ""


def _modes(data: bytes) -> tuple[str, str]:
    return names(registry.PSK_MODES, decode(ext.PskKeyExchangeModes, data).ke_modes, 2), ""


def _cookie(data: bytes) -> tuple[str, str]:
    return "present", size(decode(ext.Cookie, data).cookie)


def _point_formats(data: bytes) -> tuple[str, str]:
    return names(registry.POINT_FORMATS, _counted(data), 2), ""


def _counted(data: bytes) -> bytes:
    """What stands behind a length of one byte. Raises ValueError."""
    if not data or data[0] != len(data) - 1:
        raise ValueError("a length that is not that of what follows")
    return data[1:]


def _compressions(data: bytes) -> tuple[str, str]:
    listed = _counted(data)
    codes = [int.from_bytes(listed[place : place + 2], "big") for place in range(0, len(listed), 2)]
    return names(registry.CERTIFICATE_COMPRESSIONS, codes), ""


def _certificate_authorities(data: bytes) -> tuple[str, str]:
    return authorities(decode(ext.CertificateAuthorities, data).authorities), ""


def authorities(listed: tuple[bytes, ...]) -> str:
    """Distinguished names in DER, as a list."""
    return ", ".join(map(certificates.name, listed)) or "none"


def _ticket(data: bytes) -> tuple[str, str]:
    return ("present", size(data)) if data else ("empty", "")


def _renegotiation(data: bytes) -> tuple[str, str]:
    return ("empty", "") if not _counted(data) else (size(data[1:]), "")


def _limit(data: bytes) -> tuple[str, str]:
    return str(int.from_bytes(data, "big")), ""


_EXTENSIONS: dict[tuple[int, str], Callable[[bytes], tuple[str, str]]] = {
    (ext.SERVER_NAME, ""): _server_name,
    (ext.SUPPORTED_GROUPS, ""): _groups,
    (ext.EC_POINT_FORMATS, ""): _point_formats,
    (ext.SIGNATURE_ALGORITHMS, ""): _schemes,
    (ext.SIGNATURE_ALGORITHMS_CERT, ""): _schemes,
    (ext.APPLICATION_LAYER_PROTOCOL_NEGOTIATION, ""): _protocols,
    (27, ""): _compressions,
    (28, ""): _limit,
    (ext.SESSION_TICKET, ""): _ticket,
    (ext.PRE_SHARED_KEY, "client_hello"): _offered_psks,
    (ext.PRE_SHARED_KEY, "server_hello"): _selected_psk,
    (ext.EARLY_DATA, "new_session_ticket"): _limit,
    (ext.SUPPORTED_VERSIONS, "client_hello"): _offered_versions,
    (ext.SUPPORTED_VERSIONS, ""): _selected_version,
    (ext.COOKIE, ""): _cookie,
    (ext.PSK_KEY_EXCHANGE_MODES, ""): _modes,
    (ext.CERTIFICATE_AUTHORITIES, ""): _certificate_authorities,
    (ext.KEY_SHARE, "client_hello"): _offered_shares,
    (ext.KEY_SHARE, "server_hello"): _one_share,
    (ext.KEY_SHARE, "hello_retry_request"): _selected_group,
    (ext.RENEGOTIATION_INFO, ""): _renegotiation,
}
