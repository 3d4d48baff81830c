"""What payments answer when a case asks: which payment or contract a text means, what is true of it.

Registered in AppConfig.ready(); cases know links (kind, id) alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Q

from paydesk.domain.cases.asks import (
    Compensation,
    Fact,
    Link,
    Owner,
    Reference,
    finds_references,
    knows_numbers,
    tells_amount,
    tells_compensations,
    tells_facts,
    tells_owner,
)
from paydesk.domain.cases.placeholders import names_places
from paydesk.domain.contracts.models import Contract
from paydesk.domain.contracts.queries import contract_by_id, standings
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.queries import payment_by_id
from paydesk.domain.statements.models import StatementLine
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of, number_of
from paydesk.kernel.references import key_of

MOST_WORDS, MOST_FOUND = 200, 20
PLACES = {
    "payment.amount": "What was paid",
    "payment.day": "When it was paid",
    "payment.code": "Transaction code",
    "payment.state": "Where it is",
    "contract.account": "Account number",
    "contract.open": "Left to pay",
    "contract.overdue": "Past due",
    "contract.next_due": "Due next",
}
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-/]{4,38}[A-Za-z0-9]")
# Asked for every text that comes in, so they are not put together anew by Django each time.
_REFERENCES = """
SELECT p.id, p.customer_id, l.provider_ref
FROM (SELECT id, provider_ref FROM statements_statementline
      WHERE (provider_ref = ANY (%(words)s) OR (network_ref = ANY (%(words)s) AND network_ref <> ''))
        AND source_account_id IN (SELECT id FROM providers_sourceaccount WHERE market = %(market)s)
        AND NOT withdrawn
      LIMIT 2 * %(most)s) l
JOIN payments_payment p ON p.statement_line_id = l.id AND p.market = %(market)s
LIMIT %(most)s
"""
_ACCOUNTS = """
SELECT id, customer_id, account_key FROM contracts_contract
WHERE account_key = ANY (%(words)s) AND market = %(market)s LIMIT %(most)s
"""


def register() -> None:
    """Make the answers known to cases."""
    names_places(PLACES)
    finds_references("payments", references_in)
    tells_facts("payment", facts_of_payment)
    tells_facts("contract", facts_of_contract)
    tells_owner("payment", owner_of_payment)
    tells_amount("payment", amount_of_payment)
    tells_owner("contract", owner_of_contract)
    knows_numbers("payments", is_ours)
    tells_compensations("payments", taken_back)


def references_in(text: str, by: Actor, market: str) -> Iterator[Reference]:
    """Payments by our code or a provider's reference, contracts by account number; three queries at most.

    Only whole words with a digit are looked for. A reference that two payments bear is given for both, as one
    that is not certain.
    """
    words = list(dict.fromkeys(word for word in _WORD.findall(text) if any(c.isdigit() for c in word)))
    words = words[:MOST_WORDS]
    if not words or not by.sees(market):
        return
    yield from _by_our_code(words, market)
    yield from _by_reference(words, market)
    yield from _by_account(words, market)


def _by_our_code(words: list[str], market: str) -> Iterator[Reference]:
    numbers = {number: word for word in words if (number := number_of("PAY", word)) is not None}
    known = {number: word for number, word in numbers.items() if number < 2**63}
    if known:
        for payment in Payment.objects.filter(pk__in=known, market=market):
            yield Reference(("payment", payment.pk), "our code", known[payment.pk], True, payment.customer_id)


def _by_reference(words: list[str], market: str) -> Iterator[Reference]:
    spelt = {form: word for word in words for form in (word, word.upper(), word.lower())}
    found = _asked(_REFERENCES, spelt, market)
    bearers = [ref for _, _, ref in found]
    for pk, customer_id, ref in found:
        is_certain = bearers.count(ref) == 1
        yield Reference(("payment", pk), "transaction code", spelt.get(ref, ref), is_certain, customer_id)


def _by_account(words: list[str], market: str) -> Iterator[Reference]:
    keys = {key: word for word in words if (key := key_of(word))}
    for pk, customer_id, key in _asked(_ACCOUNTS, keys, market):
        yield Reference(("contract", pk), "account number", keys[key], True, customer_id)


def _asked(sql: str, words: Iterable[str], market: str) -> list[tuple[int, int | None, str]]:
    """(id, whose it is, the word it bears) of what bears one of these words in a market."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"words": list(words), "market": market, "most": MOST_FOUND})
        return cursor.fetchall()


TAKEN_BACK = {"reversed": "reversal", "charged_back": "chargeback", "returned": "bank return"}


def taken_back(links: Sequence[Link], now: datetime) -> Iterator[Compensation]:
    """What providers and banks took back of these payments: the payer has it already."""
    for payment in [payment_by_id(number) for kind, number in links if kind == "payment"]:
        if payment is None or not payment.reversed_minor or payment.state == "unposted":
            continue
        yield Compensation(
            ("payment", payment.pk), code_of("PAY", payment.pk), TAKEN_BACK.get(payment.state, "reversal"),
            Money(payment.reversed_minor, payment.currency), "taken back from us", payment.received_at, False,
        )  # fmt: skip


def facts_of_payment(payment_id: int, now: datetime) -> Iterator[Fact]:
    """Amount, day and where the money is now, in words for whoever paid; none for a payment that is gone."""
    payment = payment_by_id(payment_id)
    if payment is None:
        return
    amount = Money(payment.amount_minor, payment.currency)
    yield Fact("payment.amount", "What was paid", str(amount), now)
    yield Fact("payment.day", "When it was paid", f"{payment.value_on:%-d %B %Y}", now)
    if payment.statement_line.provider_ref:
        yield Fact("payment.code", "Transaction code", payment.statement_line.provider_ref, now)
    yield Fact("payment.state", "Where it is", _where(payment), now)


def _where(payment: Payment) -> str:
    if payment.state != "received":
        return "it was taken back by the provider"
    if payment.customer_id is None:
        return "we have it and are finding out whose it is"
    applied = Money(payment.allocated_minor, payment.currency)
    if payment.open_minor == 0 and payment.contract is not None:
        return f"it is credited to account {payment.contract.account_number}"
    if payment.allocated_minor:
        return f"{applied} of it is credited, the rest waits on your account"
    return "we have it, and it is not credited yet"


def facts_of_contract(contract_id: int, now: datetime) -> Iterator[Fact]:
    """What is owed, what is late and what is due next."""
    contract = contract_by_id(contract_id)
    if contract is None:
        return
    standing = standings([contract], on=now.date())[0]
    yield Fact("contract.account", "Account number", contract.account_number, now)
    yield Fact("contract.open", "Left to pay", str(Money(standing.open_minor, contract.currency)), now)
    if standing.overdue_minor:
        yield Fact("contract.overdue", "Past due", str(Money(standing.overdue_minor, contract.currency)), now)
    if standing.next_due is not None:
        left = standing.next_due.amount_minor - standing.next_due.allocated_minor
        due = f"{Money(left, contract.currency)} on {standing.next_due.due_on:%-d %B %Y}"
        yield Fact("contract.next_due", "Due next", due, now)


def owner_of_payment(payment_id: int) -> Owner | None:
    """Its customer; None for money in suspense."""
    payment = payment_by_id(payment_id)
    known = payment.customer_id if payment is not None else None
    return ("customer", known) if known is not None else None


def amount_of_payment(payment_id: int) -> Money | None:
    payment = payment_by_id(payment_id)
    return Money(payment.amount_minor, payment.currency) if payment is not None else None


def owner_of_contract(contract_id: int) -> Owner | None:
    contract = contract_by_id(contract_id)
    return ("customer", contract.customer_id) if contract is not None else None


def is_ours(digits: str) -> bool:
    """Whether digits that pass for a card number are a reference of a row or contract; two queries."""
    return (
        StatementLine.objects.filter(Q(provider_ref=digits) | Q(network_ref=digits)).exists()
        or Contract.objects.filter(account_key=digits).exists()
    )
