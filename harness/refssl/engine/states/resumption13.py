"""The server's judgement of a pre_shared_key offer (RFC 8446 4.2.11, 4.6.1): which session may be resumed, which
external key used.

Opening tickets and knowing external keys is the context's; making tickets is `connected`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from refssl.ciphers import catalogue
from refssl.ciphers.catalogue import CipherSuite
from refssl.crypto.hashing import equal
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import TLS13, ClientAuthentication
from refssl.engine.faults import ProtocolError
from refssl.engine.messages import extensions as ext
from refssl.engine.messages.hello import ClientHello
from refssl.engine.negotiation import read_extension, read_setting
from refssl.engine.session import Session
from refssl.engine.states import common13
from refssl.engine.states.common13 import OfferedPsk

if TYPE_CHECKING:
    from refssl.engine.connection import Connection


def accepted_psk(connection: Connection, hello: ClientHello, suite: CipherSuite, raw: bytes) -> OfferedPsk | None:
    """The PSK of the first identity that is good, its binder verified, or None for a full handshake.

    raw: the ClientHello, which is not yet in the transcript. Raises ProtocolError: an offer without
    psk_key_exchange_modes, a wrong binder. Leaves the identity's index in ``connection.selected_identity``, and the
    modes that both have in ``connection.psk_modes``, ours preferred first.
    """
    modes = read_setting(ext.PskKeyExchangeModes, hello.extensions, ext.PSK_KEY_EXCHANGE_MODES)
    ours = connection.config.psk_modes
    connection.psk_modes = tuple([mode for mode in ours if mode in modes.ke_modes]) if modes is not None else ()
    offered = read_extension(ext.OfferedPsks, hello.extensions, ext.PRE_SHARED_KEY)
    if offered is None:
        return None
    if modes is None:
        # RFC 8446 4.2.9: "If clients offer "pre_shared_key" without a "psk_key_exchange_modes" extension, servers MUST
        # abort the handshake."
        raise ProtocolError(AlertDescription.MISSING_EXTENSION, "MISSING_PSK_KEX_MODES_EXTENSION")
    if len(offered.identities) != len(offered.binders):
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_EXTENSION")
    if not connection.psk_modes:
        return None
    for index, identity in enumerate(offered.identities):
        psk = _known(connection, identity.identity, suite)
        if psk is not None:
            _check_binder(connection, psk, offered, index, raw)
            connection.selected_identity = index
            return psk
    return None


def _known(connection: Connection, identity: bytes, suite: CipherSuite) -> OfferedPsk | None:
    """The PSK of an identity: of one of our tickets, or an external one. None where it cannot be used."""
    config = connection.config
    session = config.tickets.open(identity) if config.tickets is not None else None
    if session is not None:
        return common13.resumption(session, suite.hash) if _usable(connection, session, suite) else None
    key = config.psk_server(identity) if config.psk_server is not None else None
    if key is None or suite.hash != common13.EXTERNAL_HASH:
        return None
    return common13.external(identity, key)


def _usable(connection: Connection, session: Session, suite: CipherSuite) -> bool:
    config = connection.config
    known = catalogue.BY_CODE.get(session.cipher_suite)
    return (
        session.version == TLS13
        # RFC 8446 4.2.11: "the server MUST ensure that it selects a compatible PSK (if any) and cipher suite."
        and known is not None
        and known.hash == suite.hash
        and -1 <= config.clock() - session.created <= session.lifetime
        # RFC 6066 3: a server "MUST NOT accept the request to resume the session if the server_name extension contains
        # a different name."
        and session.server_name == connection.server_name
        # A session made without the client's certificate cannot stand for one.
        and (
            config.client_authentication is not ClientAuthentication.REQUIRED
            or session.peer is not None
            or config.post_handshake_auth
        )
    )


def _check_binder(connection: Connection, psk: OfferedPsk, offered: ext.OfferedPsks, index: int, raw: bytes) -> None:
    """RFC 8446 4.2.11.2: "the server MUST validate the corresponding binder value"."""
    # RFC 8446 4.2.11: pre_shared_key is the last extension, so that the binders are the end of the message.
    binders = 2 + sum([1 + len(binder) for binder in offered.binders])
    expected = psk.early.binder(connection.transcript.digest_with(psk.early.hash.name, raw[:-binders]))
    if not equal(expected, offered.binders[index]):
        # RFC 8446 6.2: decrypt_error, for being "unable to correctly [...] validate a [...] PSK binder".
        raise ProtocolError(AlertDescription.DECRYPT_ERROR, "BINDER_DOES_NOT_VERIFY")
