"""Days of a market: through which they are closed, what is not ready; two people close and open them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from paydesk.domain.payments.queries import within_patience
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused
from paydesk.reporting.books.actions import (
    ask_to_close,
    ask_to_reopen,
    decide_day_closing,
    withdraw_day_closing,
)
from paydesk.reporting.books.queries.days import closed_through, closing_for, closings, open_day
from paydesk.reporting.books.queries.readiness import readiness
from paydesk.reporting.books.states import DAY_CLOSING
from paydesk.web.access import Gate, actor_of, gate, needs
from paydesk.web.books.aged_views import WORDS
from paydesk.web.books.asked import asked
from paydesk.web.books.trial_views import PATIENCE_SECONDS, RIGHT
from paydesk.web.contracts.forms import day_input
from paydesk.web.links import rows_at
from paydesk.web.people_names import names_by_label
from paydesk.web.providers.gaps import gap_words
from paydesk.web.reconciliation.shown import day_url

if TYPE_CHECKING:
    from paydesk.reporting.books.models import DayClosing
    from paydesk.reporting.provider_cash.missing import Missing

CLOSE, REOPEN = "ledger.close_day", "ledger.reopen_period"
SHOWN = 12
DECISIONS = ("approve", "refuse", "withdraw")


class DayForm(forms.Form):
    day = forms.DateField(widget=day_input())
    reason = forms.CharField(
        required=False, max_length=300, label="Reason, without names or numbers of customers"
    )

    def __init__(self, said: Any, *, label: str, auto_id: str = "id_%s", **more: Any) -> None:
        super().__init__(said, auto_id=auto_id, **more)
        self.fields["day"].label = label
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"


@dataclass(frozen=True, slots=True)
class ShownClosing:
    """One request in words, with what this person may do with it."""

    closing: DayClosing
    words: str
    family: str
    asked_by: str
    decided_by: str
    decide: Gate
    withdraw: bool


def shown_closings(actor: Actor, found: list[DayClosing]) -> list[ShownClosing]:
    """`found` in words; one query."""
    names = names_by_label(label for each in found for label in (each.asked_by, each.decided_by) if label)
    return [
        ShownClosing(
            each,
            "Close through" if each.kind == "close" else "Open again from",
            DAY_CLOSING.family(each.state),
            names[each.asked_by],
            names.get(each.decided_by, ""),
            Gate(False, "You asked for it; another person decides.")
            if each.asked_by == actor.label
            else gate(actor, f"{CLOSE if each.kind == 'close' else REOPEN}:check"),
            each.asked_by == actor.label,
        )
        for each in found
    ]


@require_safe
@needs(RIGHT)
def days(request: HttpRequest) -> HttpResponse:
    """Through which day a market is closed, what is not ready, and what waits for a decision."""
    actor, wanted = actor_of(request), asked(request, without=("since", "known"))
    market = wanted.market.pk
    last = open_day(market, timezone.now()) - timedelta(1)
    through, is_through = min(wanted.on, last), closed_through(market)
    with within_patience(PATIENCE_SECONDS):
        ready = readiness(actor, market, through, timezone.now())
    shown = shown_closings(actor, list(closings(actor, market)[:SHOWN]))
    known = {
        "asked": wanted,
        "filters": wanted.filters,
        "market_code": market,
        "tab": "days",
        "through": through,
        "closed_through": is_through,
        "is_closed": is_through is not None and through <= is_through,
        "ready": ready,
        "gaps": list(_gaps(ready.missing)),
        "unsigned": [
            (each.account.name, len(each.days), day_url(each.account.pk, each.days[0]))
            for each in ready.unsigned
        ],
        "old_money": [(WORDS[each.kind], each) for each in ready.old_money],
        "waiting": [each for each in shown if each.closing.state == DAY_CLOSING.start],
        "past": [each for each in shown if each.closing.state != DAY_CLOSING.start],
        "may_close": gate(actor, CLOSE),
        "may_reopen": gate(actor, REOPEN),
        "close_form": DayForm(None, label="Close through", initial={"day": through}),
        "reopen_form": DayForm(
            None, label="Open again from", auto_id="reopen_%s", initial={"day": is_through}
        ),
    }
    into = request.htmx.target == "books"  # type: ignore[attr-defined]
    return render(request, "books/_days.html" if into else "books/days.html", known)


def _gaps(missing: Sequence[Missing]) -> Iterator[tuple[str, str]]:
    """What to download, in words, each with the place where it is handed over."""
    for each in missing:
        url = rows_at("intake:files", upload_to=each.account.pk)
        if each.days:
            days = ", ".join(f"{day:%-d %b}" for day in each.days)
            yield f"No file of {each.account.name} for {days}", url
        for words in gap_words(each.account.name, each.gaps):
            yield words, url


def _said(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """The market of the address and the form; refused without a day."""
    form = DayForm(request.POST, label="Day")
    if not form.is_valid():
        raise Refused(
            "Say which day, as a date, and a reason of at most 300 characters.", code="books.no_day"
        )
    return asked(request, without=("since", "on", "known")).market.pk, form.cleaned_data


def _back(market: str) -> HttpResponse:
    return redirect(f"{reverse('books:days')}?market={market}")


@require_POST
@needs(CLOSE)
def close(request: HttpRequest) -> HttpResponse:
    """Ask to close the market through a day."""
    market, said = _said(request)
    ask_to_close(market, said["day"], reason=said["reason"], by=actor_of(request), now=timezone.now())
    messages.success(request, "Asked for. A second person closes the days.")
    return _back(market)


@require_POST
@needs(REOPEN)
def reopen(request: HttpRequest) -> HttpResponse:
    """Ask to open closed days again."""
    market, said = _said(request)
    ask_to_reopen(market, said["day"], reason=said["reason"], by=actor_of(request), now=timezone.now())
    messages.success(request, "Asked for. A second person opens the days again.")
    return _back(market)


@require_POST
@needs(RIGHT)
def decide(request: HttpRequest, closing_id: int, decision: str) -> HttpResponse:
    """Approve, refuse or take back a request; which right that needs is the verb's to say."""
    actor, now = actor_of(request), timezone.now()
    try:
        closing = closing_for(actor, min(closing_id, 2**63 - 1))
    except ObjectDoesNotExist:
        raise Http404("There is no such request in your markets.") from None
    if decision not in DECISIONS:
        raise Http404
    if decision == "withdraw":
        withdraw_day_closing(closing.pk, by=actor, now=now)
    else:
        decide_day_closing(closing.pk, approve=decision == "approve", by=actor, now=now)
    messages.success(
        request, {"approve": "Approved.", "refuse": "Refused.", "withdraw": "Taken back."}[decision]
    )
    return _back(closing.market)
