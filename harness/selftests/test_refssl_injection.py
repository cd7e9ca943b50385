"""refssl.inject() and python -m refssl: what gets refssl for ssl, what is refused, and what is said."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

from selftests.support import environment

REMINDER = "It is a reference for testing, made for clarity, without constant-time claims"


def _python(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _script(code: str) -> subprocess.CompletedProcess[str]:
    return _python("-c", textwrap.dedent(code))


def test_what_is_imported_after_inject_gets_refssl() -> None:
    done = _script(
        """
        import refssl
        refssl.inject()
        import ssl, sys, asyncio.sslproto, http.client, smtplib
        assert ssl is asyncio.sslproto.ssl is http.client.ssl is smtplib.ssl is refssl
        assert "_ssl" not in sys.modules
        """
    )
    assert done.returncode == 0, done.stderr


def test_it_warns_once_of_what_it_is_not_for() -> None:
    done = _script("import refssl; refssl.inject(); refssl.inject()")
    assert done.returncode == 0
    assert done.stderr.count(REMINDER) == 1
    assert "UserWarning" in done.stderr


@pytest.mark.parametrize(
    ("imports", "name"),
    [
        ("import http.client", "http.client"),
        ("import ssl", "__main__"),
        ("from ssl import SSLContext", "__main__"),
        ("from ssl import create_default_context", "__main__"),
        ("from ssl import CERT_NONE", "__main__"),
        ("from ssl import RAND_bytes", "__main__"),
        ("import ssl; context = ssl.create_default_context(); del ssl", "__main__"),
    ],
)
def test_modules_that_have_the_other_ssl_are_refused_by_name(imports: str, name: str) -> None:
    done = _script(
        f"""
        {imports}
        import sys, refssl
        before = id(sys.modules["ssl"])
        try:
            refssl.inject()
        except RuntimeError as refusal:
            print(refusal)
        assert id(sys.modules["ssl"]) == before
        """
    )
    assert done.stdout.startswith(f"refssl cannot take the place of ssl, which is already bound by {name}. "), done
    assert REMINDER not in done.stderr


def test_an_ssl_that_nobody_holds_is_replaced() -> None:
    done = _script("import ssl; del ssl; import refssl; refssl.inject(); import ssl; assert ssl is refssl")
    assert done.returncode == 0, done.stderr


PROGRAM = """
import ssl, sys
import neighbour
print(ssl.__name__, __name__, sys.argv[1:], neighbour.__name__)
sys.exit(7)
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with a program, a module beside it, and the same as a zip file."""
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, text in (("program.py", PROGRAM), ("__main__.py", PROGRAM), ("neighbour.py", "")):
        (folder / name).write_text(text)
    with zipfile.ZipFile(tmp_path / "programs.zip", "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return tmp_path


@pytest.mark.parametrize("program", ["folder/program.py", "folder", "programs.zip"])
def test_a_program_runs_as_python_would_run_it(programs: Path, program: str) -> None:
    done = _python("-m", "refssl", program, "--flag", "x", cwd=programs)
    assert (done.returncode, done.stdout) == (7, "refssl __main__ ['--flag', 'x'] neighbour\n"), done.stderr
    assert REMINDER in done.stderr
    plain = _python(program, "--flag", "x", cwd=programs)
    assert (plain.returncode, plain.stdout) == (7, "ssl __main__ ['--flag', 'x'] neighbour\n")


def test_a_module_runs_as_python_would_run_it(programs: Path) -> None:
    done = _python("-m", "refssl", "-m", "program", "-m", "x", cwd=programs / "folder")
    assert (done.returncode, done.stdout) == (7, "refssl __main__ ['-m', 'x'] neighbour\n"), done.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ((), 2, "usage: python -m refssl program.py"),
        (("-m",), 2, "usage: python -m refssl program.py"),
        (("--what",), 2, "usage: python -m refssl program.py"),
        (("absent.py",), 2, "refssl: there is no file 'absent.py'"),
        (("-m", "absent_module"), 1, "refssl: No module named absent_module"),
    ],
)
def test_what_cannot_be_run_is_said_in_a_line(
    arguments: tuple[str, ...], status: int, said: str, tmp_path: Path
) -> None:
    done = _python("-m", "refssl", *arguments, cwd=tmp_path)
    assert done.returncode == status
    assert done.stderr.startswith(said)
    assert "Traceback" not in done.stderr


def test_an_ssl_that_python_itself_bound_at_its_start_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import http.client\n")
    (tmp_path / "program.py").write_text("print('ran')\n")
    done = subprocess.run(
        [sys.executable, "-m", "refssl", "program.py"],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("refssl: refssl cannot take the place of ssl, which is already bound by http.client")


def test_help() -> None:
    done = _python("-m", "refssl", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "-m module" in done.stdout
