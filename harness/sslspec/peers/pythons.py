"""The ssl of another Python as peer: ``python3.10``, ``pypy3.11``, ``python3.14-sub``, ``python:PATH`` anywhere.

It lives in an agent of that interpreter, one for each process of ours, which is kept; of a scenario nothing is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sslspec import subinterpreters
from sslspec.agent import luggage
from sslspec.agent.host import Agent, AgentError, Died, Refused
from sslspec.bench.credentials import Pki
from sslspec.bench.far_peer import FarPeer, refusal
from sslspec.bench.pair import PeerFactory
from sslspec.bench.peer import Peer
from sslspec.bench.travelling import Traveller
from sslspec.implementations.loading import ImplementationError

if TYPE_CHECKING:
    from sslspec.pythons.interpreters import Interpreter

_NAME = re.compile(r"(?:python|pypy|graalpy)-?\d+(?:\.\d+){0,2}t?(?:-sub)?|python:.+", re.IGNORECASE)
_commands: dict[str, str] = {}
_agents: dict[str, Agent] = {}


def is_one(name: str) -> bool:
    """Whether a peer of this name is the ssl of another Python."""
    return _NAME.fullmatch(name) is not None


def column(name: str) -> str:
    """What the peer is called in records: as it was asked for, or by its version. Raises ImplementationError."""
    _, _, path = name.partition(":")
    if not path:
        _find(name)
        return name
    found = _found(name, path)
    kind = "python" if found.implementation == "cpython" else found.implementation
    called = f"{kind}{'.'.join(map(str, found.version[:2]))}{found.build_name}"
    if _commands.setdefault(called, found.command) != found.command:
        raise ImplementationError(f"--peer {name}: there is another {called} among the peers")
    return called


def factory(name: str) -> PeerFactory:
    """What makes the peers of one scenario. Raises ImplementationError where there is no such interpreter."""
    command = _find(name)
    traveller = Traveller()
    begun = False

    def ask(what: str, arguments: dict[str, Any]) -> Any:
        try:
            return _agents[name].call("sslspec.carried.peers:answer", what=what, arguments=arguments)
        except Refused as refused:
            raise refusal(refused.name, refused.says) from None
        except Died as died:
            raise RuntimeError(f"the peer {name} is gone: {died}") from died

    def make(pki: Pki, *, server_side: bool, versions: tuple[str, str]) -> Peer:
        nonlocal begun
        if not begun:
            _ready(name, command, pki).call("sslspec.carried.peers:begin")
            begun = True
        return FarPeer(ask, traveller, name, pki, server_side=server_side, versions=versions)

    return make


def _find(name: str) -> str:
    if name not in _commands:
        _commands[name] = _found(name, name).command
    return _commands[name]


def _found(name: str, wanted: str) -> Interpreter:
    """The interpreter of a version or path, for whoever said ``--peer`` with that name."""
    from sslspec.pythons import (
        interpreters,  # which needs what an agent's Python has not, and this file is imported there
    )

    try:
        return interpreters.find(subinterpreters.by_name(wanted))
    except interpreters.InterpreterError as problem:
        said = str(problem).removeprefix(f"--python {wanted}: ")
        raise ImplementationError(f"--peer {name}: {said}") from problem


def _ready(name: str, command: str, pki: Pki) -> Agent:
    if name not in _agents or not _agents[name].is_alive:
        try:
            agent = Agent(command)
        except AgentError as problem:
            raise ImplementationError(str(problem)) from problem
        agent.send(luggage.ours())
        luggage.lend(agent, pki.directory)
        _agents[name] = agent
    return _agents[name]
