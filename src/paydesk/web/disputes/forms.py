"""What the dialogs of disputes ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from paydesk.domain.disputes.reason_codes import EVIDENCE, SCHEMES, reason_codes
from paydesk.domain.disputes.rules import OUTCOMES
from paydesk.kernel.money import Money, exact_minor
from paydesk.web.payments.filters import AmountField

if TYPE_CHECKING:
    from paydesk.domain.disputes.models import Dispute
    from paydesk.domain.payments.models import Payment

LONGEST, LARGEST = 500, 10 * 1024 * 1024


def reasons() -> list[tuple[str, Any]]:
    """Every reason code under its scheme."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in reason_codes().values():
        groups.setdefault(SCHEMES[each.scheme], []).append((each.key, each.words))
    return [("", "choose"), *groups.items()]


def _text(label: str, *, required: bool = True, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONGEST, required=required, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


def _day(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget, initial=None)


class Upload(forms.FileField):
    """A file of up to 10 MB."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if upload and upload.size > LARGEST:
            raise forms.ValidationError("This file is larger than 10 MB.")
        return upload


class Part(forms.Form):
    """A form with an amount up to a whole; left empty it is all of it."""

    def __init__(self, *args: Any, whole: Money, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.whole = whole
        self.fields["amount"] = AmountField(f"Amount, if not all {whole}")

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


class Notice(forms.Form):
    """The scheme's notice: scheme and reason in one list, and its days."""

    reason = forms.ChoiceField(label="Scheme and reason code", choices=reasons)
    provider_ref = forms.CharField(
        label="Provider's reference of the dispute", max_length=64, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    notice_on = _day("Date of the notice")
    told_by = _day(
        "Last day to answer, as the provider says", required=False,
        help_text="The earlier of this and the scheme's own day counts; ours is two business days before.",
    )  # fmt: skip

    @property
    def said(self) -> dict[str, Any]:
        """What the verbs ask for."""
        scheme, _, code = self.cleaned_data["reason"].partition(" ")
        names = ("provider_ref", "notice_on", "told_by")
        return {"scheme": scheme, "reason_code": code} | {name: self.cleaned_data[name] for name in names}


class Open(Part, Notice):
    """A new dispute of a payment."""

    is_inquiry = forms.BooleanField(
        label="Only an inquiry: nothing is charged back yet", required=False,
        help_text="Its clock starts when it becomes a chargeback.",
    )  # fmt: skip
    note = _text("Note", required=False)
    field_order = ["reason", "amount", "provider_ref", "notice_on", "told_by", "is_inquiry", "note"]

    def __init__(self, *args: Any, payment: Payment, **kwargs: Any) -> None:
        whole = Money(payment.amount_minor, payment.currency)
        super().__init__(*args, whole=whole, initial={"notice_on": timezone.localdate()}, **kwargs)
        self.order_fields(self.field_order)
        self.fields["provider_ref"].required = True


class Answer(forms.Form):
    note = _text("Why, for whoever decides; without names or numbers of customers")


class Nothing(forms.Form):
    """Nothing is asked."""


class Decided(Part):
    outcome = forms.ChoiceField(label="What the provider says", choices=[("", "choose"), *OUTCOMES.items()])
    evidence = Upload(label="The provider's message", help_text="Up to 10 MB.")
    note = _text("Note", required=False)
    field_order = ["outcome", "amount", "evidence", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].label = f"Won, if not all {self.whole}"
        self.order_fields(self.field_order)


class GoOn(forms.Form):
    notice_on = _day("Date of the notice")
    told_by = _day("Last day to answer, as the provider says", required=False)


class Give(forms.Form):
    """One line of the checklist: a file, something a case has, or why not."""

    kind = forms.ChoiceField(label="What it shows", choices=[*EVIDENCE.items()])
    file = Upload(label="A file", required=False, help_text="Up to 10 MB.")
    of_case = forms.ChoiceField(label="Or from a case about it", required=False)
    absent_because = _text("Or why it is not to be had", required=False)

    def __init__(self, *args: Any, of_cases: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["of_case"]
        field.choices = [("", "choose"), *of_cases]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        given = [name for name in ("file", "of_case", "absent_because") if said.get(name)]
        if not self.errors and len(given) != 1:
            self.add_error(None, "Give a document, or a message, or say why it is not to be had.")
        return said


class MatchRow(forms.Form):
    """Which row of the provider moved money because of it."""

    row = forms.TypedChoiceField(label="Row", coerce=int)
    is_fee = forms.BooleanField(label="It is a fee for the dispute, not the contested money", required=False)

    def __init__(self, *args: Any, rows: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["row"]
        field.choices = rows


def whole_of(dispute: Dispute) -> Money:
    return Money(dispute.amount_minor, dispute.currency)
