"""Where the passes run: DuckDB in this process, or a Spark cluster (spark.py). The passes know this object
alone.

Every pass is staged: its result is written down before the next reads it, so that plans stay small. What a
stage says in SQL is worked out once and kept (see plans): Ibis takes longer to write a small stage than
DuckDB to run it.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import tempfile
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from decimal import Decimal
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
from paydesk.matching.plans import plans
from paydesk.matching.sides import DESK, SCHEMA

_MEMORY = re.compile(r"(\d{1,6})(\.\d{1,3})?\s?([KMGT])i?B", re.IGNORECASE)
BATCH = 65_536
CLUSTER = re.compile(
    r"spark://(?P<host>[A-Za-z0-9._-]+|\[[0-9a-fA-F:]+\]):(?P<port>[0-9]{1,5})|local\[(?:[0-9]{1,3}|\*)\]"
)


class Engine(Protocol):
    """What a run needs of the place it runs in. `name` is what a result says it was made by."""

    name: str

    def read(self, parquet: Path) -> Table:
        """The side in `parquet` as a table."""
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

    def keep_only(self, needed: Iterable[Table]) -> None:
        """Drop every stage that neither is one of `needed` nor stands behind a view that is."""
        ...

    def rows(self, expression: Table) -> list[dict[str, Any]]:
        """A small result as dictionaries."""
        ...

    def batches(self, expression: Table) -> Iterator[pa.RecordBatch]:
        """A result of any size, streamed in its order."""
        ...


@lru_cache(maxsize=4_096)
def sql_of(operation: ibis.expr.operations.Node, dialect: str = "duckdb") -> str:
    """What an expression says in the SQL of an engine."""
    # To fold one SELECT into the next takes Ibis a third of its time, and the engines do it anyway.
    folds = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        return str(ibis.to_sql(operation.to_expr(), dialect=dialect, pretty=False))
    finally:
        ibis.options.sql.fuse_selects = folds


def written(
    dialect: str, build: Callable[..., Table], *inputs: Table | Hashable
) -> tuple[str, str, ibis.Schema]:
    """The name of the stage `build(*inputs)`, its SQL and its schema, worked out once (see plans). The name
    says what it is made of, so that the stages of two runs are named alike even when one of them left a pass
    out."""
    return _written(dialect, build, *(each.op() if isinstance(each, Table) else each for each in inputs))


@lru_cache(maxsize=4_096)
def _written(dialect: str, build: Callable[..., Table], *inputs: Hashable) -> tuple[str, str, ibis.Schema]:
    given = [each.to_expr() if isinstance(each, ibis.expr.operations.Node) else each for each in inputs]
    words = [build.__module__, build.__qualname__]
    words += [each.get_name() if isinstance(each, Table) else repr(each) for each in given]
    name = f"{build.__name__.strip('_')}_{hashlib.sha256(repr(words).encode()).hexdigest()[:12]}"
    columns = [str(each.schema()) for each in given if isinstance(each, Table)]
    made_of = hashlib.sha256(repr((dialect, name, columns)).encode()).hexdigest()
    known = plans().get(made_of)
    if known is None:
        expression = build(*given)
        known = (sql_of(expression.op(), dialect), expression.schema())
        plans().put(made_of, *known)
    return name, *known


def with_those_behind(tables: Iterable[Table], views: Mapping[str, Iterable[str]]) -> set[str]:
    """The names of `tables` and of whatever their views are made of."""
    found: set[str] = set()
    open_ = [each.get_name() for each in tables]
    while open_:
        name = open_.pop()
        if name not in found:
            found.add(name)
            open_ += views.get(name, ())
    return found


def side_schema(parquet: Path) -> ibis.Schema:
    """What a side says: the columns every side has, and those of the desk that are there."""
    there = set(pq.read_schema(parquet).names)
    # Whether a column may be null is left open: both sides have to say the same of it.
    told = [*SCHEMA, *(pa.field(each, kind) for each, kind in DESK.items() if each in there)]
    return ibis.schema(pa.schema(told))


def as_told(expression: Table) -> pa.Schema:
    """The columns of a result as Ibis says them: a sum of integers comes as a wider number from an engine."""
    return pa.schema([(name, kind.to_pyarrow()) for name, kind in expression.schema().items()])


class DuckDb:
    """DuckDB in this process, by SQL that Ibis writes. Stages are tables in memory, spilled where there is
    not enough of it: a database in a file would compress and sync what is thrown away in a moment."""

    name = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._counts: dict[str, int] = {}
        self._views: dict[str, list[str]] = {}  # what each is made of
        self._numbers = count(1)

    def read(self, parquet: Path) -> Table:
        name = f"side_{next(self._numbers)}"
        place = str(parquet).replace("'", "''")
        self._connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{place}')")
        return ibis.table(side_schema(parquet), name=name)

    def make(self, build: Callable[..., Table], *inputs: Table | Hashable) -> Table:
        named, sql, schema = written("duckdb", build, *inputs)
        return ibis.table(schema, name=named) if named in self._counts else self._kept(named, sql, schema)

    def view(self, build: Callable[..., Table], *inputs: Table | Hashable) -> Table:
        named, sql, schema = written("duckdb", build, *inputs)
        self._connection.execute(f"CREATE OR REPLACE VIEW {named} AS {sql}")
        self._views[named] = [each.get_name() for each in inputs if isinstance(each, Table)]
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

    def hold(self, name: str, parquet: list[Path]) -> None:
        """Take in what another engine wrote of a stage, under its name."""
        made = self._connection.execute(
            f"CREATE TABLE {name} AS SELECT * FROM read_parquet($parts)",
            {"parts": [str(each) for each in parquet]},
        ).fetchall()
        self._counts[name] = int(made[0][0])

    def count(self, table: Table) -> int:
        known = self._counts.get(table.get_name())
        return self.rows(table.aggregate(lines=table.count()))[0]["lines"] if known is None else known

    def keep_only(self, needed: Iterable[Table]) -> None:
        self.drop_all_but(with_those_behind(needed, self._views))

    def drop_all_but(self, kept: set[str]) -> None:
        """Drop the stages of other names."""
        for name in self._counts.keys() - kept:
            self._connection.execute(f"DROP TABLE {name}")
            del self._counts[name]

    def rows(self, expression: Table) -> list[dict[str, Any]]:
        return [row for batch in self.batches(expression) for row in batch.to_pylist()]

    def batches(self, expression: Table) -> Iterator[pa.RecordBatch]:
        operation = expression.op()
        named = isinstance(operation, ibis.expr.operations.UnboundTable)
        sql = f"SELECT * FROM {operation.name}" if named else sql_of(operation)
        reader = self._connection.sql(sql).to_arrow_reader(BATCH)
        told = as_told(expression)
        yield from reader if reader.schema.types == told.types else (batch.cast(told) for batch in reader)


def mebibytes(memory_limit: str) -> int:
    """An amount of memory ("2GB") in whole MiB, at least one. Raises Refused for what is none."""
    found = _MEMORY.fullmatch(memory_limit)
    if not found:
        raise Refused(f"{memory_limit!r} is no amount of memory; write 2GB or 512MB.", code="engine.memory")
    size = Decimal(found[1] + (found[2] or "")) * 1_024 ** "KMGT".index(found[3].upper()) / 1_024
    return max(1, int(size))


@contextlib.contextmanager
def duckdb_here(memory_limit: str = "", threads: int = 0) -> Iterator[DuckDb]:
    """DuckDB in a folder of its own, where it spills what does not fit into `memory_limit` ("2GB")."""
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
            plans().save()


@contextlib.contextmanager
def duckdb_engine(memory_limit: str = "", threads: int = 0) -> Iterator[Engine]:
    """The same as an engine like any other."""
    with duckdb_here(memory_limit, threads) as engine:
        yield engine


def check_engine(name: str) -> None:
    """Raises Refused for an engine there is not, and for a cluster that cannot be used from here."""
    if CLUSTER.fullmatch(name):
        from paydesk.matching.spark_session import check_spark

        check_spark(name)
    elif name != "duckdb":
        raise Refused(
            f"There is no engine {name!r}; there are duckdb and spark://HOST:PORT.", code="engine.unknown"
        )


@contextlib.contextmanager
def engine_at(name: str, memory_limit: str = "") -> Iterator[Engine]:
    """The engine of that name: "duckdb", the address of a Spark cluster ("spark://HOST:PORT"), or "local[2]",
    Spark with so many threads here. `memory_limit` is that of DuckDB, or of each executor of the cluster.

    Raises Refused as check_engine does.
    """
    if memory_limit:
        mebibytes(memory_limit)  # refused here, before anything is started
    check_engine(name)
    if name == "duckdb":
        with duckdb_engine(memory_limit) as engine:
            yield engine
    else:
        from paydesk.matching.spark import spark_engine

        with spark_engine(name, memory_limit) as engine:
            yield engine
