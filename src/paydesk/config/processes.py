"""The web server and the worker as processes of `up`: started, watched, started again, stopped."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from paydesk.config.environment import rotated_log

RESTARTS_PER_MINUTE = 5


class Process:
    """One process that `up` keeps alive; its words go to `log`."""

    def __init__(self, name: str, command: Sequence[str], log: Path) -> None:
        self.name = name
        self.log = log
        self._command = list(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at: list[float] = []

    def start(self) -> None:
        self._end_group()
        with rotated_log(self.log).open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C reaches `up`, which stops us in order
            )
        self._started_at.append(time.monotonic())

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def exit_code(self) -> int | None:
        """None while it runs or before it was started."""
        return self._process.poll() if self._process else None

    def may_restart(self) -> bool:
        """False when it was started too often within a minute: starting again would not help."""
        recent = [at for at in self._started_at if at > time.monotonic() - 60]
        return len(recent) <= RESTARTS_PER_MINUTE

    def ask_to_stop(self) -> None:
        self._send(signal.SIGTERM)

    def wait_for_end(self, *, seconds: float) -> None:
        """Wait until it and all it started are gone; past `seconds` they are killed."""
        if self._process is None:
            return
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._send(signal.SIGKILL)
            self._process.wait()
        self._end_group()

    def last_words(self) -> str:
        lines = self.log.read_bytes()[-4000:].decode(errors="replace").strip().splitlines()
        return lines[-1].strip() if lines else "it said nothing"

    def _end_group(self) -> None:
        """End the children that it left behind, should it have been killed."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)


def web(log_folder: Path, host: str, port: int) -> Process:
    """Granian with a process per core (at most four), each with a few threads."""
    workers = max(1, min(os.cpu_count() or 1, 4))
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    command += ["--workers", str(workers), "--blocking-threads", "4", "--backlog", "256"]
    command += ["--no-access-log", "--log-level", "warning", "--workers-kill-timeout", "5"]
    command += ["--respawn-failed-workers", "paydesk.config.wsgi:application"]
    return Process("web", command, log_folder / "web.log")


def worker(log_folder: Path) -> Process:
    return Process("worker", [sys.executable, "-m", "paydesk", "worker"], log_folder / "worker.log")


def answers(host: str, port: int) -> int | None:
    """The status of the first page, or None while nothing listens."""
    connection = http.client.HTTPConnection(host, port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
