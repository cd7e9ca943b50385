"""Profiles: what is left out and why, what is refused, and that what is left out is not run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from selftests.support import environment, sslspec
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
clauses = ["ssl.SSLContext.*", "ssl.SSLSocket.read"]
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
        (Place("data/reading/some@client+tls13", ("ssl.SSLSocket.read:some",), (), "client", "memory"), ""),
        (Place("data/reading/some@server+tls13", ("RFC 8446 5.2",), (), "server", "memory"), "a client and nothing"),
        (Place("contexts/defaults/some", ("ssl.SSLContext.options",)), ""),
        (Place("data/wire/some", ("RFC 8446 5.2",)), ""),
        (Place("data/reading/some", ("ssl.SSLSocket.read", "ssl.SSLSocket.write:all")), "no other names"),
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


IDLE = {
    "a scenario": ('scenarios = ["sesions/*"]', "[[outside]]: scenarios: 'sesions/*' matches nothing in the suite"),
    "one of two": ('scenarios = ["sessions/*", "alpn/nosuch"]', "scenarios: 'alpn/nosuch' matches nothing"),
    "a clause": ('clauses = ["ssl.SSLSocket.sesion"]', "near it: ssl.SSLSocket.session"),
    "a name for another's": (
        'clauses = ["ssl.SSLObject.read"]',
        "'ssl.SSLObject.read' matches nothing in the suite; its clauses are those of ssl.SSLSocket.read",
    ),
    "a feature": ('features = ["HAS_PKS"]', "features: 'HAS_PKS' matches nothing in the suite; near it: HAS_PSK"),
    "together": ('scenarios = ["sessions/*"]\nfeatures = ["HAS_NPN"]', "HAS_NPN"),
    "none at once": (
        'scenarios = ["sessions/*"]\nclauses = ["ssl.SSLContext.set_alpn_protocols"]',
        "leaves nothing out",
    ),
}


@pytest.mark.parametrize("name", IDLE)
def test_a_rule_that_matches_nothing_is_refused_with_file_and_line(mine: Path, name: str) -> None:
    text, told = IDLE[name]
    mine.write_text(MINE.replace('scenarios = ["sessions/*"]', text, 1))
    with pytest.raises(ProfileError) as caught:
        profiles.checked(str(mine))
    line = 1 + MINE[: MINE.index("[[outside]]")].count("\n")
    assert str(caught.value).startswith(f"{mine}:{line}: [[outside]]: ")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert profiles.load(str(mine)).rules  # what has been looked at once is taken as it is


@pytest.mark.parametrize(
    "text",
    [
        'scenarios = ["sessions/*"]',
        'scenarios = ["sessions/*@client+tls12*"]',
        'scenarios = ["sessions/*tls12*"]',
        'features = ["HAS_PHA"]',
        'transports = ["tcp6"]',
        'clauses = ["ssl.SSLSocket.session*", "RFC 8446 *"]',
    ],
)
def test_a_rule_for_what_this_host_may_not_have_is_taken(mine: Path, text: str) -> None:
    """Other versions, peers, variants and transports: the suite speaks of them, whatever runs here."""
    mine.write_text(MINE.replace('scenarios = ["sessions/*"]', text, 1))
    assert profiles.checked(str(mine)) == str(mine)


def test_every_way_to_a_profile_refuses_it(mine: Path, tmp_path: Path) -> None:
    mine.write_text(MINE.replace("sessions/*", "sesions/*"))
    suites = str(layout.suites() / "channel_binding")
    for words in (("run", "ssl", "--profile", mine.name), ("list", "--profile", mine.name)):
        done = sslspec(*words, cwd=tmp_path)
        assert done.returncode == 4
        assert done.stderr.startswith(f"sslspec: {mine.name}:12: [[outside]]: scenarios: 'sesions/*' matches nothing")
    given = ["-m", "pytest", "-p", "sslspec.plugin.hooks", suites, "--profile", str(mine), "--collect-only", "-q"]
    done = subprocess.run(
        [sys.executable, *given], cwd=layout.checkout(), env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 4
    assert "matches nothing in the suite" in done.stderr


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
    profiles.refuse_idle(profile)
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
