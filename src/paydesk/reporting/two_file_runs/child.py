"""Running a job of a run in a process of its own, told to stop, and stopped with us."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

JOB = "paydesk.reporting.two_files.job"
LOOK_SECONDS = 0.5  # how often a job that says nothing is asked whether it is still wanted
PATIENCE_SECONDS = 5
# All that a job is told of our surroundings: no address of the database, no key.
HANDED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT", "LD_LIBRARY_PATH", "VIRTUAL_ENV")

Say = Callable[[Mapping[str, Any]], None]


class JobStopped(Exception):
    """The run was cancelled or deleted while its job was running."""


class JobBroke(Exception):
    """The job ended without an outcome: it was killed, or met a defect of ours."""


def run_job(
    name: str, asked: Mapping[str, Any], work: Path, *, say: Say, is_wanted: Callable[[], bool]
) -> dict[str, Any]:
    """Do one job of paydesk.reporting.two_files.job in `work`; its outcome. `say` is told its progress.

    Raises JobStopped once `is_wanted` says no, and JobBroke when the process dies.
    """
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True, mode=0o700)
    (work / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
    with (work / "problems").open("w+b") as problems:
        process = subprocess.Popen(
            [sys.executable, "-m", JOB, name, str(work)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=problems,
            env=_surroundings(work),
        )
        try:
            return _outcome(process, say, is_wanted, work / "problems")
        finally:
            _end(process)
            shutil.rmtree(work, ignore_errors=True)


def _surroundings(work: Path) -> dict[str, str]:
    told = {name: os.environ[name] for name in HANDED_ON if name in os.environ}
    limits = {name: value for name, value in os.environ.items() if name.startswith("PAYDESK_READ_")}
    paths = os.pathsep.join(path for path in sys.path if path)
    return {**told, **limits, "TMPDIR": str(work), "PYTHONPATH": paths, "PYTHONUNBUFFERED": "1"}


def _outcome(
    process: subprocess.Popen[bytes], say: Say, is_wanted: Callable[[], bool], problems: Path
) -> dict[str, Any]:
    lines: queue.Queue[bytes | None] = queue.Queue()
    threading.Thread(target=_listen, args=(process, lines), daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=LOOK_SECONDS)
        except queue.Empty:
            if not is_wanted():
                raise JobStopped from None
            continue
        if line is None:
            words = problems.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise JobBroke(words[-1] if words else f"The job ended with {process.wait()}.")
        told = json.loads(line)
        if "outcome" in told:
            outcome: dict[str, Any] = told["outcome"]
            return outcome
        if not is_wanted():
            raise JobStopped
        say(told)


def _listen(process: subprocess.Popen[bytes], lines: queue.Queue[bytes | None]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put(None)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close its standard input, at which it ends by itself; a process that does not is killed."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        process.wait(timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
