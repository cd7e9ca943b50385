"""What an agent does with a scenario: makes its fixtures, calls it within its limits, and tells the verdict on it.

The host decides what is played and keeps the records; here is what pytest and the plugin's hooks do around one item,
for an interpreter that has neither. Called by the host through ``agent``; arguments and answers are JSON values.
"""

from __future__ import annotations

import builtins
import contextlib
import inspect
import linecache
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

try:
    import faulthandler
except ImportError:  # a sub-interpreter cannot have it
    faulthandler = None  # type: ignore[assignment]

from sslspec.carried import certificates, explaining, standin, unnoticed
from sslspec.carried.stage import Stage, Surroundings
from sslspec.implementations import loading
from sslspec.verdicts import Verdict, ending, limits
from sslspec.verdicts.ending import Judgement

_OWN = ("suites/", "sslspec/")
_suites: dict[str, types.ModuleType] = {}
_last_words: int | None = None


def prepare(path: list[str], ini: dict[str, Any], last_words: bool) -> str:
    """Make ready: where else modules lie, and what pytest's configuration says of explanations.

    Answers why failed asserts are not explained; "" where they are.
    """
    global _last_words
    sys.path += [entry for entry in path if entry not in sys.path]
    sys.modules["pytest"] = standin
    if last_words:
        _last_words = sys.modules["sslspec_agent"].last_words
        with contextlib.suppress(Exception):  # not every interpreter has all of faulthandler
            faulthandler.enable(_last_words)
    unnoticed.listen()
    return explaining.begin(ini)


def describe(spec: str) -> dict[str, Any]:
    """What a record's header says of an implementation. Raises ImplementationError."""
    return loading.describe(loading.load(spec))


def suite(file: str, source: str) -> None:
    """Load a file of scenarios, which is called so in records."""
    name = file.removesuffix(".py").replace("/", ".")
    module = types.ModuleType(name)
    module.__file__ = file
    sys.modules[name] = module
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    exec(explaining.compiled(source, file), module.__dict__)
    _suites[file] = module


class _StageWithGuests(Stage):
    """A stage on which the peer is one of the host's."""

    def make_peer(self) -> Callable[..., Any]:
        from sslspec.carried import peers

        return peers.of_the_host(self.given.peer)


def play(
    file: str,
    function: str,
    parameters: str,
    limit: float,
    filters: list[str],
    surroundings: dict[str, Any],
    guest: bool,
) -> dict[str, Any]:
    """Play one scenario of a file that was loaded: verdict, detail and steps, as a record has them.

    parameters: the ids of its own, joined by ``+``. limit: seconds. filters: of warnings, the first the weightiest.
    guest: whether the peer lives in the host.
    """
    scenario = getattr(_suites[file], function)
    for name in ("since", "until"):
        if surroundings[name] is not None:
            surroundings[name] = tuple(surroundings[name])
    given = Surroundings(**surroundings, file=vars(_suites[file]), certificates=certificates.folder())
    with _within(limit * limits.HARD_FACTOR), _filtered(filters):
        stage = (_StageWithGuests if guest else Stage)(given)
        judgement = _played(stage, scenario, parameters, limit)
    return {"verdict": judgement.verdict.value, "detail": judgement.detail, "steps": stage.journal.steps}


def _played(stage: Stage, scenario: Any, parameters: str, limit: float) -> Judgement:
    try:
        values = _set_up(stage, scenario, parameters)
    except BaseException as problem:
        judgement = ending.before_it_began(_judge(problem, stage))
    else:
        judgement = _called(stage, scenario, values, limit)
    try:
        stage.close()
        unnoticed.tell()
    except BaseException as problem:
        if judgement.verdict is Verdict.PASSED:  # else what came first is what counts
            judgement = ending.before_it_began(_judge(problem, stage))
    return judgement


def _set_up(stage: Stage, scenario: Any, parameters: str) -> dict[str, Any]:
    standin.skip_if_told(scenario)
    stage.check()
    values = standin.choose(scenario, parameters)
    for name in inspect.signature(scenario).parameters:
        if name not in values:
            values[name] = stage.fixture(name)
    unnoticed.tell()
    return values


def _called(stage: Stage, scenario: Any, values: dict[str, Any], limit: float) -> Judgement:
    try:
        with limits.soft(limit), _leaks_caught():
            scenario(**values)
        unnoticed.tell()
    except BaseException as problem:
        return _judge(problem, stage)
    return Judgement()


@contextlib.contextmanager
def _leaks_caught() -> Iterator[None]:
    try:
        yield
    except ending.LEAKS as leaked:
        raise ending.Leaked(f"the implementation raised {type(leaked).__name__}") from leaked


def _judge(problem: BaseException, stage: Stage) -> Judgement:
    return ending.of_exception(problem, stage.journal, skipped=standin.Skipped, place=_place)


def _place(filename: str) -> str | None:
    """What was sent has the names of records for its files."""
    return filename if filename.startswith(_OWN) else None


@contextlib.contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Leave a stack behind and exit after so many seconds, where that is to be had; else the host puts an end to it."""
    if _last_words is None or not hasattr(faulthandler, "dump_traceback_later"):
        yield
        return
    faulthandler.dump_traceback_later(seconds, exit=True, file=_last_words)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


@contextlib.contextmanager
def _filtered(filters: list[str]) -> Iterator[None]:
    """What pytest makes of warnings: they are kept quiet, and those that stand for exceptions are exceptions."""
    with warnings.catch_warnings(record=True):
        warnings.filterwarnings("always", category=DeprecationWarning)
        warnings.filterwarnings("always", category=PendingDeprecationWarning)
        warnings.filterwarnings("error", category=standin.PytestUnraisableExceptionWarning)
        warnings.filterwarnings("error", category=standin.PytestUnhandledThreadExceptionWarning)
        for written in filters:
            action, message, category, *_ = [*written.split(":"), "", ""]
            warnings.filterwarnings(action, message=message, category=_category(category))  # type: ignore[arg-type]
        yield


def _category(name: str) -> type[Warning]:
    """A category as it is written in a filter: one of Python's own, or ``pytest.Name``."""
    home: Any = standin if name.startswith("pytest.") else builtins
    found: type[Warning] = getattr(home, name.removeprefix("pytest.")) if name else Warning
    return found
