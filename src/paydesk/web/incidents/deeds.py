"""What a person does with an incident: a dialog that asks, or one press; then the domain's verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from paydesk.domain.cases.categories import ROOT_CAUSES
from paydesk.domain.incidents import actions
from paydesk.domain.incidents.rules import LONGEST_TITLE, LONGEST_WHY
from paydesk.foundation.assignments.actions import assign
from paydesk.foundation.assignments.queries import assignment_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import number_in, page_of
from paydesk.web.answers import came_from, done
from paydesk.web.cases.shown import case_or_404
from paydesk.web.deeds import Deed, Nothing
from paydesk.web.incidents.shown import ADOPT, SEE, WORK, incident_or_404, shown

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case
    from paydesk.domain.incidents.models import Incident

dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])
ROOT_CAUSE = forms.ChoiceField(
    label="Root cause", required=False, choices=[("", "not known yet"), *ROOT_CAUSES.items()]
)


def _said(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST_WHY, widget=forms.Textarea(attrs={"rows": 2}))


def _cases(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control code"}),
        help_text="Codes CAS-…, separated by blanks or lines.",
    )


class Propose(forms.Form):
    title = forms.CharField(label="What happened, in a few words", max_length=LONGEST_TITLE)
    why = _said("Why these cases are one thing")
    cases = _cases("Cases")


class Adopt(forms.Form):
    title = forms.CharField(label="What happened, in a few words", max_length=LONGEST_TITLE)


class Name(forms.Form):
    title = forms.CharField(label="What happened, in a few words", max_length=LONGEST_TITLE)
    root_cause = ROOT_CAUSE


class Add(forms.Form):
    cases = _cases("Cases to take in")


class End(forms.Form):
    reason = _said("What came of it; without names or numbers of customers")


def _adopt(incident: Incident, data: dict[str, Any], by: Actor, now: Any) -> object:
    adopted = actions.adopt(incident.pk, title=data["title"], by=by, now=now)
    link = ("incident", incident.pk)
    if by.may("assignments.take") and assignment_of(link) is None:
        assign(link, market=incident.market, owner_id=by.id, version=0, by=by, now=now)
    return adopted


def cases_of(text: str) -> list[int]:
    """The numbers behind codes of cases; raises Refused for what is none."""
    found = []
    for word in text.replace(",", " ").split():
        number = number_in("case", word)
        if number is None:
            raise Refused(f"{word[:40]} is no code of a case: check its last letter.", field="cases")
        found.append(number)
    return found


DEEDS = {
    deed.name: deed
    for deed in (
        Deed(
            "adopt", "Open the incident", "p", ("proposed",), Adopt, _adopt,
            "From now on it is worked on: it gets you as its owner, and its cases can be told at once.",
            "Open it", "The incident is open and yours.", True,
        ),
        Deed(
            "name", "Root cause", "s", ("open", "closed"), Name,
            lambda each, data, by, now: actions.name_it(each.pk, **data, by=by, now=now),
            "What it was, as far as it is known.", "Save", "Written down.",
        ),
        Deed(
            "add", "Add cases", "b", ("proposed", "open"), Add,
            lambda each, data, by, now: actions.add_cases(
                each.pk, case_ids=cases_of(data["cases"]), by=by, now=now
            ),
            "Cases that are about the same.", "Take them in", "Taken in.",
        ),
        Deed(
            "close", "Close", "e", ("open",), End,
            lambda each, data, by, now: actions.close(each.pk, **data, by=by, now=now),
            "It is over. Its cases stay as they are; those that are ready can be resolved afterwards.",
            "Close it", "Closed.",
        ),
        Deed(
            "reject", "Not one thing", "", ("proposed",), End,
            lambda each, data, by, now: actions.reject(each.pk, **data, by=by, now=now),
            "These cases are not one incident; for a day it is not proposed again.", "Say no", "Rejected.",
        ),
        Deed(
            "reopen", "Open again", "o", ("closed",), Nothing,
            lambda each, data, by, now: actions.reopen(each.pk, by=by, now=now),
            "It is not over after all.", "Open again", "Open again.",
        ),
    )
}  # fmt: skip


def buttons_for(incident: Incident, actor: Actor) -> list[tuple[Deed, str, str]]:
    """(deed, address, why not) of what can be done in this state."""
    return [
        (
            deed,
            reverse("incidents:act", args=[shown(incident).code, deed.name]),
            why_not(deed, incident, actor),
        )
        for deed in DEEDS.values()
        if incident.state in deed.states
    ]


def why_not(deed: Deed, incident: Incident, actor: Actor) -> str:
    """Why this person cannot do it; "" where they can. What a person proposed a lead opens."""
    if deed.name == "adopt" and incident.found_by == "person" and not actor.may(ADOPT):
        return gate(actor, ADOPT).reason
    return gate(actor, WORK).reason


@dialog_view
@needs(SEE)
def act(request: HttpRequest, code: str, deed: str) -> HttpResponse:
    """Ask what has to be said, then do it, once."""
    actor = actor_of(request)
    incident = incident_or_404(actor, code)
    chosen = DEEDS.get(deed)
    if chosen is None:
        raise Http404("There is no such act.")
    is_sent, page = request.method == "POST", page_of("incident", incident.pk)
    initial = {"title": incident.title, "root_cause": incident.root_cause}
    form = chosen.form(request.POST if is_sent else None, initial=initial, auto_id="deed_%s")
    each = shown(incident)
    if is_sent and form.is_valid():
        chosen.do(incident, form.cleaned_data, actor, timezone.now())
        return done(request, page, f"{each.code}: {chosen.told}")
    stale = "" if incident.state in chosen.states else f"This incident is {each.word} by now."
    known = {
        "each": each, "deed": chosen, "form": form, "at": came_from(request, page),
        "blocked": why_not(chosen, incident, actor) or stale,
    }  # fmt: skip
    return render(request, "incidents/deed.html", known, status=422 if is_sent else 200)


@dialog_view
@needs(WORK)
def propose(request: HttpRequest) -> HttpResponse:
    """Cases that look like one thing, named by a person; the address may bring the first of them."""
    actor, is_sent = actor_of(request), request.method == "POST"
    form = Propose(
        request.POST if is_sent else None, initial={"cases": request.GET.get("case", "")}, auto_id="new_%s"
    )
    if is_sent and form.is_valid():
        data = form.cleaned_data
        first = first_of(actor, data["cases"])
        made = actions.propose(
            first.market, title=data["title"], why=data["why"], case_ids=cases_of(data["cases"]),
            category=first.category, by=actor, now=timezone.now(),
        )  # fmt: skip
        told = f"{shown(made).code} is proposed. A lead opens it."
        return done(request, page_of("incident", made.pk), told)
    known = {"form": form, "at": came_from(request, reverse("incidents:list"))}
    return render(request, "incidents/propose.html", known, status=422 if is_sent else 200)


def first_of(actor: Actor, text: str) -> Case:
    """The first case that was named; it says of which market the incident is."""
    if not cases_of(text):
        raise Refused("Name at least one case it is about.", field="cases")
    return case_or_404(actor, text.replace(",", " ").split()[0])


@require_POST
@needs(WORK)
def take_off(request: HttpRequest, code: str, case_code: str) -> HttpResponse:
    """This case is about something else."""
    actor = actor_of(request)
    incident, case = incident_or_404(actor, code), case_or_404(actor, case_code)
    actions.take_off(incident.pk, case_id=case.pk, by=actor, now=timezone.now())
    told = f"{case_code} is no longer in {shown(incident).code}."
    return done(request, came_from(request, page_of("incident", incident.pk)), told)
