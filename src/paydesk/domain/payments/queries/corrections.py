"""Reads for putting things right."""

from __future__ import annotations

from datetime import datetime, time

from django.db.models import Sum

from paydesk.domain.payments.models import Allocation
from paydesk.kernel.money import Money


def written_off_on(market: str, currency: str, now: datetime) -> Money:
    """What was written off as small differences in a market on this day (UTC); one query by index."""
    since = datetime.combine(now.date(), time.min, tzinfo=now.tzinfo)
    found = Allocation.objects.filter(
        payment=None,
        at__gte=since,
        due_item__contract__market=market,
        due_item__contract__currency=currency,
    )
    return Money(found.aggregate(n=Sum("amount_minor"))["n"] or 0, currency)
