"""What cases ask of the packages above: what a text refers to, what is true of it, what blocks.

A package registers its answers in AppConfig.ready(); cases know links (kind, id), not what is behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from paydesk.domain.cases.rules import Level
from paydesk.kernel.actor import Actor

Link = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Reference:
    """Something a text refers to. `is_certain` where it bears the very number and nothing else does."""

    link: Link
    found_as: str
    text: str
    is_certain: bool
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something true of a link at `as_of`, in words a customer may read, and who may hear it."""

    name: str
    words: str
    value: str
    as_of: datetime
    level: Level = Level.TWO_FACTS


FindsReferences = Callable[[str, Actor, str], Iterable[Reference]]
TellsFacts = Callable[[int, datetime], Iterable[Fact]]
Blocks = Callable[[int], Sequence[str]]
KnowsNumber = Callable[[str], bool]

_finders: dict[str, FindsReferences] = {}
_tellers: dict[str, TellsFacts] = {}
_blocks: dict[str, Blocks] = {}
_numbers: dict[str, KnowsNumber] = {}


def finds_references(name: str, finder: FindsReferences) -> None:
    """Register finder(text, actor, market); registered twice under one name it counts once."""
    _finders[name] = finder


def tells_facts(kind: str, teller: TellsFacts) -> None:
    """Register teller(id, now) for links of `kind`; its facts have names that begin with the kind."""
    _tellers[kind] = teller


def blocks_resolving(kind: str, blocks: Blocks) -> None:
    """Register blocks(id): sentences for what has to end before a case about this may be resolved."""
    _blocks[kind] = blocks


def knows_numbers(name: str, knows: KnowsNumber) -> None:
    """Register knows(digits): whether digits that look like a card number are a reference of ours."""
    _numbers[name] = knows


def is_our_number(digits: str) -> bool:
    """Whether these digits are a reference of our own, so that they are kept as they are."""
    return any(knows(digits) for knows in _numbers.values())


def references_in(text: str, by: Actor, market: str) -> list[Reference]:
    """What `text` refers to among what `by` may see in `market`; each link once, the certain first."""
    found: dict[Link, Reference] = {}
    for finder in _finders.values():
        for reference in finder(text, by, market):
            known = found.get(reference.link)
            if known is None or (reference.is_certain and not known.is_certain):
                found[reference.link] = reference
    return sorted(found.values(), key=lambda each: not each.is_certain)


def facts_about(links: Iterable[Link], now: datetime) -> list[Fact]:
    """Every fact that is known of these links, in their order."""
    return [fact for kind, number in links if kind in _tellers for fact in _tellers[kind](number, now)]


def blocks_of(links: Iterable[Link]) -> list[str]:
    """Why a case about these links may not be resolved yet."""
    return [text for kind, number in links if kind in _blocks for text in _blocks[kind](number)]
