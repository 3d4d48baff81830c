"""Telling everybody at once: written, looked at case by case, then sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseLocation

from paydesk.domain.cases.asks import facts_about
from paydesk.domain.cases.queries import link_pairs
from paydesk.domain.incidents import actions
from paydesk.domain.incidents.queries import broadcast_of, members_of, told_by
from paydesk.domain.incidents.states import BROADCAST
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import code_in, page_of
from paydesk.web.answers import came_from, done
from paydesk.web.cases.shown import shown as shown_case
from paydesk.web.incidents.shown import SEE, TELL, incident_or_404, shown

dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])
CASES_ASKED = 5  # of so many cases the names of facts are offered
FAMILIES = {"waits": "moving", "told": "settled", "held": "held", "elsewhere": "idle"}
WORDS = {"waits": "will be told", "told": "told", "held": "not told", "elsewhere": "hears it elsewhere"}


class Tell(forms.Form):
    text = forms.CharField(
        label="What everybody is told", max_length=20_000, widget=forms.Textarea(attrs={"rows": 6})
    )


@dialog_view
@needs(TELL)
def write(request: HttpRequest, code: str) -> HttpResponse:
    """Write it; sending is a step of its own, after a look at what each case is told."""
    actor, is_sent, now = actor_of(request), request.method == "POST", timezone.now()
    incident = incident_or_404(actor, code)
    form = Tell(request.POST if is_sent else None, auto_id="tell_%s")
    if is_sent and form.is_valid():
        made = actions.draft_broadcast(incident.pk, text=form.cleaned_data["text"], by=actor, now=now)
        to = reverse("incidents:look", args=[shown(incident).code, made.pk])
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponseLocation(to, target="#dialog-content", swap="innerHTML")
        return redirect(to)
    facts = {}
    for case in members_of(incident, actor)[:CASES_ASKED]:
        for fact in facts_about(link_pairs(case.pk), now):
            facts.setdefault(fact.name, fact.words)
    each = shown(incident)
    known = {"form": form, "each": each, "facts": sorted(facts.items()),
             "at": came_from(request, page_of("incident", incident.pk))}  # fmt: skip
    return render(request, "incidents/tell.html", known, status=422 if is_sent else 200)


@require_safe
@needs(SEE)
def look(request: HttpRequest, code: str, broadcast_id: int) -> HttpResponse:
    """What each case is told, or why it is not; before it is sent and after."""
    actor = actor_of(request)
    incident = incident_or_404(actor, code)
    broadcast = broadcast_of(incident, broadcast_id)
    if broadcast is None:
        raise Http404("There is no such broadcast.")
    rows = told_by(broadcast, actor)
    counts = {state: sum(row.state == state for row in rows) for state in WORDS}
    known = {
        "each": shown(incident),
        "broadcast": broadcast,
        "family": BROADCAST.family(broadcast.state),
        "counts": [(FAMILIES[state], WORDS[state], counts[state]) for state in WORDS if counts[state]],
        "to_tell": counts["waits"],
        "rows": [
            (shown_case(row.case, {}), row, FAMILIES[row.state], WORDS[row.state],
             code_in("case", int(row.why)) if row.state == "elsewhere" else "")
            for row in rows
        ],
        "may_tell": gate(actor, TELL),
        "at": came_from(request, page_of("incident", incident.pk)),
    }  # fmt: skip
    return render(request, "incidents/look.html", known)


@require_POST
@needs(TELL)
def send(request: HttpRequest, code: str, broadcast_id: int) -> HttpResponse:
    """Let it go as it was looked at."""
    actor = actor_of(request)
    incident = incident_or_404(actor, code)
    if broadcast_of(incident, broadcast_id) is None:
        raise Http404("There is no such broadcast.")
    actions.send_broadcast(broadcast_id, by=actor, now=timezone.now())
    return done(request, page_of("incident", incident.pk), "On its way: each case is answered.")


@require_POST
@needs(TELL)
def drop(request: HttpRequest, code: str, broadcast_id: int) -> HttpResponse:
    """Not this one."""
    actor = actor_of(request)
    incident = incident_or_404(actor, code)
    if broadcast_of(incident, broadcast_id) is None:
        raise Http404("There is no such broadcast.")
    actions.drop_broadcast(broadcast_id, by=actor, now=timezone.now())
    return done(request, page_of("incident", incident.pk), "Dropped; nobody was told.")
