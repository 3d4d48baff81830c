"""Several lines that belong together by what they name: split payments, daily totals, netted settlements.

A batch or a reference that all of them name ties them; both sides must come to the same, net of fees. What is
one line on one side and does not add up on the other is split_incomplete.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import Table, Value

from paydesk.matching.rules import Rule
from paydesk.matching.state import State
from paydesk.matching.wording import amount_text, as_exceptions, as_members, sided, told

SCORE = {"batch": 980, "reference": 940}
# A bank's line names the settlement of a provider in whatever field it has.
COMPARED = {
    "batch": (
        ("batch_key", "batch_key"),
        ("batch_key", "reference_key"),
        ("reference_key", "batch_key"),
        ("batch_key", "provider_key"),
        ("provider_key", "batch_key"),
    ),
    "reference": (("reference_key", "reference_key"),),
}


def run(state: State, rule: Rule) -> None:
    """Match groups that add up, name those that do not."""
    state.mark_repeated_references()
    for left_key, right_key in COMPARED[rule.key]:
        if state.is_done:
            return
        told_by = state.left.aggregate(told=state.left[left_key].count()).cross_join(
            state.right.aggregate(other=state.right[right_key].count())
        )
        row = state.engine.rows(told_by)[0]
        if row["told"] and row["other"]:
            _grouped(state, rule, left_key, right_key)


def _grouped(state: State, rule: Rule, left_key: str, right_key: str) -> None:
    left, right = (
        side.filter(side[key].notnull() & (side.status == "success")).mutate(group=side[key])
        for side, key in ((state.left, left_key), (state.right, right_key))
    )
    met = state.engine.stage(_met(_sums(left), _sums(right), rule))
    if not state.engine.count(met):
        return
    state.add_matches(_matches(rule, met.filter(met.adds_up), left, right))
    state.add_exceptions(_exceptions(rule, met.filter(~met.adds_up & met.is_split), left, right))


def _sums(side: Table) -> Table:
    return side.group_by("group", "currency").aggregate(
        net=side.amount.sum().cast("int64"),
        fee=side.fee.sum().cast("int64"),
        lines=side.count(),
        first_line=side.line_id.min(),
        least=side.amount.min(),
        first_day=side.day.min(),
        last_day=side.day.max(),
        left_uses=side.left_uses.max(),
        right_uses=side.right_uses.max(),
    )


def _met(ours: Table, theirs: Table, rule: Rule) -> Table:
    met = sided(ours, theirs, ["group", "currency"])
    if rule.key == "reference":
        met = met.filter((met.left_lines > 1) | (met.right_lines > 1))
    span = ibis.greatest(met.left_last_day, met.right_last_day) - ibis.least(
        met.left_first_day, met.right_first_day
    )
    met = met.filter(span.fill_null(0) <= rule["days"])
    says_no_fee = (met.left_fee == 0) | (met.right_fee == 0)
    by_net = met.left_net == met.right_net
    by_gross = says_no_fee & (met.left_net + met.left_fee == met.right_net + met.right_fee)
    # A reference that settled other lines as well, like the number of a contract, says nothing of these.
    whole = _is_whole(met.left_lines, met.left_left_uses) & _is_whole(met.right_lines, met.right_right_uses)
    one_and_many = (met.left_lines == 1) != (met.right_lines == 1)
    parts_are_less = ibis.ifelse(
        met.left_lines == 1,
        (met.right_net < met.left_net) & (met.right_least > 0),
        (met.left_net < met.right_net) & (met.left_least > 0),
    )
    return met.mutate(
        adds_up=by_net | by_gross,
        fees_explain=~by_net & by_gross,
        is_split=one_and_many & (whole & parts_are_less if rule.key == "reference" else ibis.literal(True)),
    )


def _is_whole(lines: Value, uses: Value) -> Value:
    return (uses == lines) | ((uses == 0) & (lines <= 1))


def _matches(rule: Rule, groups: Table, left: Table, right: Table) -> Table:
    kind = ibis.cases(
        ((groups.left_lines == 1) & (groups.right_lines == 1), "1:1"),
        (groups.left_lines == 1, "1:n"),
        (groups.right_lines == 1, "n:1"),
        else_="n:m",
    )
    fees = ibis.ifelse(
        groups.fees_explain,
        told(", with fees of ", amount_text(groups.left_fee + groups.right_fee), " between them."),
        ".",
    )
    why = told(
        "Lines that name ", groups.left_group, ": ", groups.left_lines, " of ours come to ",
        amount_text(groups.left_net), " ", groups.left_currency, " and ", groups.right_lines,
        " of theirs to ", amount_text(groups.right_net), fees,
    )  # fmt: skip
    named = groups.select(
        group="left_group",
        currency="left_currency",
        kind=kind,
        why=why,
        match_id=told("L", groups.left_first_line),
    )
    with_left, with_right = (side.inner_join(named, ["group", "currency"]) for side in (left, right))
    pairs = sided(
        with_left.filter(with_left.kind != "n:m"),
        with_right.filter(with_right.kind != "n:m"),
        ["group", "currency"],
    )
    paired = pairs.select(
        match_id=pairs.left_match_id,
        left_line=pairs.left_line_id,
        right_line=pairs.right_line_id,
        left_id=pairs.left_id,
        right_id=pairs.right_id,
        status=ibis.literal("confirmed"),
        kind=pairs.left_kind,
        rule=ibis.literal(rule.name),
        score=ibis.literal(SCORE[rule.key], "int64"),
        why=pairs.left_why,
        amount=ibis.ifelse(pairs.left_kind == "1:n", pairs.right_amount, pairs.left_amount),
        currency=pairs.left_currency,
    )
    return paired.union(_members(rule, with_left, is_left=True)).union(
        _members(rule, with_right, is_left=False)
    )


def _members(rule: Rule, lines: Table, *, is_left: bool) -> Table:
    """The lines of n:m groups, one row each with the other side empty; totals count our lines alone."""
    lines = lines.filter(lines.kind == "n:m")
    amount = lines.amount if is_left else 0
    score = SCORE[rule.key]
    return as_members(lines, is_left=is_left, rule=rule.name, kind="n:m", score=score, amount=amount)


def _exceptions(rule: Rule, groups: Table, left: Table, right: Table) -> Table:
    why = told(
        "Lines that name ", groups.left_group, " do not add up: ", groups.left_lines, " of ours come to ",
        amount_text(groups.left_net), " ", groups.left_currency, ", ", groups.right_lines, " of theirs to ",
        amount_text(groups.right_net), "; ", amount_text((groups.left_net - groups.right_net).abs()),
        " is unexplained.",
    )  # fmt: skip
    named = groups.select(group="left_group", currency="left_currency", group_why=why)
    ours, theirs = (side.inner_join(named, ["group", "currency"]) for side in (left, right))
    met = sided(ours, theirs, ["group", "currency"])
    return as_exceptions(met, rule=rule.name, named="split_incomplete", why=met.left_group_why)
