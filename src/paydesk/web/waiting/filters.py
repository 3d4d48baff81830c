"""What the lists of waiting money can be narrowed by, whose it is included."""

from __future__ import annotations

from typing import Any

from django import forms

from paydesk.web.payments.filters import ANY, WaitingFilters
from paydesk.web.queues.whose import WHOSE


class QueueFilters(WaitingFilters):
    """The filters of waiting money, and whose."""

    whose = forms.ChoiceField(label="Whose", required=False, choices=[*ANY, *WHOSE.items()])
    locked = forms.ChoiceField(
        label="Customer", required=False, choices=[*ANY, ("1", "late: paid but still locked")]
    )

    def folded(self) -> list[forms.BoundField]:
        """The filters that are folded away until somebody wants them."""
        return [*super().folded(), self["whose"], self["locked"]]

    @property
    def more_is_used(self) -> bool:
        """Whose rows are shown stands in the tabs above."""
        return any(field.value() for field in [*super().folded(), self["locked"]])

    def words(self, name: str, value: Any) -> str:
        if name == "locked":
            return "Paid but still locked"
        return WHOSE[value].capitalize() if name == "whose" else super().words(name, value)
