"""Lines that name the same id and yet differ: in amount, currency, status, sign, fee or time."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table, Value

from paydesk.matching.passes.exact import days_apart
from paydesk.matching.passes.nearest import ids_agree, mutual_best, union_of
from paydesk.matching.rules import Rule
from paydesk.matching.state import State
from paydesk.matching.wording import amount_text, apart_text, as_exceptions, as_pairs, sided, told

MOST_LINES = 20  # of one id and side; where more are left nobody can say which differs from which
KEYS = {"provider_ref": ("provider_key", "provider id"), "reference": ("reference_key", "reference")}
SCORE = 920


def run(state: State, rule: Rule) -> None:
    """Name how lines of one id differ; a difference that the fee explains exactly is a match."""
    state.mark_repeated_references()
    if state.is_done:
        return
    key, word = KEYS[rule.key]
    left, right = (_few(side, key) for side in (state.left, state.right))
    met = sided(left, right, [key])
    apart = (met.left_at - met.right_at).abs()
    met = met.mutate(apart=apart.fill_null(0).cast("int64"))
    met = _named(met, state, rule)
    if rule.key == "reference":
        near = met.apart <= (rule.get("minutes") or 0) * 60
        known = near & ids_agree(met, state.ids_shared) & (met.named != "late_settlement")
        met = met.filter(~met.left_common | known)
    best = mutual_best(state.engine, state.engine.stage(met))
    if not best:
        return
    pairs = union_of(best)
    gross = told(
        "The same ", word, "; ours of ", amount_text(pairs.left_amount), " is theirs of ",
        amount_text(pairs.right_amount), " and a fee of ",
        amount_text((pairs.left_fee - pairs.right_fee).abs()), ".",
    )  # fmt: skip
    explained = pairs.filter(pairs.named == "")
    state.add_matches(as_pairs(explained, rule=f"{rule.name}_by_fee", score=SCORE, why=gross))
    found = pairs.filter(pairs.named != "")
    state.add_exceptions(as_exceptions(found, rule=rule.name, named=found.named, why=_why(found, word)))


def _few(side: Table, key: str) -> Table:
    side = side.filter(side[key].notnull())
    side = side.mutate(crowd=side.line_id.count().over(ibis.window(group_by=side[key])))
    return side.filter(side.crowd <= MOST_LINES)


def _named(met: Table, state: State, rule: Rule) -> Table:
    """With `named`, the class of the difference ("" where the fee explains it), and its `cost`: how far the
    two are from being the same, so that of several lines the likest meet."""
    same_amount = met.left_amount == met.right_amount
    same_status = met.left_status == met.right_status
    same_gross = met.left_amount + met.left_fee == met.right_amount + met.right_fee
    one_tells_fees = ibis.literal(state.left_fees != state.right_fees)
    differs = (
        (met.left_currency != met.right_currency, "currency_mismatch", 40),
        (~same_status & same_amount, "status_mismatch", 10),
        (~same_status, "status_mismatch", 60),
        (same_amount & (met.left_fee != met.right_fee) & ibis.literal(state.both_fees), "fee_variance", 5),
        (same_amount, "late_settlement", 8),
        (same_gross & one_tells_fees & days_apart(met, rule["days"]), "", 3),
        (same_gross, "fee_variance", 6),
        (met.left_amount == -met.right_amount, "sign_mismatch", 20),
    )
    named = ibis.cases(*((when, name) for when, name, _ in differs), else_="amount_mismatch")
    cost = ibis.cases(*((when, ibis.literal(cost, "int64")) for when, _, cost in differs), else_=50)
    further = ibis.least(met.apart // 60, 99_999).cast("int64")  # equal differences go to the nearest
    return met.mutate(named=named, cost=(cost * 100_000 + further).cast("int64"))


def _why(met: Table, word: str) -> Value:
    ours = told(amount_text(met.left_amount), " ", met.left_currency)
    theirs = told(amount_text(met.right_amount), " ", met.right_currency)
    same = f"The same {word} on both sides, but "
    return ibis.cases(
        (
            met.named == "status_mismatch",
            told(same, "ours is ", met.left_status, " and theirs is ", met.right_status, "."),
        ),
        (
            met.named == "fee_variance",
            told(
                same, "our fee is ", amount_text(met.left_fee), " and theirs is ",
                amount_text(met.right_fee), ".",
            ),
        ),
        (
            met.named == "late_settlement",
            told(same, "the ", ours, " of ours and theirs are ", apart_text(met.apart), " apart."),
        ),
        (met.named == "sign_mismatch", told(same, "ours is ", ours, " and theirs is ", theirs, ".")),
        (met.named == "currency_mismatch", told(same, "ours is ", ours, " and theirs is ", theirs, ".")),
        else_=told(
            same, "ours is ", ours, " and theirs is ", theirs, ": ",
            amount_text((met.left_amount - met.right_amount).abs()), " between them.",
        ),
    )  # fmt: skip
