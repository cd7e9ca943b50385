"""asyncio over an implementation: its modules get that one for their ssl, and nobody else notices."""

from __future__ import annotations

import asyncio
import ssl
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import refssl
from sslspec import peers, repro
from sslspec.bench import aio as bench_aio
from sslspec.bench.aio import Aio
from sslspec.bench.credentials import Pki
from sslspec.bench.endpoints import Journal
from sslspec.bench.exits import Inapplicable
from sslspec.bench.pair import Pair, Variant
from sslspec.certificates import pki


@pytest.fixture(scope="module")
def made_pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    directory = tmp_path_factory.mktemp("made") / "pki"
    pki.make(directory)
    return Pki(str(directory))


@pytest.fixture(params=[ssl, refssl], ids=["ssl", "refssl"])
def impl(request: pytest.FixtureRequest) -> Any:
    return request.param


class TestTheCopy:
    def test_the_loop_knows_the_implementation_for_its_ssl(self, impl: Any) -> None:
        aio = Aio(impl)
        aio.close()
        own = [base for base in type(aio.loop).__mro__ if base.__module__.endswith(("base_events", "selector_events"))]
        assert len(own) == 2
        assert all(_globals(base)["ssl"] is impl for base in own)

    def test_asyncio_itself_is_as_it_was(self) -> None:
        before = {name: module for name, module in sys.modules.items() if name.split(".")[0] in ("asyncio", "ssl")}
        Aio(_like_ssl()).close()
        after = {name: module for name, module in sys.modules.items() if name.split(".")[0] in ("asyncio", "ssl")}
        assert after == before
        assert asyncio.sslproto is sys.modules["asyncio.sslproto"]  # type: ignore[attr-defined]
        assert asyncio.sslproto.ssl is ssl  # type: ignore[attr-defined]

    def test_what_lacks_a_name_is_not_judged(self) -> None:
        lacking = _like_ssl()
        del lacking.SSLWantReadError
        with pytest.raises(Inapplicable, match=r"asyncio cannot be loaded over .*SSLWantReadError"):
            Aio(lacking)
        assert sys.modules["ssl"] is ssl

    def test_a_coroutine_has_its_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bench_aio, "DEADLINE", 0.02)
        aio = Aio(ssl)

        async def wait() -> None:
            await aio.loop.create_future()

        async def cancelled() -> None:
            raise asyncio.CancelledError

        with pytest.raises(TimeoutError, match=r"after 0\.02 s"):
            aio.run(wait())
        with pytest.raises(asyncio.CancelledError):
            aio.run(cancelled())
        aio.close()

    def test_what_this_python_has_not_is_said(self) -> None:
        aio = Aio(ssl)
        aio.since("3.8", "everything")
        with pytest.raises(Inapplicable, match=r"asyncio has wings from Python 9\.1 on"):
            aio.since("9.1", "wings")
        aio.close()


class TestTheTransport:
    def make(self, impl: Any, made_pki: Pki, role: str = "client") -> Pair:
        return Pair(impl, Variant(role, "tls13", "asyncio"), peers.factory("stdlib"), made_pki, Journal(impl))

    @pytest.mark.parametrize("role", ["client", "server"])
    def test_a_pair_talks(self, impl: Any, made_pki: Pki, role: str) -> None:
        pair = self.make(impl, made_pki, role)
        pair.shake_hands()
        assert pair.subject.version() == "TLSv1.3"
        assert isinstance(pair.subject.context, impl.SSLContext)
        pair.greet()
        pair.close()
        assert pair.aio.loop.is_closed()
        assert not pair.aio.unhandled

    def test_what_asyncio_does_not_show_is_not_judged(self, impl: Any, made_pki: Pki) -> None:
        pair = self.make(impl, made_pki)
        with pytest.raises(Inapplicable, match="before its handshake is complete"):
            pair.subject.version()
        pair.shake_hands()
        with pytest.raises(Inapplicable, match="no way to unwrap"):
            pair.subject.unwrap()
        pair.close()
        with pytest.raises(Inapplicable, match="passes no session on"):
            self.make(impl, made_pki).wrap(session=None)

    def test_a_stranger_is_refused(self, impl: Any, made_pki: Pki) -> None:
        """Negative control: it is the subject's own context that judges."""
        pair = self.make(impl, made_pki)
        pair.peer.settings.certificate = "other-server"
        with pytest.raises(impl.SSLCertVerificationError):
            pair.shake_hands()
        pair.close()


@pytest.mark.parametrize(
    "scenario",
    ["under_asyncio/ends/closing_sends_close_notify", "alpn/negotiation/the_common_protocol_is_selected"],
    ids=["own", "transport"],
)
def test_a_script_does_without_the_harness(scenario: str) -> None:
    assert repro.run(repro.script(f"{scenario}@client+tls13+asyncio+whole", "refssl"), "", print) == 0


def _globals(of: type) -> dict[str, Any]:
    """The names of the module that a class was made in, which is not always the one that sys.modules has."""
    return next(value.__globals__ for value in vars(of).values() if hasattr(value, "__globals__"))


def _like_ssl() -> Any:
    """A module of its own with everything that ssl has."""
    made = ModuleType("like_ssl", str(Path(__file__)))
    vars(made).update({name: value for name, value in vars(ssl).items() if not name.startswith("__")})
    return made
