"""What nobody handed over: due days without a file and hours without rows, per account of a market."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.providers.queries import expected_of, source_accounts
from paydesk.domain.statements.queries import days_in
from paydesk.kernel.actor import Actor
from paydesk.reporting.provider_cash.queries import hours_of
from paydesk.reporting.provider_cash.rules import Gap, due_days

DAYS_LOOKED_AT = 14


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing of one account: whole days without a file, and hours of other days."""

    account: SourceAccount
    days: Sequence[date]
    gaps: Sequence[Gap]


def missing_through(actor: Actor, market: str, through_on: date, now: datetime) -> list[Missing]:
    """Accounts of a market of which something is missing up to a day, by name; four queries, six at most.

    Nothing is due before the first file of the last DAYS_LOOKED_AT days, nor on a closed day. Accounts
    that are evidence only are never asked for.
    """
    accounts = [
        each
        for each in source_accounts(actor).filter(market=market).select_related("provider")
        if each.role != "evidence"
    ]
    since = through_on - timedelta(days=DAYS_LOOKED_AT - 1)
    known = days_in(actor, since=since, through=through_on)
    hours = hours_of(accounts, now)
    expected = expected_of(accounts)
    found = []
    for account in sorted(accounts, key=lambda each: (each.name, each.pk)):
        have = known.get(account.pk, set())
        today = now.astimezone(ZoneInfo(account.time_zone)).date()
        last = min(through_on, today - timedelta(days=1))  # the day that goes on is not over
        days = due_days(have, last, expected[account.pk])
        here = hours.get(account.pk)
        gaps = [
            gap
            for gap in (here.gaps if here else ())
            if gap.start.date() <= through_on and gap.start.date() not in days
        ]
        if days or gaps:
            found.append(Missing(account, days, gaps))
    return found
