"""Which days are in: per source account how far it reaches, and a cell for each of the last days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from paydesk.domain.statements.queries import Coverage, coverage, days_in
from paydesk.kernel.actor import Actor
from paydesk.web.links import rows_at
from paydesk.web.providers.gaps import missing_hours

if TYPE_CHECKING:
    from paydesk.domain.providers.models import SourceAccount

DAYS_SHOWN = 14
GAPS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one account: "in", "missing" (no file covers it), or "none" where nothing is due."""

    on: date
    state: str


@dataclass(frozen=True, slots=True)
class AccountDays:
    """How far an account is in, its last days, and where to upload what is missing."""

    reach: Coverage
    days: Sequence[Day]
    upload_url: str
    behind: int | None  # due days since the last one that is in; None before the first file
    gaps: Sequence[str] = ()  # hours nobody handed over, in words
    hours_url: str = ""

    @property
    def is_behind(self) -> bool:
        return self.behind is None or self.behind >= self.reach.expected_every_days

    @property
    def in_through_on(self) -> date | None:
        return in_through_on(self.reach)

    @property
    def missing(self) -> list[date]:
        return [day.on for day in self.days if day.state == "missing"]

    @property
    def more_gaps(self) -> int:
        """How many gaps are not named beside the account."""
        return max(0, len(self.gaps) - GAPS_SHOWN)

    @property
    def words(self) -> str:
        """The cells for whom does not see them."""
        if not self.missing:
            return "No due day is without a file"
        return _("Without a file: %s") % ", ".join(f"{day.day} {day:%B}" for day in self.missing)


def account_days(
    actor: Actor, now: datetime, today: date, accounts: Sequence[SourceAccount] = ()
) -> list[AccountDays]:
    """Every account of the actor's markets, the furthest behind first, with its missing hours; four queries.

    `accounts` are those of the actor's markets, whatever they are asked for besides.
    """
    through = today - timedelta(days=1)
    since = through - timedelta(days=DAYS_SHOWN - 1)
    known = days_in(actor, since=since, through=through)
    gaps = missing_hours(accounts, now)
    sees_hours = actor.may("providers.manage:view")
    return [
        AccountDays(
            reach,
            _days(reach, known.get(reach.account_id, set()), since),
            rows_at("intake:files", upload_to=reach.account_id),
            days_behind(reach, through),
            gaps.get(reach.account_id, []),
            reverse("providers:balance", args=[reach.account_id]) if sees_hours else "",
        )
        for reach in coverage(actor, now)
    ]


def in_through_on(reach: Coverage) -> date | None:
    """The last day that is in, where the files of an account tell days and no times."""
    is_daily = reach.provider_kind == "bank" and reach.covers_to is not None
    return reach.covers_to.astimezone(ZoneInfo(reach.time_zone)).date() if is_daily else None


def days_behind(reach: Coverage, through: date) -> int | None:
    """Due days after the last row up to `through`; past a year it is simply a year."""
    if reach.covers_to is None:
        return None
    last = reach.covers_to.astimezone(ZoneInfo(reach.time_zone)).date()
    after = (last + timedelta(days=n) for n in range(1, min((through - last).days, 365) + 1))
    return sum(_is_due(reach, day) for day in after)


def _is_due(reach: Coverage, day: date) -> bool:
    return reach.is_due_on(day)


def _days(reach: Coverage, known: set[date], since: date) -> list[Day]:
    """Nothing is due before the first file, nor on a closed day."""
    first = min(known, default=None)
    return [
        Day(
            day,
            "in"
            if day in known
            else "none"
            if first is None or day < first or not _is_due(reach, day)
            else "missing",
        )
        for day in (since + timedelta(days=n) for n in range(DAYS_SHOWN))
    ]
