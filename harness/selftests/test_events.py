"""The events file: several writers, a reader beside them, and writers that die in the middle of a line."""

import json
import subprocess
import sys

from selftests import support
from sslspec.running import events


def test_a_tailer_gives_each_event_once(tmp_path):
    path = tmp_path / "events"
    tail = events.Tailer(path)
    assert tail.poll() == []
    events.append(path, {"event": "start", "id": "a"})
    assert [event["id"] for event in tail.poll()] == ["a"]
    assert tail.poll() == []
    events.append(path, {"event": "start", "id": "b"})
    events.append(path, {"event": "start", "id": "\u2028"})
    assert [event["id"] for event in tail.poll()] == ["b", "\u2028"]


def test_half_a_line_is_waited_for(tmp_path):
    path = tmp_path / "events"
    tail = events.Tailer(path)
    line = json.dumps({"event": "start", "id": "a"}).encode()
    path.write_bytes(line[:9])
    assert tail.poll() == []
    with path.open("ab") as file:
        file.write(line[9:])
    assert tail.poll() == []
    assert [event["id"] for event in tail.rest()] == ["a"]


def test_what_is_no_event_is_passed_over(tmp_path):
    path = tmp_path / "events"
    path.write_bytes(b'{"event":"sta\n\x00\xff\n[]\n{"id":1}\n\n')
    events.append(path, {"event": "finish"})
    tail = events.Tailer(path)
    assert [event["event"] for event in tail.poll()] == ["finish"]
    assert tail.skipped == 4


def test_a_line_that_somebody_left_unfinished_costs_only_itself(tmp_path):
    path = tmp_path / "events"
    path.write_bytes(b'{"event":"start","id":"he died he')
    events.append(path, {"event": "finish"})
    assert [event["event"] for event in events.read(path)] == ["finish"]


def test_several_processes_write_whole_lines(tmp_path):
    path = tmp_path / "events"
    script = (
        "import sys; from sslspec.running import events\n"
        "for i in range(100): events.append(sys.argv[1], {'event': 'x', 'id': sys.argv[2] * 3000, 'n': i})"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(path), name], env=support.environment()) for name in "ab"
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    tail = events.Tailer(path)
    found = tail.poll()
    assert tail.skipped == 0
    assert sorted((event["id"][0], event["n"]) for event in found) == [(w, n) for w in "ab" for n in range(100)]
