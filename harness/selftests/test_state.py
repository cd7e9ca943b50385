"""The picture of a session that its events draw."""

from sslspec.results.record import Result
from sslspec.running.state import State
from sslspec.verdicts import Verdict

A, B = ("a/b/c", "ssl", "stdlib"), ("a/b/d", "ssl", "tlslite")


def started():
    state = State()
    state.apply({"event": "collected", "items": [list(A), list(B)]})
    state.apply({"event": "start", "id": A[0], "implementation": A[1], "peer": A[2], "worker": "gw0"})
    return state


def test_what_started_runs_until_its_result_comes():
    state = started()
    assert state.running == {A: "gw0"}
    assert state.columns["ssl"].at == "a/b/c"
    result = state.apply({"event": "result", **Result(*A, Verdict.FAILED, unexpected=True).to_json()})
    assert result.key == A
    assert state.running == {}
    assert state.missing() == [B]
    column = state.columns["ssl"]
    assert (column.total, column.done, column.unexpected) == (2, 1, 1)


def test_a_worker_is_at_one_scenario_at_a_time():
    state = started()
    state.apply({"event": "start", "id": B[0], "implementation": B[1], "peer": B[2], "worker": "gw1"})
    assert state.running == {A: "gw0", B: "gw1"}
    state.apply({"event": "start", "id": B[0], "implementation": B[1], "peer": B[2], "worker": "gw0"})
    assert state.running == {B: "gw0"}


def test_the_first_result_stands():
    state = started()
    state.add(Result(*A, Verdict.PASSED))
    assert state.apply({"event": "result", **Result(*A, Verdict.FAILED).to_json()}) is None
    assert state.results[A].verdict is Verdict.PASSED
    assert state.columns["ssl"].done == 1


def test_a_death_overrules_what_the_dying_said():
    """A worker tells of a scenario before it is quite through with it, and may die of it then."""
    state = started()
    state.add(Result(*A, Verdict.ERROR, unexpected=True))
    died = Result(*A, Verdict.CRASHED, unexpected=True, detail={"crash": "SIGSEGV"})
    assert state.apply({"event": "result", **died.to_json()}) == died
    assert state.results[A].verdict is Verdict.CRASHED
    column = state.columns["ssl"]
    assert (column.done, column.unexpected, column.verdicts[Verdict.ERROR]) == (1, 1, 0)


def test_a_problem_is_told_once():
    """Each worker collects everything, and tells of it."""
    state = started()
    for _ in range(2):
        assert state.apply({"event": "problem", "message": "a/test_b.py: no clause"}) is None
    assert list(state.problems) == ["a/test_b.py: no clause"]


def test_what_is_not_understood_is_passed_over():
    state = State()
    for event in (
        {"event": "a new one"},
        {"event": "result"},
        {"event": "result", "id": 1, "implementation": None, "peer": "", "verdict": "splendid"},
        {"event": "collected", "items": [[1]]},
        {"event": "start"},
        {"event": "header"},
        {"event": "finish", "exitstatus": "?"},
    ):
        assert state.apply(event) is None
    assert state == State()
    state.apply({"event": "finish", "exitstatus": 1})
    assert state.exit_status == 1
