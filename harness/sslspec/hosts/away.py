"""Workers on other hosts: what the controller tells them, and how they make it their own.

A worker that xdist starts beside the controller shares its files: certificates, events, last words. One that is
reached by ``--tx socket=...`` or ``ssh=...`` shares nothing: it has sslspec installed, makes certificates of its own,
and everything that it has to tell travels with xdist's reports.
"""

from __future__ import annotations

import atexit
import inspect
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sslspec import __version__, layout

INPUT = "sslspec_away"  # under which a worker is told
# Options that name files of the controller, and what a worker here puts in their place; None leaves them out.
_OF_THE_CONTROLLER = (
    "--events",
    "--events-only",
    "--basetemp",
    "--pki",
    "--results",
    "--shard-durations",
    "--baseline",
)


def is_away(spec: Any) -> bool:
    """Whether a gateway's specification leads to where this host's files are not taken for granted."""
    return not spec.popen or bool(spec.chdir)


def asked_for(pytest_args: Sequence[str]) -> bool:
    """Whether arguments for pytest name workers of their own."""
    return any(argument == "--tx" or argument.startswith("--tx=") for argument in pytest_args)


def arguments(events: Path) -> list[str]:
    """How pytest is told on the controller what it would else be told by paths, which xdist wants to copy."""
    suites = layout.suites()
    given = [f"--config-file={layout.pytest_ini()}", f"--rootdir={suites}", f"--confcutdir={suites}", "--noconftest"]
    return [*given, f"--events={events}", "--dist=load"]


def told(facts: Mapping[str, Any], baselines: Sequence[Path]) -> dict[str, Any]:
    """What a worker elsewhere needs to know: who must be under test there, and what is expected of it."""
    return {
        "suite": __version__,
        "facts": dict(facts),
        "baselines": [path.read_text(encoding="utf-8") for path in baselines],
    }


def work(channel: Any, first: Any) -> None:
    """Be an xdist worker, on a host that is not the controller's. `channel` is execnet's, `first` what came over it."""
    import xdist.remote

    workerinput, args, options, _ = first
    given = workerinput[INPUT]
    if given["suite"] != __version__:
        raise RuntimeError(f"sslspec {__version__} is installed there, and {given['suite']} here")
    here = (workerinput, _translated(args, given["baselines"]), options, None)
    source = compile(inspect.getsource(xdist.remote), str(xdist.remote.__file__), "exec")
    exec(source, {"__name__": "__channelexec__", "channel": _Channel(channel, here)})


def differences(facts: Mapping[str, Any], here: Mapping[str, Any]) -> str:
    """How the implementations of a worker differ from the controller's, in a line; "" where they are the same."""
    found = []
    for name, wanted in facts.items():
        have = here.get(name, {})
        found += [
            f"{name}: {what} is {have.get(what)} there, and {value} here"
            for what, value in wanted.items()
            if have.get(what) != value
        ]
    return "; ".join(found)


class _Channel:
    """A channel whose first message has been read already."""

    def __init__(self, channel: Any, first: Any) -> None:
        self._channel = channel
        self._first = [first]

    def receive(self, *args: Any) -> Any:
        return self._first.pop() if self._first else self._channel.receive(*args)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)


def _translated(args: Sequence[str], baselines: Sequence[str]) -> list[str]:
    suites = layout.suites()
    paths = {"--config-file": layout.pytest_ini(), "--rootdir": suites, "--confcutdir": suites}
    found = [
        f"{name}={paths[name]}" if name in paths else argument
        for argument in args
        if (name := argument.partition("=")[0]) not in _OF_THE_CONTROLLER
    ]
    return [*found, *(f"--baseline={path}" for path in _written(baselines))]


def _written(texts: Sequence[str]) -> list[Path]:
    if not texts:
        return []
    folder = Path(tempfile.mkdtemp(prefix="sslspec-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    paths = [folder / f"{number}.toml" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    return paths
