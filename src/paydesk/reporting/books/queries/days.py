"""Which day it is for the books of a market, and through which day they are closed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from paydesk.domain.ledger.models import ClosedPeriod
from paydesk.foundation.people.models import Market
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.reporting.books.models import DayClosing


def open_day(market: str, now: datetime) -> date:
    """The earliest day that is surely not over: the market's own, or that of UTC where it is behind.

    What comes for a closed day is booked on the day it is posted, in UTC; so that one is never closed.
    """
    zone = ZoneInfo(Market.objects.values_list("time_zone", flat=True).get(pk=market))
    return min(timezone.localdate(now, zone), timezone.localdate(now, UTC))


def closed_through(market: str) -> date | None:
    """The last closed day of a market."""
    return ClosedPeriod.objects.filter(pk=market).values_list("closed_through", flat=True).first()


def closings(actor: Actor, market: str) -> QuerySet[DayClosing]:
    """Requests to close days of a market or open them again, newest first; one query."""
    return in_markets(DayClosing.objects.filter(market=market), actor).order_by("-id")


def closing_for(actor: Actor, closing_id: int) -> DayClosing:
    """One request of a market the actor works in; raises DayClosing.DoesNotExist otherwise."""
    return in_markets(DayClosing.objects.all(), actor).get(pk=closing_id)
