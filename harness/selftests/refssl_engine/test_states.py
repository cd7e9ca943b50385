"""The state tables against RFC 8446: typed here from Appendix A and 4.6, there derived from what the engine runs on."""

from __future__ import annotations

from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from refssl.engine.states import authentication13, client, client13, server13
from refssl.engine.states.__main__ import edges, leads_to, markdown
from refssl.engine.states.table import CLIENT, SERVER

# RFC 8446 A.1. HelloRetryRequest leads back to START, whence the second ClientHello leads to WAIT_SH at once.
RFC_CLIENT = """
START                -                    WAIT_SH
WAIT_SH              HelloRetryRequest    WAIT_SH
WAIT_SH              ServerHello          WAIT_EE
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
START                ClientHello          START WAIT_CERT WAIT_FINISHED
WAIT_CERT            Certificate          WAIT_CV WAIT_FINISHED
WAIT_CV              CertificateVerify    WAIT_FINISHED
WAIT_FINISHED        Finished             CONNECTED
CONNECTED            KeyUpdate            CONNECTED
CONNECTED*           KeyUpdate            CONNECTED*
CONNECTED*           Certificate          WAIT_CV* WAIT_FINISHED*
WAIT_CV*             CertificateVerify    WAIT_FINISHED*
WAIT_FINISHED*       Finished             CONNECTED
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


@pytest.mark.parametrize(
    "state", [client13.WaitFinished, server13.WaitFinished, authentication13.WaitRequestedFinished]
)
def test_nobody_waits_for_finished_without_a_proof(state: type) -> None:
    proof = next(field for field in fields(state) if field.name == "proof")
    assert proof.default is MISSING
    assert proof.default_factory is MISSING
    with pytest.raises(TypeError):
        state(*[None] * (len(fields(state)) - 1))


def test_the_page_is_current() -> None:
    """It is made by ``python -m refssl.engine.states > docs/states.md``."""
    page = Path(__file__).resolve().parents[3] / "docs" / "states.md"
    assert page.read_text(encoding="utf-8") == markdown()
