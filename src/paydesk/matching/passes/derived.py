"""No id in common: what two lines share is weighed field by field, in a bounded step on what is left.

A pair that has no rival and is certain enough confirms; one that leads is suggested with its runner-up; where
several are about as good, ambiguous_match. Lines that compete for each other are solved together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from ibis.expr.types import Table

from paydesk.matching.evidence import (
    AGREE,
    EQUAL,
    LOOK_ALIKE,
    SURE,
    TELLING,
    Field,
    Line,
    bits,
    fields,
    text_keys,
)  # fmt: skip
from paydesk.matching.findings import taken_in, union_of
from paydesk.matching.likelihood import Decided, Pair, decide
from paydesk.matching.passes import blocks
from paydesk.matching.rules import Rule
from paydesk.matching.state import State
from paydesk.matching.usage import SCORED, usage_of

MOST_PAIRS = 1_000_000  # more candidates than that prove nothing of any of them
MINUTE, DAY = 60, 86_400
WORDS = {"phone": "phone number", "reference": "reference", "account": "account", "name": "name"}


@dataclass(frozen=True)
class Weighed:
    """A pair with its fields and its weight, what is left of both sides counted in."""

    pair: Pair
    fields: tuple[Field, ...]


def run(state: State, rule: Rule) -> None:
    """Confirm what is alone and certain, suggest what leads, name what is ambiguous."""
    state.mark_repeated_references()
    if state.is_done:
        return
    state.add_words()
    pairs = _candidates(state, rule)
    if not 0 < state.engine.count(pairs) <= MOST_PAIRS:
        return
    ours, theirs = (
        {
            row["line_id"]: row
            for row in state.engine.rows(state.engine.make(blocks.lines_of, side, pairs, column))
        }
        for side, column in ((state.left, "left_line_id"), (state.right, "right_line_id"))
    )
    told = _weighed(state, rule, pairs, ours, theirs)
    rows = _decided(rule, told, ours, theirs, state.ids_shared)
    if rows:
        state.add_staged(taken_in(state.engine, rows))


def _candidates(state: State, rule: Rule) -> Table:
    engine, seconds, shared = state.engine, rule["minutes"] * MINUTE, state.ids_shared
    left, right = (
        engine.make(_comparable, side, other)
        for side, other in ((state.left, state.right), (state.right, state.left))
    )
    texts = engine.take_in(_in_texts(state, left, right))
    # The most telling first: a key that too many share is left out, the others still count.
    found = [
        engine.make(blocks.near, left, right, "phone", seconds, shared),
        engine.make(blocks.referred, left, right, texts, rule["days"], shared),
        engine.make(blocks.near, left, right, "account", seconds, shared),
        engine.make(blocks.masked, left, right, seconds, shared),
        engine.make(blocks.named, left, right, seconds, shared),
    ]
    kept: list[Table] = []
    for block in found:
        if sum(map(engine.count, [*kept, block])) <= MOST_PAIRS:
            kept.append(block)
    return engine.make(_all_of, *kept) if kept else found[0]


def _comparable(side: Table, other: Table) -> Table:
    """The lines that can be one payment with anything of the other side at all: hard conflicts never
    match."""
    amounts = other.filter(other.status == "success").select("amount", "currency").distinct()
    return side.filter((side.status == "success") & (side.amount != 0)).semi_join(
        amounts, ["amount", "currency"]
    )


def _all_of(*pairs: Table) -> Table:
    return union_of(list(pairs)).distinct()


def _in_texts(state: State, left: Table, right: Table) -> pa.Table:
    """References that stand within a longer text: found in Python, for the lines whose reference has
    words."""
    found: list[tuple[bool, int, str]] = []
    for side, is_left in ((left, True), (right, False)):
        for row in state.engine.rows(state.engine.view(_worded, side)):
            found += [(is_left, row["line_id"], key) for key in sorted(text_keys(row["reference"]))]
    columns = list(zip(*found, strict=True)) if found else [(), (), ()]
    return pa.table(
        {
            "is_left": pa.array(columns[0], pa.bool_()),
            "line_id": pa.array(columns[1], pa.int64()),
            "variant": pa.array(
                [key.translate(str.maketrans("OIS", "015")) for key in columns[2]], pa.string()
            ),
        }
    )


def _worded(side: Table) -> Table:
    return side.filter(side.reference.re_search(blocks.SEPARATE)).select("line_id", "reference")


def _weighed(
    state: State, rule: Rule, pairs: Table, ours: Mapping[int, Line], theirs: Mapping[int, Line]
) -> dict[tuple[int, int], Weighed]:
    """The candidates that are likelier than not to be suggested, each weighed."""
    usage = usage_of(
        state.engine, state.whole_left, state.whole_right, [*ours.values(), *theirs.values()],
        of=state.found.lines, fields=SCORED,
    )  # fmt: skip
    prior = bits(max(len(ours), len(theirs)))
    least = bits(1_000 * rule["suggest"]) - bits(1_000 * (1_000 - rule["suggest"]))
    window = rule["minutes"] * MINUTE
    found = {}
    for batch in state.engine.batches(pairs):
        for left_line, right_line in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            left, right = ours[left_line], theirs[right_line]
            seen = fields(left, right, usage, state.rules.weights)
            if not is_likely(seen, abs(left["at"] - right["at"]), window):
                continue
            weight = sum(each.weight for each in seen) - prior
            if weight >= least:
                pair = Pair(left_line, right_line, left["id"], right["id"], weight)
                found[left_line, right_line] = Weighed(pair, seen)
    return found


def is_likely(seen: tuple[Field, ...], apart: int, window: int) -> bool:
    """Whether something tells who paid: within the window anything that does, beyond it the reference."""
    telling = {each.name for each in seen if each.level in AGREE and each.name in TELLING}
    return "reference" in telling or bool(telling) and apart <= window


def _decided(
    rule: Rule,
    told: Mapping[tuple[int, int], Weighed],
    ours: Mapping[int, Line],
    theirs: Mapping[int, Line],
    ids_shared: bool,
) -> list[dict[str, Any]]:
    rows, tied = [], []
    rivals: dict[tuple[bool, int], set[int]] = defaultdict(set)
    for left, right in told:
        rivals[True, left].add(right)
        rivals[False, right].add(left)
    decided = decide([each.pair for each in told.values()])
    for each in decided:
        our, their = ours[each.pair.left], theirs[each.pair.right]
        seen = told[each.pair.left, each.pair.right].fields
        runner_up = _name_of(each)
        base = {
            "left_line": each.pair.left, "right_line": each.pair.right, "left_id": our["id"],
            "right_id": their["id"], "rule": rule.name, "score": each.score, "amount": our["amount"],
            "currency": our["currency"], "apart": abs(our["at"] - their["at"]),
            "left_count": each.left_count, "right_count": each.right_count, "runner_up": runner_up,
            "runner_score": each.rival_score, "is_timing": our["day"] != their["day"],
            "ours": our["amount"], "theirs": their["amount"],
        }  # fmt: skip
        if each.score < rule["suggest"] or each.score - each.rival_score < rule["margin"]:
            tied.append(each)
            why = _why(seen, base["apart"], (
                f", but {each.left_count} of theirs and {each.right_count} of ours fit about as well."
            ))  # fmt: skip
            rows.append({**base, "class": "ambiguous_match", "shape": "likeness", "named": why})
            continue
        is_alone = each.rival is None
        confirms = is_alone and each.score >= rule["auto"] and _is_sure(seen)
        rest = "; each is the other's only candidate."
        if not is_alone:
            many = f"{each.left_count} of theirs and {each.right_count} of ours"
            rest = f"; the likeliest of {many}, before {runner_up}."
        rows.append(
            {
                **base,
                "match_id": f"L{each.pair.left}",
                "status": "confirmed" if confirms else "suggested",
                "kind": "1:1",
                "shape": "likeness",
                "named": _why(seen, base["apart"], rest),
            }
        )
    return rows + _left_out(rule, decided, tied, rivals, ours, theirs)


def _name_of(decided: Decided) -> str:
    rival = decided.rival
    if rival is None:
        return ""
    return rival.right_id if rival.left == decided.pair.left else rival.left_id


def _is_sure(seen: tuple[Field, ...]) -> bool:
    """A name alone never confirms: the phone number or the reference has to agree, and nothing that tells
    differ."""
    levels = {each.name: each.level for each in seen}
    return any(levels[name] in AGREE for name in SURE)


def _why(seen: tuple[Field, ...], apart: int, rest: str) -> str:
    """What agrees, what nearly does and what differs, in one sentence."""
    same = [WORDS[each.name] for each in seen if each.name in WORDS and each.level == EQUAL]
    sentence = "The same " + _listed([*same, "amount", "currency"]) + f", {apart_words(apart)} apart"
    nearly = [
        f"{WORDS[each.name]} {NEARLY[each.level]} ({each.left} / {each.right})"
        for each in seen
        if each.name in WORDS and each.level in NEARLY
    ]
    differs = [WORDS[each.name] for each in seen if each.name in WORDS and each.level == "differs"]
    if nearly:
        sentence += "; " + ", ".join(nearly)
    if differs:
        sentence += f"; {_listed(differs)} {'differs' if len(differs) == 1 else 'differ'}"
    return sentence + rest


NEARLY = {
    "one character": "differs in one character",
    "transposed": "has two characters swapped",
    LOOK_ALIKE: "differs in characters that look alike",
    "in text": "stands within the other",
    "in part": "agrees in part",
    "masked": "agrees in the digits that are shown",
}


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def apart_words(seconds: int) -> str:
    """How far two instants are apart, in the unit a person would use."""
    if seconds < 120:
        return f"{seconds} seconds"
    if seconds < 7_200:
        return f"{seconds // 60} minutes"
    return f"{seconds // 3_600} hours" if seconds < 2 * DAY else f"{seconds // DAY} days"


def _left_out(
    rule: Rule,
    decided: list[Decided],
    tied: list[Decided],
    rivals: Mapping[tuple[bool, int], set[int]],
    ours: Mapping[int, Line],
    theirs: Mapping[int, Line],
) -> list[dict[str, Any]]:
    """Lines that got no pair and might have been one of an ambiguous pair are as ambiguous as those."""
    rows = []
    for is_left in (True, False):
        lines, others = (ours, theirs) if is_left else (theirs, ours)
        paired = {each.pair.left if is_left else each.pair.right for each in decided}
        open_ = {each.pair.right if is_left else each.pair.left for each in tied}
        for (of_left, line), claims in rivals.items():
            claimed = sorted(others[each]["id"] for each in claims & open_) if of_left == is_left else []
            if line in paired or not claimed:
                continue
            own, side = lines[line], "left" if is_left else "right"
            rows.append(
                {
                    "class": "ambiguous_match", f"{side}_line": line, f"{side}_id": own["id"],
                    "rule": rule.name, "shape": "likeness", "amount": own["amount"],
                    "currency": own["currency"],
                    "named": f"It fits {claimed[0]} as well as others do.", "runner_up": claimed[0],
                    "ours": own["amount"],
                }
            )  # fmt: skip
    return rows
