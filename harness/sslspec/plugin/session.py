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
from collections.abc import Collection, Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import pytest

from sslspec import peers
from sslspec.baseline import Baseline, Expectation, Facts, load_all, stale
from sslspec.bench.credentials import Pki
from sslspec.hosts import away
from sslspec.implementations import loading
from sslspec.implementations.loading import Implementation
from sslspec.plugin.sharding import Shards
from sslspec.plugin.wake import Wake
from sslspec.pythons import hermetic
from sslspec.results.record import Key, Result
from sslspec.running import events
from sslspec.scenarios import axes, listing, profiles
from sslspec.scenarios.profiles import Profile

if TYPE_CHECKING:
    from sslspec.plugin.player import Player

DEFAULT_PEERS = ("stdlib", "tlslite", "scripted")


class Session:
    """The state that hooks and fixtures share; ``of(config)`` gives it."""

    def __init__(self, config: pytest.Config) -> None:
        option = config.option
        worker = getattr(config, "workerinput", None)
        self.worker: str = worker["workerid"] if worker else "main"
        self.is_worker = worker is not None
        self.is_first = worker is None or bool(worker.get("sslspec_first"))
        self.given: dict[str, Any] | None = worker.get(away.INPUT) if worker else None
        self.specs = {loading.name_of(spec): spec for spec in option.impl or loading.DEFAULT}
        self.peers: list[str] = option.peer or list(DEFAULT_PEERS)
        self.limit: float = option.limit
        self.events: str | None = option.events
        self.events_only: bool = bool(option.events and option.events_only)
        self.configured = 0  # workers so far
        self.configures_away = False  # whether the one that is being configured is on another host
        self.elsewhere: dict[str, Key] = {}  # what stands for each node id of a run on other hosts
        self.began: dict[str, float] = {}  # when, by node id
        self.wake: Wake | None = None
        self.results: list[Result] = []
        self.nothing_left_out = True
        self.interrupted = False
        self.scrubbed = hermetic.scrub(os.environ)
        self._config = config
        self._option = option
        # The controller of xdist's workers plays nothing itself.
        self._plays = self.is_worker or not (getattr(option, "numprocesses", None) or getattr(option, "tx", None))
        self._facts: dict[tuple[str, str], Facts] = {}
        self._loaded: dict[str, Implementation] = {}
        self._described: dict[str, dict[str, Any]] = {}
        self._baselines: dict[str, Baseline] | None = None
        self._profiles: dict[str, Profile] = {}
        self._pki: Pki | None = None
        self._folder = Path(worker["sslspec_folder"]) if worker and "sslspec_folder" in worker else None
        self._durations: dict[str, Any] | None = worker.get("sslspec_durations") if worker else None
        self._folder_is_ours = False

    def implementation(self, name: str) -> Implementation:
        """The loaded implementation of this column. Raises ImplementationError."""
        if name not in self._loaded:
            self._loaded[name] = loading.load(self.specs.get(name, name))
        return self._loaded[name]

    @functools.cached_property
    def player(self) -> Player | None:
        """Who plays the scenarios, where another interpreter does; None where they are run here."""
        if not self._option.agent:
            return None
        from sslspec.plugin.player import Player

        return Player(self._option.agent, self._config, Path(self.pki.directory) if self._plays else None)

    def describe(self, name: str) -> dict[str, Any]:
        """What a record's header says of an implementation. Raises ImplementationError, AgentError."""
        if name not in self._described:
            player = self.player
            spec = self.specs.get(name, name)
            facts = player.describe(spec) if player else loading.describe(self.implementation(name))
            self._described[name] = facts
        return self._described[name]

    def load_peers(self) -> None:
        """Load each, or find it. Raises ImplementationError, AgentError."""
        self.peers = [peers.column(name) for name in self.peers]
        for name in self.peers:
            if name == axes.SELF:
                continue
            if self.player is not None and peers.is_implementation(name):
                self.describe(name)
            else:
                peers.factory(name)

    @functools.cached_property
    def shards(self) -> Shards | None:
        """How the run is cut, where this is only a part of one. Raises ValueError or RecordError."""
        option = self._option
        return Shards.read(option.shard, option.shard_durations, self._durations) if option.shard else None

    @property
    def of_shard(self) -> dict[str, Any]:
        """What the record says of the part that this session is; nothing where it is whole."""
        return self.shards.told() if self.shards is not None else {}

    @property
    def played_by(self) -> dict[str, Any]:
        """What the record says of the agent that played it, for its reader and for no comparison."""
        if self.player is None:
            return {}
        told = {"command": self.player.command}
        return {"agent": told | ({"unexplained": self.player.unexplained} if self.player.unexplained else {})}

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
                from sslspec.certificates import (
                    pki,  # trustme and cryptography take longer to import than a hundred handshakes
                )

                pki.make(directory)
            self._pki = Pki(str(directory))
        return self._pki

    @property
    def baselines(self) -> dict[str, Baseline]:
        """By implementation: those named on the command line, else those that come with the suite."""
        if self._baselines is None:
            given = map(Path, self._option.baseline or ())
            self._baselines = (
                {} if self._option.no_baseline else load_all(self.specs, given, strict_new=self._option.strict_new)
            )
        return self._baselines

    def profile(self, name: str) -> Profile:
        """What of ssl the implementation of this column is held to. Raises ProfileError."""
        if name not in self._profiles:
            chosen = self._option.profile or loading.profile_of(self.specs.get(name, name))
            self._profiles[name] = profiles.load(chosen)
        return self._profiles[name]

    def facts(self, name: str, peer: str) -> Facts:
        """What a baseline's conditions may ask of one execution."""
        if (name, peer) not in self._facts:
            self._facts[name, peer] = Facts.of(self.describe(name), peer)
        return self._facts[name, peer]

    def _facts_of(self, result: Result) -> Facts:
        return self.facts(result.implementation, result.peer)

    def expectation(self, scenario_id: str, name: str, peer: str, needs: Collection[str] = ()) -> Expectation:
        """What the baseline of `name` expects of one execution, which needs these ``HAS_*`` flags."""
        baseline = self.baselines.get(name)
        return baseline.expectation(scenario_id, self.facts(name, peer), needs) if baseline else Expectation()

    @functools.cached_property
    def stale(self) -> list[str]:
        """A line for each baseline entry that is no longer true, after the run.

        Whether an entry that matched nothing is one of them depends on whether every scenario was there to be matched.
        """
        whole = self.nothing_left_out and {one.id for one in listing.scenarios()} <= {
            result.scenario for result in self.results
        }
        found: list[str] = []
        for name, baseline in self.baselines.items():
            if name in self.specs and self.shards is None:  # an entry may be needed in another part
                found += stale(baseline, self.results, whole_run=whole, facts=self._facts_of)
        return found

    def emit(self, event: Mapping[str, Any]) -> None:
        """Append an event, where somebody wants to know. Raises OSError."""
        if self.events:
            events.append(self.events, event)

    def header(self) -> dict[str, Any]:
        """What describes the implementations of this session in a record."""
        return {name: {**self.describe(name), "profile": self.profile(name).name} for name in self.specs}

    def note_interrupts(self) -> None:
        """Tell a Ctrl-C of the user's from a KeyboardInterrupt that an implementation raises."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._interrupt)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self.interrupted = True
        signal.default_int_handler(number, frame)

    def close(self) -> None:
        """Remove what was made for this run."""
        if self._option.agent and self.player is not None:
            self.player.end()
        if self._folder_is_ours and self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


KEY: pytest.StashKey[Session] = pytest.StashKey()


def of(config: pytest.Config) -> Session:
    """The session of this configuration."""
    return config.stash[KEY]
