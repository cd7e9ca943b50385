"""``sslspec explain``: one scenario run once more, with the wire decoded, two implementations side by side."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sslspec import style
from sslspec.cli.common import command, fail, say, say_data
from sslspec.cli.parser import positive
from sslspec.exitcodes import ExitCode
from sslspec.implementations import loading

if TYPE_CHECKING:
    from sslspec.cli.common import Commands
    from sslspec.wire.explain import Explanation


def add(commands: Commands) -> None:
    """Register the command and its options."""
    explain = command(commands, "explain", answer, "run one scenario with the wire decoded, side by side")
    explain.add_argument("id", metavar="ID", help="a scenario; without a variant its first")
    explain.add_argument(
        "--impl", action="append", default=[], metavar="IMPL", help="one or two; default: ssl and refssl"
    )
    explain.add_argument(
        "--python", action="append", default=[], metavar="PYTHON", help="in this interpreter, as run has it; repeatable"
    )
    explain.add_argument("--peer", metavar="PEER", help="who is on the other end; default: the first that applies")
    explain.add_argument("--pcap", type=Path, metavar="FILE", help="write the traffic and its secrets, for Wireshark")
    explain.add_argument("--format", choices=("pretty", "json"), default="pretty")
    explain.add_argument(
        "--timeout", type=positive(float), default=10.0, metavar="S", help="seconds until it counts as hung (10)"
    )
    explain.add_argument("-v", "--verbose", action="count", default=0, help="lists in full, records, deliveries")


def answer(arguments: argparse.Namespace) -> ExitCode:
    """Run it and show what was seen."""
    from sslspec.baseline import BaselineError
    from sslspec.pythons.interpreters import InterpreterError
    from sslspec.running import run
    from sslspec.running.options import Options
    from sslspec.scenarios import listing
    from sslspec.wire import explain

    if arguments.pcap is not None and os.path.isdir(arguments.pcap):
        return fail(f"{arguments.pcap}: is a folder; --pcap takes the name of a file")
    if arguments.pcap is not None and not os.path.isdir(arguments.pcap.parent):
        return fail(f"{arguments.pcap}: there is no folder {arguments.pcap.parent}")
    options = Options(
        implementations=tuple(arguments.impl) or (("ssl",) if arguments.python else loading.DEFAULT),
        pythons=tuple(arguments.python),
        peers=(arguments.peer,) if arguments.peer else (),
        limit=arguments.timeout,
        argv=tuple(arguments.argv),
    )
    try:
        found = explain.explain(arguments.id, options)
    except (listing.UnknownScenario, explain.TooMany, BaselineError, InterpreterError) as problem:
        return fail(str(problem))
    except run.NotLoadable as problem:
        for line in problem.problems:
            fail(line)
        return ExitCode.NOT_LOADED
    if found.results:
        look = style.style_for(sys.stdout, arguments.color)
        if arguments.format == "json":
            say_data(explain.as_json(found), look)
        else:
            say(explain.text(found, look, style.columns(), verbose=arguments.verbose > 0), look)
        if arguments.pcap is not None and not _saved(found, arguments.pcap):
            return ExitCode.USAGE
    if found.outcome.problem:
        fail(found.outcome.problem)
    return found.outcome.exit_code


def _saved(found: Explanation, path: Path) -> bool:
    """Write the capture, and say on stderr where it is; False where it cannot be written."""
    from sslspec.wire import explain, pcapng

    try:
        if explain.save(found, path):
            sys.stderr.write(f"the traffic, with its secrets, is in {path}\n")
        else:
            fail(f"nothing passed that could be tapped, so {path} was not written")
    except pcapng.PcapError as problem:
        fail(str(problem))
        return False
    return True
