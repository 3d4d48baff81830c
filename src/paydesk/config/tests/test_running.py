"""Which `up` runs: the lock, the record, and processes that a killed one left behind."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

from paydesk.config import running

# A process with a child, whose number it prints.
TREE = "import subprocess, time; child = subprocess.Popen(['sleep', '60']); print(child.pid, flush=True); "
TREE += "time.sleep(60)"


def test_the_lock_is_taken_once_and_free_again_after_kill_9(tmp_path: Path) -> None:
    hold = "import sys, time; from pathlib import Path; from paydesk.config.running import RunLock;"
    hold += "lock = RunLock(Path(sys.argv[1])); print(lock.take(), flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", hold, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    lock = running.RunLock(tmp_path)
    assert not lock.take()
    assert lock.is_held()
    holder.kill()
    holder.wait()
    assert not lock.is_held()
    assert lock.take()
    holder.stdout.close()


def test_leftovers_are_ended_with_their_children_and_strangers_are_not(tmp_path: Path) -> None:
    ours = subprocess.Popen(
        [sys.executable, "-c", TREE], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    assert ours.stdout is not None
    ours.stdout.readline()
    recorded = running.process_entry(ours.pid)
    reused = {"pid": stranger.pid, "began": running.process_entry(stranger.pid)["began"] - 1000}
    running.write_record(tmp_path, {"processes": {"web": recorded, "worker": reused}})
    assert (tmp_path / "up.json").stat().st_mode & 0o777 == 0o600

    assert len(running.end_leftovers(running.read_record(tmp_path))) == 2
    ours.wait(5)
    assert stranger.poll() is None
    assert not running.is_alive(recorded)
    stranger.kill()
    stranger.wait()
    ours.stdout.close()


def test_children_of_a_leader_that_was_killed_itself_are_ended(tmp_path: Path) -> None:
    leader = subprocess.Popen(
        [sys.executable, "-c", TREE], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert leader.stdout is not None
    child = int(leader.stdout.readline())
    entry = running.process_entry(leader.pid)
    leader.kill()
    leader.wait()
    assert running.end_leftovers({"processes": {"web": entry}}) == [child]


def test_a_record_that_was_cut_off_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "up.json").write_text('{"pid": 1')
    assert running.read_record(tmp_path) == {}
    assert running.end_leftovers({}) == []


def test_a_taken_port_is_seen_and_the_next_free_one_is_free() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not running.is_free("127.0.0.1", port)
        free = running.next_free_port("127.0.0.1", port)
        assert free > port
        assert running.is_free("127.0.0.1", free)
