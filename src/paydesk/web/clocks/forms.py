"""The filters of the clocks, as they stand in the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest

from paydesk.foundation.clocks.kinds import kinds
from paydesk.web.contracts.forms import ANY, AddressFilters

if TYPE_CHECKING:
    from paydesk.foundation.people.models import Market

STATES = [ANY, ("breached", "late"), ("running", "running"), ("paused", "paused")]


class ClockFilters(AddressFilters):
    """How a clock stands, what it asks for, where, and whether somebody has to take it."""

    state = forms.ChoiceField(required=False, choices=STATES, label="Standing")
    kind = forms.ChoiceField(required=False, label="What")
    market = forms.ChoiceField(required=False)
    unacknowledged = forms.ChoiceField(
        required=False, label="Escalated", choices=[ANY, ("yes", "nobody has it yet")]
    )

    def __init__(self, request: HttpRequest, seen: Sequence[str], markets: Sequence[Market]) -> None:
        super().__init__(request)
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = [ANY, *((kind.name, kind.words) for kind in kinds() if kind.name in seen)]
        fields["market"].choices = [ANY, *((market.pk, market.name) for market in markets)]
