"""Reads about contracts: what is due, what is paid, how late."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from django.db import connection
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Lower

from paydesk.domain.contracts import rules
from paydesk.domain.contracts.models import Contract, CreditEvent, DueItem
from paydesk.domain.contracts.states import OPEN_STATES
from paydesk.domain.parties.finding import customers_by_phone, customers_by_words
from paydesk.domain.parties.models import Customer
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.find_text import PHONE_END_DIGITS, name_words, whole_phones
from paydesk.kernel.one_reading import read_once
from paydesk.kernel.public_codes import luhn_digit, number_of
from paydesk.kernel.references import key_of
from paydesk.kernel.sql_patterns import as_pattern

CODE_PREFIX = "CON"
MOST_BY_NUMBER = 500  # a longer number finds the rest
MOST_FOUND_BY = 50
SHORTEST_NAME = 3


def owner_and_currency(contract_id: int) -> tuple[int, str]:
    """(customer id, currency) of a contract; raises Contract.DoesNotExist."""
    owner, currency = Contract.objects.values_list("customer_id", "currency").get(pk=contract_id)
    return owner, currency


def customer_market(customer_id: int) -> str:
    return str(Customer.objects.values_list("market", flat=True).get(pk=customer_id))


@dataclass(frozen=True, slots=True)
class ContractStanding:
    """A contract with its figures on a business date, all in minor units of its currency."""

    contract: Contract
    paid_minor: int
    open_minor: int
    overdue_minor: int
    next_due: DueItem | None
    days_past_due: int


# What is paid, open, overdue, since when something is late; and what is due next: the first that is not paid.
FIGURES = """
SELECT d.contract_id, sum(d.allocated_minor)::bigint, sum(d.amount_minor - d.allocated_minor)::bigint,
       coalesce(sum(d.amount_minor - d.allocated_minor) FILTER (WHERE d.due_on < %(on)s), 0)::bigint,
       min(d.due_on) FILTER (WHERE d.due_on < %(on)s AND d.allocated_minor < d.amount_minor),
       (array_agg(to_jsonb(d) ORDER BY d.due_on, d.id) FILTER (WHERE d.allocated_minor < d.amount_minor))[1]
  FROM contracts_dueitem d
 WHERE d.contract_id = ANY (%(ids)s)
 GROUP BY d.contract_id
"""


def standings(contracts: Sequence[Contract], *, on: date) -> list[ContractStanding]:
    """The figures of `contracts` on `on`, in their order; one query."""
    figures = _figures(tuple(contract.pk for contract in contracts), on)
    result = []
    for contract in contracts:
        paid, open_, overdue, oldest, next_due = figures.get(contract.pk, (0, 0, 0, None, None))
        # While a paid deposit waits for the device nothing can be applied, so nobody is late.
        runs = contract.state in OPEN_STATES and contract.state != "deposit_paid"
        late = (on - oldest).days if oldest and runs else 0
        result.append(ContractStanding(contract, paid, open_, overdue, next_due, late))
    return result


@read_once
def _figures(ids: tuple[int, ...], on: date) -> dict[int, tuple[int, int, int, date | None, DueItem | None]]:
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, {"ids": list(ids), "on": on})
        rows = list(cursor.fetchall())
    return {pk: (*figures, _due_item(item) if item else None) for pk, *figures, item in rows}  # type: ignore[misc]


def _due_item(row: str) -> DueItem:
    known = json.loads(row)
    return DueItem(**known | {"due_on": date.fromisoformat(known["due_on"])})


def schedule_of(contract_id: int) -> list[DueItem]:
    """The due items of a contract in the order in which money meets them."""
    items = DueItem.objects.filter(contract_id=contract_id).select_related("contract")
    return sorted(items, key=lambda item: (item.due_on, rules.KIND_RANK[item.kind], item.pk))


def find_contracts(actor: Actor, text: str, *, market: str | None = None) -> QuerySet[Contract]:
    """Contracts by account number (beginning), customer name (also misspelt) or phone (whole or its end).

    By customer, at most MOST_FOUND_BY of each; up to six small queries make the ids, so the list is cheap.
    """
    key = key_of(text)
    found, owners = Q(pk__in=[]), []
    if any(c.isdigit() for c in text):
        accounts = ids_by_account(actor, key, most=MOST_FOUND_BY)
        found = Q(pk__in=[number for number, _, _ in accounts])
        digits = "".join(c for c in text if c.isdigit())
        phones = customers_by_phone(
            actor, whole=whole_phones(text), starts=(), end=digits if len(digits) in PHONE_END_DIGITS else "",
            most=MOST_FOUND_BY,
        )  # fmt: skip
        owners += phones.customer_ids
    elif len("".join(words := name_words(text))) >= SHORTEST_NAME:
        owners += customers_by_words(actor, words, most=MOST_FOUND_BY).names
    contracts = in_markets(Contract.objects.select_related("customer"), actor)
    contracts = contracts.filter(found | Q(customer_id__in=owners))
    if market:
        contracts = contracts.filter(market=market)
    return contracts.order_by("customer__name", "account_number")


def ids_by_account(actor: Actor, key: str, *, most: int) -> list[tuple[int, str, int]]:
    """(id, account key, customer id) of at most `most` contracts with exactly this account number, else of
    those whose number begins so.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, account_key, customer_id FROM contracts_contract WHERE account_key LIKE %s"
            " AND (%s OR market = ANY (%s)) ORDER BY account_key USING ~<~ LIMIT %s",  # the shortest first
            [as_pattern(key), actor.markets is None, sorted(actor.markets or ()), most],
        )
        rows = list(cursor.fetchall())
    return [row for row in rows if row[1] == key] or rows


def ids_of_customers(customer_ids: Sequence[int], *, most: int) -> list[int]:
    """Ids of the newest `most` contracts of a few customers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM contracts_contract WHERE customer_id = ANY (%s)"
            " ORDER BY opened_on DESC, id DESC LIMIT %s",
            [list(customer_ids), most],
        )
        return [pk for (pk,) in cursor.fetchall()]


def contract_list(actor: Actor, text: str = "", *, market: str = "", state: str = "") -> QuerySet[Contract]:
    """Contracts of the actor's markets with their customers, newest first; one query, any page cheap.

    `text` is a public code, the beginning of an account number, or of the customer's name.
    """
    found = in_markets(Contract.objects.select_related("customer"), actor)
    if market:
        found = found.filter(market=market)
    if state:
        found = found.filter(state=state)
    text = text.strip()
    if text:
        number, key = number_of(CODE_PREFIX, text), key_of(text)
        if number is not None:
            found = found.filter(pk=number)
        elif any(c.isdigit() for c in key):
            found = found.filter(account_key__startswith=key)
        else:
            names = Customer.objects.annotate(lower_name=Lower("name"))
            found = found.filter(customer__in=names.filter(lower_name__startswith=text.lower()))
    return found.order_by("-id")


def contract_for(actor: Actor, contract_id: int) -> Contract:
    """One contract the actor may see, its customer loaded; raises Contract.DoesNotExist otherwise."""
    return in_markets(Contract.objects.select_related("customer"), actor).get(pk=contract_id)


@read_once
def contract_by_id(contract_id: int) -> Contract | None:
    """Whoever asks; one query."""
    return Contract.objects.filter(pk=contract_id).first()


def contracts_of(actor: Actor, customer_ids: Sequence[int]) -> list[Contract]:
    """The contracts of several customers, open ones first, then newest first; one query."""
    found = in_markets(Contract.objects.select_related("customer"), actor)
    contracts = found.filter(customer_id__in=customer_ids).order_by("-opened_on", "-id")
    return sorted(contracts, key=lambda contract: contract.state not in OPEN_STATES)


def customer_ids_by_account(text: str, markets: Sequence[str]) -> set[int]:
    """Customers of `markets` by the beginning of an account number, or a contract's code; one index look."""
    number, key = number_of(CODE_PREFIX, text), key_of(text)
    found = Contract.objects.filter(market__in=markets)
    found = found.filter(pk=number) if number is not None else found.filter(account_key__startswith=key)
    return set(found.values_list("customer_id", flat=True)[:MOST_BY_NUMBER]) if key else set()


def contracts_by_key(keys: Sequence[str]) -> dict[tuple[str, str], Contract]:
    """Contracts by (market, account key), for many keys at once; one query."""
    return {
        (contract.market, contract.account_key): contract
        for contract in Contract.objects.filter(account_key__in=keys)
    }


def credit_events_of(contract_id: int) -> list[CreditEvent]:
    """What was credited to a contract or taken back, oldest value date first; one query."""
    return list(CreditEvent.objects.filter(contract_id=contract_id).order_by("value_on", "id"))


def suggested_account_number(market: str) -> str:
    """A number nobody has in this market: ten digits or more, the last one a Luhn check digit.

    A suggestion: whoever saves first has it, and the other is refused.
    """
    newest = Contract.objects.aggregate(newest=Max("pk"))["newest"] or 0
    numbers = (f"{place}{luhn_digit(str(place))}" for place in count(700_000_001 + newest))
    return next(
        number
        for number in numbers
        if not Contract.objects.filter(account_key=number, market=market).exists()
    )


def contract_behind_link(contract_id: int) -> Contract | None:
    """The contract of a pay link that we signed, for whoever has its address; None where nothing is due."""
    return Contract.objects.filter(
        pk=contract_id, state__in=("deposit_pending", "active", "defaulted")
    ).first()
