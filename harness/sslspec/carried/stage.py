"""The stage on which a scenario is played where there is no pytest: its fixtures, each made once and closed at the end.

Who plays on it is not known here: a script of ``sslspec repro`` (``alone``) or an agent (``player``).
"""

from __future__ import annotations

import inspect
import os
import pathlib
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sslspec.bench import applies
from sslspec.bench.credentials import Pki
from sslspec.bench.endpoints import Journal
from sslspec.implementations import loading


@dataclass
class Surroundings:
    """Where a scenario is played.

    implementation, peer: as on the command line. variant: the fields of a Variant, None for a scenario without a pair.
    message: what the fixture of this name is. since, until, features: what its marks say. file: the names of its
    module. certificates: the folder of the PKI.
    """

    implementation: str
    peer: str
    variant: dict[str, Any] | None
    since: tuple[int, int] | None
    until: tuple[int, int] | None
    features: tuple[str, ...]
    file: Mapping[str, Any]
    certificates: str
    message: str | None = None


class Stage:
    """The fixtures of one scenario."""

    def __init__(self, given: Surroundings) -> None:
        self.given = given
        implementation = loading.load(given.implementation)
        self.impl = implementation.module
        self.documented = implementation.documented
        self.journal = Journal(self.impl)
        self.made: dict[str, Any] = {}
        self.closing: list[Callable[[], object]] = []

    def fixture(self, name: str) -> Any:
        """What a scenario, or a fixture of its file, asks for by this name. LookupError where that is unknown here."""
        if name not in self.made:
            local = self.given.file.get(name)
            if getattr(local, "sslspec_fixture", False):
                self.made[name] = self._local(local)
            else:
                make = getattr(self, f"_make_{name}", None)
                if make is None:
                    raise LookupError(f"the fixture {name!r} is not made without pytest")
                self.made[name] = make()
        return self.made[name]

    def check(self) -> None:
        """Raise Inapplicable or Unsupported where the scenario has nothing to say here."""
        applies.check_documented(self.documented, self.given.since, self.given.until)
        applies.check_supported(self.impl, self.given.features, (self.given.variant or {}).get("version"))

    def close(self) -> None:
        """Close what was made, the last first, and all of it; raises what the first of them raised that did not go."""
        problems = []
        while self.closing:
            try:
                self.closing.pop()()
            except Exception as problem:
                problems.append(problem)
        if problems:
            raise problems[0]

    def make_peer(self) -> Callable[..., Any]:
        """What makes the pair's peer: an implementation of this interpreter."""
        from sslspec.bench import pair

        return pair.module_peer(loading.load(self.given.peer).module, self.given.peer)

    def _local(self, function: Any) -> Any:
        made = function(**{name: self.fixture(name) for name in inspect.signature(function).parameters})
        if not inspect.isgenerator(made):
            return made
        self.closing.append(lambda: [*made].clear())
        return next(made)

    def _make_impl(self) -> Any:
        return self.impl

    def _make_pki(self) -> Pki:
        return Pki(self.given.certificates)

    def _make_pair(self) -> Any:
        from sslspec.bench import pair

        variant = pair.Variant(**(self.given.variant or {}))
        made = pair.Pair(self.impl, variant, self.make_peer(), self.fixture("pki"), self.journal)
        self.closing.append(made.close)
        return made

    def _make_trial(self) -> Any:
        from sslspec.bench.trial import Trial

        return Trial(self.fixture("pair"))

    def _make_message(self) -> str | None:
        return self.given.message

    def _make_aio(self) -> Any:
        return self.fixture("pair").aio

    def _make_couple(self) -> Any:
        from sslspec.bench import pair

        return pair.Couple(self.impl, pair.Variant(**(self.given.variant or {})), self.fixture("pki"), self.journal)

    def _make_observe(self) -> Callable[[Any, str], Any]:
        return self.journal.observe

    def _make_background(self) -> Any:
        from sslspec.bench.background import Background

        return Background

    def _make_tmp_path(self) -> pathlib.Path:
        made = tempfile.mkdtemp(prefix="sslspec-")
        self.closing.append(lambda: shutil.rmtree(made, ignore_errors=True))
        return pathlib.Path(made)

    def _make_monkeypatch(self) -> Any:
        from sslspec.carried.patching import MonkeyPatch

        made = MonkeyPatch()
        self.closing.append(made.undo)
        return made


def lay_out(folder: str, certificates: Mapping[str, str]) -> None:
    """Write the files of a PKI: by name, their bytes as Latin-1 text."""
    for name, text in certificates.items():
        path = os.path.join(folder, *name.split("/"))
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600), "wb") as file:
            file.write(text.encode("latin-1"))
