"""What changed from one observation to the next: which are neighbours, and a reason, with its source, for each line."""

import re

import pytest

from selftests.support import HARNESS
from selftests.test_compare import RAISED, READ
from selftests.test_observed import SCENARIO, observation, result, some
from sslspec import layout
from sslspec.observed import changes, cli, pages, reasons, store
from sslspec.verdicts import Verdict

PAGE = HARNESS.parent / "docs" / pages.NAME


def seen(python, openssl, step=READ, **more):
    return observation([result(steps=[step], **more)], python=python, openssl=f"OpenSSL {openssl} 1 Jan")


def pythons():
    """Observations of three: two Pythons on one OpenSSL, and the second of them on another."""
    return [seen("3.9.1", "3.0.1"), seen("3.10.2", "3.0.1", RAISED), seen("3.10.2", "3.6.1", RAISED)]


def steps(every):
    return [(one.what, one.step, one.after.title) for one in changes.transitions(every)]


# -- steps ---------------------------------------------------------------------------------------------------------


def test_neighbours_are_compared_and_nobody_else():
    found = changes.transitions([*reversed(pythons()), observation(some("refssl"), name="refssl")])
    assert [(one.what, one.step) for one in found] == [("python", "3.9 -> 3.10"), ("openssl", "3.0 -> 3.6")]
    assert [len(one.groups) for one in found] == [1, 0]
    assert "read(1) returns b'' | read(1) raises SSLEOFError errno=8" in changes.words(found[0].groups[0])


@pytest.mark.parametrize("alone", [seen("3.10.9", "3.6.1"), seen("3.11.0", "3.0.2"), seen("3.10.2t", "3.7.1")])
def test_another_patch_level_and_another_build_make_no_step(alone):
    every = pythons()[:2]
    assert steps([*every, alone]) == steps(every)


def test_what_patch_releases_brought_has_a_step_of_its_own():
    patched = [seen("3.10.1", "3.0.1"), *pythons()[:2]]
    on = "on OpenSSL 3.0.1"
    assert steps(patched) == [
        ("python", "3.9 -> 3.10", f"CPython 3.10.2 {on}"),
        ("python", "3.10.1 -> 3.10.2", f"CPython 3.10.2 {on}"),
    ]
    assert steps([*patched, seen("3.10.0", "3.0.1")]) == [
        ("python", "3.9 -> 3.10", f"CPython 3.10.0 {on}"),
        ("python", "3.10.0 -> 3.10.1", f"CPython 3.10.1 {on}"),
        ("python", "3.10.1 -> 3.10.2", f"CPython 3.10.2 {on}"),
    ]


def test_a_python_without_the_gil_has_a_file_and_no_step():
    assert seen("3.10.2t", "3.6.9").file_name == "ssl-3.10.2t-openssl-3.6.9.jsonl"


# -- reasons -------------------------------------------------------------------------------------------------------

SOURCES = """format = 1
[[source]]
name = "What's New"
edition = "of 3.10"
read = true
[[source]]
name = "manual"
edition = "of nobody knows when"
read = false
"""
STEP = """format = 1
python = "3.9 -> 3.10"
[[reason]]
title = "Ends"
scenario = ["other/*", "shutdown/*"]
match = "SSLEOFError"
reason = "an end that was none is told since then"
source = ["What's New 3.10, ssl", "manual(3)", "observed"]
"""
UNSEEN = """[[unseen]]
reason = "what no scenario of ours can see"
source = ["What's New 3.10"]
"""


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Writes reasons that stand for the real ones, beside observations of three interpreters."""
    monkeypatch.setattr(layout, "observed", lambda: tmp_path)
    store.save(tmp_path, [observation([result(name="refssl")], name="refssl"), *pythons()])
    folder = tmp_path / "reasons"
    folder.mkdir()

    def write(step=STEP, sources=SOURCES, **more):
        files = {reasons.SOURCES: sources, "python-3.9-3.10.toml": step}
        for name, text in {**files, **{f"{name}.toml": text for name, text in more.items()}}.items():
            (folder / name).write_text(text)
        return reasons.read()

    return write


def test_a_difference_has_the_reason_that_was_written_for_it(written):
    (transition, _) = changes.transitions(pythons())
    (reason,) = changes.because(transition, transition.groups[0], written())
    assert reason.reason == "an end that was none is told since then"
    assert changes.unexplained([transition], written()) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('"SSLEOFError"', '"SSLZeroReturnError"'), "explains nothing"),
        (('"shutdown/*"', '"handshake/*"'), "explains nothing"),
        (("3.9 -> 3.10", "3.10 -> 3.11"), "no two observations make this step"),
    ],
)
def test_reasons_are_strict_both_ways(written, change, told):
    (transition, _) = changes.transitions(pythons())
    missing, other = changes.unexplained([transition], written(STEP.replace(*change)))
    assert missing.startswith(f"Python 3.9 to 3.10: {SCENARIO}@client+tls13: ")
    assert told in other


WRONG = {
    ("format = 1", "format = 2"): "format must be 1",
    ('python = "3.9 -> 3.10"', 'python = "3.9"'): "says not of which step",
    ('python = "3.9 -> 3.10"', 'python = "3.9 -> 3.10"\nopenssl = "3.0 -> 3.6"'): "says not of which step",
    ("an end that was none is told since then", "short"): "five words or more",
    ('source = ["What\'s New 3.10, ssl", "manual(3)", "observed"]', ""): "needs a source, a list of texts",
    ('source = ["What\'s New 3.10, ssl", "manual(3)", "observed"]', "source = []"): "needs a source, a list of texts",
    ('"manual(3)"', '"manually"'): "'manually' begins with none of the documents",
    ('"manual(3)"', '"a page"'): "'a page' begins with none of the documents",
    ('title = "Ends"', ""): "needs a title",
    ('match = "SSLEOFError"', 'match = "("'): "match is no regular expression",
    ('match = "SSLEOFError"', 'matches = "SSLEOFError"'): "matches is not understood",
    ('scenario = ["other/*", "shutdown/*"]', "scenario = []"): "scenario is a glob",
    ("[[reason]]", "[[reasons]]"): "reasons is not understood",
    ("read = false", 'read = "no"'): "needs a name, an edition, and read",
    ("format = 1", "format = "): "cannot be read",
}


@pytest.mark.parametrize("change", WRONG, ids=[f"{number}" for number in range(len(WRONG))])
def test_reasons_that_cannot_be_understood_are_refused(written, change, capsys):
    wrong = {"step": STEP.replace(*change), "sources": SOURCES.replace(*change) if "read" in change[0] else SOURCES}
    with pytest.raises(reasons.ReasonError, match=re.escape(WRONG[change])):
        written(**wrong)
    assert cli.main(["pages", "."]) == 4
    assert WRONG[change] in capsys.readouterr().err


def test_a_step_and_a_title_are_there_once(written):
    with pytest.raises(reasons.ReasonError, match="another file about the same step"):
        written(again=STEP)
    with pytest.raises(reasons.ReasonError, match="another reason is titled 'Ends' as well"):
        written(again=STEP.replace("3.9 -> 3.10", "3.10 -> 3.11"))


def test_a_citation_names_the_longest_document_that_it_begins_with(written):
    sources = SOURCES + '[[source]]\nname = "manual of OpenSSL"\nedition = "3.6.5"\nread = true\n'
    found = written(sources=sources)
    assert found.source("manual of OpenSSL, SSL_read(3)").edition == "3.6.5"
    assert found.source("manual, SSL_read(3)").edition == "of nobody knows when"
    assert found.source(reasons.OBSERVED) is None


# -- the page ------------------------------------------------------------------------------------------------------


def test_the_page_tells_step_reason_source_and_scenario(written, tmp_path):
    written(STEP + UNSEEN)
    assert cli.main(["pages", str(tmp_path)]) == 0
    page = (tmp_path / pages.NAME).read_text()
    assert "### Ends\n\nan end that was none is told since then\n" in page
    assert "*Source: What's New 3.10, ssl; manual(3) (not read); observed.*" in page
    assert f"- `{SCENARIO}`: `read(1) returns b''` → `read(1) raises SSLEOFError errno=8`" in page
    assert "- what no scenario of ours can see *Source: What's New 3.10.*" in page
    assert "| manual | of nobody knows when | not read |" in page


def test_a_page_with_differences_that_nobody_explains_is_written_and_fails(written, tmp_path, capsys):
    written(STEP.replace("SSLEOFError", "nothing like it"))
    assert cli.main(["pages", str(tmp_path)]) == 1
    assert "explains nothing" in capsys.readouterr().err
    assert "## Python 3.9 to 3.10" in (tmp_path / pages.NAME).read_text()
    assert cli.main(["pages", str(tmp_path / "none")]) == 4
    assert "cannot be written" in capsys.readouterr().err


def test_what_was_not_run_on_one_side_is_told_by_what_it_demands(written, tmp_path):
    earlier = seen("3.9.1", "3.0.1", verdict=Verdict.INAPPLICABLE)
    store.save(tmp_path, [observation([result(name="refssl")], name="refssl"), earlier, *pythons()[1:]])
    written(STEP.replace('match = "SSLEOFError"', ""))
    (requirement,) = (one.requirement for one in store.scenarios().values() if one.id == SCENARIO)
    assert f"- `{SCENARIO}`: {requirement}" in pages.page()[0]


def test_many_scenarios_are_folded_and_those_alike_told_together(written, tmp_path):
    def many(python, step, name="ssl"):
        ran = [result(f"{SCENARIO}_{number}", steps=[step], name=name) for number in range(5)]
        return observation(ran, name=name, python=python, openssl="OpenSSL 3.0.1 1 Jan")

    (tmp_path / "ssl-3.10.2-openssl-3.6.1.jsonl").unlink()
    store.save(tmp_path, [many("3.9.1", READ, "refssl"), many("3.9.1", READ), many("3.10.2", RAISED)])
    written()
    page, _ = pages.page()
    names = ", ".join(f"`{SCENARIO}_{number}`" for number in range(5))
    assert f"<details><summary>5 executions of 5 scenarios</summary>\n\n- {names}: `read(1)" in page
    assert page.partition("\n## Python")[2].count("</details>") == 1


def test_the_contents_have_a_line_for_each_step(written):
    written()
    page, _ = pages.page()
    contents = page.partition("\n## In short\n")[2].partition("\n## ")[0]
    step = '<a href="#python-39-to-310">Python 3.9 to 3.10</a>: 1 reason, 1 execution of 1 scenario'
    assert contents.splitlines() == [
        *("", f"<details><summary>{step}</summary>", ""),
        *("- [Ends](#ends)", "", "</details>"),
        *("", "[OpenSSL 3.0 to 3.6](#openssl-30-to-36): 0 executions of 0 scenarios"),
    ]


def test_the_page_is_current_and_each_line_has_its_reason():
    page, missing = pages.page()
    assert missing == []
    assert PAGE.read_text(encoding="utf-8") == page, "run: python -m sslspec.observed pages docs"


def test_every_document_that_the_page_names_was_read():
    """Where one was not, this test is to say so: docs/not-done.md owes a line for it."""
    assert [one.name for one in reasons.read().sources if not one.read] == []


def sections():
    """The page by its steps."""
    parts = PAGE.read_text(encoding="utf-8").split("\n## ")
    return {part.partition("\n")[0]: part for part in parts[1:]}


@pytest.mark.parametrize(
    ("step", "heading", "named"),
    [
        ("Python 3.11.2 to 3.11.7", "Ragged ends on OpenSSL 3 are errors again", ["gh-95495"]),
        ("Python 3.11 to 3.12", "What 3.12 removed", ["match_hostname", "wrap_socket", "RAND_pseudo_bytes"]),
        ("Python 3.12 to 3.13", "create_default_context() is stricter", ["VERIFY_X509_STRICT", "PARTIAL_CHAIN"]),
        ("Python 3.12 to 3.13", "The peer's chain", ["get_verified_chain", "get_unverified_chain"]),
        ("Python 3.13 to 3.14", "What 3.14 added", ["HAS_PHA"]),
        ("Python 3.14 to 3.15", "What 3.15 added: groups", ["set_groups", "get_sigalgs", "set_ciphersuites"]),
        ("Python 3.14 to 3.15", "What 3.15 added: HAS_PSK_TLS13", ["HAS_PSK_TLS13"]),
        ("Python 3.14 to 3.15", "Sticky EOF", ["gh-148292", "every_call_reports_a_ragged_end_again"]),
        ("OpenSSL 3.0 to 3.6", "Changed defaults", ["X25519MLKEM768", "ML-DSA", "OpenSSL CHANGES, 3.5.0"]),
        ("OpenSSL 3.6 to 4.0", "What comes after the end", ["SSL_get_error(3)", "openssl#30894"]),
    ],
)
def test_the_page_has_headings_for_what_everybody_will_look_for(step, heading, named):
    (told,) = (part for part in sections()[step].split("\n### ")[1:] if part.startswith(heading))
    assert [name for name in named if name not in told] == []


def test_each_line_of_the_contents_leads_to_a_heading():
    page = PAGE.read_text(encoding="utf-8")
    headings = [pages.anchor(heading) for heading in re.findall(r"^##+ (.+)$", page, re.MULTILINE)]
    links = re.findall(r'(?:\]\(|href=")#([^)"]+)', page)
    assert len(links) > 50
    assert set(links) <= set(headings)
    assert len(headings) == len(set(headings))
    assert pages.anchor("What 3.12 removed: wrap_socket(), 'and' more") == "what-312-removed-wrap_socket-and-more"
