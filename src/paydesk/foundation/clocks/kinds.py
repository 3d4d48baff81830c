"""The kinds of clocks there are.

A package declares its own in AppConfig.ready(), with what holds until somebody changes the policy:

    kinds.declare(Kind("identification", "Name the payer", right="suspense:view",
    terms=Terms(target_days=1), ...))
"""

from __future__ import annotations

from dataclasses import dataclass

from paydesk.foundation.clocks.rules import Terms

OF_MARKET = ""  # the calendar of the clock's market
ROUND_THE_CLOCK = "24x7"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of clock: what it asks for in words, the right to see it, its first policy and its source.

    `calendar` is OF_MARKET or the name of one. Where `due_by_two` is set, a due time by hand needs two
    people. What `never_pauses` does not stand still while its thing was done and opened again either.
    `paused_by` says what pauses a kind that nobody pauses by hand, since its thing has to wait with it.
    """

    name: str
    words: str
    right: str
    terms: Terms
    source: str
    calendar: str = OF_MARKET
    due_by_two: bool = False
    never_pauses: bool = False
    paused_by: str = ""


_kinds: dict[str, Kind] = {}


def declare(kind: Kind) -> None:
    """Make a kind of clock known; declared twice it counts once."""
    _kinds[kind.name] = kind


def forget(name: str) -> None:
    """Take a declaration back: for tests."""
    _kinds.pop(name, None)


def kind_named(name: str) -> Kind:
    """Raises KeyError for a kind nobody declared."""
    return _kinds[name]


def never_pauses(name: str) -> bool:
    """Whether nothing stops clocks of this kind, whatever a policy says; False for one nobody declared."""
    return name in _kinds and _kinds[name].never_pauses


def kinds() -> list[Kind]:
    """Every kind, by name."""
    return [_kinds[name] for name in sorted(_kinds)]
