"""Asking aside from a case; writing in a side conversation and closing it stand on the case itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from paydesk.domain.cases import actions
from paydesk.domain.cases.queries import code as case_code
from paydesk.domain.cases.side_queries import code as side_code
from paydesk.domain.cases.side_queries import side_for
from paydesk.domain.cases.side_rules import WITH
from paydesk.domain.cases.states import OPEN
from paydesk.foundation.people.queries import people_found
from paydesk.kernel.actor import Actor
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import number_in, page_of
from paydesk.web.answers import came_from, done
from paydesk.web.cases.shown import SEE, WORK, case_or_404

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case, SideTalk


class AskForm(forms.Form):
    """Whom, what about, and the question: by mail where an address is given, else people of the desk."""

    with_whom = forms.ChoiceField(label="Ask", choices=[("", "choose"), *WITH.items()])
    people = forms.TypedMultipleChoiceField(
        label="Somebody of us by name", coerce=int, required=False,
        help_text="Nobody named: everybody whose role it is, for Finance and Risk.",
    )  # fmt: skip
    address = forms.EmailField(label="Or by mail to", required=False, max_length=254)
    subject = forms.CharField(max_length=200)
    text = forms.CharField(
        label="The question; the customer does not see it",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, said: Any, *, people: list[tuple[int, str]], subject: str) -> None:
        super().__init__(said, auto_id="aside_%s", initial={"subject": subject})
        names: Any = self.fields["people"]
        names.choices = people
        names.widget.attrs["size"] = 4


def colleagues(actor: Actor, case: Case) -> list[tuple[int, str]]:
    """People of the desk who work on cases of this market, but oneself."""
    found = []
    for person in people_found(state="active"):
        them = person.actor()
        if person.pk != actor.id and them.sees(case.market) and them.may(WORK):
            found.append((person.pk, person.name))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@needs(WORK)
def ask(request: HttpRequest, public_code: str) -> HttpResponse:
    """Ask somebody aside: the clock of their answer begins."""
    actor = actor_of(request)
    case = case_or_404(actor, public_code)
    is_sent = request.method == "POST"
    form = AskForm(request.POST if is_sent else None, people=colleagues(actor, case), subject=case.subject)
    if is_sent and form.is_valid():
        data = form.cleaned_data
        side = actions.open_side(
            case.pk, with_whom=data["with_whom"], subject=data["subject"], text=data["text"],
            address=data["address"], asked_ids=data["people"],
            sent_key=request.POST.get("sent_key", "")[:64], by=actor, now=timezone.now(),
        )  # fmt: skip
        told = f"{side_code(side)}: asked; its clock runs."
        return done(request, came_from(request, page_of("case", case.pk)), told)
    known = {
        "case": case, "code": case_code(case), "form": form, "sent_key": uuid4().hex,
        "at": came_from(request, page_of("case", case.pk)),
        "blocked": gate(actor, WORK).reason
        or ("" if case.state in OPEN else f"This case is {case.state}: open it again to ask somebody."),
    }  # fmt: skip
    return render(request, "sides/ask.html", known, status=422 if is_sent else 200)


def side_or_404(actor: Actor, code: str) -> SideTalk:
    number = number_in("side", code)
    if number is None or number >= 2**63:
        raise Http404("There is no side conversation with this code.")
    try:
        return side_for(actor, number)
    except ObjectDoesNotExist:
        raise Http404("There is no such side conversation in your markets.") from None


@require_safe
@needs(SEE)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """A side conversation stands on its case."""
    return redirect(page_of("case", side_or_404(actor_of(request), code).case_id))


@require_POST
@needs(WORK)
def say(request: HttpRequest, code: str) -> HttpResponse:
    """Write in it: whoever was asked answers by it, whoever asked asks again."""
    actor = actor_of(request)
    side = side_or_404(actor, code)
    actions.say_aside(
        side.pk, text=request.POST.get("text", ""), sent_key=request.POST.get("sent_key", "")[:64],
        by=actor, now=timezone.now(),
    )  # fmt: skip
    return done(request, came_from(request, page_of("case", side.case_id)), f"{side_code(side)}: said.")


@require_POST
@needs(WORK)
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Nothing more is asked there; its clock ends."""
    actor = actor_of(request)
    side = side_or_404(actor, code)
    actions.close_side(side.pk, by=actor, now=timezone.now())
    return done(request, came_from(request, page_of("case", side.case_id)), f"{side_code(side)}: closed.")
