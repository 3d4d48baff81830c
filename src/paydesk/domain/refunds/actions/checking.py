"""Looking at the checks of refunds again while they wait for the second person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.refunds import queries
from paydesk.domain.refunds.models import Refund
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor


@transaction.atomic(durable=True)
def look_again(approval_id: int, *, by: Actor, now: datetime) -> list[str]:
    """Turn a waiting approval of refunds amber by what the checks say now; returns what is new.

    Moves no money and changes no refund that waits: what was asked for stays as it is.
    """
    approval = Approval.objects.select_for_update().get(pk=approval_id)
    by.needs("payments:view", market=approval.market)
    if approval.state != "pending":
        return []
    named = {"payout_file_id": approval.subject_id} if approval.subject_kind == "payout_file" else {
        "pk": approval.subject_id
    }  # fmt: skip
    told = []
    refunds = list(Refund.objects.select_for_update().filter(**named).order_by("pk"))
    found = queries.new_doubts(refunds, now)
    for refund in refunds:
        if doubts := found[refund.pk]:
            refund.reasons = [*refund.reasons, *doubts]
            refund.save(update_fields=["reasons"])
            told += doubts if "pk" in named else [f"{queries.code(refund)}: {doubt}" for doubt in doubts]
    if told:
        approvals.add_reasons(approval, told)
        audit.record(
            "refund.checks_changed",
            subject=(approval.subject_kind, approval.subject_id),
            by=by,
            at=now,
            changes={"approval_id": approval.pk, "new": len(told)},
            market=approval.market,
        )
    return told
