"""An amount that stands on one line of each side and on no other: the weakest evidence, so a person confirms.

It is all that two lists of dates and amounts share, and all that ties a transfer between two accounts of
ours. Nothing is suggested where the lines themselves say that they are two payments.
"""

from __future__ import annotations

import ibis
from ibis.expr.types import BooleanValue, Table

from paydesk.matching.findings import pairs, sided
from paydesk.matching.passes.nearest import ids_agree
from paydesk.matching.rules import Rule
from paydesk.matching.state import State
from paydesk.matching.wording import amount_text, told

WORTH = ["amount", "currency"]


def run(state: State, rule: Rule) -> None:
    """Suggest the pairs whose amount is the only one of its kind on both whole sides."""
    if state.is_done:
        return
    state.add_words()
    engine = state.engine
    found = engine.make(_near, state.left, state.right, rule["days"], state.ids_shared)
    if engine.count(found):
        alone = engine.make(_nowhere_else, found, state.whole_left, state.whole_right)
        state.add(_suggested, alone, rule.name, rule["score"])


def _near(left: Table, right: Table, days: int, ids_shared: bool) -> Table:
    met = sided(_single(left), _single(right), WORTH)
    apart = (met.left_day - met.right_day).abs().cast("int64")
    says_nothing = [_agree(met, name) for name in ("reference_key", "phone", "account")]
    return met.filter(apart <= days, ids_agree(met, ids_shared), *says_nothing).mutate(days_apart=apart)


def _single(side: Table) -> Table:
    """The lines whose amount no other line has of what is left."""
    lines = side.filter((side.status == "success") & side.day.notnull() & (side.amount != 0))
    counted = lines.group_by(WORTH).aggregate(lines_alike=lines.count())
    return lines.semi_join(counted.filter(counted.lines_alike == 1), WORTH)


def _agree(met: Table, name: str) -> BooleanValue:
    """Whether both lines can be one payment as far as `name` goes: one does not say it, or both the same."""
    ours, theirs = met[f"left_{name}"], met[f"right_{name}"]
    return ((ours == theirs) | (ours == "") | (theirs == "")).fill_null(True)


def _nowhere_else(found: Table, left: Table, right: Table) -> Table:
    worth = found.select(amount="left_amount", currency="left_currency").distinct()
    for side in (left, right):
        alike = side.select(*WORTH).semi_join(worth, WORTH)
        counted = alike.group_by(WORTH).aggregate(lines_alike=alike.count())
        once = counted.filter(counted.lines_alike == 1)
        found = found.semi_join(
            once, [found.left_amount == once.amount, found.left_currency == once.currency]
        )
    return found


def _suggested(met: Table, name: str, score: int) -> Table:
    days = met.days_apart
    apart = ibis.cases(
        (days == 0, ibis.literal("of one day")),
        (days == 1, ibis.literal("one day apart")),
        else_=told(days, " days apart"),
    )
    return pairs(
        met,
        status="suggested",
        rule=name,
        score=score,
        shape="alone",
        named=told(
            "Only the amount agrees: ", amount_text(met.left_amount), " ", met.left_currency,
            " stands once on each side, ", apart, ".",
        ),
        is_timing=days != 0,
        ours=met.left_amount,
        theirs=met.right_amount,
    )  # fmt: skip
