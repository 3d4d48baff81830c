"""What an engine keeps: stages that are needed, and the SQL of stages for later processes."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa
import pytest
from ibis.expr.types import Table

from paydesk.matching.engines import duckdb_here
from paydesk.matching.plans import MOST, Plans


def _doubled(rows: Table) -> Table:
    return rows.mutate(amount=rows.amount * 2)


def _large(rows: Table) -> Table:
    return rows.filter(rows.amount > 5)


def test_a_stage_is_dropped_unless_it_or_a_view_of_it_is_needed() -> None:
    with duckdb_here() as engine:
        told = engine.take_in(pa.table({"amount": [1, 2, 3]}))
        other = engine.take_in(pa.table({"amount": [7]}))
        doubled = engine.make(_doubled, told)
        shown = engine.view(_large, doubled)
        engine.keep_only([shown])
        assert engine.rows(shown) == [{"amount": 6}]
        for gone in (told, other):
            with pytest.raises(duckdb.CatalogException):
                engine.rows(gone)


def test_sql_is_kept_for_later_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    file, old = tmp_path / "plans-new.json", tmp_path / "plans-old.json"
    old.write_text("{}")
    columns = ibis.schema({"id": "string", "line_id": "!int64", "is_pair": "boolean"})
    before = Plans(file)
    before.put("a stage", "SELECT 1", columns)
    before.save()
    assert Plans(file).get("a stage") == ("SELECT 1", columns)
    assert Plans(file).get("another") is None
    assert [each.name for each in tmp_path.iterdir()] == ["plans-new.json"]
    for number in range(MOST):
        before.put(str(number), "SELECT 1", columns)
    before.save()
    assert Plans(file).get("a stage") is None, "begun anew"
    file.write_text("[1]")
    assert Plans(file).get("a stage") is None, "what cannot be read counts as nothing"


def test_nothing_is_kept_where_python_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    plans = Plans(tmp_path / "plans-new.json")
    plans.put("a stage", "SELECT 1", ibis.schema({"id": "string"}))
    plans.save()
    assert not list(tmp_path.iterdir())
