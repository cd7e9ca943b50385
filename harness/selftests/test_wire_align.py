"""Two accounts side by side: what is the same thing, what differs, and what must not be taken for a difference."""

from __future__ import annotations

import re
from dataclasses import replace

from sslspec.style import Style
from sslspec.wire import align
from sslspec.wire.account import Account, Entry, of_capture
from sslspec.wire.capture import Capture, Data, Delivered, Step, Verb
from sslspec.wire.field import Field
from sslspec.wire.show import Page

SUITES = ", ".join(f"TLS_SUITE_{letter}_WITH_A_LONG_NAME" for letter in "ABCD")


def hello(*fields: Field, by: str = "client") -> Entry:
    return Entry("handshake", "ClientHello", by=by, connection=1, fields=fields)


def step(call: str, outcome: str = "returns None") -> Entry:
    return Entry("step", call, outcome)


def differences(left: list[Entry], right: list[Entry]) -> list[tuple[str, str, str | None, str | None]]:
    rows = align.rows(Account(left), Account(right))
    return [(one.at.title, one.field, one.left, one.right) for one in align.differences(rows)]


def test_equal_accounts_have_no_difference() -> None:
    entries = [step("do_handshake()"), hello(Field("random", "32 bytes", "by nature"))]
    other = [step("do_handshake()"), hello(Field("random", "32 bytes", "another"))]
    assert differences(entries, other) == []
    assert all(row.same for row in align.rows(Account(entries), Account(other)))


def test_a_field_that_differs_is_found_and_so_is_one_that_is_missing() -> None:
    left = hello(Field("server_name", "a"), Field("session_ticket", "empty"), Field("cookie", ""))
    right = hello(Field("server_name", "b"), Field("cookie", ""), Field("padding", "3 bytes"))
    assert differences([left], [right]) == [
        ("ClientHello", "server_name", "a", "b"),
        ("ClientHello", "session_ticket", "empty", None),
        ("ClientHello", "padding", None, "3 bytes"),
    ]


def test_the_order_of_fields_is_no_difference() -> None:
    left = hello(Field("a", "1"), Field("b", "2"), Field("b", "3"))
    right = hello(Field("b", "2"), Field("b", "3"), Field("a", "1"))
    assert differences([left], [right]) == []
    assert differences([left], [hello(Field("b", "3"), Field("b", "2"), Field("a", "1"))]) != []


def test_an_outcome_that_differs_is_a_difference_of_its_step() -> None:
    left, right = [step("read(1)", "returns b'x'")], [step("read(1)", "raises SSLEOFError errno=8")]
    assert differences(left, right) == [("read(1)", "", "returns b'x'", "raises SSLEOFError errno=8")]


def test_an_entry_of_one_side_is_told_once_and_the_others_still_meet() -> None:
    alert = Entry("alert", "alert", "fatal unknown_ca (48)", by="client", connection=1)
    extra = hello(Field("server_name", "a"))
    found = differences([extra, step("read(1)")], [alert, step("read(1)")])
    assert found == [("ClientHello", "", "ClientHello", None), ("alert", "", None, "fatal unknown_ca (48)")]


def test_the_same_message_of_the_other_end_is_another_thing() -> None:
    assert len(differences([hello(by="client")], [hello(by="server")])) == 2


def test_when_a_thread_sent_something_is_no_difference() -> None:
    ticket = Entry("handshake", "NewSessionTicket", by="server", connection=1, fields=(Field("ticket", "present"),))
    early, late = [step("a()"), ticket, step("b()")], [step("a()"), step("b()"), ticket]
    assert len(differences(early, late)) == 2
    for left, right in ((early, late), (late, early)):
        rows = align.rows(Account(left), Account(right), timed=False)
        assert list(align.differences(rows)) == []
        assert len(rows) == 4
    other = Entry("handshake", "NewSessionTicket", by="server", connection=1, fields=(Field("ticket", "empty"),))
    rows = align.rows(Account(early), Account([step("a()"), step("b()"), other]), timed=False)
    assert [one.field for one in align.differences(rows)] == ["ticket"]
    assert len(list(align.differences(align.rows(Account(early), Account([*late, replace(ticket)]), timed=False)))) == 1


def test_of_long_lists_only_what_differs_is_told() -> None:
    more = f"{SUITES}, TLS_EMPTY_RENEGOTIATION_INFO_SCSV"
    assert align.beside_a_list(more, SUITES) == "5, only here: TLS_EMPTY_RENEGOTIATION_INFO_SCSV"
    assert align.beside_a_list(SUITES, more) == "4, none that the other has not"
    assert align.beside_a_list(SUITES, SUITES) == "TLS_SUITE_A_WITH_A_LONG_NAME and 3 more"
    first, second, *rest = SUITES.split(", ")
    turned = ", ".join([first, *rest, second])
    assert align.beside_a_list(SUITES, turned) == (
        "4, in another order from number 2 on: TLS_SUITE_B_WITH_A_LONG_NAME and 2 more"
    )
    assert align.beside_a_list("x25519, x448", "x25519") == "x25519, x448"


class TestAccount:
    def test_a_step_stands_before_what_passed_while_it_was_done(self) -> None:
        none = {"returns": None}
        capture = Capture("a/b/c", "ssl", "stdlib", {1: "client"})
        capture.happenings = [
            Data(1, "client", b"GET / HTTP/1.0\r\n\r\n"),
            Step("subject", "do_handshake()", none),
            Verb("peer", "send(bytes[1])"),
            Data(1, "server", b"\x15\x03\x03\x00\x02\x02\x28"),
            Delivered(1, 3),
            Delivered(1, 4),
            Step("subject", "read(1)", none),
        ]
        told = [entry.title for entry in of_capture(capture, {}).entries]
        assert told == [
            "subject.do_handshake()",
            "no TLS",
            "peer.send(bytes[1])",
            "subject.read(1)",
            "alert",
            "2 pieces",
        ]

    def test_what_no_step_has_come_to_its_end_for_is_told_apart(self) -> None:
        capture = Capture("a/b/c", "ssl", "stdlib", {1: "client"})
        capture.happenings = [Step("subject", "read(1)", {"returns": None}), Data(1, "client", b"x")]
        told = of_capture(capture, {})
        assert [entry.title for entry in told.entries] == ["subject.read(1)", "behind the last step", "no TLS"]
        without = Account([entry for entry in told.entries if entry.kind != "after"])
        assert list(align.differences(align.rows(told, without))) == []

    def test_a_second_connection_is_announced_behind_its_step(self) -> None:
        capture = Capture("a/b/c", "ssl", "stdlib", {1: "client", 2: "client"})
        capture.happenings = [Data(2, "client", b"x"), Step("subject", "do_handshake()", {"returns": None})]
        titles = [entry.title for entry in of_capture(capture, {}).entries]
        assert titles == ["connection 2", "subject.do_handshake()", "no TLS"]


class TestPage:
    ROWS = align.rows(
        Account([step("do_handshake()"), hello(Field("server_name", "a"), Field("random", "32 bytes", routine=True))]),
        Account([step("do_handshake()"), hello(Field("server_name", "b"), Field("random", "32 bytes", routine=True))]),
    )

    def lines(self, width: int, style: Style | None = None, *, verbose: bool = False) -> list[str]:
        return list(Page(("ssl", "refssl"), style or Style(), width, verbose=verbose).lines(self.ROWS))

    def test_side_by_side_where_there_is_room(self) -> None:
        head, call, message, field = self.lines(120)
        assert head.split("|")[0].strip() == "ssl"
        assert call.split("|")[0].strip() == call.split("|")[1].strip() == "do_handshake()  returns None"
        assert message.split("|")[1].strip() == "-> ClientHello"
        left, right = field.split("!")
        assert (left.strip(), right.strip()) == ("server_name  a", "server_name  b")

    def test_one_under_the_other_where_there_is_not(self) -> None:
        lines = self.lines(80)
        assert [line.strip() for line in lines[:2]] == ["do_handshake()  returns None", "-> ClientHello"]
        assert [line.split("|")[0].strip() for line in lines[2:]] == ["ssl", "refssl"]

    def test_what_is_routine_is_shown_on_request(self) -> None:
        assert not any("random" in line for line in self.lines(120))
        assert any("random" in line for line in self.lines(120, verbose=True))

    def test_what_a_peer_sends_does_nothing_to_a_terminal(self) -> None:
        evil = Account([hello(Field("server_name", "a\x1b[2J\u202eb" + "c" * 9000))])
        shown = "\n".join(Page(("ssl",), Style(unicode=True), 100, verbose=True).lines(align.alone(evil)))
        assert "\x1b" not in shown
        assert r"a\x1b[2J\u202eb" in shown
        assert "(9020 characters)" in " ".join(shown.split())

    def test_colours_and_glyphs_change_no_column(self) -> None:
        plain = self.lines(120, Style(unicode=True))
        painted = self.lines(120, Style(color=True, unicode=True))
        assert plain != painted
        assert [unpainted(line) for line in painted] == plain
        assert "≠" in plain[-1]
        assert all(line.isascii() for line in self.lines(120))


def unpainted(line: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", line).rstrip()
