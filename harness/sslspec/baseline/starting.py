"""The first baseline of an implementation: today's unexpected results, written down so that each change shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sslspec.baseline import grouping, writing
from sslspec.baseline.conditions import Facts, facts_in
from sslspec.baseline.entry import UNREVIEWED, Unsupported, feature_missed
from sslspec.baseline.loading import inherited
from sslspec.baseline.matching import Baseline
from sslspec.results.record import Reader, RecordError, Result
from sslspec.shards.cutting import refuse_parts
from sslspec.verdicts import Verdict

MODEL = "ssl"  # what many libraries are made on


@dataclass(slots=True)
class Start:
    """A new baseline: its text, how many entries and features there are in it, and what it says nothing of.

    `errors` are results that no baseline excuses, `not_run` those whose scenarios a baseline kept from running;
    `scenarios` is of how many scenarios the results are. `of_model` counts those that the standard library's baseline
    would excuse, where that is not inherited.
    """

    text: str
    entries: int
    features: int
    errors: int = 0
    not_run: int = 0
    of_model: int = 0
    scenarios: int = 0


def start(reader: Reader, implementation: str | None = None, inherits: str = "") -> Start:
    """The baseline that excuses all that is in a record and nothing more.

    Raises RecordError where the record has other implementations, several of which none is named, or did not come to
    its end; BaselineError where there is no baseline to inherit.
    """
    facts = facts_in(reader.header.implementations)
    name = which(reader, implementation)
    blank = Baseline(name, parent=inherited(inherits) if inherits else None)
    model = Baseline(name, parent=None if inherits or name == MODEL else inherited(MODEL))
    of_model = 0
    missed: Counter[str] = Counter()
    verdicts: Counter[Verdict] = Counter()
    seen: set[str] = set()

    def wanted(result: Result, here: Facts) -> int | None:
        nonlocal of_model
        message = str(result.detail.get("message", ""))
        flag = feature_missed(result.verdict, message)
        if blank.expectation(result.id, here, [flag] if flag else ()).accepts(result.verdict, message):
            return None
        # Made on the standard library's, it does on OpenSSL what that does.
        of_model += here.library == "openssl" and model.expectation(result.id, here).accepts(result.verdict, message)
        missed[flag] += bool(flag)
        return None if flag else grouping.NEW

    def mine() -> grouping.Results:
        for result in reader:
            here = facts(result)
            if here.implementation == name:
                verdicts[result.verdict] += 1
                seen.add(result.scenario)
                yield result, here

    entries = [entry for _, entry in grouping.entries(mine(), wanted)]
    if not reader.complete:
        raise RecordError(f"{reader.path}: the run did not come to its end: a baseline of it would not be whole")
    features = frozenset(+missed) - {""}
    reason = f"{UNREVIEWED}: the implementation leaves {'this flag' if len(features) == 1 else 'these flags'} unset"
    text = writing.whole(
        name,
        entries,
        suite=series(reader.header.suite),
        inherits=inherits,
        unsupported=Unsupported(features, reason),
    )
    errors, not_run = verdicts[Verdict.ERROR], verdicts[Verdict.NOTRUN]
    return Start(text, len(entries), len(features), errors, not_run, of_model, len(seen))


def which(reader: Reader, implementation: str | None) -> str:
    """The implementation, by its own name, that a record is about; RecordError where that must be said.

    So is it where the record is one part of a run.
    """
    refuse_parts(reader.path, reader.header)
    columns = reader.header.implementations
    names = sorted({str(facts.get("name") or column) for column, facts in columns.items()})
    if implementation is None and len(names) == 1:
        return names[0]
    if implementation in names:
        return str(implementation)
    holds = f"{reader.path}: holds {', '.join(names) or 'nothing'}"
    which_one = "; say which with --implementation" if implementation is None else f", and no {implementation}"
    raise RecordError(holds + which_one)


def series(version: str) -> str:
    """The series of a version: ``0.1`` of ``0.1.3``."""
    return ".".join(version.split(".")[:2])
