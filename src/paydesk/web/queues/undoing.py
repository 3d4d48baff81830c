"""Undoing one's own last act on money, wherever one stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.foundation.audit.queries import last_act_of
from paydesk.web.access import actor_of, needs
from paydesk.web.answers import came_from

ACTS = ("payment.identified", "payment.allocated", "payment.split", "payment.unapplied")


@require_safe
@needs("payments.allocate")
@vary_on_headers("HX-Request", "HX-Target")
def undo_last(request: HttpRequest) -> HttpResponse:
    """The confirmation of undoing the person's own last act on a payment, or why there is none."""
    last = last_act_of(actor_of(request), "payment")
    at = came_from(request, "/")
    if last is None or last.verb not in ACTS:
        return render(request, "queues/nothing_to_undo.html", {"is_undone": bool(last)})
    return redirect(f"{reverse('payments:undo', args=[int(last.subject_id)])}?{urlencode({'at': at})}")
