"""A comparison as Markdown, for a pull request or a job's summary.

Whatever an implementation said stands in code, where nothing of it is markup or a link, and no name in it calls anyone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from sslspec.compare import rendering
from sslspec.compare.changes import Comparison, Group
from sslspec.style import Style, legible

_PLAIN = Style(unicode=True)
_WIDTH = 110


def lines(comparison: Comparison, *, verbose: bool = False) -> Iterator[str]:
    """The report line by line; without `verbose` the first of each kind."""
    yield f"**{rendering.counts(comparison)}**"
    yield ""
    for side in (comparison.before, comparison.after):
        yield f"- {side.word if comparison.names is None else code(side.word)}: {code(rendering.title(side))}"
    if comparison.warnings:
        yield ""
        yield from (f"> {code(warning)}" for warning in comparison.warnings)
    for title, groups in rendering.sections(comparison):
        if groups:
            yield from ("", f"### {_title(title)} ({len(groups)})", "")
            for group in groups if verbose else islice(groups, rendering.MOST):
                yield from _group(group)
            yield from _rest(groups.things, verbose)
    for title, results in rendering.alone(comparison):
        if results:
            yield from ("", f"### {_title(title)} ({len(results)})", "")
            for result in results if verbose else islice(results, rendering.MOST):
                yield f"- {code(result.id)} {code(result.implementation)} {result.verdict.value}"
            yield from _rest(results.things, verbose)


def code(text: str) -> str:
    """`text` as a span of code, on one line, whatever it holds."""
    plain = legible(text, lines=False)
    ticks = "`" * (max([0, *map(len, re.findall("`+", plain))]) + 1)
    inner = f" {plain} " if plain.startswith(("`", " ")) or plain.endswith(("`", " ")) or not plain else plain
    return f"{ticks}{inner}{ticks}"


def _title(text: str) -> str:
    """A title that may have a column's name in it."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~@&])", r"\\\1", legible(text, lines=False))


def _group(group: Group) -> Iterator[str]:
    before, after = group.change.before, group.change.after
    names = dict.fromkeys([before.implementation, after.implementation])
    times = f" and {len(group.ids) - 1} like it" if len(group.ids) > 1 else ""
    yield f"- {code(after.id)} {' / '.join(map(code, names))}{times}"
    body = [legible(line, lines=False) for line in rendering.body(group.change, _PLAIN, _WIDTH)]
    if body:
        fence = "`" * max(3, *(len(ticks) + 1 for line in body for ticks in re.findall("`+", line)), 3)
        yield from (f"  {fence}text", *(f"  {line}" for line in body), f"  {fence}")
    yield from (f"  {code(reason)}  " for reason in group.reasons)


def _rest(things: int, verbose: bool) -> Iterator[str]:
    if things > rendering.MOST and not verbose:
        yield f"- and {things - rendering.MOST} more"
