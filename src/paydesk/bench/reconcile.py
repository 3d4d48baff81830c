"""Reconciliation of two sides with known truth, beside DuckDB reading both and doing one hash join.

Needs no database. The sides are typed Parquet, made from a seed; work and floor both write their result.
What is found is held against what was planted.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from paydesk.bench.results import Bench, Goal, Result, in_turn, median
from paydesk.matching.engines import duckdb_engine
from paydesk.matching.rules import default_rules
from paydesk.matching.run import match
from paydesk.matching.truth import Truth, plant
from paydesk.reporting.two_files.outputs import write_folder

ROWS, QUICK_ROWS = 1_000_000, 20_000
SEED = 7
PROVEN = ("matched", "by_phone", "by_reference", "duplicate_provider", "duplicate_ledger", "split")
Spent = tuple[float, float]  # CPU and wall seconds


def measure(bench: Bench, url: str = "") -> Iterator[Result]:
    """CPU and wall beside the floor, peak memory, precision and recall. `url` is not used."""
    rows = bench.rows or (QUICK_ROWS if bench.quick else ROWS)
    with tempfile.TemporaryDirectory(prefix="paydesk-bench-") as folder:
        root = Path(folder)
        bench.say(f"Planting {rows:,} payments ...")
        truth = plant(root, rows, SEED)
        bench.say("Floor and engine in turn, three times ...")
        floors, works = in_turn(
            lambda: _spent(lambda: _floor(truth, root)),
            lambda: _spent(lambda: _work(truth, root / "out", bench.memory_limit)),
        )
        for what, place, goal in (("CPU", 0, Goal("<=", 7 if rows < 5_000_000 else 6)), ("wall", 1, None)):
            yield Result.against(
                f"reconcile: {what} for {rows:,} payments beside reading both and one hash join",
                median([spent[place] for spent in works]),
                "s",
                median([spent[place] for spent in floors]),
                goal,
            )
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        yield Result("reconcile: peak memory of the process, planting included", round(peak), "MiB")
        yield from _quality(truth, root / "out")


def _spent(work: Callable[[], object]) -> Spent:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def _floor(truth: Truth, root: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT l.id, r.id FROM '{truth.left}' l JOIN '{truth.right}' r USING (reference)) "
            f"TO '{root / 'floor.csv'}'"
        )


def _work(truth: Truth, out: Path, memory_limit: str) -> None:
    with duckdb_engine(memory_limit) as engine:
        found = match(engine, engine.read(truth.left), engine.read(truth.right), default_rules())
        write_folder(engine, found, out)


def _quality(truth: Truth, out: Path) -> Iterator[Result]:
    """Confirmed pairs against those that evidence can prove, and each class against what was planted."""
    kinds = ", ".join(f"'{kind}'" for kind in PROVEN)
    number = "regexp_extract(greatest({0}left_id, {0}right_id), '[0-9]+')"
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE TABLE planted AS SELECT *, {number.format('')} AS number FROM '{truth.planted}'"
        )
        for name in ("matches", "exceptions"):
            connection.execute(
                f"CREATE TABLE {name} AS SELECT * REPLACE (coalesce(left_id, '') AS left_id, "
                f"coalesce(right_id, '') AS right_id) FROM read_csv('{out / name}.csv', all_varchar = true)"
            )
        right, said, planted = _three(
            connection,
            f"""SELECT count(*) FILTER (p.kind IN ({kinds}) AND regexp_extract(m.left_id, '[0-9]+')
                    = regexp_extract(m.right_id, '[0-9]+')), count(*),
                (SELECT count(*) + count(*) FILTER (kind = 'split') FROM planted WHERE kind IN ({kinds}))
            FROM matches m JOIN planted p ON p.number = {number.format("m.")} WHERE m.status = 'confirmed'""",
        )
        yield Result.against(
            "reconcile: precision of confirmed pairs", right, "pairs", max(said, 1), Goal(">=", 0.999)
        )
        yield Result.against(
            "reconcile: recall of provable pairs", right, "pairs", max(planted, 1), Goal(">=", 0.97)
        )
        classes = connection.execute(
            "SELECT DISTINCT kind FROM planted WHERE kind NOT IN "
            "('matched', 'by_phone', 'by_reference', 'split') ORDER BY 1"
        ).fetchall()
        for (kind,) in classes:
            right, said, planted = _three(
                connection,
                f"""SELECT count(DISTINCT p.number) FILTER (p.kind = '{kind}'), count(DISTINCT p.number),
                    (SELECT count(*) FROM planted WHERE kind = '{kind}')
                FROM exceptions e JOIN planted p ON p.number = {number.format("e.")}
                WHERE e."class" = '{kind}'""",
            )
            for what, of in (("precision", said), ("recall", planted)):
                yield Result.against(
                    f"reconcile: {what} of {kind}", right, "payments", max(of, 1), Goal(">=", 0.99)
                )


def _three(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, int, int]:
    one, two, three = connection.execute(sql).fetchall()[0]
    return one, two, three
