"""``sslspec run``: its options, where its record goes, and what is shown of it."""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from sslspec import style
from sslspec.ci import runner
from sslspec.cli.common import EXIT_CODES, add_python, command, fail, say, say_data
from sslspec.exitcodes import ExitCode
from sslspec.implementations import loading

if TYPE_CHECKING:
    from sslspec.cli.common import Commands
    from sslspec.running.options import Options
    from sslspec.running.outcome import Outcome

DEFAULT_OUTPUT = "sslspec-results.jsonl"
_SLOWEST = 5


def add(commands: Commands) -> None:
    """Register the command and its options."""
    run = command(commands, "run", answer, "run the scenarios against implementations", epilog=EXIT_CODES)
    run.add_argument(
        "implementations",
        nargs="*",
        metavar="IMPL",
        help="ssl, refssl, gevent or another known name, MODULE, MODULE:ATTRIBUTE, NAME=MODULE; default: ssl, refssl",
    )
    add_python(run)
    run.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="PEER",
        help="stdlib, tlslite, scripted, openssl, gnutls, python3.10, python:PATH, self or a module",
    )
    run.add_argument("-k", action="append", default=[], metavar="GLOB", help="only scenarios whose id fits")
    run.add_argument("--area", action="append", default=[], metavar="AREA", help="only scenarios of this area")
    run.add_argument("--level", choices=("must", "should", "observed"), help="only scenarios of this level")
    run.add_argument(
        "--profile", default="", metavar="NAME", help="client, asyncio, urllib3, everything, or a file: ./mine.toml"
    )
    run.add_argument("--smoke", action="store_true", help="only a cross-section of the suite, in a few seconds")
    run.add_argument(
        "--shard", metavar="I/N", type=_part, help="only part I of N: equal loads; `merge` puts them together"
    )
    run.add_argument("--durations", type=Path, metavar="FILE", help="cut by what this earlier result file measured")
    run.add_argument("-j", type=_workers, default=_cores(), metavar="N", help="processes; default: cores")
    run.add_argument(
        "--baseline", action="append", default=[], type=Path, metavar="FILE", help="what is known not to work, and why"
    )
    run.add_argument("--no-baseline", action="store_true", help="expect everything to pass")
    run.add_argument(
        "--strict-new", action="store_true", help="scenarios newer than what the baseline has reviewed count as well"
    )
    run.add_argument(
        "--timeout", type=_seconds, default=10.0, metavar="S", help="seconds until a scenario counts as hung (10)"
    )
    run.add_argument("-o", "--output", type=Path, metavar="FILE", help=f"the result file; default: {DEFAULT_OUTPUT}")
    run.add_argument("--junitxml", type=Path, metavar="FILE", help="also write the results as JUnit XML")
    run.add_argument(
        "--ctrf", type=Path, metavar="FILE", help="also write the results in the Common Test Report Format"
    )
    run.add_argument(
        "--format",
        choices=("pretty", "json", "github"),
        default="pretty",
        help="json: the result file's lines on stdout; github: as in a job of GitHub Actions, where it is the default",
    )
    run.add_argument("-q", "--quiet", action="count", default=0, help="only the closing report")
    run.add_argument("-v", "--verbose", action="count", default=0, help="each unexpected result in full; the slowest")
    run.add_argument(
        "--slowest", type=count, metavar="N", help="name the N slowest; default: those above 2 s, with -v 5"
    )
    run.add_argument("-x", action="store_true", help="stop at the first unexpected result")


def answer(arguments: argparse.Namespace) -> ExitCode:
    """Run, write the record, show what came of it."""
    from sslspec.baseline import BaselineError
    from sslspec.cli import export
    from sslspec.hosts import away
    from sslspec.pythons.interpreters import InterpreterError
    from sslspec.results import record
    from sslspec.running import run
    from sslspec.scenarios import selecting
    from sslspec.scenarios.profiles import ProfileError

    if arguments.durations and not arguments.shard:
        return fail("--durations says how a run is cut; it goes with --shard I/N")
    if arguments.python and away.asked_for(arguments.pytest_args):
        return fail("--python and --tx do not go together: workers that --tx reaches have the Python of this process")
    on_github = arguments.format == "github" or (arguments.format == "pretty" and runner.is_here())
    safe = runner.harmless if on_github else str
    try:
        selecting.check(arguments.k, arguments.area, arguments.level)
        output = _output(arguments.output)
        exports = [_output(target) for target in (arguments.junitxml, arguments.ctrf) if target]
        if problem := export.clash(output, *exports):
            return fail(problem)
        with runner.unheard(sys.stdout, "sslspec run") if on_github else contextlib.nullcontext():
            done = _executed(arguments)
    except (BaselineError, InterpreterError, ProfileError, record.RecordError, selecting.SelectionError) as problem:
        return fail(safe(str(problem)))
    except run.NotLoadable as problem:
        for line in problem.problems:
            fail(safe(line))
        return ExitCode.NOT_LOADED
    written = _written(arguments, done, output)
    if written is not None:
        with runner.unheard(sys.stdout) if on_github else contextlib.nullcontext():
            _show(arguments, done, output)
    if on_github:
        _tell_github(done, output)
    if done.problem:
        fail(safe(done.problem))
    sound = written is not False and not _has_missed(arguments, done)
    return done.exit_code if sound else max(done.exit_code, ExitCode.USAGE)


def _has_missed(arguments: argparse.Namespace, done: Outcome) -> bool:
    """Tell of globs that nothing fitted in the end, though they name scenarios; True where a variant is not there."""
    from sslspec.scenarios import selecting

    if arguments.smoke or arguments.shard or arguments.x or arguments.pytest_args or not done.record.complete:
        return False  # where less is run than was asked for
    missed = selecting.missed(arguments.k, (result.id for result in done.record.results))
    for glob, is_variant in missed:
        why = "its scenarios have no such variant" if is_variant else "none of it is for these peers"
        fail(f"-k {shlex.quote(glob)}: nothing was run: {why}")
    return any(is_variant for _, is_variant in missed)


def _executed(arguments: argparse.Namespace) -> Outcome:
    """Run, and show on a terminal how it goes."""
    from sslspec.console.progress import Terminal
    from sslspec.running import run

    pretty = arguments.format != "json"
    shown: TextIO = sys.stdout if pretty else sys.stderr
    look = style.style_for(shown, arguments.color)
    live = style.is_terminal(shown)
    verbosity = arguments.verbose - arguments.quiet if pretty or live else -1
    terminal = Terminal(shown, look, live=live, verbosity=verbosity)
    done = run.execute(_options(arguments), terminal)
    terminal.finish()
    return done


def _written(arguments: argparse.Namespace, done: Outcome, output: Path) -> bool | None:
    """Write the record, and what else was asked for; False where that cannot be, None where there is nothing."""
    from sslspec.cli import export
    from sslspec.results import record
    from sslspec.running import outcome

    if not (outcome.ran_at_all(done.record.results) or (arguments.shard and done.record.complete)):
        return None
    try:
        record.write(output, done.record.header, done.record.results, complete=done.record.complete)
    except record.RecordError as problem:
        fail(str(problem))
        return False
    return export.exported(output, junit=arguments.junitxml, ctrf=arguments.ctrf)


def _show(arguments: argparse.Namespace, done: Outcome, output: Path) -> None:
    from sslspec import compare
    from sslspec.console import summary
    from sslspec.results import record

    look = style.style_for(sys.stdout, arguments.color)
    if arguments.format == "json":
        lines = record.lines(done.record.header, record.in_order(done.record.results), complete=done.record.complete)
        say_data("\n".join(lines), look)
        return
    slowest = _SLOWEST if arguments.verbose and arguments.slowest is None else arguments.slowest or 0
    told = summary.text(done.record, look, stale=done.stale, notes=done.notes, seconds=done.seconds, slowest=slowest)
    if len(compare.implementations_of(done.record)) == 2:
        told += f"\n{compare.in_a_line(compare.within(done.record))} (sslspec compare {output})"
    say(f"\n{told}\nresults in {output}", look)


def _tell_github(done: Outcome, output: Path) -> None:
    """The annotations of the step, and the summary of the job."""
    from sslspec.ci import github, markdown
    from sslspec.results.digest import Digest
    from sslspec.results.ways import ways_of

    digest, ways = Digest.of(done.record.results), ways_of(done.record.header)
    runner.tell(sys.stdout, github.errors(digest, ways, done.stale, os.environ.get("GITHUB_WORKSPACE", "")))
    report = markdown.report(
        digest, results=str(output), ways=ways, complete=done.record.complete, stale=done.stale, notes=done.notes
    )
    try:
        github.append_summary(report)
    except OSError as problem:
        fail(f"the summary of the job cannot be written ({problem.strerror})")


def _options(arguments: argparse.Namespace) -> Options:
    from sslspec.running import options
    from sslspec.scenarios import profiles, selecting

    return options.Options(
        implementations=tuple(arguments.implementations) or loading.DEFAULT,
        pythons=tuple(arguments.python),
        install=not arguments.no_install,
        peers=tuple(arguments.peer),
        globs=selecting.selection(arguments.k),
        areas=tuple(arguments.area),
        level=arguments.level,
        profile=profiles.checked(arguments.profile),
        smoke=arguments.smoke,
        workers=arguments.j,
        baselines=tuple(arguments.baseline),
        no_baseline=arguments.no_baseline,
        strict_new=arguments.strict_new,
        limit=arguments.timeout,
        first_only=arguments.x,
        shard=arguments.shard or "",
        durations=arguments.durations,
        pytest_args=tuple(arguments.pytest_args),
        argv=tuple(arguments.argv),
    )


def _output(given: Path | None) -> Path:
    """Where a file goes; known to be writable before anything runs. Raises RecordError."""
    from sslspec import files
    from sslspec.results.record import RecordError

    wanted = given or Path(DEFAULT_OUTPUT)
    if files.is_no_file(wanted):
        return wanted
    if os.path.isdir(wanted):
        raise RecordError(f"{wanted}: is a folder, and not the name of a file")
    try:
        with contextlib.suppress(FileNotFoundError):
            wanted.stat()  # which a name that is too long is not suffered to
        with tempfile.NamedTemporaryFile(prefix=".sslspec-", dir=wanted.parent):
            return wanted
    except OSError as problem:
        if given is not None:
            raise RecordError(f"{wanted}: cannot be written ({problem.strerror})") from problem
        elsewhere = Path(tempfile.mkdtemp(prefix="sslspec-")) / DEFAULT_OUTPUT
        fail(f"this folder cannot be written to; the results go to {elsewhere}")
        return elsewhere


def _cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _workers(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes")
    return int(text)


def _part(text: str) -> str:
    from sslspec.shards import cutting

    try:
        cutting.parse(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from problem
    return text


def count(text: str) -> int:
    """For the `type` of an option: how many scenarios, or none."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of scenarios")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 86400:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return seconds
