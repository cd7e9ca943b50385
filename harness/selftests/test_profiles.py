"""Profiles: what is left out and why, what is refused, and that what is left out is not run."""

from __future__ import annotations

from pathlib import Path

import pytest

from selftests.support import sslspec
from sslspec import layout
from sslspec.results import record
from sslspec.scenarios import clauses, listing, profiles
from sslspec.scenarios.profiles import Place, ProfileError
from sslspec.verdicts import Verdict

MINE = """format = 1
title = "A client without sessions, made by a selftest."

[[only]]
roles = ["client"]
reason = "it is a client and nothing else"

[[only]]
clauses = ["ssl.SSLContext.*", "ssl.SSLObject.read"]
reason = "it has no other names of ssl"

[[outside]]
scenarios = ["sessions/*"]
reason = "it keeps no sessions at all"

[[outside]]
features = ["HAS_PSK"]
transports = ["memory"]
reason = "its keys come with the socket"
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(MINE)
    return path


@pytest.mark.parametrize(
    ("place", "why"),
    [
        (Place("data/reading/some@client+tls13", ("ssl.SSLObject.read:some",), (), "client", "memory"), ""),
        (Place("data/reading/some@server+tls13", ("RFC 8446 5.2",), (), "server", "memory"), "a client and nothing"),
        (Place("contexts/defaults/some", ("ssl.SSLContext.options",)), ""),
        (Place("data/wire/some", ("RFC 8446 5.2",)), ""),
        (Place("data/reading/some", ("ssl.SSLObject.read", "ssl.SSLObject.write:all")), "no other names"),
        (Place("sessions/resumption/some@client+tls13", ("RFC 8446 2.2",), (), "client", "memory"), "no sessions"),
        (Place("psk/a/b@client", ("RFC 8446 2.2",), ("HAS_PSK",), "client", "memory"), "come with the socket"),
        (Place("psk/a/b@client", ("RFC 8446 2.2",), ("HAS_PSK",), "client", "tcp"), ""),
        (Place("psk/a/b", ("RFC 8446 2.2",), ("HAS_PSK",)), ""),
    ],
    ids=["inside", "role", "no_role", "protocol", "clause", "scenario", "both", "only_one_of_both", "cannot_be_said"],
)
def test_the_first_rule_that_leaves_out_gives_the_reason(mine: Path, place: Place, why: str) -> None:
    said = profiles.load(str(mine)).why_not(place)
    assert why in said
    assert bool(said) == bool(why)
    assert not said or said.startswith("profile mine: ")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("format = 1", "format = 2", "this sslspec reads format = 1"),
        ('title = "A client', 'titel = "A client', "unknown key 'titel'"),
        ('roles = ["client"]', 'roles = ["klient"]', "roles has no 'klient'; there are client, server, both"),
        ('transports = ["memory"]', 'transports = ["udp"]', "transports has no 'udp'"),
        ('roles = ["client"]', 'roles = "client"', "roles must be a list of texts"),
        ('roles = ["client"]', "", "says nothing of scenarios, clauses"),
        ("it keeps no sessions at all", "no sessions", "short of 5 words"),
        ("[[outside]]", "[outside]", "must be tables: [[outside]]"),
        ("format = 1", "format =", "is no TOML"),
    ],
)
def test_what_is_wrong_with_a_profile_is_said_in_one_line(mine: Path, old: str, new: str, told: str) -> None:
    text = MINE if old != "[[outside]]" else MINE[: MINE.rindex("[[outside]]")]
    mine.write_text(text.replace(old, new, 1))
    with pytest.raises(ProfileError) as caught:
        profiles.load(str(mine))
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_profile_names_those_that_there_are() -> None:
    done = sslspec("run", "ssl", "--profile", "nobody")
    assert done.returncode == 4
    assert done.stderr.splitlines() == [
        "sslspec: nobody: no such profile; there are asyncio, client, everything, urllib3, or name a file: ./mine.toml"
    ]


@pytest.mark.parametrize("name", sorted(path.stem for path in layout.profiles().glob("*.toml")))
def test_each_rule_of_a_profile_leaves_something_out_and_not_everything(name: str) -> None:
    """A rule that fits nothing is a misspelt one; each pattern of it speaks of something."""
    profile = profiles.load(name)
    every = [place for scenario in listing.scenarios() for place in profiles.places(scenario)]
    assert any(not profile.why_not(place) for place in every)
    catalogue = clauses.load(layout.clauses()).clauses
    for rule in profile.rules:
        assert any(rule.leaves_out(place) for place in every), rule
        for pattern in rule.wanted.get("clauses", ()):
            one = profiles.Rule(False, "", {"clauses": (pattern,)})
            assert any(one.leaves_out(Place("", (clause,))) for clause in catalogue), pattern


def test_what_is_left_out_is_inapplicable_and_not_run(mine: Path, tmp_path: Path) -> None:
    output = tmp_path / "r.jsonl"
    args = ("--area", "channel_binding", "-j", "1", "-o", str(output))
    done = sslspec("run", "ssl", "--profile", mine.name, *args, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    found = record.read(output)
    assert found.header.implementations["ssl"]["profile"] == "mine"
    server = [result for result in found.results if "@server" in result.id]
    assert server
    assert {result.verdict for result in server} == {Verdict.INAPPLICABLE}
    assert {str(result.detail["message"]) for result in server} == {"profile mine: it is a client and nothing else"}
    assert not any(result.steps for result in server)


def test_a_list_may_be_cut_to_a_profile() -> None:
    done = sslspec("list", "timeouts", "--profile", "asyncio")
    assert done.returncode == 5
    assert sslspec("list", "sslobject", "--profile", "asyncio").returncode == 0
