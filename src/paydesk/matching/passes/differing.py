"""Lines that name the same id and yet differ: in amount, currency, status, sign, fee, tax, rate, account or
time."""

from __future__ import annotations

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from paydesk.matching.findings import pairs, sided
from paydesk.matching.passes.exact import days_apart, differ, fee_untold
from paydesk.matching.passes.nearest import ids_agree, mutual_best
from paydesk.matching.rules import Rule
from paydesk.matching.state import State
from paydesk.matching.values import SCALE
from paydesk.matching.wording import told

MOST_LINES = 20  # of one id and side; where more are left nobody can say which differs from which
KEYS = {"provider_ref": ("provider_key", "provider id"), "reference": ("reference_key", "reference")}
SCORE = 920
CENT = SCALE // 100
LARGEST = 2**62
MATCHED = ("by_fee", "by_rate")  # differences that are explained, so that the two are a match


def run(state: State, rule: Rule) -> None:
    """Name how lines of one id differ; a difference that the fee or the rate explains exactly is a match."""
    state.mark_repeated_references()
    if state.is_done:
        return
    key, word = KEYS[rule.key]
    fees = (state.left_fees, state.right_fees)
    minutes = rule.get("minutes") or 0
    met = state.engine.make(
        _met,
        state.left,
        state.right,
        key,
        fees,
        rule["days"],
        minutes,
        state.ids_shared,
        state.rules.rate_bps,
    )
    for best in mutual_best(state.engine, met):
        state.add(_findings, best, rule.name, word)


def _met(
    left: Table,
    right: Table,
    key: str,
    fees: tuple[bool, bool],
    days: int,
    minutes: int,
    ids_shared: bool,
    rate_bps: int,
) -> Table:
    met = sided(_few(left, key), _few(right, key), [key])
    met = met.mutate(apart=(met.left_at - met.right_at).abs().fill_null(0).cast("int64"))
    met = _named(met, fees, days, rate_bps)
    if key == "reference_key":
        known = (met.apart <= minutes * 60) & ids_agree(met, ids_shared) & (met.named != "late_settlement")
        met = met.filter(~met.left_common | known)
    return met


def _few(side: Table, key: str) -> Table:
    side = side.filter(side[key].notnull())
    side = side.mutate(crowd=side.line_id.count().over(ibis.window(group_by=side[key])))
    return side.filter(side.crowd <= MOST_LINES)


def _named(met: Table, fees: tuple[bool, bool], days: int, rate_bps: int) -> Table:
    """With `named`, the class of the difference or what explains it, and its `cost`: how far the two are from
    being the same, so that of several lines the likest meet."""
    same_amount = met.left_amount == met.right_amount
    same_status = met.left_status == met.right_status
    same_currency = met.left_currency == met.right_currency
    same_gross = met.left_amount + met.left_fee == met.right_amount + met.right_fee
    both_tell, one_tells = ibis.literal(all(fees)), ibis.literal(any(fees) and not all(fees))
    has_desk = "left_line_kind" in met.columns
    found: list[tuple[BooleanValue, str, int]] = []
    if has_desk:
        expected = _converted(met)
        off = (met.right_amount - expected).abs()
        within = off * 10_000 <= expected.abs() * rate_bps
        found += [
            (same_status & expected.notnull() & within, "by_rate", 4),
            (same_status & expected.notnull(), "fx_variance", 7),
        ]
    found += [
        (~same_currency, "currency_mismatch", 40),
        (~same_status & same_amount, "status_mismatch", 10),
        (~same_status, "status_mismatch", 60),
    ]
    if has_desk:
        found += [
            (same_amount & differ(met, "account_key"), "wrong_account", 9),
            (same_amount & fee_untold(met), "fee_data_missing", 6),
        ]
    found += [(same_amount & (met.left_fee != met.right_fee) & both_tell, "fee_variance", 5)]
    if has_desk:
        early = met.right_day < met.left_day - days
        found += [
            (same_amount & differ(met, "tax"), "tax_variance", 6),
            (same_amount & early & met.left_due_day.notnull(), "early_settlement", 8),
        ]
    found += [
        (same_amount, "late_settlement", 8),
        (same_gross & one_tells & days_apart(met, days), "by_fee", 3),
        (same_gross, "fee_variance", 6),
        (met.left_amount == -met.right_amount, "sign_mismatch", 20),
    ]
    named = ibis.cases(*((when.fill_null(False), name) for when, name, _ in found), else_="amount_mismatch")
    cost = ibis.cases(
        *((when.fill_null(False), ibis.literal(cost, "int64")) for when, _, cost in found), else_=50
    )
    further = ibis.least(met.apart // 60, 99_999).cast("int64")  # equal differences go to the nearest
    expected = _converted(met) if has_desk else ibis.null("int64")
    return met.mutate(named=named, cost=(cost * 100_000 + further).cast("int64"), expected=expected)


def _converted(met: Table) -> Value:
    """What ours comes to in their currency at the rate that was quoted; null without one."""
    same = (met.right_original_currency == met.left_currency) & (met.right_original_amount == met.left_amount)
    rate = met.left_quoted_rate
    in_reach = met.left_amount.abs() // CENT <= LARGEST // ibis.greatest(rate, 1)
    whole = ((met.left_amount // CENT) * rate // (SCALE // CENT)).cast("int64")
    known = same & (met.left_currency != met.right_currency) & in_reach
    return ibis.ifelse(known.fill_null(False), whole, ibis.null("int64"))


def _findings(best: Table, rule: str, word: str) -> Table:
    named = best.named
    matched = named.isin(MATCHED)
    by_currency = {"our_word": best.left_currency, "their_word": best.right_currency}
    by_fee = named == "fee_variance"
    by_word = named.isin(("status_mismatch", "wrong_account"))
    words = {"status_mismatch": "status", "wrong_account": "account_key"}
    ours, theirs = by_currency["our_word"], by_currency["their_word"]
    for name, column in words.items():
        if f"left_{column}" in best.columns:
            ours = ibis.ifelse(named == name, best[f"left_{column}"], ours)
            theirs = ibis.ifelse(named == name, best[f"right_{column}"], theirs)
    left, right = best.left_amount, best.right_amount
    by_tax: BooleanValue = ibis.literal(False)
    if "left_tax" in best.columns:
        by_tax = named == "tax_variance"
        left, right = (
            ibis.ifelse(by_tax, best[f"{side}_tax"], amount)
            for side, amount in (("left", left), ("right", right))
        )
    fees = by_fee | (named == "fee_data_missing")
    left, right = ibis.ifelse(fees, best.left_fee, left), ibis.ifelse(fees, best.right_fee, right)
    shape = ibis.cases(
        (named == "by_fee", "net"),
        (named == "by_rate", "converted"),
        (by_word, "words"),
        (fees | by_tax, "fees"),
        (named.isin(("late_settlement", "early_settlement")), "late"),
        (named == "fx_variance", "rate"),
        (named.isin(("sign_mismatch", "currency_mismatch")), "amounts"),
        else_="amount",
    )
    return pairs(
        best,
        **{"class": ibis.ifelse(matched, "", named)},
        match_id=ibis.ifelse(matched, told("L", best.left_line_id), ""),
        status=ibis.ifelse(matched, "confirmed", ""),
        kind=ibis.ifelse(matched, "1:1", ""),
        score=ibis.ifelse(matched, SCORE, 0),
        rule=ibis.cases(
            (named == "by_fee", f"{rule}_by_fee"), (named == "by_rate", f"{rule}_by_rate"), else_=rule
        ),
        shape=shape,
        apart=best.apart,
        ours=left,
        theirs=right,
        fee=ibis.cases(
            (named == "by_fee", (best.left_fee - best.right_fee).abs()),
            (named.isin(("fx_variance", "by_rate")), best.expected),
            else_=0,
        ),
        word=word,
        named=ibis.ifelse(by_tax, "tax", "fee"),
        our_word=ours,
        their_word=theirs,
        is_timing=named == "late_settlement",
    )
