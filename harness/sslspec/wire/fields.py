"""What handshake messages say, field by field: read by refssl's codec, since writing another would be a second truth.

What is random by nature (randoms, keys, signatures, tickets) is told by its size, so that two connections compare.
Nothing here raises because of what stands in a message: what cannot be read is shown in hexadecimal, with the reason.
"""

from __future__ import annotations

import importlib
import importlib.util
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from refssl.ciphers.catalogue import BY_CODE, CipherSuite
from refssl.engine.faults import ProtocolError
from refssl.engine.messages import hello, tls12, tls13
from refssl.engine.presentation import decode
from sslspec.wire import certificates, extensions, registry
from sslspec.wire.field import Field, in_hex, size
from sslspec.wire.registry import name, names

_SUITES = {code: suite.standard_name for code, suite in BY_CODE.items()} | registry.SIGNALS

_ZLIB, _ZSTD = 1, 3  # RFC 8879 7.3
_LARGEST_CERTIFICATES = 2**20


@dataclass(frozen=True, slots=True)
class Setting:
    """What has been negotiated so far, by which the same bytes mean different things."""

    tls13: bool = False
    suite: CipherSuite | None = None


def suite_of(code: int) -> CipherSuite | None:
    """The suite of a code point, if refssl knows it."""
    return BY_CODE.get(code)


def read(kind: int, body: bytes, setting: Setting) -> tuple[str, list[Field]]:
    """The name of a handshake message and its fields. kind: its msg_type; body: without the four bytes before it."""
    if kind == hello.ServerHello.msg_type and body[2:34] == hello.RETRY_RANDOM:
        return "HelloRetryRequest", _guarded(_retry, body, setting)
    reader = _READERS.get((setting.tls13, kind)) or _READERS.get((None, kind), _opaque)
    return name(registry.HANDSHAKE_TYPES, kind, 2), _guarded(reader, body, setting)


def _guarded(reader: Callable[[bytes, Setting], Iterator[Field]], data: bytes, setting: Setting) -> list[Field]:
    """What a reader finds, up to where it finds nothing more."""
    found: list[Field] = []
    try:
        found.extend(reader(data, setting))
    except ProtocolError as problem:
        found = [Field("not readable", f"{len(data)} bytes: {problem.reason}", in_hex(data))]
    except Exception as problem:  # whatever a peer can think of; a line that says so is worth more than none
        found = [Field("not readable", f"{len(data)} bytes: {type(problem).__name__}", in_hex(data))]
    return found


# -- messages --------------------------------------------------------------------------------------------------------


def _opaque(body: bytes, _setting: Setting) -> Iterator[Field]:
    if body:
        yield Field("body", size(body), in_hex(body))


def _empty(body: bytes, _setting: Setting) -> Iterator[Field]:
    if body:
        yield Field("body", f"{size(body)}, where none belongs", in_hex(body))


def _client_hello(body: bytes, _setting: Setting) -> Iterator[Field]:
    message = decode(hello.ClientHello, body)
    yield _legacy_version(message.legacy_version)
    yield Field("random", size(message.random), routine=True)
    yield Field("legacy_session_id", size(message.legacy_session_id), routine=len(message.legacy_session_id) in (0, 32))
    yield Field("cipher_suites", names(_SUITES, message.cipher_suites))
    if message.legacy_compression_methods != (0,):
        yield Field("compression_methods", names(registry.COMPRESSIONS, message.legacy_compression_methods, 2))
    yield from extensions.read(message.extensions, "client_hello")


def _server_hello(body: bytes, _setting: Setting) -> Iterator[Field]:
    message = decode(hello.ServerHello, body)
    yield _legacy_version(message.legacy_version)
    ending = message.random[-8:]
    downgrade = {hello.DOWNGRADE_TLS12: ", DOWNGRD to TLS 1.2", hello.DOWNGRADE_TLS11: ", DOWNGRD to TLS 1.1"}
    yield Field("random", size(message.random) + downgrade.get(ending, ""), routine=ending not in downgrade)
    yield from _chosen(message, "server_hello")


def _retry(body: bytes, _setting: Setting) -> Iterator[Field]:
    message = decode(hello.ServerHello, body)
    yield _legacy_version(message.legacy_version)
    yield from _chosen(message, "hello_retry_request")


def _chosen(message: hello.ServerHello, where: str) -> Iterator[Field]:
    echo = message.legacy_session_id_echo
    yield Field("legacy_session_id_echo", size(echo), routine=len(echo) in (0, 32))
    yield Field("cipher_suite", name(_SUITES, message.cipher_suite))
    if message.legacy_compression_method:
        yield Field("compression_method", name(registry.COMPRESSIONS, message.legacy_compression_method, 2))
    yield from extensions.read(message.extensions, where)


def _legacy_version(version: int) -> Field:
    return Field("legacy_version", name(registry.VERSIONS, version), routine=version == 0x0303)


def _encrypted_extensions(body: bytes, _setting: Setting) -> Iterator[Field]:
    yield from extensions.read(decode(tls13.EncryptedExtensions, body).extensions, "encrypted_extensions")


def _certificate_request13(body: bytes, _setting: Setting) -> Iterator[Field]:
    message = decode(tls13.CertificateRequest, body)
    context = message.certificate_request_context
    yield Field("certificate_request_context", size(context), routine=not context)
    yield from extensions.read(message.extensions, "certificate_request")


def _certificate13(body: bytes, _setting: Setting) -> Iterator[Field]:
    message = decode(tls13.Certificate, body)
    if message.certificate_request_context:
        yield Field("certificate_request_context", size(message.certificate_request_context))
    for entry in message.certificate_list:
        yield Field("certificate", certificates.subject(entry.cert_data), size(entry.cert_data))
        yield from extensions.read(entry.extensions, "certificate")
    if not message.certificate_list:
        yield Field("certificate_list", "empty")


def _compressed_certificate(body: bytes, setting: Setting) -> Iterator[Field]:
    """RFC 8879 4: algorithm, uncompressed_length, compressed_certificate_message<1..2^24-1>."""
    algorithm, length, packed = int.from_bytes(body[:2], "big"), int.from_bytes(body[2:5], "big"), body[8:]
    yield Field("algorithm", name(registry.CERTIFICATE_COMPRESSIONS, algorithm), f"{size(packed)} of {length}")
    plain = _unpacked(algorithm, packed, max(1, min(length, _LARGEST_CERTIFICATES)))
    if plain is None:
        yield Field("compressed_certificate_message", "present", size(packed))
    else:
        yield from _certificate13(plain, setting)


def _unpacked(algorithm: int, packed: bytes, length: int) -> bytes | None:
    """What was compressed, up to a length above 0 (which would be none); None where this Python cannot tell."""
    if algorithm == _ZLIB:
        return zlib.decompressobj().decompress(packed, length)
    if algorithm == _ZSTD and importlib.util.find_spec("compression") is not None:  # Python 3.14 and later
        unpacked: bytes = importlib.import_module("compression.zstd").ZstdDecompressor().decompress(packed, length)
        return unpacked
    return None


def _ticket13(body: bytes, _setting: Setting) -> Iterator[Field]:
    message = decode(tls13.NewSessionTicket, body)
    yield Field("ticket_lifetime", f"{message.ticket_lifetime} s")
    yield Field("ticket_nonce", size(message.ticket_nonce), routine=True)
    yield Field("ticket", "present", size(message.ticket))
    yield from extensions.read(message.extensions, "new_session_ticket")


def _key_update(body: bytes, _setting: Setting) -> Iterator[Field]:
    asked = {0: "update_not_requested", 1: "update_requested"}
    yield Field("request_update", name(asked, decode(tls13.KeyUpdate, body).request_update, 2))


def _certificate_verify(body: bytes, _setting: Setting) -> Iterator[Field]:
    message = decode(tls13.CertificateVerify, body)
    yield Field("algorithm", name(registry.SIGNATURE_SCHEMES, message.algorithm))
    yield Field("signature", "present" if message.signature else "empty", size(message.signature))


def _finished(body: bytes, _setting: Setting) -> Iterator[Field]:
    yield Field("verify_data", size(body), routine=True)


def _certificate12(body: bytes, _setting: Setting) -> Iterator[Field]:
    chain = decode(tls12.Certificate, body).certificate_list
    for certificate in chain:
        yield Field("certificate", certificates.subject(certificate), size(certificate))
    if not chain:
        yield Field("certificate_list", "empty")


def _server_key_exchange(body: bytes, setting: Setting) -> Iterator[Field]:
    kea = setting.suite.kea if setting.suite else ""
    if kea.endswith("psk"):
        hint = decode(tls12.IdentityHint, body)
        yield Field("psk_identity_hint", repr(hint.psk_identity_hint.decode("utf-8", "replace")))
        body = hint.params
    if kea in ("kx-ecdhe", "kx-ecdhe-psk"):
        elliptic = decode(tls12.ECDHExchange, body)
        yield Field("named_curve", name(registry.GROUPS, elliptic.params.named_curve))
        yield Field("public", size(elliptic.params.public))
        yield from _signed(elliptic.signed)
    elif kea in ("kx-dhe", "kx-dhe-psk"):
        finite = decode(tls12.DHExchange, body)
        yield Field("dh_p", f"{8 * len(finite.params.dh_p)} bits")
        yield Field("dh_Ys", "present", size(finite.params.dh_Ys))
        yield from _signed(finite.signed)
    elif body:
        yield from _opaque(body, setting)


def _signed(data: bytes) -> Iterator[Field]:
    if data:
        signature = decode(tls12.ParamsSignature, data)
        yield Field("algorithm", name(registry.SIGNATURE_SCHEMES, signature.algorithm))
        yield Field("signature", "present" if signature.signature else "empty", size(signature.signature))


def _client_key_exchange(body: bytes, setting: Setting) -> Iterator[Field]:
    kea = setting.suite.kea if setting.suite else ""
    if kea.endswith("psk"):
        psk = decode(tls12.ClientPskIdentity, body)
        yield Field("psk_identity", repr(psk.psk_identity.decode("utf-8", "replace")))
        body = psk.exchange_keys
    if kea in ("kx-ecdhe", "kx-ecdhe-psk"):
        yield Field("ecdh_Yc", size(decode(tls12.ClientECDiffieHellmanPublic, body).ecdh_Yc))
    elif kea in ("kx-dhe", "kx-dhe-psk"):
        yield Field("dh_Yc", "present", size(decode(tls12.ClientDiffieHellmanPublic, body).dh_Yc))
    elif kea in ("kx-rsa", "kx-rsa-psk"):
        yield Field("encrypted_pre_master_secret", size(decode(tls12.EncryptedPreMasterSecret, body).encrypted))
    elif body:
        yield from _opaque(body, setting)


def _certificate_request12(body: bytes, _setting: Setting) -> Iterator[Field]:
    message = decode(tls12.CertificateRequest, body)
    yield Field("certificate_types", names(registry.CERTIFICATE_TYPES, message.certificate_types, 2))
    schemes = names(registry.SIGNATURE_SCHEMES, message.supported_signature_algorithms)
    yield Field("signature_algorithms", schemes)
    yield Field("certificate_authorities", extensions.authorities(message.certificate_authorities))


def _ticket12(body: bytes, _setting: Setting) -> Iterator[Field]:
    message = decode(tls12.NewSessionTicket, body)
    yield Field("ticket_lifetime_hint", f"{message.ticket_lifetime_hint} s")
    yield Field("ticket", "present" if message.ticket else "empty", size(message.ticket))


_Reader = Callable[[bytes, Setting], Iterator[Field]]
# By whether it is TLS 1.3, None for either, and msg_type.
_READERS: dict[tuple[bool | None, int], _Reader] = {
    (None, 0): _empty,
    (None, 1): _client_hello,
    (None, 2): _server_hello,
    (None, 8): _encrypted_extensions,
    (None, 14): _empty,
    (None, 15): _certificate_verify,
    (None, 20): _finished,
    (True, 4): _ticket13,
    (True, 5): _empty,
    (True, 11): _certificate13,
    (True, 13): _certificate_request13,
    (True, 24): _key_update,
    (True, 25): _compressed_certificate,
    (False, 4): _ticket12,
    (False, 11): _certificate12,
    (False, 12): _server_key_exchange,
    (False, 13): _certificate_request12,
    (False, 16): _client_key_exchange,
}
