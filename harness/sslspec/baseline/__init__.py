"""Baselines: what an implementation is known not to do, with the reason, strict in both directions.

A TOML file for each implementation; an entry is an exact id or a glob, the verdicts it expects, and why. An entry that
no longer says anything true (it matches nothing, or what it excuses passes) is stale, and that fails a run as a failure
does. Nothing here runs anything.
"""

from sslspec.baseline.conditions import Facts, FactsOf, facts_in
from sslspec.baseline.entry import Entry, Expectation
from sslspec.baseline.loading import BaselineError, load, load_all
from sslspec.baseline.matching import Baseline, note
from sslspec.baseline.staleness import StaleEntry, Staleness, stale

__all__ = [
    "Baseline",
    "BaselineError",
    "Entry",
    "Expectation",
    "Facts",
    "FactsOf",
    "StaleEntry",
    "Staleness",
    "facts_in",
    "load",
    "load_all",
    "note",
    "stale",
]
