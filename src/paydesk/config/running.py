"""Which `up` runs in a home: a lock that ends with its process, and a record of what it started.

The lock answers "does one run?", also after kill -9; the record says where, and names the processes that a
killed one left behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

Record = dict[str, Any]


class RunLock:
    """Held by the one `up` of a home for as long as it runs."""

    def __init__(self, home: Path) -> None:
        self._path = home / "up.lock"
        self._file: IO[bytes] | None = None

    def take(self) -> bool:
        file = self._path.open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True

    def is_held(self) -> bool:
        """Whether some `up` runs; only looks."""
        if not self._path.exists() or not self.take():
            return self._path.exists()
        self.give_back()
        return False

    def give_back(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def read_record(home: Path) -> Record:
    """What the running, or the last, `up` wrote down; empty when it left in order."""
    try:
        found = json.loads((home / "up.json").read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_record(home: Path, record: Record) -> None:
    unfinished = home / "up.json.unfinished"
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(
        unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600
    )  # the demo sign-ins are in it
    with os.fdopen(descriptor, "w") as file:
        json.dump(record, file)
    unfinished.replace(home / "up.json")


def forget_record(home: Path) -> None:
    (home / "up.json").unlink(missing_ok=True)


def process_entry(pid: int) -> Record:
    """A process as it is recorded: numbers are used again, so the time it began goes with it."""
    import psutil

    return {"pid": pid, "began": psutil.Process(pid).create_time()}


def is_alive(entry: Record | None) -> bool:
    import psutil

    process = _process_of(entry)
    try:
        return process is not None and bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _process_of(entry: Record | None) -> Any:
    """The process that was recorded, dead and not yet collected ones included; None for another or none."""
    import psutil

    try:
        process = psutil.Process(entry["pid"]) if entry else None
        return process if entry and process and abs(process.create_time() - entry["began"]) < 1 else None
    except psutil.Error:
        return None


def end_leftovers(record: Record) -> list[int]:
    """End the processes of a killed `up`, with theirs; returns whom it ended."""
    import psutil

    # Each leads a process group of its own. Its number is not given away while a member lives, so a group
    # whose leader is gone is still ours; one whose leader began at another time is not.
    groups = {
        entry["pid"]
        for entry in record.get("processes", {}).values()
        if _process_of(entry) or not psutil.pid_exists(entry["pid"])
    }
    left = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if os.getpgid(process.pid) in groups and process.status() != psutil.STATUS_ZOMBIE:
                left.append(process)
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, stubborn = psutil.wait_procs(left, timeout=5)
    for process in stubborn:
        with contextlib.suppress(psutil.Error):
            process.kill()
    return [process.pid for process in left]


def is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def next_free_port(host: str, port: int) -> int:
    return next(candidate for candidate in range(port + 1, 65536) if is_free(host, candidate))


def wait_until(done: Callable[[], bool], *, seconds: float) -> bool:
    """Whether `done()` came true in time."""
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def ask_to_stop(pid: int) -> None:
    import signal

    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
