"""The child of ``sslspec names``: loads one implementation and writes down what it has of ssl.

It runs in a process of its own, in a folder of its own, since an implementation may do anything when it is called
wrongly. Nothing is compared here.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from sslspec.bench.credentials import Pki
from sslspec.implementations import loading
from sslspec.implementations.loading import ImplementationError
from sslspec.names import calls, facts, objects
from sslspec.names.receivers import Receivers
from sslspec.names.trials import Trials


def main() -> None:
    """``probe SPEC FOLDER PKI``: write found.json, an object with "problem" or with all that can be said of the module.

    The folder's journal has what a process before this one has tried.
    """
    spec, folder, pki = sys.argv[1:]
    try:
        implementation = loading.load(spec)
    except ImplementationError as problem:
        found: dict[str, Any] = {"problem": str(problem)}
    else:
        trials = Trials(Path(folder, "journal"))
        try:
            found = described(implementation.module, Pki(pki), trials)
            found["implementation"] = loading.describe(implementation)
        except Exception as problem:
            found = {"problem": f"{spec}: cannot be described: {type(problem).__name__}: {problem}"}
    Path(folder, "found.json").write_text(json.dumps(found), encoding="utf-8")
    os._exit(0)  # what an implementation leaves behind must not keep us


def described(module: Any, pki: Pki, trials: Trials) -> dict[str, Any]:
    """names: the facts of each; calls: outcomes; objects: behaviour of classes; contexts: settings."""
    receivers = Receivers(module, pki)
    try:
        return {
            "names": facts.describe(module),
            "calls": calls.describe(receivers, trials),
            "objects": objects.describe(receivers, trials),
            "contexts": objects.contexts(receivers),
        }
    finally:
        receivers.close()


if __name__ == "__main__":
    main()
