"""What the doors ask of the packages above: where a thing stands, in a visitor's words, and what proves whom.

A package registers its answers in AppConfig.ready(), as it does for cases; doors know links (kind, id). An
answer is given in the language that is active when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from paydesk.domain.cases.asks import Link
from paydesk.domain.cases.rules import Level
from paydesk.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way: `state` is done, now, next or stopped."""

    words: str
    state: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a thing stands, for whoever waits for it: no name, no number of a person.

    `details` are pairs of words such as the amount. `expected_by` is when the next news is due.
    """

    title: str
    headline: str
    what_next: str
    steps: Sequence[Step]
    details: Sequence[tuple[str, str]] = ()
    expected_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What answers showed: whose they are, which facts hold, which do not, what they were about."""

    customer_id: int | None
    held: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    links: tuple[Link, ...] = ()


TellsStanding = Callable[[int, datetime], Standing | None]
ChecksAnswers = Callable[[Mapping[str, str], str, Actor], Proof]

_tellers: dict[str, tuple[Level, TellsStanding]] = {}
_checkers: dict[str, ChecksAnswers] = {}


def tells_standing(kind: str, teller: TellsStanding, *, level: Level) -> None:
    """Register teller(id, now) for things of `kind`; told to whoever is known by `level` at least."""
    _tellers[kind] = (level, teller)


def checks_answers(name: str, checker: ChecksAnswers) -> None:
    """Register checker(answers by name of the fact, market, actor)."""
    _checkers[name] = checker


def level_needed(kind: str) -> Level | None:
    """How well somebody must be known to be shown where a thing of `kind` stands; None: nobody can say."""
    return _tellers[kind][0] if kind in _tellers else None


def standing_of(link: Link, now: datetime) -> Standing | None:
    """Where it stands now; None for what is gone or has no such page."""
    kind, number = link
    return _tellers[kind][1](number, now) if kind in _tellers else None


def proof_of(answers: Mapping[str, str], market: str, by: Actor) -> Proof:
    """What these answers prove: the first package that knows whose they are says it."""
    found = Proof(None, failed=frozenset(answers))
    for checker in _checkers.values():
        found = checker(answers, market, by)
        if found.customer_id is not None:
            return found
    return found
