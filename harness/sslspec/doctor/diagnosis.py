"""Says whether an implementation can be tested here, and with what: versions, features, a first handshake.

``examine`` is also what a run asks before it starts: an implementation that cannot be loaded is said in one line, not
in a thousand. The implementation itself is only ever loaded in the child (``probe``).
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sslspec import __version__, peers
from sslspec.implementations import loading
from sslspec.pythons import child, environments, hermetic
from sslspec.pythons.environments import Host
from sslspec.scenarios import listing
from sslspec.style import Style, one_line, plural
from sslspec.verdicts import limits

PATIENCE = 20.0  # seconds
_PACKAGES = ("pytest", "pytest-xdist", "cryptography", "tlslite-ng", "trustme")


@dataclass(slots=True)
class Examination:
    """What was found of one implementation. `problem` is one line, or "" where it could be loaded."""

    spec: str
    problem: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    handshakes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its column in records."""
        return loading.name_of(self.spec)

    @property
    def healthy(self) -> bool:
        """True where it could be loaded and every handshake that was tried came to its end."""
        return not self.problem and all(handshake["ok"] for handshake in self.handshakes)


def examine(
    spec: str, pki: Path | None = None, patience: float = PATIENCE, python: child.Python | None = None
) -> Examination:
    """Load an implementation in a process of its own; with a PKI also shake hands, with the stdlib and with itself.

    Without `python` that is a process of the interpreter that runs this.
    """
    environment, _ = hermetic.child_environment(os.environ)
    with tempfile.TemporaryDirectory(prefix="sslspec-") as folder:
        file = Path(folder, "found.json")
        args = [spec, str(file), *([str(pki)] if pki else [])]
        process = subprocess.Popen(
            child.command("sslspec.doctor.probe", *args, python=python),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        try:
            status = process.wait(patience)
            how = limits.how_it_ended(status)
        except subprocess.TimeoutExpired:
            status, how = 1, f"gave no answer within {patience:g} s"
        finally:
            child.end(process)
        return _understood(spec, file, status, how)


def examine_in(host: Host, spec: str, pki: Path | None = None) -> Examination:
    """As `examine`, in an interpreter of a run; without handshakes where nothing but an agent can be started."""
    if host.interpreter is None or not host.interpreter.is_apart:
        return examine(spec, pki, python=host.python)
    from sslspec.agent import examining

    facts, problem = examining.describe(host.interpreter.command, spec)
    return Examination(spec, " ".join(problem.split()), facts)


def _understood(spec: str, file: Path, status: int, how: str) -> Examination:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Examination(spec, f"{spec}: the process {how} when it was imported")
    handshakes = found.get("handshakes", [])
    if handshakes is None:
        what = f"the process {how}" if status else "nothing came of it"
        handshakes = [{"role": "client", "peer": "ssl", "ok": False, "what": what}]
    return Examination(spec, " ".join(found.get("problem", "").split()), found.get("facts", {}), handshakes)


def report(
    specs: Sequence[str],
    style: Style,
    pythons: Sequence[str] = (),
    say: Callable[[str], object] = lambda _: None,
    *,
    install: bool = True,
) -> tuple[str, bool]:
    """The text of ``sslspec doctor``, and whether everything is well; `pythons` and `install` as for a run.

    `say` is told of what takes long. Raises InterpreterError where an interpreter is not there.
    """
    from sslspec.certificates import pki  # slow to import, and nobody else here needs it

    with tempfile.TemporaryDirectory(prefix="sslspec-") as folder:
        directory = Path(folder, "pki")
        pki.make(directory)
        hosts, refused = environments.hosts(pythons, Path(folder, "sources"), say, install=install)
        wanted = [(host, spec) for host in hosts for spec in specs]
        with ThreadPoolExecutor(max_workers=4) as pool:
            found = list(pool.map(lambda each: examine_in(each[0], each[1], directory), wanted))
    sections = [_here(style)]
    for host in hosts:
        sections += [_host(host, style)] if host.interpreter else []
        mine = [one for (at, _), one in zip(wanted, found, strict=True) if at is host]
        sections += [_examined(examination, host.label, style) for examination in mine]
    sections += [f"{style.bad()} {problem}" for problem in refused]
    return "\n\n".join(sections), not refused and all(examination.healthy for examination in found)


def _host(host: Host, style: Style) -> str:
    """What an interpreter runs the suite with."""
    assert host.interpreter is not None
    versions = [f"{name} {host.packages.get(name, 'missing')}" for name in _PACKAGES]
    rows = [
        ("python", f"{host.interpreter.executable}, {' '.join(host.interpreter.build.split())}"),
        ("library", host.interpreter.openssl or "no ssl"),
        ("with", "nothing of its own: it is an agent" if host.is_agent else ", ".join(versions)),
    ]
    rows += [("from", str(host.folder))] if host.folder else []
    return _section(f"Python {host.label}", rows, style)


def _here(style: Style) -> str:
    every = listing.scenarios()
    areas = len({scenario.area for scenario in every})
    python = f"{platform.python_implementation()} {platform.python_version()} on {hermetic.platform_name()}"
    versions = [f"{name} {_installed(name)}" for name in _PACKAGES]
    found = hermetic.unscrubbed()
    conf = ", ".join(f"{name} = {value}" for name, value in found["openssl_conf"].items())
    scrubbed = sorted(name for name in os.environ if hermetic.is_library_variable(name))
    rows = [
        ("sslspec", f"{__version__}, {plural(len(every), 'scenario')} in {plural(areas, 'area')}"),
        ("python", python),
        ("with", ", ".join(versions)),
        ("FIPS mode", "on" if found["fips"] else "off"),
        ("crypto policy", found["crypto_policy"] or "none"),
        ("openssl.cnf", conf or "sets nothing for TLS"),
    ]
    rows += [(f"peer {name}", said) for name, said in peers.programs().items()]
    rows += [("scrubbed", ", ".join(scrubbed))] if scrubbed else []
    rows += [("preloaded", ", ".join(found["preloaded"]))] if "preloaded" in found else []
    return _section("here", rows, style)


def _examined(found: Examination, label: str, style: Style) -> str:
    column = f"{found.name}@{label}" if label else found.name
    if found.problem:
        return f"{style.bold(column)}\n  {style.bad()} {found.problem.removeprefix(f'{found.spec}: ')}"
    facts = found.facts
    module = f"{facts.get('module', '')} {facts.get('version', '')}".strip()
    rows = [
        ("module", module if found.spec == facts.get("module") else f"{module}, loaded as {found.spec}"),
        ("library", facts.get("openssl", "") or "says no version"),
        ("follows", f"the documentation of Python {facts.get('documented', '')}"),
        ("has", _flags(facts.get("features", []))),
        ("has not", _flags(facts.get("without", []))),
    ]
    for handshake in found.handshakes:
        mark = style.good() if handshake["ok"] else style.bad()
        other = "itself" if handshake["peer"] == found.name else handshake["peer"]
        rows.append((f"as {handshake['role']}", f"{mark} {handshake['what']}, with {other}"))
    return _section(column, rows, style)


def _section(title: str, rows: list[tuple[str, str]], style: Style) -> str:
    lines = [style.bold(title), *(f"  {style.dim(f'{name:13}')}  {value}" for name, value in rows)]
    return "\n".join(map(one_line, lines))


def _flags(names: Sequence[str]) -> str:
    return ", ".join(name.removeprefix("HAS_") for name in names) or "-"


def _installed(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "missing"
