"""Files that are replaced: whole or as they were, with the permissions that they ought to have."""

import os
import stat

import pytest

from sslspec.files import PRIVATE, is_no_file, replacing, write_lines


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_what_fails_half_way_leaves_the_file_and_nothing_else(tmp_path):
    target = tmp_path / "a"
    target.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), replacing(target) as stream:
        stream.write(b"half of the ne")
        stream.flush()
        raise ZeroDivisionError
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
    with replacing(target) as stream:
        stream.write(b"new")
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_permissions_are_those_of_the_file_or_of_the_umask_or_private(tmp_path):
    kept, new, private = tmp_path / "kept", tmp_path / "new", tmp_path / "private"
    kept.write_text("old")
    kept.chmod(0o640)
    before = os.umask(0o027)
    try:
        write_lines(kept, ["a"])
        write_lines(new, ["a"])
        with replacing(private, PRIVATE) as stream:
            assert [mode(path) for path in tmp_path.glob(".sslspec-*")] == [0o600]
            stream.write(b"a secret")
    finally:
        os.umask(before)
    assert (mode(kept), mode(new), mode(private)) == (0o640, 0o640, 0o600)
    private.chmod(0o644)
    with replacing(private, PRIVATE):
        pass
    assert mode(private) == 0o600


def test_a_name_may_be_as_long_as_names_may_be(tmp_path):
    longest = tmp_path / ("a" * 250)
    write_lines(longest, ["a"])
    assert longest.read_text() == "a\n"
    too_long = tmp_path / ("a" * 300)
    assert not is_no_file(too_long)
    with pytest.raises(OSError, match=r"name too long|cannot find"):
        write_lines(too_long, ["a"])
    assert list(tmp_path.iterdir()) == [longest]


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_lines(tmp_path / "no" / "such", ["a"])
