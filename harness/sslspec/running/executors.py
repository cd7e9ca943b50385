"""Who executes the scenarios of a group of columns: a command line for each kind of executor, and nothing that runs.

What an executor is held to is little: it is one process, it appends events to a file (see ``events``), and it ends
when everything that it was asked for has had its turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sslspec import layout
from sslspec.hosts import away
from sslspec.pythons import child
from sslspec.running.options import Options, places
from sslspec.shards.durations import Durations


@dataclass(frozen=True, slots=True)
class Task:
    """What one executor is asked for.

    `events` is the file to which it appends; `folder` is its own, and goes away with the run. With `workers` processes
    it may be busy at once. `pki` holds the certificates of the run; None leaves making them to the executor.
    """

    options: Options
    events: Path
    folder: Path
    workers: int = 1
    pki: Path | None = None


Executor = Callable[[Task], list[str]]


def with_pytest(python: child.Python) -> Executor:
    """The executor that runs pytest in an interpreter which has everything that pytest and the suite need."""
    return lambda task: child.command("pytest", *_pytest_arguments(task), python=python)


def with_agent(command: str) -> Executor:
    """The executor that has the scenarios played in an interpreter which has nothing, by a pytest of this one."""
    return lambda task: child.command("pytest", *_pytest_arguments(task), f"--agent={command}")


def _pytest_arguments(task: Task) -> list[str]:
    options = task.options
    given = ["--disable-plugin-autoload", "-p", "xdist.plugin", "-p", "sslspec.plugin.hooks"]
    given += ["-p", "no:terminal", "-p", "no:cacheprovider", f"--basetemp={task.folder / 'tmp'}"]
    # Each crash costs a worker. There is no natural bound but that events must go on coming, which is watched.
    given += ["--max-worker-restart=1000000", f"--limit={options.limit}"]
    if away.asked_for(options.pytest_args):
        given += away.arguments(task.events)
    else:
        suites = layout.suites()
        given += ["-c", str(layout.pytest_ini()), f"--rootdir={suites}", f"--confcutdir={suites}"]
        given += ["-n", str(task.workers), f"--events={task.events}"]
    given += [f"--pki={task.pki}"] if task.pki else []
    # Nobody reads what pytest would make of it, unless the user has asked for something of his own (--junitxml).
    given += [] if options.pytest_args else ["--events-only", "-p", "no:logging"]
    given += [f"--impl={spec}" for spec in options.implementations]
    given += [f"--peer={peer}" for peer in options.peers]
    given += [f"--scenario={glob}" for glob in options.globs]
    given += [f"--area={area}" for area in options.areas]
    given += [f"--level={options.level}"] if options.level else []
    given += [f"--profile={options.profile}"] if options.profile else []
    given += ["--smoke"] if options.smoke else []
    given += [f"--baseline={path.absolute()}" for path in options.baselines]
    given += ["--no-baseline"] if options.no_baseline else []
    given += ["--strict-new"] if options.strict_new else []
    given += ["-x"] if options.first_only else []
    if options.shard:
        durations = Durations.load(options.durations) if options.durations else Durations.shipped()
        given += [f"--shard={options.shard}", f"--shard-durations={durations.save(task.folder)}"]
    if away.asked_for(options.pytest_args):
        chosen = [f"--place={place.relative_to(layout.suites()).as_posix()}" for place in places(options)]
    else:
        chosen = [str(place) for place in places(options)]
    return [*given, *options.pytest_args, *chosen]
