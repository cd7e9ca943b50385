"""The fuzzer in short, as every change passes it, and the fuzzer itself: it finds what is planted, and repeats it."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from fuzz import cli, conversations, findings, guided, mutations, worker
from fuzz.edits import Records
from fuzz.ends import Subject
from fuzz.scenarios import SCENARIOS, Scenario
from fuzz.target import Broken, Target
from fuzz.targets import TARGETS
from refssl.engine.messages import hello
from refssl.engine.messages.control import HANDSHAKE
from refssl.x509 import der
from refssl.x509.certificate import Certificate, MalformedCertificate
from sslspec.exitcodes import ExitCode

INPUTS = 150
# A corpus is read and run by everybody, so it stays small.
LARGEST_CORPUS = 400_000


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # what a program's callback raises
@pytest.mark.parametrize("name", TARGETS)
def test_nothing_happens_that_must_not(name: str) -> None:
    """The corpus, and a fixed number of inputs made from it."""
    result = guided.unguided(TARGETS[name], 1, findings.corpus(name), INPUTS)
    assert not result.findings, "\n".join(found.told for found in result.findings.values())
    assert result.inputs > INPUTS


def test_every_corpus_belongs_to_a_target_and_is_small() -> None:
    files = list(findings.CORPUS.iterdir())
    assert {path.stem for path in files} <= set(TARGETS)
    assert sum(path.stat().st_size for path in files) < LARGEST_CORPUS
    for path in files:
        lines = path.read_text(encoding="ascii").splitlines()
        assert len(lines) == len(set(lines))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_what_is_to_be_spoiled_is_sound(scenario: Scenario) -> None:
    """Positive control: a connection that nobody spoils is complete, and what is written arrives."""
    ends = Subject(scenario, False), Subject(scenario, True)
    silent = Records([], False), Records([], True)
    conversations.converse(ends, scenario.afterwards.translate({ord("K"): None, ord("k"): None}), silent)
    assert all(end.complete and end.error is None for end in ends)
    assert ends[0].received == ends[1].wrote != b""
    assert ends[1].received == ends[0].wrote != b""
    assert ends[0].object.session_reused is (scenario.resumes or scenario.name == "tls13 external key")


def planted(data: bytes) -> None:
    """Broken for a certificate in which an extension stands twice."""
    try:
        repeated = Certificate(data).repeated_extensions
    except MalformedCertificate:
        return
    if repeated:
        raise Broken("planted")


def seeds() -> Iterable[bytes]:
    return TARGETS["certificate"].seeds()


PLANTED = Target("planted", "", planted, seeds, mutations.der_havoc)


def test_what_is_planted_is_found_and_repeated(tmp_path: Path) -> None:
    """Negative control: the loop finds a fault, and the file that it writes shows the fault again."""
    loop = guided.Loop(PLANTED, 1)
    found = loop.run(lambda done: done >= 5000 or bool(loop.result.findings)).findings
    assert list(found) == ["Broken: planted"]
    path = findings.write(found["Broken: planted"], tmp_path)
    assert f"fuzz planted --input {path}" in path.read_text()
    repeated = guided.judged(PLANTED, findings.read(path))
    assert repeated is not None
    assert repeated.key == "Broken: planted"


def test_a_seed_repeats_a_run() -> None:
    kept = [guided.Loop(TARGETS["header"], seed).run(lambda done: done >= 300).kept for seed in (7, 7, 8)]
    assert kept[0] == kept[1] != kept[2]


def test_what_reaches_something_new_is_kept_and_the_rest_is_dropped() -> None:
    chance = random.Random(1)
    target = TARGETS["struct"]
    others = [target.mutate(chance.choice(list(target.seeds())), chance) for _ in range(300)]
    needed = guided.smallest(target, others)
    assert 0 < len(needed) < 100
    assert guided.smallest(target, target.seeds()) == []
    assert guided.reached(target, [*target.seeds(), *needed]) == guided.reached(target, [*target.seeds(), *others])


def test_too_many_calls_are_a_finding() -> None:
    name = TARGETS["name"]
    sparing = Target("sparing", "", name.run, name.seeds, calls=(3, 0))
    result = guided.Loop(sparing, 1).run(bool)
    assert "calls" in result.findings


def test_an_exception_is_named_by_where_it_came_from() -> None:
    def run(data: bytes) -> None:
        der.element(data, 0, len(data))

    finding = guided.judged(Target("raising", "", run, list), b"")
    assert finding is not None
    assert finding.key == "MalformedCertificate at der.py:element"


def test_the_command_says_what_comes_of_one_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["name", "--input", "3000"]) == ExitCode.AS_EXPECTED
    assert "nothing that must not happen" in capsys.readouterr().out
    assert cli.main(["name", "--input", "no digits"]) == ExitCode.USAGE
    assert cli.main(["--input", "3000"]) == ExitCode.USAGE


def test_the_command_runs_a_target_in_a_process_of_its_own(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.main(["header", "--inputs", "200", "--findings", str(tmp_path)]) == ExitCode.AS_EXPECTED
    line = capsys.readouterr().out.splitlines()[1].split()
    assert line[:2] == ["header", "200"]
    assert not list(tmp_path.iterdir())


def test_a_process_that_does_not_start_is_no_finding() -> None:
    with pytest.raises(worker.NotStarted, match="no such target"):
        worker.start(worker.Plan("no such target", 0, "own"))


def test_an_input_that_never_ends_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "slate"
    path.write_bytes(bytes(1 << 16))
    slate = worker.Slate(path)
    slate.put(b"the last one")
    monkeypatch.setattr(worker, "STALLED", 0.2)
    command = [sys.executable, "-c", "import sys, threading; sys.stdin.read(); threading.Event().wait()"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
    try:
        assert worker._attend(process, worker.Plan("name", 0, "own"), slate)
    finally:
        process.kill()
        process.wait()
    assert slate.look() == (1, b"the last one")
    slate.close()


@pytest.mark.parametrize("seed", range(20))
def test_a_changed_certificate_keeps_its_lengths(seed: int) -> None:
    """What knows DER leaves it DER nearly always, or nothing behind the first element would ever be reached."""
    chance = random.Random(seed)
    sound = 0
    for _ in range(50):
        try:
            der.whole(der.SEQUENCE, mutations.der_havoc(next(iter(seeds())), chance))
        except MalformedCertificate:
            continue
        sound += 1
    assert sound > 20


def test_a_changed_struct_is_another() -> None:
    chance = random.Random(1)
    sample = hello.ServerHello(0x0303, bytes(32), b"", 0x1301, 0, {43: b"\3\4"})
    others = [mutations.altered(sample, chance) for _ in range(30)]
    assert sum(other != sample for other in others) > 20
    assert all(other.content_type == HANDSHAKE for other in others)
