"""GitHub Actions: its workflow commands, the annotations of a run, and the summary of a job.

A line that begins with two colons is a command to the runner, wherever it came from. So whatever an implementation may
have said is printed where the runner does not listen (`unheard`), or escaped in the arguments of commands of our own.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from sslspec import repeating
from sslspec.baseline.staleness import line_of
from sslspec.results.digest import Digest
from sslspec.results.ways import Way
from sslspec.style import legible, plural

MOST_ERRORS = 9  # GitHub shows ten of a step; the tenth says how many more there are
_LONGEST = 400


def is_here(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this is a job of GitHub Actions."""
    return environment.get("GITHUB_ACTIONS") == "true"


def command(name: str, message: str = "", **properties: str) -> str:
    """A workflow command on one line: ``::error file=a.toml,line=3::what is wrong``."""
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    return f"::{name}{' ' if told else ''}{told}::{_data(message)}"


def errors(digest: Digest, ways: Mapping[str, Way], stale: Sequence[str] = (), workspace: str = "") -> list[str]:
    """At most ten errors: what was unexpected, the worst first, then baseline entries that are no longer true.

    `ways` are those of the columns. Where a message is too long, what repeats its result is still whole.
    """
    told = []
    for group in digest.unexpected:
        scenarios = group.scenarios
        more = "" if len(scenarios) == 1 else f" and {plural(len(scenarios) - 1, 'more scenario')}"
        said = f": {group.said}" if group.said else ""
        message = _short(f"{group.column} {group.example[0]}{more}{said}")
        message += f"\nrepeat: {repeating.command(group.example, ways)}"
        told.append(command("error", message, title=f"sslspec: {group.verdict.value}"))
    for line in stale:
        number = line_of(line)
        file, _, rest = line.partition(f":{number}: ")
        where = {"file": _relative(file, workspace), "line": str(number)} if number else {}
        told.append(command("error", _short(rest if number else line), **where, title="stale baseline entry"))
    if len(told) <= MOST_ERRORS:
        return told
    rest = f"{len(told) - MOST_ERRORS} more; the summary of the job and the result file have them"
    return [*told[:MOST_ERRORS], command("error", rest, title="sslspec")]


def append_summary(text: str, environment: Mapping[str, str] = os.environ) -> None:
    """Add Markdown to the job's summary, where there is one. Raises OSError."""
    path = environment.get("GITHUB_STEP_SUMMARY")
    if path:
        with Path(path).open("a", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text + "\n")


@contextlib.contextmanager
def unheard(stream: TextIO, title: str = "") -> Iterator[None]:
    """What is printed in this block is no command to the runner; with a `title` it can be folded away."""
    token = f"sslspec-{secrets.token_hex(16)}"
    opening = [command("group", title)] if title else []
    _print(stream, *opening, command("stop-commands", token))
    try:
        yield
    finally:
        _print(stream, f"::{token}::", *([command("endgroup")] if title else []))


def harmless(text: str) -> str:
    """`text` for where no block keeps it from the runner: without any command in it."""
    return re.sub(r"(^|[\r\n])(\s*):(?=:)", r"\1\2: ", text).replace("##[", "## [")


def harmless_json(text: str) -> str:
    """JSON of the same value without any command in it: no line of it begins with a colon."""
    return text.replace("##[", "#\\u0023[")


def harmless_here(text: str) -> str:
    """`text`, and in a job of GitHub Actions without any command in it: what files and modules said may be in it."""
    return harmless(text) if is_here() else text


def tell(stream: TextIO, lines: Iterable[str]) -> None:
    """Print commands for the runner."""
    _print(stream, *lines)


def _print(stream: TextIO, *lines: str) -> None:
    stream.write("".join(line + "\n" for line in lines))
    stream.flush()


def _data(text: str) -> str:
    """The escapes of a command's message; other control characters as Python writes them."""
    told = re.sub(r"\r\n?", "\n", text)
    return legible(told).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def _relative(file: str, workspace: str) -> str:
    """A file as the repository knows it."""
    with contextlib.suppress(ValueError):
        path = Path(file).resolve()
        if workspace and path.is_relative_to(Path(workspace).resolve()):
            return path.relative_to(Path(workspace).resolve()).as_posix()
    return file
