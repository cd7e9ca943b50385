"""Connections for the selftests of `sslspec.wire`: made with the taps of the real thing, read back from their file."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from sslspec import peers
from sslspec.bench.credentials import Pki
from sslspec.bench.endpoints import Journal
from sslspec.bench.pair import PeerFactory, Variant
from sslspec.wire import account, capture
from sslspec.wire.account import MESSAGES, Account, Entry
from sslspec.wire.capture import Capture, Secrets
from sslspec.wire.tap import Recorder, Steps, TappedPair

EXECUTION = {"id": "area/topic/name@client", "implementation": "ssl", "peer": "stdlib"}


def greet(pair: TappedPair) -> None:
    """What is played where it only matters that all goes well."""
    pair.shake_hands()
    pair.greet()


def captured(
    folder: Path,
    pki: Pki,
    variant: Variant,
    play: Callable[[TappedPair], object],
    *,
    peer: str = "stdlib",
    impl: ModuleType = ssl,
    make: PeerFactory | None = None,
) -> tuple[Capture, Secrets]:
    """What the taps take down while `play` does something with a pair. make: who makes peers, instead of `peer`."""
    path = folder / f"wire-{len(list(folder.iterdir()))}"
    recorder = Recorder(str(path), EXECUTION)
    journal = Journal(impl)
    journal.steps = Steps(recorder)
    pair = TappedPair(impl, variant, make or peers.factory(peer), pki, journal, recorder=recorder)
    try:
        play(pair)
    finally:
        recorder.over()
        pair.close()
    (found,) = capture.read(path)
    return found, capture.secrets(Path(recorder.key_log))


def told(folder: Path, pki: Pki, variant: Variant, play: Callable[[TappedPair], object], **options: Any) -> Account:
    """The same, decoded."""
    found, secrets = captured(folder, pki, variant, play, **options)
    return account.of_capture(found, secrets.by_random)


def messages(found: Account, connection: int = 1) -> list[str]:
    """What was said on one connection, a line each: ``server {Finished}``, ``client alert fatal unknown_ca (48)``.

    Newer OpenSSLs compress certificates where both ends know how, which is of no interest here.
    """
    marks = {"clear": "{}", "handshake": "{{{}}}", "traffic": "[{}]"}
    return [
        f"{entry.by} {marks[entry.keys].format(entry.title.removeprefix('Compressed'))} {entry.outcome}".rstrip()
        for entry in found.entries
        if entry.kind in MESSAGES and entry.connection == connection
    ]


def message(found: Account, title: str, connection: int = 1) -> Entry:
    """The first of this title."""
    return next(entry for entry in found.entries if entry.title == title and entry.connection == connection)


def fields(entry: Entry) -> dict[str, str]:
    """The values of its fields by their names, the first of each."""
    return {field.name: field.value for field in reversed(entry.fields)}
