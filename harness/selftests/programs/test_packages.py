"""Programs of other makers over refssl, unchanged: clients and servers of the web, trio and anyio.

Servers run under their own names (``python -m refssl -m uvicorn ...``). Each is skipped where its package is not
installed: ``pip install 'sslspec[programs]'`` brings them all.
"""

from __future__ import annotations

import sys

import pytest

from selftests.programs.support import PAIRS, printed, require, served

REFUSALS = ["wrong authority refused: verify code 20", "wrong host refused: verify code 64"]
SITE = ["200 True", "200 True", "True"]
NAMES = "(('DNS', 'localhost'),)"
EITHER_SERVER = PAIRS[1:]


@pytest.mark.parametrize(("server", "client"), EITHER_SERVER)
@pytest.mark.parametrize(
    ("package", "lines"),
    [
        ("urllib3", [*SITE, *REFUSALS]),
        ("requests", [*SITE, *REFUSALS]),
        ("httpx", [*SITE, *REFUSALS, "[60000, 60000, 60000, 60000, 60000]", *REFUSALS]),
        ("aiohttp", [*SITE, *REFUSALS]),
        pytest.param(
            "truststore",
            ["TLSv1.3 b'HTTP/1.1 200 OK\\r\\n' True", *REFUSALS],
            marks=pytest.mark.skipif(
                sys.version_info < (3, 13), reason="truststore knows ssl's public get_unverified_chain() from 3.13 on"
            ),
        ),
    ],
)
def test_clients_of_the_web(package: str, lines: list[str], server: str, client: str) -> None:
    require(package)
    with served(server, "http_server", "{fd}", "{folder}") as there:
        assert printed(client, f"{package}_client", there.port, "{folder}") == lines


@pytest.mark.parametrize(("server", "client"), PAIRS)
def test_trio(server: str, client: str) -> None:
    require("trio")
    with served(server, "trio_server", "{fd}", "{folder}") as there:
        lines = printed(client, "trio_client", there.port, "{folder}")
    assert lines == [f"TLSv1.3 {NAMES}", "True", *REFUSALS]


@pytest.mark.parametrize(("server", "client"), PAIRS)
def test_anyio(server: str, client: str) -> None:
    require("anyio", "trio")
    with served(server, "anyio_server", "{fd}", "{folder}") as there:
        lines = printed(client, "anyio_client", there.port, "{folder}")
    assert lines == ["TLSv1.3", "True", *REFUSALS] * 2


FILES = {"key": "{folder}/server.key", "certificate": "{folder}/server.crt"}
SERVERS = {
    "aiohttp": ("aiohttp_server", "{fd}", "{folder}"),
    "uvicorn": (
        *("-m", "uvicorn", "sites:asgi", "--fd", "{fd}", "--log-level", "critical"),
        *("--ssl-keyfile", FILES["key"], "--ssl-certfile", FILES["certificate"]),
    ),
    "hypercorn": (
        *("-m", "hypercorn", "sites:asgi", "--workers", "0", "--bind", "fd://{fd}"),
        *("--keyfile", FILES["key"], "--certfile", FILES["certificate"]),
    ),
    "gunicorn": (
        *("-m", "gunicorn", "sites:wsgi", "--bind", "fd://{fd}", "--threads", "4", "--log-level", "critical"),
        *("--keyfile", FILES["key"], "--certfile", FILES["certificate"]),
    ),
}


@pytest.mark.parametrize("package", SERVERS)
def test_servers_of_the_web(package: str) -> None:
    require(package)
    with served("refssl", *SERVERS[package]) as there:
        lines = printed("ssl", "http_client", there.port, "{folder}")
    assert lines == [*SITE, f"TLSv1.3 {NAMES}", "120000", "120000", *REFUSALS, "True"]
