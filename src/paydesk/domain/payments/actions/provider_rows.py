"""Rows of providers matched by a person: which payment one takes back, where money in transit came from.

What a row proves is posted when it is read; these verbs only say to what it belongs. Currency and account
must be the same and the amount not above what is left: nothing gets round that.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.payments.actions.correcting import CorrectionRefused
from paydesk.domain.payments.models import Payment, ReversalRow, SettlementBatch, TransitRow
from paydesk.domain.payments.steps import call, locked
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

MATCH = "reversal_row.match"
RIGHT, JOIN, PART = "payments.reverse", "matching.confirm", "matching.unmatch"


def _check_original(row: ReversalRow, payment: Payment) -> None:
    """Raises CorrectionRefused where this row cannot have taken back this payment."""
    if row.state != "open":
        raise CorrectionRefused("This row has its payment already.")
    if row.amount_minor < 0:
        raise CorrectionRefused("This row brought money: it took nothing back of a payment.")
    if row.source_account_id != payment.source_account_id or row.currency != payment.currency:
        raise CorrectionRefused("The row is of another account or currency than the payment.")
    if payment.state == "unposted":
        raise CorrectionRefused("The file of this payment was un-posted.")
    free = payment.amount_minor - payment.reserved_minor - payment.refunded_minor
    taken = Money(row.amount_minor, row.currency)
    if payment.state == "received":
        free -= payment.reversed_minor
    else:
        proven = ReversalRow.objects.filter(payment=payment, state__in=("matched", "confirmed"))
        free = payment.reversed_minor - sum(proven.values_list("amount_minor", flat=True))
    if row.amount_minor > free:
        raise CorrectionRefused(
            f"The row takes back {taken}; of this payment {Money(max(free, 0), row.currency)} is left.",
            left_minor=max(free, 0),
        )


@transaction.atomic(durable=True)
def request_original(row_id: int, payment_id: int, *, note: str, by: Actor, now: datetime) -> Approval:
    """Ask to take a row's money back from a payment whose payer is known: their contracts change.

    Raises CorrectionRefused; ApprovalRefused where it is asked for already.
    """
    row = ReversalRow.objects.select_for_update().get(pk=row_id)
    payment = Payment.objects.get(pk=payment_id)
    by.needs(RIGHT, market=row.market)
    approvals.refuse_if_related(by, "customer", [payment.customer_id])
    _check_original(row, payment)
    if not note.strip():
        raise CorrectionRefused("Say why: the second person decides on what you write here.")
    amount = Money(row.amount_minor, row.currency)
    payload = {"version": payment.version, "amount_minor": row.amount_minor, "reversal_row_id": row.pk}
    approval = approvals.ask(
        MATCH, subject=("payment", payment.pk), market=row.market, right=RIGHT, payload=payload,
        reasons=["The provider's row does not name this payment: a person says it is the one."],
        amount=amount, note=note.strip(), by=by, now=now,
    )  # fmt: skip
    audit.record(
        "reversal_row.match_requested",
        subject=("payment", payment.pk),
        by=by,
        at=now,
        changes={"approval_id": approval.pk, **payload},
        market=row.market,
    )
    return approval


@transaction.atomic(durable=True)
def approve_original(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> Payment:
    """The second person says yes: the money comes off the payment and its contracts."""
    approval = approvals.decide(approval_id, MATCH, by=by, now=now, note=note)
    return _match(
        approval.payload["reversal_row_id"], approval.subject_id, approval.payload["version"], by, now
    )


@transaction.atomic(durable=True)
def match_original(row_id: int, payment_id: int, *, version: int | None, by: Actor, now: datetime) -> Payment:
    """Take a row's money back from a payment of nobody known, or say that it confirms what was reversed.

    Raises CorrectionRefused where it would take money from a customer: that needs `request_original`.
    """
    payment = Payment.objects.get(pk=payment_id)
    by.needs(RIGHT, market=payment.market)
    if payment.customer_id is not None and payment.state == "received":
        raise CorrectionRefused(
            "This takes money from a customer: a second person decides.", code="payment.needs_second_person"
        )
    return _match(row_id, payment_id, version, by, now)


def _match(row_id: int, payment_id: int, version: int | None, by: Actor, now: datetime) -> Payment:
    row = ReversalRow.objects.select_for_update().get(pk=row_id)
    payment = locked(payment_id, version=version)
    approvals.refuse_if_related(by, "customer", [payment.customer_id])
    _check_original(row, payment)
    state = call(
        "payments_give_original",
        (row.pk, "bigint"), (payment.pk, "bigint"), (by.label, "text"), (now, "timestamptz"),
    )  # fmt: skip
    payment.refresh_from_db()
    audit.record(
        "reversal_row.matched",
        subject=("payment", payment.pk),
        by=by,
        at=now,
        changes={"reversal_row_id": row.pk, "amount_minor": row.amount_minor, "state": ["open", state]},
        market=row.market,
    )
    return payment


@transaction.atomic(durable=True)
def unmatch_original(row_id: int, *, note: str, by: Actor, now: datetime) -> ReversalRow:
    """Take apart what a person matched: the payment has its money again, the row waits as recoverable.

    Where the row only confirmed what a person had reversed before, that stays. Raises CorrectionRefused for
    what a row named by itself.
    """
    row = ReversalRow.objects.select_for_update().get(pk=row_id)
    by.needs(RIGHT, market=row.market)
    was = row.state
    if was not in ("matched", "confirmed") or row.reason != "by_hand":
        raise CorrectionRefused(
            "Only what a person matched can be taken apart; other rows name their payment."
        )
    if not note.strip():
        raise CorrectionRefused("Say why, in a few words: the reason is kept in the audit trail.")
    payment_id = row.payment_id
    locked(payment_id)
    call("payments_take_original_off", (row.pk, "bigint"), (by.label, "text"), (now, "timestamptz"))
    audit.record(
        "reversal_row.unmatched",
        subject=("payment", payment_id),
        by=by,
        at=now,
        changes={"reversal_row_id": row.pk, "amount_minor": row.amount_minor, "state": [was, "open"]},
        market=row.market,
        note=note.strip(),
    )
    row.refresh_from_db()
    return row


@transaction.atomic(durable=True)
def join_transit(
    arrived_id: int, *, left_id: int | None = None, batch_id: int | None = None, by: Actor, now: datetime
) -> TransitRow:
    """Say where money that arrived came from: the row by which it left, or the batch it settles.

    Raises CorrectionRefused unless market and currency are the same, and the amount is that of the row it
    left by, or not above what the batch comes to.
    """
    batch = None
    if batch_id is not None:  # before the rows, as an import does: two arrivals may be joined to it at once
        found = SettlementBatch.objects.select_for_update(of=("self",)).select_related("source_account")
        batch = found.get(pk=batch_id)
    arrived = TransitRow.objects.select_for_update().get(pk=arrived_id)
    by.needs(JOIN, market=arrived.market)
    if arrived.state != "open" or arrived.amount_minor <= 0:
        raise CorrectionRefused("Only an arrival whose other end is not known can be joined.")
    if (left_id is None) == (batch_id is None):
        raise CorrectionRefused("Choose the row by which it left, or the batch it settles.")
    if left_id is not None:
        left = TransitRow.objects.select_for_update().get(pk=left_id)
        same = (left.market, left.currency) == (arrived.market, arrived.currency)
        if not same or left.state != "open" or left.amount_minor != -arrived.amount_minor:
            raise CorrectionRefused("What left must be open, of the same market, currency and amount.")
        if left.source_account_id == arrived.source_account_id:
            raise CorrectionRefused("It left the account it arrived at: that is not the same money.")
    elif batch is not None:
        _check_batch(arrived, batch)
    call(
        "payments_join_transit",
        (arrived.pk, "bigint"), (left_id, "bigint"), (batch_id, "bigint"), (by.label, "text"),
        (now, "timestamptz"),
    )  # fmt: skip
    audit.record(
        "transit_row.joined",
        subject=("transit_row", arrived.pk),
        by=by,
        at=now,
        changes={"left_id": left_id, "batch_id": batch_id, "amount_minor": arrived.amount_minor},
        market=arrived.market,
    )
    arrived.refresh_from_db()
    return arrived


@transaction.atomic(durable=True)
def part_transit(row_id: int, *, note: str, by: Actor, now: datetime) -> TransitRow:
    """Take apart two ends that a person joined or the amount alone did; both are open again, for people.

    `row_id` may be either end. Raises CorrectionRefused for what the rows themselves name.
    """
    seen = TransitRow.objects.get(pk=row_id)
    both = [number for number in (seen.pk, seen.partner_id) if number is not None]
    ends = {row.pk: row for row in TransitRow.objects.select_for_update().filter(pk__in=both).order_by("pk")}
    row = ends[row_id]
    by.needs(PART, market=row.market)
    if row.state != "matched" or row.partner_id != seen.partner_id or row.found_by not in ("hand", "amount"):
        raise CorrectionRefused(
            "Only what a person joined, or the amount alone, can be taken apart; other rows name their end."
        )
    if not note.strip():
        raise CorrectionRefused("Say why, in a few words: the reason is kept in the audit trail.")
    arrived = max(ends.values(), key=lambda each: each.amount_minor)
    changes = {"left_id": arrived.partner_id, "batch_id": arrived.batch_id, "found_by": arrived.found_by}
    call("payments_part_transit", (arrived.pk, "bigint"), (by.label, "text"), (now, "timestamptz"))
    audit.record(
        "transit_row.parted",
        subject=("transit_row", arrived.pk),
        by=by,
        at=now,
        changes={**changes, "amount_minor": arrived.amount_minor},
        market=arrived.market,
        note=note.strip(),
    )
    row.refresh_from_db()
    return row


def _check_batch(arrived: TransitRow, batch: SettlementBatch) -> None:
    if batch.source_account.market != arrived.market or batch.currency != arrived.currency:
        raise CorrectionRefused("The batch is of another market or currency.")
    settled = TransitRow.objects.filter(batch=batch, state="matched").values_list("amount_minor", flat=True)
    left = Money(max(batch.net_minor - sum(settled), 0), batch.currency)
    if arrived.amount_minor > left.amount_minor:
        arrival = Money(arrived.amount_minor, arrived.currency)
        raise CorrectionRefused(f"{arrival} arrived; of this batch {left} is left to settle.")
