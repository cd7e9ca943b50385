"""From how an execution ended to its verdict, and what pytest is told of it; and the post-mortem of a dead worker."""

from __future__ import annotations

import contextlib
import signal
import ssl
import time
from types import SimpleNamespace
from typing import Any

import pytest

from sslspec.baseline import Expectation
from sslspec.bench.endpoints import Journal
from sslspec.bench.exits import Inapplicable, Unsupported
from sslspec.plugin import judge
from sslspec.verdicts import EXPECTED, Verdict, ending, limits
from sslspec.verdicts.ending import Judgement

STUCK = """Timeout (0:00:20)!
Thread 0x1 (most recent call first):
  File "/a", line 1 in read
Thread 0x2 (most recent call first):
  File "/b", line 2 in recv
  File "/c", line 3 in handshake
"""


def ended_with(exception: BaseException) -> pytest.ExceptionInfo[BaseException]:
    try:
        raise exception
    except BaseException as caught:
        return pytest.ExceptionInfo.from_exception(caught)


class TestVerdicts:
    @pytest.mark.parametrize(
        ("exception", "verdict"),
        [
            (AssertionError("x"), Verdict.FAILED),
            (ssl.SSLError(1, "x"), Verdict.FAILED),
            (Inapplicable("not here"), Verdict.INAPPLICABLE),
            (Unsupported("HAS_PSK is False"), Verdict.UNSUPPORTED),
            (NotImplementedError("later"), Verdict.UNSUPPORTED),
            (limits.Hung("no answer"), Verdict.HUNG),
            (ending.Leaked("KeyboardInterrupt"), Verdict.FAILED),
        ],
    )
    def test_each_way_to_end_has_its_verdict(self, exception: BaseException, verdict: Verdict) -> None:
        assert judge.of_call(ended_with(exception), Journal(ssl)).verdict is verdict

    def test_what_fails_before_the_scenario_is_our_own_fault(self) -> None:
        assert judge.of_setup(ended_with(OSError(1, "x")), None).verdict is Verdict.ERROR
        assert judge.of_setup(ended_with(Unsupported("x")), None).verdict is Verdict.UNSUPPORTED

    def test_what_nobody_could_catch_is_the_implementations_failure(self) -> None:
        uncaught = ended_with(pytest.PytestUnraisableExceptionWarning("Exception ignored in a callback"))
        assert judge.of_teardown(Judgement(), uncaught, None).verdict is Verdict.FAILED
        earlier = Judgement(Verdict.HUNG, {"message": "no answer"})
        assert judge.of_teardown(earlier, uncaught, None) is earlier
        assert judge.of_teardown(Judgement(), ended_with(OSError(1, "x")), None).verdict is Verdict.ERROR

    def test_a_failure_that_hides_notimplemented_is_unsupported(self) -> None:
        journal = Journal(ssl)
        try:
            try:
                raise NotImplementedError
            except NotImplementedError as no:
                journal.raised("subject", "session", no)
                raise AssertionError("the scenario expected another exception") from no
        except AssertionError as caught:
            judgement = judge.of_call(pytest.ExceptionInfo.from_exception(caught), journal)
        assert judgement.verdict is Verdict.UNSUPPORTED

    def test_a_traceback_has_no_frame_of_an_implementation(self) -> None:
        with pytest.raises(OSError) as caught:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations("/does/not/exist")
        assert ending.own_frames(caught.value, judge.place) == []


class TestMessages:
    """Two runs of the same software say the same."""

    @pytest.mark.parametrize(
        ("said", "kept"),
        [
            ("assert b'plain text, however long it is' == b''", None),
            ("assert b'\\x15\\x03\\x03\\x00\\x02\\x02(' == b''", None),
            ("assert b'8sEr\\x87w\\xff\\xc1\\x9b\\xbe@P' is None", "assert <12 bytes> is None"),
            ('assert b"\'sEr\\x87w\\xff\\xc1\\x9b\\xbe@P" is None', "assert <12 bytes> is None"),
            ("<object at 0x7f3a00c0ffee>", "<object at 0x...>"),
            ("assert {<cdata 'char...7fad49ebcc82>} == {'x'}", "assert {<cdata 'char...>} == {'x'}"),
            ("assert 'dead...beefbeef' == '<a...cafe>'", None),  # texts, though they look like it
            ("assert b'12345678\\x1...f\\xffend' == b''", "assert <bytes> == b''"),
            (
                "b'12345678\\xff012' == b'12345678\\xfe012'\n\n  At index 8 diff: b'\\xff' != b'\\xfe'\n  more",
                "<12 bytes> == <12 bytes>\n\n  more",
            ),
        ],
    )
    def test_what_differs_is_shaped(self, said: str, kept: str | None) -> None:
        assert ending.repeatable(said) == (said if kept is None else kept)


class TestExpectation:
    def told(self, judgement: Judgement, expectation: Expectation, outcome: str = "failed") -> Any:
        report: Any = SimpleNamespace(outcome=outcome, longrepr=None, nodeid="n")
        judge.tell_pytest(report, judgement, expectation)
        return report

    def test_an_unlisted_failure_fails(self) -> None:
        assert self.told(Judgement(Verdict.FAILED), Expectation()).outcome == "failed"
        assert (
            self.told(Judgement(Verdict.UNSUPPORTED, {"message": "no"}), Expectation(), "skipped").outcome == "failed"
        )

    def test_a_listed_failure_is_an_xfail_with_its_reason(self) -> None:
        report = self.told(Judgement(Verdict.FAILED), Expectation(frozenset({Verdict.FAILED}), "as is well known"))
        assert (report.outcome, report.wasxfail) == ("skipped", "failed: as is well known")

    def test_a_listed_failure_that_passes_fails(self) -> None:
        report = self.told(Judgement(), Expectation(frozenset({Verdict.FAILED}), "as is well known"), "passed")
        assert report.outcome == "failed"
        assert "take the entry out" in report.longrepr

    def test_another_failure_than_the_listed_one_fails(self) -> None:
        expectation = Expectation(frozenset({Verdict.FAILED}), "as is well known", match="NotConnected")
        assert self.told(Judgement(Verdict.FAILED, {"message": "NotConnected: x"}), expectation).outcome == "skipped"
        assert self.told(Judgement(Verdict.FAILED, {"message": "KeyError: x"}), expectation).outcome == "failed"

    def test_a_crash_can_be_expected(self) -> None:
        expectation = Expectation(frozenset({Verdict.CRASHED}), "segfaults since its version two")
        assert self.told(Judgement(Verdict.CRASHED), expectation).outcome == "skipped"

    def test_inapplicable_is_always_well(self) -> None:
        assert Verdict.INAPPLICABLE in EXPECTED
        assert self.told(Judgement(Verdict.INAPPLICABLE), Expectation(), "failed").outcome == "skipped"


class TestLimits:
    def test_the_soft_limit_ends_a_call_that_waits(self) -> None:
        if not hasattr(signal, "SIGALRM"):
            pytest.skip("no SIGALRM on this platform: only the hard limit is there")
        with pytest.raises(limits.Hung), limits.soft(0.05):
            while True:
                with contextlib.suppress(Exception):  # an implementation that swallows everything it may
                    time.sleep(60)

    def test_within_the_limit_nothing_happens(self) -> None:
        with limits.soft(30):
            pass
        if hasattr(signal, "SIGALRM"):
            assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)

    @pytest.mark.parametrize(
        ("status", "dump", "verdict", "how"),
        [
            (-11, "Fatal Python error: Segmentation fault", Verdict.CRASHED, "SIGSEGV"),
            (-9, "", Verdict.CRASHED, "SIGKILL"),
            (-99, "", Verdict.CRASHED, "the process died of signal 99"),
            (3, "", Verdict.CRASHED, "status 3"),
            (None, "", Verdict.CRASHED, "ended"),
            (1, STUCK, Verdict.HUNG, "in recv()"),
        ],
    )
    def test_how_a_worker_died(self, status: int | None, dump: str, verdict: Verdict, how: str) -> None:
        found, text = limits.post_mortem(status, dump)
        assert found is verdict
        assert how in text
