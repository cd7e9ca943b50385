"""What the report's pages are made of: escaping, file names, addresses, and what differs between two lists of steps."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sslspec import layout
from sslspec.report import comparison_page, differences, links, places, variants
from sslspec.report.columns import Columns
from sslspec.report.html import Markup, el, is_address, join
from sslspec.report.presets import presets
from sslspec.report.stream import Execution
from sslspec.results.record import Header
from sslspec.scenarios import clauses, listing

SCRIPT = "<script>alert(1)</script>"


def test_text_is_escaped_in_elements_and_attributes() -> None:
    assert el("p", SCRIPT) == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"
    assert el("a", title='"><b>') == '<a title="&quot;&gt;&lt;b&gt;"></a>'
    assert el("p", ["a", [None, 4, el("b", "<")]]) == "<p>a4<b>&lt;</b></p>"
    assert join(["<", el("i")], "&") == "&lt;&amp;<i></i>"


def test_markup_stays_as_it_is() -> None:
    """Negative control: not everything is escaped."""
    assert el("p", el("b", "x")) == "<p><b>x</b></p>"
    assert isinstance(el("p"), Markup)


@pytest.mark.parametrize("odd", ["\x00", "\x1b[2J", "\ud800", "\u202e", "\u2028", "\ufeff", "\x9b"])
def test_what_cannot_be_seen_shows_as_python_writes_it(odd: str) -> None:
    shown = el("p", odd)
    assert odd[0].encode("unicode_escape").decode() in shown
    assert shown.encode("utf-8")


@pytest.mark.parametrize("attribute", ["onclick", "onload", "style", "srcdoc"])
def test_no_element_takes_what_runs(attribute: str) -> None:
    with pytest.raises(ValueError):
        el("p", **{attribute: "x"})


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:1",
        "data:text/html,x",
        "//example.org/x y",
        "http://example.org",
        " x",
        "a\nb",
        "",
    ],
)
def test_an_address_is_relative_or_https(address: str) -> None:
    assert not is_address(address)
    with pytest.raises(ValueError):
        el("a", href=address)


@pytest.mark.parametrize(
    "address", ["a/b.html", "../ssl@3.13.0.html#known", "#q=a%20b", "https://docs.python.org/3/#x"]
)
def test_addresses_that_a_page_leads_to(address: str) -> None:
    assert is_address(address)


HOSTILE_NAMES = [
    "../../x",
    "..",
    ".",
    "",
    "/etc/passwd",
    "a/b",
    "C:\\x",
    "con",
    "NUL.html",
    "x" * 300,
    SCRIPT,
    "a b",
    "ß",
    "\ud800",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_hostile_name_makes_a_tame_file(name: str) -> None:
    made = places.file_name(name)
    assert made != name
    assert len(made) < 80
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789_.@+=-~")
    assert not made.startswith(".")
    assert is_address(f"columns/{made}.html")


def test_ordinary_names_stay_and_no_two_are_one() -> None:
    ordinary = ["ssl", "ssl@3.13.0", "ssl@3.13.0+3.0.19", "gevent.ssl", "alpn"]
    assert [places.file_name(name) for name in ordinary] == ordinary
    names = [*ordinary, *HOSTILE_NAMES, "SSL", "Ssl", "a-b"]
    assert len({places.file_name(name).lower() for name in names}) == len(names)


def test_every_scenario_of_the_suite_has_a_page_by_its_own_name() -> None:
    for scenario in listing.scenarios():
        assert places.scenario(scenario.id) == f"scenarios/{scenario.id}.html"


def test_pages_lead_to_each_other() -> None:
    assert places.link("index.html", "areas/a.html") == "areas/a.html"
    assert places.link("scenarios/a/b/c.html", "index.html") == "../../../index.html"
    assert places.link("columns/a.html", "columns/b.html") == "b.html"


def test_every_clause_of_the_documentation_and_the_rfcs_can_be_looked_up() -> None:
    without = [group for group in clauses.load(layout.clauses()).groups if links.of_clause(group) is None]
    assert without  # negative control: what nobody documents
    assert all("._" in group for group in without)


def test_addresses_of_clauses() -> None:
    assert links.of_clause("RFC 8446 4.2.11:last") == "https://www.rfc-editor.org/rfc/rfc8446.html#section-4.2.11"
    assert links.of_clause("RFC 8446 D.5") == "https://www.rfc-editor.org/rfc/rfc8446.html#appendix-D.5"
    assert (
        links.of_clause("ssl.SSLContext.options:x")
        == "https://docs.python.org/3/library/ssl.html#ssl.SSLContext.options"
    )
    assert links.of_clause("What's New 3.13:x") == "https://docs.python.org/3/whatsnew/3.13.html"
    for other in ('ssl."><script>', "javascript:alert(1)", "RFC x", "ssl.a b", "https://example.org"):
        assert links.of_clause(other) is None


def test_addresses_of_issues() -> None:
    assert links.of_issue("gh-108310") == "https://github.com/python/cpython/issues/108310"
    assert links.of_issue("bpo-18709") == "https://bugs.python.org/issue18709"
    assert links.of_issue("urllib3#367") == "https://github.com/urllib3/urllib3/issues/367"
    assert links.of_issue("CVE-2023-40217") == "https://www.cve.org/CVERecord?id=CVE-2023-40217"
    for other in ("gh-x", "gh-1/../..", "evil#1", "javascript:1", "", "CVE-1"):
        assert links.of_issue(other) is None


def steps(*calls: str) -> list[dict[str, object]]:
    return [{"actor": "subject", "call": call, "outcome": {"returns": None}} for call in calls]


def test_what_is_alike_has_no_difference() -> None:
    assert differences.between(steps("a()", "b()"), steps("a()", "b()")).lines == ()


def test_a_step_more_moves_what_follows_and_changes_nothing_of_it() -> None:
    found = differences.between(steps(*"abcdefg"), steps(*"abXcdefg"))
    assert [(line.left is None, line.is_equal, line.skipped) for line in found.lines] == [
        (True, True, 1),
        (False, True, 0),
        (True, False, 0),
        (False, True, 0),
        (True, True, 4),
    ]


def test_the_words_that_differ_are_marked() -> None:
    old = [{"actor": "subject", "call": "read()", "outcome": {"raises": "SSLError", "reason": "A", "errno": 1}}]
    new = [{"actor": "subject", "call": "read()", "outcome": {"raises": "SSLError", "reason": "B", "errno": 1}}]
    (line,) = differences.between(old, new).lines
    assert line.left == ((False, "read() raises SSLError"), (True, "reason=A"), (False, "errno=1"))
    assert line.right == ((False, "read() raises SSLError"), (True, "reason=B"), (False, "errno=1"))


def test_thousands_of_steps_are_compared_at_once() -> None:
    """Alignment of what is so long would take minutes; it is compared place by place."""
    found = differences.between(steps(*map(str, range(5000))), steps(*map(str, range(1, 5001))))
    assert found.more > 0


def test_of_long_lists_only_what_one_has_alone_is_told() -> None:
    names = [f"NAME_{number}" for number in range(200)]
    old, new = (
        [{"actor": "subject", "call": "names()", "outcome": {"returns": {"list": one}}}] for one in (names, names[1:])
    )
    (line,) = differences.between(old, new).lines
    assert line.left is not None
    assert "only here NAME_0" in " ".join(text for _, text in line.left)


@pytest.mark.parametrize(
    "odd", [5, None, "x", [], {}, {"outcome": []}, {"outcome": "x" * 500}, {"actor": [], "call": {}}]
)
def test_steps_that_are_none_are_shown_as_they_are(odd: object) -> None:
    assert isinstance(differences.step(odd), str)
    assert differences.between([odd], steps("a()")).lines
    assert differences.between([odd], [odd]).lines == ()


def executions(*variants_: str, peers: tuple[str, ...] = ("stdlib",)) -> list[Execution]:
    return [Execution(variant, peer) for variant in variants_ for peer in peers]


def test_executions_are_told_by_what_they_have_in_common() -> None:
    every = executions(
        "client+tls12+a", "client+tls13+a", "server+tls12+a", "server+tls13+a", peers=("stdlib", "tlslite")
    )
    assert variants.told(every, every) == "all 8"
    assert variants.told([e for e in every if "tls12" in e.variant], every) == "tls12 (4 of 8)"
    assert variants.told([e for e in every if "tls12" in e.variant and e.peer == "tlslite"], every) == (
        "tls12; with tlslite (2 of 8)"
    )
    assert variants.told(every[:1], every[:1]) == ""


def test_executions_of_which_few_are_missing_are_told_by_those() -> None:
    every = executions(*(f"{role}+{version}+{way}" for role in "cs" for version in "23" for way in "wxy"))
    assert variants.told(every[1:], every) == "all but c; 2; w (11 of 12)"
    odd = [one for one in every if one.variant not in ("c+2+w", "s+3+y")]
    assert variants.told(odd, every) == "all but c+2+w with stdlib and s+3+y with stdlib (10 of 12)"
    assert variants.told([one for one in every if one.variant[0] == "c"], every) == "c (6 of 12)"  # as before


def test_executions_that_have_nothing_in_common_are_named() -> None:
    every = executions("client+tls12", "client+tls13", "server+tls12", "server+tls13")
    told = variants.told([every[0], every[3]], every)
    assert told == "client+tls12 with stdlib, server+tls13 with stdlib (2 of 4)"


def facts(version: str, openssl: str = "OpenSSL 3.0.19 27 Jan 2026", name: str = "ssl") -> dict[str, object]:
    return {"name": name, "python": {"implementation": "cpython", "version": version}, "openssl": openssl}


def test_columns_of_one_name_are_told_apart_and_in_order() -> None:
    headers = [
        Header("1", {"refssl": facts("3.13.0", "OpenSSL 3.6.5 surface of refssl", "refssl"), "ssl": facts("3.13.0")}),
        Header("1", {"ssl": facts("3.9.1")}),
        Header("1", {"ssl": facts("3.13.0", "OpenSSL 3.6.5 27 Jan 2026")}),
    ]
    columns = Columns(headers)
    names = [column.name for column in columns.listed]
    assert names == ["ssl@3.9.1", "ssl@3.13.0+3.0.19", "ssl@3.13.0+3.6.5", "refssl"]
    assert columns.of(1, "ssl").name == "ssl@3.9.1"
    reference = columns.reference()
    assert reference is not None
    assert reference.name == "ssl@3.13.0+3.6.5"
    assert columns.find("refssl").library == "as OpenSSL 3.6.5"


def test_the_comparisons_that_people_ask_for() -> None:
    both = [
        facts("3.12.1"),
        facts("3.13.0"),
        facts("3.13.0", "OpenSSL 3.6.5 27 Jan 2026"),
        facts("3.15.0", "OpenSSL 3.6.5 x"),
    ]
    columns = Columns([Header("1", {"ssl": one}) for one in both])
    pairs = {question: [(a.name, b.name) for a, b in found] for question, found in presets(columns.listed).items()}
    names = [column.name for column in columns.listed]
    every = [pair for found in pairs.values() for pair in found]
    assert set(every) >= set(pairwise(names))
    assert pairs["What a newer OpenSSL changes"] == [("ssl@3.13.0+3.0.19", "ssl@3.13.0+3.6.5")]


def test_other_pythons_and_libraries_are_compared_with_their_measure() -> None:
    pypy = {**facts("3.11.15"), "python": {"implementation": "pypy", "version": "3.11.15"}}
    files = [facts("3.11.7"), facts("3.12.1"), pypy, facts("3.12.1", "x", "mylib")]
    columns = Columns([Header("1", {str(one["name"]): one}) for one in files])
    pairs = {question: [(a.name, b.name) for a, b in found] for question, found in presets(columns.listed).items()}
    assert pairs == {
        "What another run changes": [],
        "What a newer Python changes": [("ssl@3.11.7", "ssl@3.12.1")],
        "What a newer OpenSSL changes": [],
        "Another Python beside CPython": [("ssl@3.11.7", "ssl@pypy3.11.15")],
        "Beside the standard library, on the same Python": [("ssl@3.12.1", "mylib")],
    }


def test_another_python_on_another_library_is_compared_twice() -> None:
    """With CPython of its version, and the nearest CPython on its library; neither can regress."""
    library = "OpenSSL 3.6.5 29 Sep 2026"
    pypy = {**facts("3.11.15", library), "python": {"implementation": "pypy", "version": "3.11.15"}}
    files = [facts("3.11.7"), facts("3.13.0"), facts("3.13.9", library), facts("3.15.0", library), pypy]
    columns = Columns([Header("1", {"ssl": one}) for one in files])
    pairs = presets(columns.listed)["Another Python beside CPython"]
    assert [(a.name, b.name) for a, b in pairs] == [
        ("ssl@3.11.7", "ssl@pypy3.11.15"),
        ("ssl@3.13.9", "ssl@pypy3.11.15"),
    ]
    assert comparison_page.beside(pairs[0]) == ("ssl@3.11.7", "ssl@pypy3.11.15")
    assert comparison_page.beside((columns.listed[0], columns.listed[1])) is None


def test_two_runs_of_the_same_have_names() -> None:
    columns = Columns([Header("1", {"ssl": facts("3.13.0")})] * 2, ["before", "after"])
    assert [column.name for column in columns.listed] == ["ssl+before", "ssl+after"]
    found = {question: pairs for question, pairs in presets(columns.listed).items() if pairs}
    assert list(found) == ["What another run changes"]
    assert found["What another run changes"] == [tuple(columns.listed)]
    assert columns.reference() is columns.listed[0]


def test_facts_may_be_anything() -> None:
    columns = Columns(
        [Header("1", {"ssl": {"python": "x", "openssl": 5, "features": "x", "name": []}}) for _ in range(2)]
    )
    (column,) = {column.name: column for column in columns.listed}.values()
    assert (column.implementation, column.python, column.library, column.features) == ("ssl", "", "", [])
