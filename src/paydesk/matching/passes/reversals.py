"""A line and the line that takes it back, both on one side: they cancel, and nothing is missing."""

from __future__ import annotations

from ibis.expr.types import Table

from paydesk.matching.passes.exact import ranked
from paydesk.matching.rules import Rule
from paydesk.matching.state import State
from paydesk.matching.wording import as_members, told

SCORE = 960
KEYS = (("provider_key", "provider id"), ("reference_key", "reference"))


def run(state: State, rule: Rule) -> None:
    """Match the n-th payment of an id and amount with the n-th line that takes it back."""
    for key, word in KEYS:
        for is_left in (True, False):
            if state.left_lines if is_left else state.right_lines:
                _cancelled(state, rule, key, word, is_left=is_left)


def _cancelled(state: State, rule: Rule, key: str, word: str, *, is_left: bool) -> None:
    side = state.left if is_left else state.right
    lines = side.filter(side[key].notnull() & (side.status == "success") & (side.amount != 0))
    lines = lines.mutate(size=lines.amount.abs())
    keys = [key, "currency", "size"]
    paid, back = (ranked(lines.filter(when), keys) for when in (lines.amount > 0, lines.amount < 0))
    paid, back = paid.rename("paid_{name}"), back.rename("back_{name}")
    met = paid.inner_join(back, [paid[f"paid_{name}"] == back[f"back_{name}"] for name in (*keys, "rank")])
    letter, whose = ("L", " and our ") if is_left else ("R", " and their ")
    pairs = state.engine.stage(
        met.select(
            paid_line=met.paid_line_id,
            back_line=met.back_line_id,
            match_id=told(letter, met.paid_line_id),
            why=told(met.paid_id, whose, met.back_id, f" cancel: the same {word}, opposite amounts."),
        )
    )  # fmt: skip
    if not state.engine.count(pairs):
        return
    halves = [_half(lines, pairs, rule, column, is_left) for column in ("paid_line", "back_line")]
    state.add_matches(halves[0].union(halves[1]))


def _half(lines: Table, pairs: Table, rule: Rule, column: str, is_left: bool) -> Table:
    met = lines.inner_join(pairs, lines.line_id == pairs[column])
    return as_members(met, is_left=is_left, rule=rule.name, kind="reversal", score=SCORE, amount=met.amount)
