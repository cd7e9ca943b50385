"""Why something is different, as far as anybody has written it down: in the scenario, or in a baseline."""

from __future__ import annotations

from sslspec.compare.changes import Change


def of(change: Change) -> list[str]:
    """A line for each reason: upstream issues, documented versions, and what the baselines of either side say."""
    before, after = change.before, change.after
    found = []
    known = list(dict.fromkeys([*before.known, *after.known]))
    if known:
        found.append(f"known: {', '.join(known)}")
    if not change.same_verdict:
        since, until = (getattr(after, name) or getattr(before, name) for name in ("since", "until"))
        found += [f"documented since {since}"] if since else []
        found += [f"documented until {until}"] if until else []
    reasons = list(dict.fromkeys(reason for reason in (before.reason, after.reason) if reason))
    return found + [f"baseline: {reason}" for reason in reasons]
