"""Stand-in interpreters: programs that say what a test wants of themselves, and else start the running Python."""

from __future__ import annotations

import json
import platform
import ssl
import sys
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

# What it does where it is asked what it is, to install, and to run something; `{real}` is the running Python.
_SCRIPT = """\
#!{real}
import json, os, sys
told, installs, dies, environment = json.loads({settings!r})
args = sys.argv[1:]
code = args[1] if args[:1] == ["-c"] else ""
if "sslspec:" in code:
    print("sslspec:" + json.dumps(told))
elif args[:2] == ["-m", "pip"]:
    if installs is None:
        print("ERROR: no network in this place")
        print("ERROR: No matching distribution found for cryptography")
        sys.exit(1)
    target = args[args.index("--target") + 1]
    for name, version in installs.items():
        folder = os.path.join(target, name + "-" + version + ".dist-info")
        os.makedirs(folder)
        with open(os.path.join(folder, "METADATA"), "w") as file:
            file.write("Metadata-Version: 2.1\\nName: " + name + "\\nVersion: " + version + "\\n")
elif dies and "'pytest'" in code:
    print("this interpreter has no wish to go on")
    dies == "at once" and sys.exit(3)
    import time
    time.sleep(1000)
else:
    os.environ.update(environment)
    os.execv({real!r}, [{real!r}, *args])
"""


def installed() -> dict[str, str]:
    """The distributions of the running Python."""
    return {str(one.metadata["Name"]): one.version for one in distributions()}


def interpreter(
    path: Path,
    version: str = "3.98.7",
    *,
    installs: dict[str, str] | None = None,
    dies: str = "",
    environment: dict[str, str] | None = None,
    **told: Any,
) -> Path:
    """Write a stand-in to `path`.

    installs: what its pip installs; None where it fails. dies: "at once" or "slowly", when it is to run pytest.
    environment: what it adds to that of the running Python. told: what else it says of itself than the running one.
    """
    said = {
        "version": [int(part) for part in version.split(".")],
        "implementation": "cpython",
        "executable": str(path),
        "prefix": str(path.parent),
        "home": str(path.parent),
        "build": version,
        "threads": "",
        "platform": sys.platform,
        "machine": platform.machine(),
        "openssl": ssl.OPENSSL_VERSION,
        "sees": True,
        "have": {**installed(), "pip": "26"},
        **told,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    settings = json.dumps([said, installs, dies, environment or {}])
    path.write_text(_SCRIPT.format(real=sys.executable, settings=settings), encoding="utf-8")
    path.chmod(0o755)
    return path
