"""What nothing could prove, each line with its class: missing on the other side, or outside its period."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table, Value

from paydesk.matching.state import State
from paydesk.matching.wording import alone, amount_text, told

RULE = "left_over"
GAP = 2  # empty days that part one stretch of a file from another
FEW = 200  # a stretch at the edge with less than one line in so many is a stray, not the period


def run(state: State) -> None:
    """Give every line that is left its exception."""
    ours, theirs = (period(state, side) for side in (state.whole_left, state.whole_right))
    if state.left_lines:
        state.add_exceptions(_classed(state.left, theirs, is_left=True))
    if state.right_lines:
        state.add_exceptions(_classed(state.right, ours, is_left=False))


def period(state: State, side: Table) -> tuple[int, int] | None:
    """The first and the last day a side covers, strays far outside left away; None without any day."""
    lines = side.filter(side.day.notnull())
    days = sorted(
        (row["day"], row["lines"])
        for row in state.engine.rows(lines.group_by("day").agg(lines=lines.count()))
    )
    if not days:
        return None
    stretches: list[list[tuple[int, int]]] = [[days[0]]]
    for before, day in zip(days, days[1:], strict=False):
        if day[0] - before[0] > GAP:
            stretches.append([])
        stretches[-1].append(day)
    total = sum(count for _, count in days)
    kept = [stretch for stretch in stretches if sum(count for _, count in stretch) * FEW >= total]
    return kept[0][0][0], kept[-1][-1][0]


def _classed(lines: Table, other: tuple[int, int] | None, *, is_left: bool) -> Table:
    outside: Value = ibis.literal(False)
    if other is not None:
        outside = ((lines.day < other[0]) | (lines.day > other[1])).fill_null(False)
    missing = "missing_at_provider" if is_left else "missing_in_ledger"
    there, here = ("their file", "ours") if is_left else ("our file", "theirs")
    named = ibis.ifelse(outside, "out_of_period", missing)
    status = ibis.ifelse(
        lines.status == "success", "", told(" It is ", lines.status, ", so no money need be missing.")
    )
    looked = ibis.cases(
        (lines.provider_key.notnull() & lines.reference_key.notnull(), "its provider id or its reference"),
        (lines.provider_key.notnull(), "its provider id"),
        (lines.reference_key.notnull(), "its reference"),
        else_="it by an id",
    )
    amount = told(amount_text(lines.amount), " ", lines.currency)
    why = ibis.ifelse(
        outside,
        told("This line of ", amount, f" is dated outside the days that {there} covers."),
        told(f"Nothing left in {there} names ", looked, ", and nothing else fits this line of ", amount, "."),
    )
    del here
    return alone(lines, is_left=is_left, rule=RULE, named=named, why=why + status)
