"""What an entry that nobody has reviewed says of its results: what came, in a line, and how to know it again.

A ``match`` is given only where it will hold in the next run as well: on the identity of an exception, or on a message
that has nothing in it which could be another one tomorrow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sslspec.baseline.entry import UNREVIEWED
from sslspec.results.failures import PLAIN_FAILURES, brief
from sslspec.results.record import Result
from sslspec.verdicts import EXPECTED, Verdict

_LONGEST_MATCH = 120
# Counters, sizes, times, ports, addresses, paths and whatever was shortened or stands for its shape.
_VOLATILE = re.compile(r"\d\d|0x|[<>/\\]|\.\.\.|\bat\b|seconds?")
_SPECIAL = re.compile(r"([\\.^$*+?{}\[\]|()])")


def reason(results: Sequence[Result]) -> str:
    """``UNREVIEWED: raises SSLError reason=UNEXPECTED_MESSAGE (and 2 other outcomes)``."""
    said = list(dict.fromkeys(_said(result) for result in results if result.verdict not in EXPECTED))
    first = said[0] if said else "passed"
    others = f" (and {len(said) - 1} other outcome{'s' if len(said) > 2 else ''})" if len(said) > 1 else ""
    return f"{UNREVIEWED}: {first}{others}"


def match(results: Sequence[Result]) -> str | None:
    """A regular expression for the message that all these failures have; None where there is none to trust."""
    failed = [result for result in results if result.verdict is Verdict.FAILED]
    if not failed or any(result.verdict not in EXPECTED | {Verdict.FAILED} for result in results):
        return None
    messages = [str(result.detail.get("message", "")) for result in failed]
    pattern = _identity(failed) or _line(messages)
    return pattern if pattern and all(re.search(pattern, message) for message in messages) else None


def _said(result: Result) -> str:
    text = " ".join(brief(result).split()) or result.verdict.value
    printable = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return printable if result.verdict is Verdict.FAILED else f"{result.verdict.value}: {printable}"


def _identity(failed: list[Result]) -> str | None:
    """The class of the exception, with its reason where all have the same."""
    came = [result.detail.get("came") for result in failed]
    raised = {(str(one.get("raises")), str(one.get("reason") or "")) for one in came if isinstance(one, dict)}
    if len({name for name, _ in raised}) != 1 or len(came) != sum(isinstance(one, dict) for one in came):
        return None
    name = min(raised)[0]
    if name in PLAIN_FAILURES or not name.isidentifier():
        return None
    reasons = {said for _, said in raised}
    only = reasons.pop() if len(reasons) == 1 else ""
    return f"^{name}: .*{only}" if re.fullmatch(r"\w+", only) else f"^{name}: "


def _line(messages: list[str]) -> str | None:
    lines = {message.partition("\n")[0] for message in messages}
    only = lines.pop() if len(lines) == 1 else ""
    if not only or len(only) > _LONGEST_MATCH or not only.isprintable() or _VOLATILE.search(only):
        return None
    escaped = _SPECIAL.sub(r"\\\1", only)
    return f"^{escaped}"
