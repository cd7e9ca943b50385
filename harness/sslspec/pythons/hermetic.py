"""What the surroundings could do to an implementation: what is taken away, and what can only be written down.

A variable that points OpenSSL at another configuration, or Python at other modules, is scrubbed. A distribution's
crypto policy, FIPS mode and the system's OpenSSL configuration cannot be; they go into the header of a record, so that
they are not read as a change of Python. Nothing here starts anything.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

# What an implementation reads, whichever it is.
_LIBRARY = ("OPENSSL_", "SSL_CERT_", "GNUTLS_", "NSS_", "WOLFSSL_", "AWSLC_", "OSSL_")
_LIBRARY_NAMES = frozenset(
    {"SSLKEYLOGFILE", "CTLOG_FILE", "RANDFILE", "QLOGDIR", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"}
)
# What pytest, its plugins and the interpreter read.
_RUNNER = ("PYTEST_", "PYTHON", "COV_CORE_", "COVERAGE_", "XDIST_")
# These say where the interpreter and its byte code are, not how it behaves.
_KEPT = frozenset({"PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONPLATLIBDIR"})
# These change what is loaded; taking them away could keep an implementation from loading at all.
_NOTED = ("LD_PRELOAD", "LD_LIBRARY_PATH", "DYLD_INSERT_LIBRARIES", "DYLD_LIBRARY_PATH")

SCRUBBED: list[str] = []  # what `scrub_process` has taken from this process


def is_library_variable(name: str) -> bool:
    """True for an environment variable by which a TLS library may be led."""
    return name.upper() in _LIBRARY_NAMES or name.upper().startswith(_LIBRARY)


def scrub(environment: MutableMapping[str, str]) -> list[str]:
    """Take away what leads a TLS library; the names of what was there, sorted."""
    found = sorted(name for name in environment if is_library_variable(name))
    for name in found:
        del environment[name]
    return found


def scrub_process() -> None:
    """Take it from this process's own environment; SCRUBBED remembers the names."""
    SCRUBBED[:] = sorted({*SCRUBBED, *scrub(os.environ)})


def child_environment(environment: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The environment for the pytest child, and the names of the TLS libraries' variables that are not in it."""
    child = {
        name: value for name, value in environment.items() if name in _KEPT or not name.upper().startswith(_RUNNER)
    }
    scrubbed = scrub(child)
    # Whatever order sets have, it is the same in each worker: xdist compares what they collected.
    child["PYTHONHASHSEED"] = "0"
    child["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    # xdist starts its workers with -c, which puts the working directory before the standard library (until Python 3.11
    # there is no way out of that but not to keep a json.py there).
    child["PYTHONSAFEPATH"] = "1"
    return child, scrubbed


def unscrubbed() -> dict[str, Any]:
    """What remains and may matter: FIPS mode, crypto policy, OpenSSL's own configuration, preloaded libraries."""
    found: dict[str, Any] = {
        "fips": _first_line(Path("/proc/sys/crypto/fips_enabled")) == "1",
        "crypto_policy": _first_line(Path("/etc/crypto-policies/state/current")),
        "openssl_conf": _openssl_configuration(),
    }
    preloaded = [name for name in _NOTED if os.environ.get(name)]
    if preloaded:
        found["preloaded"] = preloaded
    return found


def describe(scrubbed: list[str]) -> dict[str, Any]:
    """The header's "environment": the names that were scrubbed, and what could not be."""
    return {"scrubbed": sorted(scrubbed), "unscrubbed": unscrubbed()}


def platform_name() -> str:
    """System and machine, without versions that change every week: ``linux-x86_64``."""
    return f"{sys.platform}-{platform.machine().lower()}"


def _openssl_configuration() -> dict[str, str]:
    """What OpenSSL's own configuration file sets in every context, and a digest of the policies that it includes."""
    import ssl  # only asked where OpenSSL keeps its files

    folder = Path(ssl.get_default_verify_paths().openssl_cafile).parent
    try:
        text = (folder / "openssl.cnf").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    sections = _sections(text)
    name = "openssl_conf"
    section = sections[""]
    for following in ("ssl_conf", "system_default", ""):
        section = sections.get(section.get(name, "-"), {})
        name = following
    settings = dict(section)
    included = [Path(name) for name in re.findall(r"(?m)^\s*\.include\s*=?\s*(\S+)", text)]
    for path in included:
        if path.is_file():
            settings[f"include {path.name}"] = "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    return settings


def _sections(text: str) -> dict[str, dict[str, str]]:
    sections: dict[str, dict[str, str]] = {"": {}}
    current = sections[""]
    for raw in text.splitlines():
        line = raw.partition("#")[0].strip()
        if line.startswith("[") and line.endswith("]"):
            current = sections.setdefault(line[1:-1].strip(), {})
        elif "=" in line and not line.startswith("."):
            name, _, value = line.partition("=")
            current[name.strip()] = value.strip()
    return sections


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip().partition("\n")[0]
    except OSError:
        return ""
