"""What matches and exceptions come to: counts, rows and totals by status, kind, rule and class."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import ibis
from ibis.expr.types import Table

from paydesk.matching.findings import union_of
from paydesk.matching.values import major

KEYS = ("status", "kind", "rule", "currency")


@dataclass
class Tally:
    """How many matches or exceptions, how many rows they take, how much they come to by currency."""

    count: int = 0
    rows: int = 0
    total: dict[str, Decimal] = field(default_factory=dict)

    def add(self, count: int, rows: int, currency: str, amount: int) -> None:
        self.count += count
        self.rows += rows
        self.total[currency] = self.total.get(currency, Decimal(0)) + major(amount)


@dataclass
class Summary:
    """Counts and totals of a run by status, kind, rule and class, and its digest."""

    matches: int = 0
    exceptions: int = 0
    by_status: dict[str, Tally] = field(default_factory=dict)
    by_kind: dict[str, Tally] = field(default_factory=dict)
    by_rule: dict[str, Tally] = field(default_factory=dict)
    by_class: dict[str, Tally] = field(default_factory=dict)
    digest: str = ""

    def add_match(self, row: dict[str, Any]) -> None:
        """A row of tally_matches."""
        self.matches += row["count"]
        for tallies, name in ((self.by_status, "status"), (self.by_kind, "kind"), (self.by_rule, "rule")):
            tally = tallies.setdefault(row[name], Tally())
            tally.add(row["count"], row["rows"], row["currency"], int(row["amount"]))

    def add_exception(self, row: dict[str, Any]) -> None:
        """A row of tally_exceptions."""
        self.exceptions += row["rows"]
        for tallies, name in ((self.by_class, "class"), (self.by_rule, "rule")):
            tally = tallies.setdefault(row[name], Tally())
            tally.add(row["rows"], row["rows"], row["currency"], int(row["amount"]))


def tally_matches(shared: tuple[tuple[str, int, str], ...], *tables: Table) -> Table:
    """Rows by status, kind, rule and currency, with how many matches they are, from the big pieces (whose
    rule is in `shared`) and the facts of the others. A match of two currencies counts with the first of
    them."""
    parts = []
    for table, (rule, _, _) in zip(tables, shared, strict=False):
        grouped = table.group_by("currency").aggregate(
            count=table.count(), rows=table.count(), amount=_sum(table)
        )
        named = {"status": "confirmed", "kind": "1:1", "rule": rule}
        parts.append(grouped.mutate(**{name: ibis.literal(value) for name, value in named.items()}))
    for table in tables[len(shared) :]:
        rows = table.filter(table["class"] == "").select(*KEYS, "match_id", "amount")
        rows = rows.mutate(first=rows.currency.min().over(ibis.window(group_by=[rows.rule, rows.match_id])))
        rows = rows.mutate(own=ibis.ifelse(rows.currency == rows.first, rows.match_id, ibis.null("string")))
        parts.append(
            rows.group_by(*KEYS).aggregate(count=rows.own.nunique(), rows=rows.count(), amount=_sum(rows))
        )
    return union_of([part.select(*KEYS, "count", "rows", "amount") for part in parts]).order_by(*KEYS)


def tally_exceptions(table: Table) -> Table:
    """Rows by class, rule and currency."""
    rows = table.filter(table["class"] != "")
    grouped = rows.group_by("class", "rule", "currency").aggregate(rows=rows.count(), amount=_sum(rows))
    return grouped.order_by("class", "rule", "currency")


def _sum(rows: Table) -> ibis.Value:
    return rows.amount.sum().cast("int64")
