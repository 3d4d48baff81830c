"""The private database server: made, restarted, recovered, adopted, and closed to others."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from paydesk.config.database_server import PrivateServer
from paydesk.config.database_setup import prepare_private
from paydesk.config.postgres_binaries import Binaries, all_binaries
from paydesk.config.tests.homes import AS_ROOT, home_with_space, remove_database
from paydesk.kernel.refused import Refused

pytestmark = pytest.mark.server
SERVERS = list(all_binaries())


def quiet(text: str) -> None:
    del text


@pytest.fixture
def home() -> Iterator[Path]:
    with home_with_space() as folder:
        yield folder


@pytest.fixture
def server(home: Path) -> PrivateServer:
    return PrivateServer(home, throw_away=True)


def value(server: PrivateServer, query: str) -> object:
    with psycopg.connect(server.url) as connection:
        row = connection.execute(query.encode()).fetchone()
        assert row is not None
        return row[0]


@pytest.mark.parametrize("binaries", SERVERS, ids=[f"{each.kind} {each.version}" for each in SERVERS])
def test_every_server_here_makes_a_database_that_survives_a_restart(home: Path, binaries: Binaries) -> None:
    server = PrivateServer(home, binaries=binaries, throw_away=True)
    server.start(quiet)
    prepare_private(server)
    with psycopg.connect(server.url) as connection:
        assert connection.info.server_version // 10_000 == binaries.major
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE TABLE kept AS SELECT lower('É') AS letter")
    assert server.stop_if_last(quiet)
    assert server.pid() is None

    again = PrivateServer(home, throw_away=True)  # finds the server that can read the data by itself
    again.start(quiet)
    assert value(again, "SELECT letter FROM kept") == "é"
    again.stop_if_last(quiet)


def test_the_owner_is_no_superuser_and_can_work_as_the_application(server: PrivateServer) -> None:
    server.start(quiet)
    prepare_private(server)
    prepare_private(server)  # a second time changes nothing
    assert value(server, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    with psycopg.connect(server.url, options="-c role=paydesk_app") as connection:
        roles = connection.execute("SELECT current_user, session_user").fetchone()
        assert roles == ("paydesk_app", "paydesk")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE not_mine (number int)")


def test_a_killed_server_recovers_and_keeps_what_was_committed(home: Path) -> None:
    server = PrivateServer(home)  # as `up` runs it: what was committed is on the disk
    server.start(quiet)
    prepare_private(server)
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)

    again = PrivateServer(home)
    again.start(quiet)
    assert again.pid() not in (None, pid)
    assert value(again, "SELECT number FROM kept") == 42


def test_sessions_of_a_killed_server_do_not_stop_the_next_one(home: Path, server: PrivateServer) -> None:
    server.start(quiet)
    prepare_private(server)
    # A session that works does not notice for a long time that its server is gone.
    busy = "import psycopg, sys; psycopg.connect(sys.argv[1]).execute(sys.argv[2])"
    loop = "DO $$ BEGIN LOOP END LOOP; END $$"
    client = subprocess.Popen([sys.executable, "-c", busy, server.url, loop], stderr=subprocess.DEVNULL)
    try:
        count = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DO%%' AND state = 'active'"
        until = time.monotonic() + 60
        while value(server, count) == 0:
            assert time.monotonic() < until
        pid = server.pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        again = PrivateServer(home, throw_away=True)
        again.start(quiet)
        assert value(again, count) == 0
    finally:
        client.kill()
        client.wait()


def test_a_server_that_runs_is_used_and_stopped_by_the_last_to_leave(
    home: Path, server: PrivateServer
) -> None:
    server.start(quiet)
    second = PrivateServer(home, throw_away=True)
    second.start(quiet)
    assert second.pid() == server.pid()
    assert not server.stop_if_last(quiet)
    assert second.pid() is not None
    assert second.stop_if_last(quiet)
    assert second.pid() is None


def test_a_pid_file_that_names_another_program_does_not_stop_the_start(
    home: Path, server: PrivateServer
) -> None:
    server.start(quiet)
    pid_file = server.place.data / "postmaster.pid"
    lines = pid_file.read_text().split("\n")
    server.stop_if_last(quiet)
    # An account that kill() may signal, alive, and not our server: what number reuse looks like.
    stranger = subprocess.Popen(["sleep", "60"], **server.place.account.run_as())
    try:
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]))
        server.place.account.take(pid_file)
        again = PrivateServer(home, throw_away=True)
        again.start(quiet)
        assert again.pid() not in (None, stranger.pid)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.skipif(not AS_ROOT, reason="only root can become somebody else")
def test_another_account_of_the_machine_does_not_get_in(server: PrivateServer) -> None:
    server.start(quiet)
    prepare_private(server)
    nobody = pwd.getpwnam("nobody")
    knock = "import os, psycopg, sys; os.setgid(int(sys.argv[3])); os.setuid(int(sys.argv[2]));"
    knock += "psycopg.connect(sys.argv[1]); print('in')"
    command = [sys.executable, "-c", knock, server.superuser_url, str(nobody.pw_uid), str(nobody.pw_gid)]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "OperationalError" in tried.stderr
    # Nor with the doors of the folders open: the server asks the system who knocks.
    server.place.base.chmod(0o755)
    server.place.sockets.chmod(0o755)
    (server.place.sockets / ".s.PGSQL.5432").chmod(0o777)
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Peer authentication failed" in tried.stderr


@pytest.mark.skipif(not AS_ROOT, reason="only for root the server is another account")
def test_root_whose_folders_are_closed_keeps_the_data_elsewhere_and_opens_no_door(home: Path) -> None:
    home.chmod(0o700)
    wheel = next((binaries for binaries in SERVERS if binaries.kind == "wheel"), None)
    try:
        server = PrivateServer(home, binaries=wheel, throw_away=True)
        server.start(quiet)
        assert home not in server.place.base.parents
        assert server.place.base.stat().st_mode & 0o777 == 0o700
        assert home.stat().st_mode & 0o777 == 0o700
        assert PrivateServer(home).place == server.place  # the next start finds it again
        server.stop_if_last(quiet)
    finally:
        remove_database(home)


def test_data_of_a_version_that_is_not_here_is_refused_in_one_line(home: Path, server: PrivateServer) -> None:
    server.place.data.mkdir()
    (server.place.data / "PG_VERSION").write_text("14\n")
    with pytest.raises(
        Refused, match=r"^The database was made by PostgreSQL 14 and only .* is here: install"
    ):
        PrivateServer(home).start(quiet)


def test_a_long_path_gets_a_short_place_for_its_socket(home: Path) -> None:
    deep = home / ("d" * 100)
    deep.mkdir()
    deep.chmod(0o711)
    (deep / "log").mkdir()
    try:
        server = PrivateServer(deep, throw_away=True)
        server.start(quiet)
        assert deep in server.place.data.parents
        assert deep not in server.place.sockets.parents
        assert PrivateServer(deep).place.sockets == server.place.sockets
        server.stop_if_last(quiet)
    finally:
        remove_database(deep)


def test_a_server_that_cannot_start_says_why_in_its_own_words(home: Path, server: PrivateServer) -> None:
    server.start(quiet)
    server.stop_if_last(quiet)
    (server.place.data / "postgresql.auto.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(Refused, match=r"postgresql\.auto\.conf. contains errors"):
        PrivateServer(home, throw_away=True).start(quiet)
