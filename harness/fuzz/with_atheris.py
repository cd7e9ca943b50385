"""libFuzzer in the place of the project's own loop, through `atheris` where that is installed.

Its counters see more than lines: how often, and what values are compared with. In return its order of inputs is its
own, and it never gives the process back. Inputs are judged as in `guided`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from fuzz.guided import Result
    from fuzz.target import Target


def instrument() -> None:
    """Let libFuzzer see refssl. Before any of it has been imported."""
    import atheris

    finder = atheris.instrument_imports(include=["refssl"])
    finder.__enter__()


def run(
    target: Target,
    seed: int,
    known: Iterable[bytes],
    enough: Callable[[int], bool],
    announce: Callable[[bytes], None],
    finish: Callable[[Result], None],
) -> NoReturn:
    """Run a target until enough(inputs so far); then finish(result), and the process ends."""
    import atheris

    from fuzz.guided import Result, judged, reached

    result = Result(target)
    with tempfile.TemporaryDirectory(prefix="sslspec-fuzz-") as folder:
        for number, data in enumerate([*target.seeds(), *known]):
            (Path(folder) / f"seed-{number}").write_bytes(data)

        def once(data: bytes) -> None:
            if enough(result.inputs):
                result.kept = [path.read_bytes() for path in Path(folder).iterdir()]
                result.reached = reached(target, result.kept, announce)
                finish(result)
                os._exit(0)
            result.inputs += 1
            announce(data)
            finding = judged(target, data)
            if finding is not None:
                result.findings.setdefault(finding.key, finding)

        def mutate(data: bytes, longest: int, number: int) -> bytes:
            chance = Random(number)
            if chance.random() < 0.5:
                return target.mutate(bytes(data), chance)[:longest]
            changed: bytes = atheris.Mutate(data, longest)
            return changed

        # Hangs and memory are watched by whoever has started the process.
        options = [
            f"-seed={seed + 1}",
            f"-artifact_prefix={folder}/",
            f"-max_len={target.longest}",
            "-rss_limit_mb=0",
            "-timeout=86400",
            "-verbosity=0",
        ]
        atheris.Setup([sys.argv[0], *options, folder], once, custom_mutator=mutate)
        atheris.Fuzz()
    raise SystemExit("libFuzzer has ended by itself")
