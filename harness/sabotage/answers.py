"""Why a fault that the suite does not notice is none: it changes nothing that anybody could see.

``answers.toml`` holds them: the name of a fault or a glob, and the reason.
"""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from pathlib import Path

from sslspec import toml

FILE = Path(__file__).with_name("answers.toml")


@dataclass(frozen=True)
class Answer:
    """fault: a name or glob; reason: why nobody can see it."""

    fault: str
    reason: str


def load() -> list[Answer]:
    """All answers."""
    data = toml.loads(FILE.read_text(encoding="utf-8"))
    return [Answer(entry["fault"], entry["reason"]) for entry in data.get("answer", [])]


def of(answers: list[Answer], name: str) -> Answer | None:
    """The answer to a surviving fault, or None."""
    return next((answer for answer in answers if answer.fault == name or _fits(name, answer.fault)), None)


def _fits(name: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(name, pattern.replace("[", "[[]"))
