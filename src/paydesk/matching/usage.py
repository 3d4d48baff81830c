"""How many lines share a value: counted in the whole sides, for the values that somebody asks about."""

from __future__ import annotations

from collections.abc import Iterable

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from paydesk.matching.engines import Engine
from paydesk.matching.evidence import Line, Usage

FIELDS = ("phone", "account", "name", "reference_key", "provider_key")
SCORED = ("phone", "account", "name")


def usage_of(
    engine: Engine,
    left: Table,
    right: Table,
    lines: Iterable[Line],
    *,
    of: tuple[int, int],
    fields: tuple[str, ...] = FIELDS,
) -> Usage:
    """The counts of every value of `fields`, and of every amount of a day, that stands on one of `lines`;
    `of` is how many lines the sides have."""
    lines = list(lines)
    found = Usage(lines=max(of))
    for name in fields:
        values = sorted({line[name] for line in lines if line[name]})
        if values:
            asked = engine.take_in(pa.table({name: pa.array(values, pa.string())}))
            for row in engine.rows(engine.view(_counted, left, right, asked, (name,))):
                found.counts[name, row[name]] = (row["ours"], row["theirs"])
    amounts = sorted(
        {(line["amount"], line["currency"], line["day"]) for line in lines if line["day"] is not None}
    )
    if amounts:
        keys = ("amount", "currency", "day")
        kinds = (pa.int64(), pa.string(), pa.int64())
        columns = zip(*amounts, strict=True)
        asked = engine.take_in(
            pa.table(
                {key: pa.array(each, kind) for key, each, kind in zip(keys, columns, kinds, strict=True)}
            )
        )
        for row in engine.rows(engine.view(_counted, left, right, asked, keys)):
            found.counts["amount", tuple(row[key] for key in keys)] = (row["ours"], row["theirs"])
        for side in (left, right):
            for row in engine.rows(engine.make(by_day, side)):
                if row["day"] is not None:
                    found.by_day[row["day"]] = max(found.by_day.get(row["day"], 0), row["lines"])
    return found


def by_day(side: Table) -> Table:
    """How many lines each day has, and how many of them say an id of the provider and a fee; a row without a
    day for the lines that say none."""
    return side.group_by("day").agg(
        lines=side.count(), ids=side.provider_key.count(), fees=(side.fee != 0).sum().fill_null(0)
    )


def _counted(left: Table, right: Table, asked: Table, keys: tuple[str, ...]) -> Table:
    ours, theirs = (
        side.select(*keys).semi_join(asked, list(keys)).mutate(is_left=ibis.literal(is_left))
        for side, is_left in ((left, True), (right, False))
    )
    both = ours.union(theirs)
    return both.group_by(*keys).aggregate(
        ours=both.is_left.cast("int64").sum().cast("int64"),
        theirs=(~both.is_left).cast("int64").sum().cast("int64"),
    )
