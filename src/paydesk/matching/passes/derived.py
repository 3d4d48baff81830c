"""No id in common: the same phone number, amount and currency within a window, mutual best on both sides.

Confirmed alone only where each line has one candidate; otherwise suggested, with its runner-up; where two are
about as good, ambiguous_match.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from paydesk.matching.passes.nearest import candidates, ids_agree, mutual_best, union_of
from paydesk.matching.rules import Rule
from paydesk.matching.state import State
from paydesk.matching.wording import alone, apart_text, as_exceptions, as_pairs, told

KEYS = ["phone", "amount", "currency"]
MOST_SCORE = 1_000


def run(state: State, rule: Rule) -> None:
    """Confirm what is alone, suggest what leads, name what is ambiguous."""
    if state.is_done:
        return
    found = state.engine.stage(_scored(state, rule))
    if not state.engine.count(found):
        return
    best = mutual_best(state.engine, found)
    pairs = state.engine.stage(union_of(best))
    sure = pairs.filter(~pairs.is_tied)
    status = ibis.ifelse((sure.left_count == 1) & (sure.right_count == 1), "confirmed", "suggested")
    state.add_matches(as_pairs(sure, rule=rule.name, score=sure.score, why=_why(sure), status=status))
    tied = pairs.filter(pairs.is_tied)
    why = told(
        "The same phone number, amount and currency ", apart_text(tied.apart), " apart, but ",
        tied.left_count, " of theirs and ", tied.right_count, " of ours fit about as well.",
    )  # fmt: skip
    ambiguous = as_exceptions(
        tied, rule=rule.name, named="ambiguous_match", why=why, runner_up=tied.runner_up
    )
    if state.add_exceptions(ambiguous):
        _left_out(state, rule, found, tied)


def _scored(state: State, rule: Rule) -> Table:
    left, right = (
        side.filter(side.phone.notnull() & (side.status == "success")) for side in (state.left, state.right)
    )
    seconds = rule["minutes"] * 60
    met = candidates(left, right, KEYS, seconds)
    met = met.filter(ids_agree(met, state.ids_shared))
    same_name = (met.left_name != "") & (met.left_name.upper() == met.right_name.upper())
    nearness = (rule["nearness"] * (seconds - met.apart) // seconds).cast("int64")
    score = rule["score"] + nearness + ibis.ifelse(same_name, rule["same_name"], 0)
    score = ibis.least(score, MOST_SCORE).cast("int64")
    met = met.mutate(score=score, cost=(MOST_SCORE - score).cast("int64"))
    by_left = ibis.window(group_by=met.left_line_id, order_by=[met.cost, met.right_id])
    by_right = ibis.window(group_by=met.right_line_id, order_by=[met.cost, met.left_id])
    met = met.mutate(
        left_count=met.right_line_id.count().over(ibis.window(group_by=met.left_line_id)),
        right_count=met.left_line_id.count().over(ibis.window(group_by=met.right_line_id)),
        left_next=_gap(met, by_left),
        right_next=_gap(met, by_right),
        # Who would be it instead: the next of theirs for our line, else the next of ours for theirs.
        runner_up=ibis.coalesce(
            met.right_id.lead().over(by_left),
            met.right_id.lag().over(by_left),
            met.left_id.lead().over(by_right),
            met.left_id.lag().over(by_right),
            "",
        ),
    )
    return met.mutate(is_tied=(met.left_next < rule["margin"]) | (met.right_next < rule["margin"]))


def _gap(met: Table, window: ibis.expr.builders.WindowBuilder) -> ibis.expr.types.IntegerValue:
    """By how much the candidate nearest in score is better or worse."""
    after = (met.cost.lead().over(window) - met.cost).fill_null(MOST_SCORE)
    before = (met.cost - met.cost.lag().over(window)).fill_null(MOST_SCORE)
    return ibis.least(after, before).cast("int64")


def _why(met: Table) -> ibis.expr.types.Value:
    alone_ = (met.left_count == 1) & (met.right_count == 1)
    rest = ibis.ifelse(
        alone_,
        "; each is the other's only candidate.",
        told(
            "; the nearest of ", met.left_count, " of theirs and ", met.right_count, " of ours, before ",
            met.runner_up, ".",
        ),
    )  # fmt: skip
    return told("The same phone number, amount and currency, ", apart_text(met.apart), " apart", rest)


def _left_out(state: State, rule: Rule, found: Table, tied: Table) -> None:
    """Lines whose every candidate went into an ambiguous pair are as ambiguous as those."""
    for is_left, line, other, name in (
        (True, "left_line_id", "right_line_id", "right_id"),
        (False, "right_line_id", "left_line_id", "left_id"),
    ):
        side = state.left if is_left else state.right
        near = found.semi_join(tied, other).filter(ibis._.is_tied)
        claims = near.group_by(near[line]).aggregate(claimed=near[name].min())
        lines = side.inner_join(claims, side.line_id == claims[line])
        why = told(
            "The same phone number, amount and currency as ", lines.claimed, ", which others fit as well."
        )
        state.add_exceptions(
            alone(
                lines,
                is_left=is_left,
                rule=rule.name,
                named="ambiguous_match",
                why=why,
                runner_up=lines.claimed,
            )
        )
