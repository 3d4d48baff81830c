"""What nothing could prove, each line with its class: missing on the other side, outside its period, or what
the desk knows of it."""

from __future__ import annotations

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from paydesk.matching.findings import one_sided
from paydesk.matching.rules import Clocks
from paydesk.matching.state import State
from paydesk.matching.usage import by_day
from paydesk.matching.values import DAY
from paydesk.matching.wording import told

RULE = "left_over"
GAP = 2  # empty days that part one stretch of a file from another
FEW = 200  # a stretch at the edge with less than one line in so many is a stray, not the period

Period = tuple[int, int]  # the first and the last day


def run(state: State) -> None:
    """Give every line that is left its exception. Nothing looks at what is left any more."""
    ours, theirs = (period(state, side) for side in (state.whole_left, state.whole_right))
    clocks = state.rules.clocks
    if state.left_lines:
        known = _known(state, state.left)
        state.add(_classed, state.left, known, theirs, True, clocks, of=())
    if state.right_lines:
        known = _known(state, state.right)
        state.add(_classed, state.right, known, ours, False, clocks, of=())


def period(state: State, side: Table) -> Period | None:
    """The first and the last day a side covers, strays far outside left away; None without any day."""
    counted = state.engine.rows(state.engine.make(by_day, side))
    days = sorted((row["day"], row["lines"]) for row in counted if row["day"] is not None)
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


def _known(state: State, side: Table) -> Table | None:
    """Which payments named as taken back by what is left stand on either side; None without the desk."""
    if "original_key" not in side.columns:
        return None
    return state.engine.make(_originals, side, state.whole_left, state.whole_right)


def _originals(side: Table, left: Table, right: Table) -> Table:
    wanted = side.filter(side.original_key.notnull()).select(provider_key="original_key").distinct()
    there = left.select("provider_key").union(right.select("provider_key"))
    return there.semi_join(wanted, "provider_key").distinct()


def _classed(lines: Table, known: Table | None, other: Period | None, is_left: bool, clocks: Clocks) -> Table:
    missing = "missing_at_provider" if is_left else "missing_in_ledger"
    there = "their file" if is_left else "our file"
    found: list[tuple[BooleanValue, str]] = []
    if known is not None:
        there_too = known.select(there_key="provider_key")
        lines = lines.left_join(there_too, lines.original_key == there_too.there_key)
        found += _by_desk(lines, other, is_left, clocks)
    outside: Value = ibis.literal(False)
    if other is not None:
        outside = ((lines.day < other[0]) | (lines.day > other[1])).fill_null(False)
        if clocks.carry_over_minutes:
            # Booked so shortly before midnight of the last day that their next file has it.
            end = (other[1] + 1) * DAY
            found.append((lines["at"].between(end - clocks.carry_over_minutes * 60, end), "carry_over"))
    found.append((outside, "out_of_period"))
    named = ibis.cases(*((when.fill_null(False), name) for when, name in found), else_=missing)
    carried = named == "carry_over"
    status = ibis.ifelse(
        lines.status == "success", "", told(" It is ", lines.status, ", so no money need be missing.")
    )
    looked = ibis.cases(
        (lines.provider_key.notnull() & lines.reference_key.notnull(), "its provider id or its reference"),
        (lines.provider_key.notnull(), "its provider id"),
        (lines.reference_key.notnull(), "its reference"),
        else_="it by an id",
    )
    shape = ibis.cases((carried, "carried"), (named == "out_of_period", "outside"), else_="missing")
    return one_sided(
        lines,
        is_left,
        **{"class": ibis.ifelse(carried, "out_of_period", named)},
        rule=RULE,
        shape=shape,
        is_timing=carried,
        ours=lines.amount,
        named=ibis.literal(there),
        word=looked,
        their_word=status,
    )


def _by_desk(
    lines: Table, other: Period | None, is_left: bool, clocks: Clocks
) -> list[tuple[BooleanValue, str]]:
    """The classes for which the desk's own columns are needed, the surest first."""
    kind = lines.line_kind
    no_original = lines.there_key.isnull()
    found = [
        (kind.isin(("refund",)) & no_original, "refund_without_original"),
        (kind.isin(("reversal",)) & no_original, "reversal_without_original"),
    ]
    if not is_left:
        found.append((kind == "chargeback", "unexpected_chargeback"))
        found.append(
            (kind.fill_null("payment").isin(("payment",)) & (lines.payer == ""), "unidentified_payer")
        )
    elif other is not None:
        last = other[1]
        found.append(((lines.status == "pending") & (lines.day + clocks.stale_days < last), "stale_pending"))
        due = lines.due_day.fill_null(lines.day)
        found.append(((kind == "settlement") & (due + clocks.bank_days < last), "missing_at_bank"))
    return found
