"""curl and a headless Chromium fetch from servers over refssl: http.server, and ASGI servers if they are installed."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from selftests.programs.support import DEADLINE, folder, require, served
from selftests.programs.test_packages import SERVERS

PAGE = "/page\n" * 20_000
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# What hypercorn is asked for, it answers by HTTP/2, which ALPN has selected.
SITES = {"http_server": ("", "1.1"), "uvicorn": ("uvicorn", "1.1"), "hypercorn": ("hypercorn", "2")}
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


def _server(site: str) -> tuple[str, ...]:
    package, _ = SITES[site]
    if not package:
        return site, "{fd}", "{folder}"
    require(package)
    return SERVERS[package]


def _curl(port: int, authority: str, host: str = "localhost") -> subprocess.CompletedProcess[str]:
    command = ["curl", "--silent", "--show-error", "--max-time", str(DEADLINE), "--noproxy", "*"]
    command += ["--cacert", str(folder() / authority), "--write-out", "%{http_version}", f"https://{host}:{port}/page"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=DEADLINE + 5)


@needs_curl
@pytest.mark.parametrize("site", SITES)
def test_curl(site: str) -> None:
    with served("refssl", *_server(site)) as there:
        done = _curl(there.port, "authority.pem")
        assert (done.returncode, done.stdout) == (0, PAGE + SITES[site][1]), done.stderr
        for authority, host in (("stranger.pem", "localhost"), ("authority.pem", "127.0.0.1")):
            # 60: "The peer certificate cannot be authenticated with known CA certificates", or is another host's.
            assert _curl(there.port, authority, host).returncode == 60


def _chromium(port: int, pin: bytes, home: Path) -> subprocess.CompletedProcess[str]:
    """Let a new Chromium, which trusts no test's authority, open the page if the server's key has this SHA-256."""
    options = ["headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
    options += ["disable-component-update", "disable-sync", "no-proxy-server", f"user-data-dir={home}", "dump-dom"]
    options += [f"timeout={DEADLINE * 1000}", f"ignore-certificate-errors-spki-list={base64.b64encode(pin).decode()}"]
    command = [str(CHROMIUM), *(f"--{option}" for option in options), f"https://localhost:{port}/page"]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE + 5,
        env={**os.environ, "HOME": str(home)},
    )


def _key_hash() -> bytes:
    certificate = x509.load_pem_x509_certificate((folder() / "server.crt").read_bytes())
    spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).digest()


@needs_chromium
@pytest.mark.parametrize("site", SITES)
def test_chromium(site: str, tmp_path: Path) -> None:
    with served("refssl", *_server(site)) as there:
        done = _chromium(there.port, _key_hash(), tmp_path)
        assert PAGE in done.stdout, done.stderr


@needs_chromium
def test_chromium_refuses_another_key(tmp_path: Path) -> None:
    with served("refssl", *_server("http_server")) as there:
        done = _chromium(there.port, bytes(32), tmp_path)
        assert "/page" not in done.stdout
        assert "ERR_CERT_AUTHORITY_INVALID" in done.stderr
