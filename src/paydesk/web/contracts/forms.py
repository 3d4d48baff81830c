"""The forms of the contract screens: filters, handing over, a file to load, a contract made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest
from django.utils.http import urlencode

from paydesk.domain.contracts.actions import Terms
from paydesk.domain.contracts.queries import contracts_by_key
from paydesk.domain.contracts.rules import FREQUENCIES, schedule
from paydesk.domain.contracts.states import CONTRACT
from paydesk.domain.parties.queries import customer_by_ref
from paydesk.domain.parties.rules import IDENTITY_KINDS, identity_of
from paydesk.kernel.money import exact_minor
from paydesk.kernel.phone_numbers import e164_digits
from paydesk.kernel.references import key_of
from paydesk.web.language import spoken
from paydesk.web.templatetags.desk import state_words

if TYPE_CHECKING:
    from paydesk.domain.contracts.models import Contract
    from paydesk.domain.parties.models import Customer
    from paydesk.foundation.people.models import Market

ANY = ("", "any")
OF_CUSTOMER = ("customer_ref", "customer_name", "phones", "identity_kind", "identity_number", "market")
LONGEST_PLAN = 3660  # ten years of days


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AddressFilters(forms.Form):
    """Filters that stand in the address; `wanted` holds those that were chosen and are valid."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.GET)
        self.dressed()

    def dressed(self) -> None:
        """Give each field the look of its kind; a form that adds fields says so once more."""
        for field in self.fields.values():
            css = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            field.widget.attrs.setdefault("class", css)

    @property
    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """(words, address without it) for each filter at work."""
        found = []
        for name, value in self.wanted.items():
            field: Any = self.fields[name]
            words = dict(field.choices)[value] if isinstance(field, forms.ChoiceField) else str(value)
            rest = {key: v for key, v in self.wanted.items() if key != name}
            label = spoken(field.label or name.capitalize())
            found.append((f"{label}: {spoken(words)}", f"?{urlencode(rest)}"))
        return found

    @property
    def address(self) -> str:
        """What follows the question mark, for an export of what is shown."""
        return urlencode(self.wanted)


class ContractFilters(AddressFilters):
    text = forms.CharField(
        required=False, max_length=80, label="Account number, code or customer's name",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control text"}),
    )  # fmt: skip
    market = forms.ChoiceField(required=False)
    state = forms.ChoiceField(
        required=False, choices=[ANY, *((state, state_words(state)) for state in CONTRACT.states)]
    )

    def __init__(self, request: HttpRequest, markets: Sequence[Market]) -> None:
        super().__init__(request)
        field: Any = self.fields["market"]
        field.choices = [ANY, *((market.pk, market.name) for market in markets)]


class ActivateForm(forms.Form):
    activated_on = forms.DateField(label="Day the device was handed over", widget=day_input())

    def __init__(self, said: Any, *, contract: Contract, today: date) -> None:
        super().__init__(said, initial={"activated_on": today})
        self.contract, self.today = contract, today

    def clean_activated_on(self) -> date:
        day: date = self.cleaned_data["activated_on"]
        if day > self.today:
            raise forms.ValidationError("This day is still to come.")
        if day < self.contract.opened_on:
            raise forms.ValidationError(
                f"The contract was opened later, on {self.contract.opened_on:%-d %B %Y}."
            )
        return day


class FileForm(forms.Form):
    file = forms.FileField(label="CSV or XLSX file", allow_empty_file=True)


class NewContractForm(forms.Form):
    """One contract typed by a person. The customer is one of ours, or new with number, name and phones."""

    customer_ref = forms.CharField(
        max_length=64,
        label="Our number for the customer",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    customer_name = forms.CharField(max_length=200, label="Name")
    phones = forms.CharField(
        required=False,
        max_length=120,
        label="Phone numbers",
        help_text="Parted by / or ; as 0… or with the country code.",
    )
    identity_kind = forms.ChoiceField(
        required=False, label="Document", choices=[("", "none"), *IDENTITY_KINDS.items()]
    )
    identity_number = forms.CharField(
        required=False, max_length=40, label="Number of the document",
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "code"}),
    )  # fmt: skip
    market = forms.ChoiceField()
    account_number = forms.CharField(
        max_length=40, label="Account number",
        help_text="What the payer types. Its last digit is a check digit.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "code"}),
    )  # fmt: skip
    product = forms.CharField(required=False, max_length=120)
    price = forms.DecimalField(min_value=Decimal(0), max_digits=14, label="Price, the deposit included")
    deposit = forms.DecimalField(min_value=Decimal(0), max_digits=14, initial=0)
    opened_on = forms.DateField(label="Contract opened on", widget=day_input())
    first_due_on = forms.DateField(label="First instalment due on", widget=day_input())
    instalments = forms.IntegerField(min_value=1, max_value=LONGEST_PLAN, label="Number of instalments")
    frequency = forms.ChoiceField(
        choices=[(word, word.capitalize()) for word in FREQUENCIES], initial="weekly"
    )
    activated_on = forms.DateField(
        required=False, label="Device handed over on", widget=day_input(),
        help_text="Empty while the deposit is awaited.",
    )  # fmt: skip

    def __init__(
        self, *args: Any, markets: Sequence[Market], customer: Customer | None, today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.markets = {market.pk: market for market in markets}
        self.customer, self.today = customer, today
        market: Any = self.fields["market"]
        market.choices = [(code, f"{each.name}, {each.currency}") for code, each in self.markets.items()]
        for name in ("price", "deposit", "instalments"):
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        if customer is not None:
            for name in OF_CUSTOMER:
                del self.fields[name]

    @property
    def market_code(self) -> str:
        return self.customer.market if self.customer else str(self.cleaned_data.get("market") or "")

    @property
    def currency(self) -> str:
        market = self.markets.get(self.market_code)
        return market.currency if market else ""

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for name in ("price", "deposit"):
            if name in said and self.currency and exact_minor(said[name], self.currency) is None:
                self.add_error(name, f"This has more places than {self.currency} has.")
        self._check_customer(said)
        self._check_account_number(said)
        if (day := said.get("activated_on")) and day > self.today:
            self.add_error("activated_on", "This day is still to come.")
        if not self.errors:
            self._check_plan()
        return said

    def _check_customer(self, said: dict[str, Any]) -> None:
        if self.customer is not None:
            return
        market, ref = self.market_code, said.get("customer_ref", "")
        bad = [phone for phone in _phones(said.get("phones", "")) if e164_digits(phone, market) is None]
        if market and bad:
            self.add_error("phones", f"{bad[0]} is not a phone number of {self.markets[market].name}.")
        if said.get("identity_kind") or said.get("identity_number"):
            try:
                identity_of(said.get("identity_kind", ""), said.get("identity_number", ""))
            except ValueError as problem:
                field, _, text = str(problem).partition(": ")
                self.add_error(
                    "identity_number" if text else "identity_kind", text or "Which document is it?"
                )
        there = customer_by_ref(market, ref) if market and ref else None
        if there is not None:
            self.add_error(
                "customer_ref",
                f"{ref} is {there.name} already. Find the customer above, or give another number.",
            )

    def _check_account_number(self, said: dict[str, Any]) -> None:
        number = said.get("account_number", "")
        key = key_of(number)
        if number and not 4 <= len(key) <= 40:
            self.add_error("account_number", "It must have 4 to 40 letters or digits.")
        elif number and (self.market_code, key) in contracts_by_key([key]):
            self.add_error("account_number", f"{number} is the account number of another contract.")

    def _check_plan(self) -> None:
        try:
            self.plan()
        except ValueError as problem:
            about_price = "price" in str(problem)
            self.add_error("price" if about_price else "instalments", str(problem))

    def plan(self) -> list[tuple[str, date, int]]:
        """The due items of what was typed; raises ValueError where it makes no plan."""
        terms = self.terms()
        return schedule(
            price_minor=terms.price_minor, deposit_minor=terms.deposit_minor, opened_on=terms.opened_on,
            first_due_on=terms.first_due_on, count=terms.instalments, frequency=terms.frequency,
        )  # fmt: skip

    def terms(self) -> Terms:
        """What was typed as a row to load; only once the form is valid."""
        said = self.cleaned_data
        return Terms(
            market=self.market_code,
            customer_ref=self.customer.external_ref if self.customer else said["customer_ref"],
            customer_name=self.customer.name if self.customer else said["customer_name"],
            phones=() if self.customer else tuple(_phones(said["phones"])),
            account_number=said["account_number"],
            product=said["product"],
            currency=self.currency,
            price_minor=exact_minor(said["price"], self.currency) or 0,
            deposit_minor=exact_minor(said["deposit"], self.currency) or 0,
            opened_on=said["opened_on"],
            first_due_on=said["first_due_on"],
            instalments=said["instalments"],
            frequency=said["frequency"],
            activated_on=said["activated_on"],
            identity_kind="" if self.customer else said["identity_kind"],
            identity_number="" if self.customer else said["identity_number"],
        )


def _phones(text: str) -> list[str]:
    return [part.strip() for part in text.replace(";", "/").split("/") if part.strip()]
