"""What a person does with one refund: each a dialog that asks, then the domain's verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from paydesk.domain.refunds import actions
from paydesk.domain.refunds.states import REFUND
from paydesk.kernel.actor import Actor
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import came_from, done
from paydesk.web.deeds import Nothing
from paydesk.web.refunds.shown import RIGHT, refund_or_404, shown

LONGEST = 500
dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])


def _note(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}))


def _reference(required: bool) -> forms.CharField:
    return forms.CharField(
        label="The provider's reference", max_length=100, required=required,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class Why(forms.Form):
    note = _note("Why, without names or numbers of customers")


class Shows(forms.Form):
    note = _note("What shows it: the row, the message of the bank")


class WentThrough(forms.Form):
    provider_ref = _reference(True)


class DidNot(forms.Form):
    failure = _note("What the provider says went wrong")


class Found(forms.Form):
    outcome = forms.ChoiceField(
        label="What became of it",
        choices=[("", "choose"), ("paid", "It was paid"), ("failed", "It was not paid, for certain")],
    )
    provider_ref = _reference(False)
    note = _note("What shows it; a second person decides on it")


@dataclass(frozen=True, slots=True)
class Deed:
    """`do` is called as do(refund id, **fields of the form, by=, now=); `button` names the amount at {}."""

    name: str
    label: str
    key: str
    transition: str
    right: str
    form: type[forms.Form]
    do: Callable[..., object]
    says: str
    button: str
    told: str
    only_in: tuple[str, ...] = ()
    primary: bool = False

    def fits(self, state: str) -> bool:
        return not self.only_in or state in self.only_in


def _outcome(outcome: str) -> Callable[..., object]:
    def recorded(refund_id: int, *, by: Actor, now: datetime, **said: Any) -> object:
        return actions.record_outcome(refund_id, outcome=outcome, by=by, now=now, **said)

    return recorded


DEEDS = {
    deed.name: deed
    for deed in (
        Deed(
            "try-again", "Try again", "p", "try_again", "payouts.release", Nothing, actions.try_refund_again,
            "It goes out to the same payee once more, with the next payout file.",
            "Send {} once more", "It is free for the next payout file.", primary=True,
        ),
        Deed(
            "paid", "It was paid", "p", "confirm", "payouts.release", WentThrough, _outcome("paid"),
            "As the provider's portal shows it. A result file says the same for many at once.",
            "{} was paid", "Recorded as paid.", only_in=("sent",), primary=True,
        ),
        Deed(
            "failed", "It failed", "i", "fail", "payouts.release", DidNot, _outcome("failed"),
            "The money did not reach the payee and is payable again. Only what is certain.",
            "{} failed", "Recorded as failed.", only_in=("sent",),
        ),
        Deed(
            "no-answer", "No answer", "m", "lose_track", "payouts.release", Why, actions.lose_track_of_refund,
            "Nobody knows whether it was paid. It is not sent again until two people have settled it.",
            "No answer about {}", "Nobody sends it again until it is found.",
        ),
        Deed(
            "settle", "Settle", "p", "confirm", "payouts.release", Found, actions.request_resolution,
            "If it is called failed and was paid after all, the payee gets it twice.",
            "Ask to settle {}", "Asked. A second person decides on it.", only_in=("unknown",), primary=True,
        ),
        Deed(
            "came-back", "It came back", "b", "bounce", "payouts.release", Shows, actions.bounce_refund,
            "The bank or provider handed it back after it was paid: it is payable again.",
            "{} came back", "It is payable again.",
        ),
        Deed(
            "cancel", "Cancel", "c", "cancel", "refunds.entitle", Why, actions.cancel_refund,
            "The money is the customer's again: their contracts take it, what is left is unapplied.",
            "Cancel the refund of {}", "Cancelled. The money is the customer's again.",
        ),
    )
}  # fmt: skip


@dialog_view
@needs(RIGHT)
def act(request: HttpRequest, code: str, deed: str) -> HttpResponse:
    """Ask what has to be said, then do it, once."""
    actor = actor_of(request)
    refund = refund_or_404(actor, code)
    chosen = DEEDS.get(deed)
    if chosen is None:
        raise Http404("There is no such act.")
    each = shown(refund)
    back = came_from(request, page_of("refund", refund.pk))
    form = chosen.form(request.POST if request.method == "POST" else None, auto_id="deed_%s")
    if request.method == "POST" and form.is_valid():
        chosen.do(refund.pk, **form.cleaned_data, version=version_in(request), by=actor, now=timezone.now())
        return done(request, page_of("refund", refund.pk), f"{each.code}: {chosen.told}")
    known = {
        "each": each,
        "refund": refund,
        "deed": chosen,
        "form": form,
        "at": back,
        "button": chosen.button.format(each.amount),
        "blocked": gate(actor, chosen.right).reason or why_not(chosen, refund.state, each.word),
    }
    return render(request, "refunds/deed.html", known, status=422 if request.method == "POST" else 200)


def version_in(request: HttpRequest) -> int:
    """The version that the person saw; one that never was is refused as stale."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def why_not(deed: Deed, state: str, word: str) -> str:
    """Why this cannot be done in this state; "" where it can."""
    if REFUND.may(deed.transition, state) and deed.fits(state):
        return ""
    return f"This refund is {word} by now: look at it again."
