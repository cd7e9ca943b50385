"""What a run makes of its baseline: what nobody has reviewed yet, and what is newer than the reviewed suite."""

import pytest

from selftests.support import HOSTILE, sslspec
from sslspec.results import record
from sslspec.verdicts import Verdict

UNWRAP = "shutdown/unwrap/bytes_after_close_notify_stay_in_the_bio"
ARGS = ("-k", f"{UNWRAP}@client+tls13+memory+whole", "-k", "memory_bio/reading/*", "--peer", "stdlib", "-j", "1")


def ran(folder, baseline, *args, code):
    """Run the implementation whose unwrap() is wrong; the results by verdict, and what was said."""
    (folder / "b.toml").write_text(f'format = 1\nimplementation = "wrong_unwrap"\n{baseline}')
    given = (*ARGS, "-o", "r.jsonl", "--baseline", "b.toml", *args)
    done = sslspec("run", "wrong_unwrap", *given, cwd=folder, paths=(HOSTILE,))
    assert done.returncode == code, done.stdout + done.stderr
    found = {}
    for result in record.read(folder / "r.jsonl").results:
        found.setdefault(result.verdict, []).append(result)
    (failed,) = found[Verdict.FAILED]
    assert found[Verdict.PASSED]
    return failed, found[Verdict.PASSED], done


def test_what_nobody_has_reviewed_is_accepted_and_counted(tmp_path):
    entry = f'[[known]]\nid = "{UNWRAP}"\nverdict = "failed"\nreason = "UNREVIEWED: returned None"\n'
    failed, _, done = ran(tmp_path, entry, code=0)
    assert not failed.unexpected
    assert "everything as expected\nb.toml: 1 entry is unreviewed; `sslspec baseline check` names it" in done.stdout


def test_what_is_newer_than_the_reviewed_suite_fails_nobody(tmp_path):
    failed, passed, done = ran(tmp_path, 'suite = "0.0"\n', code=0)
    assert (failed.unexpected, failed.new) == (False, True)
    assert all(result.new for result in passed)
    assert "newer than suite 0.0" in failed.reason
    assert "new, and not counted: the baseline has reviewed an older suite\n" in done.stdout
    assert "1 new failure, not counted without --strict-new" in done.stdout


@pytest.mark.parametrize(("suite", "args", "new"), [("0.0", ["--strict-new"], True), ("0.1", [], False)])
def test_what_counts_all_the_same(tmp_path, suite, args, new):
    failed, _, done = ran(tmp_path, f'suite = "{suite}"\n', *args, code=1)
    assert (failed.unexpected, failed.new) == (True, new)
    assert "1 unexpected: 1 failure" in done.stdout


def test_with_nothing_to_review_nothing_is_said_of_it(tmp_path):
    entry = f'[[known]]\nid = "{UNWRAP}"\nverdict = "failed"\nreason = "it returns None whatever was sent"\n'
    failed, _, done = ran(tmp_path, entry, code=0)
    assert failed.reason == "it returns None whatever was sent"
    assert "unreviewed" not in done.stdout
