"""What a session tells under the name of an implementation, told under the name of its column.

Whoever executes scenarios knows of one interpreter only, and says ``ssl``; beside those of others that is
``ssl@3.12.1``. Which column is whose is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sslspec.running.events import Event

Columns = Mapping[str, str]  # the name of an implementation to its column
_ABOUT_ONE = frozenset({"start", "result"})


def renamed(event: Event, columns: Columns) -> Event:
    """The event as it reads beside those of other interpreters. One that is not understood is left as it is."""
    kind = event.get("event")
    if kind in _ABOUT_ONE and isinstance(event.get("implementation"), str):
        return {**event, "implementation": columns.get(event["implementation"], event["implementation"])}
    if kind == "collected" and isinstance(event.get("items"), list):
        return {**event, "items": [_renamed_key(item, columns) for item in event["items"]]}
    if kind == "header" and isinstance(event.get("implementations"), dict):
        facts = event["implementations"]
        return {**event, "implementations": {columns.get(name, name): facts[name] for name in facts}}
    return event


def _renamed_key(item: Any, columns: Columns) -> Any:
    match item:
        case [scenario, str() as implementation, peer]:
            return [scenario, columns.get(implementation, implementation), peer]
    return item
