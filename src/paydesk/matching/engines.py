"""Where the passes run. DuckDB in this process today; the passes themselves know only this object.

Every pass is staged: its result is written down before the next reads it, so that plans stay small. What a
stage says in SQL is worked out once in a process: Ibis takes longer to write a small stage than DuckDB to run
it.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import tempfile
from collections.abc import Callable, Hashable, Iterator
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.expr.types import Table

from paydesk.kernel.refused import Refused
from paydesk.matching.sides import DESK, SCHEMA

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

    def make(self, build: Callable[..., Table], *inputs: Table | Hashable) -> Table:
        """`build(*inputs)`, evaluated and written down. `build` is a function of a module that looks at
        nothing else, so that what it says is worked out once for inputs of one name and one shape."""
        ...

    def view(self, build: Callable[..., Table], *inputs: Table | Hashable) -> Table:
        """The same under a name of its own and worked out anew by whoever reads it."""
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
    # To fold one SELECT into the next takes Ibis a third of its time, and DuckDB does it anyway.
    folds = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        return str(ibis.to_sql(operation.to_expr(), dialect="duckdb", pretty=False))
    finally:
        ibis.options.sql.fuse_selects = folds


@lru_cache(maxsize=4_096)
def _written(build: Callable[..., Table], *inputs: Hashable) -> tuple[str, str, ibis.Schema]:
    """The name of the stage, its SQL and its schema. The name says what it is made of, so that the stages of
    two runs are named alike even when one of them left a pass out."""
    given = [each.to_expr() if isinstance(each, ibis.expr.operations.Node) else each for each in inputs]
    words = [build.__module__, build.__qualname__]
    words += [each.get_name() if isinstance(each, Table) else repr(each) for each in given]
    name = f"{build.__name__.strip('_')}_{hashlib.sha256(repr(words).encode()).hexdigest()[:12]}"
    expression = build(*given)
    return name, _duckdb_sql(expression.op()), expression.schema()


class DuckDb:
    """DuckDB in this process, by SQL that Ibis writes. Stages are tables in memory, spilled where there is
    not enough of it: a database in a file would compress and sync what is thrown away in a moment."""

    name = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._counts: dict[str, int] = {}
        self._numbers = count(1)

    def read(self, parquet: Path) -> Table:
        name = f"side_{next(self._numbers)}"
        place = str(parquet).replace("'", "''")
        self._connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{place}')")
        there = set(pq.read_schema(parquet).names)
        # Whether a column may be null is left open: both sides have to say the same of it.
        told = [*SCHEMA, *(pa.field(each, kind) for each, kind in DESK.items() if each in there)]
        return ibis.table(ibis.schema(pa.schema(told)), name=name)

    def stage(self, expression: Table) -> Table:
        name = f"stage_{next(self._numbers)}"
        return self._kept(name, _duckdb_sql(expression.op()), expression.schema())

    def make(self, build: Callable[..., Table], *inputs: Table | Hashable) -> Table:
        named, sql, schema = _written(
            build, *(each.op() if isinstance(each, Table) else each for each in inputs)
        )
        return ibis.table(schema, name=named) if named in self._counts else self._kept(named, sql, schema)

    def view(self, build: Callable[..., Table], *inputs: Table | Hashable) -> Table:
        named, sql, schema = _written(
            build, *(each.op() if isinstance(each, Table) else each for each in inputs)
        )
        self._connection.execute(f"CREATE OR REPLACE VIEW {named} AS {sql}")
        return ibis.table(schema, name=named)

    def take_in(self, rows: pa.Table) -> Table:
        self._connection.register("taken_in", rows)
        name = f"taken_{next(self._numbers)}"
        found = self._kept(name, "SELECT * FROM taken_in", ibis.schema(rows.schema))
        self._connection.unregister("taken_in")
        return found

    def _kept(self, name: str, sql: str, schema: ibis.Schema) -> Table:
        made = self._connection.execute(f"CREATE TABLE {name} AS {sql}").fetchall()
        self._counts[name] = int(made[0][0])
        return ibis.table(schema, name=name)

    def count(self, table: Table) -> int:
        known = self._counts.get(table.get_name())
        return self.rows(table.aggregate(lines=table.count()))[0]["lines"] if known is None else known

    def rows(self, expression: Table) -> list[dict[str, Any]]:
        return [row for batch in self.batches(expression) for row in batch.to_pylist()]

    def batches(self, expression: Table) -> Iterator[pa.RecordBatch]:
        operation = expression.op()
        named = isinstance(operation, ibis.expr.operations.UnboundTable)
        sql = f"SELECT * FROM {operation.name}" if named else _duckdb_sql(operation)
        reader = self._connection.sql(sql).to_arrow_reader(BATCH)
        told = pa.schema([(name, kind.to_pyarrow()) for name, kind in expression.schema().items()])
        # A sum of integers comes as a wider number than Ibis says.
        yield from reader if reader.schema.types == told.types else (batch.cast(told) for batch in reader)


@contextlib.contextmanager
def duckdb_engine(memory_limit: str = "", threads: int = 0) -> Iterator[Engine]:
    """DuckDB in a folder of its own, where it spills what does not fit into `memory_limit` ("2GB")."""
    if memory_limit and not _MEMORY.fullmatch(memory_limit):
        raise Refused(f"{memory_limit!r} is no amount of memory; write 2GB or 512MB.", code="engine.memory")
    with tempfile.TemporaryDirectory(prefix="paydesk-matching-") as folder:
        connection = duckdb.connect()
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
