"""A line and the line that takes it back, both on one side: they cancel, and nothing is missing."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from paydesk.matching.findings import facts, union_of
from paydesk.matching.passes.exact import ranked
from paydesk.matching.rules import Rule
from paydesk.matching.state import State, side_of
from paydesk.matching.wording import told

SCORE = 960
# The payment's key, the key of the line that takes it back, and the word for it. Only the desk knows the
# original that a refund or a reversal names.
KEYS = (
    ("provider_key", "provider_key", "provider id"),
    ("reference_key", "reference_key", "reference"),
    ("provider_key", "original_key", "original payment"),
)


def run(state: State, rule: Rule) -> None:
    """Match the n-th payment of an id and amount with the n-th line that takes it back."""
    for is_left in (True, False):
        side, lines = (state.left, state.left_lines) if is_left else (state.right, state.right_lines)
        if lines and _takes_back(state, side):
            for paid_key, back_key, word in KEYS if "original_key" in side.columns else KEYS[:2]:
                side = state.left if is_left else state.right
                met = state.engine.make(_cancelled, side, paid_key, back_key)
                if state.engine.count(met):
                    state.add(_halves, met, rule.name, word, is_left, of=side_of(is_left))


def _takes_back(state: State, side: Table) -> bool:
    """Whether a side has a line that could take back another one at all."""
    return bool(state.engine.rows(state.engine.view(_negative, side))[0]["lines"])


def _negative(side: Table) -> Table:
    lines = side.filter((side.amount < 0) & (side.status == "success"))
    return lines.aggregate(lines=lines.count())


def _cancelled(side: Table, paid_key: str, back_key: str) -> Table:
    lines = side.filter((side.status == "success") & (side.amount != 0))
    lines = lines.mutate(size=lines.amount.abs().cast("int64"))
    paid = lines.filter((lines.amount > 0) & lines[paid_key].notnull()).mutate(tie=lines[paid_key])
    back = lines.filter((lines.amount < 0) & lines[back_key].notnull()).mutate(tie=lines[back_key])
    keys = ["tie", "currency", "size"]
    ours, theirs = ranked(paid, keys).rename("paid_{name}"), ranked(back, keys).rename("back_{name}")
    met = ours.inner_join(
        theirs, [ours[f"paid_{name}"] == theirs[f"back_{name}"] for name in (*keys, "rank")]
    )
    names = ("line_id", "id", "amount", "currency")
    return met.select(*[f"{half}_{name}" for half in ("paid", "back") for name in names])


def _halves(met: Table, rule: str, word: str, is_left: bool) -> Table:
    letter, whose, side = ("L", " and our ", "left") if is_left else ("R", " and their ", "right")
    return union_of(
        [
            facts(
                met,
                **{
                    f"{side}_line": met[f"{half}_line_id"],
                    f"{side}_id": met[f"{half}_id"],
                    "amount": met[f"{half}_amount"],
                    "currency": met[f"{half}_currency"],
                    "match_id": told(letter, met.paid_line_id),
                    "status": "confirmed",
                    "kind": "reversal",
                    "rule": rule,
                    "score": SCORE,
                    "shape": "cancels",
                    "word": word,
                    "our_word": met.paid_id,
                    "named": ibis.literal(whose),
                    "their_word": met.back_id,
                    "ours": met.paid_amount,
                    "theirs": met.back_amount,
                },
            )
            for half in ("paid", "back")
        ]
    )
