"""What a stream can show: colours, signs, bars, and who decides on them."""

import io

import pytest

from selftests.console_support import PLAIN
from sslspec import style


class Stream(io.StringIO):
    def __init__(self, encoding="utf-8", tty=True):
        super().__init__()
        self._encoding, self._tty = encoding, tty

    @property
    def encoding(self):
        return self._encoding

    def isatty(self):
        return self._tty


@pytest.mark.parametrize(
    ("choice", "environment", "tty", "color"),
    [
        ("auto", {"TERM": "xterm"}, True, True),
        ("auto", {"TERM": "xterm"}, False, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"TERM": "xterm", "NO_COLOR": "1"}, True, False),
        ("auto", {"TERM": "xterm", "NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_who_decides_on_colours(monkeypatch, choice, environment, tty, color):
    monkeypatch.setattr("sys.platform", "linux")
    assert style.style_for(Stream(tty=tty), choice, environment).color is color


def test_glyphs_need_an_encoding_that_has_them():
    assert style.style_for(Stream("utf-8"), "never", {}).unicode
    assert not style.style_for(Stream("latin-1"), "never", {}).unicode
    assert not style.style_for(Stream("ascii"), "never", {}).unicode


def test_a_bar_is_full_only_where_nothing_is_missing():
    assert PLAIN.bar(99, 100, 4) == "███▉"
    assert PLAIN.bar(100, 100, 4) == "████"
    assert PLAIN.bar(0, 100, 4) == "░░░░"
    assert PLAIN.bar(0, 0, 4) == "░░░░"
