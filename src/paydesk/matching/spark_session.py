"""A Spark driver beside this process: started, tried, and ended with whoever needs it.

`pyspark` comes with the extra `spark` and brings the programs of Spark; Java has to be there. Its own
messages go to a file, of which a refusal quotes the last one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from paydesk.kernel.refused import Refused
from paydesk.matching.engines import CLUSTER, mebibytes

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

FOLDER = "PAYDESK_SPARK_FOLDER"
ANSWERS_WITHIN = 5  # seconds for a connection to the master
EXECUTORS_WITHIN = 60  # seconds until a cluster has to have given a first executor
DRIVER_MEMORY, EXECUTOR_MEMORY = "1g", 1_024
# The driver plans and hardly computes: what is compiled for long use costs it more than it gains.
DRIVER_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
SETTINGS = {
    "spark.app.name": "paydesk reconcile",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.driver.memory": DRIVER_MEMORY,
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.caseSensitive": "true",
    # Stages of a few rows become one file, whatever the cluster has.
    "spark.sql.adaptive.coalescePartitions.parallelismFirst": "false",
    "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "2",
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
}


def why_no_spark() -> str:
    """What is missing here for Spark, as a sentence; "" when nothing is."""
    if find_spec("pyspark") is None:
        return "Spark is not installed here: pip install 'paydesk[spark]'."
    return why_no_java()


def why_no_java() -> str:
    """The same of Java alone."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which(str(Path(home, "bin", "java")) if home else "java")
    return (
        ""
        if java
        else "Spark needs Java 17 or newer, and there is none here: install a JRE or set JAVA_HOME."
    )


def check_spark(master: str) -> str:
    """Which address of this machine the master sees. Raises Refused when Spark is not installed, Java is not
    here, or nothing answers at the address of a cluster."""
    if missing := why_no_spark():
        raise Refused(missing, code="engine.no_spark")
    found = CLUSTER.fullmatch(master)
    assert found
    if not found["host"]:
        return "127.0.0.1"
    address = (found["host"].strip("[]"), int(found["port"]))
    try:
        with socket.create_connection(address, timeout=ANSWERS_WITHIN) as connection:
            return str(connection.getsockname()[0])
    except (OSError, OverflowError) as problem:
        raise Refused(f"Nothing answers at {master}: {problem}.", code="engine.no_cluster") from problem


@contextlib.contextmanager
def session_at(master: str, memory_limit: str) -> Iterator[tuple[SparkSession, Path]]:
    """A session and the folder of its stages, which is deleted in the end. Raises Refused as spark_engine."""
    host = check_spark(master)
    within = os.environ.get(FOLDER) or None
    if within and not Path(within).is_dir():
        raise Refused(f"There is no folder {within}, which {FOLDER} names.", code="engine.no_folder")
    with tempfile.TemporaryDirectory(prefix="paydesk-spark-", dir=within) as name:
        folder = Path(name)
        settings = {
            **SETTINGS,
            "spark.master": master,
            "spark.driver.host": host,
            "spark.driver.bindAddress": host,
            "spark.executor.memory": f"{mebibytes(memory_limit) if memory_limit else EXECUTOR_MEMORY}m",
            "spark.local.dir": str(folder / "driver"),
        }
        if master.startswith("spark://"):
            settings["spark.driver.extraJavaOptions"] = DRIVER_JAVA
        with _driver(settings, folder / "driver.log") as session:
            if master.startswith("spark://"):
                folder.chmod(0o777)  # the workers may run as somebody else
                _wait_for_executors(session, master)
                _check_folder(session, master, folder)
            yield session, folder


@contextlib.contextmanager
def _driver(settings: dict[str, str], log: Path) -> Iterator[SparkSession]:
    """The driver's own process, ended with its session."""
    # Nothing of pandas is used.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    from pyspark.conf import SparkConf
    from pyspark.core.context import SparkContext
    from pyspark.errors import PySparkException
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    conf = SparkConf(loadDefaults=False).setAll(list(settings.items()))
    with log.open("wb") as said:
        try:
            gateway: Any = launch_gateway(conf, {"stdout": said, "stderr": said})
        except PySparkException as problem:
            raise Refused(f"Spark did not start: {_last_words(log)}", code="engine.no_spark") from problem
    try:
        try:
            context = SparkContext(conf=conf, gateway=gateway)
        except Exception as problem:
            text = f"Spark could not work at {settings['spark.master']}: {_last_words(log)}"
            raise Refused(text, code="engine.no_cluster") from problem
        try:
            yield SparkSession(context)
        finally:
            context.stop()
    finally:
        gateway.shutdown()
        gateway.proc.stdin.close()  # it ends when nobody holds this any more
        try:
            gateway.proc.wait(timeout=20)
        except subprocess.TimeoutExpired:
            gateway.proc.kill()
            gateway.proc.wait()
        SparkContext._gateway = SparkContext._jvm = None


def _last_words(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    told = [line for line in lines if "ERROR" in line or "Exception" in line or "Error" in line]
    return (told or lines or ["it said nothing"])[-1][:300]


def _wait_for_executors(session: SparkSession, master: str) -> None:
    status: Any = session.sparkContext._jsc.sc()
    ends = time.monotonic() + EXECUTORS_WITHIN
    while status.getExecutorMemoryStatus().size() < 2:  # the driver is one of them
        if time.monotonic() > ends:
            raise Refused(
                f"{master} gave no executor within {EXECUTORS_WITHIN} seconds: it has no worker, or none "
                "with the memory that was asked for.",
                code="engine.no_executor",
            )
        time.sleep(0.1)


def _check_folder(session: SparkSession, master: str, folder: Path) -> None:
    """What the workers write has to lie where we read, and the other way round."""
    probe = folder / "probe"
    told = (
        f"The workers of {master} do not share {folder.parent} with this machine; name a folder that they do "
        f"in {FOLDER}."
    )
    try:
        session.range(3, numPartitions=1).write.parquet(str(probe))
        found = sum(pq.read_metadata(part).num_rows for part in probe.glob("part-*.parquet"))
    except Exception as problem:
        raise Refused(told, code="engine.no_folder") from problem
    if found != 3:
        raise Refused(told, code="engine.no_folder")
