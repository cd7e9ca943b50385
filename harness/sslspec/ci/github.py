"""What GitHub Actions is told of a run: annotations of a step, and the summary of a job.

The language of its runner, and how everything else is kept from speaking it, stands in ``runner``.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from sslspec import repeating
from sslspec.baseline.staleness import line_of
from sslspec.ci.runner import command
from sslspec.results.digest import Digest
from sslspec.results.ways import Way
from sslspec.style import plural

MOST_ERRORS = 9  # GitHub shows ten of a step; the tenth says how many more there are
_LONGEST = 400


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


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def _relative(file: str, workspace: str) -> str:
    """A file as the repository knows it."""
    with contextlib.suppress(ValueError):
        path = Path(file).resolve()
        if workspace and path.is_relative_to(Path(workspace).resolve()):
            return path.relative_to(Path(workspace).resolve()).as_posix()
    return file
