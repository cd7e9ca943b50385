"""The ground of a run: a folder with certificates and OpenSSL's configuration, and an interpreter started on them.

Before Python 3.15 ssl cannot choose TLS 1.3 suites and the order of groups; OpenSSL's own configuration file can, but
it is read once, when the library is loaded. So the benchmark starts itself again with OPENSSL_CONF set.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import certificates
from benchmarks.certificates import Certificates
from benchmarks.peers.base import GROUPS, SUITE13
from sslspec.pythons import child

_FOLDER = "SSLSPEC_BENCHMARKS_FOLDER"
_CONFIGURATION = f"""\
openssl_conf = all
[all]
ssl_conf = ssl
[ssl]
system_default = default
[default]
Ciphersuites = {SUITE13}
Groups = {GROUPS}
"""
# What would change the figures of one peer and not of another, or write files while the clock runs.
_DISTURBING = (
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "SSLKEYLOGFILE",
    "OPENSSL_MODULES",
    "PYTHONTRACEMALLOC",
    "PYTHONDEVMODE",
)


def ground() -> Certificates | None:
    """The certificates where this interpreter was started by `again`; else None."""
    folder = os.environ.get(_FOLDER)
    return Certificates(Path(folder)) if folder else None


def again(arguments: Sequence[str]) -> int:
    """Run the command line once more on prepared ground; its exit code. The folder is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="sslspec-benchmarks-") as folder:
        configuration = Path(folder, "openssl.cnf")
        configuration.write_text(_CONFIGURATION, encoding="ascii")
        certificates.make(Path(folder))
        environment = {name: value for name, value in os.environ.items() if name not in _DISTURBING}
        environment |= {_FOLDER: folder, "OPENSSL_CONF": str(configuration)}
        process = subprocess.Popen(child.command("benchmarks", *arguments), env=environment)
        try:
            return process.wait()
        except KeyboardInterrupt:  # it reached the child too
            return process.wait()
