"""Candidates within a window of time, and of those the pairs in which each is the other's best."""

from __future__ import annotations

import ibis
from ibis.expr.types import BooleanValue, Table

from paydesk.matching.engines import Engine
from paydesk.matching.findings import sided

MOST_CANDIDATES = 40  # lines of one key and window: beyond that time proves nothing
ROUNDS = 4


def candidates(left: Table, right: Table, keys: list[str], seconds: int) -> Table:
    """Both sides met on `keys` and at most `seconds` apart, with the column `apart`.

    Lines meet by slots as long as the window, so that a key of thousands of lines a month does not meet
    itself all at once; a slot with more than MOST_CANDIDATES lines of one key is left alone.
    """
    ours = _slotted(left.filter(left["at"].notnull()), keys, seconds)
    theirs = _slotted(right.filter(right["at"].notnull()), keys, seconds)
    around = [theirs.mutate(slot=(theirs.slot + step).cast("int64")) for step in (-1, 0, 1)]
    met = sided(ours, around[0].union(around[1]).union(around[2]), [*keys, "slot"])
    apart = (met.left_at - met.right_at).abs().cast("int64")
    return met.filter(apart <= seconds).mutate(apart=apart)


def _slotted(side: Table, keys: list[str], seconds: int) -> Table:
    side = side.mutate(slot=(side["at"] // seconds).cast("int64"))
    crowd = ibis.window(group_by=[side[key] for key in keys] + [side.slot])
    side = side.mutate(crowd=side.line_id.count().over(crowd))
    return side.filter(side.crowd <= MOST_CANDIDATES).drop("crowd")


def mutual_best(engine: Engine, found: Table) -> list[Table]:
    """The pairs of `found` (staged: left_line_id, right_line_id, left_id, right_id, cost) in which each is
    the other's cheapest; taken off, and again until nothing new comes. Equal costs go by id."""
    taken: list[Table] = []
    for _ in range(ROUNDS):
        if not engine.count(found):
            break
        best = engine.make(_best, found)
        if not engine.count(best):
            break
        taken.append(best)
        if engine.count(best) == engine.count(found):
            break
        found = engine.make(_others, found, best)
    return taken


def _best(found: Table) -> Table:
    by_left = ibis.window(group_by=found.left_line_id, order_by=[found.cost, found.right_id])
    by_right = ibis.window(group_by=found.right_line_id, order_by=[found.cost, found.left_id])
    ranked = found.mutate(
        left_rank=ibis.row_number().over(by_left), right_rank=ibis.row_number().over(by_right)
    )
    return ranked.filter((ranked.left_rank == 0) & (ranked.right_rank == 0)).drop("left_rank", "right_rank")


def _others(found: Table, best: Table) -> Table:
    return found.anti_join(best, "left_line_id").anti_join(best, "right_line_id")


def ids_agree(met: Table, ids_shared: bool) -> BooleanValue:
    """Whether the provider's ids of two lines allow that they are one payment: where both sides use the same
    ids, two ids that differ in more than one character are two payments."""
    if not ids_shared:
        return ibis.literal(True)
    ours, theirs = met.left_provider_key, met.right_provider_key
    return ours.isnull() | theirs.isnull() | (ours.levenshtein(theirs) <= 1)
