"""Figures of people and teams, and the rows behind each: one statement a figure for everybody."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from paydesk.domain.quality.csat_rules import SATISFIED
from paydesk.foundation.people.models import Person
from paydesk.kernel.actor import Actor
from paydesk.reporting.scorecards.rules import FIGURES, WINDOW_DAYS, Counted

_PARTS = re.split(
    r"^-- name: (\w+)\n", Path(__file__).with_name("rows.sql").read_text(encoding="utf-8"), flags=re.MULTILINE
)
SQL = dict(zip(_PARTS[1::2], _PARTS[2::2], strict=True))
assert set(SQL) == set(FIGURES), "every figure has its rows"
MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, both included, in UTC."""

    first: date
    last: date

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        utc = ZoneInfo("UTC")
        begin = datetime.combine(self.first, datetime.min.time(), tzinfo=utc)
        return begin, datetime.combine(self.last + timedelta(days=1), datetime.min.time(), tzinfo=utc)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing behind a figure: what it was about, when, how it counts."""

    agent_id: int
    kind: str
    id: int
    at: datetime
    outcome: str
    value: int


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Every figure of one person, by its name."""

    person: Person
    figures: dict[str, Counted]


def seen_people(actor: Actor, at: datetime) -> list[Person]:
    """Whose figures the actor may see, by name: everybody's of their markets, their team's, or their own."""
    people = Person.objects.filter(is_active=True).select_related("team").order_by("name", "id")
    own = people.filter(pk=actor.id)
    if not actor.may("scorecards.team:view"):
        return list(own)
    if not actor.may("scorecards.everybody:view"):
        team_id = own.values_list("team_id", flat=True).first()
        people = people.filter(team_id=team_id) if team_id is not None else people
    found = people.prefetch_related("markets", "roles")
    return [
        person
        for person in found
        if actor.markets is None
        or person.works_in_all_markets
        or actor.markets & {market.pk for market in person.markets.all()}
    ]


def figures(actor: Actor, people: Sequence[Person], period: Period, now: datetime) -> list[Scorecard]:
    """The figures of these people in `period`, of the actor's markets; a statement a figure."""
    cards = {
        person.pk: Scorecard(person, {name: Counted(figure) for name, figure in FIGURES.items()})
        for person in people
    }
    for name in FIGURES:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT f.agent_id, f.outcome, count(*), coalesce(sum(f.value), 0) FROM ({SQL[name]}) f "
                f"WHERE {_WHOSE} GROUP BY 1, 2",
                _values(actor, cards.keys(), period, now),
            )
            for agent_id, outcome, number, value in cursor.fetchall():
                cards[agent_id].figures[name].add(outcome, number, int(value))
    return list(cards.values())


def rows(
    actor: Actor,
    name: str,
    agent_ids: Collection[int],
    period: Period,
    now: datetime,
    *,
    outcome: str = "",
    most: int = MOST_ROWS,
    skip: int = 0,
) -> list[Row]:
    """The rows behind a figure of these people, newest first; `outcome` narrows them. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT f.agent_id, f.kind, f.id, f.at, f.outcome, f.value FROM ({SQL[name]}) f "
            f"WHERE {_WHOSE} AND (%(outcome)s = '' OR f.outcome = %(outcome)s) "
            "ORDER BY f.at DESC, f.kind, f.id LIMIT %(most)s OFFSET %(skip)s",
            _values(actor, agent_ids, period, now) | {"outcome": outcome, "most": most, "skip": skip},
        )
        return [Row(*found) for found in cursor.fetchall()]


_WHOSE = "f.agent_id = ANY (%(agents)s) AND (%(markets)s::text[] IS NULL OR f.market = ANY (%(markets)s))"


def _values(actor: Actor, agent_ids: Collection[int], period: Period, now: datetime) -> dict[str, Any]:
    begin, end = period.bounds
    return {
        "from": begin, "to": end, "now": now, "days": WINDOW_DAYS, "satisfied": SATISFIED,
        "looker": actor.id, "agents": sorted(agent_ids),
        "markets": None if actor.markets is None else sorted(actor.markets),
    }  # fmt: skip
