"""Find: what was typed leads straight to the one thing it names, else to what resembles it, by kind."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.reporting.search.queries import MOST, find
from paydesk.web.access import actor_of, declares
from paydesk.web.addresses import page_of
from paydesk.web.find.shown import shown_groups
from paydesk.web.refunds.shown import named_refund
from paydesk.web.sight import looking

MOST_WHILE_TYPING = 4
MEANT_SHOWN = 3


@require_safe
@vary_on_headers("HX-Request")
@declares("")
def find_page(request: HttpRequest) -> HttpResponse:
    """Go to the one exact hit; else what resembles it. While one types, the panel under the box alone."""
    actor, text = actor_of(request), request.GET.get("q", "")
    typing = request.htmx.target == "find-panel"  # type: ignore[attr-defined]
    found = find(actor, text, today=timezone.localdate(), most=MOST_WHILE_TYPING if typing else MOST)
    exact = found.exact() or named_refund(actor, text)
    if not typing and exact and (address := page_of(*exact)):
        return redirect(address)
    known = {
        "find_text": found.asked.text,
        "found": found,
        "groups": shown_groups(found),
        # The words of names are names.
        "meant": "" if looking(request).sight.hides() else ", ".join(found.meant[:MEANT_SHOWN]),
        "exact_url": page_of(*exact) if exact else "",
    }
    return render(request, "find/_panel.html" if typing else "find/found.html", known)
