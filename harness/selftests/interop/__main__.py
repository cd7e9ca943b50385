"""``python -m selftests.interop > docs/interoperability.md``: run every cell of the matrix, and print the page."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from selftests.interop import meeting
from selftests.interop.rows import ROWS, TLS12, TLS13, Row

INTRODUCTION = """# Interoperability

refssl against other implementations, in both roles, one row for each thing that can be negotiated. In every cell a
connection is made, certificates are verified, a line goes there and back, and what was negotiated is asserted; a
resumption makes two connections, and what comes after the handshake comes between a first line and a second. A row that
begins with *refused* is there to fail: it is one of the other rows with a wrong authority, host, key or certificate, or
with nothing in common. A cell is empty only where the other side cannot do it, for the reason below the tables.

This page is what `python -m selftests.interop` prints in `harness`; `harness/selftests/interop` runs the same cells as
tests. A row is one entry in `rows.py`.

| | |
|---|---|
"""

NOTES = """
*asks*: refssl is the client; *serves*: it is the server.

## Real programs

`harness/selftests/programs` runs these unchanged, with refssl in the place of ssl, against the same or another program
over the standard library's ssl, each beside a wrong authority and a wrong host that must be refused:

| program | as client | as server |
|---|---|---|
| http.client and urllib; http.server | yes | yes, with curl and a headless Chromium too |
| smtplib, poplib, imaplib: STARTTLS, and TLS from the start; socketserver | yes | yes |
| ftplib, with protected data connections; socketserver | yes | yes |
| asyncio: streams, start_tls, client certificates | yes | yes |
| trio; anyio over asyncio and over trio | yes | yes |
| urllib3, requests, httpx, aiohttp, truststore (from Python 3.13 on) | yes | |
| aiohttp, uvicorn, hypercorn, gunicorn | | yes, uvicorn and hypercorn with curl and Chromium too |
"""


def cell(peer: Any, row: Row, client: bool, notes: list[str]) -> str:
    """Run one cell and say how it went. Raises what a test would raise."""
    reason = peer.lacks(row, client)
    if not reason:
        try:
            if client:
                with tempfile.TemporaryDirectory() as scratch:
                    meeting.refssl_serves(peer, row, Path(scratch))
            else:
                meeting.refssl_asks(peer, row)
            return "yes"
        except NotImplementedError as missing:
            reason = f"refssl: {missing}"
    if reason not in notes:
        notes.append(reason)
    return f"- [{notes.index(reason) + 1}]"


def main() -> None:
    """Print the page. Raises SystemExit where a program is missing."""
    absent = [reason for peer in meeting.PEERS if (reason := peer.missing())]
    if absent:
        raise SystemExit("; ".join(absent))
    notes: list[str] = []
    page = INTRODUCTION + "".join(f"| {peer.name} | {peer.version()} |\n" for peer in meeting.PEERS)
    for version in (TLS13, TLS12):
        page += f"\n## {version.replace('v', ' ')}\n\n| |"
        page += "".join(f" {peer.name}: asks | serves |" for peer in meeting.PEERS) + "\n|---|"
        page += "---|---|" * len(meeting.PEERS) + "\n"
        for row in (row for row in ROWS if row.version == version):
            cells = [cell(peer, row, client, notes) for peer in meeting.PEERS for client in (False, True)]
            page += f"| {row.title} | {' | '.join(cells)} |\n"
    if notes:
        page += "\n" + "".join(f"[{number}] {note}.  \n" for number, note in enumerate(notes, 1))
    print(page + NOTES, end="")


if __name__ == "__main__":
    main()
