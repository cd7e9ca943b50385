"""Prints a script that does what one scenario does, and needs the implementation and the standard library only.

It is what goes into a bug report: the scenario itself stands first, then what it stands on: the rest of its file, the
modules of the bench, and fresh certificates. The peer is the standard library's ssl, or the implementation.
"""

from __future__ import annotations

import ast
import os
import subprocess
import tempfile
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sslspec import __version__, packing
from sslspec.implementations import loading
from sslspec.peers import PROGRAMS, pythons
from sslspec.pythons import child, environments, hermetic
from sslspec.scenarios import listing
from sslspec.scenarios.listing import Scenario

_ROLES = ("client", "server", "both")
_VERSIONS = ("tls12", "tls13")
_TRANSPORTS = ("memory", "socketpair", "tcp", "tcp6", "asyncio")
_DELIVERIES = ("whole", "coalesced", "split", "bytewise")
_ALWAYS = ("sslspec.carried.alone",)
_FOR_FIXTURE = {
    "pair": "sslspec.bench.pair",
    "couple": "sslspec.bench.pair",
    "background": "sslspec.bench.background",
    "aio": "sslspec.bench.aio",
    "trial": "sslspec.bench.trial",
    "monkeypatch": "sslspec.carried.patching",
}

_SCRIPT = '''\
#!/usr/bin/env python3
"""{id} with {implementation}

{requirement}
{clauses}

Printed by sslspec {version}. It needs the implementation and Python's standard library, nothing else.
Exit status: 0 it passes, 1 it fails, 2 it does not apply, or cannot be tried here.
"""

from __future__ import annotations

IMPLEMENTATION = {spec!r}
PEER = {peer!r}
VARIANT = {variant!r}
PARAMETERS = {parameters!r}
SINCE, UNTIL, FEATURES = {since!r}, {until!r}, {features!r}


{function}


# Everything below is what the scenario stands on: the rest of its file, certificates made for this script, the bench.

SUITE = {suite}

CERTIFICATES = {{{certificates}}}

MODULES = {{{modules}}}


def _load(name, source):
    """Make a module of the text in this script."""
    module = types.ModuleType(name)
    module.__path__ = []
    sys.modules[name] = module
    file = f"<{{name}}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    exec(compile(source, file, "exec"), module.__dict__)
    parent, _, last = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], last, module)
    return module


if __name__ == "__main__":
    import linecache
    import sys
    import types

    for _name, _source in MODULES.items():
        _load(_name, _source)
    sys.modules["pytest"] = sys.modules["sslspec.carried.standin"]
    _scenario = {name}
    exec(compile(SUITE, "<suite>", "exec"), globals())
    _stub, {name} = {name}, _scenario
    sys.exit(sys.modules["sslspec.carried.alone"].play(globals(), _scenario, _stub))
'''


class ReproError(Exception):
    """No script can be printed; the text is one line."""


@dataclass(slots=True)
class _Source:
    """A suite's file taken apart: the scenario without its decorators, and the rest with a stub in its place."""

    function: str
    rest: str
    arguments: tuple[str, ...]
    constants: frozenset[str]
    computed: bool  # whether names are put together at run time, so that one cannot know which


def script(scenario_id: str, spec: str, peer: str = "stdlib") -> str:
    """The script for one scenario and implementation.

    An id without variant stands for the first. Raises UnknownScenario, or ReproError.
    """
    scenario = listing.find(scenario_id)
    if not {"module", "all"} & set(scenario.marks.get("peers", ("module",))):
        raise ReproError(
            f"{scenario.id} needs {scenario.marks['peers'][0]} on the other end, which no script can carry"
        )
    if peer in PROGRAMS or pythons.is_one(peer):
        raise ReproError(f"no script can carry {peer}; --peer stdlib has the standard library's ssl in its place")
    source = _taken_apart(scenario)
    variant, parameters = _variant(scenario, source, scenario_id.partition("@")[2])
    modules = _modules(source, variant)
    return _SCRIPT.format(
        id=scenario_id,
        implementation=loading.name_of(spec),
        requirement=textwrap.fill(scenario.requirement, 110),
        clauses=textwrap.fill(f"Clauses: {', '.join(scenario.clauses)}", 110),
        version=__version__,
        spec=spec,
        peer=spec if peer == "self" else peer,
        variant=variant,
        parameters=parameters,
        since=_version(scenario, "since"),
        until=_version(scenario, "until"),
        features=scenario.marks.get("feature", ()),
        function=source.function,
        name=_name(source.function),
        suite=_quoted(source.rest),
        certificates=_certificates(source, modules),
        modules="".join(f"\n    {name!r}: {_quoted(text)}," for name, text in modules.items()) + "\n",
    )


def run(text: str, python: str, say: Callable[[str], object], *, install: bool = True) -> int:
    """Run a printed script in a process of its own, as sslspec's own children are; its exit status.

    `python` is the interpreter, as ``--python`` names it, or "" for this one; it gets what it would get for a run, of
    which `say` is told. Raises InterpreterError, NotPrepared, or ReproError for a sub-interpreter.
    """
    environment, _ = hermetic.child_environment(os.environ)
    with tempfile.TemporaryDirectory(prefix="sslspec-") as folder:
        wanted = [python] if python else []
        hosts, refused = environments.hosts(wanted, Path(folder, "sources"), say, install=install)
        if refused:
            raise refused[0]
        (host,) = hosts
        if host.interpreter and host.interpreter.is_sub:
            raise ReproError(
                f"--python {python}: a script begins in no sub-interpreter; `sslspec run -k ID` plays there"
            )
        if host.interpreter and not host.interpreter.sees_us:
            command = child.script_from_stdin(host.python)
            return subprocess.run(command, env=environment, input=text.encode(), check=False).returncode
        path = Path(folder, "repro.py")
        path.write_text(text, encoding="utf-8")
        return subprocess.run(child.script(path, host.python), env=environment, check=False).returncode


def _version(scenario: Scenario, mark: str) -> tuple[int, ...] | None:
    return tuple(map(int, scenario.marks[mark][0].split("."))) if mark in scenario.marks else None


def _name(function: str) -> str:
    return function.partition("def ")[2].partition("(")[0]


def _taken_apart(scenario: Scenario) -> _Source:
    text = scenario.file.read_text(encoding="utf-8")
    lines = text.split("\n")
    module = ast.parse(text)
    kept: list[str] = []
    function, arguments = "", tuple[str, ...]()
    for node in module.body:
        if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
            kept.append(_lines(lines, node))
        elif node.name == f"test_{scenario.id.rpartition('/')[2]}":
            function = _lines(lines, node, decorators=False)
            arguments = tuple(argument.arg for argument in node.args.args)
            decorators = [f"@{ast.unparse(decorator)}" for decorator in node.decorator_list]
            kept.append("\n".join([*decorators, f"def {node.name}():", "    pass"]))
    rest = "\n".join(part for part in kept if not part.startswith(('"""', "pytestmark", "from __future__")))
    tree = ast.parse(rest + "\n" + function)
    constants = {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    subscripts = [node.slice for node in ast.walk(tree) if isinstance(node, ast.Subscript)]
    computed = any(isinstance(index, (ast.JoinedStr, ast.BinOp)) for index in subscripts)
    return _Source(function, rest + "\n", arguments, frozenset(constants), computed)


def _lines(lines: list[str], node: ast.stmt, *, decorators: bool = True) -> str:
    first = node.lineno
    if decorators and isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        first = min([first, *(decorator.lineno for decorator in node.decorator_list)])
    return "\n".join(lines[first - 1 : node.end_lineno])


def _variant(scenario: Scenario, source: _Source, given: str) -> tuple[dict[str, Any] | None, str]:
    """What the part of an id behind the @ says: the variant, and which parameters."""
    parts = given.split("+") if given else []
    if not {"pair", "couple"} & set(source.arguments):
        return None, "+".join(parts)
    if not parts:
        return _first_variant(scenario, couple="couple" in source.arguments), ""
    role = parts.pop(0)
    if role not in _ROLES:
        raise ReproError(f"{scenario.id}@{given}: the variant begins with one of {', '.join(_ROLES)}")
    version = parts.pop(0) if parts and parts[0] in _VERSIONS else None
    transport = parts.pop(0) if parts and parts[0] in _TRANSPORTS else "memory"
    delivery = parts.pop(0) if parts and parts[0] in _DELIVERIES else "whole"
    return {"role": role, "version": version, "transport": transport, "delivery": delivery}, "+".join(parts)


def _first_variant(scenario: Scenario, *, couple: bool) -> dict[str, Any]:
    def first(axis: str, every: tuple[str, ...], default: str | None) -> str | None:
        if axis not in scenario.marks:
            return default
        chosen = scenario.marks[axis]
        return (every[0] if chosen == ("all",) else str(chosen[0])) if chosen else None

    role = "both" if couple else first("roles", _ROLES, "client")
    transport = first("transports", _TRANSPORTS, "memory")
    delivery = first("deliveries", _DELIVERIES, "whole") if transport == "memory" else "whole"
    version = first("versions", _VERSIONS, "tls13")
    return {"role": role, "version": version, "transport": transport, "delivery": delivery}


def _modules(source: _Source, variant: dict[str, Any] | None) -> dict[str, str]:
    """The sources that the script must carry, by module name, each after those that it imports."""
    wanted = [*_ALWAYS, *(_FOR_FIXTURE[name] for name in source.arguments if name in _FOR_FIXTURE)]
    wanted += packing.imported(source.rest)
    if variant and variant["transport"] == "asyncio":
        wanted.append("sslspec.bench.streams")
    return packing.sources(wanted)


def _certificates(source: _Source, modules: dict[str, str]) -> str:
    """The PEM files that the scenario may name, made now, as the items of a dict."""
    from sslspec.certificates import pki  # slow to import

    named = set(source.constants)
    for text in modules.values():
        tree = ast.parse(text)
        named |= {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
    if not {"pair", "couple", "pki"} & set(source.arguments) and "pki" not in source.rest:
        return ""
    with tempfile.TemporaryDirectory(prefix="sslspec-") as folder:
        root = Path(folder, "pki")
        pki.make(root)
        items = []
        for path in sorted(root.rglob("*")):
            name = path.relative_to(root).as_posix()
            top = name.partition("/")[0]
            if path.is_file() and (source.computed or {top, top.rpartition(".")[0], top.partition(".")[0]} & named):
                items.append(f"\n    {name!r}: {_quoted(path.read_bytes().decode('latin-1'))},")
    return "".join(items) + ("\n" if items else "")


def _quoted(text: str) -> str:
    """A text as a literal that a reader can read."""
    if "'''" in text or text.endswith(("'", "\\")) or {"\r", "\0"} & set(text):
        return repr(text)
    return f"r'''{text}'''" if "\\" in text else f"'''{text}'''"
