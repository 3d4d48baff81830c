"""Asking for another due time as a part of other verbs."""

from __future__ import annotations

from datetime import datetime

from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.clocks.models import Clock
from paydesk.kernel.actor import Actor

SET_DUE, WAIVE = "clock.set_due", "clock.waive"
CONFIRM = "clocks.confirm_due:check"


def ask_for_due(
    clock: Clock, due_at: datetime | None, *, right: str, reason: str, by: Actor, now: datetime
) -> Approval:
    """Have a second person decide on another due time of a locked clock, or on none. Nothing changes yet."""
    approval = approvals.ask(
        WAIVE if due_at is None else SET_DUE,
        subject=("clock", clock.pk),
        market=clock.market,
        right=right,
        decide_right=CONFIRM,
        payload={
            "clock_id": clock.pk,
            "was_due_at": clock.due_at.isoformat(),
            "due_at": due_at.isoformat() if due_at else None,
        },
        reasons=["The due time of this kind comes from outside."],
        note=reason.strip(),
        by=by,
        now=now,
    )
    audit.record(
        "clock.due_asked",
        subject=("clock", clock.pk),
        by=by,
        at=now,
        changes={"approval_id": approval.pk, clock.subject_kind + "_id": clock.subject_id},
        market=clock.market,
        note=reason.strip(),
    )
    return approval
