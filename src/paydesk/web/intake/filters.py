"""The filters of the list of files, as they stand in the address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest

from paydesk.domain.providers.queries import source_accounts
from paydesk.domain.statements.states import FILE
from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.actor import Actor
from paydesk.web.templatetags.desk import state_words
from paydesk.web.templatetags.intake import STATE_WORDS

ANY = ("", "any")


class FileFilters(forms.Form):
    """State, account and market; `chosen` holds the look-ups for what was chosen and is valid."""

    state = forms.ChoiceField(required=False)
    account = forms.ChoiceField(required=False)
    market = forms.ChoiceField(required=False)

    def __init__(self, request: HttpRequest, actor: Actor) -> None:
        super().__init__(request.GET)
        self.accounts = list(source_accounts(actor))
        fields: dict[str, Any] = self.fields
        fields["state"].choices = [
            ANY, *((state, state_words(STATE_WORDS.get(state, state))) for state in FILE.states),
        ]  # fmt: skip
        fields["account"].choices = [ANY, *((str(a.pk), f"{a.name} · {a.market}") for a in self.accounts)]
        fields["market"].choices = [ANY, *((market.pk, market.name) for market in markets_of(actor))]
        for field in fields.values():
            field.widget.attrs["class"] = "form-select"

    @property
    def lookups(self) -> dict[str, Any]:
        self.is_valid()
        names = {"state": "state", "account": "source_account_id", "market": "source_account__market"}
        return {names[name]: value for name, value in self.cleaned_data.items() if value}

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """(words, address without it) for each filter at work."""
        found = []
        for name in ("state", "account", "market"):
            if value := self.cleaned_data.get(name):
                rest = {key: v for key, v in self.cleaned_data.items() if v and key != name}
                words = dict(self.fields[name].choices)[value]  # type: ignore[attr-defined]
                query = "&".join(f"{key}={v}" for key, v in rest.items())
                found.append((f"{self.fields[name].label or name.capitalize()} {words}", f"?{query}"))
        return found
