"""Reading files, in CPU seconds: CSV beside the csv module alone, MT940 and OFX beside libraries for them.

Needs no database. mt-940 and ofxparse are measured where they are installed: pip install 'paydesk[readers]'.
Memory is what the process grows by while a long file streams.
"""

from __future__ import annotations

import csv
import gc
import io
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import psutil

from paydesk.bench import long_files
from paydesk.bench.results import Bench, Goal, Result, in_turn, median
from paydesk.importers.reading import open_file

MIB = 1024 * 1024
FLAT_MIB = 32  # what a stream may grow by and still be called flat
LOOKED_EVERY = 1_000


def measure(bench: Bench, url: str = "") -> Iterator[Result]:
    """Each result has its floor from the same run. `url` is there for benchmarks with a database."""
    small = 100 if bench.quick else 1
    with tempfile.TemporaryDirectory(prefix="paydesk-bench-") as folder:
        root = Path(folder)
        if bench.wants("csv"):
            yield _csv(bench, long_files.csv_file(root / "long.csv", 200_000 // small))
        if bench.wants("mt940"):
            yield _beside(
                bench, "mt940", "mt940", "mt-940",
                long_files.mt940_file(root / "long.sta", 10_000 // small), _mt940_library,
            )  # fmt: skip
        if bench.wants("ofx"):
            yield _beside(
                bench, "ofx", "ofxparse", "ofxparse",
                long_files.ofx_file(root / "long.ofx", 4_000 // small), _ofx_library,
            )  # fmt: skip
        if bench.wants("camt"):
            yield _camt(bench, long_files.camt_file(root / "long.xml", 40_000 // small), 40_000 // small)
        if bench.wants("memory"):
            yield _memory(bench, long_files.csv_file(root / "million.csv", 1_000_000 // small), "CSV")
            yield _memory(bench, long_files.camt_file(root / "million.xml", 200_000 // small), "camt")
            yield _memory(bench, long_files.ofx_file(root / "million.ofx", 200_000 // small), "OFX")


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process for `work`."""
    gc.collect()
    started = time.process_time()
    work()
    return time.process_time() - started


def read_all(path: Path) -> int:
    """How many records `path` holds, read to its end."""
    with open_file(path, filename=path.name) as reading:
        return sum(1 for _ in reading)


def _csv(bench: Bench, path: Path) -> Result:
    bench.say("CSV beside the csv module alone ...")

    def rows_alone() -> int:
        with path.open(newline="", encoding="utf-8") as file:
            return sum(1 for _ in csv.reader(file))

    floors, works = in_turn(lambda: cpu(rows_alone), lambda: cpu(lambda: read_all(path)))
    return Result.against(
        "csv: typed lines of a portal export, CPU beside the csv module alone",
        median(works), "s", median(floors), Goal("<=", 4),
    )  # fmt: skip


def _beside(
    bench: Bench, name: str, module: str, package: str, path: Path, library: Callable[[Path], object]
) -> Result:
    what = f"{name}: CPU beside the library {package}"
    bench.say(f"{name} beside {package} ...")
    if find_spec(module) is None:
        bench.say(f"{package} is not installed (pip install 'paydesk[readers]'), so there is no floor.")
        return Result(what, round(median([cpu(lambda: read_all(path)) for _ in range(3)]), 3), "s")
    floors, works = in_turn(lambda: cpu(lambda: library(path)), lambda: cpu(lambda: read_all(path)))
    return Result.against(what, median(works), "s", median(floors), Goal("<=", 1))


def _mt940_library(path: Path) -> object:
    import mt940  # type: ignore[import-not-found, import-untyped, unused-ignore]

    return list(mt940.parse(path.read_text(encoding="utf-8")))


def _ofx_library(path: Path) -> object:
    from ofxparse import OfxParser  # type: ignore[import-not-found, import-untyped, unused-ignore]

    return OfxParser.parse(io.BytesIO(path.read_bytes()))


def _camt(bench: Bench, path: Path, entries: int) -> Result:
    bench.say("camt entries a second ...")
    seconds = median([cpu(lambda: read_all(path)) for _ in range(3)])
    return Result.against(
        "camt: entries a CPU second, on one core", entries / seconds, "entries/s", 20_000, Goal(">=", 1)
    )


def _memory(bench: Bench, path: Path, what: str) -> Result:
    bench.say(f"Memory while {what} streams ...")
    process = psutil.Process()
    start = peak = count = 0
    with open_file(path, filename=path.name) as reading:
        for count, _ in enumerate(reading, start=1):
            if count % LOOKED_EVERY == 0:
                size = process.memory_info().rss
                if not start:
                    gc.collect()
                    start = size
                peak = max(peak, size)
    return Result.against(
        f"memory: growth over {count:,} records of {what} ({path.stat().st_size / MIB:,.0f} MiB)",
        max(peak - start, 0) / MIB, "MiB", FLAT_MIB, Goal("<=", 1),
    )  # fmt: skip
