"""Who has how much, team by team: one's load, what of theirs will be late, which case they have open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paydesk.domain.cases.forecast import Load
from paydesk.foundation.people.queries import TeamMember, members_of
from paydesk.web.addresses import code_in

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case

NOBODY, NO_TEAM = "Nobody yet", "Without a team"


@dataclass(frozen=True, slots=True)
class Teammate:
    """One person's load (or nobody's), how many clocks of theirs will be late, the case they have open."""

    name: str
    load: Load
    ahead: int
    share: int
    at: Case | None
    at_code: str


@dataclass(frozen=True, slots=True)
class TeamNow:
    """People of one team with their sums; `name` is "" where all are of one, and nothing is summed."""

    name: str
    mates: Sequence[Teammate]

    @property
    def open(self) -> int:
        return sum(mate.load.open for mate in self.mates)

    @property
    def unanswered(self) -> int:
        return sum(mate.load.unanswered for mate in self.mates)

    @property
    def late(self) -> int:
        return sum(mate.load.late for mate in self.mates)

    @property
    def ahead(self) -> int:
        return sum(mate.ahead for mate in self.mates)

    @property
    def at_work(self) -> int:
        """How many of them have a case open now."""
        return sum(mate.at is not None for mate in self.mates)


def teams_now(
    loads: Iterable[Load], at_now: Mapping[int, Case], ahead_of: Collection[int | None]
) -> list[TeamNow]:
    """Teams by name, within them the most loaded first; whoever is in none, then nobody's, at the end.

    `ahead_of` names the owner of each clock that will be late, once each. One query.
    """
    known = {each.person_id: each for each in loads}
    for person_id in (*at_now, *ahead_of):
        known.setdefault(person_id, Load(person_id, 0, 0, 0))
    members = members_of({number for number in known if number is not None})
    most = max((load.open for load in known.values()), default=0) or 1
    late_soon = list(ahead_of)
    teams: dict[str, list[Teammate]] = {}
    for load in sorted(known.values(), key=lambda load: -load.open):
        who = None if load.person_id is None else members.get(load.person_id, TeamMember("somebody", ""))
        at = at_now.get(load.person_id) if load.person_id is not None else None
        teams.setdefault(NOBODY if who is None else who.team or NO_TEAM, []).append(
            Teammate(
                NOBODY if who is None else who.name, load, late_soon.count(load.person_id),
                100 * load.open // most, at, code_in("case", at.pk) if at is not None else "",
            )
        )  # fmt: skip
    nobodys = teams.pop(NOBODY, [])
    ordered = sorted(teams, key=lambda name: (name == NO_TEAM, name.casefold()))
    if len(ordered) < 2:
        return [TeamNow("", [*(mate for name in ordered for mate in teams[name]), *nobodys])]
    rest = [TeamNow("", nobodys)] if nobodys else []
    return [*(TeamNow(name, teams[name]) for name in ordered), *rest]
