"""What a person does with one reversal request: a dialog that asks, then the domain's verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from paydesk.domain.reversal_requests import actions
from paydesk.domain.reversal_requests.rules import CONTESTS
from paydesk.domain.reversal_requests.states import REVERSAL_REQUEST
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import came_from, done
from paydesk.web.reversal_requests.shown import ANSWER, SEE, request_or_404, shown

LONGEST = 500
dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])


def _note(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}))


class Agree(forms.Form):
    note = _note("Why, for whoever decides; without names or numbers of customers")


class Contest(forms.Form):
    contest_reason = forms.ChoiceField(label="Why we say no", choices=[("", "choose"), *CONTESTS.items()])
    note = _note("For whoever decides; without names or numbers of customers")


class Decided(forms.Form):
    note = _note("What the provider decided, or that the payer took it back")


@dataclass(frozen=True, slots=True)
class Deed:
    """`do` is called as do(request id, **fields of the form, by=, now=); `button` names the amount at {}."""

    name: str
    label: str
    key: str
    transition: str
    form: type[forms.Form]
    do: Callable[..., object]
    says: str
    button: str
    told: str
    primary: bool = False


DEEDS = {
    deed.name: deed
    for deed in (
        Deed(
            "contest", "Contest", "p", "contest", Contest, actions.request_contest,
            "The proof of value is made now, for the second person and then for the provider. "
            "Once they agree the money is let go.",
            "Ask to contest {}", "Asked. A second person reads the proof and decides.", True,
        ),
        Deed(
            "accept", "Accept", "y", "accept", Agree, actions.request_acceptance,
            "The money stays held until the provider's own row takes it.",
            "Ask to give {} back", "Asked. A second person decides on it.",
        ),
        Deed(
            "release", "Closed for us", "e", "release", Decided, actions.release_request,
            "Only what the provider says: what is held is the customer's again, and the case is over.",
            "Let {} go", "Closed. What was held is the customer's again.",
        ),
    )
}  # fmt: skip


@dialog_view
@needs(SEE)
def act(request: HttpRequest, code: str, deed: str) -> HttpResponse:
    """Ask what has to be said, then do it, once."""
    actor = actor_of(request)
    asked = request_or_404(actor, code)
    chosen = DEEDS.get(deed)
    if chosen is None:
        raise Http404("There is no such act.")
    each, is_sent = shown(asked), request.method == "POST"
    page = page_of("reversal_request", asked.pk)
    form = chosen.form(request.POST if is_sent else None, auto_id="deed_%s")
    if is_sent and form.is_valid():
        chosen.do(asked.pk, **form.cleaned_data, by=actor, now=timezone.now())
        return done(request, page, f"{each.code}: {chosen.told}")
    known = {
        "each": each,
        "deed": chosen,
        "form": form,
        "at": came_from(request, page),
        "button": chosen.button.format(each.amount),
        "blocked": gate(actor, ANSWER).reason or why_not(chosen, asked.state, each.word),
    }
    return render(request, "reversal_requests/deed.html", known, status=422 if is_sent else 200)


def why_not(deed: Deed, state: str, word: str) -> str:
    """Why this cannot be done in this state; "" where it can."""
    if deed.name == "accept" and state == "requested":
        return "Nothing could be held for it: there is no money to give. Contest it."
    if REVERSAL_REQUEST.may(deed.transition, state):
        return ""
    return f"This request is {word} by now: look at it again."
