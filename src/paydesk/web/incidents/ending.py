"""The cases of an incident, named with its cause and resolved where they are ready: each by its own verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from paydesk.domain.cases.actions import resolve, sort_case
from paydesk.domain.cases.queries import code as case_code
from paydesk.domain.cases.rules import MONEY_OUTCOMES
from paydesk.domain.cases.states import OPEN
from paydesk.domain.incidents.queries import members_of
from paydesk.kernel.refused import Refused
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import came_from, done
from paydesk.web.cases.shown import WORK as CASES
from paydesk.web.incidents.shown import SEE, incident_or_404, shown

AT_ONCE, REFUSALS_SHOWN = 200, 20
dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])


class Finish(forms.Form):
    name_cause = forms.BooleanField(label="Give them its root cause, where they have none", required=False)
    money_outcome = forms.ChoiceField(
        label="What became of the money, where nobody said", required=False,
        choices=[("", "leave it open"), *MONEY_OUTCOMES.items()],
    )  # fmt: skip
    resolve = forms.BooleanField(label="Resolve those that are ready", required=False)


@dialog_view
@needs(SEE)
def finish(request: HttpRequest, code: str) -> HttpResponse:
    """Offer what can be done for all open cases; one that is not ready stays open and says why."""
    actor, is_sent = actor_of(request), request.method == "POST"
    incident = incident_or_404(actor, code)
    each, page = shown(incident), page_of("incident", incident.pk)
    form = Finish(
        request.POST if is_sent else None,
        initial={"name_cause": bool(incident.root_cause), "resolve": False},
        auto_id="finish_%s",
    )
    cases = list(members_of(incident, actor).filter(state__in=OPEN)[:AT_ONCE])
    known: dict[str, Any] = {
        "each": each, "form": form, "cases": len(cases), "at": came_from(request, page),
        "blocked": gate(actor, CASES).reason or ("" if cases else "No case of it is open."),
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "incidents/finish.html", known, status=422 if is_sent else 200)
    actor.needs(CASES, market=incident.market)
    wanted, now, ended, refused = form.cleaned_data, timezone.now(), 0, []
    for case in cases:
        fields = {}
        if wanted["name_cause"] and incident.root_cause and not case.root_cause:
            fields["root_cause"] = incident.root_cause
        if wanted["money_outcome"] and not case.money_outcome:
            fields["money_outcome"] = wanted["money_outcome"]
        try:
            if fields:
                sort_case(case.pk, **fields, by=actor, now=now)
            if wanted["resolve"]:
                resolve(case.pk, by=actor, now=now)
                ended += 1
        except Refused as refusal:
            refused.append((case_code(case), page_of("case", case.pk), refusal.text))
    if not refused:
        told = f"{ended} resolved." if wanted["resolve"] else "Written into each open case."
        return done(request, page, f"{each.code}: {told}")
    known |= {"refused": refused[:REFUSALS_SHOWN], "not_done": len(refused), "ended": ended, "form": None}
    return render(request, "incidents/finish.html", known)
