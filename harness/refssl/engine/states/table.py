"""All transitions of all states: what is not listed here is unexpected_message (RFC 8446 4, Appendix A).

Each row is (state, message) and the function that acts on it; its return annotation says where it leads. `__main__`
prints docs/states.md from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from refssl.engine.messages import tls12
from refssl.engine.messages.control import ChangeCipherSpec
from refssl.engine.messages.hello import ClientHello, HelloRetryRequest, ServerHello
from refssl.engine.messages.tls13 import (
    Certificate,
    CertificateRequest,
    CertificateVerify,
    EncryptedExtensions,
    Finished,
    KeyUpdate,
    NewSessionTicket,
)
from refssl.engine.states import (
    authentication13,
    client,
    client12,
    client13,
    connected,
    established,
    server,
    server12,
    server13,
)

Handler = Callable[[Any, Any, Any, bytes], Any]
Table = dict[tuple[type, Any], Handler]

CLIENT: Table = {
    (client.WaitServerHello, HelloRetryRequest): client.receive_hello_retry_request,
    (client.WaitServerHello, ServerHello): client.receive_server_hello,
    (client13.WaitEncryptedExtensions, EncryptedExtensions): client13.receive_encrypted_extensions,
    (client13.WaitCertificateCertificateRequest, CertificateRequest): client13.receive_certificate_request,
    (client13.WaitCertificateCertificateRequest, Certificate): client13.receive_certificate,
    (client13.WaitCertificate, Certificate): client13.receive_certificate,
    (client13.WaitCertificateVerify, CertificateVerify): client13.receive_certificate_verify,
    (client13.WaitFinished, Finished): client13.receive_finished,
    (connected.Connected, CertificateRequest): authentication13.receive_request,
    (connected.Connected, NewSessionTicket): connected.receive_new_session_ticket,
    (connected.Connected, KeyUpdate): connected.receive_key_update,
}

CLIENT12: Table = {
    (client12.WaitServerCertificate, tls12.Certificate): client12.receive_certificate,
    (client12.WaitServerKeyExchange, tls12.ServerKeyExchange): client12.receive_server_key_exchange,
    (client12.WaitIdentityHint, tls12.ServerKeyExchange): client12.receive_server_key_exchange,
    (client12.WaitIdentityHint, tls12.CertificateRequest): client12.receive_certificate_request,
    (client12.WaitIdentityHint, tls12.ServerHelloDone): client12.receive_server_hello_done,
    (client12.WaitCertificateRequest, tls12.CertificateRequest): client12.receive_certificate_request,
    (client12.WaitCertificateRequest, tls12.ServerHelloDone): client12.receive_server_hello_done,
    (client12.WaitServerHelloDone, tls12.ServerHelloDone): client12.receive_server_hello_done,
    (client12.WaitSessionTicket, tls12.NewSessionTicket): client12.receive_new_session_ticket,
    (client12.WaitServerChangeCipherSpec, ChangeCipherSpec): client12.receive_change_cipher_spec,
    (client12.WaitServerFinished, Finished): client12.receive_finished,
    (established.Established, tls12.HelloRequest): established.refuse_renegotiation,
}

SERVER12: Table = {
    (server12.WaitClientCertificate, tls12.Certificate): server12.receive_certificate,
    (server12.WaitClientKeyExchange, tls12.ClientKeyExchange): server12.receive_client_key_exchange,
    (server12.WaitClientCertificateVerify, CertificateVerify): server12.receive_certificate_verify,
    (server12.WaitClientChangeCipherSpec, ChangeCipherSpec): server12.receive_change_cipher_spec,
    (server12.WaitClientFinished, Finished): server12.receive_finished,
    (established.Established, ClientHello): established.refuse_renegotiation,
}

SERVER: Table = {
    (server.Start, ClientHello): server.receive_client_hello,
    (server13.WaitCertificate, Certificate): server13.receive_certificate,
    (server13.WaitCertificateVerify, CertificateVerify): server13.receive_certificate_verify,
    (server13.WaitFinished, Finished): server13.receive_finished,
    (connected.Connected, KeyUpdate): connected.receive_key_update,
    (authentication13.CertificateRequested, KeyUpdate): authentication13.receive_key_update_meanwhile,
    (authentication13.CertificateRequested, Certificate): authentication13.receive_certificate,
    (authentication13.WaitRequestedCertificateVerify, CertificateVerify): authentication13.receive_certificate_verify,
    (authentication13.WaitRequestedFinished, Finished): authentication13.receive_finished,
}

# OpenSSL's limits on what it will collect of one message: larger is illegal_parameter, EXCESSIVE_MESSAGE_SIZE.
LIMITS: dict[type, int] = {
    ClientHello: 131396,
    ServerHello: 65607,
    EncryptedExtensions: 20000,
    CertificateRequest: 65607,
    Certificate: 102400,
    CertificateVerify: 65539,
    Finished: 64,
    KeyUpdate: 1,
    NewSessionTicket: 131338,
    tls12.HelloRequest: 0,
    tls12.Certificate: 102400,
    tls12.ServerKeyExchange: 102400,
    tls12.CertificateRequest: 102400,
    tls12.ServerHelloDone: 0,
    tls12.ClientKeyExchange: 2048,
    tls12.NewSessionTicket: 65541,
}

# Where OpenSSL has another reason than LENGTH_MISMATCH for a message that cannot be decoded.
MALFORMED: dict[type, str] = {CertificateVerify: "BAD_PACKET", KeyUpdate: "BAD_KEY_UPDATE"}


@dataclass(slots=True)
class Arrival:
    """What is done with a handshake message in one state: how it is read, `limit` and `malformed` of LIMITS and
    MALFORMED, and its row of the table."""

    message: type
    limit: int
    malformed: str
    handler: Handler


def expected(table: Table) -> dict[type, dict[int, Arrival]]:
    """For each state the handshake messages that it takes, by type; HelloRetryRequest goes by ServerHello's."""
    found: dict[type, dict[int, Arrival]] = {}
    for (state, message), handler in table.items():
        if message is not HelloRetryRequest and message is not ChangeCipherSpec:
            arrival = Arrival(message, LIMITS[message], MALFORMED.get(message, "LENGTH_MISMATCH"), handler)
            found.setdefault(state, {})[message.msg_type] = arrival
    return found


WHOLE_CLIENT = CLIENT | CLIENT12
WHOLE_SERVER = SERVER | SERVER12
EXPECTED_BY_CLIENT = expected(WHOLE_CLIENT)
EXPECTED_BY_SERVER = expected(WHOLE_SERVER)
