"""Axes, ids and marks: which executions a scenario stands for, and what is refused before anything runs."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from sslspec.bench.pair import Variant
from sslspec.plugin import marks, smoke
from sslspec.plugin.marks import Marks
from sslspec.plugin.scenario import Scenario
from sslspec.scenarios import axes
from sslspec.scenarios.axes import AxisError, Cell

NO_MARKS = Marks((), "must", None, None, (), ())


def metafunc(*declared: Any, asks_for: tuple[str, ...] = ("pair",)) -> Any:
    """What pytest shows of a scenario with these marks."""
    by_name = {mark.name: mark.mark for mark in declared}
    definition = SimpleNamespace(nodeid="suites/a/test_b.py::test_c", get_closest_marker=by_name.get)
    return SimpleNamespace(fixturenames=["cell", *asks_for], definition=definition)


def variants(*declared: Any, peers: tuple[str, ...] = ("stdlib",)) -> list[str]:
    return [str(cell.variant) for cell in axes.cells(metafunc(*declared), ["ssl"], peers)]


class TestCrossing:
    def test_a_pair_is_crossed_over_what_its_marks_leave_open(self) -> None:
        found = variants()
        assert len(found) == len(set(found)) == 2 * 2 * 2
        assert "client+tls12+memory+whole" in found
        assert "server+tls13+memory+split" in found

    def test_marks_narrow_and_widen(self) -> None:
        assert variants(
            pytest.mark.roles("client"), pytest.mark.versions("tls13"), pytest.mark.deliveries("whole")
        ) == ["client+tls13+memory+whole"]
        assert len(variants(pytest.mark.deliveries("all"))) == 2 * 2 * 4
        assert len(variants(pytest.mark.transports("memory", "tcp"))) == 2 * 2 * (2 + 1)

    def test_no_version_means_that_the_scenario_chooses(self) -> None:
        assert "client+memory+whole" in variants(pytest.mark.versions())

    def test_tlslite_runs_where_the_scenario_says_and_only_once_a_role_and_version(self) -> None:
        assert variants(peers=("tlslite",)) == []
        assert len(variants(pytest.mark.peers("module", "tlslite"), peers=("tlslite",))) == 2 * 2

    def test_self_is_the_implementation(self) -> None:
        cells = axes.cells(metafunc(), ["ssl", "refssl"], ["self"])
        assert {(cell.implementation, cell.peer) for cell in cells} == {("ssl", "ssl"), ("refssl", "refssl")}

    def test_without_a_pair_there_is_one_execution_for_each_implementation(self) -> None:
        cells = axes.cells(metafunc(asks_for=("impl",)), ["ssl", "refssl"], ["stdlib", "tlslite"])
        assert cells == [Cell("ssl", "none", None), Cell("refssl", "none", None)]

    def test_a_couple_has_the_role_both(self) -> None:
        cells = axes.cells(metafunc(asks_for=("couple",)), ["ssl"], ["stdlib"])
        assert [str(cell.variant) for cell in cells] == ["both+tls12+memory+whole", "both+tls13+memory+whole"]

    def test_an_unknown_point_is_named_with_its_axis(self) -> None:
        with pytest.raises(
            AxisError, match=re.escape("transports has no 'pigeon'; there are memory, socketpair, tcp, tcp6")
        ):
            variants(pytest.mark.transports("pigeon"))


class TestMessages:
    """A scenario that asks for `message` runs once for each that the peer, who has the other role, sends."""

    def places(self, *declared: Any, role: str = "client", version: str = "tls13") -> list[str]:
        at = (pytest.mark.roles(role), pytest.mark.versions(version), pytest.mark.deliveries("whole"))
        function = metafunc(*at, *declared, asks_for=("pair", "message"))
        return [cell.place.rpartition("+")[2] for cell in axes.cells(function, ["ssl"], ["stdlib"])]

    def test_all_that_the_peer_sends(self) -> None:
        assert self.places()[:2] == ["server_hello", "encrypted_extensions"]
        assert self.places(role="server") == ["client_hello", "certificate", "certificate_verify", "finished"]

    def test_words_choose_among_them(self) -> None:
        assert self.places(pytest.mark.messages("finished")) == ["finished"]
        assert "finished" not in self.places(pytest.mark.messages("followed"))
        assert "server_hello" not in self.places(pytest.mark.messages("-server_hello"))
        assert "change_cipher_spec" in self.places(version="tls12")
        assert "change_cipher_spec" not in self.places(pytest.mark.messages("handshake"), version="tls12")

    def test_a_name_of_no_message_is_refused(self) -> None:
        with pytest.raises(AxisError, match="there is no message 'farewell'"):
            self.places(pytest.mark.messages("farewell"))
        with pytest.raises(AxisError, match="only with a version"):
            axes.cells(metafunc(pytest.mark.versions(), asks_for=("pair", "message")), ["ssl"], ["stdlib"])


class TestIds:
    def test_an_id_is_made_of_names(self) -> None:
        variant = str(Variant("client", "tls13"))
        found = axes.scenario_id("shutdown", "test_unwrap", "test_twice", variant, "")
        assert found == "shutdown/unwrap/twice@client+tls13+memory+whole"
        assert axes.scenario_id("a", "test_b", "test_c", "", "case") == "a/b/c@case"
        assert axes.scenario_id("a", "test_b", "test_c", "", "") == "a/b/c"

    def test_positions_and_odd_characters_are_refused(self) -> None:
        with pytest.raises(AxisError, match="must not have"):
            axes.scenario_id("a", "test_b", "test_c", "", "value with spaces")


class TestMarks:
    def item(self, *declared: Any) -> Any:
        found = [mark.mark for mark in declared]
        return SimpleNamespace(nodeid="suites/a/test_b.py::test_c", iter_markers=lambda: iter(found))

    def test_a_scenario_without_clause_is_refused(self) -> None:
        with pytest.raises(marks.MarkError, match="no clause"):
            marks.read(self.item())

    @pytest.mark.parametrize(
        "clause", ["ssl", "ssl.SSLSocket.unwrap", "RFC 8446 6.1", "RFC 8446 4.2.11", "RFC 8446 A.1", "RFC 6125 6.4.3"]
    )
    def test_clauses_have_two_forms(self, clause: str) -> None:
        assert marks.read(self.item(pytest.mark.clause(clause))).clauses == (clause,)

    @pytest.mark.parametrize("clause", ["SSLSocket.unwrap", "RFC8446 6.1", "RFC 8446, section 6", "ssl docs"])
    def test_other_forms_are_refused(self, clause: str) -> None:
        with pytest.raises(marks.MarkError, match="is no clause"):
            marks.read(self.item(pytest.mark.clause(clause)))

    def test_levels_and_versions(self) -> None:
        clause = pytest.mark.clause("ssl")
        read = marks.read(self.item(clause, pytest.mark.since("3.13"), pytest.mark.until("3.15")))
        assert (read.level, read.since, read.until) == ("must", (3, 13), (3, 15))
        with pytest.raises(marks.MarkError, match="level"):
            marks.read(self.item(clause, pytest.mark.level("maybe")))
        with pytest.raises(marks.MarkError, match="no version"):
            marks.read(self.item(clause, pytest.mark.since(3.10)))


class TestCrossSection:
    def test_implementations_meet_at_the_same_point(self) -> None:
        cells = axes.cells(metafunc(), ["ssl", "refssl"], ["stdlib"])
        one, other = smoke.points(cells, "suites/a/test_b.py::test_c")
        assert (one.implementation, other.implementation) == ("ssl", "refssl")
        assert one.variant == other.variant
        assert smoke.points([], "suites/a/test_b.py::test_c") == []

    def test_scenarios_are_spread_over_the_axes(self) -> None:
        cells = axes.cells(metafunc(), ["ssl"], ["stdlib"])
        chosen = {cell for name in range(100) for cell in smoke.points(cells, f"test_{name}")}
        assert chosen == set(cells)

    def test_each_topic_gives_its_first_scenarios_once_for_each_implementation(self) -> None:
        cells = [Cell(name, "stdlib", Variant(role)) for role in ("client", "server") for name in ("ssl", "refssl")]
        ids = [f"a/{topic}/{name}@x" for topic in ("t", "u") for name in ("first", "second", "third")]
        everything = [Scenario(one, cell, NO_MARKS, "") for one in ids for cell in cells]
        chosen = smoke.section(everything)
        assert chosen == {(one, name, "stdlib") for one in ids if "third" not in one for name in ("ssl", "refssl")}
