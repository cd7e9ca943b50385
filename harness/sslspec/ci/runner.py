"""The language of GitHub's runner: its commands, and how everything else is kept from being one.

A line that begins with two colons is a command to the runner, wherever it came from. So whatever an implementation or
a file may have said is printed where the runner does not listen (`unheard`), made harmless, or escaped in the arguments
of commands of our own. What there is to tell the runner is the business of ``github``.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import TextIO

from sslspec.style import legible


def is_here(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this is a job of GitHub Actions."""
    return environment.get("GITHUB_ACTIONS") == "true"


def command(name: str, message: str = "", **properties: str) -> str:
    """A workflow command on one line: ``::error file=a.toml,line=3::what is wrong``."""
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    return f"::{name}{' ' if told else ''}{told}::{_data(message)}"


@contextlib.contextmanager
def unheard(stream: TextIO, title: str = "") -> Iterator[None]:
    """What is printed in this block is no command to the runner; with a `title` it can be folded away."""
    token = f"sslspec-{secrets.token_hex(16)}"
    opening = [command("group", title)] if title else []
    tell(stream, [*opening, command("stop-commands", token)])
    try:
        yield
    finally:
        tell(stream, [f"::{token}::", *([command("endgroup")] if title else [])])


def harmless(text: str) -> str:
    """`text` for where no block keeps it from the runner: without any command in it."""
    return re.sub(r"(^|[\r\n])(\s*):(?=:)", r"\1\2: ", text).replace("##[", "## [")


def harmless_json(text: str) -> str:
    """JSON of the same value without any command in it: no line of it begins with a colon."""
    return text.replace("##[", "#\\u0023[")


def harmless_here(text: str) -> str:
    """`text`, and in a job of GitHub Actions without any command in it: what files and modules said may be in it."""
    return harmless(text) if is_here() else text


def tell(stream: TextIO, lines: Iterable[str]) -> None:
    """Print commands for the runner."""
    stream.write("".join(line + "\n" for line in lines))
    stream.flush()


def _data(text: str) -> str:
    """The escapes of a command's message; other control characters as Python writes them."""
    told = re.sub(r"\r\n?", "\n", text)
    return legible(told).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
