"""Globs and areas that select nothing are told, each by its name, with what is near."""

import pytest

from selftests.support import sslspec
from sslspec import cli
from sslspec.scenarios import selecting
from sslspec.scenarios.selecting import SelectionError

ONE = "shutdown/unwrap/unwrap_before_the_handshake_is_refused"
IDS = [f"{ONE}@client+tls13", f"{ONE}@server+tls13", "alpn/offers/three"]

REFUSED = {
    "an area": (["shutdwn/*"], [], None, "-k 'shutdwn/*': fits no scenario; near it: 'shutdown/*'"),
    "a topic": (["shutdown/unrap/*@client*"], [], None, "near it: 'shutdown/unwrap/*@client*'"),
    "an id": ([f"{ONE}s@client+tls13"], [], None, f"near it: {ONE}@client+tls13"),
    "a word, as pytest takes it": (["session_tickets"], [], None, "near it: '*session_tickets*'"),
    "nonsense": (["zzzz"], [], None, "-k zzzz: fits no scenario; `sslspec list` shows all"),
    "the second of two": (["alpn", "nosuch/*"], [], None, "-k 'nosuch/*': fits no scenario"),
    "what another area has": (["shutdown/*"], ["alpn"], None, "-k 'shutdown/*': fits no scenario with --area alpn"),
    "what another level has": ([ONE], [], "observed", "fits no scenario with --level observed"),
    "a name behind a star": (["shutdown/*/nosuch*"], [], None, "-k 'shutdown/*/nosuch*': fits no scenario"),
    "nothing": ([""], [], None, "-k '': names nothing"),
    "an area that is none": ([], ["alpm"], None, "--area alpm: no such area; there are alpn, "),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_selects_nothing_is_refused(name):
    globs, areas, level, told = REFUSED[name]
    with pytest.raises(SelectionError) as caught:
        selecting.check(globs, areas, level)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "glob",
    [
        "shutdown",
        "shutdown/",
        "shutdown/unwrap",
        ONE,
        f"{ONE}@client",
        "*@client*",
        "*unwrap*",
        "*tls13*",
        "shutdown/*tls13*",
    ],
)
def test_what_names_scenarios_is_taken(glob):
    selecting.check([glob])
    selecting.check([glob], ["shutdown"], "must")


def test_a_plain_name_stands_for_what_is_below_it():
    assert selecting.selection(["alpn", "sni/*", "a/b/c@x"]) == ("alpn", "sni/*", "a/b/c@x", "alpn/*")


def test_what_fitted_nothing_in_the_end_is_known():
    assert selecting.missed(["alpn", "shutdown/*", f"{ONE}@client+tls13", "*@server*"], IDS) == []
    assert selecting.missed([f"{ONE}@clinet*", "*@tls12*", "data/*", "alpn"], IDS) == [
        (f"{ONE}@clinet*", True),
        ("*@tls12*", True),
        ("data/*", False),
    ]


def test_a_run_is_refused_before_anything_is_executed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["run", "ssl", "-k", ONE, "-k", "nosuch/*"]) == 4
    assert capsys.readouterr().err == "sslspec: -k 'nosuch/*': fits no scenario; `sslspec list` shows all\n"
    assert list(tmp_path.iterdir()) == []


def test_a_misspelt_variant_is_no_green_run(tmp_path):
    chosen = ("-k", f"{ONE}@client+tls13+memory+whole", "--peer", "stdlib", "-j", "1", "-q")
    done = sslspec("run", "ssl", *chosen, "-k", f"{ONE}@clinet*", "-k", "data/key_update/*", cwd=tmp_path)
    assert done.returncode == 4, done.stdout
    variant, peers = done.stderr.splitlines()
    assert variant == f"sslspec: -k '{ONE}@clinet*': nothing was run: its scenarios have no such variant"
    assert peers == "sslspec: -k 'data/key_update/*': nothing was run: none of it is for these peers"
    done = sslspec("run", "ssl", *chosen, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_list_takes_areas_and_levels(capsys):
    must = "channel_binding/tls_unique/both_ends_have_the_same"
    assert cli.main(["list", "--area", "channel_binding", "--area", "alpn"]) == 0
    both = capsys.readouterr().out
    assert both.startswith("alpn  (")
    assert "\nchannel_binding  (" in both
    assert cli.main(["list", "--area", "channel_binding"]) == 0
    assert must in capsys.readouterr().out
    assert cli.main(["list", "--area", "channel_binding", "--level", "observed"]) == 0
    observed = capsys.readouterr().out
    assert "channel_binding/tls_unique/there_is_one_in_tls_1_3_as_well" in observed
    assert must not in observed
    assert cli.main(["list", "*unique*", "--area", "channel_binding"]) == 0
    assert "\n  alpn/" not in capsys.readouterr().out
    assert cli.main(["list", "--area", "alpm"]) == 4
    assert "--area alpm: no such area; there are alpn" in capsys.readouterr().err
    assert cli.main(["list", "--clause", "ssl.SSLSocket.unwarp"]) == 5
    assert (
        "--clause ssl.SSLSocket.unwarp: no scenario tests it; near it: ssl.SSLSocket.unwrap" in capsys.readouterr().err
    )
    assert cli.main(["list", "shutdwn/*"]) == 5
    assert "near it: 'shutdown/*'" in capsys.readouterr().err
