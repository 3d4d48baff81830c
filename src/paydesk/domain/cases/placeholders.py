"""Places in a ready text that facts of the case fill: which there are, what fills them. Plain Python."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PLACE = re.compile(r"\{([a-z]+\.[a-z_]+)\}")
# What the desk itself fills; the other places are the names of facts (asks.Fact).
OWN = {
    "customer.name": "What they call themselves",
    "case.code": "Code of the case",
    "agent.name": "Whoever answers",
    "facts.as_of": "The time the facts are of",
}
_known: dict[str, str] = dict(OWN)


def names_places(words: Mapping[str, str]) -> None:
    """Register the facts a package can give, {"payment.amount": "What was paid"}."""
    _known.update(words)


def known_places() -> dict[str, str]:
    """Every place that something fills, with its words."""
    return dict(_known)


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its places filled. `facts` are those that stand in it; `left` says why a place is open."""

    text: str
    facts: Mapping[str, str]
    left: Mapping[str, str]


def places_in(text: str) -> list[str]:
    """Names of the places of a text, each once, in their order."""
    return list(dict.fromkeys(PLACE.findall(text)))


def fill(text: str, own: Mapping[str, str], facts: Sequence[tuple[str, str, str]]) -> Filled:
    """Fill the places of a text.

    `facts` are (name, value, why it may not be told). A place with nothing to fill it, with two different
    values, with an empty one, or with one that may not be told stays as it is, and `left` says why.
    """
    values: dict[str, set[str]] = {}
    blocked: dict[str, str] = {}
    for name, value, why in facts:
        values.setdefault(name, set()).add(value.strip())
        if why:
            blocked[name] = why
    used: dict[str, str] = {}
    left: dict[str, str] = {}

    def put(found: re.Match[str]) -> str:
        name = found.group(1)
        if name in own and own[name].strip():
            return own[name]
        known = values.get(name, set())
        if name in blocked:
            left[name] = blocked[name]
        elif len(known) > 1:
            left[name] = "The case is about several: put the right one in from the facts."
        elif not known:
            left[name] = "Nothing known fills it: confirm what the case is about, or write it by hand."
        elif not (value := next(iter(known))):
            left[name] = "It is empty now: write it by hand, or say it otherwise."
        else:
            used[name] = value
            return value
        return found.group(0)

    return Filled(PLACE.sub(put, text), used, left)


def why_not_sent(text: str) -> str:
    """Why a text with open places is not sent; "" where none is open."""
    left = places_in(text)
    if not left:
        return ""
    named = ", ".join(f"{{{name}}}" for name in left)
    return (
        f"{named} {'is' if len(left) == 1 else 'are'} not filled in: confirm what the case is about and put "
        "the fact in, or write it by hand."
    )
