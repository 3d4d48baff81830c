"""The passes on a real Spark cluster of two workers: the same rows, the same order, the same digest."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from paydesk.kernel.refused import Refused
from paydesk.matching import spark_session
from paydesk.matching.engines import Engine, duckdb_engine, engine_at
from paydesk.matching.rules import default_rules
from paydesk.matching.run import match
from paydesk.matching.spark import spark_engine
from paydesk.matching.truth import Truth, plant
from paydesk.reporting.two_files.outputs import write_folder

ROWS = 100_000
# The join by id leaves less: it, what it leaves and whatever looks at whole sides is made there, the rest
# here.
# With 0 all of it is made there, in about three times the time.
FEW = 10_000
STARTS_WITHIN = 60
# Short-lived processes: what compiles less starts sooner.
QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


@contextmanager
def process_of_spark(folder: Path, name: str, *words: str, says: str) -> Iterator[str]:
    """A program of Spark on loopback; what it said last where it said `says`. Ended by its own id."""
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_PUBLIC_DNS": "127.0.0.1",
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": QUICK_JAVA,
        "JAVA_TOOL_OPTIONS": QUICK_JAVA,  # the executors, which a worker starts
    }
    log = folder / f"{name}.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [str(home / "bin" / "spark-class"), *words],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd=folder,
        )
    try:
        ends = time.monotonic() + STARTS_WITHIN
        while not (found := re.search(says, log.read_text(errors="replace"))):
            assert process.poll() is None, log.read_text(errors="replace")[-2_000:]
            assert time.monotonic() < ends, log.read_text(errors="replace")[-2_000:]
            time.sleep(0.1)
        yield found[1]
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[Path]]]:
    """The address of a master with two workers of one core, and the folders the workers work in."""
    if missing := spark_session.why_no_spark():
        pytest.skip(missing)
    package = "org.apache.spark.deploy"
    at = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
    with ExitStack() as started:
        address = started.enter_context(
            process_of_spark(
                tmp_path,
                "master",
                f"{package}.master.Master",
                *at,
                says=r"master at (spark://127\.0\.0\.1:\d+)",
            )
        )
        folders = [tmp_path / "one", tmp_path / "two"]
        for folder in folders:
            own = ("--cores", "1", "--memory", "600m", "--work-dir", str(folder), address)
            started.enter_context(
                process_of_spark(
                    tmp_path,
                    folder.name,
                    f"{package}.worker.Worker",
                    *at,
                    *own,
                    says=r"registered with master (spark://\S+)",
                )
            )
        yield address, folders


def reconciled(at: AbstractContextManager[Engine], truth: Truth, out: Path) -> dict[str, Any]:
    """The summary of a run, with the checksums of what it wrote."""
    with at as engine:
        found = match(engine, engine.read(truth.left), engine.read(truth.right), default_rules())
        summary = write_folder(engine, found, out)
    files = ("matches.csv", "exceptions.csv")
    return vars(summary) | {each: hashlib.sha256((out / each).read_bytes()).hexdigest() for each in files}


@pytest.mark.alone
@pytest.mark.server
def test_a_cluster_of_two_workers_writes_what_duckdb_writes(
    cluster: tuple[str, list[Path]], tmp_path: Path
) -> None:
    address, folders = cluster
    truth = plant(tmp_path, ROWS, seed=11)
    here = reconciled(duckdb_engine(), truth, tmp_path / "here")
    there = reconciled(spark_engine(address, "512MB", FEW), truth, tmp_path / "there")
    assert there == here
    assert here["by_class"]["ambiguous_match"].count > 0, "also what is weighed in Python was compared"
    for folder in folders:
        assert list(folder.glob("app-*/*/stderr")), "both workers took part"


def test_a_cluster_that_is_not_there_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_session, "why_no_spark", lambda: "")
    with (
        pytest.raises(Refused, match="Nothing answers at spark://127.0.0.1:1: "),
        engine_at("spark://127.0.0.1:1"),
    ):
        pass


def test_without_java_spark_says_what_it_needs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert spark_session.why_no_java().startswith("Spark needs Java 17")
