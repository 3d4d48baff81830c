"""A suggestion kept beside every payment in suspense: lists are ordered by whom it would help."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from paydesk.domain.payments.identified import StoredSuggestion
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.queries.lists import IS_OPEN
from paydesk.domain.payments.queries.suggestions import Suggested, suggestions_for

MOST_AT_ONCE = 200
LOOK_AGAIN_AFTER = timedelta(days=1)


def look_again(*, now: datetime) -> int:
    """Look at money in suspense that nobody looked at yet, or not since yesterday; returns how many.

    A hint for lists, made anew at any time; nothing is identified by it.
    """
    stale = Q(stored_suggestion__isnull=True) | Q(stored_suggestion__looked_at__lt=now - LOOK_AGAIN_AFTER)
    waiting = list(
        Payment.objects.filter(IS_OPEN, stale, customer__isnull=True)
        .select_related("statement_line")
        .order_by("-value_on", "-pk")[:MOST_AT_ONCE]
    )
    found = suggestions_for(waiting, on=now.date())
    StoredSuggestion.objects.bulk_create(
        [_stored(payment, next(iter(found[payment.pk]), None), now) for payment in waiting],
        update_conflicts=True,
        unique_fields=["payment"],
        update_fields=["contract", "score", "reason", "looked_at"],
    )
    return len(waiting)


def _stored(payment: Payment, best: Suggested | None, now: datetime) -> StoredSuggestion:
    return StoredSuggestion(
        payment=payment,
        market=payment.market,
        contract_id=best.standing.contract.pk if best else None,
        score=best.suggestion.score if best else 0,
        reason=best.suggestion.reason if best else "",
        looked_at=now,
    )
