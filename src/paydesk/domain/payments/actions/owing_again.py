"""Undoing a small write-off, with a second person: the difference is owed again, by a linked posting."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.contracts.models import DueItem
from paydesk.domain.payments.actions.correcting import CorrectionRefused, record_of_item
from paydesk.domain.payments.models import Allocation
from paydesk.domain.payments.queries import write_off_of
from paydesk.domain.payments.steps import owe_again
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

OWE_AGAIN = "due_item.owe_again"
NOTHING = "Nothing of this due item is written off, or it was undone already."


@transaction.atomic(durable=True)
def request_owing_again(due_item_id: int, *, note: str, by: Actor, now: datetime) -> Approval:
    """Ask to undo the write-off of a due item. Raises CorrectionRefused."""
    item, off = _undoable(due_item_id)
    contract = item.contract
    by.needs("matching.write_off_small", market=contract.market)
    approvals.refuse_if_related(by, "customer", [contract.customer_id])
    amount = Money(off.amount_minor, contract.currency)
    approval = approvals.ask(
        OWE_AGAIN,
        subject=("due_item", item.pk),
        market=contract.market,
        right="matching.write_off_small",
        payload={"allocation_id": off.pk, "contract_id": contract.pk, "amount_minor": off.amount_minor},
        amount=amount,
        note=note.strip(),
        by=by,
        now=now,
    )
    record_of_item("due_item.owe_again_requested", item, approval.pk, amount, by, now)
    return approval


@transaction.atomic(durable=True)
def approve_owing_again(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> DueItem:
    """The second person says yes: the difference is no expense any more, and the item is open by it."""
    approval = approvals.decide(approval_id, OWE_AGAIN, by=by, now=now, note=note)
    item, off = _undoable(approval.subject_id)
    contract = item.contract
    approvals.refuse_if_related(by, "customer", [contract.customer_id])
    if off.pk != approval.payload["allocation_id"] or not owe_again(off.pk, by=by, at=now):
        raise CorrectionRefused(NOTHING)
    amount = Money(off.amount_minor, contract.currency)
    record_of_item("due_item.owed_again", item, approval.pk, amount, by, now)
    item.refresh_from_db()
    return item


def _undoable(due_item_id: int) -> tuple[DueItem, Allocation]:
    item = DueItem.objects.select_related("contract").get(pk=due_item_id)
    off = write_off_of(item.pk)
    if off is None:
        raise CorrectionRefused(NOTHING)
    return item, off
