"""Several lines that belong together by what they name: split payments, daily totals, netted settlements.

A batch or a reference that all of them name ties them; payments, refunds, chargebacks, reserve and fees of
one side have to come to what the other side says, exactly, or within the fee of the rate card where the rules
have one. What is one line on one side and does not add up on the other is split_incomplete; a settlement that
the desk knows as one is over_settled or short_settled.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from paydesk.matching.findings import facts, pairs, sided, union_of
from paydesk.matching.rules import RateCard, Rule
from paydesk.matching.state import State
from paydesk.matching.wording import told

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
    if state.is_done:
        return
    compared = COMPARED[rule.key]
    shared = state.engine.rows(state.engine.view(_shared, state.left, state.right, *compared))
    for place in sorted(row["place"] for row in shared):
        if not state.is_done:
            _grouped(state, rule, *compared[place])


def _shared(left: Table, right: Table, *compared: tuple[str, str]) -> Table:
    """Which of the pairs of keys have a value in common, by their place."""
    found = []
    for place, (left_key, right_key) in enumerate(compared):
        ours, theirs = (
            side.filter(side[key].notnull() & (side.status == "success")).select(group=side[key])
            for side, key in ((left, left_key), (right, right_key))
        )
        found.append(ours.semi_join(theirs, "group").select(place=ibis.literal(place, "int64")))
    return union_of(found).distinct()


def _grouped(state: State, rule: Rule, left_key: str, right_key: str) -> None:
    engine = state.engine
    card = state.rules.rate_card
    met = engine.make(
        _met, state.left, state.right, left_key, right_key, rule.key, rule["days"], state.both_fees, card
    )
    if engine.count(met):
        state.add(_findings, met, state.left, state.right, left_key, right_key, rule.name, SCORE[rule.key])


def _lines(side: Table, key: str) -> Table:
    return side.filter(side[key].notnull() & (side.status == "success")).mutate(group=side[key])


def _sums(side: Table) -> Table:
    settlements = (
        (side.line_kind == "settlement").any() if "line_kind" in side.columns else ibis.literal(False)
    )
    return side.group_by("group", "currency").aggregate(
        net=side.amount.sum().cast("int64"),
        fee=side.fee.sum().cast("int64"),
        moved=side.amount.abs().sum().cast("int64"),
        lines=side.count(),
        first_line=side.line_id.min(),
        least=side.amount.min(),
        first_day=side.day.min(),
        last_day=side.day.max(),
        left_uses=side.left_uses.max(),
        right_uses=side.right_uses.max(),
        settles=settlements,
    )


def _met(
    left: Table,
    right: Table,
    left_key: str,
    right_key: str,
    key: str,
    days: int,
    both_fees: bool,
    card: RateCard | None,
) -> Table:
    met = sided(_sums(_lines(left, left_key)), _sums(_lines(right, right_key)), ["group", "currency"])
    if key == "reference":
        met = met.filter((met.left_lines > 1) | (met.right_lines > 1))
    span = ibis.greatest(met.left_last_day, met.right_last_day) - ibis.least(
        met.left_first_day, met.right_first_day
    )
    met = met.filter(span.fill_null(0) <= days)
    by_net = met.left_net == met.right_net
    # A fee is counted once for the whole group, on whichever side tells it.
    says_no_fee = (met.left_fee == 0) | (met.right_fee == 0)
    by_gross = says_no_fee & (met.left_net + met.left_fee == met.right_net + met.right_fee)
    by_card = _by_card(met, card)
    # A reference that settled other lines as well, like the number of a contract, says nothing of these.
    whole = _is_whole(met.left_lines, met.left_left_uses) & _is_whole(met.right_lines, met.right_right_uses)
    one_and_many = (met.left_lines == 1) != (met.right_lines == 1)
    parts_are_less = ibis.ifelse(
        met.left_lines == 1,
        (met.right_net < met.left_net) & (met.right_least > 0),
        (met.left_net < met.right_net) & (met.left_least > 0),
    )
    adds_up = by_net | by_gross | by_card
    is_split = one_and_many & (whole & parts_are_less if key == "reference" else ibis.literal(True))
    met = met.mutate(
        adds_up=adds_up,
        fees=ibis.ifelse(by_net, 0, ibis.ifelse(by_gross, met.left_fee + met.right_fee, _missing(met))),
        settles=met.left_settles | met.right_settles,
    )
    return met.filter(adds_up | is_split | met.settles)


def _missing(met: Table) -> Value:
    return (met.left_net - met.right_net).cast("int64")


def _by_card(met: Table, card: RateCard | None) -> BooleanValue:
    """Whether what is missing on their side is the fee of the rate card, when nobody told a fee."""
    if card is None:
        return ibis.literal(False)
    untold = (met.left_fee == 0) & (met.right_fee == 0)
    expected = (met.left_moved * card.bps // 10_000 + card.fixed * met.left_lines).cast("int64")
    band = ibis.greatest(card.tolerance * met.left_lines, (expected.abs() * card.tolerance_bps) // 10_000)
    return untold & (_missing(met) > 0) & ((_missing(met) - expected).abs() <= band)


def _is_whole(lines: Value, uses: Value) -> BooleanValue:
    return (uses == lines) | ((uses == 0) & (lines <= 1))


def _findings(
    met: Table, left: Table, right: Table, left_key: str, right_key: str, rule: str, score: int
) -> Table:
    kind = ibis.cases(
        (~met.adds_up, ""),
        ((met.left_lines == 1) & (met.right_lines == 1), "1:1"),
        (met.left_lines == 1, "1:n"),
        (met.right_lines == 1, "n:1"),
        else_="n:m",
    )
    more = met.left_net < met.right_net
    named = ibis.cases(
        (met.adds_up, ""),
        (~met.settles, "split_incomplete"),
        # The side that names a settlement says what was paid out; the other one what should have been.
        (ibis.ifelse(met.left_settles, ~more, more), "over_settled"),
        else_="short_settled",
    )
    groups = met.select(
        group="left_group",
        currency="left_currency",
        kind=kind,
        named=named,
        one_each=met.adds_up & (kind != "n:m")
        | ~met.adds_up & ((met.left_lines == 1) | (met.right_lines == 1)),
        match_id=ibis.ifelse(met.adds_up, told("L", met.left_first_line), ""),
        shape=ibis.cases((~met.adds_up, "group_open"), (met.fees != 0, "group_net"), else_="group"),
        ours=met.left_net,
        theirs=met.right_net,
        fees=met.fees,
        left_count=met.left_lines,
        right_count=met.right_lines,
    )
    with_left, with_right = (
        _lines(side, key).inner_join(groups, ["group", "currency"])
        for side, key in ((left, left_key), (right, right_key))
    )
    met_lines = sided(
        with_left.filter(with_left.one_each), with_right.filter(with_right.one_each), ["group", "currency"]
    )
    amount = ibis.ifelse(met_lines.left_left_count == 1, met_lines.right_amount, met_lines.left_amount)
    paired = pairs(met_lines, **{**_told(met_lines, "left_", rule, score), "amount": amount})
    members = []
    for lines, is_left in ((with_left, True), (with_right, False)):
        lines = lines.filter(~lines.one_each)
        own, line = ("left_id", "left_line") if is_left else ("right_id", "right_line")
        # Totals count our lines alone.
        amount = lines.amount if is_left else ibis.literal(0, "int64")
        members.append(
            facts(
                lines,
                **{own: lines.id, line: lines.line_id},
                **{**_told(lines, "", rule, score), "amount": amount},
            )
        )
    return union_of([paired, *members])


def _told(lines: Table, prefix: str, rule: str, score: int) -> dict[str, Value | str | int]:
    """The facts of the group of each line."""
    matched = lines[f"{prefix}kind"] != ""
    return {
        "match_id": lines[f"{prefix}match_id"],
        "class": lines[f"{prefix}named"],
        "kind": lines[f"{prefix}kind"],
        "status": ibis.ifelse(matched, "confirmed", ""),
        "score": ibis.ifelse(matched, score, 0),
        "rule": rule,
        "shape": lines[f"{prefix}shape"],
        "currency": lines[f"{prefix}currency"],
        "ours": lines[f"{prefix}ours"],
        "theirs": lines[f"{prefix}theirs"],
        "fee": lines[f"{prefix}fees"],
        "left_count": lines[f"{prefix}left_count"],
        "right_count": lines[f"{prefix}right_count"],
        "word": "settlement",
        "named": lines[f"{prefix}group"],
    }
