"""Which spelling somebody meant."""

from __future__ import annotations

from collections.abc import Iterable


def edits_between(one: str, other: str) -> int:
    """How many letters to add, drop, change or swap with a neighbour to make `other` of `one`."""
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        before_last, last = last, row
    return last[-1]


def edits_allowed(word: str) -> int:
    """How far a word may be from what was meant: one edit up to five letters, two beyond."""
    return 1 if len(word) <= 5 else 2


def likely_spellings(word: str, known: Iterable[str], *, most: int) -> list[tuple[int, str]]:
    """(edits, spelling) of the words of `known` that somebody who typed `word` may have meant, nearest first.

    At one distance those that begin with the same letter come first, then in the order of the alphabet.
    """
    near = ((edits_between(word, each), each) for each in set(known))
    fitting = [(edits, each) for edits, each in near if edits <= edits_allowed(word)]
    return sorted(fitting, key=lambda found: (found[0], found[1][:1] != word[:1], found[1]))[:most]
