"""What an interpreter that sees no file of ours says of an implementation, asked through an agent.

A run asks that before it begins, and ``doctor`` with it. Nothing is played here.
"""

from __future__ import annotations

from typing import Any

from sslspec.agent import luggage
from sslspec.agent.host import Agent, AgentError, Died, Refused, extra_path


def describe(command: str, spec: str) -> tuple[dict[str, Any], str]:
    """What a record's header would say of it, and in one line what keeps it from being loaded, or ""."""
    try:
        agent = Agent(command)
    except AgentError as problem:
        return {}, f"{spec}: {problem}"
    try:
        agent.send({**luggage.ours(), **luggage.of_pytest()})
        agent.call("sslspec.carried.player:prepare", path=extra_path(), ini={}, last_words=False)
        facts: dict[str, Any] = agent.call("sslspec.carried.player:describe", spec=spec)
    except Refused as refused:
        return {}, refused.says if refused.name == "ImplementationError" else f"{spec}: {refused}"
    except Died as died:
        return {}, f"{spec}: {command} was asked to import it, and {died}"
    finally:
        agent.end()
    return facts, ""
