"""Categorising: how good, how sure, how fast, on labelled cases of your own. And the incident radar.

Needs no database. Without a file the invented cases that come with paydesk are taken: they show that it
works, not how well. The goals of quality are those of BANKING77's own test, so they are set where a file of
cases held out is given; else a fifth is held out: the part that training would judge first.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import paydesk.categorising
from paydesk.bench.results import ROUNDS, Bench, Result, median
from paydesk.categorising.fingerprints import Fingerprints
from paydesk.categorising.folds import fold_of_each, in_order
from paydesk.categorising.labelled import Labelled, read_labelled
from paydesk.categorising.learning import train
from paydesk.categorising.model import Model
from paydesk.categorising.radar import LIKENESS, Arrived, alerts
from paydesk.categorising.scoring import score
from paydesk.categorising.storing import load, save

SAMPLE = Path(paydesk.categorising.__file__).parent / "samples" / "invented_cases.csv"
ENOUGH = 1_000  # cases, for the goals of quality to mean something
WINDOW, QUICK_WINDOW = 4_000, 400
NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
GOALS = {
    "accuracy": (">=", 0.912, 0.938),
    "macro_f1": (">=", 0.912, 0.938),
    "top3": None,
    "ece": ("<=", 0.03, 0.02),
    "coverage": (">=", 0.91, 0.96),
    "precision_at_coverage": (">=", 0.945, 0.945),
    "ms_per_ticket": ("<=", 10, 40),
}
TRAIN_SECONDS_PER_10K = 60


def measure(bench: Bench, url: str = "") -> Iterator[Result]:
    """Quality on cases held out, processor time of learning and of one case, the radar. No use for `url`.

    `--only` takes model or radar.
    """
    rows, held_out = _cases(bench)
    if bench.wants("model"):
        yield from _model(rows, held_out, bench)
    if bench.wants("radar"):
        yield from _radar(rows, QUICK_WINDOW if bench.quick else WINDOW, bench)


def _model(rows: list[Labelled], held_out: list[Labelled], bench: Bench) -> Iterator[Result]:
    bench.say(f"Learning from {len(rows):,} cases ...")
    spent, model = _spent(lambda: train(rows, semantic=bench.semantic, progress=bench.say))
    is_enough = len(rows) >= ENOUGH
    goal = TRAIN_SECONDS_PER_10K * len(rows) / 10_000 if is_enough and not bench.semantic else None
    yield _result(f"CPU of learning and calibrating {len(rows):,} cases", spent, "s", "<=", goal)
    with tempfile.TemporaryDirectory(prefix="paydesk-bench-") as folder:
        save(model, Path(folder))
        size = sum(path.stat().st_size for path in Path(folder).iterdir()) / 2**20
        spent, model = _spent(lambda: load(Path(folder)))
        yield _result("size of the model", size, "MiB")
        yield _result("CPU of loading it", 1_000 * spent, "ms")
    yield from _quality(model, held_out, bench)


def _cases(bench: Bench) -> tuple[list[Labelled], list[Labelled]]:
    rows = in_order(read_labelled(Path(bench.labelled) if bench.labelled else SAMPLE))
    if bench.held_out:
        return rows, read_labelled(Path(bench.held_out))
    folds = fold_of_each(rows)
    return (
        [row for row, fold in zip(rows, folds, strict=True) if fold != 0],
        [row for row, fold in zip(rows, folds, strict=True) if fold == 0],
    )


def _quality(model: Model, held_out: list[Labelled], bench: Bench) -> Iterator[Result]:
    bench.say(f"Asking about {len(held_out):,} cases held out ...")
    found = score(model, held_out)
    for name, goal in GOALS.items():
        value = found[name]
        if value is None:
            continue
        is_time = name == "ms_per_ticket"
        limit = goal[2 if bench.semantic else 1] if goal and (bench.held_out or is_time) else None
        what = f"{name} of {len(held_out):,} cases held out"
        yield _result(what, value, "ms" if is_time else "share", goal[0] if goal else ">=", limit)


def _radar(rows: Sequence[Labelled], size: int, bench: Bench) -> Iterator[Result]:
    """An hour of cases from all categories, each with a number of its own."""
    bench.say(f"Holding {size:,} cases of an hour against each other ...")
    spread = cycle(rows[:: max(1, len(rows) // size)])
    texts = [f"{row.text} {number}" for number, row in zip(range(size), spread, strict=False)]
    cases = [
        Arrived(number, NOON - timedelta(seconds=number % 3_000), text) for number, text in enumerate(texts)
    ]
    whole = median([_spent(lambda: alerts(cases, now=NOON, usual={}))[0] for _ in range(ROUNDS)])
    floor = median([_spent(lambda: Fingerprints(texts))[0] for _ in range(ROUNDS)])
    yield Result.against(
        f"categorise: CPU of the radar over {size:,} cases, beside reading their words",
        whole,
        "s",
        floor,
    )
    window = Fingerprints(texts)
    asked = islice(cycle(row.text for row in rows), 200)
    one = statistics.median(_spent(lambda text=text: window.likeness(text) >= LIKENESS)[0] for text in asked)
    yield _result(
        f"CPU of one new case against {size:,}", 1_000 * one, "ms", "<=", None if bench.quick else 8
    )


def _result(what: str, value: float, unit: str, sense: str = "<=", limit: float | None = None) -> Result:
    if limit is None:
        return Result(f"categorise: {what}", round(value, 4), unit)
    holds = value >= limit if sense == ">=" else value <= limit
    return Result(f"categorise: {what}", round(value, 4), unit, goal=f"{sense} {limit:g}", holds=holds)


def _spent(work: Callable[..., Any]) -> tuple[float, Any]:
    before = time.process_time()
    found = work()
    return time.process_time() - before, found
