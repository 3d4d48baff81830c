"""What a person does with one exception: a dialog that asks, then the domain's verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from paydesk.domain.reconciliation import actions, previews
from paydesk.domain.reconciliation.actions.writing_off import BOOKED
from paydesk.domain.reconciliation.differences import PAIRS
from paydesk.domain.reconciliation.missing import why_not_posted
from paydesk.domain.reconciliation.states import RESOLUTIONS
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.refused import Refused
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import came_from, done
from paydesk.web.contracts.forms import day_input
from paydesk.web.reconciliation.drafts import draft_of
from paydesk.web.reconciliation.shown import CONFIRM, OUTSIDE, SEE, exception_or_404, shown

if TYPE_CHECKING:
    from paydesk.domain.reconciliation.models import ReconciliationException

LONGEST = 500
BY_HAND, SMALL = "payments.receive_by_hand", "matching.write_off_small"
dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])


def _reason(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}))


class Wait(forms.Form):
    until = forms.DateField(label="Until", widget=day_input())
    reason = _reason("Why; without names or numbers of customers")


class Adjust(forms.Form):
    adjust_as = forms.ChoiceField(
        label="What the difference is",
        choices=[
            ("", "choose"),
            ("fee", "a fee the provider kept (5010)"),
            ("fx", "an exchange difference (5050)"),
            ("rounding", "rounding or a small difference (5060)"),
        ],
    )
    reason = _reason("Why, for whoever decides; without names or numbers of customers")


class Solved(forms.Form):
    how = forms.ChoiceField(
        label="How it was solved",
        choices=[
            ("", "choose"),
            *((how, RESOLUTIONS[how]) for how in ("chased", "error_in_file", "done_elsewhere")),
        ],
    )
    reason = _reason("In a sentence; without names or numbers of customers")


class WhyDecided(forms.Form):
    reason = _reason("Why, for whoever decides; without names or numbers of customers")


class Why(forms.Form):
    reason = _reason("Why; without names or numbers of customers")


@dataclass(frozen=True, slots=True)
class Deed:
    """`do` is called as do(exception id, **fields of the form, version=, by=, now=)."""

    name: str
    label: str
    key: str
    form: type[forms.Form]
    do: Callable[..., object]
    right: str
    says: str
    button: str
    told: str


DEEDS = {
    deed.name: deed
    for deed in (
        Deed(
            "provider", "Provider is asked", "p", Wait, actions.ask_provider, CONFIRM,
            "Send them this message first. Until the day it waits; then it opens again by itself.",
            "Wait for the provider", "It waits for the provider.",
        ),
        Deed(
            "timing", "Timing difference", "t", Wait, actions.accept_timing, CONFIRM,
            "Every run looks for it. If it is not there by the day, it opens again by itself.",
            "Accept it until then", "Accepted as a timing difference.",
        ),
        Deed(
            "adjust", "Adjust", "d", Adjust, actions.request_adjustment, OUTSIDE,
            "A second person decides. Then the difference is posted, and both rows are a match.",
            "Ask to adjust {}", "Asked. A second person decides on it.",
        ),
        Deed(
            "post", "Post the payment", "b", WhyDecided, actions.request_posting, BY_HAND,
            "A second person decides. Then the row is received like any other of its file.",
            "Ask to post {}", "Asked. A second person decides on it.",
        ),
        Deed(
            "write_off", "Write off", "z", WhyDecided, actions.request_exception_write_off, SMALL,
            "A second person decides. Then it is booked as a small difference (5060).",
            "Ask to write off {}", "Asked. A second person decides on it.",
        ),
        Deed(
            "take_back", "Take the booking back", "u", WhyDecided, actions.request_take_back, OUTSIDE,
            "A second person decides. Then the opposite is posted, and the exception is open again.",
            "Ask to take {} back", "Asked. A second person decides on it.",
        ),
        Deed(
            "solved", "Solved", "e", Solved, actions.resolve_exception, CONFIRM,
            "Moves no money: say what was found out, or which act put it right.",
            "Resolve it", "Resolved.",
        ),
        Deed(
            "reopen", "Open again", "o", Why, actions.reopen_exception, CONFIRM,
            "It stands in the queue again, with a new clock.",
            "Open it again", "Open again.",
        ),
    )
}  # fmt: skip


@dialog_view
@needs(SEE)
def act(request: HttpRequest, code: str, deed: str) -> HttpResponse:
    """Ask what has to be said, then do it, once."""
    actor = actor_of(request)
    found = exception_or_404(actor, code)
    chosen = DEEDS.get(deed)
    if chosen is None:
        raise Http404("There is no such act.")
    each, is_sent = shown(found), request.method == "POST"
    here = page_of("exception", found.pk)
    form = chosen.form(request.POST if is_sent else None, auto_id="deed_%s", initial=initial_of())
    if is_sent and form.is_valid():
        version = request.POST.get("version", "")
        chosen.do(
            found.pk, **form.cleaned_data, version=int(version) if version.isdigit() else None, by=actor,
            now=timezone.now(),
        )  # fmt: skip
        return done(request, came_from(request, here), f"{each.code}: {chosen.told}")
    known = {
        "each": each,
        "draft": draft_of(each) if chosen.name == "provider" else "",
        "found": found,
        "deed": chosen,
        "form": form,
        "at": came_from(request, here),
        "button": chosen.button.format(each.amount),
        "blocked": gate(actor, chosen.right).reason or why_not(chosen, found),
    }
    if not known["blocked"]:
        known |= effects_of(chosen.name, found, actor)
    return render(request, "reconciliation/deed.html", known, status=422 if is_sent else 200)


def initial_of() -> dict[str, Any]:
    """What a dialog proposes: three days to wait."""
    return {"until": timezone.localdate() + timedelta(days=3)}


def effects_of(deed: str, found: ReconciliationException, actor: Actor) -> dict[str, Any]:
    """What an act would post, for its dialog; `blocked` where the act itself would be refused."""
    now, code = timezone.now(), found.source_account.ledger_code
    if deed == "post":
        try:
            return {"received": previews.posting_of(found, by=actor, now=now)}
        except Refused as refused:
            return {"blocked": refused.text}
    if deed == "adjust":
        difference = previews.adjustment_of(found)
        return {"postings": previews.postings_of(code, difference, "5010")[:1]} if difference else {}
    if deed == "write_off":
        small, refused_text = previews.write_off_of(found, now)
        return {"postings": previews.postings_of(code, small, "5060")} if small else {"blocked": refused_text}
    if deed == "take_back" and (match := previews.booked_of(found)):
        counter = {"fee": "5010", "fx": "5050"}.get(match.residual_as, "5060")
        back = Money(-match.residual_minor, match.currency)
        return {"postings": previews.postings_of(code, back, counter), "button": f"Ask to take {back} back"}
    return {}


def why_not(deed: Deed, found: ReconciliationException) -> str:
    """Why this cannot be done as it stands; "" where it can."""
    if deed.name == "reopen":
        may = found.state == "pending" or found.resolution in ("chased", "error_in_file", "done_elsewhere")
        return "" if may else "What an act or a run resolved is taken back there."
    if deed.name == "take_back":
        return "" if found.resolution in BOOKED else "Nothing was booked that could be taken back."
    if found.state == "resolved":
        return "It is resolved already."
    if deed.name == "post":
        return why_not_posted(found)
    if deed.name == "write_off" and found.kind not in (*PAIRS, "missing_at_provider"):
        return "Only a difference of two rows, or a row that the provider does not have, is written off."
    if deed.name in ("provider", "timing") and found.state == "pending":
        return "It waits already: open it again first."
    if deed.name == "adjust" and found.kind not in PAIRS:
        return "Only the difference of two rows that name one payment is adjusted."
    return ""
