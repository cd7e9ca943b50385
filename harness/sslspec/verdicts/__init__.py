"""What can become of a scenario, and the one rule that says when that is worth somebody's attention."""

import enum


class Verdict(str, enum.Enum):
    """The outcome of one scenario against one implementation and one peer.

    passed        what the clause demands was seen
    failed        something else was seen
    unsupported   the implementation itself says that it cannot do this (a HAS_* flag, NotImplementedError)
    hung          no answer within the limit, or a lock held for ever
    crashed       the process died: a signal, os._exit
    inapplicable  this platform, documented version or peer has nothing to be tested here
    error         our own fault: a fixture or the harness failed
    notrun        the run ended before its turn came
    """

    PASSED = "passed"
    FAILED = "failed"
    UNSUPPORTED = "unsupported"
    HUNG = "hung"
    CRASHED = "crashed"
    INAPPLICABLE = "inapplicable"
    ERROR = "error"
    NOTRUN = "notrun"


# What an implementation without a baseline is expected to do.
EXPECTED = frozenset({Verdict.PASSED, Verdict.INAPPLICABLE})

# What is told first, where there is room for one or for a few.
WORST_FIRST = (
    Verdict.CRASHED,
    Verdict.HUNG,
    Verdict.ERROR,
    Verdict.FAILED,
    Verdict.NOTRUN,
    Verdict.UNSUPPORTED,
    Verdict.PASSED,
    Verdict.INAPPLICABLE,
)

GLYPHS = {
    Verdict.PASSED: ("✓", "+"),
    Verdict.FAILED: ("✗", "x"),
    Verdict.UNSUPPORTED: ("⊘", "o"),
    Verdict.HUNG: ("⏱", "T"),
    Verdict.CRASHED: ("☠", "C"),
    Verdict.INAPPLICABLE: ("·", "."),
    Verdict.ERROR: ("‼", "!"),
    Verdict.NOTRUN: ("-", "-"),
}

# What one of them is called that nobody expected, and what several are.
SURPRISES = {
    Verdict.PASSED: ("unexpected pass", "unexpected passes"),
    Verdict.FAILED: ("failure", "failures"),
    Verdict.HUNG: ("hang", "hangs"),
    Verdict.CRASHED: ("crash", "crashes"),
    Verdict.ERROR: ("error of the suite", "errors of the suite"),
    Verdict.UNSUPPORTED: ("unsupported", "unsupported"),
    Verdict.NOTRUN: ("not run", "not run"),
    Verdict.INAPPLICABLE: ("inapplicable", "inapplicable"),
}
