"""A whole desk: up in the background, a page, status, a second up, a taken port, kill -9, down."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from paydesk.config.running import next_free_port
from paydesk.config.tests.homes import clean_environment, home_with_space

pytestmark = [pytest.mark.server, pytest.mark.alone]
Done = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def port() -> int:
    return next_free_port("127.0.0.1", 20_000 + os.getpid() % 20_000)


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with home_with_space() as folder:
        yield folder
        paydesk(folder, "down")


@pytest.fixture(scope="module")
def first_up(home: Path, port: int) -> Done:
    return paydesk(home, "up", "--detach", "--no-demo", "--port", str(port))


def paydesk(home: Path, *words: str) -> Done:
    command = [sys.executable, "-m", "paydesk", *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=clean_environment(home), timeout=120
    )


def status(home: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(paydesk(home, "status", "--json").stdout)
    return found


def first_page(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/")
    answer = connection.getresponse().status
    connection.close()
    return answer


def test_up_prints_its_address_when_the_first_page_answers(first_up: Done, port: int) -> None:
    assert first_up.returncode == 0, first_up.stderr
    assert first_up.stdout == f"paydesk runs at http://127.0.0.1:{port}/\n"
    assert first_page(port) < 500


def test_status_says_what_runs(first_up: Done, home: Path, port: int) -> None:
    found = status(home)
    assert found["running"]
    assert found["address"] == f"http://127.0.0.1:{port}/"
    assert found["web"]["running"]
    assert found["worker"]["running"]
    assert found["database"]["running"]
    assert found["database"]["kind"] == "private"
    assert found["home"] == str(home)


def test_the_tables_belong_to_the_owner_and_the_desk_works_as_the_application(
    first_up: Done, home: Path
) -> None:
    import psycopg

    with psycopg.connect(status(home)["database"]["url"]) as connection:
        owners = connection.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
        assert owners.fetchall() == [("paydesk",)]
        key = home / "secret-key"
        assert key.stat().st_mode & 0o777 == 0o600


def test_a_second_up_says_where_the_first_runs_at_once(first_up: Done, home: Path, port: int) -> None:
    began = time.monotonic()
    second = paydesk(home, "up", "--port", str(port + 1))
    assert second.returncode == 0
    assert f"http://127.0.0.1:{port}/" in second.stdout
    assert time.monotonic() - began < 6


def test_another_desk_on_the_same_port_is_told_a_free_one(first_up: Done, port: int) -> None:
    with home_with_space() as other:
        refused = paydesk(other, "up", "--no-demo", "--port", str(port))
        assert refused.returncode == 64
        assert refused.stdout == ""
        free = next_free_port("127.0.0.1", port)
        expected = f"Port {port} is taken; {free} is free: ./paydesk up --port {free}\n"
        assert refused.stderr == expected
        assert not (other / "database").exists()


def test_after_kill_9_of_the_supervisor_up_takes_over_and_what_it_left_is_ended(
    first_up: Done, home: Path, port: int
) -> None:
    before = status(home)
    os.kill(before["pid"], signal.SIGKILL)
    again = paydesk(home, "up", "--detach", "--no-demo", "--port", str(port))
    assert again.returncode == 0, again.stderr
    after = status(home)
    assert after["running"]
    assert after["pid"] != before["pid"]
    assert after["web"]["pid"] != before["web"]["pid"]
    assert first_page(port) < 500


def test_a_web_server_that_was_killed_is_started_again(first_up: Done, home: Path, port: int) -> None:
    before = status(home)["web"]["pid"]
    os.kill(before, signal.SIGKILL)
    until = time.monotonic() + 60
    while (web := status(home)["web"]) == {"running": False, "pid": before} or web["pid"] == before:
        assert time.monotonic() < until
        time.sleep(0.2)
    while True:
        try:
            assert first_page(port) < 500
            break
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.1)
    assert "The web ended with -9; started again" in (home / "log" / "up.log").read_text()


def test_down_stops_everything_and_a_second_down_finds_nothing(first_up: Done, home: Path, port: int) -> None:
    stopped = paydesk(home, "down")
    assert (stopped.returncode, stopped.stdout) == (0, "paydesk is stopped.\n")
    found = status(home)
    assert not found["running"]
    assert not found["web"]["running"]
    assert not found["database"]["running"]
    with pytest.raises(OSError, match="refused"):
        first_page(port)
    assert paydesk(home, "down").stdout == "paydesk was not running.\n"


def _hear_ctrl_c() -> None:
    """As in a terminal: what a shell starts in the background, these tests perhaps, does not hear it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_stops_web_worker_and_database(first_up: Done, home: Path, port: int) -> None:
    paydesk(home, "down")
    foreground = subprocess.Popen(
        [sys.executable, "-m", "paydesk", "up", "--no-demo", "--port", str(port)],
        env=clean_environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_hear_ctrl_c,
    )
    assert foreground.stdout is not None
    assert foreground.stdout.readline() == f"paydesk runs at http://127.0.0.1:{port}/\n"
    started = status(home)
    foreground.send_signal(signal.SIGINT)
    _, said = foreground.communicate(timeout=90)
    assert foreground.returncode == 0
    assert said.endswith("Stopped.\n")
    found = status(home)
    assert not found["running"]
    assert not found["database"]["running"]
    for name in ("web", "worker"):
        with pytest.raises(ProcessLookupError):
            os.kill(started[name]["pid"], 0)
