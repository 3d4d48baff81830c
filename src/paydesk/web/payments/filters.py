"""The filters of the payment lists: the address, checked, named and put into the terms of the query."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.formats import date_format

from paydesk.domain.payments.queries import AGE_BANDS, SORTS
from paydesk.domain.payments.rules import RULES
from paydesk.domain.payments.states import APPLIED_FAMILIES, PAYMENT
from paydesk.domain.providers.queries import source_accounts
from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.lifecycle import words
from paydesk.kernel.money import exact_minor
from paydesk.web.addresses import code_in, number_in
from paydesk.web.payments.shown import APPLIED_WORDS

ANY = [("", "any")]
RULE_WORDS = {
    "account_number": "account number",
    "reference_in_text": "reference in the text",
    "msisdn": "phone number",
    "payer_link": "phone that paid before",
    "by_hand": "by hand",
}
LABELS = {"market": "Market", "source": "Account", "state": "State", "payer": "Payer", "applied": "Applied",
          "currency": "Currency", "rule": "Identified by", "age": "Waiting",
          "double": "Doubles"}  # fmt: skip


class AmountField(forms.DecimalField):
    """An amount in major units as people type it, with thousands commas or without."""

    def __init__(self, label: str, *, help_text: str = "") -> None:
        # Fifteen digits of minor units are more than any payment, and fit the column.
        super().__init__(
            label=label, required=False, min_value=Decimal(0), max_digits=15, decimal_places=4,
            help_text=help_text,
        )  # fmt: skip
        self.widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def to_python(self, value: Any) -> Decimal | None:
        return super().to_python(value.replace(",", "") if isinstance(value, str) else value)


class ListFilters(forms.Form):
    """The filters that both the payments list and the lists of what waits have."""

    q = forms.CharField(label="Name, reference, phone", required=False, max_length=100, strip=True)
    market = forms.ChoiceField(required=False)
    currency = forms.ChoiceField(required=False)
    source = forms.TypedChoiceField(label="Account", required=False, coerce=int, empty_value=None)

    def __init__(self, address: QueryDict, *, actor: Actor) -> None:
        super().__init__(address, auto_id="filter_%s")
        self.accounts = list(source_accounts(actor))
        self.currencies = sorted({account.currency for account in self.accounts})
        self.choose("market", [(market.code, market.name) for market in markets_of(actor)])
        self.choose("currency", [(code, code) for code in self.currencies])
        self.choose("source", [(a.pk, f"{a.name} ({a.market})") for a in self.accounts])
        for field in self.fields.values():
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if select else "form-control short"
        self.fields["q"].widget.attrs["class"] = "form-control text"

    def choose(self, name: str, choices: list[tuple[Any, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = [*ANY, *choices]

    def filters(self) -> dict[str, Any]:
        """What holds of the address in the terms of `queries.payments`; what is wrong is left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    @property
    def is_filtered(self) -> bool:
        return bool(self.filters())

    def chosen(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Each filter at work in words, with the address without it."""
        return [
            (self.words(name, value), without(request, name))
            for name, value in self.filters().items()
            if self.data.get(name)
        ]

    def words(self, name: str, value: Any) -> str:
        if name == "q":
            return f"“{value}”"
        if name in ("from", "to"):
            return f"{name.title()} {date_format(value, 'j M Y')}"
        if name in ("min", "max"):
            return f"{'At least' if name == 'min' else 'At most'} {self.data.get(name)}"
        field: Any = self.fields[name]
        text = next((label for key, label in field.choices if str(key) == str(value)), value)
        label = LABELS[name]
        return text.capitalize() if text.startswith(label.lower()) else f"{label}: {text}"

    def problems(self) -> list[tuple[str, str]]:
        """What is wrong with the address: the id by which a field points to it, and a sentence."""
        return [
            (f"filter_{name}_error", f"{self.fields[name].label}: {' '.join(map(str, texts))}")
            for name, texts in self.errors.items()
        ]


class PaymentFilters(ListFilters):
    """Everything the payments list can be narrowed by."""

    state = forms.ChoiceField(required=False, choices=[*ANY, *[(s, words(s)) for s in PAYMENT.states]])
    payer = forms.ChoiceField(required=False, choices=[*ANY, ("known", "known"), ("unknown", "unknown")])
    applied = forms.ChoiceField(
        required=False, choices=[*ANY, *[(key, APPLIED_WORDS[key]) for key in APPLIED_FAMILIES]]
    )
    rule = forms.ChoiceField(
        label="Identified by", required=False, choices=[*ANY, *[(rule, RULE_WORDS[rule]) for rule in RULES]]
    )
    double = forms.ChoiceField(
        label="Doubles", required=False, choices=[*ANY, ("1", "possible doubles only")]
    )
    sort = forms.ChoiceField(
        required=False, choices=[("", ""), *[(s, s) for s in SORTS]], widget=forms.HiddenInput
    )
    file = forms.CharField(required=False, widget=forms.HiddenInput)
    customer = forms.CharField(required=False, widget=forms.HiddenInput)
    contract = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, address: QueryDict, *, actor: Actor) -> None:
        super().__init__(address, actor=actor)
        for name, label in (("from", "Value date from"), ("to", "to")):
            self.fields[name] = forms.DateField(
                label=label,
                required=False,
                widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "form-control"}),
            )
        for name, label in (("min", "Amount from"), ("max", "to")):
            self.fields[name] = AmountField(label)
            self.fields[name].widget.attrs["class"] = "form-control short"
        self.fields["from"].error_messages["invalid"] = "This is not a date like 2026-03-02."
        self.fields["to"].error_messages["invalid"] = "This is not a date like 2026-03-02."

    def _code(self, kind: str) -> int | None:
        code = self.cleaned_data[kind]
        plain = code.isascii() and code.isdigit() and len(code) < 19
        number = int(code) if plain else number_in(kind, code) if code else None
        if code and number is None:
            raise forms.ValidationError(f"{code} is not the code of a {kind}.")
        return number

    def clean_file(self) -> int | None:
        return self._code("file")

    def clean_customer(self) -> int | None:
        return self._code("customer")

    def clean_contract(self) -> int | None:
        return self._code("contract")

    def clean(self) -> None:
        """Amounts need a currency: with one choice only it is that one, else the person names it."""
        self.order = self.cleaned_data.pop("sort", "") or "-value"
        asked = [name for name in ("min", "max") if self.cleaned_data.get(name) is not None]
        currency = self.cleaned_data.get("currency") or (
            self.currencies[0] if len(self.currencies) == 1 else ""
        )
        for name in asked:
            amount = self.cleaned_data.pop(name)
            if not currency:
                self.add_error(name, "Choose a currency, amounts of several are not compared.")
                continue
            minor = exact_minor(amount, currency)
            if minor is None:
                self.add_error(name, f"{currency} has no such small unit.")
                continue
            self.cleaned_data[name] = minor
            self.cleaned_data["currency"] = currency

    def words(self, name: str, value: Any) -> str:
        if name in ("file", "customer", "contract"):
            return f"{name.title()} {code_in(name, value)}"
        return super().words(name, value)

    def first_row(self) -> list[forms.BoundField]:
        """The filters that are always in sight."""
        return [self[name] for name in ("q", "market", "source", "applied", "from", "to")]

    def second_row(self) -> list[forms.BoundField]:
        """Those that are folded away until somebody wants them."""
        return [self[name] for name in ("currency", "min", "max", "state", "payer", "rule", "double")]

    @property
    def more_is_used(self) -> bool:
        """Whether one of the filters that are folded away is at work or wrong."""
        return any(field.value() for field in self.second_row())


class WaitingFilters(ListFilters):
    """What the lists of waiting money can be narrowed by."""

    age = forms.TypedChoiceField(
        label="Waiting",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[*ANY, *[(n, label) for n, (label, _, _) in enumerate(AGE_BANDS)]],
    )

    def folded(self) -> list[forms.BoundField]:
        """The filters that are folded away until somebody wants them."""
        return [self[name] for name in ("market", "currency", "source", "age")]

    @property
    def more_is_used(self) -> bool:
        return any(field.value() for field in self.folded())


def without(request: HttpRequest, *names: str) -> str:
    """The address of this request less some of its terms, and from its first page."""
    query = request.GET.copy()
    for name in (*names, "page"):
        query.pop(name, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path
