"""Reconciliation of two sides with known truth, beside DuckDB reading both and doing one hash join.

Needs no database. The sides are typed Parquet, made from a seed; work and floor both write their result. The
tiers that need no weighing are held to the bar; weighing and explanations are reported beside them. What is
found is held against what was planted.
"""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import duckdb

from paydesk.bench.reconcile_peers import beside
from paydesk.bench.results import ROUNDS, Bench, Goal, Result, median
from paydesk.matching.engines import check_engine, engine_at
from paydesk.matching.explanation import explain
from paydesk.matching.rules import Rules, default_rules
from paydesk.matching.run import match
from paydesk.matching.truth import Truth, plant
from paydesk.reporting.two_files.outputs import write_folder

ROWS, QUICK_ROWS = 1_000_000, 20_000
SEED = 7
WEIGHING = ("derived", "covering", "alone")
PAGE = 100
# Payments that evidence can prove, and the kinds that are suggested or have a class of another name.
PROVEN = (
    "matched", "by_phone", "by_reference", "typo", "masked", "cut_off", "duplicate_provider",
    "duplicate_ledger", "split", "netted", "reversal",
)  # fmt: skip
SUGGESTED = ("by_sum",)
CLASSES = {"netted_off": "split_incomplete", "ambiguous": "ambiguous_match"}
Spent = tuple[float, float]  # CPU and wall seconds


def measure(bench: Bench, url: str = "") -> Iterator[Result]:
    """CPU and wall beside the floor, peak memory, precision and recall; peers (`--only peers` for those
    alone). `url` is not used."""
    if bench.wants("sides"):
        yield from _sides(bench)
    if bench.wants("peers"):
        yield from beside(bench)


def _sides(bench: Bench) -> Iterator[Result]:
    rows = bench.rows or (QUICK_ROWS if bench.quick else ROWS)
    with tempfile.TemporaryDirectory(prefix="paydesk-bench-") as folder:
        root = Path(folder)
        check_engine(bench.engine)
        bench.say(f"Planting {rows:,} payments ...")
        # In a process of its own, so that the memory it takes is not ours.
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as apart:
            truth = apart.submit(plant, root, rows, SEED).result()
        bench.say("Floor, automatic tiers and all of it in turn, three times ...")
        rules, out = default_rules(), root / "out"
        automatic = replace(rules, passes=tuple(each for each in rules.passes if each.kind not in WEIGHING))
        floors: list[Spent] = []
        tiers: list[Spent] = []
        whole: list[Spent] = []
        pages: list[Spent] = []
        peaks: list[float] = []
        parts = _Parts()
        for _ in range(ROUNDS):
            floors.append(_spent(lambda: _floor(truth, root, bench.memory_limit)))
            _forget_peak()
            tiers.append(_spent(lambda: _work(bench, truth, root / "tiers", automatic)))
            cpu, wall = _spent(lambda: pages.append(_work(bench, truth, out, rules, parts)))
            whole.append((cpu - pages[-1][0], wall - pages[-1][1]))
            peaks.append(_peak_mib())
        floor = [median([spent[place] for spent in floors]) for place in (0, 1)]
        bar = Goal("<=", 7 if rows < 5_000_000 else 6)
        for what, spents, goal in (("automatic tiers", tiers, bar), ("all of it", whole, None)):
            for unit, place in (("CPU", 0), ("wall", 1)):
                yield Result.against(
                    f"reconcile: {unit} of {what} for {rows:,} payments, beside reading both and one join",
                    median([spent[place] for spent in spents]),
                    "s",
                    floor[place],
                    goal if unit == "CPU" else None,
                )
        weighed = median([spent[0] for spent in whole]) - median([spent[0] for spent in tiers])
        yield Result("reconcile: CPU of weighing what is left", round(max(weighed, 0), 3), "s")
        for name, taken in parts.spent.items():
            yield Result(f"reconcile: CPU of {name}", round(median(taken), 3), "s")
        yield Result(
            f"reconcile: CPU of explaining {PAGE} rows", round(median([page[0] for page in pages]), 3), "s"
        )
        more = sum(spents[0][0] - median([each[0] for each in spents]) for spents in (tiers, whole))
        yield Result("reconcile: CPU more of the first run in this process", round(max(more, 0), 3), "s")
        yield Result("reconcile: peak memory of the process while it reconciles", round(max(peaks)), "MiB")
        yield from _quality(truth, out)


def _spent(work: Callable[[], object]) -> Spent:
    """What `work` took; of a cluster the driver alone, which ends with it, counts as CPU."""
    cpu, wall = _cpu(), time.perf_counter()
    work()
    return _cpu() - cpu, time.perf_counter() - wall


def _cpu() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


class _Parts:
    """The CPU seconds of each pass of a run, and of writing what was found, run by run."""

    def __init__(self) -> None:
        self.spent: dict[str, list[float]] = {}
        self.begin()

    def begin(self) -> None:
        self._name, self._since = "counting both sides", _cpu()

    def __call__(self, name: str, done: int, of: int) -> None:
        """`name` begins; without one, the passes are over."""
        del done, of
        now = _cpu()
        self.spent.setdefault(self._name, []).append(now - self._since)
        self._name, self._since = name or "writing both outputs", now


def _forget_peak() -> None:
    """From here on the peak of memory counts anew, where the system can do that."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak_mib() -> float:
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1_024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


def _floor(truth: Truth, root: Path, memory_limit: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"SET temp_directory = '{root / 'spilled'}'")
        if memory_limit:
            connection.execute(f"SET memory_limit = '{memory_limit}'")
        connection.execute(
            f"COPY (SELECT l.id, r.id FROM '{truth.left}' l JOIN '{truth.right}' r USING (provider_key)) "
            f"TO '{root / 'floor.csv'}'"
        )


def _work(bench: Bench, truth: Truth, out: Path, rules: Rules, parts: _Parts | None = None) -> Spent:
    """Reconcile and write; what it then takes to explain a page of rows."""
    parts = parts or _Parts()
    parts.begin()
    with engine_at(bench.engine, bench.memory_limit) as engine:
        found = match(engine, engine.read(truth.left), engine.read(truth.right), rules, parts)
        write_folder(engine, found, out)
        parts("", 0, 0)
        if not any(each.kind in WEIGHING for each in rules.passes):
            return 0, 0
        return _spent(lambda: explain(engine, found, left_lines=range(1, PAGE + 1)))


def _quality(truth: Truth, out: Path) -> Iterator[Result]:
    """Confirmed and suggested pairs against those planted, and each class against what was planted."""
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
        for status, kinds, least in (("confirmed", PROVEN, 0.999), ("suggested", SUGGESTED, 0.97)):
            listed = ", ".join(f"'{kind}'" for kind in kinds)
            right, said, found, planted = _counts(
                connection,
                f"""SELECT count(*) FILTER (is_right), count(*), count(DISTINCT number) FILTER (is_right),
                    (SELECT count(*) FROM planted WHERE kind IN ({listed}))
                FROM (SELECT p.number, p.kind IN ({listed}) AND ('' IN (m.left_id, m.right_id) OR
                        regexp_extract(m.left_id, '[0-9]+') = regexp_extract(m.right_id, '[0-9]+'))
                        AS is_right
                    FROM matches m JOIN planted p ON p.number = {number.format("m.")}
                    WHERE m.status = '{status}')""",
            )
            yield Result.against(
                f"reconcile: precision of {status} rows", right, "rows", max(said, 1), Goal(">=", least)
            )
            yield Result.against(
                f"reconcile: recall of {status}",
                found,
                "payments",
                max(planted, 1),
                Goal(">=", 0.97),
            )
        kinds_left = connection.execute("SELECT DISTINCT kind FROM planted ORDER BY 1").fetchall()
        for (kind,) in kinds_left:
            if kind in (*PROVEN, *SUGGESTED) and not kind.startswith("duplicate"):
                continue
            named = CLASSES.get(kind, kind)
            also = [kind, *(each for each in CLASSES if CLASSES[each] == named), named]
            listed = ", ".join(f"'{each}'" for each in also)
            right, said, found, planted = _counts(
                connection,
                f"""SELECT count(DISTINCT p.number) FILTER (p.kind IN ({listed})), count(DISTINCT p.number),
                    count(DISTINCT p.number) FILTER (p.kind = '{kind}'),
                    (SELECT count(*) FROM planted WHERE kind = '{kind}')
                FROM exceptions e JOIN planted p ON p.number = {number.format("e.")}
                WHERE e."class" = '{named}'""",
            )
            goal = Goal(">=", 0.99)
            yield Result.against(f"reconcile: precision of {kind}", right, "payments", max(said, 1), goal)
            yield Result.against(f"reconcile: recall of {kind}", found, "payments", max(planted, 1), goal)


def _counts(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, int, int, int]:
    one, two, three, four = connection.execute(sql).fetchall()[0]
    return one, two, three, four
