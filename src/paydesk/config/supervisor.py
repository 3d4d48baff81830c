"""What `paydesk up` does: database, tables, demo company, web and worker; then it keeps them running.

Ready means that the first page was answered. When nothing has to be migrated that takes about two seconds.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from paydesk.config import first_run, processes, running
from paydesk.config.database_server import PrivateServer, Say
from paydesk.config.desk import database, migrate_if_needed

Shown = Callable[[str, list[dict[str, str]]], None]


class BrokenDown(Exception):
    """A process of ours ended again and again."""


@dataclass
class Supervisor:
    """One run of `up`. `run` returns when it was told to stop."""

    home: Path
    host: str
    port: int
    with_demo: bool
    say: Say
    _server: PrivateServer | None = None
    _processes: list[processes.Process] = field(default_factory=list)
    _sign_ins: list[dict[str, str]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}/"

    def run(self, show: Shown) -> None:
        """Start everything, call `show` with the address and the demo sign-ins, keep it running until Ctrl-C.

        Raises Refused when something cannot start and BrokenDown when something does not stay up. However it
        ends, what was started is stopped: web and worker first, the private database last.
        """
        began = time.monotonic()
        self._record("starting")
        with contextlib.suppress(KeyboardInterrupt), database(self.home, self.say) as self._server:
            try:
                self._start()
                self.say(f"Ready after {time.monotonic() - began:.1f} s.")
                show(self.address, self._sign_ins)
                self._watch()
            finally:
                for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                    signal.signal(number, signal.SIG_IGN)  # stopping is bounded and not to be interrupted
                for process in self._processes:
                    process.ask_to_stop()
                for process in self._processes:
                    process.wait_for_end(seconds=10)

    def _start(self) -> None:
        migrate_if_needed(self.say)
        if self.with_demo:
            self._sign_ins = first_run.demo_sign_ins(self.say, private=self._server is not None)
        else:
            first_run.without_demo()
        web, worker = (
            processes.web(self.home / "log", self.host, self.port),
            processes.worker(self.home / "log"),
        )
        self._processes.append(web)
        web.start()
        self._wait_for_first_page(web)
        self._processes.append(worker)
        worker.start()
        self._record("ready")

    def _wait_for_first_page(self, web: processes.Process) -> None:
        told = began = time.monotonic()
        while True:
            time.sleep(0.03)
            if web.exit_code() is not None:
                raise BrokenDown(f"The web server did not start: {web.last_words()} (all: {web.log})")
            status = processes.answers(self.host, self.port)
            if status is not None and status < 500:
                return
            if status is not None:
                raise BrokenDown(f"The first page fails with status {status} (see {web.log})")
            if time.monotonic() - told > 5:
                told = time.monotonic()
                self.say(f"Waiting for the web server, {told - began:.0f} s so far.")

    def _watch(self) -> None:
        while True:
            time.sleep(0.5)
            for process in self._processes:
                if process.exit_code() is None:
                    continue
                if not process.may_restart():
                    raise BrokenDown(
                        f"The {process.name} does not stay up, it ended again and again within a minute: "
                        f"{process.last_words()} (all: {process.log})"
                    )
                self.say(
                    f"The {process.name} ended with {process.exit_code()}; started again, see {process.log}."
                )
                process.start()
                self._record("ready")
            if self._server is not None and self._server.pid() is None:
                self.say("The database ended; starting it again.")
                self._server.start(self.say)

    def _record(self, state: str) -> None:
        record = {
            "state": state,
            "address": self.address,
            "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "pid": os.getpid(),
            "sign_ins": self._sign_ins,
            "processes": {
                process.name: running.process_entry(process.pid) for process in self._processes if process.pid
            },
        }
        running.write_record(self.home, record)
