"""The documentation does what it says: each command that it shows is run, and each link leads somewhere.

A command is a line of a fenced block that starts one of our programs; those of a page run in its order, in a folder
with what the pages speak of: a library, its baseline, result files. What would take minutes is asked for in small
(SMALLER), and what belongs to CI or to another test stands in ELSEWHERE with where it is done; all else is run as it
stands there.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from selftests.support import HARNESS, HOSTILE, environment, sslspec

ROOT = HARNESS.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PROGRAMS = ("sslspec", "pytest", "python", "python3", "pip", "tox", ".venv/bin/sslspec", ".venv/bin/pytest")
AREA = "channel_binding"

# What takes long, in small: each pattern that fits, and what stands in its place.
SMALLER = (
    (r"^sslspec run(?!.* (-k|--area|--smoke)\b)", rf"sslspec run --area {AREA} -j 1"),
    (r"^pytest suites/\S+", f"pytest suites/{AREA} -p no:cacheprovider"),
    (r" --pdb$", ""),  # at the end of its input the debugger leaves, which pytest calls an interruption
    (r"^pytest suites -k \S+", f"pytest suites/{AREA} -k unique -p no:cacheprovider"),
    (r"^python harness/benchmarks suite", rf"python harness/benchmarks suite -k '{AREA}/*'"),
    (r"^python harness/benchmarks records (\S+)$", r"python harness/benchmarks records \1 --lines 500"),
    (
        r"^python harness/benchmarks(?! suite| records).*",
        "python harness/benchmarks --metrics calls_rec --peers ssl,refssl",
    ),
    (r"^python harness/fuzz(?!.*--(list|inputs|input|engine))", "python harness/fuzz header --inputs 50"),
    (r" --minutes 60 --keep", ""),
    (r"^(python harness/fuzz .*)--inputs 5000", r"\1--inputs 50"),
)
# What is run by somebody else: a pattern, and by whom.
ELSEWHERE = (
    (r"^python3 -m venv .venv", ".ci/run makes an environment by the same commands"),
    (r"pip (install|wheel)", ".ci/run installs, and no test does"),
    (r"^python -m refssl -m uvicorn", "programs/test_packages.py"),
    (r"^python harness/fuzz --engine atheris", "where atheris is installed, by hand"),
    (r"^python harness/sabotage", ".ci/run, and test_sabotage.py"),
    (r"^python harness/fuzz name --input FILE", "test_fuzz.py"),
    (r"--tx (socket|ssh)=", "test_remote.py; there is nobody to reach by ssh"),
    (r"^python -m execnet.script.socketserver", "test_remote.py"),
    (
        r"^sslspec (run|doctor) (ssl )?(eventlet|gevent|rtls|truststore|urllib3\.)",
        "test_adapters.py, where they are installed",
    ),
    (r"--python ", "test_several_interpreters.py; which interpreters there are is a matter of the machine"),
    (r"--agent |--peer python", "test_agent.py; which other Pythons there are nobody knows"),
)
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def commands(page: Path) -> list[str]:
    """The commands of a page, without the comments behind them."""
    found = []
    for language, block in _FENCE.findall(page.read_text(encoding="utf-8")):
        if language in ("", "sh", "console"):
            lines = (re.sub(r"\s+#.*", "", line).strip() for line in block.replace("\\\n", " ").splitlines())
            found += [line for line in lines if line.split(" ")[0] in PROGRAMS]
    return found


def in_small(command: str) -> str:
    """The command as it is run here; "" where somebody else runs it."""
    if any(re.search(pattern, command) for pattern, _ in ELSEWHERE):
        return ""
    for pattern, replacement in SMALLER:
        command = re.sub(pattern, replacement, command)
    return command


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A result file of the library that the pages speak of, beside the stdlib, made once."""
    folder = tmp_path_factory.mktemp("results")
    stock(folder)
    sslspec("run", "ssl", "mylib.ssl", "--area", AREA, "-j", "1", "-q", "-o", "r.jsonl", cwd=folder, paths=(folder,))
    return folder / "r.jsonl"


def stock(folder: Path) -> None:
    """What the pages suppose: a library with an ssl of its own, and a program."""
    (folder / "mylib").mkdir()
    (folder / "tests").mkdir()
    shutil.copy(HOSTILE / "wrong_unwrap.py", folder / "mylib" / "ssl.py")
    (folder / "mylib" / "__init__.py").write_text(
        "from mylib import ssl\nfrom mylib.ssl import SSLContext as Context\n\n\ndef make():\n    return ssl\n"
    )
    for _, block in _FENCE.findall((ROOT / "docs/adding-an-implementation.md").read_text("utf-8")):
        name = re.match(r"# (tests/as_ssl\.py|mine\.toml)\n", block)
        if name:
            (folder / name[1]).write_text(block)
    (folder / "program.py").write_text("import ssl\nassert ssl.__name__ == 'refssl'\n")


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=lambda page: page.stem)
def test_each_command_of_a_page_works(page, results, tmp_path):
    stock(tmp_path)
    for name in ("before.jsonl", "after.jsonl", "results.jsonl", "sslspec-results.jsonl"):
        shutil.copy(results, tmp_path / name)
    wanted = list(dict.fromkeys(small for command in commands(page) if (small := in_small(command))))
    if not any("baseline init" in command for command in wanted):
        (tmp_path / "sslspec.toml").write_text('format = 1\nimplementation = "mylib.ssl"\n')
    for name in ("suites", "harness", "conftest.py", "pyproject.toml"):
        (tmp_path / name).symlink_to(ROOT / name)
    for command in wanted:
        done = run(command, tmp_path)
        # 1 says that something is different, unexpected or not as wanted: the library here is wrong somewhere.
        assert done.returncode in (0, 1), f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        assert "Traceback" not in done.stderr, f"{command}\n{done.stderr[-2000:]}"


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command in a shell, our programs being those of this checkout."""
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    for name, start in (("sslspec", "-m sslspec"), ("pytest", "-m pytest"), ("python", ""), ("python3", "")):
        path = programs / name
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" {start} "$@"\n')
        path.chmod(0o755)
    around = environment(folder, PATH=f"{programs}:/usr/bin:/bin")
    return subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=around,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_a_wrong_command_is_found(tmp_path):
    """The negative control."""
    assert run("sslspec rum", tmp_path).returncode == 4
    assert run("pytest --no-such-option", tmp_path).returncode == 4
    page = tmp_path / "page.md"
    page.write_text("```\nsslspec rum  # with a comment\n\nother output\n```\n```python\nsslspec no\n```\n")
    assert commands(page) == ["sslspec rum"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).with_suffix("").as_posix())
def test_each_link_leads_somewhere(page):
    assert not dead_links(page)


def test_a_dead_link_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# A title, and more\n[1](#a-title-and-more) [2](#no) [3](none.md) [4](https://example.org/x)\n")
    assert dead_links(page) == ["#no", "none.md"]


def dead_links(page: Path) -> list[str]:
    """The links of a page to files, or to headings of pages, that are not there."""
    found = []
    for link in _LINK.findall(re.sub(_FENCE, "", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, heading = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (heading and heading not in headings(target)):
            found.append(link)
    return found


def headings(page: Path) -> set[str]:
    """The anchors of a page, as the usual renderers make them."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower().strip()).replace(" ", "-") for title in titles}
