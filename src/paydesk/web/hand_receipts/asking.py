"""Entering a payment by hand: what is known of it, with the evidence a second person decides by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from paydesk.domain.hand_receipts.actions import request_receipt
from paydesk.domain.providers.queries import source_accounts
from paydesk.foundation.documents.actions import store
from paydesk.kernel.money import Money, exact_minor
from paydesk.kernel.refused import NotAllowedRefused, Refused
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.hand_receipts.shown import ENTER, SEE, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from paydesk.domain.providers.models import SourceAccount

LARGEST = 10 * 1024 * 1024


def _text(label: str, longest: int, **options: Any) -> forms.CharField:
    attrs = {"autocomplete": "off", **options.pop("attrs", {})}
    return forms.CharField(label=label, max_length=longest, widget=forms.TextInput(attrs=attrs), **options)


class ReceiptForm(forms.Form):
    """One payment as its evidence shows it."""

    account = forms.TypedChoiceField(label="Paid to", coerce=int)
    amount = forms.DecimalField(
        max_digits=14, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )
    paid_at = forms.DateTimeField(
        label="Paid at",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="In your own time zone.",
    )
    provider_ref = _text(
        "Provider's code", 100, attrs={"class": "code"},
        help_text="The code of the payment at the provider: its own row is known by it.",
    )  # fmt: skip
    reference = _text("Reference the payer typed", 100, required=False)
    phone = _text("Paid from (phone)", 20, required=False)
    payer_name = _text("Payer", 120, required=False)
    note = forms.CharField(
        label="How you know, for whoever decides", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    evidence = forms.FileField(
        help_text="A picture or PDF: the payer's message, a letter, a page of the portal. Up to 10 MB."
    )

    def __init__(self, *args: Any, accounts: Sequence[SourceAccount], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="by_hand_%s", **kwargs)
        self.accounts = {each.pk: each for each in accounts}
        field: Any = self.fields["account"]
        choices = [(each.pk, f"{each.name}, {each.market}, {each.currency}") for each in accounts]
        field.choices = choices if len(choices) == 1 else [("", "choose"), *choices]

    def clean_evidence(self) -> Any:
        upload = self.cleaned_data["evidence"]
        if upload.size > LARGEST:
            raise forms.ValidationError("This file is larger than 10 MB.")
        return upload

    def clean(self) -> None:
        said = self.cleaned_data
        account = self.accounts.get(said.get("account") or 0)
        if account is None or said.get("amount") is None:
            return
        minor = exact_minor(said["amount"], account.currency)
        if minor is None or minor <= 0:
            self.add_error("amount", f"Above zero, with no more places than {account.currency} has.")
        else:
            said["money"] = Money(minor, account.currency)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SEE)
def new(request: HttpRequest) -> HttpResponse:
    """Ask for what was paid to be entered, and have somebody else decide."""
    actor = actor_of(request)
    accounts = list(source_accounts(actor).filter(role="originates"))
    is_sent = request.method == "POST"
    form = ReceiptForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, accounts=accounts
    )
    known: dict[str, Any] = {"form": form, "enter": gate(actor, ENTER), "accounts": accounts}
    status = 422 if is_sent else 200
    if is_sent and form.is_valid():
        actor.needs(ENTER)
        said, now = form.cleaned_data, timezone.now()
        upload = said["evidence"]
        try:
            market = form.accounts[said["account"]].market
            kept = store(cast("BinaryIO", upload), filename=upload.name, by=actor, now=now, market=market)
            receipt = request_receipt(
                said["account"], amount=said["money"], paid_at=said["paid_at"],
                provider_ref=said["provider_ref"], reference=said["reference"], phone=said["phone"],
                payer_name=said["payer_name"], note=said["note"], document_id=kept.pk, by=actor, now=now,
            )  # fmt: skip
        except NotAllowedRefused:
            raise
        except Refused as refused:
            form.add_error(None, refused.text)
            status = 409
        else:
            each = shown(receipt, now)
            messages.success(request, f"{each.code} is asked for. A second person decides on it.")
            return redirect(each.url)
    return render(request, "hand_receipts/new.html", known, status=status)
