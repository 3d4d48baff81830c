"""Recording what a provider passed on: find the payment, then the case, with the provider's message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.reversal_requests.actions import record_request
from paydesk.domain.reversal_requests.queries import left_of
from paydesk.domain.reversal_requests.rules import REASONS
from paydesk.foundation.documents.actions import store
from paydesk.kernel.money import Money, exact_minor
from paydesk.kernel.refused import NotAllowedRefused, Refused
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.answers import came_from, done
from paydesk.web.payments.filters import AmountField
from paydesk.web.payments.named import payments_named
from paydesk.web.payments.page import payment_or_404
from paydesk.web.payments.shown import shown as payment_shown
from paydesk.web.reversal_requests.deeds import LONGEST, dialog_view
from paydesk.web.reversal_requests.shown import ANSWER, SEE, shown

if TYPE_CHECKING:
    from paydesk.domain.payments.models import Payment

LARGEST = 10 * 1024 * 1024


class RecordForm(forms.Form):
    """The request as the provider's message says it."""

    case_number = forms.CharField(
        label="Provider's case number", max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    reason = forms.ChoiceField(label="Why the payer asks", choices=[("", "choose"), *REASONS.items()])
    requested_at = forms.DateTimeField(
        label="Asked at",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="In your own time zone; the clock runs from here.",
    )
    note = forms.CharField(
        label="Note", max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    evidence = forms.FileField(label="The provider's message", required=False, help_text="Up to 10 MB.")
    field_order = ["amount", "case_number", "reason", "requested_at", "evidence", "note"]

    def __init__(self, *args: Any, payment: Payment, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="reversal_%s", **kwargs)
        self.whole = Money(payment.amount_minor - payment.reversed_minor, payment.currency)
        self.fields["amount"] = AmountField(f"Amount, if not all {self.whole}")
        self.order_fields(self.field_order)

    def clean_evidence(self) -> Any:
        upload = self.cleaned_data["evidence"]
        if upload is not None and upload.size > LARGEST:
            raise forms.ValidationError("This file is larger than 10 MB.")
        return upload

    def clean(self) -> None:
        said = self.cleaned_data
        if "amount" in self.errors:
            return
        amount, whole = said.get("amount"), self.whole
        minor = whole.amount_minor if amount is None else exact_minor(amount, whole.currency)
        if not minor or minor > whole.amount_minor:
            self.add_error("amount", f"Between the smallest unit and {whole}.")
        else:
            said["money"] = Money(minor, whole.currency)


@dialog_view
@needs(SEE)
def record(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Ask for the case, then hold the money."""
    actor = actor_of(request)
    payment = payment_or_404(actor, payment_id)
    is_sent = request.method == "POST"
    now = timezone.now()
    form = RecordForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        payment=payment,
        initial={"requested_at": timezone.localtime(now)},
    )
    status = 422 if is_sent else 200
    if is_sent and form.is_valid():
        actor.needs(ANSWER, market=payment.market)
        said = form.cleaned_data
        try:
            upload, kept = said["evidence"], None
            if upload is not None:
                kept = store(
                    cast("BinaryIO", upload), filename=upload.name, by=actor, now=now, market=payment.market
                )
            made = record_request(
                payment.pk, amount=said["money"], case_number=said["case_number"], reason=said["reason"],
                requested_at=said["requested_at"], note=said["note"],
                evidence_id=kept.pk if kept is not None else None, by=actor, now=now,
            )  # fmt: skip
        except NotAllowedRefused:
            raise
        except Refused as refused:
            form.add_error(None, refused.text)
            status = 409
        else:
            each = shown(made)
            held = f"{each.amount} is held" if made.held_minor else "nothing of it could be held"
            return done(request, each.url, f"{each.code} is recorded: {held}.")
    known = {
        "form": form,
        "payment": payment,
        "each": payment_shown(payment),
        "left": left_of(payment),
        "allowed": gate(actor, ANSWER),
        "at": came_from(request, reverse("reversal_requests:list")),
    }
    return render(request, "reversal_requests/record.html", known, status=status)


@dialog_view
@needs(SEE)
def choose(request: HttpRequest) -> HttpResponse:
    """Which payment the provider speaks of: our code, or the provider's own."""
    text = request.GET.get("q", "").strip()
    known: dict[str, Any] = {"q": text, "allowed": gate(actor_of(request), ANSWER)}
    if text:
        rows = payments_named(actor_of(request), text)
        if len(rows) == 1:
            return redirect("reversal_requests:record", rows[0].pk)
        known["rows"] = [payment_shown(each) for each in rows]
    return render(request, "reversal_requests/choose.html", known)
