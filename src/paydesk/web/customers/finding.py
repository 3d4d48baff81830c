"""Finding customers among millions: what is typed is read as a code, a number or a name, not as all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paydesk.domain.contracts.queries import customer_ids_by_account
from paydesk.domain.parties.queries import customer_ids_by_number, customers_by_name
from paydesk.kernel.actor import Actor
from paydesk.web.addresses import number_in
from paydesk.web.paging import PAGE_SIZE, Page

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from paydesk.domain.parties.models import Customer


@dataclass(frozen=True, slots=True)
class Found:
    """A page of customers; `by_beginning` means that more may be found inside names."""

    page: Page[Customer]
    by_beginning: bool = False
    inside: bool = False

    @property
    def rows(self) -> list[Customer]:
        return self.page.rows


def found_customers(
    actor: Actor,
    text: str,
    markets: Sequence[str],
    *,
    market: str = "",
    inside: bool = False,
    number: int = 1,
) -> Found:
    """Customers for `text`: a code, our number, an account, phone or identity number, or how a name begins.

    A name that nobody begins with is looked for inside the names as well.
    """
    text = text.strip()
    if not text or not _is_number(text):
        return _by_name(actor, text, market, inside, number)
    return Found(_page(by_number(actor, text, markets, market), number))


def by_number(actor: Actor, text: str, markets: Sequence[str], market: str = "") -> QuerySet[Customer]:
    """Customers who have this code, number of ours, account, phone or identity number."""
    customer_id = number_in("customer", text)
    chosen = [market] if market else markets
    if customer_id is not None:
        ids = {customer_id} if customer_id < 2**63 else set()
    else:
        ids = customer_ids_by_number(text, chosen) | customer_ids_by_account(text, chosen)
    return customers_by_name(actor, market=market).filter(pk__in=ids)


def _by_name(actor: Actor, text: str, market: str, inside: bool, number: int) -> Found:
    page = _page(customers_by_name(actor, text, market, inside=inside), number)
    if text and not inside and not page.rows and number == 1:
        return Found(_page(customers_by_name(actor, text, market, inside=True), number), inside=True)
    return Found(page, by_beginning=bool(text) and not inside, inside=bool(text) and inside)


def listed(
    actor: Actor, text: str, markets: Sequence[str], *, market: str = "", inside: bool = False
) -> QuerySet[Customer]:
    """The whole list behind `found_customers`, for an export."""
    if text.strip() and _is_number(text):
        return by_number(actor, text, markets, market)
    found = customers_by_name(actor, text, market, inside=inside)
    if text and not inside and not found.exists():
        return customers_by_name(actor, text, market, inside=True)
    return found


def _is_number(text: str) -> bool:
    return any(c.isdigit() for c in text)


def _page(found: QuerySet[Customer], number: int) -> Page[Customer]:
    start = (number - 1) * PAGE_SIZE
    return Page.of(found[start : start + PAGE_SIZE + 1], number)
