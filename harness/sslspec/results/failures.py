"""What a result says in words: what was expected, what came instead, and values as Python writes them.

It reads the "detail" and the outcomes of a record, and knows nothing of how they are shown.
"""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from sslspec.results.record import Result
from sslspec.verdicts import EXPECTED, Verdict

# How a scenario itself says no (pytest.fail has no public name of its own): the message tells more than the class.
PLAIN_FAILURES = frozenset({"AssertionError", "BaseException", "Failed"})
_LONGEST_LINE = 300
_BRIEF = 100
_DID_NOT_RAISE = re.compile(r"DID NOT RAISE (.+)")
_CLASS = re.compile(r"<class '(?:\w+\.)*(\w+)'>")
# Lines of pytest's that tell nothing: addresses, advice, and what is empty.
_NO_NEWS = re.compile(r" at 0x|^ *Use -v to get more diff$|^ *$")
_OPERATORS = {
    ast.Eq: "",
    ast.Is: "",
    ast.NotEq: "anything but ",
    ast.IsNot: "anything but ",
    ast.In: "one of ",
    ast.NotIn: "none of ",
    ast.Lt: "less than ",
    ast.LtE: "at most ",
    ast.Gt: "more than ",
    ast.GtE: "at least ",
}


def expected_and_came(result: Result) -> tuple[str, str]:
    """What a result should have been, and what it was; each of one line or a few."""
    if result.verdict is Verdict.PASSED:
        return f"{_allowed(result)}, says the baseline", "passed: take the entry out, or narrow it"
    expected, came = demanded_and_came(result)
    return expected if set(result.expected) <= EXPECTED else f"{_allowed(result)}, says the baseline", came


def demanded_and_came(result: Result) -> tuple[str, str]:
    """What the scenario demands, whatever a baseline expects, and what it saw; of what has not passed."""
    expected, came = _from_detail(result)
    if result.detail.get("expected"):
        expected = outcome(result.detail["expected"])
    if result.verdict is not Verdict.FAILED:
        came = f"{result.verdict.value}: {came}" if came else result.verdict.value
    return expected, came


def brief(result: Result) -> str:
    """What came, in one short line."""
    if result.verdict is Verdict.PASSED:
        return ""
    expected, came = _from_detail(result)
    first = came.split("\n")[0]
    if result.verdict is Verdict.FAILED and expected not in ("", "no exception"):
        first = f"{first}  (expected: {expected})"
    return first if len(first) <= _BRIEF else first[: _BRIEF - 3] + "..."


def last_of_suites(frames: Any) -> str:
    """Where a scenario stood, of a record's traceback: the last frame of the suites, if there is one, else the last."""
    told = [str(frame) for frame in frames] if isinstance(frames, list) else []
    return next((frame for frame in reversed(told) if frame.startswith("suites/")), told[-1] if told else "")


def outcome(value: Any) -> str:
    """An outcome as a reader writes it: ``raises SSLError reason=NO_SHARED_CIPHER errno=1``, ``returns b'x'``."""
    if isinstance(value, dict) and "raises" in value:
        told = [name for name in ("reason", "verify_code", "errno", "library") if name in value]
        rest = " ".join(f"{name}={value[name]}" for name in told)
        return f"raises {value['raises']} {rest}".rstrip()
    if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in ("returns", "is"):
        ((name, item),) = value.items()
        return f"{name} {literal(item)}"
    return value if isinstance(value, str) else literal(value)


def _bytes(text: str) -> str:
    """Bytes as a record has them, one character for each."""
    return repr(text.encode("latin-1")) if text.isascii() or max(text) <= "\xff" else json.dumps({"bytes": text})


def literal(value: Any) -> str:
    """A recorded value as it would stand in Python: ``b'abc'``, ``TLSVersion.TLSv1_3``, ``(1, 2)``."""
    if not isinstance(value, dict) or not value:
        return repr(value) if value is None or isinstance(value, (bool, int, str)) else json.dumps(value)
    name, item = next(iter(value.items()))
    if name in ("bytes", "bytearray", "memoryview"):
        inner = _bytes(item) if isinstance(item, str) else f"{item} bytes"
        return inner if name == "bytes" else f"{name}({inner})"
    if name in ("enum", "float"):
        return str(item)
    if name in ("list", "tuple") and isinstance(item, list):
        inner = ", ".join(map(literal, item))
        return f"[{inner}]" if name == "list" else f"({inner}{',' if len(item) == 1 else ''})"
    if name == "text":
        return f"{item} characters"
    if name in ("object", "kind"):
        return f"a {item}"
    if name == "dict" and isinstance(item, list):
        return f"a dict with {', '.join(map(str, item))}"
    if name == "dict" and isinstance(item, dict):
        return "{" + ", ".join(f"{key!r}: {literal(inner)}" for key, inner in item.items()) + "}"
    return json.dumps(value)


def _allowed(result: Result) -> str:
    return " or ".join(verdict.value for verdict in result.expected if verdict is not Verdict.INAPPLICABLE)


def _from_detail(result: Result) -> tuple[str, str]:
    came = result.detail.get("came")
    message = str(result.detail.get("message", "")).strip()
    plain = not isinstance(came, dict) or came.get("raises") in PLAIN_FAILURES or message.startswith("Leaked: ")
    if not plain:
        return "no exception", outcome(came)
    said = re.sub(r"^(AssertionError|Failed|Hung|Leaked|PeerFailed): ", "", message)
    raised = _DID_NOT_RAISE.match(said)
    if raised:
        names = _CLASS.findall(raised[1]) or [raised[1]]
        return f"raises {' or '.join(names)}", "raises nothing"
    lines = [line[:_LONGEST_LINE] for line in said.split("\n") if not _NO_NEWS.search(line)]
    first, *rest = lines or [""]
    compared = _comparison(first)
    if compared is None:
        return "", "\n".join([first, *rest])
    # pytest shortens long values and then shows where they differ; short ones speak for themselves.
    if "..." not in first:
        return compared
    texts = _texts(rest) if all(told.startswith(("'", '"')) for told in compared) else None
    if texts is not None:
        return texts
    more = [line for line in rest if not line.lstrip().startswith("+ ")]
    return compared[0], "\n".join([compared[1], *more])


def _texts(lines: list[str]) -> tuple[str, str] | None:
    """The two texts, in full, of which pytest shows the difference, where each is one line."""
    found = [line.strip() for line in lines if not line.lstrip().startswith("+  where")]
    sides = [[line[2:] for line in found if line.startswith(sign)] for sign in ("- ", "+ ")]
    if [len(side) for side in sides] != [1, 1]:
        return None
    return repr(sides[0][0]), repr(sides[1][0])


def _comparison(line: str) -> tuple[str, str] | None:
    """(expected, came) of ``assert came == expected``, as pytest writes it with the values in place."""
    text = line.removeprefix("assert ")
    if text == line:
        return None
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return None
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return None
    left, right = (ast.get_source_segment(text, part) for part in (node.left, node.comparators[0]))
    return f"{_OPERATORS[type(node.ops[0])]}{right}", str(left)
