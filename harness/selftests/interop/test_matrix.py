"""refssl and other implementations, in both roles, over every row of the matrix; docs/interoperability.md shows it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from selftests.interop import meeting
from selftests.interop.rows import ROWS, Row

CELLS = [pytest.param(peer, row, id=f"{peer.name}-{row.id}") for peer in meeting.PEERS for row in ROWS]


def _skip_unless_possible(peer: Any, row: Row, client: bool) -> None:
    reason = peer.missing() or peer.lacks(row, client)
    if reason:
        pytest.skip(reason)


@pytest.mark.parametrize(("peer", "row"), CELLS)
def test_refssl_asks(peer: Any, row: Row) -> None:
    if peer.name == "GnuTLS" and not os.environ.get("SSLSPEC_OPEN_LISTENERS"):
        pytest.skip("gnutls-serv cannot be told to listen on loopback alone; SSLSPEC_OPEN_LISTENERS=1 allows it")
    _skip_unless_possible(peer, row, client=False)
    try:
        meeting.refssl_asks(peer, row)
    except NotImplementedError as reason:
        pytest.skip(f"refssl: {reason}")


@pytest.mark.parametrize(("peer", "row"), CELLS)
def test_refssl_serves(peer: Any, row: Row, tmp_path: Path) -> None:
    _skip_unless_possible(peer, row, client=True)
    try:
        meeting.refssl_serves(peer, row, tmp_path)
    except NotImplementedError as reason:
        pytest.skip(f"refssl: {reason}")


def test_the_page_has_every_row_and_explains_every_empty_cell() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "interoperability.md").read_text()
    for row in ROWS:
        section = page.partition(f"## {row.version.replace('v', ' ')}\n")[2].partition("\n## ")[0]
        lines = [line for line in section.splitlines() if line.startswith(f"| {row.title} |")]
        assert len(lines) == 1, f"{row.title}: run python -m selftests.interop > docs/interoperability.md"
        cells = lines[0].split("|")[2:-1]
        assert len(cells) == 2 * len(meeting.PEERS)
        assert all(cell == " yes " or f"\n{cell.strip(' -')} " in page for cell in cells)
