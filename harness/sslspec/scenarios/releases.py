"""Which scenarios each release of sslspec had, so that a baseline knows what is newer than what it has reviewed.

``suites/releases`` has a list of names for each release, and what has become of those that are no longer called so.
A scenario that no list names belongs to the version that is being developed. ``python -m sslspec.scenarios.releases``
writes the list of the version that is about to be released; docs/stability.md says when.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sslspec import __version__, layout, toml
from sslspec.scenarios import listing

Version = tuple[int, ...]
RENAMED = "renamed.toml"


class ReleaseError(Exception):
    """The lists of releases cannot be used; the text is one line that names the file."""


@dataclass(slots=True)
class Releases:
    """All lists together.

    `first` is the first release of each name, `lists` the names of each release; `renamed` leads from a name that was
    released to the one that it has now, `withdrawn` to the reason why there is none.
    """

    lists: dict[Version, list[str]] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    withdrawn: dict[str, str] = field(default_factory=dict)
    developed: Version = ()
    first: dict[str, Version] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for version in sorted(self.lists, reverse=True):
            self.first |= dict.fromkeys(self.lists[version], version)
        for old in self.renamed:
            new = self.now(old)
            self.first[new] = min(self.since(old), self.since(new))

    def since(self, scenario: str) -> Version:
        """The first release that had a scenario, under whatever name; else the version that is being developed."""
        return self.first.get(scenario, self.developed)

    def now(self, scenario: str) -> str:
        """What a scenario is called today."""
        seen = {scenario}
        while (following := self.renamed.get(scenario)) is not None and following not in seen:
            seen.add(following)
            scenario = following
        return scenario

    def is_newer(self, scenario: str, suite: str) -> bool:
        """True where a scenario came after a version or series: ``0.1`` is all of 0.1.0, 0.1.1 ..."""
        reviewed = parsed(suite)
        return self.since(scenario)[: len(reviewed)] > reviewed


def parsed(version: str) -> Version:
    """(0, 1, 3) of ``0.1.3``. Raises ValueError."""
    if not re.fullmatch(r"\d+(\.\d+)*", version):
        raise ValueError(f"{version!r} is no version")
    return tuple(map(int, version.split(".")))


@functools.cache
def current() -> Releases:
    """The releases that this sslspec knows of. Raises ReleaseError."""
    return read(folder(), __version__)


def folder() -> Path:
    """Where the lists are."""
    return layout.suites() / "releases"


def read(lists: Path, developed: str) -> Releases:
    """The releases that a folder tells of, `developed` being the version that comes next. Raises ReleaseError."""
    found = {}
    for path in sorted(lists.glob("*.txt")):
        try:
            found[parsed(path.stem)] = path.read_text(encoding="utf-8").split()
        except ValueError as problem:
            raise ReleaseError(f"{path}: is not named after a version") from problem
    changed = lists / RENAMED
    try:
        data = toml.loads(changed.read_text(encoding="utf-8")) if changed.is_file() else {}
    except toml.TOMLDecodeError as problem:
        raise ReleaseError(f"{changed}: not TOML: {problem}") from problem
    return Releases(found, dict(data.get("renamed", {})), dict(data.get("withdrawn", {})), parsed(developed))


def problems(releases: Releases, scenarios: Iterable[str]) -> list[str]:
    """A line for each promise of docs/stability.md that is not kept."""
    there = set(scenarios)
    found = []
    for name, version in sorted(releases.first.items()):
        told = ".".join(map(str, version))
        if name not in there and releases.now(name) not in there and name not in releases.withdrawn:
            found.append(f"{name}: was released in {told}, and is neither there nor in {RENAMED}")
    for name in sorted(there & (releases.renamed.keys() | releases.withdrawn.keys())):
        found.append(f"{name}: is there, and {RENAMED} says that it is not")
    if releases.developed in releases.lists:
        for name in sorted(there - releases.first.keys()):
            found.append(f"{name}: was added to a version that is released: raise the version first")
    for version, names in releases.lists.items():
        if names != sorted(set(names)):
            found.append(f"{'.'.join(map(str, version))}: the names are not sorted, or one stands there twice")
    return found


def main() -> int:
    """``python -m sslspec.scenarios.releases``: write the list of the version that is about to be released."""
    path = folder() / f"{__version__}.txt"
    if path.exists():
        sys.stderr.write(f"{path.name} is there: {__version__} is released; raise the version first\n")
        return 1
    path.parent.mkdir(exist_ok=True)
    names = [scenario.id for scenario in listing.scenarios()]
    path.write_text("".join(name + "\n" for name in names), encoding="utf-8", newline="\n")
    sys.stdout.write(f"{path}: {len(names)} scenarios\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
