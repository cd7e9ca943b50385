"""``sslspec list`` and ``sslspec show``: which scenarios there are, and what one of them says."""

from __future__ import annotations

import argparse
import shlex
import sys
from typing import TYPE_CHECKING

from sslspec import style
from sslspec.cli.common import command, fail, say, say_data
from sslspec.exitcodes import ExitCode

if TYPE_CHECKING:
    from sslspec.cli.common import Commands


def add(commands: Commands) -> None:
    """Register both commands and their options."""
    listing = command(commands, "list", _list, "the scenarios")
    listing.add_argument("glob", nargs="?", metavar="GLOB", help="an id, an area or a pattern")
    listing.add_argument("--area", action="append", default=[], metavar="AREA", help="only those of this area")
    listing.add_argument("--level", choices=("must", "should", "observed"), help="only those of this level")
    listing.add_argument("--clause", metavar="NAME", help="only those of a clause, a group of clauses or an RFC")
    listing.add_argument(
        "--profile", metavar="NAME", help="only those of a profile: client, asyncio, urllib3 or a file"
    )
    listing.add_argument("--format", choices=("pretty", "json"), default="pretty")
    show = command(commands, "show", _show, "one scenario: requirement, clauses, source")
    show.add_argument("id", metavar="ID")


def _list(arguments: argparse.Namespace) -> ExitCode:
    from sslspec.scenarios import listing, profiles, selecting

    every = listing.scenarios()
    try:
        selecting.check(wanted=arguments.area)
    except selecting.SelectionError as problem:
        return fail(str(problem))
    chosen = listing.select(arguments.glob, every)
    if arguments.glob and not chosen:
        near = selecting.hint(arguments.glob, [scenario.id for scenario in every])
        return fail(f"{arguments.glob}: fits no scenario{near}", ExitCode.NOTHING)
    chosen = [scenario for scenario in chosen if not arguments.area or scenario.area in arguments.area]
    chosen = [scenario for scenario in chosen if arguments.level in (None, scenario.level)]
    if arguments.clause:
        if not listing.of_clause(arguments.clause, every):
            near = selecting.near_clauses(arguments.clause, every)
            return fail(f"--clause {shlex.quote(arguments.clause)}: no scenario tests it{near}", ExitCode.NOTHING)
        chosen = listing.of_clause(arguments.clause, chosen)
    if arguments.profile:
        try:
            profile = profiles.load(arguments.profile)
            profiles.refuse_idle(profile)
        except profiles.ProfileError as problem:
            return fail(str(problem))
        chosen = [scenario for scenario in chosen if profile.has(scenario)]
    look = style.style_for(sys.stdout, arguments.color)
    if arguments.format == "json":
        say_data(listing.as_json(chosen), look)
    else:
        say(listing.listed(chosen), look)
    return ExitCode.AS_EXPECTED if chosen else ExitCode.NOTHING


def _show(arguments: argparse.Namespace) -> ExitCode:
    from sslspec.scenarios import listing

    try:
        scenario = listing.find(arguments.id)
    except listing.UnknownScenario as problem:
        return fail(str(problem))
    say(listing.shown(scenario), style.style_for(sys.stdout, arguments.color))
    return ExitCode.AS_EXPECTED
