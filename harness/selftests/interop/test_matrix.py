"""refssl and other implementations, in both roles, over every row of the matrix; docs/interoperability.md shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import refssl
from selftests.interop import meeting
from selftests.interop.peers import PEERS
from selftests.interop.rows import ROWS, TLS12, Row

CELLS = [pytest.param(peer, row, id=f"{peer.name}-{row.id}") for peer in PEERS for row in ROWS]


def _skip_unless_possible(peer: Any, row: Row, client: bool) -> None:
    reason = peer.missing() or peer.lacks(row, client)
    if row.version == TLS12 and not refssl.HAS_TLSv1_2:
        reason = "refssl does not have TLS 1.2 yet"
    if reason:
        pytest.skip(reason)


@pytest.mark.parametrize(("peer", "row"), CELLS)
def test_refssl_asks(peer: Any, row: Row) -> None:
    _skip_unless_possible(peer, row, client=False)
    meeting.refssl_asks(peer, row)


@pytest.mark.parametrize(("peer", "row"), CELLS)
def test_refssl_serves(peer: Any, row: Row, tmp_path: Path) -> None:
    _skip_unless_possible(peer, row, client=True)
    meeting.refssl_serves(peer, row, tmp_path)
