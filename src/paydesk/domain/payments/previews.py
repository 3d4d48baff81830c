"""What each correction would change, shown before anyone asks for it, confirms it or approves it.

Nothing is worked out apart: the correction itself is carried out, looked at and taken back (`effects`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from inspect import unwrap
from zoneinfo import ZoneInfo

from paydesk.domain.contracts.models import Contract, DueItem
from paydesk.domain.ledger.queries import EntryRow
from paydesk.domain.payments.actions import (
    applying,
    backdating,
    correcting,
    owing_again,
    provider_rows,
    reinstating,
    splitting,
    taking_off,
    unasked_rows,
)
from paydesk.domain.payments.effects import Effects, effects_of, entries_of
from paydesk.domain.payments.explained_rows import check_open, locked_row, rows_locked
from paydesk.domain.payments.models import Payment, ReversalRow
from paydesk.domain.payments.steps import (
    backdate,
    call,
    contracts_of,
    locked,
    move_to,
    owe_again,
    reinstate,
    take_back,
)
from paydesk.domain.payments.what_rows_are import check_all
from paydesk.foundation.people.queries import market_by_code
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money


def apply_effects(
    payment_id: int,
    *,
    customer_id: int,
    contract_id: int | None,
    amount: Money | None = None,
    by: Actor,
    now: datetime,
) -> Effects:
    """What applying what is open, or `amount` of it, would change, a second person's right or not.

    Raises ApplyRefused.
    """

    def correction() -> None:
        payment = locked(payment_id, contract_ids=[contract_id], customer_ids=[customer_id])
        applying._apply(payment, customer_id, contract_id, amount, None, by, now)

    return _looked_at(payment_id, correction, [contract_id], [customer_id], now)


def move_effects(
    payment_id: int, *, customer_id: int, contract_id: int | None, by: Actor, now: datetime
) -> Effects:
    """What moving a payment to another customer would change. Raises CorrectionRefused."""

    def correction() -> None:
        payment = locked(payment_id, contract_ids=[contract_id], customer_ids=[customer_id])
        correcting._check_movable(payment, customer_id, contract_id, None)
        move_to(payment_id, customer_id, contract_id, by=by, at=now)

    return _looked_at(payment_id, correction, [contract_id], [customer_id], now)


def reversal_effects(payment_id: int, *, amount: Money | None, by: Actor, now: datetime) -> Effects:
    """What taking back all that is left of a payment, or `amount` of it, would change."""

    def correction() -> None:
        payment = locked(payment_id)
        whole = Money(payment.amount_minor - payment.reversed_minor, payment.currency)
        taken = amount or whole
        correcting._check_reversible(payment, taken, None)
        take_back(payment_id, taken.amount_minor, by=by, at=now)

    return _looked_at(payment_id, correction, [], [], now)


def backdate_effects(payment_id: int, *, counts_on: date, by: Actor, now: datetime) -> Effects:
    """What letting a payment count from `counts_on` would change, also on the days in between.

    Raises CorrectionRefused.
    """
    was = Payment.objects.get(pk=payment_id).counts_from

    def correction() -> None:
        backdating._check_backdatable(locked(payment_id), counts_on, None)
        backdate(payment_id, counts_on, by=by, at=now)

    first, after = sorted((was, counts_on))
    return _looked_at(
        payment_id, correction, [], [], now, days=(first, max(first, after - timedelta(days=1)))
    )


def reinstate_effects(payment_id: int, *, by: Actor, now: datetime) -> Effects:
    """What undoing our last reversal of a payment would change. Raises CorrectionRefused."""

    def correction() -> None:
        own = reinstating._undoable(locked(payment_id), None)
        reinstate(payment_id, own.entry_id, by=by, at=now)

    return _looked_at(payment_id, correction, [], [], now)


def unmatch_effects(row_id: int, *, by: Actor, now: datetime) -> tuple[Effects | None, list[EntryRow]]:
    """What taking a provider's row off its payment would change and post. Raises what the verb raises."""
    verb = unwrap(provider_rows.unmatch_original)
    payment_id = ReversalRow.objects.values_list("payment_id", flat=True).get(pk=row_id)

    def correction() -> None:
        verb(row_id, note="looked at", by=by, now=now)

    if payment_id is None:  # the verb says why not
        return None, entries_of(correction, by=by, now=now)
    return _looked_at(payment_id, correction, [], [], now), entries_of(correction, by=by, now=now)


def join_entries(
    arrived_id: int, *, left_id: int | None = None, batch_id: int | None = None, by: Actor, now: datetime
) -> list[EntryRow]:
    """What joining an arrival with where it left would post. Raises what the verb raises."""
    verb = unwrap(provider_rows.join_transit)
    return entries_of(
        lambda: verb(arrived_id, left_id=left_id, batch_id=batch_id, by=by, now=now), by=by, now=now
    )


def part_entries(row_id: int, *, by: Actor, now: datetime) -> list[EntryRow]:
    """What taking two ends of money in transit apart would post. Raises what the verb raises."""
    verb = unwrap(provider_rows.part_transit)
    return entries_of(lambda: verb(row_id, note="looked at", by=by, now=now), by=by, now=now)


def booking_entries(row_id: int, *, book_as: str, by: Actor, now: datetime) -> list[EntryRow]:
    """What booking a row as what it is would post. Raises ExplanationRefused."""

    def correction() -> None:
        row = locked_row(row_id)
        check_open(row)
        unasked_rows.book_row(row, book_as, f"looked_at:{row_id}", by, now)

    return entries_of(correction, by=by, now=now)


def bookings_entries(row_ids: Collection[int], *, book_as: str, by: Actor, now: datetime) -> list[EntryRow]:
    """What booking many rows as what they are would post, entry by entry. Raises ExplanationRefused."""

    def correction() -> None:
        rows = rows_locked(row_ids)
        check_all(rows)
        for row in rows:
            unasked_rows.book_row(row, book_as, f"looked_at:{row.pk}", by, now)

    return entries_of(correction, by=by, now=now)


def unexplain_entries(row_id: int, *, by: Actor, now: datetime) -> list[EntryRow]:
    """What taking apart what explained a row would post. Raises what the verb raises."""
    verb = unwrap(unasked_rows.unexplain_row)
    return entries_of(lambda: verb(row_id, note="looked at", by=by, now=now), by=by, now=now)


def unapply_effects(payment_id: int, *, contract_id: int, by: Actor, now: datetime) -> Effects:
    """What taking a payment off a contract would change. Raises what the verb raises."""
    verb = unwrap(taking_off.unapply_payment)
    return _looked_at(
        payment_id,
        lambda: verb(payment_id, contract_id=contract_id, by=by, now=now),
        [contract_id],
        [],
        now,
    )


def split_effects(
    payment_id: int, *, customer_id: int, parts: Sequence[tuple[int, Money]], by: Actor, now: datetime
) -> Effects:
    """What splitting a payment over contracts would change. Raises what the verb raises."""
    verb = unwrap(splitting.split_payment)
    return _looked_at(
        payment_id,
        lambda: verb(payment_id, customer_id=customer_id, parts=parts, by=by, now=now),
        [contract_id for contract_id, _ in parts],
        [customer_id],
        now,
    )


def undo_effects(payment_id: int, *, by: Actor, now: datetime) -> Effects:
    """What undoing one's own last act on a payment would change. Raises what the verb raises."""
    verb = unwrap(taking_off.undo_apply)
    return _looked_at(payment_id, lambda: verb(payment_id, by=by, now=now), [], [], now)


def write_off_effects(due_item_id: int, *, by: Actor, now: datetime) -> Effects:
    """What writing off the rest of a due item would change. Raises CorrectionRefused."""
    contract = DueItem.objects.select_related("contract").get(pk=due_item_id).contract
    market = market_by_code(contract.market)

    def correction() -> None:
        item = DueItem.objects.get(pk=due_item_id)
        left = Money(item.amount_minor - item.allocated_minor, contract.currency)
        correcting._check_small(left, contract.market, contract.state, now)
        call(
            "payments_write_off",
            ([item.pk], "bigint[]"),
            ([left.amount_minor], "bigint[]"),
            (by.label, "text"),
            (now, "timestamptz"),
        )

    return effects_of(
        correction,
        contract_ids=[contract.pk],
        customer_ids=[contract.customer_id],
        currency=contract.currency,
        on=_day(market.time_zone if market else "UTC", now),
    )


def owe_again_effects(due_item_id: int, *, by: Actor, now: datetime) -> Effects:
    """What undoing the write-off of a due item would change. Raises CorrectionRefused."""
    item, off = owing_again._undoable(due_item_id)
    contract = item.contract
    market = market_by_code(contract.market)

    def correction() -> None:
        if not owe_again(off.pk, by=by, at=now):
            raise correcting.CorrectionRefused(owing_again.NOTHING)

    return effects_of(
        correction,
        contract_ids=[contract.pk],
        customer_ids=[contract.customer_id],
        currency=contract.currency,
        on=_day(market.time_zone if market else "UTC", now),
    )


def _looked_at(
    payment_id: int,
    correction: Callable[[], object],
    contract_ids: Iterable[int | None],
    customer_ids: Iterable[int | None],
    now: datetime,
    days: tuple[date, date] | None = None,
) -> Effects:
    """The effects on the contracts the payment is on and those named, and on whoever owns one of them."""
    payment = Payment.objects.select_related("source_account").get(pk=payment_id)
    contracts = {*contracts_of([payment_id]), *(number for number in contract_ids if number is not None)}
    owners = Contract.objects.filter(pk__in=contracts).values_list("customer_id", flat=True)
    customers = {payment.customer_id, *customer_ids, *owners} - {None}
    return effects_of(
        correction,
        contract_ids=contracts,
        customer_ids=(number for number in customers if number is not None),
        currency=payment.currency,
        on=_day(payment.source_account.time_zone, now),
        days=days,
    )


def _day(zone: str, now: datetime) -> date:
    return now.astimezone(ZoneInfo(zone)).date()
