"""The same id, amount, currency and status on both sides.

An id that stands once on each side is met by one outer join, which gives the pairs and what is left of both
sides. Only lines whose id repeats are ranked: without that a reference of thousands of lines would meet
itself thousands of times thousands.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import BooleanValue, Table

from paydesk.matching.findings import Piece, pairs, sided
from paydesk.matching.passes.nearest import candidates, ids_agree, mutual_best
from paydesk.matching.rules import Rule
from paydesk.matching.state import State, repeated_keys

SHARED = 4  # one id in so many found on the other side: both use the ids of one provider
SURE, LIKELY, NEAR, NTH, NTH_NEXT_DAY = 1_000, 950, 930, 900, 880
SAME = ("amount", "currency", "status")
SHAPES = {"provider_key": ("same_id", SURE), "reference_key": ("same_reference", LIKELY)}


def run(state: State, rule: Rule) -> None:
    """Match by the provider's id or by the reference, whichever the rule names."""
    same = (*SAME, "fee") if state.both_fees else SAME  # the fee counts where both sides tell theirs
    if rule.key == "provider_ref":
        if state.left_ids and state.right_ids:
            _by_provider_id(state, rule, same)
    elif not state.is_done:
        state.mark_repeated_references()
        _met_once(state, rule, "reference_key", same)
        _repeated_reference(state, rule, same)


def _by_provider_id(state: State, rule: Rule, same: tuple[str, ...]) -> None:
    engine, key, is_first = state.engine, "provider_key", not state.found.pieces
    repeated = engine.make(_repeated, state.left, state.right, key)
    has_repeated = bool(engine.count(repeated))
    found = _met_once(state, rule, key, same, repeated if has_repeated else None)
    ours = theirs = None
    if has_repeated:
        ours, theirs = (engine.make(_of_repeated, side, repeated, key) for side in (state.left, state.right))
        how = (key, same, rule.name, SURE, "nth_id", rule["days"], False, ())
        found += state.add_pairs(_nth, ours, theirs, *how)
    if is_first:  # what was left was all there is
        state.left_again, state.right_again = ours, theirs
    state.ids_shared = found * SHARED >= min(state.left_ids, state.right_ids)


def _repeated(left: Table, right: Table, key: str) -> Table:
    return repeated_keys(left, key).union(repeated_keys(right, key)).select(key).distinct()


def _of_repeated(side: Table, repeated: Table, key: str) -> Table:
    return side.semi_join(repeated, key)


def _met_once(
    state: State,
    rule: Rule,
    key: str,
    same: tuple[str, ...],
    repeated: Table | None = None,
) -> int:
    """The pairs of ids that stand once on each side, and what is left without them; how many pairs."""
    engine = state.engine
    shape, score = SHAPES[key]
    met = engine.make(_outer, state.left, state.right, key, same, rule["days"], repeated)
    found = engine.view(_pairs, met)
    count = int(engine.rows(engine.view(_count, found))[0]["lines"])
    if count:
        state.found.pieces.append(Piece(found, rule.name, score, shape))
        state.keep_left(engine.make(_rest, state.left, met, "left_line"))
        state.keep_right(engine.make(_rest, state.right, met, "right_line"))
    return count


def _outer(
    left: Table, right: Table, key: str, same: tuple[str, ...], days: int, repeated: Table | None
) -> Table:
    ours, theirs = _once(left, key, repeated), _once(right, key, repeated)
    ours, theirs = ours.rename("left_{name}"), theirs.rename("right_{name}")
    # An id that stands once on each side has one other line at most, so the rest is looked at afterwards.
    met = ours.outer_join(theirs, ours.left_once == theirs.right_once)
    near = met.left_line_id.notnull() & met.right_line_id.notnull() & days_apart(met, days) & desk_agrees(met)
    for name in same:
        near &= met[f"left_{name}"] == met[f"right_{name}"]
    return met.select(
        left_line=met.left_line_id,
        right_line=met.right_line_id,
        left_id=met.left_id,
        right_id=met.right_id,
        amount=met.left_amount,
        currency=met.left_currency,
        is_timing=(met.left_day != met.right_day).fill_null(False),
        is_pair=near.fill_null(False),
    )


def _once(side: Table, key: str, repeated: Table | None) -> Table:
    """With the column `once`: the key, and nothing where it repeats."""
    if key == "reference_key":
        return side.mutate(once=ibis.ifelse(side.common, ibis.null("string"), side[key]))
    if repeated is None:
        return side.mutate(once=side[key])
    again = repeated.select(again=key)
    met = side.left_join(again, side[key] == again.again)
    return met.mutate(once=ibis.ifelse(met.again.isnull(), met[key], ibis.null("string"))).drop("again")


def _pairs(met: Table) -> Table:
    return met.filter(met.is_pair).drop("is_pair")


def _count(found: Table) -> Table:
    return found.aggregate(lines=found.count())


def _rest(side: Table, met: Table, column: str) -> Table:
    lines = met.filter(~met.is_pair & met[column].notnull()).select(line_id=column)
    return side.semi_join(lines, "line_id")


def _nth(
    left: Table,
    right: Table,
    key: str,
    same: tuple[str, ...],
    rule: str,
    score: int,
    shape: str,
    days: int,
    ids_shared: bool,
    also: tuple[str, ...],
) -> Table:
    """The n-th line of a repeated id with the n-th."""
    keys = [key, *same, *also]
    met = sided(ranked(left, keys), ranked(right, keys), [*keys, "rank"])
    met = met.filter(days_apart(met, days) & ids_agree(met, ids_shared) & desk_agrees(met))
    timing = (met.left_day != met.right_day).fill_null(False)
    return pairs(met, rule=rule, score=score, shape=shape, left_count=met.left_rank + 1, is_timing=timing)


def _repeated_reference(state: State, rule: Rule, same: tuple[str, ...]) -> None:
    """Lines of a reference that stands on several: the nearest in time first, then the n-th with the n-th."""
    engine, key = state.engine, "reference_key"
    left, right = (engine.make(_common, side) for side in (state.left, state.right))
    if not (engine.count(left) and engine.count(right)):
        return
    if minutes := rule.get("minutes"):
        near = engine.make(_near, left, right, key, same, minutes * 60, state.ids_shared)
        for best in mutual_best(engine, near):
            state.add(_nearest, best, rule.name)
        left, right = (engine.make(_common, side) for side in (state.left, state.right))
    for also, score in ((("day",), NTH), ((), NTH_NEXT_DAY)):
        if not (engine.count(left) and engine.count(right)):
            return
        if state.add(
            _nth,
            left,
            right,
            key,
            same,
            rule.name,
            score,
            "nth_reference",
            rule["days"],
            state.ids_shared,
            also,
        ):
            left, right = (engine.make(_common, side) for side in (state.left, state.right))


def _common(side: Table) -> Table:
    return side.filter(side.common)


def _near(
    left: Table, right: Table, key: str, same: tuple[str, ...], seconds: int, ids_shared: bool
) -> Table:
    found = candidates(left, right, [key, *same], seconds)
    return found.filter(ids_agree(found, ids_shared) & desk_agrees(found)).mutate(cost=found.apart)


def _nearest(best: Table, rule: str) -> Table:
    return pairs(best, rule=rule, score=NEAR, shape="near_reference", apart=best.apart)


def days_apart(met: Table, days: int) -> BooleanValue:
    """Not more than `days` calendar days apart; a side that says no day is not held to it."""
    return met.left_day.isnull() | met.right_day.isnull() | ((met.left_day - met.right_day).abs() <= days)


def desk_agrees(met: Table) -> BooleanValue:
    """Nothing that only the desk knows speaks against it: another account, another tax, a fee not told."""
    if "left_line_kind" not in met.columns:
        return ibis.literal(True)
    return ~(differ(met, "account_key") | differ(met, "tax") | fee_untold(met))


def differ(met: Table, name: str) -> BooleanValue:
    """Both sides say it and not the same."""
    return (met[f"left_{name}"] != met[f"right_{name}"]).fill_null(False)


def fee_untold(met: Table) -> BooleanValue:
    """We count on a fee, and they say that they do not tell it."""
    return (~met.right_is_fee_told & (met.left_fee != 0)).fill_null(False)


def ranked(side: Table, keys: list[str]) -> Table:
    """`side` with the column `rank`: 0 for the first of its keys, by time, then by id."""
    window = ibis.window(group_by=[side[name] for name in keys], order_by=[side["at"].fill_null(0), side.id])
    return side.mutate(rank=ibis.row_number().over(window).cast("int64"))
