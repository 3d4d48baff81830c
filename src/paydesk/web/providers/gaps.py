"""Missing hours in words a person can act on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from paydesk.reporting.provider_cash import queries

if TYPE_CHECKING:
    from paydesk.domain.providers.models import SourceAccount
    from paydesk.reporting.provider_cash.rules import Gap


def gap_words(name: str, gaps: Sequence[Gap]) -> list[str]:
    """A sentence for each day with gaps: what to download, from when to when in the account's own time."""
    days: dict[date, list[str]] = {}
    for gap in gaps:
        # A gap ends on the day it begins; what ends at midnight ends at 24:00.
        until = f"{gap.end:%H:%M}" if gap.end.date() == gap.start.date() else "24:00"
        days.setdefault(gap.start.date(), []).append(f"{gap.start:%H:%M}–{until}")
    return [f"Download {name} {day.day} {day:%b} {', '.join(times)}" for day, times in sorted(days.items())]


def missing_hours(accounts: Sequence[SourceAccount], now: datetime) -> dict[int, list[str]]:
    """What to download, by account id; two queries for all of them."""
    names = {account.pk: account.name for account in accounts}
    return {
        account_id: gap_words(names[account_id], hours.gaps)
        for account_id, hours in queries.hours_of(accounts, now).items()
    }
