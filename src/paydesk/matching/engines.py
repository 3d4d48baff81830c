"""Where the passes run. DuckDB in this process today; the passes themselves know only this object.

Every pass is staged: its result is written down before the next reads it, so that plans stay small.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import duckdb
import ibis
import pyarrow as pa
from ibis.expr.types import Table

from paydesk.kernel.refused import Refused
from paydesk.matching.sides import SCHEMA

_MEMORY = re.compile(r"(\d{1,6})(?:\.\d{1,3})?\s?(KB|MB|GB|TB|KiB|MiB|GiB|TiB)", re.IGNORECASE)
BATCH = 65_536
_CLUSTER = re.compile(r"spark://", re.IGNORECASE)


class Engine(Protocol):
    """What a run needs of the place it runs in. `name` is what a result says it was made by."""

    name: str

    def read(self, parquet: Path) -> Table:
        """The side in `parquet` as a table."""
        ...

    def stage(self, expression: Table) -> Table:
        """`expression`, evaluated once and written down."""
        ...

    def take_in(self, rows: pa.Table) -> Table:
        """Rows that were worked out in Python, as a staged table."""
        ...

    def count(self, table: Table) -> int:
        """How many rows; at no cost for a staged table."""
        ...

    def rows(self, expression: Table) -> list[dict[str, Any]]:
        """A small result as dictionaries."""
        ...

    def batches(self, expression: Table) -> Iterator[pa.RecordBatch]:
        """A result of any size, streamed in its order."""
        ...


@lru_cache(maxsize=4_096)
def _duckdb_sql(operation: ibis.expr.operations.Node) -> str:
    """The SQL of an expression. Writing it takes longer than a small stage runs, and stages are numbered the
    same in every run, so a second run in one process writes none."""
    return str(ibis.to_sql(operation.to_expr(), dialect="duckdb", pretty=False))


class DuckDb:
    """DuckDB in this process, by SQL that Ibis writes. Stages are tables of one file that is thrown away."""

    name = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._counts: dict[str, int] = {}
        self._numbers = count(1)

    def read(self, parquet: Path) -> Table:
        name = f"side_{next(self._numbers)}"
        place = str(parquet).replace("'", "''")
        self._connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{place}')")
        # Whether a column may be null is left open: both sides have to say the same of it.
        return ibis.table(ibis.schema(SCHEMA), name=name)

    def stage(self, expression: Table) -> Table:
        return self._kept(_duckdb_sql(expression.op()), expression.schema())

    def take_in(self, rows: pa.Table) -> Table:
        self._connection.register("taken_in", rows)
        found = self._kept("SELECT * FROM taken_in", ibis.schema(rows.schema))
        self._connection.unregister("taken_in")
        return found

    def _kept(self, sql: str, schema: ibis.Schema) -> Table:
        name = f"stage_{next(self._numbers)}"
        made = self._connection.execute(f"CREATE TABLE {name} AS {sql}").fetchall()
        self._counts[name] = int(made[0][0])
        return ibis.table(schema, name=name)

    def count(self, table: Table) -> int:
        known = self._counts.get(table.get_name())
        return self.rows(table.aggregate(lines=table.count()))[0]["lines"] if known is None else known

    def rows(self, expression: Table) -> list[dict[str, Any]]:
        return [row for batch in self.batches(expression) for row in batch.to_pylist()]

    def batches(self, expression: Table) -> Iterator[pa.RecordBatch]:
        yield from self._connection.sql(_duckdb_sql(expression.op())).to_arrow_reader(BATCH)


@contextlib.contextmanager
def duckdb_engine(memory_limit: str = "", threads: int = 0) -> Iterator[Engine]:
    """DuckDB in a folder of its own, where it spills what does not fit into `memory_limit` ("2GB")."""
    if memory_limit and not _MEMORY.fullmatch(memory_limit):
        raise Refused(f"{memory_limit!r} is no amount of memory; write 2GB or 512MB.", code="engine.memory")
    with tempfile.TemporaryDirectory(prefix="paydesk-matching-") as folder:
        connection = duckdb.connect(Path(folder) / "passes.duckdb")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(f"SET temp_directory = '{folder}'")
        if memory_limit:
            connection.execute(f"SET memory_limit = '{memory_limit}'")
        if threads:
            connection.execute(f"SET threads = {threads}")
        try:
            yield DuckDb(connection)
        finally:
            connection.close()  # else the files it spilled stay behind


def check_engine(name: str) -> None:
    """Raises Refused for a cluster, which cannot be used yet, and for an engine there is not."""
    if _CLUSTER.match(name):
        raise Refused(
            "A Spark cluster cannot be used yet; leave --engine away and DuckDB does it here, with "
            "--memory-limit for what is larger than its memory.",
            code="engine.not_yet",
        )
    if name != "duckdb":
        raise Refused(f"There is no engine {name!r}; there is duckdb.", code="engine.unknown")


@contextlib.contextmanager
def engine_at(name: str, memory_limit: str = "") -> Iterator[Engine]:
    """The engine of that name: "duckdb". Raises Refused as check_engine does."""
    check_engine(name)
    with duckdb_engine(memory_limit) as engine:
        yield engine
