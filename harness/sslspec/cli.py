"""The command line: what may be said, and which part of sslspec answers. No part of the work is done here."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from sslspec import __version__, implementations, style
from sslspec.exitcodes import ExitCode
from sslspec.parser import Parser
from sslspec.style import Style

if TYPE_CHECKING:
    from sslspec.run import Options

DEFAULT_OUTPUT = "sslspec-results.jsonl"
_SLOWEST = 5
_EXIT_CODES = """\
exit codes: 0 all as expected, 1 unexpected results or stale baseline entries, 2 interrupted, 3 internal error,
4 usage, 5 nothing selected, 10 the run is incomplete, 11 an implementation could not be loaded"""


def main(argv: Sequence[str] | None = None) -> int:
    """Answer a command line; the exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    ours, theirs = (given[: given.index("--")], given[given.index("--") + 1 :]) if "--" in given else (given, [])
    arguments = _parser().parse_args(ours)
    arguments.pytest_args = theirs
    arguments.argv = given
    try:
        return int(_COMMANDS[arguments.command](arguments))
    except KeyboardInterrupt:
        return fail("interrupted", ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has seen enough (sslspec list | head).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.AS_EXPECTED


def fail(problem: str, code: ExitCode = ExitCode.USAGE) -> ExitCode:
    """Say in one line on stderr what is wrong."""
    sys.stderr.write(f"sslspec: {problem}\n")
    return code


def _run(arguments: argparse.Namespace) -> ExitCode:
    from sslspec import compare, record, run, summary
    from sslspec.baseline import BaselineError
    from sslspec.terminal import Terminal

    pretty = arguments.format == "pretty"
    shown: TextIO = sys.stdout if pretty else sys.stderr
    look = style.style_for(shown, arguments.color)
    live = style.is_terminal(shown)
    verbosity = arguments.verbose - arguments.quiet if pretty or live else -1
    terminal = Terminal(shown, look, live=live, verbosity=verbosity)
    try:
        output = _output(arguments.output)
        outcome = run.execute(_options(arguments), terminal)
    except (BaselineError, record.RecordError) as problem:
        return fail(str(problem))
    except run.NotLoadable as problem:
        for line in problem.problems:
            fail(line)
        return ExitCode.NOT_LOADED
    terminal.finish()
    if run.ran_at_all(outcome.record.results):
        try:
            record.write(output, outcome.record.header, outcome.record.results, complete=outcome.record.complete)
        except record.RecordError as problem:
            fail(str(problem))
        if pretty:
            slowest = _SLOWEST if arguments.verbose and arguments.slowest is None else arguments.slowest or 0
            told = summary.text(outcome.record, look, stale=outcome.stale, seconds=outcome.seconds, slowest=slowest)
            if len(compare.implementations_of(outcome.record)) == 2:
                told += f"\n{compare.in_a_line(compare.within(outcome.record))} (sslspec compare {output})"
            _print(f"\n{told}\nresults in {output}", look)
        else:
            lines = record.lines(
                outcome.record.header, record.in_order(outcome.record.results), complete=outcome.record.complete
            )
            _print("\n".join(lines), look)
    if outcome.problem:
        fail(outcome.problem)
    return outcome.exit_code


def _options(arguments: argparse.Namespace) -> Options:
    from sslspec import run

    return run.Options(
        implementations=tuple(arguments.implementations) or implementations.DEFAULT,
        peers=tuple(arguments.peer),
        globs=run.selection(arguments.k),
        areas=tuple(arguments.area),
        level=arguments.level,
        smoke=arguments.smoke,
        workers=arguments.j,
        baselines=tuple(arguments.baseline),
        no_baseline=arguments.no_baseline,
        limit=arguments.timeout,
        first_only=arguments.x,
        pytest_args=tuple(arguments.pytest_args),
        argv=tuple(arguments.argv),
    )


def _output(given: Path | None) -> Path:
    """Where the record goes; known to be writable before anything runs. Raises RecordError."""
    from sslspec.record import RecordError

    wanted = given or Path(DEFAULT_OUTPUT)
    if wanted.is_dir():
        raise RecordError(f"{wanted}: is a folder; -o takes the name of a file")
    try:
        with tempfile.NamedTemporaryFile(prefix=".sslspec-", dir=wanted.parent):
            return wanted
    except OSError as problem:
        if given is not None:
            raise RecordError(f"{wanted}: cannot be written ({problem.strerror})") from problem
        elsewhere = Path(tempfile.mkdtemp(prefix="sslspec-")) / DEFAULT_OUTPUT
        fail(f"this folder cannot be written to; the results go to {elsewhere}")
        return elsewhere


def _compare(arguments: argparse.Namespace) -> ExitCode:
    from sslspec import compare, record

    if len(arguments.files) > 2:
        return fail("compare takes one or two result files")
    try:
        records = [record.read(path) for path in arguments.files]
        comparison = compare.compare(*records) if len(records) == 2 else compare.within(records[0])
    except record.RecordError as problem:
        return fail(str(problem))
    look = style.style_for(sys.stdout, arguments.color)
    _print(compare.text(comparison, look, verbose=arguments.verbose > 0), look)
    return ExitCode.UNEXPECTED if comparison.regressions else ExitCode.AS_EXPECTED


def _doctor(arguments: argparse.Namespace) -> ExitCode:
    from sslspec import doctor

    look = style.style_for(sys.stdout, arguments.color)
    told, well = doctor.report(arguments.implementations or implementations.DEFAULT, look)
    _print(told, look)
    return ExitCode.AS_EXPECTED if well else ExitCode.NOT_LOADED


def _repro(arguments: argparse.Namespace) -> int:
    from sslspec import listing, repro

    try:
        text = repro.script(arguments.id, arguments.implementation, arguments.peer)
    except (listing.UnknownScenario, repro.ReproError) as problem:
        return fail(str(problem))
    if arguments.run:
        return repro.run(text)
    sys.stdout.write(text)
    return ExitCode.AS_EXPECTED


def _list(arguments: argparse.Namespace) -> ExitCode:
    from sslspec import listing

    chosen = listing.select(arguments.glob, listing.scenarios())
    if arguments.clause:
        chosen = listing.of_clause(arguments.clause, chosen)
    look = style.style_for(sys.stdout, arguments.color)
    _print(listing.as_json(chosen) if arguments.format == "json" else listing.listed(chosen), look)
    return ExitCode.AS_EXPECTED if chosen else ExitCode.NOTHING


def _show(arguments: argparse.Namespace) -> ExitCode:
    from sslspec import listing

    try:
        scenario = listing.find(arguments.id)
    except listing.UnknownScenario as problem:
        return fail(str(problem))
    _print(listing.shown(scenario), style.style_for(sys.stdout, arguments.color))
    return ExitCode.AS_EXPECTED


def _names(arguments: argparse.Namespace) -> ExitCode:
    from sslspec.names import answering

    look = style.style_for(sys.stdout, arguments.color)
    try:
        told, well = answering.answer(
            arguments.implementation, arguments.against, arguments.format, look, arguments.verbose
        )
    except answering.CannotAnswer as problem:
        return fail(str(problem), ExitCode.NOT_LOADED if problem.of_implementation else ExitCode.USAGE)
    _print(told, look)
    return ExitCode.AS_EXPECTED if well else ExitCode.UNEXPECTED


def _print(text: str, look: Style) -> None:
    sys.stdout.write(look.plain(text) + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="sslspec",
        description="An executable specification of Python's ssl surface.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"sslspec {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_run(commands)
    compare = _command(commands, "compare", "what is different between two result files, regressions first")
    compare.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="result files: before and after; or one of two implementations",
    )
    compare.add_argument("-v", "--verbose", action="count", default=0, help="show what is different in full")
    doctor = _command(commands, "doctor", "versions, features and a first handshake of implementations")
    doctor.add_argument("implementations", nargs="*", metavar="IMPL", help="default: ssl and refssl")
    listing = _command(commands, "list", "the scenarios")
    listing.add_argument("glob", nargs="?", metavar="GLOB", help="an id, an area or a pattern")
    listing.add_argument("--clause", metavar="NAME", help="only those of a clause, a group of clauses or an RFC")
    listing.add_argument("--format", choices=("pretty", "json"), default="pretty")
    names = _command(commands, "names", "what a module has of ssl, name by name")
    names.add_argument("implementation", nargs="?", default="refssl", metavar="IMPL", help="default: refssl")
    names.add_argument(
        "--against", default="ssl", metavar="IMPL", help="ssl (default), a module, 3.15 as recorded, or a .json file"
    )
    names.add_argument(
        "--format",
        choices=("pretty", "markdown", "json", "record"),
        default="pretty",
        help="record: what the module has, for --against FILE",
    )
    names.add_argument("-v", "--verbose", action="count", default=0, help="differences that have a reason, too")
    repro = _command(commands, "repro", "print a script that repeats one scenario without sslspec")
    repro.add_argument("id", metavar="ID", help="with its variant, as a run prints it")
    repro.add_argument("implementation", nargs="?", default="ssl", metavar="IMPL", help="default: ssl")
    repro.add_argument("--peer", default="stdlib", metavar="PEER", help="stdlib (default), self or a module")
    repro.add_argument("--run", action="store_true", help="run it instead: exit code 0 passed, 1 failed")
    show = _command(commands, "show", "one scenario: requirement, clauses, source")
    show.add_argument("id", metavar="ID")
    return parser


def _add_run(commands: argparse._SubParsersAction[Parser]) -> None:
    run = _command(commands, "run", "run the scenarios against implementations", epilog=_EXIT_CODES)
    run.add_argument(
        "implementations",
        nargs="*",
        metavar="IMPL",
        help="ssl, refssl, MODULE, MODULE:ATTRIBUTE or NAME=MODULE; default: ssl and refssl",
    )
    run.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="PEER",
        help="stdlib, tlslite, scripted, openssl, gnutls, self or a module",
    )
    run.add_argument("-k", action="append", default=[], metavar="GLOB", help="only scenarios whose id fits")
    run.add_argument("--area", action="append", default=[], metavar="AREA", help="only scenarios of this area")
    run.add_argument("--level", choices=("must", "should", "observed"), help="only scenarios of this level")
    run.add_argument("--smoke", action="store_true", help="only a cross-section of the suite, in a few seconds")
    run.add_argument("-j", type=_workers, default=_cores(), metavar="N", help="processes; default: cores")
    run.add_argument(
        "--baseline", action="append", default=[], type=Path, metavar="FILE", help="what is known not to work, and why"
    )
    run.add_argument("--no-baseline", action="store_true", help="expect everything to pass")
    run.add_argument(
        "--timeout", type=_seconds, default=10.0, metavar="S", help="seconds until a scenario counts as hung (10)"
    )
    run.add_argument("-o", "--output", type=Path, metavar="FILE", help=f"the result file; default: {DEFAULT_OUTPUT}")
    run.add_argument(
        "--format", choices=("pretty", "json"), default="pretty", help="json: the result file's lines on stdout"
    )
    run.add_argument("-q", "--quiet", action="count", default=0, help="only the closing report")
    run.add_argument("-v", "--verbose", action="count", default=0, help="each unexpected result in full; the slowest")
    run.add_argument(
        "--slowest", type=_count, metavar="N", help="name the N slowest; default: those above 2 s, with -v 5"
    )
    run.add_argument("-x", action="store_true", help="stop at the first unexpected result")


def _command(
    commands: argparse._SubParsersAction[Parser], name: str, summary: str, epilog: str = ""
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--color", choices=style.CHOICES, default="auto", help="default: auto, as NO_COLOR and others say"
    )
    return parser


def _cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _workers(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes")
    return int(text)


def _count(text: str) -> int:
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


_COMMANDS = {
    "run": _run,
    "compare": _compare,
    "doctor": _doctor,
    "repro": _repro,
    "list": _list,
    "names": _names,
    "show": _show,
}
