"""The benchmark runs, says what it found in the agreed shape, and leaves nothing behind."""

import json
import os
import subprocess
import sys

import psycopg
import pytest

from conftest import owner_connection
from paydesk.bench.results import Goal, Result
from paydesk.cli.tests.test_person import database_url

FIELDS = {"what", "value", "unit", "floor", "ratio", "goal", "holds"}


def scratch_databases(connection: psycopg.Connection) -> list[str]:
    found = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'paydesk_bench_%'")
    return [name for (name,) in found]


@pytest.mark.server
def test_a_quick_run_has_the_agreed_shape_and_leaves_no_database(committed_db, tmp_path):
    with owner_connection(autocommit=True) as server:
        before = scratch_databases(server)
        done = subprocess.run(
            [sys.executable, "-m", "paydesk", "bench", "posting", "--quick", "--json"],
            env={**os.environ, "DATABASE_URL": database_url(committed_db), "PAYDESK_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert set(scratch_databases(server)) <= set(before)
    outcome = json.loads(done.stdout)
    assert (outcome["name"], "PostgreSQL" in outcome["machine"]) == ("posting", True)
    assert [set(result) for result in outcome["results"]] == [FIELDS] * 7
    goals = {result["what"]: result["goal"] for result in outcome["results"] if result["goal"]}
    assert goals == {
        "single payment, 1 client": ">= 0.25",
        "callbacks in batches of 100, 2 connections": ">= 1.0",
        "import of 600 rows, staging and posting": "<= 4.0",
    }
    assert all(result["value"] > 0 for result in outcome["results"])


@pytest.mark.parametrize(
    ("goal", "value", "holds"),
    [(Goal(">=", 0.25), 25.0, True), (Goal(">=", 0.25), 24.0, False), (Goal("<=", 4.0), 401.0, False)],
)
def test_a_goal_is_a_limit_for_the_ratio_to_the_floor(goal, value, holds):
    assert Result.against("x", value, "s", 100.0, goal).holds is holds
