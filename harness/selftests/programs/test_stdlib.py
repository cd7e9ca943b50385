"""The standard library's own network programs over refssl: each as server and as client, against either ssl.

A program prints the same lines with refssl for its ssl as with the standard library's, controls that fail included.
"""

from __future__ import annotations

import sys

import pytest

from selftests.programs.support import PAIRS, printed, served

REFUSALS = ["wrong authority refused: verify code 20", "wrong host refused: verify code 64"]
NAMES = "(('DNS', 'localhost'),)"


@pytest.mark.parametrize(("server", "client"), PAIRS)
def test_http_server_http_client_and_urllib(server: str, client: str) -> None:
    with served(server, "http_server", "{fd}", "{folder}") as there:
        lines = printed(client, "http_client", there.port, "{folder}")
    assert lines == ["200 True", "200 True", "True", f"TLSv1.3 {NAMES}", "120000", "120000", *REFUSALS, "True"]


@pytest.mark.parametrize(("server", "client"), PAIRS[:2])
def test_smtplib_poplib_and_imaplib(server: str, client: str) -> None:
    descriptors = [f"{{fd{number}}}" for number in range(6)]
    with served(server, "mail_server", *descriptors, "{folder}", listening=6) as there:
        lines = printed(client, "mail_clients", *there.ports, "{folder}")
    assert lines == [
        "smtp TLSv1.3 {}",
        *REFUSALS,
        "smtps TLSv1.3 {}",
        *REFUSALS,
        "pop TLSv1.3 (1, 18018) 3002",
        *REFUSALS,
        "pops TLSv1.3 (1, 18018) 3002",
        *REFUSALS,
        "imap TLSv1.3 ('OK', [b'1'])",
        "OK 18018",
        *REFUSALS,
        "imaps TLSv1.3 ('OK', [b'1'])",
        "OK 18018",
        *REFUSALS,
    ]


@pytest.mark.parametrize(("server", "client"), PAIRS[:2])
def test_ftplib(server: str, client: str) -> None:
    with served(server, "ftp_server", "{fd}", "{folder}") as there:
        lines = printed(client, "ftp_client", there.port, "{folder}")
    assert lines == [
        "TLSv1.3 ['greeting']",
        "True",
        "226 done",
        "True ['greeting', 'upload']",
        *REFUSALS,
    ]


@pytest.mark.parametrize(("server", "client"), PAIRS)
def test_asyncio_streams_and_start_tls(server: str, client: str) -> None:
    talk = ["True", "True", f"TLSv1.3 {NAMES}"]
    over = ["b'go ahead STARTTLS\\n'"]
    with served(server, "asyncio_server", "{fd0}", "{fd1}", "{fd2}", "{folder}", listening=3) as there:
        lines = printed(client, "asyncio_client", *there.ports, "{folder}")
    start_tls = [*over, *talk, *over, REFUSALS[0], *over, REFUSALS[1]] if sys.version_info >= (3, 11) else []
    assert lines == [
        *talk,
        *REFUSALS,
        *start_tls,
        *talk,
        "no certificate: b''",
    ]
