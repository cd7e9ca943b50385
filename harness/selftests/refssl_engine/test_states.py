"""The state tables against the RFCs, typed here from their texts, there derived from what the engine runs on.

RFC 8446 Appendix A and 4.6; RFC 5246 7.3, Figures 1 and 2, RFC 5077 3.1, Figures 1 and 2, and RFC 4279 2 to 4.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from refssl.engine.states import authentication13, client, client12, client13, server12, server13
from refssl.engine.states.__main__ import edges, leads_to, markdown
from refssl.engine.states.table import CLIENT, CLIENT12, SERVER, SERVER12

# RFC 8446 A.1. HelloRetryRequest leads back to START, whence the second ClientHello leads to WAIT_SH at once.
RFC_CLIENT = """
START                -                    WAIT_SH
WAIT_SH              HelloRetryRequest    WAIT_SH
WAIT_SH              ServerHello          WAIT_EE CERT HINT KEX TICKET CCS
WAIT_EE              EncryptedExtensions  WAIT_CERT_CR WAIT_FINISHED
WAIT_CERT_CR         CertificateRequest   WAIT_CERT
WAIT_CERT_CR         Certificate          WAIT_CV
WAIT_CERT            Certificate          WAIT_CV
WAIT_CV              CertificateVerify    WAIT_FINISHED
WAIT_FINISHED        Finished             CONNECTED
CONNECTED            CertificateRequest   CONNECTED
CONNECTED            NewSessionTicket     CONNECTED
CONNECTED            KeyUpdate            CONNECTED
"""

# RFC 8446 4.6.2 has no names for what a server goes through that has asked after the handshake.
# RFC 8446 A.2 without early data. RECVD_CH, NEGOTIATED and WAIT_FLIGHT2 wait for nothing and are passed through.
RFC_SERVER = """
START                ClientHello          START WAIT_CERT WAIT_FINISHED C_CERT C_KEX C_CCS
WAIT_CERT            Certificate          WAIT_CV WAIT_FINISHED
WAIT_CV              CertificateVerify    WAIT_FINISHED
WAIT_FINISHED        Finished             CONNECTED
CONNECTED            KeyUpdate            CONNECTED
CONNECTED*           KeyUpdate            CONNECTED*
CONNECTED*           Certificate          WAIT_CV* WAIT_FINISHED*
WAIT_CV*             CertificateVerify    WAIT_FINISHED*
WAIT_FINISHED*       Finished             CONNECTED
"""

# RFC 5246 7.3, Figure 1 (a full handshake), with NewSessionTicket where RFC 5077 3.1, Figure 1 has it. There may be no
# ServerKeyExchange (static RSA), CertificateRequest or NewSessionTicket. Figure 2 (an abbreviated handshake) goes from
# ServerHello to NewSessionTicket or ChangeCipherSpec. HelloRequest: 7.4.1.1. With a pre-shared key (RFC 4279 2 to 4)
# there may be no Certificate, then no CertificateRequest either, and ServerKeyExchange may be left out without a hint.
RFC_CLIENT12 = """
CERT                 Certificate          KEX HINT REQUEST
KEX                  ServerKeyExchange    REQUEST DONE
HINT                 ServerKeyExchange    REQUEST DONE
HINT                 CertificateRequest   DONE
HINT                 ServerHelloDone      TICKET CCS
REQUEST              CertificateRequest   DONE
REQUEST              ServerHelloDone      TICKET CCS
DONE                 ServerHelloDone      TICKET CCS
TICKET               NewSessionTicket     CCS
CCS                  ChangeCipherSpec     FINISHED
FINISHED             Finished             DATA
DATA                 HelloRequest         DATA
"""

# The same figures from the other side; Certificate and CertificateVerify only where the client is asked.
RFC_SERVER12 = """
C_CERT               Certificate          C_KEX
C_KEX                ClientKeyExchange    C_VERIFY C_CCS
C_VERIFY             CertificateVerify    C_CCS
C_CCS                ChangeCipherSpec     C_FINISHED
C_FINISHED           Finished             DATA
DATA                 ClientHello          DATA
"""

NAMES = {
    "START": "Start",
    "WAIT_SH": "WaitServerHello",
    "WAIT_EE": "WaitEncryptedExtensions",
    "WAIT_CERT_CR": "WaitCertificateCertificateRequest",
    "WAIT_CERT": "WaitCertificate",
    "WAIT_CV": "WaitCertificateVerify",
    "WAIT_FINISHED": "WaitFinished",
    "CONNECTED": "Connected",
    "CONNECTED*": "CertificateRequested",
    "WAIT_CV*": "WaitRequestedCertificateVerify",
    "WAIT_FINISHED*": "WaitRequestedFinished",
    "CERT": "WaitServerCertificate",
    "KEX": "WaitServerKeyExchange",
    "HINT": "WaitIdentityHint",
    "REQUEST": "WaitCertificateRequest",
    "DONE": "WaitServerHelloDone",
    "TICKET": "WaitSessionTicket",
    "CCS": "WaitServerChangeCipherSpec",
    "FINISHED": "WaitServerFinished",
    "C_CERT": "WaitClientCertificate",
    "C_KEX": "WaitClientKeyExchange",
    "C_VERIFY": "WaitClientCertificateVerify",
    "C_CCS": "WaitClientChangeCipherSpec",
    "C_FINISHED": "WaitClientFinished",
    "DATA": "Established",
}


def typed(text: str) -> set[tuple[str, str, str]]:
    found = set()
    for line in text.strip().splitlines():
        state, message, *after = line.split()
        found |= {(NAMES[state], message, NAMES[each]) for each in after}
    return found


def derived(table: object) -> set[tuple[str, str, str]]:
    return {(state, message, each) for state, message, after in edges(table) for each in after}  # type: ignore[arg-type]


def test_the_client_is_the_rfc_s() -> None:
    start = {("Start", "-", each) for each in leads_to(client.start)}
    assert derived(CLIENT) | start == typed(RFC_CLIENT)


def test_the_server_is_the_rfc_s() -> None:
    assert derived(SERVER) == typed(RFC_SERVER)


def test_tls_1_2_is_the_rfc_s() -> None:
    assert derived(CLIENT12) == typed(RFC_CLIENT12)
    assert derived(SERVER12) == typed(RFC_SERVER12)


@pytest.mark.parametrize(
    "state",
    [
        client13.WaitFinished,
        server13.WaitFinished,
        authentication13.WaitRequestedFinished,
        client12.WaitServerFinished,
        server12.WaitClientFinished,
    ],
)
def test_nobody_waits_for_finished_without_a_proof(state: type) -> None:
    proof = next(field for field in fields(state) if field.name == "proof")
    assert proof.default is MISSING
    assert proof.default_factory is MISSING
    with pytest.raises(TypeError):
        state(**{field.name: None for field in fields(state) if field.name != "proof"})


def test_the_page_is_current() -> None:
    """It is made by ``python -m refssl.engine.states > docs/states.md``."""
    page = Path(__file__).resolve().parents[3] / "docs" / "states.md"
    assert page.read_text(encoding="utf-8") == markdown()
