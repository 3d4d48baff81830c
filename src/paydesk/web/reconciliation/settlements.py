"""Settlements on the screen: every batch of a provider with what it comes to and what the bank paid of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.reconciliation import rules
from paydesk.domain.reconciliation.queries import accounts_to_prove
from paydesk.domain.reconciliation.queries.settlements import (
    Funds,
    exceptions_of_settlement,
    lines_of_settlement,
    settlement_for,
    settlements,
    with_funds,
)
from paydesk.foundation.people.queries import markets_of
from paydesk.importers.settlements import STANDINGS, WORDS
from paydesk.kernel.money import Money, exact_minor
from paydesk.web.access import actor_of, needs
from paydesk.web.addresses import page_of
from paydesk.web.contracts.forms import ANY, AddressFilters
from paydesk.web.exports import exports
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.reconciliation.shown import SEE, day_url, shown
from paydesk.web.workbook import Cell, list_download

if TYPE_CHECKING:
    from paydesk.domain.providers.models import SourceAccount

FAMILIES = {
    "received": "settled", "expected": "moving", "missing": "failed", "arrived_short": "failed",
    "arrived_over": "failed", "short_paid": "failed", "over_paid": "failed", "no_rows": "held",
    "foreign": "failed", "nothing": "idle",
}  # fmt: skip


EXPORTED_ROWS = 50_000
HEAD = (
    "Batch", "Market", "Account", "Day", "Rows", "Currency", *(each.capitalize() for each in WORDS.values()),
    "Net", "Paid out", "State", "Paid by", "Arrived",
)  # fmt: skip


class SettlementFilters(AddressFilters):
    """Which settlements: of a market or an account, of a day, by how rows and payout stand, by their id."""

    q = forms.CharField(
        required=False, max_length=100, label="Batch",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control text"}),
    )  # fmt: skip
    market = forms.ChoiceField(required=False)
    account = forms.ChoiceField(required=False)
    standing = forms.ChoiceField(
        required=False, label="Rows and payout", choices=[ANY, *((n, w) for n, w in STANDINGS.items())]
    )

    def __init__(self, request: HttpRequest, accounts: Iterable[SourceAccount]) -> None:
        super().__init__(request)
        field: Any = self.fields["market"]
        field.choices = [ANY, *((each.pk, each.name) for each in markets_of(actor_of(request)))]
        field = self.fields["account"]
        field.choices = [ANY, *((str(each.pk), each.name) for each in accounts)]

    def lookups(self) -> dict[str, Any]:
        wanted = self.wanted
        columns = {"q": "batch_key__icontains", "market": "market", "account": "source_account_id",
                   "standing": "standing"}  # fmt: skip
        return {column: wanted[name] for name, column in columns.items() if name in wanted}


@dataclass(frozen=True, slots=True)
class Amount:
    """An exact amount: as money where it is whole minor units, else as it stands in the file."""

    amount: Decimal
    currency: str

    @property
    def money(self) -> Money | None:
        minor = exact_minor(self.amount, self.currency)
        return None if minor is None else Money(minor, self.currency)


@dataclass(frozen=True, slots=True)
class ShownSettlement:
    """One settlement as lists and its page show it."""

    funds: Funds

    @property
    def found(self) -> Any:
        return self.funds.settlement

    @property
    def url(self) -> str:
        return reverse("reconciliation:settlement", args=[self.found.pk])

    @property
    def day_url(self) -> str:
        return day_url(self.found.source_account_id, self.found.day)

    @property
    def state(self) -> tuple[str, str]:
        """The family and the words of the chip."""
        return FAMILIES[self.funds.state], rules.FUNDS[self.funds.state]

    @property
    def gross(self) -> Amount:
        return Amount(self.found.gross, self.found.currency)

    @property
    def fees(self) -> Amount:
        return Amount(self.found.fees, self.found.currency)

    @property
    def others(self) -> Amount:
        """Refunds, chargebacks, reserve and whatever else stands between gross, fees and net."""
        batch = self.found.batch
        return Amount(batch.net - batch.gross - batch.fees, batch.currency)

    @property
    def net(self) -> Amount:
        return Amount(self.found.batch.net, self.found.currency)

    @property
    def payout(self) -> Amount | None:
        return None if self.found.payout is None else Amount(self.found.payout, self.found.currency)

    @property
    def parts(self) -> list[tuple[str, Amount]]:
        """Every part that is not nothing."""
        batch = self.found.batch
        return [
            (words, Amount(amount, batch.currency))
            for part, words in WORDS.items()
            if (amount := getattr(batch, part))
        ]

    @property
    def paid_by(self) -> list[tuple[Any, str]]:
        """The rows of banks with the addresses of their pages."""
        return [(each, page_of("transit_row", each.row.pk)) for each in self.funds.arrived]

    @property
    def paid_from(self) -> str:
        """The rows of banks in words: account and day of each."""
        return "; ".join(
            f"{each.row.source_account.name} {each.row.booked_on}" for each in self.funds.arrived
        )

    @property
    def arrived(self) -> Decimal | None:
        """What the bank paid of it, None where nothing came yet."""
        came = self.funds.arrived
        return sum((each.amount.amount for each in came), Decimal(0)) if came else None


def shown_settlements(found: Sequence[Any]) -> list[ShownSettlement]:
    """These settlements with what arrived for them; three queries."""
    return [ShownSettlement(each) for each in with_funds(found, timezone.now())]


def settlements_of_day(
    request: HttpRequest, account: SourceAccount, day: date, *, most: int = PAGE_SIZE
) -> list[ShownSettlement]:
    """Those that belong to a day of an account: paid out on it, or with their last row on it."""
    found = settlements(actor_of(request), source_account=account, day=day)
    return shown_settlements(list(found[:most]))


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def settlement_list(request: HttpRequest) -> HttpResponse:
    """Settlements of the person's markets, the newest first; constant queries."""
    actor = actor_of(request)
    filters = SettlementFilters(request, accounts_to_prove(actor))
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    found = list(settlements(actor, **filters.lookups())[start : start + PAGE_SIZE + 1])
    known = {
        "filters": filters,
        "page": Page.of(shown_settlements(found), number),
        "tab": "settlements",
        "query": request.GET.urlencode(),
    }
    in_place = request.htmx.target == "settlements"  # type: ignore[attr-defined]
    return render(request, f"reconciliation/{'_settlement_list' if in_place else 'settlements'}.html", known)


@exports(SEE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The settlements that the filters show as CSV or XLSX."""
    actor = actor_of(request)
    filters = SettlementFilters(request, accounts_to_prove(actor))
    found = shown_settlements(list(settlements(actor, **filters.lookups())[:EXPORTED_ROWS]))
    return list_download(f"settlements-{timezone.localdate().isoformat()}", kind, HEAD, map(_cells, found))


def _cells(each: ShownSettlement) -> list[Cell]:
    found, batch = each.found, each.found.batch
    return [
        found.batch_key, found.market, found.source_account.name, found.day.isoformat(), found.rows,
        found.currency, *(getattr(batch, part) for part in WORDS), batch.net, found.payout, each.state[1],
        each.paid_from, each.arrived,
    ]  # fmt: skip


@require_safe
@needs(SEE)
def settlement_page(request: HttpRequest, settlement_id: int) -> HttpResponse:
    """One settlement: its parts, what paid it, what is wrong, its rows page by page."""
    try:
        found = settlement_for(actor_of(request), settlement_id)
    except ObjectDoesNotExist:
        raise Http404("There is no such settlement in your markets.") from None
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    lines = list(lines_of_settlement(found)[start : start + PAGE_SIZE + 1])
    (each,) = shown_settlements([found])
    known = {
        "each": each,
        "told": found.batch.told()
        if found.payout is not None or not each.paid_by
        else found.batch.comes_to(),
        "exceptions": [shown(one) for one in exceptions_of_settlement(found)],
        "page": Page.of(
            [
                (
                    line,
                    Amount(line.amount, line.currency),
                    None if line.fee is None else Amount(line.fee, line.currency),
                    page_of("file", line.file_id),
                )
                for line in lines
            ],
            number,
            total=found.rows + len(found.payout_line_ids),
        ),
    }
    return render(request, "reconciliation/settlement.html", known)
