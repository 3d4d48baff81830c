"""Spark as an engine: the same passes on a cluster, by SQL that Ibis writes. Its case is data beyond one
machine.

A stage is written as Parquet and read back, so that plans stay small. The folder of stages has to be one
place for this process and for every worker: see spark_session. No Python runs on the workers.

What a stage leaves of few rows is taken here as well, and what is made of such rows alone is made by DuckDB:
to plan, send and start a stage costs a cluster about a second, however few rows there are.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.expr.operations import UnboundTable
from ibis.expr.types import Table

from paydesk.matching.engines import (
    BATCH,
    DuckDb,
    Engine,
    as_told,
    duckdb_here,
    side_schema,
    sql_of,
    with_those_behind,
    written,
)
from paydesk.matching.spark_session import session_at

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

DIALECT = "pyspark"
FEW = 200_000  # rows of a stage that are taken here
ROWS_OF_A_PART = 250_000  # about what one task of a shuffle takes
# Up to so many rows of a side, to plan a stage again while it runs and to compile it costs more than to run
# it.
SMALL = 1_000_000


class Spark:
    """Spark, working in `folder`, with `here` for what is made of stages of `few` rows at most."""

    name = "spark"

    def __init__(self, session: SparkSession, folder: Path, here: DuckDb, few: int) -> None:
        self._session = session
        self._folder = folder
        self._here = here
        self._few = few
        self._is_here: set[str] = set()
        self._is_there: set[str] = set()  # views of the cluster
        self._views: dict[str, tuple[Callable[..., Table], tuple[Table | Hashable, ...]]] = {}
        self._behind: dict[str, list[str]] = {}  # what each view is made of
        self._counts: dict[str, int] = {}
        self._numbers = count(1)
        self._cores = int(session.sparkContext.defaultParallelism)
        self._largest = 0

    def read(self, parquet: Path) -> Table:
        name = f"whole_{next(self._numbers)}"
        place = self._folder / name
        place.mkdir()
        shutil.copyfile(parquet, place / "part-00000.parquet")
        self._largest = max(self._largest, self._registered(name))
        many = self._largest > SMALL
        for setting, value in {
            "spark.sql.shuffle.partitions": str(max(self._cores, -(-self._largest // ROWS_OF_A_PART))),
            "spark.sql.adaptive.enabled": str(many).lower(),
            "spark.sql.codegen.wholeStage": str(many).lower(),
            "spark.sql.codegen.factoryMode": "FALLBACK" if many else "NO_CODEGEN",
        }.items():
            self._session.conf.set(setting, value)
        return ibis.table(side_schema(parquet), name=name)

    def make(self, build: Callable[..., Table], *inputs: Table | Hashable) -> Table:
        tables = [each for each in inputs if isinstance(each, Table)]
        if self._all_here(tables):
            return self._made_here(self._here.make(build, *inputs))
        name, sql, schema = written(DIALECT, build, *inputs)
        if name not in self._counts:
            self._bring(tables)
            self._write(name, self._session.sql(sql))
            if self._counts[name] <= self._few:
                self._here.hold(name, self._parts(name))
                self._is_here.add(name)
        return ibis.table(schema, name=name)

    def view(self, build: Callable[..., Table], *inputs: Table | Hashable) -> Table:
        tables = [each for each in inputs if isinstance(each, Table)]
        if self._all_here(tables):
            found = self._made_here(self._here.view(build, *inputs))
            self._views[found.get_name()] = (build, inputs)
        else:
            found = self._view_there(build, *inputs)
        self._behind[found.get_name()] = [each.get_name() for each in tables]
        return found

    def take_in(self, rows: pa.Table) -> Table:
        return self._made_here(self._here.take_in(rows))

    def count(self, table: Table) -> int:
        known = self._counts.get(table.get_name())
        if known is None and self._all_here([table]):
            return self._here.count(table)
        return self.rows(table.aggregate(lines=table.count()))[0]["lines"] if known is None else known

    def keep_only(self, needed: Iterable[Table]) -> None:
        kept = with_those_behind(needed, self._behind)
        for name in self._counts.keys() - kept:
            self._session.catalog.dropTempView(name)
            shutil.rmtree(self._folder / name)
            del self._counts[name]
            self._is_there.discard(name)
        self._here.drop_all_but(kept)
        self._is_here &= kept

    def rows(self, expression: Table) -> list[dict[str, Any]]:
        if self._all_here([expression]):
            return self._here.rows(expression)
        return list(self._asked(expression).toArrow().cast(as_told(expression)).to_pylist())

    def batches(self, expression: Table) -> Iterator[pa.RecordBatch]:
        if self._all_here([expression]):
            yield from self._here.batches(expression)
            return
        # Written down by the workers, so that it never has to fit into one of them or into this process.
        name = f"result_{next(self._numbers)}"
        self._write(name, self._asked(expression))
        told = as_told(expression)
        for part in self._parts(name):
            with pq.ParquetFile(part) as file:
                for batch in file.iter_batches(BATCH):
                    yield batch.cast(told)

    def _asked(self, expression: Table) -> DataFrame:
        self._bring([expression])
        return self._session.sql(sql_of(expression.op(), DIALECT))

    def _all_here(self, tables: Iterable[Table]) -> bool:
        return self._is_here.issuperset(_stages_in(tables))

    def _made_here(self, found: Table) -> Table:
        self._is_here.add(found.get_name())
        return found

    def _bring(self, tables: Iterable[Table]) -> None:
        """See to it that the cluster has what stands in `tables`."""
        for name, found in sorted(_stages_in(tables).items()):
            if name in self._is_there:
                continue
            if name in self._views:
                build, inputs = self._views[name]
                self._view_there(build, *inputs)
                continue
            (self._folder / name).mkdir()
            with pq.ParquetWriter(self._folder / name / "part-00000.parquet", as_told(found)) as file:
                for batch in self._here.batches(found):
                    file.write_batch(batch)
            self._registered(name)

    def _view_there(self, build: Callable[..., Table], *inputs: Table | Hashable) -> Table:
        self._bring(each for each in inputs if isinstance(each, Table))
        name, sql, schema = written(DIALECT, build, *inputs)
        self._session.sql(sql).createOrReplaceTempView(name)
        self._is_there.add(name)
        return ibis.table(schema, name=name)

    def _write(self, name: str, found: DataFrame) -> None:
        found.write.parquet(str(self._folder / name))
        self._registered(name, found)

    def _registered(self, name: str, like: DataFrame | None = None) -> int:
        """Make what lies in the folder of that name a view; how many rows it has. With the schema of the
        rows that were written Spark need not ask the files for it."""
        read = self._session.read if like is None else self._session.read.schema(like.schema)
        read.parquet(str(self._folder / name)).createOrReplaceTempView(name)
        self._is_there.add(name)
        self._counts[name] = sum(pq.read_metadata(part).num_rows for part in self._parts(name))
        return self._counts[name]

    def _parts(self, name: str) -> list[Path]:
        """The files of a stage, in the order of its rows."""
        return sorted((self._folder / name).glob("part-*.parquet"))


def _stages_in(tables: Iterable[Table]) -> dict[str, Table]:
    """The stages, views and sides of which `tables` are made, by name."""
    return {each.name: each.to_expr() for table in tables for each in table.op().find(UnboundTable)}


@contextlib.contextmanager
def spark_engine(master: str, memory_limit: str = "", few: int = FEW) -> Iterator[Engine]:
    """Spark at `master` ("spark://HOST:PORT", "local[2]"); an executor takes `memory_limit` ("2GB"). With 0
    as `few` nothing is made here that has rows.

    Raises Refused when the cluster does not answer, gives nothing to work with, or does not see our folder.
    """
    with session_at(master, memory_limit) as (session, folder), duckdb_here() as here:
        yield Spark(session, folder, here, few)
