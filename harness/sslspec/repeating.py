"""The command that repeats one execution, as somebody pastes it from a terminal, a job's log, a file or a page.

It is made here and nowhere else, of what a record tells of its columns. What the commands in it do is the business of
``sslspec repro`` and ``sslspec run``.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping

from sslspec import peers, subinterpreters
from sslspec.implementations import loading
from sslspec.results import columns
from sslspec.results.record import Key
from sslspec.results.ways import Way

_NO_PEER = ("", "none")


def command(execution: Key, known: Mapping[str, Way]) -> str:
    """The line that repeats an execution: (id, column, peer); `known` has the columns' ways.

    A script of ``sslspec repro`` where one can carry the peer and begins where it is to be played, else a run of
    nothing but this.
    """
    scenario_id, column, peer = execution
    way = known.get(column) or _guessed(column)
    scenario_id, implementation = map(_value, (scenario_id, way.implementation))
    in_a_sub_interpreter, _ = subinterpreters.asked_for(way.python)
    alone = (peer in _NO_PEER or peers.is_implementation(peer)) and not in_a_sub_interpreter
    words = ["sslspec", "repro", scenario_id, implementation]
    if not alone:
        words = ["sslspec", "run", implementation, "-k", scenario_id]
    words += _conditions("" if alone and peer == "stdlib" else peer, way)
    if alone:
        words += ["--run"] if way.python else []
    else:
        words += [*way.options, "-o", os.devnull]  # else it took the place of the results that it came from
    return shlex.join(words)


def on_the_wire(execution: Key, known: Mapping[str, Way]) -> str:
    """The line that shows what passes on the wire in an execution, as `command` has it."""
    scenario_id, column, peer = execution
    way = known.get(column) or _guessed(column)
    words = ["sslspec", "explain", _value(scenario_id), "--impl", _value(way.implementation)]
    return shlex.join(words + _conditions(peer, way))


def _conditions(peer: str, way: Way) -> list[str]:
    """Who is on the other end, and in which interpreter; "" for a peer that need not be named."""
    words = []
    if peer not in _NO_PEER:
        asked = "self" if peer == loading.name_of(way.implementation) else way.peers.get(peer, peer)
        words += ["--peer", _value(asked)]
    return words + (["--python", _value(way.python)] if way.python else [])


def _value(text: str) -> str:
    """What a record names, as a word that is no option: `shlex` keeps it from being a command of its own."""
    return text.lstrip("-")


def _guessed(column: str) -> Way:
    """What the name of a column tells, in a record that says no more."""
    name, python = columns.split(column)
    return Way(name, subinterpreters.by_name(python.partition("+")[0].partition("#")[0]))
