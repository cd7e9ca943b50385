"""A digest as Markdown, for a job's summary or a comment: the counts, what was unexpected, what is to be done.

Whatever an implementation said stands in code, where nothing of it is markup, a link or a name that calls anyone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sslspec import repeating
from sslspec.compare.markdown import code
from sslspec.console import summary
from sslspec.results.columns import in_order
from sslspec.results.digest import Digest, Group
from sslspec.results.ways import Way
from sslspec.style import plural
from sslspec.verdicts import GLYPHS, Verdict

BUDGET = 200_000  # bytes; GitHub drops all of a step's summary above 1 MiB
_MOST_SCENARIOS = 20  # of one group


def report(
    digest: Digest,
    *,
    results: str,
    ways: Mapping[str, Way],
    complete: bool = True,
    stale: Sequence[str] = (),
    notes: Sequence[str] = (),
    budget: int = BUDGET,
) -> str:
    """The report, at most `budget` bytes long; what does not fit is in the file `results`, and it says so.

    `ways` are those of the columns, for the commands that repeat what was unexpected.
    """
    pointer = f"All results are in {code(results)}."
    cut = f"This is not all: the rest is in {code(results)}."
    room = budget - max(len(pointer.encode()), len(cut.encode())) - 4
    lines: list[str] = []
    for line in _lines(digest, ways, complete=complete, stale=stale, notes=notes):
        room -= len(line.encode()) + 1
        if room < 0:
            return "\n".join([*lines, "", cut]) + "\n"
        lines.append(line)
    return "\n".join([*lines, "", pointer]) + "\n"


def _lines(
    digest: Digest, ways: Mapping[str, Way], *, complete: bool, stale: Sequence[str], notes: Sequence[str]
) -> Iterator[str]:
    surprises = summary.surprises(digest, len(stale))
    well = "everything as expected" if complete else "nothing unexpected so far"
    bad, good = GLYPHS[Verdict.FAILED][0], GLYPHS[Verdict.PASSED][0]
    yield f"## sslspec: {bad if surprises else good} {surprises or well}"
    yield ""
    yield f"{plural(digest.verdicts.total(), 'result')}: {summary.verdicts(digest)}"
    if not complete:
        yield from ("", "**The run is incomplete.**")
    for title, groups in (("Unexpected", digest.unexpected), ("New, and not counted", digest.newcomers)):
        if groups:
            yield from ("", f"### {title}", "")
            for group in groups:
                yield from _group(group)
                yield f"  - repeat: {code(repeating.command(group.example, ways))}"
    if stale:
        yield from ("", "### Stale baseline entries", "")
        yield from (f"- {code(line)}" for line in stale)
    if notes:
        yield ""
        yield from (f"- {code(line)}" for line in notes)
    yield from _table(digest)


def _group(group: Group) -> Iterator[str]:
    head = f"- {GLYPHS[group.verdict][0]} {group.verdict.value} {code(group.column)}"
    said = f": {code(group.said)}" if group.said else ""
    if group.in_common:
        yield f"{head}{said} ({group.scenarios.total()} results of {len(group.scenarios)} scenarios)"
        shown = sorted(group.scenarios)[:_MOST_SCENARIOS]
        yield from (f"  - {code(scenario)}" for scenario in shown)
        if len(group.scenarios) > len(shown):
            yield f"  - and {len(group.scenarios) - len(shown)} more"
        return
    for scenario, times in sorted(group.scenarios.items()):
        yield f"{head} {code(scenario)}{f' ({times} times)' if times > 1 else ''}{said}"


def _table(digest: Digest) -> Iterator[str]:
    """Areas by columns: passed of what applies, and what was unexpected."""
    names = in_order(digest.columns)
    counts = digest.counts
    yield from ("", "<details><summary>Areas</summary>", "")
    yield f"| area | {' | '.join(_cell(name) for name in names)} |"
    yield f"|---|{'---:|' * len(names)}"
    for area in [*digest.areas, ""]:
        row = []
        for name in names:
            count = counts[area, name]
            surprise = f" {GLYPHS[Verdict.FAILED][0]}{count.unexpected}" if count.unexpected else ""
            row.append(f"{count.passed}/{count.counted}{surprise}" if count.counted else "-")
        yield f"| {_cell(area) if area else '**together**'} | {' | '.join(row)} |"
    yield from ("", "</details>")


def _cell(text: str) -> str:
    """Code in a cell of a table, where a bar would end the cell."""
    return code(text).replace("|", "\\|")
