"""A whole run: the passes in the order of the rules, then a class for whatever is left."""

from __future__ import annotations

from collections.abc import Callable

import ibis
from ibis.expr.types import Table, Value

from paydesk.matching.engines import Engine
from paydesk.matching.passes import (
    alone,
    covering,
    derived,
    differing,
    duplicates,
    exact,
    groups,
    leftovers,
    reversals,
)
from paydesk.matching.rules import Rule, Rules
from paydesk.matching.sides import DESK, KEYS
from paydesk.matching.state import WORDS, Found, State
from paydesk.matching.usage import by_day

PASSES: dict[str, Callable[[State, Rule], None]] = {
    "exact": exact.run,
    "groups": groups.run,
    "differing": differing.run,
    "duplicates": duplicates.run,
    "reversals": reversals.run,
    "derived": derived.run,
    "covering": covering.run,
    "alone": alone.run,
}
# What the passes look at; the rest of a side is for people. Few columns, because every pass writes down what
# it leaves; those of WORDS come when lines are weighed.
COMPARED = (
    "line_id", "id", "amount", "fee", "currency", "at", "status", *(key for key in KEYS if key not in WORDS),
)  # fmt: skip
Progress = Callable[[str, int, int], None]  # the pass, how many are done, how many there are


def match(
    engine: Engine,
    left: Table,
    right: Table,
    rules: Rules,
    progress: Progress = lambda name, done, of: None,
) -> Found:
    """Matches and exceptions of two sides (sides.SCHEMA). Every line is in one match or in one exception.

    The same lines give the same result, in whatever order they stand, as long as their ids are unique.
    """
    state = _begun(engine, left, right, rules)
    steps = len(rules.passes) + 1
    for done, rule in enumerate(rules.passes):
        progress(rule.name, done, steps)
        PASSES[rule.kind](state, rule)
        state.forget()
    progress(leftovers.RULE, steps - 1, steps)
    leftovers.run(state)
    state.forget()
    progress("", steps, steps)
    return state.found


def _begun(engine: Engine, left: Table, right: Table, rules: Rules) -> State:
    has_desk = bool(set(DESK) & {*left.columns, *right.columns})
    whole_left, whole_right = (engine.view(_told, side, has_desk) for side in (left, right))
    ours, theirs = (_told_by(engine, side) for side in (whole_left, whole_right))
    return State(
        engine,
        rules,
        whole_left,
        whole_right,
        engine.view(_compared, whole_left),
        engine.view(_compared, whole_right),
        found=Found(left=whole_left, right=whole_right, rules=rules, lines=(ours["lines"], theirs["lines"])),
        left_lines=ours["lines"],
        right_lines=theirs["lines"],
        left_ids=ours["ids"],
        right_ids=theirs["ids"],
        left_fees=ours["fees"] > 0,
        right_fees=theirs["fees"] > 0,
    )


def _told(side: Table, has_desk: bool) -> Table:
    desk = {name: _desk_column(side, name) for name in DESK} if has_desk else {}
    return side.select(*COMPARED, *WORDS, **desk)


def _compared(whole: Table) -> Table:
    return whole.drop(*WORDS)


def _desk_column(side: Table, name: str) -> Value:
    kind = "boolean" if name.startswith("is_") else str(DESK[name])
    return side[name] if name in side.columns else ibis.null(kind)


def _told_by(engine: Engine, side: Table) -> dict[str, int]:
    """How many lines a side has, and how many of them say an id of the provider and a fee."""
    days = engine.rows(engine.make(by_day, side))
    return {name: sum(int(day[name]) for day in days) for name in ("lines", "ids", "fees")}
