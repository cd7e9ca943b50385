"""The key exchanges of TLS 1.2: what stands in ServerKeyExchange and ClientKeyExchange, and the premaster secret of it.

RFC 8422 5.4 and 5.7 (ECDHE), RFC 5246 7.4.3 and 7.4.7.2 (DHE), 7.4.7.1 (RSA). When they are sent is the states' affair.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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

# The least that OpenSSL's security level 2 takes for a finite field.
_LEAST_PRIME = 2048
_PREMASTER = 48


@dataclass(slots=True)
class ServerShare:
    """What the server has sent for the exchange, as the client knows it: params, None where there was nothing."""

    params: tls12.ServerECDHParams | tls12.ServerDHParams | None


# -- at the client


def read_server_share(
    connection: Connection, parameters: Parameters, peer: PeerIdentity, message: tls12.ServerKeyExchange
) -> ServerShare:
    """Judge a signed ServerKeyExchange (RFC 5246 7.4.3, RFC 8422 5.4). Raises ProtocolError."""
    signed: tls12.SignedECDHParams | tls12.SignedDHParams
    if parameters.suite.kea == negotiation12.ECDHE:
        # The curve's three bytes come first.
        short = len(message.body) < 3
        signed = decode(tls12.SignedECDHParams, message.body, "LENGTH_TOO_SHORT" if short else "LENGTH_MISMATCH")
        named = signed.params.named_curve
        if signed.params.curve_type != tls12.NAMED_CURVE or named not in connection.config.groups:
            # RFC 8422 5.4: the client checks that the curve is one that it offered.
            raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "WRONG_CURVE")
        if named not in negotiation12.CURVES:
            raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "WRONG_CURVE")
        connection.group = named
    else:
        signed = decode(tls12.SignedDHParams, message.body)
        _check_field(signed.params)
    content = parameters.client_random + parameters.server_random + encode(signed.params)
    common12.check_signature(connection.config, peer, signed.algorithm, signed.signature, content)
    connection.server_signature_scheme = signed.algorithm
    return ServerShare(signed.params)


def _check_field(params: tls12.ServerDHParams) -> None:
    """RFC 5246 F.1.1.3: the client "SHOULD verify that the DH group is of suitable size"."""
    p, g = int.from_bytes(params.dh_p, "big"), int.from_bytes(params.dh_g, "big")
    public = int.from_bytes(params.dh_Ys, "big")
    if p.bit_length() < _LEAST_PRIME:
        raise ProtocolError(AlertDescription.HANDSHAKE_FAILURE, "DH_KEY_TOO_SMALL")
    if p % 2 == 0 or not 1 < g < p - 1 or not 1 < public < p - 1 or p.bit_length() > 10000:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_DH_VALUE")


def client_exchange(
    config: Config, parameters: Parameters, share: ServerShare, peer: PeerIdentity
) -> tuple[bytes, bytes]:
    """The client's half: (contents of ClientKeyExchange, premaster secret). Raises ProtocolError."""
    params = share.params
    if params is None:
        # RFC 5246 7.4.7.1: "The version number in the PreMasterSecret is the version offered by the client".
        premaster = parameters.client_version.to_bytes(2, "big") + config.random(_PREMASTER - 2)
        encrypted = peer.public_key.encrypt_pkcs1(premaster)
        if encrypted is None:
            raise ProtocolError(AlertDescription.HANDSHAKE_FAILURE, "BAD_RSA_ENCRYPT")
        return encode(tls12.EncryptedPreMasterSecret(encrypted)), premaster
    if isinstance(params, tls12.ServerECDHParams):
        ours = negotiation.new_share(config, params.named_curve)
        premaster = negotiation.agree(ours, params.public)
        return encode(tls12.ClientECDiffieHellmanPublic(ours.public)), premaster
    try:
        field = FiniteFieldShare(int.from_bytes(params.dh_p, "big"), int.from_bytes(params.dh_g, "big"))
        premaster = field.exchange(params.dh_Ys)
    except InvalidShare:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_DH_VALUE") from None
    return encode(tls12.ClientDiffieHellmanPublic(field.public)), premaster


# -- at the server


@dataclass(slots=True)
class OwnShare:
    """The server's half: the private part of what it sent, None where the exchange rests on its certificate."""

    choice: negotiation12.Choice
    private: KeyShare | None


def server_share(config: Config, parameters: Parameters, choice: negotiation12.Choice) -> tuple[OwnShare, bytes | None]:
    """The server's half, and the contents of its ServerKeyExchange, None where it sends none (RFC 5246 7.4.3)."""
    suite, private = choice.suite, None
    params: tls12.ServerECDHParams | tls12.ServerDHParams
    if suite.kea == negotiation12.RSA:
        return OwnShare(choice, None), None
    if choice.group is not None:
        private = negotiation.new_share(config, choice.group)
        params = tls12.ServerECDHParams(tls12.NAMED_CURVE, choice.group, private.public)
    else:
        p, g = config.dh_parameters or (0, 0)
        private = FiniteFieldShare(p, g)
        params = tls12.ServerDHParams(_number(p), _number(g), private.public)
    written = encode(params)
    signature = choice.credential.sign(choice.scheme, parameters.client_random + parameters.server_random + written)
    signed = written + choice.scheme.to_bytes(2, "big") + len(signature).to_bytes(2, "big") + signature
    return OwnShare(choice, private), signed


def _number(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def server_exchange(config: Config, parameters: Parameters, share: OwnShare, message: tls12.ClientKeyExchange) -> bytes:
    """The premaster secret of a ClientKeyExchange. Raises ProtocolError, but not because of what is encrypted."""
    keys = message.exchange_keys
    if share.private is None:
        return _decrypted(config, parameters, share, decode(tls12.EncryptedPreMasterSecret, keys).encrypted)
    elliptic = share.choice.group is not None
    if elliptic and not keys:
        # RFC 8422 5.7: empty is the form for a client whose certificate holds its point, which nobody asks for.
        raise ProtocolError(AlertDescription.HANDSHAKE_FAILURE, "MISSING_TMP_ECDH_KEY")
    try:
        if elliptic:
            return share.private.exchange(decode(tls12.ClientECDiffieHellmanPublic, keys).ecdh_Yc)
        return share.private.exchange(decode(tls12.ClientDiffieHellmanPublic, keys).dh_Yc)
    except InvalidShare:
        wrong = "BAD_KEY_SHARE" if elliptic else "BAD_DH_VALUE"
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, wrong) from None


def _decrypted(config: Config, parameters: Parameters, share: OwnShare, encrypted: bytes) -> bytes:
    """RFC 5246 7.4.7.1: "In any case, a TLS server MUST NOT generate an alert if processing an RSA-encrypted premaster
    secret message fails, or the version number is not as expected. Instead, it MUST continue the handshake with a
    randomly generated premaster secret."
    """
    # RFC 5246 7.4.7.1: "Generate a string R of 48 random bytes" before anything is known.
    random = config.random(_PREMASTER)
    decrypt = share.choice.credential.decrypt
    message = decrypt(encrypted) if decrypt is not None else None
    if message is None or len(message) != _PREMASTER or message[:2] != parameters.client_version.to_bytes(2, "big"):
        return random
    return message
