"""Baselines as text: one entry, and the file that `sslspec baseline init` makes of a record."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable

from sslspec.baseline.entry import Entry, Unsupported
from sslspec.baseline.loading import FORMAT
from sslspec.verdicts import Verdict

_HEAD = """\
# What {implementation} is known not to do. Written by `sslspec baseline init`: look at each entry, and say
# in five words or more why it is so in place of UNREVIEWED. `sslspec baseline check` names those that are left.
"""


def whole(
    implementation: str, entries: Iterable[Entry], *, suite: str, inherits: str = "", unsupported: Unsupported
) -> str:
    """The text of a new baseline, its entries in order of their ids, under a heading for each area."""
    top = [f"format = {FORMAT}", f"implementation = {_text(implementation)}", f"suite = {_text(suite)}"]
    top += [f"inherits = {_text(inherits)}"] if inherits else []
    parts = [_HEAD.format(implementation=_plain(implementation)) + "\n".join(top)]
    parts += [features(unsupported)] if unsupported.features else []
    ordered = sorted(entries, key=lambda entry: (entry.id, sorted(entry.when.items()), sorted(entry.verdicts)))
    for area, found in itertools.groupby(ordered, key=lambda entry: entry.id.partition("/")[0]):
        parts += [f"# {area}", *map(known, found)]
    return "\n\n".join(parts) + "\n"


def features(unsupported: Unsupported) -> str:
    """The lines of the ``[unsupported]`` table, without a line end behind the last."""
    listed = ", ".join(map(_text, sorted(unsupported.features)))
    return f"[unsupported]\nfeatures = [{listed}]\nreason = {_text(unsupported.reason)}"


def known(entry: Entry) -> str:
    """The lines of one ``[[known]]`` table, without a line end behind the last."""
    verdicts = [_text(verdict.value) for verdict in Verdict if verdict in entry.verdicts]
    rows = [
        ("id", _text(entry.id)),
        ("verdict", verdicts[0] if len(verdicts) == 1 else f"[{', '.join(verdicts)}]"),
        ("reason", _text(entry.reason)),
    ]
    rows += [("issue", _text(entry.issue))] if entry.issue else []
    rows += [("match", _text(entry.match))] if entry.match is not None else []
    conditions = ", ".join(f"{key} = {_text(value)}" for key, value in entry.when.items())
    rows += [("when", f"{{ {conditions} }}")] if conditions else []
    rows += [] if entry.run else [("run", "false")]
    rows += [("until", entry.until.isoformat())] if entry.until else []
    return "\n".join(["[[known]]", *(f"{key} = {value}" for key, value in rows)])


def _text(value: str) -> str:
    """A TOML string: as it stands where that can be, else with escapes, whatever an implementation has said."""
    if "\\" in value and "'" not in value and value.isprintable():
        return f"'{value}'"  # a regular expression is easier to read without its backslashes doubled
    sound = value.encode("utf-8", "replace").decode("utf-8")
    return re.sub(r"[\x7f-\x9f]", lambda found: f"\\u{ord(found[0]):04x}", json.dumps(sound, ensure_ascii=False))


def _plain(value: str) -> str:
    return "".join(character for character in value if character.isprintable())
