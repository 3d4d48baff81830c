"""The filters of the audit trail, as they stand in the address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from paydesk.web.addresses import kind_and_number
from paydesk.web.contracts.forms import ANY, AddressFilters, day_input
from paydesk.web.trail.words import verb_words

if TYPE_CHECKING:
    from paydesk.foundation.people.models import Market, Person

THE_DESK = "system"


class TrailFilters(AddressFilters):
    """Who, what, to which thing, where and on which day; `lookups` is what that means in the table."""

    person = forms.ChoiceField(required=False, label="Who")
    verb = forms.ChoiceField(required=False, label="Did what")
    subject = forms.CharField(
        required=False, max_length=60, label="To what: code, or kind and id",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control text"}),
    )  # fmt: skip
    market = forms.ChoiceField(required=False)
    day = forms.DateField(required=False, widget=day_input())

    def __init__(
        self, request: HttpRequest, people: Sequence[Person], verbs: Sequence[str], markets: Sequence[Market]
    ) -> None:
        super().__init__(request)
        fields: dict[str, Any] = self.fields
        fields["person"].choices = [
            ANY, (THE_DESK, "the desk"), *((str(person.pk), person.name) for person in people),
        ]  # fmt: skip
        asked = request.GET.get("verb", "")
        known = sorted({*verbs, *([asked] if asked else [])}, key=verb_words)
        fields["verb"].choices = [ANY, *((verb, verb_words(verb)) for verb in known)]
        fields["market"].choices = [ANY, *((market.pk, market.name) for market in markets)]

    @property
    def lookups(self) -> dict[str, Any]:
        wanted = self.wanted
        found: dict[str, Any] = {}
        if person := wanted.get("person"):
            found |= {"actor__startswith": "system:"} if person == THE_DESK else {"person_id": int(person)}
        if verb := wanted.get("verb"):
            found["verb"] = verb
        if subject := wanted.get("subject"):
            found |= _subject(subject)
        if market := wanted.get("market"):
            found["market"] = market
        if day := wanted.get("day"):
            start = timezone.make_aware(datetime.combine(day, time.min))
            found |= {
                "at__gte": start,
                "at__lt": timezone.make_aware(datetime.combine(day + timedelta(1), time.min)),
            }
        return found


def _subject(text: str) -> dict[str, Any]:
    """ "PAY-00012K7" and "payment 12" name one thing, "payment" every one of its kind."""
    named = kind_and_number(text)
    if named is not None:
        return {"subject_kind": named[0], "subject_id": str(named[1])}
    kind, _, rest = text.strip().lower().partition(" ")
    kind_words = text.strip().lower().replace(" ", "_")
    if rest.strip().isdigit() or (kind and rest and kind_words not in ("source_account", "file_profile")):
        return {"subject_kind": kind, "subject_id__iexact": rest.strip()}
    return {"subject_kind": kind_words}
