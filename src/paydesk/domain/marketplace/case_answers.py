"""What the marketplace answers when a case asks: which order or withdrawal a text means, what is true."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from paydesk.domain.cases.asks import (
    Fact,
    Owner,
    Reference,
    belongs_to_party,
    blocks_resolving,
    finds_references,
    tells_amount,
    tells_facts,
    tells_owner,
)
from paydesk.domain.cases.identity import VERBS
from paydesk.domain.marketplace.models import LinkAttempt, SellerOrder, Withdrawal
from paydesk.domain.marketplace.queries import balances_of
from paydesk.domain.parties.models import Party
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.one_reading import read_once

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{2,38}[A-Za-z0-9]")
MOST_WORDS, MOST_FOUND = 200, 20
NAMED = {
    "withdrawal": ("a withdrawal", Withdrawal),
    "order": ("an order", SellerOrder),
    "link_attempt": ("an attempt to bind a payment method", LinkAttempt),
    "seller": ("a seller", Party),
}
# Asked for every text that comes in, and four queries of Django take a millisecond to write.
_FIND = " UNION ALL ".join(
    f"(SELECT '{kind}', id, external_ref FROM {model._meta.db_table}"  # noqa: S608 - our own names
    f" WHERE market = %(market)s AND external_ref = ANY (%(spelt)s) LIMIT {MOST_FOUND})"
    for kind, (_, model) in NAMED.items()
)
TELLS_BALANCE = VERBS["seller.tell_balance"].level
TOLD = {
    "in_transit": "it is on its way to you",
    "paid": "it was paid out",
    "failed": "it could not be paid out; the money is back in your balance",
}


def register() -> None:
    """Make the answers known to cases."""
    finds_references("marketplace", references_in)
    tells_facts("seller", facts_of_seller)
    tells_facts("order", facts_of_order)
    tells_facts("withdrawal", facts_of_withdrawal)
    tells_facts("link_attempt", facts_of_attempt)
    blocks_resolving("withdrawal", blocks_of_withdrawal)
    for kind in ("seller", "order", "withdrawal", "link_attempt"):
        belongs_to_party(kind)
        tells_owner(kind, functools.partial(owner_of, kind))
    for kind in ("order", "withdrawal"):
        tells_amount(kind, functools.partial(amount_of, kind))


def references_in(text: str, by: Actor, market: str) -> Iterator[Reference]:
    """Withdrawals, orders, attempts and sellers by the platform's numbers; one query."""
    words = [word for word in dict.fromkeys(_WORD.findall(text)) if any(c.isdigit() for c in word)]
    spelt = {form: word for word in words[:MOST_WORDS] for form in (word, word.upper())}
    if not spelt or not by.sees(market):
        return
    with connection.cursor() as cursor:
        cursor.execute(_FIND, {"market": market, "spelt": list(spelt)})
        for kind, pk, ref in cursor.fetchall():
            yield Reference((kind, pk), f"number of {NAMED[kind][0]}", spelt[ref], True)


@read_once
def _found(kind: str, number: int) -> Any:
    return NAMED[kind][1]._default_manager.filter(pk=number).first()


def owner_of(kind: str, number: int) -> Owner | None:
    """The seller whose this is."""
    found = number if kind == "seller" else getattr(_found(kind, number), "party_id", None)
    return ("party", found) if found is not None else None


def amount_of(kind: str, number: int) -> Money | None:
    found = _found(kind, number)
    return Money(found.amount_minor, found.currency) if found is not None else None


def facts_of_seller(party_id: int, now: datetime) -> Iterator[Fact]:
    """What is free, pending and held of their balance."""
    for balance in balances_of([party_id]).get(party_id, ()):
        yield Fact("seller.available", "Free to withdraw", str(balance.available), now, TELLS_BALANCE)
        yield Fact("seller.pending", "Not free yet", str(balance.pending), now, TELLS_BALANCE)
        if balance.held.amount_minor:
            yield Fact("seller.held", "Held back", str(balance.held), now, TELLS_BALANCE)


def facts_of_order(order_id: int, now: datetime) -> Iterator[Fact]:
    order = _found("order", order_id)
    if order is not None:
        yield Fact("order.amount", "Order", str(Money(order.amount_minor, order.currency)), now)
        told = "its money is free to withdraw" if order.state == "available" else "its money is pending"
        yield Fact("order.state", "Where its money is", told, now)


def facts_of_withdrawal(withdrawal_id: int, now: datetime) -> Iterator[Fact]:
    """Amount, where it stands, and why it failed where it did."""
    found = _found("withdrawal", withdrawal_id)
    if found is None:
        return
    yield Fact("withdrawal.amount", "Withdrawal", str(Money(found.amount_minor, found.currency)), now)
    yield Fact("withdrawal.state", "Where it is", TOLD[found.state], now)
    if found.reason:
        yield Fact("withdrawal.reason", "Why it failed", found.reason, now)
    ask = found.asks.filter(state__in=("approved", "told")).order_by("-pk").first()
    if ask is not None:
        told = "to pay it out again" if ask.kind == "again" else "where it is"
        yield Fact("withdrawal.asked", "Asked of the platform", f"{told}, on {ask.asked_at:%d %b %Y}", now)


def facts_of_attempt(attempt_id: int, now: datetime) -> Iterator[Fact]:
    found = _found("link_attempt", attempt_id)
    if found is not None:
        why = f"it was refused: {found.reason or found.reason_code}" if found.reason_code else "it is bound"
        yield Fact("link_attempt.state", f"Binding {found.method.replace('_', ' ')}", why, now)


def blocks_of_withdrawal(withdrawal_id: int) -> Sequence[str]:
    """Money that is on its way keeps its case open."""
    waits = Withdrawal.objects.filter(pk=withdrawal_id, state="in_transit")
    return [f"Withdrawal {each.external_ref} is on its way still." for each in waits]
