"""Which day it is in each market: what is overdue depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import timezone

from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.actor import Actor

if TYPE_CHECKING:
    from paydesk.foundation.people.models import Market


@dataclass(frozen=True, slots=True)
class LocalDay:
    """A market and the date its calendar shows now."""

    market: Market
    today: date


def local_days(actor: Actor, now: datetime) -> dict[str, LocalDay]:
    """The markets the actor works in, by code, in the order of their names, each with its day; one query."""
    return {
        market.pk: LocalDay(market, timezone.localdate(now, ZoneInfo(market.time_zone)))
        for market in markets_of(actor)
    }
