"""Filters of a queue with tabs: the tab stands in the address, and is no filter that one clears."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest

from paydesk.web.contracts.forms import ANY, AddressFilters

if TYPE_CHECKING:
    from paydesk.foundation.people.models import Market


class TabbedFilters(AddressFilters):
    """A form with fields `tab` and `market`. `tabs`: what is written on each, and the states behind it."""

    tabs: ClassVar[Mapping[str, tuple[str, tuple[str, ...]]]]
    first_tab: ClassVar[str]

    def __init__(self, request: HttpRequest, markets: Sequence[Market]) -> None:
        super().__init__(request)
        field: Any = self.fields["market"]
        field.choices = [ANY, *((market.pk, market.name) for market in markets)]

    @property
    def at_tab(self) -> str:
        return str(self.wanted.get("tab") or self.first_tab)

    @property
    def states(self) -> tuple[str, ...]:
        return self.tabs[self.at_tab][1]

    @property
    def chosen(self) -> list[tuple[str, str]]:
        return [pair for pair in super().chosen if not pair[0].startswith("Tab: ")]

    @property
    def cleared(self) -> str:
        return f"?tab={self.at_tab}"
