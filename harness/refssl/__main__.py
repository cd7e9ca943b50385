"""``python -m refssl program.py ...`` and ``python -m refssl -m module ...``: any program, with refssl for its ssl.

Only the command line is here; taking ssl's place is injection.py's.
"""

from __future__ import annotations

import importlib.util
import os
import runpy
import sys

import refssl

USAGE = """usage: python -m refssl program.py [argument ...]
       python -m refssl -m module [argument ...]

Run a program with refssl in the place of ssl. The program is a file, or a folder or zip file with a __main__.py."""


def main(arguments: list[str]) -> None:
    """Run the program that the arguments name. Raises SystemExit where there is none, and what the program raises."""
    if arguments[:1] in (["-h"], ["--help"]):
        print(USAGE)
        return
    as_module = arguments[:1] == ["-m"]
    words = arguments[as_module:]
    program = words[0] if words else ""
    if not program or program.startswith("-"):
        print(USAGE, file=sys.stderr)
        raise SystemExit(2)
    if as_module:
        _check_module(program)
    elif not os.path.exists(program):
        print(f"refssl: there is no file {program!r}", file=sys.stderr)
        raise SystemExit(2)
    _inject()
    sys.argv = words
    if as_module:
        runpy.run_module(program, run_name="__main__", alter_sys=True)
        return
    if not getattr(sys.flags, "safe_path", False) and not sys.flags.isolated:
        # As for a program that Python itself starts: its folder comes first, where -m had put the current one.
        sys.path[0] = os.path.dirname(os.path.realpath(program))
    runpy.run_path(program, run_name="__main__")


def _check_module(name: str) -> None:
    try:
        found = importlib.util.find_spec(name.partition(".")[0])
    except (ImportError, ValueError):
        found = None
    if found is None:
        print(f"refssl: No module named {name}", file=sys.stderr)
        raise SystemExit(1)


def _inject() -> None:
    try:
        refssl.inject()
    except RuntimeError as refusal:
        # Something that Python imports when it starts: a .pth file, sitecustomize.
        print(f"refssl: {refusal}", file=sys.stderr)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main(sys.argv[1:])
