"""Missing hours in words a person can act on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from paydesk.reporting.provider_cash import queries

if TYPE_CHECKING:
    from paydesk.domain.providers.models import SourceAccount
    from paydesk.reporting.provider_cash.rules import Gap


def gap_words(name: str, gaps: Sequence[Gap]) -> list[str]:
    """A sentence for each gap: what to download, of which day, from when to when in the account's time."""
    found = []
    for gap in gaps:
        start, end = gap.start, gap.end
        if start.date() == end.date():
            until = f"{end:%H:%M}"
        elif f"{end:%H:%M}" == "00:00" and (end.date() - start.date()).days == 1:
            until = "24:00"
        else:
            until = f"{end.day} {end:%b %H:%M}"
        found.append(f"Download {name} {start.day} {start:%b %H:%M}–{until}")
    return found


def missing_hours(accounts: Sequence[SourceAccount], now: datetime) -> dict[int, list[str]]:
    """What to download, by account id; two queries for all of them."""
    names = {account.pk: account.name for account in accounts}
    return {
        account_id: gap_words(names[account_id], hours.gaps)
        for account_id, hours in queries.hours_of(accounts, now).items()
    }
