"""The same id, amount, currency and status on both sides.

An id that stands once on each side is met by one join. Only lines whose id repeats are ranked: without that a
reference of thousands of lines would meet itself thousands of times thousands.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import BooleanValue, Table

from paydesk.matching.passes.nearest import candidates, ids_agree, mutual_best
from paydesk.matching.rules import Rule
from paydesk.matching.state import State, repeated_keys, without
from paydesk.matching.wording import apart_text, as_pairs, sided, told

SHARED = 4  # one id in so many found on the other side: both use the ids of one provider
SURE, LIKELY, NEAR, NTH, NTH_NEXT_DAY = 1_000, 950, 930, 900, 880


def run(state: State, rule: Rule) -> None:
    """Match by the provider's id or by the reference, whichever the rule names."""
    if rule.key == "provider_ref":
        _by_provider_id(state, rule)
    else:
        _by_reference(state, rule)


def _same(state: State) -> list[str]:
    """What must be equal beside the id. The fee counts where both sides tell theirs."""
    return ["amount", "currency", "status", *(["fee"] if state.both_fees else [])]


def _by_provider_id(state: State, rule: Rule) -> None:
    if not (state.left_ids and state.right_ids):
        return
    engine, key, keys = state.engine, "provider_key", ["provider_key", *_same(state)]
    left, right = (side.filter(side[key].notnull()) for side in (state.left, state.right))
    repeated = engine.stage(repeated_keys(left, key).union(repeated_keys(right, key)).select(key).distinct())
    once, nth = sided(left, right, keys), None
    if engine.count(repeated):
        once = sided(left.anti_join(repeated, key), right.anti_join(repeated, key), keys)
        ours, theirs = (ranked(side.semi_join(repeated, key), keys) for side in (left, right))
        nth = sided(ours, theirs, [*keys, "rank"])
    what = "Provider id, amount, currency and status are the same"
    found = as_pairs(
        once.filter(days_apart(once, rule["days"])), rule=rule.name, score=SURE, why=_by_day(once, what)
    )
    if nth is not None:
        found = found.union(
            as_pairs(
                nth.filter(days_apart(nth, rule["days"])),
                rule=rule.name,
                score=SURE,
                why=told(what, "; it is line ", nth.left_rank + 1, " of a repeated id on each side."),
            )
        )
    rows = state.add_matches(found)
    state.ids_shared = rows * SHARED >= min(state.left_ids, state.right_ids)


def _by_reference(state: State, rule: Rule) -> None:
    state.mark_repeated_references()
    if state.is_done:
        return
    same = _same(state)
    keys = ["reference_key", *same]
    left, right = (
        side.filter(side.reference_key.notnull() & ~side.common) for side in (state.left, state.right)
    )
    once = sided(left, right, keys)
    what = "The reference stands once on each side; amount, currency and status are the same"
    once = once.filter(days_apart(once, rule["days"]))
    state.add_matches(as_pairs(once, rule=rule.name, score=LIKELY, why=_by_day(once, what)))
    _repeated_reference(state, rule, keys)


def _repeated_reference(state: State, rule: Rule, keys: list[str]) -> None:
    """Lines of a reference that stands on several: the nearest in time first, then the n-th with the n-th."""
    left, right = (state.engine.stage(side.filter(side.common)) for side in (state.left, state.right))
    if not (state.engine.count(left) and state.engine.count(right)):
        return
    minutes = rule.get("minutes")
    if minutes:
        found = candidates(left, right, keys, minutes * 60)
        found = found.filter(ids_agree(found, state.ids_shared)).mutate(cost=found.apart)
        for best in mutual_best(state.engine, state.engine.stage(found)):
            why = told(
                "Reference, amount, currency and status are the same, ",
                apart_text(best.apart),
                " apart: the nearest of several lines of this reference.",
            )
            rows = as_pairs(best, rule=rule.name, score=NEAR, why=why)
            state.add_matches(rows)
            left, right = without(left, rows, "left_line"), without(right, rows, "right_line")
    for by_day, score in ((["day"], NTH), ([], NTH_NEXT_DAY)):
        left, right = state.engine.stage(left), state.engine.stage(right)
        if not (state.engine.count(left) and state.engine.count(right)):
            return
        met = sided(ranked(left, keys + by_day), ranked(right, keys + by_day), [*keys, *by_day, "rank"])
        met = met.filter(ids_agree(met, state.ids_shared) & days_apart(met, rule["days"]))
        why = told(
            "Reference, amount, currency and status are the same; it is line ",
            met.left_rank + 1,
            " of this reference on each side.",
        )
        rows = state.engine.stage(as_pairs(met, rule=rule.name, score=score, why=why))
        state.add_matches(rows)
        left, right = without(left, rows, "left_line"), without(right, rows, "right_line")


def days_apart(met: Table, days: int) -> BooleanValue:
    """Not more than `days` calendar days apart; a side that says no day is not held to it."""
    return met.left_day.isnull() | met.right_day.isnull() | ((met.left_day - met.right_day).abs() <= days)


def ranked(side: Table, keys: list[str]) -> Table:
    """`side` with the column `rank`: 0 for the first of its keys, by time, then by id."""
    window = ibis.window(group_by=[side[name] for name in keys], order_by=[side["at"].fill_null(0), side.id])
    return side.mutate(rank=ibis.row_number().over(window).cast("int64"))


def _by_day(met: Table, what: str) -> Table:
    days = (met.left_day - met.right_day).abs()
    return ibis.ifelse(days.fill_null(0) > 0, f"{what}; they are on different days.", f"{what}.")
