"""What a correction changes for the people concerned, found by doing it and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from paydesk.domain.contracts import rules as contract_rules
from paydesk.domain.contracts.models import Contract, CreditEvent, DueItem
from paydesk.domain.ledger.queries import EntryRow, entries_made, newest_entry_id
from paydesk.domain.parties.models import Customer
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money


@dataclass(frozen=True, slots=True)
class ContractState:
    """How a contract stands: its state, what is open of it, days past due, and how far it is paid.

    `paid_through` is the day before the oldest unpaid due date (None if nothing is unpaid): as long as that
    lies ahead, the device stays unlocked.
    """

    state: str
    open: Money
    days_past_due: int
    paid_through: date | None


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late a contract was between two days: on how many of them at all, and how many days at most."""

    late_days: int
    most: int


@dataclass(frozen=True, slots=True)
class ContractEffect:
    contract_id: int
    account_number: str
    customer_id: int
    customer_name: str
    before: ContractState
    after: ContractState
    was_late: tuple[Lateness, Lateness] | None = None  # before and after, over the days that were asked about

    @property
    def changes(self) -> bool:
        return self.before != self.after or bool(self.was_late and self.was_late[0] != self.was_late[1])


@dataclass(frozen=True, slots=True)
class CustomerEffect:
    """Unapplied cash (2010) and credit balance (2040) of a customer in one currency."""

    customer_id: int
    name: str
    unapplied_before: Money
    unapplied_after: Money
    credit_before: Money
    credit_after: Money

    @property
    def changes(self) -> bool:
        return (self.unapplied_before, self.credit_before) != (self.unapplied_after, self.credit_after)


@dataclass(frozen=True, slots=True)
class Effects:
    """Every contract and customer concerned, whether it changes or not."""

    contracts: list[ContractEffect]
    customers: list[CustomerEffect]
    days: tuple[date, date] | None = None  # the first and last day that lateness was looked at


class _TakenBack(Exception):
    pass


def effects_of(
    correction: Callable[[], object],
    *,
    contract_ids: Iterable[int],
    customer_ids: Iterable[int],
    currency: str,
    on: date,
    days: tuple[date, date] | None = None,
) -> Effects:
    """Carry out `correction`, look, and take all of it back: what would change for these people.

    With `days`, also how late each contract was from the first to the last of them, as credited now.

    Holds the locks of the correction for that moment. Refusals of the correction pass through.
    """
    contracts, customers = sorted(set(contract_ids)), sorted(set(customer_ids))
    after: tuple[dict[int, ContractState], dict[int, tuple[Money, Money]]] = ({}, {})
    before = _contracts(contracts, on), _customers(customers, currency)
    late_before: dict[int, Lateness] = _lateness(contracts, days)
    late_after: dict[int, Lateness] = {}
    try:
        with transaction.atomic():
            correction()
            after = _contracts(contracts, on), _customers(customers, currency)
            late_after = _lateness(contracts, days)
            raise _TakenBack
    except _TakenBack:
        pass
    names = dict(Customer.objects.filter(pk__in=customers).values_list("pk", "name"))
    about = Contract.objects.filter(pk__in=contracts).values_list(
        "pk", "account_number", "customer_id", "customer__name"
    )
    return Effects(
        [
            ContractEffect(
                pk,
                number,
                owner,
                name,
                before[0][pk],
                after[0][pk],
                (late_before[pk], late_after[pk]) if days else None,
            )
            for pk, number, owner, name in about.order_by("pk")
        ],
        [
            CustomerEffect(
                pk, names[pk], before[1][pk][0], after[1][pk][0], before[1][pk][1], after[1][pk][1]
            )
            for pk in customers
        ],
        days,
    )


def entries_of(correction: Callable[[], object], *, by: Actor, now: datetime) -> list[EntryRow]:
    """Carry out `correction` by this person at this moment, see what it posts, and take all of it back."""
    made: list[EntryRow] = []
    before = newest_entry_id()
    try:
        with transaction.atomic():
            correction()
            made = entries_made(before, actor=by.label, at=now)
            raise _TakenBack
    except _TakenBack:
        return made


def _contracts(contract_ids: list[int], on: date) -> dict[int, ContractState]:
    dues: dict[int, list[contract_rules.Due]] = {number: [] for number in contract_ids}
    for item in DueItem.objects.filter(contract_id__in=contract_ids):
        dues[item.contract_id].append(
            contract_rules.Due(item.pk, item.kind, item.due_on, item.amount_minor, item.allocated_minor)
        )
    found = {}
    for contract in Contract.objects.filter(pk__in=contract_ids):
        items = dues[contract.pk]
        found[contract.pk] = ContractState(
            contract.state,
            Money(sum(item.open_minor for item in items), contract.currency),
            contract_rules.days_past_due(items, on),
            contract_rules.paid_through(items),
        )
    return found


def _customers(customer_ids: list[int], currency: str) -> dict[int, tuple[Money, Money]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.key_id, a.code, -b.amount_minor FROM ledger_account a
            JOIN ledger_balance b ON b.account_id = a.id
            WHERE a.key_id = ANY (%s) AND a.code IN ('2010', '2040') AND a.currency = %s
            """,
            [customer_ids, currency],
        )
        found = {(key, code): amount for key, code, amount in cursor.fetchall()}
    return {
        number: (
            Money(found.get((number, "2010"), 0), currency),
            Money(found.get((number, "2040"), 0), currency),
        )
        for number in customer_ids
    }


def _lateness(contract_ids: list[int], days: tuple[date, date] | None) -> dict[int, Lateness]:
    """How late each contract was from the first day to the last, by its credit events; two queries."""
    if days is None:
        return {}
    first, last = days
    dues: dict[int, list[contract_rules.Due]] = {number: [] for number in contract_ids}
    for item in DueItem.objects.filter(contract_id__in=contract_ids):
        dues[item.contract_id].append(
            contract_rules.Due(item.pk, item.kind, item.due_on, item.amount_minor, item.allocated_minor)
        )
    credited: dict[int, dict[date, int]] = {number: {} for number in contract_ids}
    for number, on, minor in CreditEvent.objects.filter(
        contract_id__in=contract_ids, value_on__lte=last
    ).values_list("contract_id", "value_on", "amount_minor"):
        credited[number][on] = credited[number].get(on, 0) + minor
    found = {}
    for number in contract_ids:
        late = []
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            paid = sum(minor for on, minor in credited[number].items() if on <= day)
            late.append(contract_rules.days_past_due_with(dues[number], paid, day))
        found[number] = Lateness(sum(days > 0 for days in late), max(late))
    return found
