"""Days of a market: through which they are closed, what is not ready, closing and reopening."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from paydesk.domain.payments.queries import within_patience
from paydesk.reporting.books.queries.days import closed_through, open_day
from paydesk.reporting.books.queries.readiness import readiness
from paydesk.web.access import actor_of, needs
from paydesk.web.books.aged_views import WORDS
from paydesk.web.books.asked import asked
from paydesk.web.books.trial_views import PATIENCE_SECONDS, RIGHT


@require_safe
@needs(RIGHT)
def days(request: HttpRequest) -> HttpResponse:
    """Through which day a market is closed, and what is not ready to close it further."""
    actor, wanted = actor_of(request), asked(request, without=("since", "known"))
    last = open_day(wanted.market.pk, timezone.now()) - timedelta(1)
    through = min(wanted.on, last)
    with within_patience(PATIENCE_SECONDS):
        ready = readiness(actor, wanted.market.pk, through)
    known = {
        "asked": wanted,
        "filters": wanted.filters,
        "market_code": wanted.market.pk,
        "tab": "days",
        "through": through,
        "closed_through": closed_through(wanted.market.pk),
        "ready": ready,
        "old_money": [(WORDS[each.kind], each) for each in ready.old_money],
    }
    into = request.htmx.target == "books"  # type: ignore[attr-defined]
    return render(request, "books/_days.html" if into else "books/days.html", known)
