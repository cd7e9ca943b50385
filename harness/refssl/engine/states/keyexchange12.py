"""The key exchanges of TLS 1.2: what stands in ServerKeyExchange and ClientKeyExchange, and the premaster secret of it.

RFC 8422 5.4 and 5.7 (ECDHE), RFC 5246 7.4.3 and 7.4.7.2 (DHE), 7.4.7.1 (RSA), RFC 4279 2 to 4 and RFC 5489 2 (each of
them with a pre-shared key, and the key alone). When they are sent is the states' affair.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refssl.ciphers import levels
from refssl.crypto.finitefield import FiniteFieldShare
from refssl.crypto.shares import InvalidShare, KeyShare
from refssl.engine import negotiation, negotiation12
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import Config, PeerIdentity
from refssl.engine.faults import ProtocolError
from refssl.engine.messages import tls12
from refssl.engine.presentation import decode, encode
from refssl.engine.states import common12
from refssl.engine.states.common12 import Parameters

if TYPE_CHECKING:
    from refssl.engine.connection import Connection

_PREMASTER = 48
# OpenSSL's limit for identities and hints; RFC 4279 5.3 asks for 128 bytes at least.
LONGEST_IDENTITY = 256


@dataclass(slots=True)
class ServerShare:
    """What the server has sent for the exchange, as the client knows it: params, None where there was nothing; hint,
    for the choice of an identity, b"" where there is none (RFC 4279 5.2)."""

    params: tls12.ServerECDHParams | tls12.ServerDHParams | None
    hint: bytes = b""


# -- at the client


def read_server_share(
    connection: Connection, parameters: Parameters, peer: PeerIdentity | None, message: tls12.ServerKeyExchange
) -> ServerShare:
    """Judge a ServerKeyExchange (RFC 5246 7.4.3, RFC 8422 5.4, RFC 4279 2 to 4). Raises ProtocolError.

    peer: who has signed it, None where the suite has no certificate.
    """
    suite, body, hint = parameters.suite, message.body, b""
    if suite.kea in negotiation12.WITH_KEY:
        first = decode(tls12.IdentityHint, body)
        body, hint = first.params, first.psk_identity_hint
        if len(hint) > LONGEST_IDENTITY:
            raise ProtocolError(AlertDescription.HANDSHAKE_FAILURE, "DATA_LENGTH_TOO_LONG")
        if suite.kea in negotiation12.SHARELESS:
            if body:
                raise ProtocolError(AlertDescription.DECODE_ERROR, "EXTRA_DATA_IN_MESSAGE")
            return ServerShare(None, hint)
    elliptic = suite.kea in negotiation12.ELLIPTIC
    # The curve's three bytes come first.
    reason = "LENGTH_TOO_SHORT" if elliptic and len(body) < 3 else "LENGTH_MISMATCH"
    struct: type[tls12.ECDHExchange | tls12.DHExchange] = tls12.ECDHExchange if elliptic else tls12.DHExchange
    read = decode(struct, body, reason)
    params = read.params
    if isinstance(params, tls12.ServerECDHParams):
        _check_curve(connection, params)
    else:
        _check_field(connection.config, params)
    if peer is not None:
        signed = decode(tls12.ParamsSignature, read.signed)
        content = parameters.client_random + parameters.server_random + encode(params)
        common12.check_signature(connection.config, peer, signed.algorithm, signed.signature, content)
        connection.server_signature_scheme = signed.algorithm
    elif read.signed:
        raise ProtocolError(AlertDescription.DECODE_ERROR, "EXTRA_DATA_IN_MESSAGE")
    return ServerShare(params, hint)


def _check_curve(connection: Connection, params: tls12.ServerECDHParams) -> None:
    """RFC 8422 5.4: the client checks that the curve is one that it offered."""
    named = params.named_curve
    if params.curve_type != tls12.NAMED_CURVE or named not in connection.config.groups:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "WRONG_CURVE")
    if named not in negotiation12.CURVES:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "WRONG_CURVE")
    connection.group = named


def _check_field(config: Config, params: tls12.ServerDHParams) -> None:
    """RFC 5246 F.1.1.3: the client "SHOULD verify that the DH group is of suitable size"."""
    p, g = int.from_bytes(params.dh_p, "big"), int.from_bytes(params.dh_g, "big")
    public = int.from_bytes(params.dh_Ys, "big")
    _check_size(config, p)
    if p % 2 == 0 or not 1 < g < p - 1 or not 1 < public < p - 1 or p.bit_length() > 10000:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_DH_VALUE")


def _check_size(config: Config, prime: int) -> None:
    if levels.field_strength(prime.bit_length()) < config.least_field:
        raise ProtocolError(AlertDescription.HANDSHAKE_FAILURE, "DH_KEY_TOO_SMALL")


def client_exchange(
    config: Config, parameters: Parameters, share: ServerShare, peer: PeerIdentity | None
) -> tuple[bytes, bytes]:
    """The client's half: (contents of ClientKeyExchange, premaster secret). Raises ProtocolError."""
    suite = parameters.suite
    if suite.kea not in negotiation12.WITH_KEY:
        return _client_half(config, parameters, share, peer)
    given = config.psk_client(share.hint) if config.psk_client is not None else None
    if given is None:
        raise ProtocolError(AlertDescription.HANDSHAKE_FAILURE, "PSK_IDENTITY_NOT_FOUND")
    identity, key = given
    if suite.kea == negotiation12.PSK:
        contents, secret = b"", bytes(len(key))
    else:
        contents, secret = _client_half(config, parameters, share, peer)
    return encode(tls12.ClientPskIdentity(identity, contents)), _premaster(secret, key)


def _client_half(
    config: Config, parameters: Parameters, share: ServerShare, peer: PeerIdentity | None
) -> tuple[bytes, bytes]:
    """The same without a pre-shared key."""
    params = share.params
    if isinstance(params, tls12.ServerECDHParams):
        ours = negotiation.new_share(config, params.named_curve)
        secret = negotiation.agree(ours, params.public)
        return encode(tls12.ClientECDiffieHellmanPublic(ours.public)), secret
    if params is not None:
        try:
            field = FiniteFieldShare(int.from_bytes(params.dh_p, "big"), int.from_bytes(params.dh_g, "big"))
            secret = field.exchange(params.dh_Ys)
        except InvalidShare:
            raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_DH_VALUE") from None
        return encode(tls12.ClientDiffieHellmanPublic(field.public)), secret
    # RFC 5246 7.4.7.1: "The version number in the PreMasterSecret is the version offered by the client".
    secret = parameters.client_version.to_bytes(2, "big") + config.random(_PREMASTER - 2)
    encrypted = peer.public_key.encrypt_pkcs1(secret) if peer is not None else None
    if encrypted is None:
        raise ProtocolError(AlertDescription.HANDSHAKE_FAILURE, "BAD_RSA_ENCRYPT")
    return encode(tls12.EncryptedPreMasterSecret(encrypted)), secret


def _premaster(secret: bytes, key: bytes) -> bytes:
    """RFC 4279 2: the premaster secret of another exchange's secret, or of as many zeros as the key is long, and the
    pre-shared key, each behind its length."""
    return len(secret).to_bytes(2, "big") + secret + len(key).to_bytes(2, "big") + key


# -- at the server


@dataclass(slots=True)
class OwnShare:
    """The server's half: the private part of what it sent, None where the exchange rests on its certificate."""

    choice: negotiation12.Choice
    private: KeyShare | None


def server_share(config: Config, parameters: Parameters, choice: negotiation12.Choice) -> tuple[OwnShare, bytes | None]:
    """The server's half, and the contents of its ServerKeyExchange, None where it sends none (RFC 5246 7.4.3).

    RFC 4279 2: "If no hint is provided, the ServerKeyExchange message is omitted" where it would hold nothing else.
    """
    suite, private, written = choice.suite, None, b""
    params: tls12.ServerECDHParams | tls12.ServerDHParams
    if choice.group is not None:
        private = negotiation.new_share(config, choice.group)
        params = tls12.ServerECDHParams(tls12.NAMED_CURVE, choice.group, private.public)
        written = encode(params)
    elif suite.kea in negotiation12.FINITE:
        p, g = config.dh_parameters or (0, 0)
        _check_size(config, p)  # the level may have been raised since they were loaded
        private = FiniteFieldShare(p, g)
        written = encode(tls12.ServerDHParams(_number(p), _number(g), private.public))
    share = OwnShare(choice, private)
    if suite.kea in negotiation12.WITH_KEY:
        if private is None and config.psk_hint is None:
            return share, None
        return share, encode(tls12.IdentityHint(config.psk_hint or b"", written))
    if private is None:
        return share, None
    if choice.credential is None:
        return share, written
    signature = choice.credential.sign(choice.scheme, parameters.client_random + parameters.server_random + written)
    return share, written + encode(tls12.ParamsSignature(choice.scheme, signature))


def _number(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def server_exchange(config: Config, parameters: Parameters, share: OwnShare, message: tls12.ClientKeyExchange) -> bytes:
    """The premaster secret of a ClientKeyExchange. Raises ProtocolError, but not because of what is encrypted."""
    suite, contents = share.choice.suite, message.exchange_keys
    if suite.kea not in negotiation12.WITH_KEY:
        return _server_half(config, parameters, share, contents)
    first = decode(tls12.ClientPskIdentity, contents)
    if len(first.psk_identity) > LONGEST_IDENTITY:
        raise ProtocolError(AlertDescription.DECODE_ERROR, "DATA_LENGTH_TOO_LONG")
    key = config.psk_server(first.psk_identity) if config.psk_server is not None else None
    if key is None:
        # RFC 4279 2: "If the server does not recognize the PSK identity, it MAY respond with an
        # "unknown_psk_identity" alert message."
        raise ProtocolError(AlertDescription.UNKNOWN_PSK_IDENTITY, "PSK_IDENTITY_NOT_FOUND")
    if suite.kea != negotiation12.PSK:
        return _premaster(_server_half(config, parameters, share, first.exchange_keys), key)
    if first.exchange_keys:
        raise ProtocolError(AlertDescription.DECODE_ERROR, "LENGTH_MISMATCH")
    return _premaster(bytes(len(key)), key)


def _server_half(config: Config, parameters: Parameters, share: OwnShare, keys: bytes) -> bytes:
    """The secret of the same without a pre-shared key. keys: the client's half."""
    if share.private is None:
        return _decrypted(config, parameters, share, decode(tls12.EncryptedPreMasterSecret, keys).encrypted)
    elliptic = share.choice.group is not None
    if elliptic and not keys:
        # RFC 8422 5.7: empty is the form for a client whose certificate holds its point, which nobody asks for.
        raise ProtocolError(AlertDescription.HANDSHAKE_FAILURE, "MISSING_TMP_ECDH_KEY")
    if not elliptic and keys == b"\0\0":
        raise ProtocolError(AlertDescription.DECODE_ERROR, "MISSING_TMP_DH_KEY")
    try:
        if elliptic:
            return share.private.exchange(decode(tls12.ClientECDiffieHellmanPublic, keys).ecdh_Yc)
        read = decode(tls12.ClientDiffieHellmanPublic, keys, "DH_PUBLIC_VALUE_LENGTH_IS_WRONG")
        return share.private.exchange(read.dh_Yc)
    except InvalidShare:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_KEY_SHARE") from None


def _decrypted(config: Config, parameters: Parameters, share: OwnShare, encrypted: bytes) -> bytes:
    """RFC 5246 7.4.7.1: "In any case, a TLS server MUST NOT generate an alert if processing an RSA-encrypted premaster
    secret message fails, or the version number is not as expected. Instead, it MUST continue the handshake with a
    randomly generated premaster secret."
    """
    # RFC 5246 7.4.7.1: "Generate a string R of 48 random bytes" before anything is known.
    random = config.random(_PREMASTER)
    credential = share.choice.credential
    decrypt = credential.decrypt if credential is not None else None
    message = decrypt(encrypted) if decrypt is not None else None
    if message is None or len(message) != _PREMASTER or message[:2] != parameters.client_version.to_bytes(2, "big"):
        return random
    return message
