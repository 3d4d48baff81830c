"""A line that is left although its id has settled another line of its side. Before any fuzzy pass, or it
steals the payment of somebody else."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from paydesk.matching.rules import Rule
from paydesk.matching.state import State, without
from paydesk.matching.wording import alone, told

HOUR, MINUTE = 3_600, 60


def run(state: State, rule: Rule) -> None:
    """Name the duplicates of both sides."""
    state.mark_repeated_references()
    for is_left in (True, False):
        if not (state.left_lines if is_left else state.right_lines):
            continue
        _repeated_ids(state, rule, is_left=is_left)
        _repeated_references(state, rule, is_left=is_left)


def _sides(state: State, is_left: bool) -> tuple[Table, Table, str]:
    if is_left:
        return state.left, state.whole_left, "duplicate_ledger"
    return state.right, state.whole_right, "duplicate_provider"


def _settled(state: State, side: Table, whole: Table, key: str) -> Table:
    """Lines of the whole side that share `key` with a line that is left and are not left themselves."""
    names = side.filter(side[key].notnull()).select(key).distinct()
    kin = whole.semi_join(names, key)
    return kin.anti_join(side, kin.line_id == side.line_id)


def _repeated_ids(state: State, rule: Rule, *, is_left: bool) -> None:
    """The same id of the provider, in the same direction, as a settled line or as one before it."""
    side, whole, named = _sides(state, is_left)
    settled = _settled(state, side, whole, "provider_key")
    first = settled.mutate(sign=settled.amount.sign().cast("int64")).group_by("provider_key", "sign")
    first = state.engine.stage(first.aggregate(first_id=ibis._.id.min()))
    lines = side.filter(side.provider_key.notnull())
    lines = lines.mutate(sign=lines.amount.sign().cast("int64"))
    met = lines.inner_join(first, ["provider_key", "sign"])
    found = alone(
        met,
        is_left=is_left,
        rule=rule.name,
        named=named,
        why=told("Its provider id stands on ", met.first_id, " as well, which was dealt with already."),
        runner_up=met.first_id,
    )
    state.add_exceptions(found)
    side = state.left if is_left else state.right
    lines = side.filter(side.provider_key.notnull())
    order = ibis.window(
        group_by=[lines.provider_key, lines.amount, lines.currency],
        order_by=[lines["at"].fill_null(0), lines.id],
    )
    lines = lines.mutate(rank=ibis.row_number().over(order), first_id=lines.id.first().over(order))
    lines = lines.filter(lines["rank"] > 0)
    state.add_exceptions(
        alone(
            lines,
            is_left=is_left,
            rule=rule.name,
            named=named,
            why=told("Its provider id and amount stand on ", lines.first_id, " before it."),
            runner_up=lines.first_id,
        )
    )


def _repeated_references(state: State, rule: Rule, *, is_left: bool) -> None:
    """The same reference and amount as a settled line: soon after it, and very soon where it has an id of its
    own, because people do pay twice on purpose."""
    side, whole, named = _sides(state, is_left)
    lines = side.filter(side.reference_key.notnull() & side.common & (side.status == "success"))
    settled = _settled(state, lines, whole, "reference_key")
    settled = without(settled, side.mutate(left_line=side.line_id), "left_line")
    near = settled.filter(settled.status == "success").rename("settled_{name}")
    met = lines.inner_join(
        near,
        [
            lines.reference_key == near.settled_reference_key,
            lines.amount == near.settled_amount,
            lines.currency == near.settled_currency,
        ],
    )
    apart = (met["at"] - met.settled_at).abs()
    has_own_id = met.provider_key.notnull() & met.settled_provider_key.notnull()
    limit = ibis.ifelse(has_own_id, rule["minutes"] * MINUTE, rule["hours"] * HOUR)
    met = met.filter(apart <= limit)
    order = ibis.window(group_by=met.line_id, order_by=[(met["at"] - met.settled_at).abs(), met.settled_id])
    met = met.mutate(rank=ibis.row_number().over(order))
    met = met.filter(met["rank"] == 0)
    state.add_exceptions(
        alone(
            met,
            is_left=is_left,
            rule=rule.name,
            named=named,
            why=told(
                "Its reference and amount stand on ",
                met.settled_id,
                " as well, which was dealt with already.",
            ),
            runner_up=met.settled_id,
        )
    )
