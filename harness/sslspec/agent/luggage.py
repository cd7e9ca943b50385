"""What is sent to an agent: the modules that it carries, as text, by name, each with the name of its file in records.

They are the bench, the stage, and the few others that both need; and of pytest what rewrites asserts.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sslspec import packing

if TYPE_CHECKING:
    from sslspec.agent.host import Agent

Modules = dict[str, tuple[str, str]]

OLDEST = (3, 10)  # the Python that what is sent needs
_PACKAGE = Path(__file__).resolve().parents[1]
_FOLDERS = ("bench", "carried", "adapters")
_OF_PYTEST = ("_io/saferepr.py", "_io/pprint.py")


@functools.cache
def ours() -> Modules:
    """Modules of sslspec: all that a scenario may have need of, and adapters for what is tested."""
    paths = (path for folder in _FOLDERS for path in sorted((_PACKAGE / folder).glob("[a-z]*.py")))
    texts = packing.sources(".".join(path.relative_to(_PACKAGE.parent).with_suffix("").parts) for path in paths)
    return {name: (_file(name), text) for name, text in texts.items()}


@functools.cache
def of_pytest() -> Modules:
    """Modules of the pytest that is installed here."""
    spec = importlib.util.find_spec("_pytest")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    paths = [package / name for name in _OF_PYTEST if (package / name).is_file()]
    return dict(_read([*paths, *sorted((package / "assertion").glob("*.py"))], package))


def lend(agent: Agent, folder: str) -> None:
    """Let an agent use the certificates in a folder of ours; their contents travel where the folder is not there."""
    if not agent.call("sslspec.carried.certificates:use", folder=folder):
        pki = Path(folder)
        files = {
            path.relative_to(pki).as_posix(): path.read_bytes().decode("latin-1")
            for path in sorted(pki.rglob("*"))
            if path.is_file()
        }
        agent.call("sslspec.carried.certificates:receive", files=files)


def _file(name: str) -> str:
    inside = name.replace(".", "/")
    return f"{inside}/__init__.py" if (_PACKAGE.parent / inside).is_dir() else f"{inside}.py"


def _read(paths: list[Path], package: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    for path in paths:
        file = path.relative_to(package.parent)
        parts = file.with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        yield name, (file.as_posix(), path.read_text(encoding="utf-8"))
