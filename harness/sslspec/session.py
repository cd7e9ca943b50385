"""What one pytest session knows: its implementations, baselines and PKI, each made when first needed.

The controller of an xdist run makes the PKI and the folder in which workers leave word; workers are told where.
"""

from __future__ import annotations

import functools
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from sslspec import events, hermetic, implementations, listing, profiles
from sslspec.baseline import Baseline, Expectation, Facts, load_all
from sslspec.bench.credentials import Pki
from sslspec.implementations import Implementation
from sslspec.limits import Wake
from sslspec.profiles import Profile
from sslspec.record import Result

DEFAULT_PEERS = ("stdlib", "tlslite", "scripted")


class Session:
    """The state that hooks and fixtures share; ``of(config)`` gives it."""

    def __init__(self, config: pytest.Config) -> None:
        option = config.option
        worker = getattr(config, "workerinput", None)
        self.worker: str = worker["workerid"] if worker else "main"
        self.is_worker = worker is not None
        self.is_first = self.worker in ("main", "gw0")
        self.specs = {implementations.name_of(spec): spec for spec in option.impl or implementations.DEFAULT}
        self.peers: list[str] = option.peer or list(DEFAULT_PEERS)
        self.limit: float = option.limit
        self.events: str | None = option.events
        self.events_only: bool = bool(option.events and option.events_only)
        self.wake: Wake | None = None
        self.results: list[Result] = []
        self.nothing_left_out = True
        self.interrupted = False
        self.scrubbed = hermetic.scrub(os.environ)
        self._option = option
        self._facts: dict[tuple[str, str], Facts] = {}
        self._loaded: dict[str, Implementation] = {}
        self._baselines: dict[str, Baseline] | None = None
        self._profiles: dict[str, Profile] = {}
        self._pki: Pki | None = None
        self._folder = Path(worker["sslspec_folder"]) if worker else None
        self._folder_is_ours = False

    def implementation(self, name: str) -> Implementation:
        """The loaded implementation of this column. Raises ImplementationError."""
        if name not in self._loaded:
            self._loaded[name] = implementations.load(self.specs.get(name, name))
        return self._loaded[name]

    @property
    def folder(self) -> Path:
        """Where the workers of this run leave word, and the PKI lies; for this user alone, gone after the run."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="sslspec-"))
            self._folder_is_ours = True
        return self._folder

    @property
    def pki(self) -> Pki:
        """The certificates, made once a run."""
        if self._pki is None:
            given = self._option.pki
            directory = Path(given) if given else self.folder / "pki"
            if not given and not directory.exists():
                from sslspec import pki  # trustme and cryptography take longer to import than a hundred handshakes

                pki.make(directory)
            self._pki = Pki(str(directory))
        return self._pki

    @property
    def baselines(self) -> dict[str, Baseline]:
        """By implementation: those named on the command line, else those that come with the suite."""
        if self._baselines is None:
            given = map(Path, self._option.baseline or ())
            self._baselines = {} if self._option.no_baseline else load_all(self.specs, given)
        return self._baselines

    def profile(self, name: str) -> Profile:
        """What of ssl the implementation of this column is held to. Raises ProfileError."""
        if name not in self._profiles:
            chosen = self._option.profile or implementations.profile_of(self.specs.get(name, name))
            self._profiles[name] = profiles.load(chosen)
        return self._profiles[name]

    def facts(self, name: str, peer: str) -> Facts:
        """What a baseline's conditions may ask of one execution."""
        if (name, peer) not in self._facts:
            self._facts[name, peer] = Facts.of(implementations.describe(self.implementation(name)), peer)
        return self._facts[name, peer]

    def expectation(self, scenario_id: str, name: str, peer: str) -> Expectation:
        """What the baseline of `name` expects of one execution."""
        baseline = self.baselines.get(name)
        return baseline.expectation(scenario_id, self.facts(name, peer)) if baseline else Expectation()

    @functools.cached_property
    def stale(self) -> list[str]:
        """A line for each baseline entry that is no longer true, after the run.

        Whether an entry that matched nothing is one of them depends on whether every scenario was there to be matched.
        """
        whole = self.nothing_left_out and {one.id for one in listing.scenarios()} <= {
            result.scenario for result in self.results
        }
        found = []
        for name, baseline in self.baselines.items():
            if name in self.specs:
                stale = baseline.stale(
                    self.results, whole_run=whole, facts=lambda result: self.facts(result.implementation, result.peer)
                )
                found += [str(entry) for entry in stale]
        return found

    def emit(self, event: Mapping[str, Any]) -> None:
        """Append an event, where somebody wants to know. Raises OSError."""
        if self.events:
            events.append(self.events, event)

    def header(self) -> dict[str, Any]:
        """What describes the implementations of this session in a record."""
        return {
            name: {**implementations.describe(self.implementation(name)), "profile": self.profile(name).name}
            for name in self.specs
        }

    def note_interrupts(self) -> None:
        """Tell a Ctrl-C of the user's from a KeyboardInterrupt that an implementation raises."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._interrupt)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self.interrupted = True
        signal.default_int_handler(number, frame)

    def close(self) -> None:
        """Remove what was made for this run."""
        if self._folder_is_ours and self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


KEY: pytest.StashKey[Session] = pytest.StashKey()


def of(config: pytest.Config) -> Session:
    """The session of this configuration."""
    return config.stash[KEY]
