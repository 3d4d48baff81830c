"""A line that is left although its id has settled another line of its side. Before any fuzzy pass, or it
steals the payment of somebody else."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from paydesk.matching.findings import one_sided
from paydesk.matching.rules import Rule
from paydesk.matching.state import State, side_of

HOUR, MINUTE = 3_600, 60
CLASS = {True: "duplicate_ledger", False: "duplicate_provider"}
KIN = ("line_id", "id", "provider_key", "reference_key", "amount", "currency", "at", "status")


def run(state: State, rule: Rule) -> None:
    """Name the duplicates of both sides."""
    state.mark_repeated_references()
    for is_left in (True, False):
        if not (state.left_lines if is_left else state.right_lines):
            continue
        whole = state.whole_left if is_left else state.whole_right
        again = state.left_again if is_left else state.right_again
        side = state.left if is_left else state.right
        kin = state.engine.make(_kin, side, whole, again)
        of = side_of(is_left)
        for build in (_settled_ids, _repeated_ids):
            state.add(build, state.left if is_left else state.right, kin, rule.name, is_left, of=of)
        lines = state.left if is_left else state.right
        limits = (rule["hours"] * HOUR, rule["minutes"] * MINUTE)
        state.add(_references, lines, kin, rule.name, is_left, *limits, of=of)


def _kin(side: Table, whole: Table, again: Table | None) -> Table:
    """Lines of the whole side that share a common reference or an id with a line that is left, and are not
    left themselves; those that share an id with any are in `again`."""
    names = side.filter(side.reference_key.notnull() & side.common).select("reference_key").distinct()
    kin = whole.select(*KIN).semi_join(names, "reference_key")
    if again is not None:
        ids = side.filter(side.provider_key.notnull()).select("provider_key").distinct()
        kin = kin.union(again.select(*KIN).semi_join(ids, "provider_key")).distinct()
    return kin.anti_join(side, kin.line_id == side.line_id)


def _settled_ids(side: Table, kin: Table, rule: str, is_left: bool) -> Table:
    """The same id of the provider, in the same direction, as a line that was dealt with."""
    settled = kin.filter(kin.provider_key.notnull())
    settled = settled.mutate(sign=settled.amount.sign().cast("int64"))
    first = settled.group_by("provider_key", "sign").aggregate(first_id=settled.id.min())
    lines = side.filter(side.provider_key.notnull())
    lines = lines.mutate(sign=lines.amount.sign().cast("int64"))
    met = lines.inner_join(first, ["provider_key", "sign"])
    return one_sided(
        met,
        is_left,
        **{"class": CLASS[is_left]},
        rule=rule,
        shape="repeats",
        word="provider id",
        runner_up=met.first_id,
    )


def _repeated_ids(side: Table, kin: Table, rule: str, is_left: bool) -> Table:
    """The same id and amount as another line that is left, before it."""
    del kin
    lines = side.filter(side.provider_key.notnull())
    order = ibis.window(
        group_by=[lines.provider_key, lines.amount, lines.currency],
        order_by=[lines["at"].fill_null(0), lines.id],
    )
    lines = lines.mutate(rank=ibis.row_number().over(order), first_id=lines.id.first().over(order))
    lines = lines.filter(lines["rank"] > 0)
    return one_sided(
        lines,
        is_left,
        **{"class": CLASS[is_left]},
        rule=rule,
        shape="repeats_before",
        word="provider id and amount",
        runner_up=lines.first_id,
    )


def _references(side: Table, kin: Table, rule: str, is_left: bool, with_none: int, with_own: int) -> Table:
    """The same reference and amount as a settled line: soon after it, and very soon where it has an id of its
    own, because people do pay twice on purpose."""
    lines = side.filter(side.reference_key.notnull() & side.common & (side.status == "success"))
    near = kin.filter(kin.status == "success").rename("settled_{name}")
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
    met = met.filter(apart <= ibis.ifelse(has_own_id, with_own, with_none))
    order = ibis.window(group_by=met.line_id, order_by=[(met["at"] - met.settled_at).abs(), met.settled_id])
    met = met.mutate(rank=ibis.row_number().over(order))
    met = met.filter(met["rank"] == 0)
    return one_sided(
        met,
        is_left,
        **{"class": CLASS[is_left]},
        rule=rule,
        shape="repeats",
        word="reference and amount",
        runner_up=met.settled_id,
    )
