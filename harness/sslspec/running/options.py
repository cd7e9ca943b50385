"""What a run is asked for: implementations, interpreters, peers, and scenarios, with the files in which these lie.

Plain values that the command line fills and everything below reads; nothing here starts anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sslspec import layout, peers
from sslspec.implementations import loading
from sslspec.results.ways import Way
from sslspec.verdicts import limits

INACTIVITY = 60.0  # seconds without an event, until a session is given up
_GLOB = frozenset("*?[")


@dataclass(slots=True)
class Options:
    """What to run. Times are in seconds; an empty selection is everything.

    `pythons` name interpreters as ``--python`` does; without any, the one that runs this is meant. `workers` are shared
    by all of them. `install` is False where no environment may be made for an interpreter that lacks something.
    `shard` is the part of the run that is meant (``1/3``), cut by the `durations` of an earlier record.
    """

    implementations: tuple[str, ...] = loading.DEFAULT
    pythons: tuple[str, ...] = ()
    install: bool = True
    peers: tuple[str, ...] = ()
    globs: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    level: str | None = None
    profile: str = ""
    smoke: bool = False
    workers: int = 1
    baselines: tuple[Path, ...] = ()
    no_baseline: bool = False
    strict_new: bool = False
    limit: float = limits.SOFT
    first_only: bool = False
    shard: str = ""
    durations: Path | None = None
    pytest_args: tuple[str, ...] = ()
    inactivity: float = INACTIVITY
    argv: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """True where nothing was selected, so that a baseline entry without a match says nothing at all."""
        selected = self.smoke or self.globs or self.areas or self.level or self.shard
        return not (selected or self.pytest_args or self.first_only)

    @property
    def patience(self) -> float:
        """How long no event may come: longer than one scenario may take in any case."""
        return max(self.inactivity, (limits.HARD_FACTOR + 1) * self.limit)

    @property
    def to_load(self) -> list[str]:
        """The implementations under test and those that serve as peers, each once."""
        served = (peer for peer in self.peers if peer != "self" and peers.is_implementation(peer))
        return list(dict.fromkeys([*self.implementations, *served]))

    def way(self, spec: str, python: str = "") -> Way:
        """How the column of an implementation comes about, in the interpreter that was asked for as `python`."""
        decisive = [f"--profile={self.profile}"] if self.profile else []
        decisive += [f"--baseline={path}" for path in self.baselines]
        decisive += ["--no-baseline"] if self.no_baseline else []
        decisive += ["--strict-new"] if self.strict_new else []
        decisive += [f"--timeout={self.limit:g}"] if self.limit != limits.SOFT else []
        decisive += ["--no-install"] if python and not self.install else []
        called = {peers.column(peer): peer for peer in self.peers}
        asked = {name: peer for name, peer in called.items() if name != peer}
        return Way(spec, python, tuple(decisive), asked)


def places(options: Options) -> list[Path]:
    """The folders and files in which all that is selected lies: nothing else needs to be collected."""
    root = layout.suites()
    if options.areas:
        found = {root / area for area in options.areas}
    else:
        found = {_place(root, glob) for glob in options.globs} or {root}
    return [root] if root in found or not all(path.exists() for path in found) else sorted(found)


def _place(root: Path, glob: str) -> Path:
    """``area/topic/*`` lies in one file, ``area/*`` in one folder, ``*/x`` anywhere."""
    area, topic, *_ = [*glob.split("/"), "*", "*"]
    if _GLOB & set(area) or not (root / area).is_dir():
        return root
    return root / area if _GLOB & set(topic) else root / area / f"test_{topic}.py"
