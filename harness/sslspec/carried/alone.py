"""Plays one scenario in a script that must do without pytest, and says what came of it.

The exit status is 0 where it passes, 1 where it fails, 2 where it does not apply or cannot be tried here.
"""

from __future__ import annotations

import faulthandler
import inspect
import os
import shutil
import sys
import tempfile
import traceback
from typing import Any

from sslspec.bench import outcomes
from sslspec.carried import standin
from sslspec.carried.stage import Stage, Surroundings, lay_out
from sslspec.implementations.loading import ImplementationError

PATIENCE = 20.0  # seconds, until a scenario that hangs is ended
PASSED, FAILED, NOT_HERE = 0, 1, 2


def play(script: dict[str, Any], scenario: Any, stub: Any) -> int:
    """Run a scenario in the surroundings that `script` (the script's globals) describes; the exit status."""
    faulthandler.enable()
    faulthandler.dump_traceback_later(PATIENCE, exit=True)
    folder = tempfile.mkdtemp(prefix="sslspec-")
    os.chmod(folder, 0o700)
    try:
        lay_out(folder, script["CERTIFICATES"])
        try:
            stage = Stage(_surroundings(script, folder))
        except ImplementationError as problem:
            print(f"cannot be tried: {problem}", file=sys.stderr)
            return NOT_HERE
        values = standin.choose(stub, script["PARAMETERS"])
        wanted = [name for name in inspect.signature(scenario).parameters if name not in values]
        try:
            stage.check()
            standin.skip_if_told(stub)
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


def _surroundings(script: dict[str, Any], folder: str) -> Surroundings:
    return Surroundings(
        script["IMPLEMENTATION"],
        script["PEER"],
        script["VARIANT"],
        script["SINCE"],
        script["UNTIL"],
        script["FEATURES"],
        file=script,
        certificates=folder,
    )


def _judge(exception: BaseException, stage: Stage) -> int:
    kind = type(exception).__name__
    if isinstance(exception, ImplementationError):  # the peer
        print(f"cannot be tried: {exception}", file=sys.stderr)
        return NOT_HERE
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
