"""The scenarios as a reader sees them: ids, requirements, clauses and source, read from the suites' text.

Nothing is imported or run for it, so that a list costs milliseconds and a broken scenario can still be looked at. How
often a scenario is run, and where, is the business of the axes.
"""

from __future__ import annotations

import ast
import contextlib
import fnmatch
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sslspec import layout
from sslspec.scenarios.clauses import Catalogue, load, precise
from sslspec.scenarios.requirement import requirement
from sslspec.style import plural

_Mark = tuple[str, tuple[Any, ...]]
_OF_A_PAIR = frozenset({"pair", "trial", "aio", "message"})
_AXES = ("roles", "versions", "transports", "deliveries", "peers", "messages")


class UnknownScenario(Exception):
    """There is no scenario of this id; the text is one line and names those that are near."""


@dataclass(slots=True)
class Scenario:
    """One scenario function. `id` is ``area/topic/name``; `marks` holds the literal arguments of its other marks.

    `ends` is what it asks for: a "pair", a "couple", or "" where no connection is made for it.
    """

    id: str
    requirement: str
    docstring: str
    clauses: tuple[str, ...]
    level: str
    known: tuple[str, ...]
    marks: dict[str, tuple[Any, ...]]
    file: Path
    line: int
    source: str = field(repr=False)
    ends: str = ""

    @property
    def area(self) -> str:
        """The first part of the id."""
        return self.id.partition("/")[0]

    def to_json(self) -> dict[str, Any]:
        """JSON values only; the file is relative to the suites."""
        return {
            "id": self.id,
            "requirement": self.requirement,
            "clauses": list(self.clauses),
            "level": self.level,
            "known": list(self.known),
            "marks": {name: list(args) for name, args in sorted(self.marks.items())},
            "file": self.file.relative_to(layout.suites()).as_posix(),
            "line": self.line,
        }


def scenarios(suites: Path | None = None) -> list[Scenario]:
    """Every scenario, sorted by id. SyntaxError where a suite is no Python."""
    root = suites or layout.suites()
    found = [scenario for path in root.glob("*/test_*.py") for scenario in _of_file(path)]
    return sorted(found, key=lambda scenario: scenario.id)


def select(pattern: str | None, known: Iterable[Scenario]) -> list[Scenario]:
    """Those whose id fits the glob; a pattern without glob characters also stands for what is below it."""
    if pattern is None:
        return list(known)
    wanted = pattern.partition("@")[0].rstrip("/")
    return [
        scenario
        for scenario in known
        if fnmatch.fnmatchcase(scenario.id, wanted) or scenario.id.startswith(wanted + "/")
    ]


def of_clause(name: str, known: Iterable[Scenario]) -> list[Scenario]:
    """Those that test a clause, by its id; or any clause of a group, of all of an RFC (``RFC 8446``), or of a glob."""
    return [scenario for scenario in known if any(_is_of(clause, name) for clause in scenario.clauses)]


def _is_of(clause: str, name: str) -> bool:
    return clause == name or clause.startswith((name + ":", name + " ")) or fnmatch.fnmatchcase(clause, name)


def find(scenario_id: str) -> Scenario:
    """The scenario of an id, with or without variant; UnknownScenario if there is none."""
    name = scenario_id.partition("@")[0]
    every = scenarios()
    for scenario in every:
        if scenario.id == name:
            return scenario
    near = [scenario.id for scenario in every if _last(scenario.id) == _last(name)] or _near(name, every)
    hint = f"; near it: {', '.join(near[:3])}" if near else "; `sslspec list` shows all"
    raise UnknownScenario(f"no scenario {name!r}{hint}")


def listed(chosen: list[Scenario]) -> str:
    """The text of ``sslspec list``: a line for each scenario under its area."""
    if not chosen:
        return "no scenario fits"
    width = min(max(len(scenario.id) for scenario in chosen), 64)
    out: list[str] = []
    area = ""
    for scenario in chosen:
        if scenario.area != area:
            area = scenario.area
            count = sum(other.area == area for other in chosen)
            out += ["", f"{area}  ({count})"] if out else [f"{area}  ({count})"]
        out.append(f"  {scenario.id:{width}}  {scenario.requirement}")
    areas = len({scenario.area for scenario in chosen})
    return "\n".join([*out, "", f"{plural(len(chosen), 'scenario')} in {plural(areas, 'area')}"])


def as_json(chosen: list[Scenario]) -> str:
    """The same for programs: a JSON array."""
    return json.dumps([scenario.to_json() for scenario in chosen], indent=1, sort_keys=True)


def shown(scenario: Scenario) -> str:
    """The text of ``sslspec show``: all that the suite says of one scenario, and its source."""
    catalogue = load(layout.clauses())
    rows = [("requirement", scenario.requirement)]
    rows += [("clause", _told(clause, catalogue)) for clause in scenario.clauses]
    rows += [("level", scenario.level)]
    rows += [("known", ", ".join(scenario.known))] if scenario.known else []
    rows += [(name, ", ".join(map(str, args)) or "-") for name, args in sorted(scenario.marks.items())]
    rows += [("source", f"{scenario.file.relative_to(layout.suites().parent).as_posix()}:{scenario.line}")]
    width = max(len(name) for name, _ in rows)
    body = scenario.docstring.partition("\n")[2].strip("\n")
    text = [scenario.id, *(f"  {name:{width}}  {value}" for name, value in rows), ""]
    text += [*(f"  {line.strip()}" for line in body.split("\n")), ""] if body.strip() else []
    return "\n".join([*text, scenario.source])


def _told(name: str, catalogue: Catalogue) -> str:
    clause = catalogue.clauses.get(name)
    return f"{name}  {clause.says}" if clause else name


def _of_file(path: Path) -> Iterator[Scenario]:
    text = path.read_text(encoding="utf-8")
    module = ast.parse(text, filename=str(path))
    names = {name: node.value for node in module.body if isinstance(node, ast.Assign) for name in _assigned(node)}
    used = names.get("pytestmark")
    values = used.elts if isinstance(used, (ast.List, ast.Tuple)) else [used] if used is not None else []
    shared = [mark for value in values for mark in _marks(value, names)]
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    for node in functions.values():
        if node.name.startswith("test_"):
            own = [mark for decorator in node.decorator_list for mark in _marks(decorator, names)]
            scenario = _scenario(path, text, node, own, shared)
            scenario.ends = _ends(node, functions)
            yield scenario


def _scenario(path: Path, text: str, node: ast.FunctionDef, own: list[_Mark], shared: list[_Mark]) -> Scenario:
    closest = dict([*shared, *own])
    every = [*own, *shared]
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    docstring = ast.get_docstring(node) or ""
    names = ("clause", "level", "known")
    return Scenario(
        id=f"{path.parent.name}/{path.stem.removeprefix('test_')}/{node.name.removeprefix('test_')}",
        requirement=requirement(docstring),
        docstring=docstring,
        clauses=precise(str(arg) for name, args in every if name == "clause" for arg in args),
        level=str(closest.get("level", ("must",))[0]),
        known=tuple(str(arg) for name, args in every if name == "known" for arg in args),
        marks={name: args for name, args in closest.items() if name not in names and _is_ours(name)},
        file=path,
        line=first,
        source="\n".join(text.split("\n")[first - 1 : node.end_lineno]),
    )


def _ends(node: ast.FunctionDef, functions: dict[str, ast.FunctionDef]) -> str:
    """What a scenario asks for, itself or by way of a fixture of its file."""
    asked = {argument.arg for argument in node.args.args}
    if asked & _OF_A_PAIR:
        return "pair"
    if "couple" in asked:
        return "couple"
    return next(filter(None, (_ends(functions[name], functions) for name in sorted(asked & functions.keys()))), "")


def _is_ours(name: str) -> bool:
    return name in _AXES or name in ("since", "until", "feature")


def _assigned(node: ast.Assign) -> list[str]:
    return [target.id for target in node.targets if isinstance(target, ast.Name)]


def _marks(node: ast.expr, names: dict[str, ast.expr]) -> list[_Mark]:
    """``pytest.mark.NAME(...)``, or a name of the module for it, as (NAME, literal arguments).

    Arguments may be made from literals of the module; those of a mark that needs more are left out.
    """
    if isinstance(node, ast.Name) and node.id in names:
        return _marks(names[node.id], {name: value for name, value in names.items() if name != node.id})
    called = node.func if isinstance(node, ast.Call) else node
    if not (isinstance(called, ast.Attribute) and ast.unparse(called.value) == "pytest.mark"):
        return []
    args = node.args if isinstance(node, ast.Call) and called.attr != "parametrize" else []
    return [(called.attr, _evaluated(args, names))]


def _evaluated(args: list[ast.expr], names: dict[str, ast.expr]) -> tuple[Any, ...]:
    if all(isinstance(arg, ast.Constant) for arg in args):
        return tuple(arg.value for arg in args if isinstance(arg, ast.Constant))
    literals: dict[str, Any] = {"__builtins__": {}}
    for name, value in names.items():
        with contextlib.suppress(ValueError):
            literals[name] = ast.literal_eval(value)
    whole = ast.fix_missing_locations(ast.Expression(ast.Tuple(args, ast.Load())))
    try:
        return tuple(eval(compile(whole, "<mark>", "eval"), literals))
    except (NameError, TypeError, AttributeError):
        return ()


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _near(name: str, every: list[Scenario]) -> list[str]:
    import difflib  # only a mistyped id needs it

    return difflib.get_close_matches(name, [scenario.id for scenario in every], n=3)
