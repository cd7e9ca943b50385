"""What the tests of the report share: result files, small ones and one that is hostile throughout, and eyes for pages.

Fixtures that several files ask for stand in conftest.py.
"""

from __future__ import annotations

import html.parser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

from selftests.chromium import Page
from sslspec.results import record
from sslspec.results.record import Header, Result
from sslspec.verdicts import Verdict

_RUNS = "document.documentElement.dataset.ran = 1"
SCRIPT = f'<script>{_RUNS}</script><img src=x onerror="{_RUNS}">'
EVIL = f"'\"></code></td>{SCRIPT}\u202e\x00\ud800 javascript:alert(1)"
REAL = "shutdown/unwrap/unwrap_before_the_handshake_is_refused"


def facts(name: str, version: str, openssl: str = "OpenSSL 3.0.19 27 Jan 2026") -> dict[str, Any]:
    return {
        "name": name,
        "module": name,
        "version": "",
        "documented": version.rpartition(".")[0],
        "openssl": openssl,
        "features": ["HAS_ALPN"],
        "python": {"implementation": "cpython", "version": version},
    }


def step(call: str, outcome: Any = "returns None") -> dict[str, Any]:
    return {"actor": "subject", "call": call, "outcome": outcome}


def result(scenario: str, column: str, verdict: Verdict = Verdict.PASSED, **more: Any) -> Result:
    more = {"requirement": "It does as it is told.", "clauses": ("RFC 8446 6.1:close-notify-first",), **more}
    more.setdefault("steps", [step("do_handshake()"), step("read(1)", {"returns": {"bytes": "x"}})])
    return Result(scenario, column, more.pop("peer", "stdlib"), verdict, **more)


def written(path: Path, columns: dict[str, dict[str, Any]], results: Iterable[Result], **more: Any) -> Path:
    record.write(path, Header("0.1.0", columns, platform="linux-x86_64"), results, **more)
    return path


def of(column: str, *, newer: bool = False) -> list[Result]:
    """Seven scenarios of three areas; the newer does some of it otherwise."""
    other = [step("do_handshake()"), step("read(1)", {"raises": "SSLEOFError", "errno": 8})]
    failed = {"detail": {"came": {"raises": "SSLError", "reason": "X"}, "message": "SSLError: [X] came"}}
    worse = failed if newer else {}
    return [
        result("alpn/negotiation/one@client+tls12", column),
        result("alpn/negotiation/one@client+tls13", column),
        result("alpn/negotiation/two@server", column, peer="tlslite", level="should"),
        result("alpn/offers/three", column, **({"steps": other} if newer else {})),
        result(
            "sessions/resumption/four@client",
            column,
            Verdict.PASSED if newer else Verdict.FAILED,
            expected=(Verdict.FAILED, Verdict.INAPPLICABLE),
            unexpected=newer,
            reason="it has never done so in this library",
            known=("gh-108310",),
            **({} if newer else failed),
        ),
        result("sessions/resumption/five", column, *([Verdict.FAILED] if newer else []), unexpected=newer, **worse),
        result("sessions/tickets/six", column, Verdict.UNSUPPORTED, expected=(Verdict.UNSUPPORTED,), steps=[]),
        result(REAL, column, Verdict.INAPPLICABLE if newer else Verdict.PASSED),
    ]


def two_pythons(folder: Path) -> list[Path]:
    """The stdlib on two Pythons, and another implementation beside the newer."""
    old = written(folder / "old.jsonl", {"ssl": facts("ssl", "3.12.1")}, of("ssl"))
    both = {"ssl": facts("ssl", "3.13.0"), "mylib.ssl": facts("mylib.ssl", "3.13.0", "WolfSSL 5.7")}
    new = written(folder / "new.jsonl", both, [*of("ssl", newer=True), *of("mylib.ssl")])
    return [old, new]


HOSTILE_COLUMNS = (SCRIPT, "../../escaped", "__proto__", f'"{EVIL}')


def hostile(folder: Path) -> Path:
    """A result file in which every string that an implementation can have a hand in is an attack."""
    columns = {}
    results = []
    for column in HOSTILE_COLUMNS:
        evil = facts(column, "3.13.0")
        columns[column] = {**evil, "version": EVIL, "openssl": EVIL, "features": [EVIL], "documented": EVIL}
        columns[column]["python"] = {"implementation": EVIL, "version": EVIL}
        for number, verdict in enumerate((Verdict.FAILED, Verdict.PASSED, Verdict.CRASHED, Verdict.HUNG)):
            results.append(
                Result(
                    id=f"alpn/negotiation/{number}{EVIL}@client{EVIL}" if number else f"{EVIL}/x/y",
                    implementation=column,
                    peer=EVIL,
                    verdict=verdict,
                    unexpected=number % 2 == 0,
                    reason=EVIL,
                    level=EVIL,
                    clauses=(EVIL, "ssl.SSLSocket.unwrap"),
                    requirement=EVIL,
                    steps=[
                        step(EVIL, EVIL),
                        step(EVIL, {"raises": EVIL, "reason": EVIL}),
                        {"actor": EVIL, "call": column},
                    ],
                    detail={"message": EVIL, "came": {"raises": EVIL}, "crash": EVIL, "expected": {"returns": EVIL}},
                    known=(EVIL, "gh-1"),
                    volatile={"nodeid": EVIL},
                )
            )
    path = folder / "hostile.jsonl"
    header = Header(EVIL, columns, platform=EVIL, environment={EVIL: EVIL}, volatile={"argv": [EVIL]})
    record.write(path, header, results)
    return path


class Seen(html.parser.HTMLParser):
    """What a browser would make of a page: elements with their attributes, and text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, attribute: str) -> list[str]:
        return [value for _, attributes in self.elements if (value := attributes.get(attribute)) is not None]


def pages(root: Path) -> Iterator[tuple[Path, Seen]]:
    for path in sorted(root.rglob("*.html")):
        yield path, Seen(path.read_text(encoding="utf-8"))


def said(path: Path) -> str:
    return " ".join("".join(Seen(path.read_text(encoding="utf-8")).text).split())


SAID = "document.getElementById('said').textContent"


# The rows that a reader sees, each as the text of its heading.
ROWS = """[...document.querySelectorAll("#matrix tbody tr")].filter((row) => row.offsetParent)
    .map((row) => row.cells[0].innerText.replaceAll(/\\s+/g, " ").trim())"""


class Opener(Protocol):
    """Opens a page of a site, in a tab of its own that is closed behind the test."""

    def __call__(self, path: Path, fragment: str = "", **options: Any) -> Page: ...


def filtered(page: Page, text: str) -> list[str]:
    """The rows after this has been typed into the filter, and what is said of it."""
    page.value("document.getElementById('query').focus()")
    page.value("document.getElementById('query').select()")
    page.value(f"window.before = {SAID}; document.getElementById('said').textContent = ''")
    page.type(text)
    page.until(f"/fit|there is|asked/.test({SAID})")
    rows: list[str] = page.value(ROWS)
    return rows
