"""asyncio over the implementation under test: an event loop whose modules were loaded with it in the place of ssl.

asyncio takes MemoryBIO, the exceptions and the classes that it checks from the module that ``import ssl`` gives it. So
the few of its modules that import ssl are loaded a second time, for this implementation; all else, tasks, futures and
streams, is asyncio's own. What a scenario does with it is no business of this file.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import sys
from collections.abc import Coroutine, Iterator
from types import ModuleType
from typing import Any, TypeVar

from sslspec.bench.exits import Inapplicable
from sslspec.bench.loopback import DEADLINE

T = TypeVar("T")
# What imports ssl, and what derives from it, each behind what it is made of; the last has the loop of this platform.
_MODULES = ("sslproto", "base_events", "selector_events", asyncio.SelectorEventLoop.__module__.rpartition(".")[2])


class Aio:
    """One scenario's event loop. Every other name is asyncio's: ``aio.open_connection``, ``aio.StreamReader``.

    loop: the event loop. unhandled: what would have been logged of exceptions that nobody took, as asyncio's dicts.
    """

    def __init__(self, impl: Any) -> None:
        self.loop: asyncio.AbstractEventLoop = _loop_class(impl)()
        self.unhandled: list[dict[str, Any]] = []
        self._writers: list[asyncio.StreamWriter] = []
        self.loop.set_exception_handler(lambda _loop, context: self.unhandled.append(context))

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end, and give or raise what comes of it; TimeoutError if that takes too long."""
        task = self.loop.create_task(coroutine)
        late = self.loop.call_later(DEADLINE, task.cancel, "late")
        try:
            return self.loop.run_until_complete(task)
        except asyncio.CancelledError:
            if self.loop.time() < late.when():
                raise
            raise TimeoutError(f"the coroutine has not come to its end after {DEADLINE:g} s") from None
        finally:
            late.cancel()
            self.loop.run_until_complete(asyncio.sleep(0))  # in which a connection that failed is closed

    async def streams(
        self, connection: Any, context: Any, *, server_side: bool, server_hostname: str | None = None, **options: Any
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """TLS on a connected plain socket, in either role: reader and writer, once the handshake is complete."""
        reader = asyncio.StreamReader(loop=self.loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=self.loop)
        if server_side:
            connect = self.loop.connect_accepted_socket(lambda: protocol, connection, ssl=context, **options)
        else:
            options["server_hostname"] = server_hostname or ""
            connect = self.loop.create_connection(lambda: protocol, sock=connection, ssl=context, **options)
        transport, _ = await connect
        writer = asyncio.StreamWriter(transport, protocol, reader, self.loop)
        self._writers.append(writer)
        return reader, writer

    def since(self, version: str, what: str) -> None:
        """Raise Inapplicable where the asyncio of this Python is older than `what`, which came with `version`."""
        if sys.version_info < tuple(map(int, version.split("."))):
            raise Inapplicable(f"asyncio has {what} from Python {version} on")

    def close(self) -> None:
        """Cancel what is still under way, and leave nothing behind."""
        try:
            self.loop.run_until_complete(self._end(asyncio.all_tasks(self.loop)))
        finally:
            self.loop.close()

    async def _end(self, tasks: set[asyncio.Task[Any]]) -> None:
        for task in tasks:
            task.cancel()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.loop.shutdown_asyncgens()
        await self.loop.shutdown_default_executor()


_loop_classes: dict[int, tuple[Any, type]] = {}  # by id, beside what has it


def _loop_class(impl: Any) -> Any:
    """The class of event loops for an implementation. Raises Inapplicable where it has not what asyncio needs."""
    if id(impl) not in _loop_classes:
        try:
            with _as_ssl(impl):
                modules = [_loaded_again(name) for name in dict.fromkeys(_MODULES)]
        except (ImportError, AttributeError) as problem:
            raise Inapplicable(f"asyncio cannot be loaded over this implementation: {problem}") from problem
        if any(vars(module).get("ssl", impl) is not impl for module in modules):
            raise Inapplicable("asyncio of this Python does not take its ssl from sys.modules")
        _loop_classes[id(impl)] = impl, modules[-1].SelectorEventLoop
    return _loop_classes[id(impl)][1]


@contextlib.contextmanager
def _as_ssl(impl: Any) -> Iterator[None]:
    """While it lasts, ``import ssl`` gives `impl`; then everything that was imported is as it was."""
    names = [f"asyncio.{name}" for name in _MODULES]
    modules = {name: sys.modules.get(name) for name in ["ssl", *names]}
    attributes = {name: getattr(asyncio, name, None) for name in _MODULES}
    sys.modules["ssl"] = impl
    try:
        yield
    finally:
        for name, module in modules.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module
        for name, module in attributes.items():
            if module is not None:
                setattr(asyncio, name, module)


def _loaded_again(name: str) -> ModuleType:
    spec = importlib.util.find_spec(f"asyncio.{name}")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    setattr(asyncio, name, module)  # which ``from . import name`` looks at first
    spec.loader.exec_module(module)
    return module
