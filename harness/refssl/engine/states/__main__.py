"""Prints docs/states.md from the tables that the engine runs on: ``python -m refssl.engine.states > docs/states.md``.

Nothing here takes part in a connection.
"""

from __future__ import annotations

import dataclasses
import sys
import typing
from collections.abc import Callable
from types import ModuleType

from refssl.engine.states import (
    authentication13,
    client,
    client12,
    client13,
    connected,
    established,
    server,
    server12,
    server13,
)
from refssl.engine.states.table import CLIENT, CLIENT12, SERVER, SERVER12, WHOLE_CLIENT, WHOLE_SERVER, Table

_HEAD = """\
# The state tables

Made by `python -m refssl.engine.states > docs/states.md` from the tables that the engine runs on; a selftest keeps it
current and compares it with RFC 8446 Appendix A and 4.6, RFC 5246 7.3, RFC 5077 3.1 and RFC 4279 2 to 4. A message that
a state does not list is refused with `unexpected_message`. The client begins in START by sending its ClientHello, which
leads to {first}. Beside the tables, a client of TLS 1.2 passes over a HelloRequest within a handshake (RFC 5246
7.4.1.1).
"""

_TABLES = (
    ("Client (RFC 8446 A.1)", CLIENT),
    ("Client of TLS 1.2 (RFC 5246 7.3, RFC 5077 3.1)", CLIENT12),
    ("Server (RFC 8446 A.2)", SERVER),
    ("Server of TLS 1.2 (RFC 5246 7.3, RFC 5077 3.1)", SERVER12),
)
_MODULES = (
    ("client", (client, client13, connected, client12, established)),
    ("server", (server, server13, connected, authentication13, server12, established)),
)


def leads_to(handler: Callable[..., object]) -> tuple[str, ...]:
    """The names of the states that a handler's return annotation names."""
    answer = typing.get_type_hints(handler, localns={"Connection": object})["return"]
    return tuple(sorted(each.__name__ for each in typing.get_args(answer) or (answer,)))


def edges(table: Table) -> list[tuple[str, str, tuple[str, ...]]]:
    """Each row as (state, message, states that it may lead to), by name."""
    return [(state.__name__, message.__name__, leads_to(handler)) for (state, message), handler in table.items()]


def markdown() -> str:
    """The text of docs/states.md."""
    parts = [_HEAD.format(first=", ".join(leads_to(client.start)))]
    for role, table in _TABLES:
        rows = [f"| {state} | {message} | {', '.join(after)} |" for state, message, after in edges(table)]
        parts.append("\n".join([f"## {role}", "", "| state | receives | becomes |", "|---|---|---|", *rows, ""]))
    for role, modules in _MODULES:
        rows = [row for module in modules for row in _known(module)]
        parts.append(
            "\n".join([f"## What the {role} knows in each state", "", "| state | knows |", "|---|---|", *rows, ""])
        )
    return "\n".join(parts)


def _known(module: ModuleType) -> list[str]:
    states = {state for table in (WHOLE_CLIENT, WHOLE_SERVER) for state, _ in table}
    return [
        f"| {each.__name__} | {', '.join(item.name for item in dataclasses.fields(each)) or 'nothing'} |"
        for each in vars(module).values()
        if isinstance(each, type) and each in states and each.__module__ == module.__name__
    ]


if __name__ == "__main__":
    sys.stdout.write(markdown())
