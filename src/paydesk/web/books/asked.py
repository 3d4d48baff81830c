"""Which books a screen shows, as it stands in the address: market, days, and what was known when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.http import urlencode

from paydesk.domain.ledger.rules import NAMES
from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.refused import Refused
from paydesk.reporting.books.queries.trial_balance import AsOf
from paydesk.web.access import actor_of
from paydesk.web.contracts.forms import AddressFilters, day_input

if TYPE_CHECKING:
    from paydesk.foundation.people.models import Market


class BooksFilters(AddressFilters):
    """One market at a time: amounts of different markets are never added."""

    market = forms.ChoiceField(required=False)
    since = forms.DateField(required=False, widget=day_input(), label="Moved since")
    on = forms.DateField(required=False, widget=day_input(), label="Through")
    known = forms.DateField(
        required=False, widget=day_input(), label="As reported at the end of (empty: as now)"
    )

    def __init__(self, request: HttpRequest, markets: list[Market], *, without: tuple[str, ...] = ()) -> None:
        super().__init__(request)
        for name in without:
            del self.fields[name]
        field: Any = self.fields["market"]
        field.choices = [(market.pk, market.name) for market in markets]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, with the defaults: the first market, through today, since the month began."""

    market: Market
    markets: list[Market]
    since: date
    on: date
    known_on: date | None
    today: date
    filters: BooksFilters

    @property
    def known_at(self) -> datetime | None:
        """The end of the day up to which postings are counted, in the market's zone."""
        if self.known_on is None:
            return None
        zone = ZoneInfo(self.market.time_zone)
        return datetime.combine(self.known_on + timedelta(1), time.min, zone) - timedelta(microseconds=1)

    @property
    def as_of(self) -> AsOf:
        return AsOf(self.market.pk, self.on, self.known_at)

    @property
    def address(self) -> str:
        """What follows the question mark of a way down: the same books."""
        wanted = {"market": self.market.pk, "since": self.since, "on": self.on, "known": self.known_on}
        return urlencode({name: value for name, value in wanted.items() if value})


def asked(request: HttpRequest, *, without: tuple[str, ...] = ()) -> Asked:
    """What the address asks for; refused while there is no market, or none of the person's."""
    actor = actor_of(request)
    markets = list(markets_of(actor))
    if not markets and actor.markets is None:
        raise Refused(
            "No country is set up yet, so there are no books. An administrator adds the first: "
            "./paydesk market add.",
            code="books.no_market",
        )
    if not markets:
        raise Refused("You work in no market yet. An administrator gives you one.", code="books.no_market")
    filters = BooksFilters(request, markets, without=without)
    wanted = filters.wanted
    market = next((m for m in markets if m.pk == wanted.get("market")), markets[0])
    today = timezone.localdate(timezone.now(), ZoneInfo(market.time_zone))
    on = wanted.get("on", today)
    since = min(wanted.get("since", on.replace(day=1)), on)
    given = {"market": market.pk, "since": since, "on": on, "known": wanted.get("known")}
    # Fields show what is shown, also where the address does not say it.
    filters.data = filters.data.copy()
    for name, value in given.items():
        if name in filters.fields and value and not filters.errors.get(name):
            filters.data[name] = str(value)
    return Asked(market, markets, since, on, wanted.get("known"), today, filters)


def account_code(number: int) -> str:
    """The account behind an address; 404 for one that is not in the chart."""
    code = f"{number:04d}"
    if code not in NAMES:
        raise Http404("There is no such account in the chart.")
    return code


def asked_currency(request: HttpRequest, market: Market) -> str:
    """The currency in the address, else the market's."""
    text = request.GET.get("currency", "")
    return text if len(text) == 3 and text.isascii() and text.isupper() else market.currency
