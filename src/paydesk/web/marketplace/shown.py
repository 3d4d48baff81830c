"""An order, a withdrawal, an attempt to bind a payment method, as lists, pages and cases show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from paydesk.domain.marketplace.queries import (
    balances_of,
    link_attempts,
    messages_of,
    orders,
    sellers,
    withdrawals,
)
from paydesk.domain.marketplace.rules import EVENTS
from paydesk.domain.marketplace.states import LINK_FAMILIES, ORDER, WITHDRAWAL
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of
from paydesk.web.addresses import code_in, page_of
from paydesk.web.refunds.detail import Event

if TYPE_CHECKING:
    from paydesk.domain.marketplace.models import LinkAttempt, MarketEvent, SellerOrder, Withdrawal

    Thing = SellerOrder | Withdrawal | LinkAttempt
METHOD_WORDS = {"bank": "bank account", "mobile_money": "mobile money", "card": "card"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One of them. `at` is when it began, `amount` what the seller gets or takes."""

    thing: Thing
    kind: str
    code: str
    url: str
    family: str
    word: str
    at: datetime
    ended_at: datetime | None
    amount: Money | None = None
    fee: Money | None = None
    method: str = ""
    why: str = ""

    @property
    def seller_url(self) -> str:
        return page_of("seller", self.thing.party_id)


def shown_withdrawal(each: Withdrawal) -> Shown:
    return Shown(
        each, *_place("withdrawal", each.pk), WITHDRAWAL.family(each.state), each.state.replace("_", " "),
        each.requested_at, each.ended_at, amount=Money(each.amount_minor, each.currency),
        method=method_words(each.method), why=each.reason or each.reason_code,
    )  # fmt: skip


def shown_order(each: SellerOrder) -> Shown:
    word = "free" if each.state == "available" else "pending"
    return Shown(
        each, *_place("order", each.pk), ORDER.family(each.state), word, each.paid_at, each.available_at,
        amount=Money(each.amount_minor - each.fee_minor, each.currency),
        fee=Money(each.fee_minor, each.currency),
    )  # fmt: skip


def shown_attempt(each: LinkAttempt) -> Shown:
    return Shown(
        each, *_place("link_attempt", each.pk), LINK_FAMILIES[each.state],
        "bound" if each.state == "linked" else "refused", each.at, None,
        method=method_words(each.method), why=each.reason or each.reason_code,
    )  # fmt: skip


SHOWN = {"withdrawal": shown_withdrawal, "order": shown_order, "link_attempt": shown_attempt}
THING_WORDS = {"withdrawal": "withdrawal", "order": "order", "link_attempt": "binding a payment method"}


def _place(kind: str, number: int) -> tuple[str, str, str]:
    return kind, code_in(kind, number), page_of(kind, number)


def method_words(method: str) -> str:
    return METHOD_WORDS.get(method, method.replace("_", " "))


def steps_of(events: Sequence[MarketEvent]) -> list[Event]:
    """What was told, each with the row or message it came by; one query at most."""
    messages = messages_of(events)
    return [
        Event(
            each.at, "failed" if each.kind == "withdrawal_failed" else "moving", EVENTS[each.kind],
            _source(each, messages), url=page_of("message", messages[each.pk]) if each.pk in messages else "",
            by=str(Money(each.amount_minor, each.currency)) if each.amount_minor else "",
        )
        for each in events
    ]  # fmt: skip


def _source(event: MarketEvent, messages: dict[int, int]) -> str:
    account = event.source_account.name
    if event.pk in messages:
        return f"{event.event_id}, message {code_of('MSG', messages[event.pk])}, {account}"
    document = f" of {code_of('DOC', event.document_id)}" if event.document_id else ""
    return f"{event.event_id}, row {event.line_no}{document}, {account}"


# What cases show of them: (line, amount, badge, whose) by id, without a name; a query or two per kind.


def seller_lines(actor: Actor, ids: Sequence[int]) -> dict[int, Any]:
    owed, found = balances_of(ids), {}
    for party in sellers(actor).filter(pk__in=ids):
        balance = owed.get(party.pk, [])
        line = "; ".join(
            f"{each.available} free, {each.pending} pending, {each.held} held" for each in balance
        )
        found[party.pk] = (f"{party.external_ref}: {line or 'nothing yet'}", None, ("", ""), None)
    return found


def withdrawal_lines(actor: Actor, ids: Sequence[int]) -> dict[int, Any]:
    return _lines(shown_withdrawal(each) for each in withdrawals(actor, pk__in=ids))


def order_lines(actor: Actor, ids: Sequence[int]) -> dict[int, Any]:
    return _lines(shown_order(each) for each in orders(actor, pk__in=ids))


def attempt_lines(actor: Actor, ids: Sequence[int]) -> dict[int, Any]:
    return _lines(shown_attempt(each) for each in link_attempts(actor, pk__in=ids))


def _lines(found: Iterable[Shown]) -> dict[int, Any]:
    return {
        each.thing.pk: (
            f"{each.method or each.thing.external_ref} of {each.thing.party.external_ref}"
            + (f": {each.why}" if each.why else ""),
            each.amount, (each.family, each.word), None,
        )
        for each in found
    }  # fmt: skip
