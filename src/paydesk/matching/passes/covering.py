"""One line that several lines of the other side come to, with nothing that names them. Searched in Python
on what is left, within bounds; only a set that is the only one is suggested.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from ibis.expr.types import Table

from paydesk.matching.findings import taken_in
from paydesk.matching.rules import Rule
from paydesk.matching.state import State
from paydesk.matching.values import major

MOST_LEFT = 50_000  # lines of a side: with more left only those count whose phone number both sides have
MOST_TARGETS = 5_000  # lines for which sets are searched
FEWEST = 2

Line = dict[str, Any]
COLUMNS = ("line_id", "id", "amount", "currency", "day", "phone")


def run(state: State, rule: Rule) -> None:
    """Suggest unique sets: first one line of ours for several of theirs, then the other way round."""
    if state.is_done:
        return
    state.add_words()
    is_large = max(state.left_lines, state.right_lines) > MOST_LEFT
    tables = [
        state.engine.make(_coverable, side, other, is_large)
        for side, other in ((state.left, state.right), (state.right, state.left))
    ]
    if max(map(state.engine.count, tables)) > MOST_LEFT:
        return
    ours, theirs = map(state.engine.rows, tables)
    used: set[tuple[bool, int]] = set()
    rows: list[dict[str, Any]] = []
    for is_left, targets, pool in ((True, ours, theirs), (False, theirs, ours)):
        for target, parts, why in covered(targets, pool, rule["days"], rule["lines"]):
            lines = [(is_left, target["line_id"]), *((not is_left, part["line_id"]) for part in parts)]
            if used.isdisjoint(lines):
                used.update(lines)
                rows += _rows(rule, target, parts, why, is_left=is_left)
    if rows:
        state.add_staged(taken_in(state.engine, rows))


def _coverable(side: Table, other: Table, by_phone_alone: bool) -> Table:
    lines = side.filter((side.status == "success") & side.day.notnull() & (side.amount != 0)).select(*COLUMNS)
    return lines.semi_join(other.filter(other.phone.notnull()), "phone") if by_phone_alone else lines


def covered(
    targets: list[Line], pool: list[Line], days: int, most: int
) -> Iterator[tuple[Line, list[Line], str]]:
    """(line, the lines that come to it, why) for each target that exactly one set covers.

    Chosen from are the lines of its phone number; without one, all lines of one day together, or any of them
    where they are few.
    """
    by_phone: dict[tuple[str, str], list[Line]] = defaultdict(list)
    by_day: dict[tuple[str, int], list[Line]] = defaultdict(list)
    for line in sorted(pool, key=lambda line: (line["day"], line["id"])):
        by_day[line["currency"], line["day"]].append(line)
        if line["phone"]:
            by_phone[line["currency"], line["phone"]].append(line)
    ordered = sorted(targets, key=lambda line: (line["day"], line["id"]))
    searched = 0
    for target in ordered:
        if searched == MOST_TARGETS:
            return
        currency, day, amount = target["currency"], target["day"], target["amount"]
        if target["phone"]:
            near = [
                line
                for line in by_phone.get((currency, target["phone"]), ())
                if abs(line["day"] - day) <= days
            ]
            searched += len(near) >= FEWEST
            if found := only_set(near, amount, most):
                yield target, found, "of the same phone number"
            continue
        searched += 1
        around = [by_day.get((currency, day + step), []) for step in range(-days, days + 1)]
        whole = [lines for lines in around if len(lines) >= FEWEST and _sum(lines) == amount]
        if len(whole) == 1:
            yield target, whole[0], "all that is left of that day"
        elif not whole and (found := only_set([line for lines in around for line in lines], amount, most)):
            yield target, found, "and no other lines near that day do"


def only_set(lines: list[Line], amount: int, most: int) -> list[Line] | None:
    """The one set of two or more of `lines` that comes to `amount`; None where there is none or another one,
    or more than `most` lines to choose from."""
    lines = [line for line in lines if (line["amount"] > 0) == (amount > 0)]
    if not FEWEST <= len(lines) <= most or abs(_sum(lines)) < abs(amount):
        return None
    ways: dict[int, list[int]] = {0: [0]}  # sum -> up to two sets that come to it, each as bits
    for place, line in enumerate(lines):
        for total, sets in [(total, tuple(sets)) for total, sets in ways.items()]:
            reached = total + line["amount"]
            if abs(reached) > abs(amount):
                continue
            known = ways.setdefault(reached, [])
            known.extend([each | 1 << place for each in sets][: 2 - len(known)])
    found = ways.get(amount, [])
    if len(found) != 1 or found[0].bit_count() < FEWEST:
        return None
    return [line for place, line in enumerate(lines) if found[0] >> place & 1]


def _sum(lines: list[Line]) -> int:
    return sum(line["amount"] for line in lines)


def _rows(
    rule: Rule, target: Line, parts: list[Line], why: str, *, is_left: bool
) -> Iterator[dict[str, Any]]:
    first = target["line_id"] if is_left else min(part["line_id"] for part in parts)
    for part in parts:
        ours, theirs = (target, part) if is_left else (part, target)
        yield {
            "match_id": f"L{first}",
            "left_line": ours["line_id"],
            "right_line": theirs["line_id"],
            "left_id": ours["id"],
            "right_id": theirs["id"],
            "status": "suggested",
            "kind": "1:n" if is_left else "n:1",
            "rule": rule.name,
            "score": rule["score"],
            "shape": "covers",
            "named": f"{len(parts)} lines come to {major(target['amount'])} {target['currency']}, {why}.",
            "ours": target["amount"],
            "theirs": target["amount"],
            "left_count": 1 if is_left else len(parts),
            "right_count": len(parts) if is_left else 1,
            "amount": part["amount"],
            "currency": target["currency"],
        }
