"""Customers with what they owe: the rows of the list, and the money we hold for one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paydesk.domain.contracts.queries import contracts_of
from paydesk.domain.contracts.states import CONTRACT
from paydesk.domain.ledger.queries import balances_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of
from paydesk.web.contracts.local_days import LocalDay
from paydesk.web.contracts.standing import ShownContract, shown_contracts

if TYPE_CHECKING:
    from paydesk.domain.parties.models import Customer

# What we hold for a customer, by the account of the books it stands on.
HELD_WORDS = {"2010": "Unapplied cash", "2040": "Credit balance"}


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many contracts of a customer are in one state."""

    state: str
    family: str
    count: int


@dataclass(frozen=True, slots=True)
class ShownCustomer:
    """A customer with their contracts counted and what is overdue, one amount per currency."""

    customer: Customer
    code: str
    market: str
    contracts: Sequence[ShownContract]
    states: Sequence[StateCount]
    days_past_due: int
    overdue: Sequence[Money]


def shown_customers(
    customers: Sequence[Customer], actor: Actor, days: Mapping[str, LocalDay]
) -> list[ShownCustomer]:
    """`customers` in their order; one query, and two for each day that differs among markets."""
    theirs: dict[int, list[ShownContract]] = {customer.pk: [] for customer in customers}
    for shown in shown_contracts(contracts_of(actor, list(theirs)), days):
        theirs[shown.contract.customer_id].append(shown)
    return [_shown(customer, theirs[customer.pk], days) for customer in customers]


def _shown(
    customer: Customer, contracts: Sequence[ShownContract], days: Mapping[str, LocalDay]
) -> ShownCustomer:
    counts = Counter(shown.contract.state for shown in contracts)
    sums: dict[str, Money] = {}
    for shown in contracts:
        if shown.overdue:
            currency = shown.overdue.currency
            sums[currency] = sums.get(currency, Money(0, currency)) + shown.overdue
    return ShownCustomer(
        customer=customer,
        code=code_of("CUS", customer.pk),
        market=days[customer.market].market.name,
        contracts=contracts,
        states=[
            StateCount(state, CONTRACT.family(state), counts[state])
            for state in CONTRACT.states
            if state in counts
        ],
        days_past_due=max((shown.days_past_due for shown in contracts), default=0),
        overdue=[sums[currency] for currency in sorted(sums)],
    )


def held_for(customer: Customer) -> list[tuple[str, Money]]:
    """What we hold for a customer, in words with the amount, from the books; one query."""
    return [(HELD_WORDS[code], -amount) for code, amount in balances_of(customer.pk, list(HELD_WORDS))]
