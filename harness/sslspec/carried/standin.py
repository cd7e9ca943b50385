"""Stands for pytest in a script that must do without it: as much of it as scenarios use, and no more.

The exceptions have the names and bases of pytest's, so that what a scenario raises is identified as it was in the run.
"""

from __future__ import annotations

import itertools
import re
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, NoReturn


class OutcomeException(BaseException):
    """What ends a scenario on purpose."""


class Failed(OutcomeException):
    """Raised by fail(), and by raises() where nothing was raised."""

    __module__ = "builtins"  # as pytest's own says, so that both are identified as Failed


class Skipped(OutcomeException):
    """Raised by skip()."""

    __module__ = "builtins"


class PytestUnraisableExceptionWarning(Warning):
    """An exception that nobody could be given, since it was raised where Python itself called."""


class PytestUnhandledThreadExceptionWarning(Warning):
    """An exception that ended a thread."""


class ExceptionInfo:
    """What ``with raises(...) as caught`` gives: value, type and tb, once the block has ended."""

    value: Any = None
    type: Any = None
    tb: Any = None

    def match(self, pattern: str) -> bool:
        """True where the exception's text has the pattern; AssertionError where it has not."""
        assert re.search(pattern, str(self.value)), f"{pattern!r} is not in {str(self.value)!r}"
        return True

    def __repr__(self) -> str:
        """As pytest's, since a failed assert tells it."""
        if self.type is None:
            return "<ExceptionInfo for raises contextmanager>"
        return f"<ExceptionInfo {self.value!r} tblen={len(list(traceback.walk_tb(self.tb)))}>"


class RaisesContext:
    """The block of raises()."""

    def __init__(self, expected: Any, match: str | None, check: Callable[[Any], bool] | None) -> None:
        self.expected = expected
        self.match = match
        self.check = check
        self.info = ExceptionInfo()

    def __enter__(self) -> ExceptionInfo:
        return self.info

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> bool:
        if value is None:
            fail(f"DID NOT RAISE {_names(self.expected)}")
        if not isinstance(value, self.expected):
            return False
        self.info.value, self.info.type, self.info.tb = value, kind, tb
        if self.match is not None:
            self.info.match(self.match)
        if self.check is not None:
            assert self.check(value), f"{value!r} was raised, and is not what the scenario looks for"
        return True


def raises(
    expected: Any,
    call: Callable[..., Any] | None = None,
    *args: Any,
    match: str | None = None,
    check: Callable[[Any], bool] | None = None,
    **kwargs: Any,
) -> Any:
    """Demand an exception, of a block or of a call."""
    block = RaisesContext(expected, match, check)
    if call is None:
        return block
    with block:
        call(*args, **kwargs)
    return block.info


class WarningsContext(warnings.catch_warnings):
    """The block of warns(): the warnings that were given in it, whether they were looked for or not."""

    def __init__(self, expected: Any, match: str | None) -> None:
        super().__init__(record=True)
        self.expected = expected
        self.pattern = match
        self.list: list[warnings.WarningMessage] = []

    def __enter__(self) -> WarningsContext:  # type: ignore[override]
        recorded = super().__enter__()
        assert recorded is not None  # as it is for record=True
        self.list = recorded
        warnings.simplefilter("always")
        return self

    def __exit__(self, kind: Any, value: Any, tb: Any) -> None:
        super().__exit__(kind, value, tb)
        if value is not None and not isinstance(value, Exception):
            return
        found = [one for one in self.list if self._matches(one)]
        for one in self.list:
            if one not in found:
                warnings.warn_explicit(one.message, one.category, one.filename, one.lineno, source=one.source)
        if not found:
            told = [one.message for one in self.list]
            fail(f"DID NOT WARN. No warnings of type {self.expected} were emitted.\n Emitted warnings: {told}.")

    def __iter__(self) -> Iterator[warnings.WarningMessage]:
        return iter(self.list)

    def __len__(self) -> int:
        return len(self.list)

    def __getitem__(self, number: int) -> warnings.WarningMessage:
        return self.list[number]

    def _matches(self, one: warnings.WarningMessage) -> bool:
        return issubclass(one.category, self.expected) and (
            self.pattern is None or re.search(self.pattern, str(one.message)) is not None
        )


def warns(expected: Any = Warning, *, match: str | None = None) -> WarningsContext:
    """Demand a warning of a block; gives those of any kind that were given in it."""
    return WarningsContext(expected, match)


def fail(reason: str = "", **_options: Any) -> NoReturn:
    """End the scenario: it fails."""
    raise Failed(reason)


def skip(reason: str = "", **_options: Any) -> NoReturn:
    """End the scenario: it does not apply here."""
    raise Skipped(reason)


class Parameters:
    """One set of values of parametrize(), with its id."""

    def __init__(self, values: tuple[Any, ...], name: str | None = None) -> None:
        self.values = values
        self.name = name


def param(*values: Any, id: str | None = None, **_options: Any) -> Parameters:  # noqa: A002 - pytest's own name
    """A set of values with an id."""
    return Parameters(values, id)


class Marks:
    """``pytest.mark``: parametrize() and skipif() are remembered on the function, all else means nothing here."""

    def __getattr__(self, name: str) -> Any:
        remembered: Any = {"parametrize": _parametrized, "skipif": _skipped_if}.get(name)

        def mark(*args: Any, **kwargs: Any) -> Any:
            if remembered is not None:
                return lambda function: remembered(function, *args, **kwargs)
            if len(args) == 1 and not kwargs and callable(args[0]):
                return args[0]
            return lambda function: function

        return mark


mark = Marks()


def skip_if_told(function: Any) -> None:
    """Leave as skip() does, where a condition of skipif() holds here."""
    for condition, reason in getattr(function, "sslspec_skips", []):
        if condition:
            skip(reason)


def choose(function: Any, wanted: str) -> dict[str, Any]:
    """The values of the parameters whose ids, joined, are `wanted`; those of the first where that is empty."""
    layers = getattr(function, "sslspec_parameters", [])
    for combination in itertools.product(*(sets for _, sets in layers)):
        joined = "+".join(parameters.name or "" for parameters in combination).replace("-", "+")
        if wanted in ("", joined):
            chosen: dict[str, Any] = {}
            for (names, _), parameters in zip(layers, combination, strict=True):
                chosen.update(zip(names, parameters.values, strict=True))
            return chosen
    raise LookupError(f"the scenario has no parameters {wanted!r}")


def fixture(function: Any = None, **_options: Any) -> Any:
    """A fixture of the scenario's own file."""

    def marked(function: Any) -> Any:
        function.sslspec_fixture = True
        return function

    return marked if function is None else marked(function)


class approx:  # noqa: N801 - pytest's own name
    """Equal but for rounding, or within `abs`."""

    def __init__(self, expected: Any, rel: float | None = None, abs: float | None = None) -> None:  # noqa: A002
        self.expected = expected
        self.tolerance = max(abs or 0.0, (1e-6 if rel is None else rel) * float(_magnitude(expected)), 1e-12)
        if abs is not None and rel is None:
            self.tolerance = abs

    def __eq__(self, other: object) -> bool:
        return bool(_magnitude(self.expected - other) <= self.tolerance)

    def __hash__(self) -> int:
        return hash(self.expected)

    def __repr__(self) -> str:
        return f"{self.expected} ± {self.tolerance}"


def _names(expected: Any) -> str:
    if isinstance(expected, tuple):
        return f"any of ({', '.join(one.__name__ for one in expected)})"
    return str(expected.__name__)


def _skipped_if(function: Any, condition: Any, *, reason: str = "") -> Any:
    function.sslspec_skips = [*getattr(function, "sslspec_skips", []), (condition, reason)]
    return function


def _magnitude(value: Any) -> Any:
    return value if value >= 0 else -value


def _parametrized(function: Any, names: Any, sets: Iterable[Any], *, ids: Any = None, **_options: Any) -> Any:
    split = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    made = []
    for number, given in enumerate(sets):
        values = given.values if isinstance(given, Parameters) else given if len(split) > 1 else (given,)
        name = given.name if isinstance(given, Parameters) else None
        made.append(Parameters(tuple(values), name or _name(ids, number, split, tuple(values))))
    layers = [*getattr(function, "sslspec_parameters", []), (split, made)]
    function.sslspec_parameters = layers
    return function


def _name(ids: Any, number: int, names: list[str], values: tuple[Any, ...]) -> str:
    """The id that pytest gives a set without one."""
    if ids is not None and not callable(ids):
        return str(list(ids)[number])
    told = []
    for name, value in zip(names, values, strict=True):
        called = ids(value) if ids is not None else None
        if called is not None:
            told.append(str(called))
        elif isinstance(value, (str, bool, int, float)) or value is None:
            told.append(str(value))
        elif isinstance(value, bytes):
            told.append(value.decode("ascii", "backslashreplace"))
        elif isinstance(getattr(value, "__name__", None), str):
            told.append(value.__name__)
        else:
            told.append(f"{name}{number}")
    return "-".join(told)
