"""Which days are in: per source account how far it reaches, and a cell for each of the last days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from paydesk.domain.statements.queries import Coverage, coverage, days_in
from paydesk.kernel.actor import Actor
from paydesk.web.links import rows_at

DAYS_SHOWN = 14
WEEKEND = (5, 6)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one account: "in", "missing", or "none" where nothing is due."""

    on: date
    state: str


@dataclass(frozen=True, slots=True)
class AccountDays:
    """How far an account is in, its last days, and where to upload what is missing."""

    reach: Coverage
    days: Sequence[Day]
    upload_url: str

    @property
    def missing(self) -> list[date]:
        return [day.on for day in self.days if day.state == "missing"]

    @property
    def words(self) -> str:
        """The cells for whom does not see them."""
        if not self.missing:
            return "No day is missing"
        return "Missing: " + ", ".join(f"{day.day} {day:%B}" for day in self.missing)


def account_days(actor: Actor, now: datetime, today: date) -> list[AccountDays]:
    """Every account of the actor's markets, the furthest behind first; two queries."""
    through = today - timedelta(days=1)
    since = through - timedelta(days=DAYS_SHOWN - 1)
    known = days_in(actor, since=since, through=through)
    return [
        AccountDays(
            reach,
            _days(reach, known.get(reach.account_id, set()), since),
            rows_at("intake:files", upload_to=reach.account_id),
        )
        for reach in coverage(actor, now)
    ]


def _days(reach: Coverage, known: set[date], since: date) -> list[Day]:
    """Nothing is due before the first file, nor at a bank on a weekend."""
    first = min(known, default=None)
    return [
        Day(
            day,
            "in"
            if day in known
            else "none"
            if first is None or day < first or (reach.provider_kind == "bank" and day.weekday() in WEEKEND)
            else "missing",
        )
        for day in (since + timedelta(days=n) for n in range(DAYS_SHOWN))
    ]
