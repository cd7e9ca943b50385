"""The layering rules of the house, read from the code: imports go downwards only, and some go nowhere at all."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sslspec import layout

HARNESS = Path(__file__).resolve().parents[1]
STDLIB = frozenset(sys.stdlib_module_names)
# What of another ssl implementation must never get into the reference: it would no longer be one.
OTHER_SSL = frozenset({"ssl", "_ssl", "OpenSSL", "tlslite"})
# The packages and modules of sslspec, from the ground up: each may import those that stand before it, and itself.
FLOORS = (
    "exitcodes files layout packing subinterpreters toml bench",
    "verdicts implementations",
    "style results",
    "shards pythons hosts certificates",
    "agent",
    "peers",
    "scenarios repeating",
    "baseline compare doctor names repro",
    "running",
    "plugin console report",
    "ci wire",
    "cli",
    "observed",
)
# Played elsewhere, or made for what stands outside: nothing in sslspec imports them.
APART = ("adapters", "carried")
# What touches the world: the engine is sans-IO.
IO = frozenset({"socket", "selectors", "select", "io", "pathlib", "tempfile", "subprocess", "threading", "asyncio"})
# Puts together where an RFC can be read: what everything else leaves to it.
LINKS = HARNESS / "sslspec" / "report" / "links.py"
LONGEST_FILE = 400
LONGEST_FUNCTION = 60


def sources(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, anywhere in it; ``from a import b`` gives a and a.b."""
    package = path.relative_to(HARNESS).with_suffix("").parts[:-1] if path.is_relative_to(HARNESS) else ()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def roots(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path)}


def offences(folder: Path, *forbidden: str) -> list[str]:
    """Each import below `folder` of a forbidden module or of something in it."""
    return [
        f"{path.relative_to(folder)}: {name}"
        for path in sources(folder)
        for name in imports(path)
        if any(name == module or name.startswith(module + ".") for module in forbidden)
    ]


def test_the_reader_of_imports_sees_them(tmp_path: Path) -> None:
    """Negative control: what is forbidden is found where it stands."""
    (tmp_path / "bad.py").write_text("def f():\n    import ssl\n    from sslspec.bench import pair\n")
    assert offences(tmp_path, "ssl") == ["bad.py: ssl"]
    assert offences(tmp_path, "sslspec.bench.pair") == ["bad.py: sslspec.bench.pair"]
    assert offences(tmp_path, "socket") == []


def test_the_reference_knows_no_other_ssl_and_not_its_own_judge() -> None:
    assert offences(HARNESS / "refssl", *OTHER_SSL, "sslspec", "pytest", "trustme") == []


def test_the_fuzzer_knows_no_other_ssl() -> None:
    assert offences(HARNESS / "fuzz", *OTHER_SSL) == []


def test_the_engine_is_sans_io() -> None:
    above = [
        f"refssl.{name}"
        for name in ("x509", "context", "channel", "bio", "sslobject", "sslsocket", "errors", "peercert")
    ]
    assert offences(HARNESS / "refssl" / "engine", *IO, *above) == []


def test_certificates_know_nothing_of_connections() -> None:
    above = [f"refssl.{name}" for name in ("engine", "context", "channel", "bio", "sslobject", "sslsocket", "errors")]
    assert offences(HARNESS / "refssl" / "x509", "socket", *above) == []


def test_crypto_is_the_lowest_layer() -> None:
    allowed = {"refssl.crypto", "refssl"}
    found = [
        name
        for path in sources(HARNESS / "refssl" / "crypto")
        for name in imports(path)
        if name.startswith("refssl") and not (name in allowed or name.startswith("refssl.crypto."))
    ]
    assert found == []


def test_cryptography_is_used_in_crypto_alone() -> None:
    refssl = HARNESS / "refssl"
    found = [
        path.relative_to(refssl).as_posix()
        for path in sources(refssl)
        if "cryptography" in roots(path) and "crypto" not in path.relative_to(refssl).parts
    ]
    assert found == []


def test_the_bench_is_standard_library_only() -> None:
    """A repro script carries the bench with it."""
    bench = HARNESS / "sslspec" / "bench"
    for path in sources(bench):
        names = {name for name in imports(path) if not name.startswith("sslspec.bench") and name != "sslspec"}
        foreign = {name.partition(".")[0] for name in names} - STDLIB
        assert not foreign, f"{path.name} imports {foreign}"
        assert "ssl" not in names, f"{path.name} imports ssl itself"


def floor_of(name: str) -> int:
    return next(number for number, floor in enumerate(FLOORS) if name in floor.split())


def upward(folder: Path) -> list[str]:
    """Each import below `folder`, a place like sslspec's, of what stands no lower and is something else."""
    found = []
    for path in sources(folder):
        place = path.relative_to(folder).parts[0].removesuffix(".py")
        if place in APART or place.startswith("__"):
            continue
        below = {name for number in range(floor_of(place)) for name in FLOORS[number].split()}
        taken = {name.split(".")[1] for name in imports(path) if name.startswith("sslspec.")}
        known = {name for floor in FLOORS for name in floor.split()} | set(APART)
        found += [f"{path.relative_to(folder).as_posix()}: {name}" for name in sorted(taken & known - below - {place})]
    return found


def test_the_machinery_imports_downwards_only() -> None:
    assert upward(HARNESS / "sslspec") == []
    places = {
        path.stem
        for path in (HARNESS / "sslspec").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    assert places - {"__init__", "__main__"} == {*APART, *(name for floor in FLOORS for name in floor.split())}


def test_an_import_upwards_is_found(tmp_path: Path) -> None:
    """Negative control."""
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "record.py").write_text("from sslspec import files\nfrom sslspec.console import summary\n")
    (tmp_path / "files.py").write_text("def f():\n    from sslspec.results import record\n")
    assert upward(tmp_path) == ["files.py: results", "results/record.py: console"]


# Who reads the wire has its codec, its protection and its X.509 from refssl: another of each would be a second truth.
WIRE = {f"wire/{name}.py" for name in ("certificates", "decode", "extensions", "fields")}


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("tlslite", {"peers/tlslite.py"}),
        ("refssl", {"peers/scripted.py"} | WIRE),
        ("trustme", {"certificates/pki.py"}),
        ("xdist", {"hosts/away.py"}),
    ],
)
def test_a_foreign_library_has_one_home(library: str, homes: set[str]) -> None:
    root = HARNESS / "sslspec"
    assert {path.relative_to(root).as_posix() for path in sources(root) if library in roots(path)} == homes


def test_scenarios_take_their_names_from_the_fixture() -> None:
    """A scenario imports pytest and harmless parts of the standard library, and no implementation."""
    for path in sources(layout.suites()):
        foreign = roots(path) - STDLIB - {"pytest", "__future__"}
        assert not foreign, f"{path} imports {foreign}"
        assert not roots(path) & {"ssl", "_ssl", "asyncio", "http", "urllib"}, f"{path} imports an ssl of its own"


def test_every_file_opens_with_its_rules() -> None:
    for folder in (HARNESS, layout.suites()):
        for path in sources(folder):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            assert ast.get_docstring(tree) or not tree.body, f"{path} has no docstring"


def test_no_file_and_no_function_has_outgrown_its_idea() -> None:
    for folder in (HARNESS / "sslspec", HARNESS / "refssl", HARNESS / "benchmarks", HARNESS / "fuzz"):
        for path in sources(folder):
            text = path.read_text(encoding="utf-8")
            assert text.count("\n") <= LONGEST_FILE, f"{path} has {text.count(chr(10))} lines"
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.end_lineno:
                    length = node.end_lineno - node.lineno + 1
                    assert length <= LONGEST_FUNCTION, f"{path}:{node.lineno} {node.name} has {length} lines"


def test_an_rfc_is_cited_in_one_form() -> None:
    """``RFC 8446 4.2.11``: no section sign, no dash, no address."""
    other_forms = re.compile(r"RFC-?\d{4}|rfc-editor\.org|tools\.ietf\.org|RFC \d+ ?(§|[Ss]ection|s\.)")
    found = []
    for folder in (HARNESS / "sslspec", HARNESS / "refssl", HARNESS / "benchmarks", HARNESS / "fuzz", layout.suites()):
        for path in sources(folder):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if other_forms.search(line) and path != LINKS:
                    found.append(f"{path}:{number}: {line.strip()}")
    assert found == []
