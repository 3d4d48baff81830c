"""What a person does with an improvement: propose, be for it, decide, carry out, measure."""

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
from paydesk.domain.improvements import actions
from paydesk.domain.improvements.rules import LONGEST_TEXT, LONGEST_TITLE
from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import kind_and_number, page_of
from paydesk.web.answers import came_from, done
from paydesk.web.cases.shown import case_or_404
from paydesk.web.deeds import Deed, Nothing
from paydesk.web.improvements.shown import (
    DECIDE,
    PROPOSE,
    SEE,
    effect_now,
    improvement_or_404,
    in_thousand,
    shown,
)
from paydesk.web.incidents.shown import incident_or_404
from paydesk.web.triage.words import category_words

if TYPE_CHECKING:
    from paydesk.domain.improvements.models import Improvement

dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])


def _text(label: str, rows: int = 3) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": rows}))


class Propose(forms.Form):
    title = forms.CharField(label="What should change", max_length=LONGEST_TITLE)
    market = forms.ChoiceField()
    problem = _text("What the problem is; without names or numbers of customers")
    expected = _text("What it is expected to change: which figure, by how much", 2)
    root_cause = forms.ChoiceField(
        label="Root cause it takes away",
        required=False,
        choices=[("", "none of these"), *ROOT_CAUSES.items()],
    )
    category = forms.ChoiceField(label="Category of cases it spares", required=False)
    evidence = forms.CharField(
        label="Evidence",
        required=False,
        max_length=500,
        help_text="Codes CAS-… and INC-…, separated by blanks.",
    )


class Decision(forms.Form):
    note = _text("Why")


class CarriedOut(forms.Form):
    done_at = forms.DateTimeField(
        label="Since when",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class Measured(forms.Form):
    measured = _text("What it changed")


def _measure(each: Improvement, data: dict[str, Any], by: Actor, now: Any) -> object:
    before, since = effect_now(by, each, now)
    return actions.measure(
        each.pk, measured=data["measured"], before=before, since=since, by=by, now=now
    )  # fmt: skip


DEEDS = {
    deed.name: deed
    for deed in (
        Deed(
            "accept", "Accept", "p", ("proposed",), Decision,
            lambda each, data, by, now: actions.decide(each.pk, accept=True, **data, by=by, now=now),
            "It will be done. Give it an owner and a next step.", "Accept it", "Accepted.",
        ),
        Deed(
            "done", "Is done", "e", ("accepted",), CarriedOut,
            lambda each, data, by, now: actions.carry_out(each.pk, **data, by=by, now=now),
            "From then on its cases are held against those before.", "It is done",
            "Done; its effect is counted.",
        ),
        Deed(
            "measure", "Measure", "e", ("done",), Measured, _measure,
            "What it changed, with the figures as they are now.", "Write it down", "Measured.",
        ),
        Deed(
            "reject", "Reject", "", ("proposed", "accepted"), Decision,
            lambda each, data, by, now: actions.decide(each.pk, accept=False, **data, by=by, now=now),
            "It will not be done.", "Reject it", "Rejected.",
        ),
        Deed(
            "again", "Propose again", "o", ("rejected",), Nothing,
            lambda each, data, by, now: actions.take_up_again(each.pk, by=by, now=now),
            "It is looked at once more.", "Propose again", "Proposed again.",
        ),
    )
}  # fmt: skip


def buttons_for(found: Improvement, actor: Actor) -> list[tuple[Deed, str, str]]:
    """(deed, address, why not) of what can be done in this state."""
    blocked = gate(actor, DECIDE).reason
    return [
        (deed, reverse("improvements:act", args=[shown(found).code, deed.name]), blocked)
        for deed in DEEDS.values()
        if found.state in deed.states
    ]


@dialog_view
@needs(SEE)
def act(request: HttpRequest, code: str, deed: str) -> HttpResponse:
    """Ask what has to be said, then do it, once."""
    actor, now = actor_of(request), timezone.now()
    found = improvement_or_404(actor, code)
    chosen = DEEDS.get(deed)
    if chosen is None:
        raise Http404("There is no such act.")
    is_sent, page = request.method == "POST", page_of("improvement", found.pk)
    initial = {"done_at": timezone.localtime(now)}
    form = chosen.form(request.POST if is_sent else None, initial=initial, auto_id="deed_%s")
    each = shown(found)
    if is_sent and form.is_valid():
        chosen.do(found, form.cleaned_data, actor, now)
        return done(request, page, f"{each.code}: {chosen.told}")
    stale = "" if found.state in chosen.states else f"This improvement is {each.word} by now."
    before, since = effect_now(actor, found, now) if deed == "measure" else (None, None)
    known = {
        "each": each, "deed": chosen, "form": form, "at": came_from(request, page),
        "blocked": gate(actor, DECIDE).reason or stale,
        "effect": None if before is None or since is None else (in_thousand(before), in_thousand(since)),
    }  # fmt: skip
    return render(request, "improvements/deed.html", known, status=422 if is_sent else 200)


@dialog_view
@needs(PROPOSE)
def propose(request: HttpRequest) -> HttpResponse:
    """Somebody saw what should change; the address may bring a cause, a case or an incident as evidence."""
    actor, is_sent = actor_of(request), request.method == "POST"
    initial = {name: request.GET.get(name, "") for name in ("root_cause", "category", "evidence")}
    form = Propose(request.POST if is_sent else None, initial=initial, auto_id="new_%s")
    market: Any = form.fields["market"]
    market.choices = [(each.pk, each.name) for each in markets_of(actor)]
    category: Any = form.fields["category"]
    category.choices = [("", "none of these"), *category_words().items()]
    if is_sent and form.is_valid():
        data = form.cleaned_data
        evidence = evidence_in(actor, data.pop("evidence"))
        if data["root_cause"]:
            evidence.append(("root_cause", data["root_cause"]))
        made = actions.propose_improvement(
            data.pop("market"), **data, evidence=evidence, by=actor, now=timezone.now()
        )
        told = f"{shown(made).code} is proposed, and you are for it."
        return done(request, page_of("improvement", made.pk), told)
    known = {"form": form, "at": came_from(request, reverse("improvements:list"))}
    return render(request, "improvements/propose.html", known, status=422 if is_sent else 200)


def evidence_in(actor: Actor, text: str) -> list[tuple[str, str]]:
    """Codes of cases and incidents that the actor may see; raises Refused for what is neither."""
    found = []
    for word in text.replace(",", " ").split():
        known = kind_and_number(word)
        if known is None or known[0] not in ("case", "incident"):
            raise Refused(f"{word[:40]} is no code of a case or an incident.", field="evidence")
        (case_or_404 if known[0] == "case" else incident_or_404)(actor, word)
        found.append((known[0], str(known[1])))
    return found


@require_POST
@needs(PROPOSE)
def vote(request: HttpRequest, code: str) -> HttpResponse:
    """Be for it, or take that back."""
    actor = actor_of(request)
    found = improvement_or_404(actor, code)
    is_for = request.POST.get("for") != "no"
    actions.vote(found.pk, is_for=is_for, by=actor, now=timezone.now())
    told = f"{shown(found).code}: {'you are for it' if is_for else 'your vote is taken back'}."
    return done(request, came_from(request, page_of("improvement", found.pk)), told)
