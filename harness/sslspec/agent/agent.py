"""The agent: runs in another interpreter, takes modules and calls over its standard input, and answers on its output.

A file that stands alone: the standard library of Python 3.8 or later, nothing of sslspec, one JSON object a line. What
it is to do is sent to it as text, so that it never needs to be installed; it knows nothing of ssl. Standard input and
output are kept for the conversation: whatever else reads or prints in this process meets the null device.
"""

from __future__ import annotations

import sys

# The folder of this file, or the working directory where this is text (-c): what Python has put first has modules that
# are not those of the standard library.
if sys.path[0].replace("\\", "/") == globals().get("__file__", "").replace("\\", "/").rpartition("/")[0]:
    del sys.path[0]

import importlib
import importlib.abc
import importlib.util
import json
import linecache
import os
import threading
import traceback
import types
from typing import Any, BinaryIO

PROTOCOL = 1
Message = dict[str, Any]


class Conversation:
    """The two pipes. One question is under way at a time; while it is answered, the other side may be asked."""

    def __init__(self, commands: BinaryIO, answers: BinaryIO) -> None:
        self._commands = commands
        self._answers = answers
        self._turn = threading.RLock()

    def next(self) -> Message | None:
        """The next message of the host's, or None where it has hung up."""
        line = self._commands.readline()
        message: Message | None = json.loads(line.decode("ascii")) if line else None
        return message

    def say(self, message: Message) -> None:
        """Send the host a message."""
        self._answers.write(json.dumps(message).encode("ascii") + b"\n")
        self._answers.flush()

    def ask(self, question: str, **arguments: Any) -> Any:
        """Ask the host while it waits for us: what it answers. Raises HostRefused with what went wrong there."""
        with self._turn:
            self.say({"ask": question, "arguments": arguments})
            while True:
                answer = self.next()
                if answer is None:
                    os._exit(0)
                if "call" not in answer:
                    break
                self.say(done(answer))  # the host, too, may ask before it answers
        if "refused" in answer:
            raise HostRefused(answer["refused"])
        return answer["value"]


class HostRefused(Exception):
    """The host could not answer: `name` and `says` of what was raised there."""

    def __init__(self, told: Message) -> None:
        super().__init__(f"{told['name']}: {told['says']}")
        self.name, self.says = told["name"], told["says"]


class Carried(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules that were sent: ``name: [file, source]``; a package's file ends in ``__init__.py``."""

    def __init__(self) -> None:
        self.modules: dict[str, tuple[str, str]] = {}

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        """As importlib has it."""
        if fullname not in self.modules:
            return None
        file, _ = self.modules[fullname]
        package = file.endswith("__init__.py")
        spec: Any = importlib.util.spec_from_loader(fullname, self, origin=file, is_package=package)
        spec.has_location = True  # which gives the module its __file__
        return spec

    def create_module(self, spec: Any) -> None:
        """As importlib has it."""

    def exec_module(self, module: Any) -> None:
        """As importlib has it."""
        file, source = self.modules[module.__name__]
        linecache.cache[file] = (len(source), None, source.splitlines(True), file)
        exec(compile(source, file, "exec", dont_inherit=True), module.__dict__)


def hello() -> Message:
    """What the host needs to know of this interpreter before it sends anything."""
    return {
        "protocol": PROTOCOL,
        "python": list(sys.version_info[:3]),
        "implementation": sys.implementation.name,
        "executable": sys.executable or "",
    }


def call(target: str, arguments: Message) -> Any:
    """Call ``package.module:function`` with JSON values."""
    module, _, function = target.partition(":")
    return getattr(importlib.import_module(module), function)(**arguments)


def done(message: Message) -> Message:
    """Do what the host says: the answer."""
    try:
        return {"value": call(message["call"], message["arguments"])}
    except BaseException as problem:
        told = "".join(traceback.format_exception(type(problem), problem, problem.__traceback__))
        return {"refused": {"name": type(problem).__name__, "says": str(problem), "traceback": told}}


def serve(conversation: Conversation, carried: Carried) -> None:
    """Do what the host says until it hangs up."""
    conversation.say({"hello": hello()})
    while True:
        message = conversation.next()
        if message is None:
            return
        carried.modules.update(message.get("modules", {}))
        conversation.say(done(message))


def keep_to_ourselves() -> tuple[BinaryIO, BinaryIO, int]:
    """The pipes to the host, where nobody else finds them, and a descriptor for last words; the null device for all."""
    commands = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    last_words = os.dup(2)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)
    return commands, answers, last_words


def main() -> None:
    """Serve; then leave without asking anybody, since threads and exit handlers of others must not keep us."""
    commands, answers, last_words = keep_to_ourselves()
    # What is sent finds us here, to ask the host and to know where its last words go.
    conversation = Conversation(commands, answers)
    at_the_end: Any = []
    home = sys.modules["sslspec_agent"] = types.ModuleType("sslspec_agent")
    vars(home).update(conversation=conversation, HostRefused=HostRefused)
    vars(home).update(last_words=last_words, at_the_end=at_the_end)
    carried = Carried()
    sys.meta_path.insert(0, carried)
    try:
        serve(conversation, carried)
    finally:
        for tidy_up in at_the_end:
            tidy_up()
        os._exit(0)


if __name__ == "__main__":
    main()
