"""Makes a site: one pass over the results, a page for each scenario as it goes by, and then what has gathered.

The order of things stands here; what a page says is made by the module of that page.
"""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sslspec import layout
from sslspec.compare.kinds import Kind
from sslspec.report import areas, badges, column_page, comparison_page, data, matrix_page, places, scenario_page, stream
from sslspec.report.areas import Area
from sslspec.report.causes import Causes
from sslspec.report.columns import Column, Columns
from sslspec.report.folder import Folder, filled
from sslspec.report.fragments import Fragments
from sslspec.report.html import Markup
from sslspec.report.knowledge import Knowledge
from sslspec.report.outcomes import Tally, outcomes
from sslspec.report.presets import Pair, presets
from sslspec.report.stream import Scenario
from sslspec.results import record
from sslspec.results.columns import SHARD
from sslspec.results.record import Reader, Result


@dataclass(frozen=True, slots=True)
class Made:
    """What a site has become: how many columns, scenarios, results and files, and how many bytes."""

    columns: int
    scenarios: int
    results: int
    files: int
    size: int


def write(target: Path, paths: Sequence[Path], *, labels: Sequence[str] = (), reference: str | None = None) -> Made:
    """Make the site of these result files in the folder `target`.

    `labels` name the runs, one for each file, "" for none: the same software in two runs has two columns then.

    Behaviour is compared with the column `reference`, by default the stdlib's on the newest CPython. Raises RecordError
    for result files that are not sound or do not belong together, and for a folder that cannot be used.
    """
    with contextlib.ExitStack() as stack:
        readers = [stack.enter_context(record.open_record(path)) for path in paths]
        columns = Columns([reader.header for reader in readers], labels, paths)
        compared = columns.find(reference) if reference is not None else columns.reference()
        folder = stack.enter_context(filled(target))
        pieces = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sslspec-report-")))
        site = _Site(folder, readers, columns, compared, Fragments(pieces))
        for scenario in stream.scenarios(readers, columns):
            site.add(scenario)
        site.finish()
    return site.made()


class _Site:
    """A site that is being made. Only counters, and the scenarios of one area, are held."""

    def __init__(
        self,
        folder: Folder,
        readers: Sequence[Reader],
        columns: Columns,
        reference: Column | None,
        fragments: Fragments,
    ) -> None:
        self._folder = folder
        self._readers = readers
        self._columns = columns
        self._reference = reference
        self._fragments = fragments
        self._knowledge = Knowledge.of_the_suite()
        self._questions = presets(columns.listed)
        self._counts: dict[Pair, Counter[Kind | None]] = {
            pair: Counter() for pairs in self._questions.values() for pair in pairs
        }
        self._area: Area | None = None
        self._causes: dict[Column, Causes] = {}
        self._rows: dict[tuple[Column, str], list[Markup]] = {}  # of the area that is going by, for columns' pages
        self._areas: dict[str, dict[Column, Tally]] = {}
        self._scenarios: dict[str, int] = {}
        self._totals: dict[Column, Tally] = {}
        self._verdicts: dict[Column, Counter[str]] = {}

    def add(self, scenario: Scenario) -> None:
        """Write the page of a scenario, and what it has to say on others."""
        if self._area is None or self._area.name != scenario.area:
            self._end_area()
            self._area = Area(scenario.area)
        listed = [column for column in self._columns.listed if column in scenario.results]
        told = {column: outcomes(scenario, column, self._reference) for column in listed}
        text = scenario_page.page(scenario, told, self._reference, self._knowledge)
        self._folder.write(places.scenario(scenario.id), text)
        row = areas.row(scenario, self._reference)
        separator = ",\n" if self._scenarios or self._area.rows else ""
        self._fragments.add("manifest", separator + data.manifest_line(row))
        self._area.add(row)
        every = scenario.executions
        for column, found in told.items():
            self._record(column, scenario.results[column].values())
            self._causes.setdefault(column, Causes()).add(scenario.id, found)
            for section, rows in column_page.rows(column, scenario.id, found, every).items():
                self._rows.setdefault((column, section), []).extend(rows)
        for pair, counts in self._counts.items():
            for kind, markup in comparison_page.changes(scenario, pair, counts):
                self._fragments.add(_section(pair, kind), markup)

    def finish(self) -> None:
        """Write everything that needed to see all scenarios."""
        self._end_area()
        columns, totals = self._columns.listed, self._totals
        self._write_comparisons()
        cut_short = self._cut_short()
        incomplete = cut_short | {column for column in columns if column.part}
        for column in columns:
            self._write_column(column, totals.get(column, Tally()), complete=column not in cut_short)
        warnings = self._warnings(cut_short)
        shown = matrix_page.Home(columns, self._reference, self._areas, self._scenarios, totals, warnings)
        self._folder.write(places.HOME, matrix_page.home(shown))
        self._folder.write("data/index.js", data.index(columns, self._areas, self._reference))
        text = data.columns_file(columns, self._areas, totals, self._reference, incomplete)
        self._folder.write("api/v1/columns.json", text)
        self._folder.write("api/v1/manifest.json", itertools.chain("[\n", self._fragments.read("manifest"), "\n]\n"))
        for path in sorted(layout.report_assets().iterdir()):
            if path.suffix in (".css", ".js"):
                self._folder.write(f"static/{path.name}", path.read_text(encoding="utf-8"))

    def made(self) -> Made:
        """What it has become."""
        return Made(
            columns=len(self._totals),
            scenarios=sum(self._scenarios.values()),
            results=sum(tally.verdicts.total() for tally in self._totals.values()),
            files=self._folder.files,
            size=self._folder.size,
        )

    def _end_area(self) -> None:
        area = self._area
        if area is None:
            return
        columns = self._columns.listed
        self._folder.write(places.area(area.name), matrix_page.area(area, columns, self._reference))
        self._folder.write(places.data(area.name), data.area(area, columns))
        for (column, section), rows in self._rows.items():
            self._fragments.add(f"{section} {column.name}", column_page.body(area.name, rows, section))
        self._rows.clear()
        self._areas[area.name] = area.tallies
        self._scenarios[area.name] = len(area.rows)
        areas.add(self._totals, area.tallies)
        self._area = None

    def _record(self, column: Column, results: Iterable[Result]) -> None:
        """Keep a column's results for its own result file, in order and without what is of one machine only."""
        counts = self._verdicts.setdefault(column, Counter())
        for result in sorted(results, key=lambda result: result.key):
            counts[result.verdict.value] += 1
            duration = {name: result.volatile[name] for name in ("duration",) if name in result.volatile}
            line = record.line(replace(result, implementation=column.name, volatile=duration).to_json())
            self._fragments.add(f"record {column.name}", line + "\n")

    def _write_column(self, column: Column, tally: Tally, *, complete: bool) -> None:
        whole = complete and column.part is None
        shown = column_page.Shown(
            column,
            tally,
            self._reference,
            self._causes.get(column, Causes()),
            [pair for pairs in self._questions.values() for pair in pairs if column in pair],
            complete=complete,
        )
        rows = {name: self._fragments.read(f"{name} {column.name}") for name in column_page.SECTIONS}
        pieces = column_page.page(shown, rows)
        self._folder.write(places.column(column.name), pieces)
        self._folder.write(places.badge(column.name, "svg"), badges.picture(column, tally, complete=whole))
        self._folder.write(places.badge(column.name, "json"), badges.endpoint(tally, complete=whole))
        self._folder.write(places.record(column.name), self._record_of(column, complete=complete))

    def _record_of(self, column: Column, *, complete: bool) -> Iterator[str]:
        first = self._readers[self._columns.sources(column)[0]].header
        facts = {**column.facts, **({SHARD: column.part.to_json()} if column.part else {})}
        header = replace(first, implementations={column.name: facts}, volatile={})
        yield record.line(header.to_json()) + "\n"
        yield from self._fragments.read(f"record {column.name}")
        counts = self._verdicts.get(column, Counter())
        yield record.line({"end": True, "counts": dict(counts), "complete": complete}) + "\n"

    def _write_comparisons(self) -> None:
        for pair, counts in self._counts.items():
            rows = {kind: self._fragments.read(_section(pair, kind)) for kind in Kind}
            place = places.comparison(pair[0].name, pair[1].name)
            self._folder.write(place, comparison_page.page(pair, counts, rows))
        told = {question: [(pair, self._counts[pair]) for pair in pairs] for question, pairs in self._questions.items()}
        self._folder.write(places.COMPARE, comparison_page.chooser(self._columns.listed, told))

    def _cut_short(self) -> set[Column]:
        """The columns of runs that ended before all scenarios had their turn."""
        return {
            column
            for column in self._columns.listed
            if not all(self._readers[number].complete for number in self._columns.sources(column))
        }

    def _warnings(self, cut_short: set[Column]) -> list[str]:
        found = []
        if cut_short:
            names = ", ".join(sorted(column.name for column in cut_short))
            found.append(f"Incomplete runs: {names}. What is missing there had no turn.")
        parts = [f"{column.name} ({column.part.title})" for column in self._columns.listed if column.part]
        if parts:
            found.append(f"Only a part of a run: {', '.join(parts)}. Nothing is known here of what the rest holds.")
        suites = sorted({reader.header.suite for reader in self._readers})
        if len(suites) > 1:
            found.append(f"The results are of several versions of the suite: {', '.join(suites)}.")
        return found


def _section(pair: Pair, kind: Kind) -> str:
    return f"{kind.name} {pair[0].name} {pair[1].name}"
