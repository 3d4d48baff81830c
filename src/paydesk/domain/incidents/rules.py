"""Decisions about incidents in plain Python: what the radar proposes, who hears a broadcast and what."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

Share = tuple[str, str]  # (kind of money, its key), as shared_money has it
LEAST_PEOPLE = {"payment": 2, "provider_incident": 3, "merchant_batch": 3}
QUIET_FOR = timedelta(hours=24)  # what was rejected or closed is not proposed again for so long
LONGEST_TITLE, LONGEST_WHY = 120, 500
FOUND_BY = {"words": "by words", "money": "by money", "person": "by a person"}
_PLACEHOLDER = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)+)\}")
_BRACED = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Group:
    """Cases of a market that the radar found to be one thing, and why."""

    cases: tuple[int, ...]
    found_by: str
    why: str
    title: str
    words: tuple[str, ...] = ()
    shares: tuple[Share, ...] = ()
    category: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """An incident that is there: its cases, also those a person took off; when it ended, if it did."""

    id: int
    cases: frozenset[int]
    shares: frozenset[Share]
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Join:
    """Cases that belong to an incident that is there already."""

    incident_id: int
    cases: tuple[int, ...]


def decide(groups: Iterable[Group], known: Iterable[Known], now: datetime) -> list[Group | Join]:
    """What to do about each group: nothing, add its new cases to a live incident, or propose one.

    A group is an incident's where they share the same money, or half of its cases are in it. What a person
    said no to or closed is left alone for a day. A case is in one incident at most, the first that takes it.
    """
    live, over = [], []
    for each in known:
        if each.ended_at is None:
            live.append(each)
        elif now - each.ended_at < QUIET_FOR:
            over.append(each)
    taken = {case for each in live for case in each.cases}
    decided: list[Group | Join] = []
    for group in groups:
        if any(_is_of(group, each) for each in over):
            continue
        fresh = tuple(case for case in group.cases if case not in taken)
        home = next((each for each in live if _is_of(group, each)), None)
        if home is not None:
            if fresh:
                decided.append(Join(home.id, fresh))
                taken |= set(fresh)
        elif len(fresh) >= 2 and 2 * len(fresh) > len(group.cases):
            decided.append(group if fresh == group.cases else _only(group, fresh))
            taken |= set(fresh)
    return decided


def _is_of(group: Group, known: Known) -> bool:
    same_money = bool(known.shares & set(group.shares))
    return same_money or 2 * len(known.cases & set(group.cases)) >= len(group.cases)


def _only(group: Group, cases: tuple[int, ...]) -> Group:
    return Group(cases, group.found_by, group.why, group.title, group.words, group.shares, group.category)


def enough_people(shares: Collection[Share], people: int) -> bool:
    """Whether so many different people make an incident of it; two cases of one person never do."""
    return any(people >= LEAST_PEOPLE[kind] for kind, _ in shares)


def problem_with_title(title: str) -> str:
    """Why an incident cannot be called so; "" where it can."""
    if not title.strip():
        return "Say in a few words what happened."
    return f"A title has up to {LONGEST_TITLE} letters." if len(title) > LONGEST_TITLE else ""


@dataclass(frozen=True, slots=True)
class Hearer:
    """A case as a broadcast looks at it; `person` is the same for all cases of one person."""

    case_id: int
    person: str
    opened_at: datetime
    why_not: str = ""


def who_hears(hearers: Sequence[Hearer]) -> dict[int, int]:
    """{case: the case its person is told in}: each person hears once, in their newest case that can be
    answered; where none can, in none of theirs."""
    told: dict[str, Hearer] = {}
    for each in sorted(
        hearers, key=lambda one: (bool(one.why_not), -one.opened_at.timestamp(), -one.case_id)
    ):
        told.setdefault(each.person, each)
    return {each.case_id: told[each.person].case_id for each in hearers}


def why_unreachable(*, is_open: bool, state: str, contact: str, channel: str) -> str:
    """Why an answer in writing cannot reach a case; "" where it can."""
    if not is_open:
        return f"It is {state}."
    if not contact:
        return "No address is known."
    if "@" not in contact and channel != "chat":
        return "Reached by phone only: call them."
    return ""


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with the facts of one case put in; `problem` says why it cannot be sent to them."""

    text: str
    facts: Mapping[str, str]
    problem: str = ""


def placeholders(text: str) -> list[str]:
    """Names of the facts a text asks for, "payment.amount", each once."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(text)))


def unknown_placeholders(text: str, known: Collection[str]) -> list[str]:
    """What stands in braces and is the name of no fact."""
    return [each for each in dict.fromkeys(_BRACED.findall(text)) if each[1:-1] not in known]


def filled(text: str, facts: Mapping[str, Collection[str]], barred: Mapping[str, str]) -> Filled:
    """`text` for one case. `facts` are the values each name has there, `barred` why one may not be told."""
    used: dict[str, str] = {}
    for name in placeholders(text):
        values = set(facts.get(name, ()))
        if not values:
            return Filled("", {}, f"Nothing is known of {name}.")
        if len(values) > 1:
            return Filled("", {}, f"There are {len(values)} of {name}: say which, in an answer of its own.")
        if barred.get(name):
            return Filled("", {}, barred[name])
        (used[name],) = values
    said = _PLACEHOLDER.sub(lambda found: used[found.group(1)], text)
    return Filled(said, used)
