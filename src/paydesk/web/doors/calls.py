"""A call that rings: who it may be, and taking it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from paydesk.domain.doors import actions
from paydesk.domain.doors.queries import has_telephones, ringing
from paydesk.domain.parties.finding import customers_by_phone
from paydesk.domain.parties.queries import customer_for
from paydesk.web.access import actor_of, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import unchanged
from paydesk.web.cases.shown import WORK
from paydesk.web.routing.presence import here

MOST_NAMES = 3


@require_safe
@needs(WORK)
def rings(request: HttpRequest) -> HttpResponse:
    """Calls that ring for whoever looks, with the customers who use the number; a name proves nobody.

    204 when nothing changed, and where no telephone system announces calls: then nobody asks again.
    """
    actor, now = actor_of(request), timezone.now()
    here(actor, now)
    found = ringing(actor, now)
    version = ".".join(str(call.pk) for call in found) or "0"
    if (same := unchanged(request, version)) is not None:
        return same
    if not found and not has_telephones(actor):
        return HttpResponse(status=204)
    shown = []
    for call in found:
        ids = (
            customers_by_phone(actor, whole=[call.number], starts=(), end="", most=MOST_NAMES).customer_ids
            if call.number
            else ()
        )
        people = [customer_for(actor, each) for each in ids]
        shown.append((call, [(each, page_of("customer", each.pk)) for each in people]))
    return render(request, "doors/_ringing.html", {"calls": shown, "version": version})


@require_POST
@needs(WORK)
def take(request: HttpRequest, call_id: int) -> HttpResponse:
    """The call is in one's hands: its case opens, that of the same number or a new one."""
    call = actions.take_call(call_id, by=actor_of(request), now=timezone.now())
    address = page_of("case", call.case_id or 0)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(address)
    return redirect(address)
