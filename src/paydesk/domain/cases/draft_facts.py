"""The facts a draft was written with, as they were read: what of them is otherwise by now, and put right.

A draft keeps them as [{"name", "value", "at"}]; plain values go in and come out, nothing is looked up here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from paydesk.domain.cases.answering import SHORTEST_TELLING

MOST_FACTS = 50
Pair = tuple[str, str]


def kept_facts(
    text: str, seen: Iterable[Pair], seen_at: datetime | None, before: Sequence[Mapping[str, Any]]
) -> list[dict[str, str]]:
    """What of `seen` stands in the text, each as of when it was read first."""
    known = {(each["name"], each["value"]): each["at"] for each in before}
    pairs = [pair for pair in dict.fromkeys(seen) if len(pair[1]) >= SHORTEST_TELLING and pair[1] in text]
    return [
        {"name": name, "value": value, "at": known.get((name, value)) or seen_at.isoformat()}
        for name, value in pairs[:MOST_FACTS]
        if (name, value) in known or seen_at is not None
    ]


@dataclass(frozen=True, slots=True)
class Changed:
    """A fact in a draft that is not so any more. `now` is what it is instead, "" where nothing says it."""

    name: str
    words: str
    was: str
    as_of: datetime
    now: str


def changed_facts(
    text: str, kept: Sequence[Mapping[str, Any]], fresh: Iterable[tuple[str, str, str]]
) -> list[Changed]:
    """Which facts of a draft changed; `fresh` is (name, words, value) of all that is so and may be told.

    What the draft does not say any more counts for nothing. A case may be about two payments: then nothing
    says which of two values has taken the place of one.
    """
    by_name: dict[str, dict[str, str]] = {}
    for name, words, value in fresh:
        by_name.setdefault(name, {})[value] = words
    changed = []
    for each in kept:
        name, was = each["name"], each["value"]
        now = by_name.get(name, {})
        if was in now or was not in text:
            continue
        words = next(iter(now.values()), name.replace(".", " ").replace("_", " "))
        only = next(iter(now)) if len(now) == 1 else ""
        changed.append(Changed(name, words, was, datetime.fromisoformat(each["at"]), only))
    return changed


def renewed(text: str, changed: Iterable[Changed]) -> str:
    """The text with what is so now where that is known; longer values first, so that none is cut up."""
    for each in sorted(changed, key=lambda each: -len(each.was)):
        if each.now:
            text = text.replace(each.was, each.now)
    return text
