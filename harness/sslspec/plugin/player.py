"""Has scenarios played in an agent: what is collected here goes there, and what comes back is judged as anything else.

An agent that dies costs the scenario at hand its verdict, and the next one has an agent of its own. What pytest is told
of it stands in ``execution``.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sslspec import layout, peers
from sslspec.agent import luggage
from sslspec.agent.host import Agent, Asked, Died, Refused, extra_path
from sslspec.bench.credentials import Pki
from sslspec.bench.exits import Inapplicable
from sslspec.bench.peer_host import PeerHost
from sslspec.bench.travelling import Traveller
from sslspec.implementations.loading import ImplementationError
from sslspec.peers import PROGRAMS
from sslspec.plugin.scenario import Scenario
from sslspec.verdicts import Verdict, limits
from sslspec.verdicts.ending import Judgement, of_exit

_GRACE = 10.0  # seconds that the agent's own end of a scenario may be late
_INI = ("assertion_text_diff_style", "truncation_limit_lines", "truncation_limit_chars")


class Player:
    """The agent of this process, started when it is first needed, and again when it is gone."""

    def __init__(self, command: str, config: pytest.Config, pki: Path | None) -> None:
        """pki: where the certificates are; None where nothing will be played."""
        self.command = command
        self.pki = pki
        self.unexplained = ""
        self._ini = dict(_settings(config))
        self._agent: Agent | None = None
        self._loaded: set[Path] = set()

    def describe(self, spec: str) -> dict[str, Any]:
        """What a record's header says of an implementation. Raises ImplementationError, AgentError."""
        try:
            facts: dict[str, Any] = self._ready().call("sslspec.carried.player:describe", spec=spec)
        except Refused as refused:
            what = refused.says if refused.name == "ImplementationError" else str(refused)
            raise ImplementationError(f"{what} (in {self.command})") from refused
        except Died as died:
            raise ImplementationError(f"{spec}: {self.command} was asked to import it, and {died}") from died
        return facts

    def play(
        self, item: pytest.Function, found: Scenario, spec: str, limit: float
    ) -> tuple[Judgement, list[dict[str, Any]]]:
        """Play what was collected as `item`: the judgement on it, and its steps. Raises AgentError.

        spec: the implementation, as on the command line. limit: seconds.
        """
        peer = found.cell.peer
        if peer in PROGRAMS:
            return of_exit(Inapplicable(f"the peer {peer} makes its own connections, and none to an agent")), []
        agent = self._ready()
        try:
            self._load(agent, item.path)
            told = agent.call(
                "sslspec.carried.player:play",
                seconds=limit * limits.HARD_FACTOR + _GRACE,
                file=_name(item.path),
                function=item.originalname,
                parameters=found.parameters,
                limit=limit,
                filters=[word for mark in item.iter_markers("filterwarnings") for word in mark.args],
                guest=not peers.is_implementation(peer),
                asked=self._guests(agent),
                surroundings={"implementation": spec, **_surroundings(found)},
            )
        except Died as died:
            return _post_mortem(died), []
        except Refused as refused:
            return Judgement(Verdict.ERROR, {"message": str(refused)}), []
        if told["verdict"] == Verdict.HUNG:
            agent.end()  # whatever it was interrupted at, the next scenario is not to meet it
        return Judgement(Verdict(told["verdict"]), told["detail"]), told["steps"]

    def end(self) -> None:
        """End the agent."""
        if self._agent is not None:
            self._agent.part()
            self._agent = None

    def _guests(self, agent: Agent) -> Asked:
        """Answers for peers that live here, with the scenario there: the foreign libraries."""
        assert self.pki is not None
        traveller = Traveller(
            lambda number, arguments: agent.call(
                "sslspec.carried.peers:call_back", number=number, arguments=arguments, asked=answer
            )
        )
        host = PeerHost(peers.factory, Pki(str(self.pki)), traveller)

        def answer(_question: str, given: Mapping[str, Any]) -> Any:
            return host.answer(**given)

        return answer

    def _ready(self) -> Agent:
        if self._agent is None or not self._agent.is_alive:
            self._agent = Agent(self.command)
            self._loaded.clear()
            self._prepare(self._agent)
        return self._agent

    def _prepare(self, agent: Agent) -> None:
        agent.send({**luggage.ours(), **luggage.of_pytest()})
        self.unexplained = agent.call(
            "sslspec.carried.player:prepare", path=extra_path(), ini=self._ini, last_words=True
        )
        if self.pki is not None:
            luggage.lend(agent, str(self.pki))

    def _load(self, agent: Agent, path: Path) -> None:
        if path not in self._loaded:
            agent.call("sslspec.carried.player:suite", file=_name(path), source=path.read_text(encoding="utf-8"))
            self._loaded.add(path)


def _surroundings(found: Scenario) -> dict[str, Any]:
    cell, marks = found.cell, found.marks
    return {
        "peer": cell.peer,
        "variant": dataclasses.asdict(cell.variant) if cell.variant else None,
        "since": marks.since,
        "until": marks.until,
        "features": marks.features,
        "message": cell.message.name if cell.message else None,
    }


def _post_mortem(died: Died) -> Judgement:
    """As on a worker that has died; one that had to be ended has hung, and left no stack."""
    if died.status is None:
        return Judgement(Verdict.HUNG, {"message": "no answer, and its agent had to be ended"})
    verdict, how = limits.post_mortem(died.status, died.words)
    return Judgement(verdict, {"message": how, "crash": how})


def _name(path: Path) -> str:
    """What a file of scenarios is called in records."""
    return path.relative_to(layout.suites().parent).as_posix()


def _settings(config: pytest.Config) -> Any:
    for name in _INI:
        with contextlib.suppress(ValueError):  # an older pytest has it not
            yield name, config.getini(name)
