"""The reader of suites/clauses: what it takes, and that it refuses in one line what cannot be meant."""

from __future__ import annotations

import pytest

from sslspec import layout
from sslspec.scenarios import clauses

PAGE = """
format = 1
title = "A part"

[same]
"ssl.SSLObject.read" = "ssl.SSLSocket.read"

["ssl.SSLSocket.read"]
names = ["SSLSocket.rea?into"]
since = "3.6"
up-to-len = "It gives at most len bytes."
zero = { says = "read(0) gives nothing.", level = "observed", since = "3.7" }
huge = { says = "Much can be read.", reason = "it takes more memory than there is" }
"""


@pytest.fixture
def folder(tmp_path):
    def write(text: str):
        (tmp_path / "part.toml").write_text(text)
        return tmp_path

    return write


def test_a_page_is_read(folder):
    catalogue = clauses.load(folder(PAGE))
    assert list(catalogue.clauses) == [f"ssl.SSLSocket.read:{slug}" for slug in ("up-to-len", "zero", "huge")]
    first, zero, huge = catalogue.clauses.values()
    assert (first.says, first.level, first.since) == ("It gives at most len bytes.", "must", "3.6")
    assert (zero.level, zero.since, huge.reason) == ("observed", "3.7", "it takes more memory than there is")
    assert catalogue.titles == {"part": "A part"}


def test_what_a_mark_may_name(folder):
    catalogue = clauses.load(folder(PAGE))
    for name in ("ssl.SSLSocket.read", "ssl.SSLSocket.read:zero", "ssl.SSLObject.read"):
        assert catalogue.knows(name)
    for name in ("ssl.SSLSocket.reed", "ssl.SSLSocket.read:none", "ssl.SSLObject.read:zero"):
        assert not catalogue.knows(name)


def test_who_speaks_for_a_public_name(folder):
    catalogue = clauses.load(folder(PAGE))
    for name in ("ssl.SSLSocket.read", "ssl.SSLObject.read", "ssl.SSLSocket.rea_into"):
        assert catalogue.group_of(name) == "ssl.SSLSocket.read"
    assert catalogue.group_of("ssl.SSLSocket.write") is None


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("format = 1", "format = 2", "format is 2"),
        ("format = 1", "format = ", "part.toml: "),
        ('title = "A part"', "", "no title"),
        ('["ssl.SSLSocket.read"]', '["SSLSocket.read"]', "no group of its own"),
        ("zero = {", "Zero = {", "no slug"),
        ("bytes.", "bytes", "a sentence"),
        ('"observed"', '"maybe"', "level 'maybe'"),
        ('"3.7"', '"37"', "a version"),
        ('"it takes more memory than there is"', '"too much"', "five words"),
        ("reason =", "because =", "unknown because"),
        ('"3.7"', "3.7", "is text"),
        ('= "ssl.SSLSocket.read"', '= "ssl.SSLSocket.reed"', "cannot stand for"),
    ],
)
def test_what_cannot_be_meant_is_refused(folder, old, new, told):
    assert PAGE.count(old) >= 1
    with pytest.raises(clauses.ClauseError, match=told):
        clauses.load(folder(PAGE.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("ssl", True),
        ("ssl.SSLContext", True),
        ("ssl.SSLContext.set_groups:unknown", True),
        ("ssl-nonblocking:want-errors", True),
        ("RFC 8446 4.2.11", True),
        ("RFC 8446 4.2.11:binder", True),
        ("RFC 5246 Appendix E.1", True),
        ("RFC 8446 D.4", True),
        ("What's New 3.7", True),
        ("RFC 8446", False),
        ("rfc 8446 4.2", False),
        ("SSLContext", False),
        ("ssl.SSLContext:Not a slug", False),
        ("https://docs.python.org", False),
    ],
)
def test_the_form_of_a_name(name, good):
    assert clauses.is_name(name) == good


def test_a_group_says_nothing_beside_its_clause():
    assert clauses.precise(["ssl.A", "ssl.B:x", "ssl.B", "ssl.A", "ssl.B:y"]) == ("ssl.A", "ssl.B:x", "ssl.B:y")


def test_the_real_catalogue_is_read():
    catalogue = clauses.load(layout.clauses())
    assert len(catalogue.clauses) > 700
    assert catalogue.clauses["ssl.MemoryBIO.read:up-to-n"].page == "objects"
