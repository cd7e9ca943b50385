"""Plays one scenario in a script that must do without pytest: makes its fixtures, calls it, and says what came of it.

The exit status is 0 where it passes, 1 where it fails, 2 where it does not apply here.
"""

from __future__ import annotations

import faulthandler
import inspect
import os
import pathlib
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import Any

from sslspec import implementations
from sslspec.bench import applies, outcomes
from sslspec.bench.credentials import Pki
from sslspec.bench.endpoints import Journal
from sslspec.carried import standin

PATIENCE = 20.0  # seconds, until a scenario that hangs is ended
PASSED, FAILED, NOT_HERE = 0, 1, 2


class Stage:
    """The fixtures of one scenario, each made once and closed when it is over."""

    def __init__(self, script: dict[str, Any], folder: str) -> None:
        self.script = script
        self.folder = folder
        implementation = implementations.load(script["IMPLEMENTATION"])
        self.impl = implementation.module
        self.documented = implementation.documented
        self.journal = Journal(self.impl)
        self.made: dict[str, Any] = {}
        self.closing: list[Callable[[], None]] = []

    def fixture(self, name: str) -> Any:
        """What a scenario, or a fixture of its file, asks for by this name."""
        if name not in self.made:
            local = self.script.get(name)
            if getattr(local, "sslspec_fixture", False):
                self.made[name] = self._local(local)
            else:
                make = getattr(self, f"_make_{name}", None)
                if make is None:
                    raise LookupError(f"this script cannot make the fixture {name!r}")
                self.made[name] = make()
        return self.made[name]

    def check(self) -> None:
        """Raise Inapplicable or Unsupported where the scenario has nothing to say here."""
        variant = self.script["VARIANT"] or {}
        applies.check_documented(self.documented, self.script["SINCE"], self.script["UNTIL"])
        applies.check_supported(self.impl, self.script["FEATURES"], variant.get("version"))

    def close(self) -> None:
        """Close what was made, the last first."""
        while self.closing:
            self.closing.pop()()

    def _local(self, function: Any) -> Any:
        made = function(**{name: self.fixture(name) for name in inspect.signature(function).parameters})
        if not inspect.isgenerator(made):
            return made
        self.closing.append(lambda: [*made].clear())
        return next(made)

    def _make_impl(self) -> Any:
        return self.impl

    def _make_pki(self) -> Pki:
        return Pki(self.folder)

    def _make_pair(self) -> Any:
        from sslspec.bench import pair

        variant = pair.Variant(**self.script["VARIANT"])
        peer = implementations.load(self.script["PEER"])
        factory = pair.module_peer(peer.module, peer.name)
        made = pair.Pair(self.impl, variant, factory, self.fixture("pki"), self.journal)
        self.closing.append(made.close)
        return made

    def _make_aio(self) -> Any:
        return self.fixture("pair").aio

    def _make_couple(self) -> Any:
        from sslspec.bench import pair

        return pair.Couple(self.impl, pair.Variant(**self.script["VARIANT"]), self.fixture("pki"), self.journal)

    def _make_observe(self) -> Callable[[Any, str], Any]:
        return self.journal.observe

    def _make_background(self) -> Any:
        from sslspec.bench.background import Background

        return Background

    def _make_tmp_path(self) -> pathlib.Path:
        made = tempfile.mkdtemp(prefix="sslspec-")
        self.closing.append(lambda: shutil.rmtree(made, ignore_errors=True))
        return pathlib.Path(made)


def play(script: dict[str, Any], scenario: Any, stub: Any) -> int:
    """Run a scenario in the surroundings that `script` (the script's globals) describes; the exit status."""
    faulthandler.enable()
    faulthandler.dump_traceback_later(PATIENCE, exit=True)
    folder = tempfile.mkdtemp(prefix="sslspec-")
    os.chmod(folder, 0o700)
    try:
        _lay_out(folder, script["CERTIFICATES"])
        stage = Stage(script, folder)
        values = standin.choose(stub, script["PARAMETERS"])
        wanted = [name for name in inspect.signature(scenario).parameters if name not in values]
        try:
            stage.check()
            values.update({name: stage.fixture(name) for name in wanted})
            scenario(**values)
        except BaseException as exception:
            return _judge(exception, stage)
        finally:
            stage.close()
        print("passed")
        return PASSED
    finally:
        faulthandler.cancel_dump_traceback_later()
        shutil.rmtree(folder, ignore_errors=True)


def _lay_out(folder: str, certificates: dict[str, str]) -> None:
    for name, text in certificates.items():
        path = os.path.join(folder, *name.split("/"))
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(text.encode("latin-1"))


def _judge(exception: BaseException, stage: Stage) -> int:
    kind = type(exception).__name__
    if kind in ("Inapplicable", "Unsupported", "Skipped"):
        print(f"does not apply here: {exception}")
        return NOT_HERE
    for step in stage.journal.steps:
        print(f"  {step['actor']}.{step['call']}  {_outcome(step['outcome'])}", file=sys.stderr)
    traceback.print_exception(type(exception), exception, _own(exception), file=sys.stderr)
    identity = outcomes.of_exception(exception, stage.impl)
    print(f"failed: {_outcome(identity)}")
    return FAILED


def _own(exception: BaseException) -> Any:
    """The traceback from the scenario inwards."""
    tb = exception.__traceback__
    while tb is not None and tb.tb_next is not None and tb.tb_frame.f_globals.get("__name__") == __name__:
        tb = tb.tb_next
    return tb


def _outcome(outcome: dict[str, Any]) -> str:
    return " ".join(f"{name}={value}" if name != "raises" else f"raises {value}" for name, value in outcome.items())
