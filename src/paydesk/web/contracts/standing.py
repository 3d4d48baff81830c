"""A contract as screens show it: its figures on a day, its schedule, and which payment paid what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from paydesk.domain.contracts.queries import credit_events_of, schedule_of, standings
from paydesk.domain.contracts.rules import due_state
from paydesk.domain.contracts.states import CONTRACT, DUE_FAMILIES, OPEN_STATES
from paydesk.domain.payments.queries import PaidInstalment, paid_by, written_off_items
from paydesk.domain.payments.rules import small_difference
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of
from paydesk.web.contracts.local_days import LocalDay
from paydesk.web.contracts.paid_chart import Chart, paid_chart

if TYPE_CHECKING:
    from paydesk.domain.contracts.models import Contract, CreditEvent, DueItem

DUE_WORDS = {
    "paid": "paid",
    "part": "part paid",
    "due": "due today",
    "overdue": "overdue",
    "ahead": "ahead",
    "closed": "not owed",
}
DUE_SYMBOLS = {"overdue": "!"}
# A daily plan has 365 rows: what is around the first open one comes first, the rest when asked for.
SHOWN_ITEMS, SHOWN_BEFORE = 26, 4


@dataclass(frozen=True, slots=True)
class ShownContract:
    """A contract with its figures on its market's day; amounts in its currency."""

    contract: Contract
    code: str
    family: str
    is_open: bool
    today: date
    price: Money
    paid: Money
    open: Money
    overdue: Money
    days_past_due: int
    next_on: date | None
    next_amount: Money | None


def shown_contracts(contracts: Sequence[Contract], days: Mapping[str, LocalDay]) -> list[ShownContract]:
    """`contracts` with their figures, in their order; two queries for each day that differs among markets."""
    found: dict[int, ShownContract] = {}
    todays = {contract.pk: days[contract.market].today for contract in contracts}
    for today in set(todays.values()):
        for standing in standings([c for c in contracts if todays[c.pk] == today], on=today):
            contract, currency = standing.contract, standing.contract.currency
            is_open = contract.state in OPEN_STATES
            item = standing.next_due if is_open else None
            found[contract.pk] = ShownContract(
                contract=contract,
                code=code_of("CON", contract.pk),
                family=CONTRACT.family(contract.state),
                is_open=is_open,
                today=today,
                price=Money(contract.price_minor, currency),
                paid=Money(standing.paid_minor, currency),
                open=Money(standing.open_minor, currency),
                overdue=Money(standing.overdue_minor if is_open else 0, currency),
                days_past_due=standing.days_past_due,
                next_on=item.due_on if item else None,
                next_amount=Money(item.amount_minor - item.allocated_minor, currency) if item else None,
            )
    return [found[contract.pk] for contract in contracts]


@dataclass(frozen=True, slots=True)
class PaidPart:
    """What one payment paid of a due item."""

    payment_id: int
    code: str
    amount: Money


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One line of a schedule. `number` counts the instalments: 3 of 24."""

    id: int
    number: int
    kind: str
    due_on: date
    due: Money
    paid: Money
    open: Money
    family: str
    word: str
    symbol: str
    parts: Sequence[PaidPart]
    is_small: bool = False
    is_written_off: bool = False


@dataclass(frozen=True, slots=True)
class ShownSchedule:
    """A schedule, or the part of it around the first open item, with what stands before and after."""

    items: Sequence[ShownItem]
    before: int
    after: int
    instalments: int
    chart: Chart | None
    events: Sequence[CreditEvent]

    @property
    def total(self) -> int:
        return self.before + len(self.items) + self.after


def shown_schedule(shown: ShownContract, *, whole: bool = False) -> ShownSchedule:
    """The schedule of a contract with what paid it; four queries."""
    contract = shown.contract
    items = schedule_of(contract.pk)
    parts = paid_by(contract.pk, contract.currency)
    events = credit_events_of(contract.pk)
    off = written_off_items(contract.pk)
    first, last = (0, len(items)) if whole else _window(items)
    numbers = _numbers(items)
    return ShownSchedule(
        items=[
            _item(item, numbers[item.pk], shown, parts.get(item.pk, []), item.pk in off)
            for item in items[first:last]
        ],
        before=first,
        after=len(items) - last,
        instalments=sum(item.kind == "instalment" for item in items),
        chart=paid_chart(
            due=[(item.due_on, item.amount_minor) for item in items],
            paid=[(event.value_on, event.amount_minor) for event in events],
            today=shown.today,
            currency=contract.currency,
        ),
        events=events,
    )


def _window(items: Sequence[DueItem]) -> tuple[int, int]:
    if len(items) <= SHOWN_ITEMS:
        return 0, len(items)
    open_places = (n for n, item in enumerate(items) if item.allocated_minor < item.amount_minor)
    first_open = next(open_places, len(items))
    first = max(min(first_open - SHOWN_BEFORE, len(items) - SHOWN_ITEMS), 0)
    return first, first + SHOWN_ITEMS


def _numbers(items: Sequence[DueItem]) -> dict[int, int]:
    counts: dict[str, int] = {}
    numbers = {}
    for item in items:
        counts[item.kind] = numbers[item.pk] = counts.get(item.kind, 0) + 1
    return numbers


def contract_open(shown: ShownContract) -> bool:
    """Whether a small difference on this contract could be written off: it runs."""
    return shown.contract.state in ("active", "defaulted")


def _item(
    item: DueItem, number: int, shown: ShownContract, parts: Sequence[PaidInstalment], is_written_off: bool
) -> ShownItem:
    currency = shown.contract.currency
    state = due_state(
        item.amount_minor, item.allocated_minor, item.due_on, on=shown.today, is_open=shown.is_open
    )
    return ShownItem(
        id=item.pk,
        number=number,
        kind=item.kind,
        due_on=item.due_on,
        due=Money(item.amount_minor, currency),
        paid=Money(item.allocated_minor, currency),
        open=Money(item.amount_minor - item.allocated_minor, currency),
        family=DUE_FAMILIES[state],
        word=DUE_WORDS[state],
        symbol=DUE_SYMBOLS.get(state, ""),
        is_small=contract_open(shown)
        and 0 < item.amount_minor - item.allocated_minor <= small_difference(currency).amount_minor,
        is_written_off=is_written_off,
        parts=[PaidPart(part.payment_id, code_of("PAY", part.payment_id), part.amount) for part in parts],
    )
