"""From weights to certainty and from candidates to pairs: the best assignment of each group of lines that
compete.

Integers only, so that the same lines give the same thousandths everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

UNIT_BITS = 60
MOST_BITS = 60_000  # thousandths: beyond that nothing changes in a thousandth of certainty
MOST_LINES = 40  # of one side of a group: with more, the best go first
# 2 to the power of so many thousandths, times 2 to the 60th.
POWERS = tuple(int(2 ** (part / 1_000) * (1 << 30)) << (UNIT_BITS - 30) for part in range(1_000))


@dataclass(frozen=True)
class Pair:
    """Two lines (their places), the names by which ties are broken, and their weight in thousandths of a
    bit."""

    left: int
    right: int
    left_id: str
    right_id: str
    weight: int


@dataclass(frozen=True)
class Decided:
    """A pair of the best assignment: its certainty in thousandths, the best rival and what that comes to, and
    how many lines of the other side each of the two might be."""

    pair: Pair
    score: int
    rival: Pair | None
    rival_score: int
    left_count: int
    right_count: int


def power(thousandths: int) -> int:
    """2 to the power of so many thousandths, as a whole multiple of 2 to the -60th."""
    whole, part = divmod(max(-MOST_BITS, min(MOST_BITS, thousandths)), 1_000)
    return POWERS[part] << whole if whole >= 0 else POWERS[part] >> -whole


def certainty(weight: int, rivals: Iterable[int] = ()) -> int:
    """Thousandths: this pair against none of them and against its rivals, of which one at most is true."""
    against = power(0) + sum(power(each) for each in rivals)
    return power(weight) * 1_000 // (power(weight) + against)


def decide(pairs: Iterable[Pair]) -> list[Decided]:
    """The best assignment of all lines, each used once, with the certainty of every pair of it."""
    by_left: dict[int, list[Pair]] = defaultdict(list)
    by_right: dict[int, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_left[pair.left].append(pair)
        by_right[pair.right].append(pair)
    found = []
    seen: set[int] = set()
    for left in by_left:
        if left not in seen:
            group = _group(left, by_left, by_right)
            seen.update(pair.left for pair in group)
            found += [_decided(pair, by_left, by_right) for pair in assign(group)]
    return found


def _group(left: int, by_left: dict[int, list[Pair]], by_right: dict[int, list[Pair]]) -> list[Pair]:
    """All pairs that hang together with one line."""
    lefts, rights, todo = {left}, set(), [left]
    while todo:
        for pair in by_left[todo.pop()]:
            if pair.right not in rights:
                rights.add(pair.right)
                for other in by_right[pair.right]:
                    if other.left not in lefts:
                        lefts.add(other.left)
                        todo.append(other.left)
    return [pair for each in lefts for pair in by_left[each]]


def assign(group: list[Pair]) -> list[Pair]:
    """The pairs, each line in one at most, that weigh most together; equal weights go by id."""
    ordered = sorted(group, key=lambda pair: (-pair.weight, pair.left_id, pair.right_id))
    lefts = sorted({(pair.left_id, pair.left) for pair in group})
    rights = sorted({(pair.right_id, pair.right) for pair in group})
    if len(group) == 1:
        return group
    if max(len(lefts), len(rights)) > MOST_LINES:
        return _greedy(ordered)
    weights = {(pair.left, pair.right): pair for pair in group}
    rows = [left for _, left in lefts]
    columns = [right for _, right in rights]
    costs = [[-weights[row, col].weight if (row, col) in weights else 0 for col in columns] for row in rows]
    # A column of its own for each row: staying alone costs nothing.
    costs = [row + [0] * len(rows) for row in costs]
    chosen = _cheapest(costs)
    found = [(row, columns[col]) for row, col in zip(rows, chosen, strict=True) if col < len(columns)]
    return [weights[each] for each in found if each in weights]


def _greedy(ordered: list[Pair]) -> list[Pair]:
    lefts: set[int] = set()
    rights: set[int] = set()
    found = []
    for pair in ordered:
        if pair.left not in lefts and pair.right not in rights:
            lefts.add(pair.left)
            rights.add(pair.right)
            found.append(pair)
    return found


def _cheapest(costs: list[list[int]]) -> list[int]:
    """The column of each row in the cheapest assignment (the Hungarian method; no more rows than columns)."""
    rows, columns = len(costs), len(costs[0])
    by_row, by_column = [0] * (rows + 1), [0] * (columns + 1)
    row_of, way = [0] * (columns + 1), [0] * (columns + 1)
    for row in range(1, rows + 1):
        row_of[0], at = row, 0
        least = [1 << 62] * (columns + 1)
        used = [False] * (columns + 1)
        while row_of[at]:
            used[at] = True
            this, delta, following = row_of[at], 1 << 62, 0
            for column in range(1, columns + 1):
                if used[column]:
                    continue
                cost = costs[this - 1][column - 1] - by_row[this] - by_column[column]
                if cost < least[column]:
                    least[column], way[column] = cost, at
                if least[column] < delta:
                    delta, following = least[column], column
            for column in range(columns + 1):
                if used[column]:
                    by_row[row_of[column]] += delta
                    by_column[column] -= delta
                else:
                    least[column] -= delta
            at = following
        while at:
            row_of[at] = row_of[way[at]]
            at = way[at]
    chosen = [0] * rows
    for column in range(1, columns + 1):
        if row_of[column]:
            chosen[row_of[column] - 1] = column - 1
    return chosen


def _decided(pair: Pair, by_left: dict[int, list[Pair]], by_right: dict[int, list[Pair]]) -> Decided:
    ours = [each for each in by_left[pair.left] if each.right != pair.right]
    theirs = [each for each in by_right[pair.right] if each.left != pair.left]
    scores = [certainty(pair.weight, [each.weight for each in rivals]) for rivals in (ours, theirs)]
    ranked = sorted([*ours, *theirs], key=lambda each: (-each.weight, each.right_id, each.left_id))
    rival = ranked[0] if ranked else None
    against = [pair.weight] if rival else []
    return Decided(
        pair,
        max(1, min(999, *scores)),
        rival,
        certainty(rival.weight, against) if rival else 0,
        len(by_left[pair.left]),
        len(by_right[pair.right]),
    )
