"""Another due time, or none, for a clock whose kind needs two people: asked for, then approved by another."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.clocks.actions import DUE
from paydesk.foundation.clocks.kinds import kind_named
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.clocks.steps import (
    ClockRefused,
    check_due,
    check_reason,
    give_due,
    locked_clock,
    stop_clocks,
)
from paydesk.foundation.due_times.steps import SET_DUE, WAIVE, ask_for_due
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import ChangedRefused

__all__ = ["SET_DUE", "WAIVE", "approve_due", "ask_due"]


@transaction.atomic(durable=True)
def ask_due(clock_id: int, due_at: datetime | None, *, reason: str, by: Actor, now: datetime) -> Approval:
    """Ask for another due time by hand; None asks to take the clock out of the count. Nothing changes yet.

    Raises ClockRefused as `clocks.actions.set_due` does, and for a kind that one person may change;
    ApprovalRefused where the same is asked for already.
    """
    clock = locked_clock(clock_id)
    by.needs(DUE, market=clock.market)
    check_reason(reason)
    if not kind_named(clock.kind).due_by_two:
        raise ClockRefused("This clock needs no second person: change it at once.")
    if due_at is not None:
        due_at = due_at.replace(microsecond=0)
        check_due(clock, due_at, now)
    elif clock.ended_as:
        raise ClockRefused("This clock ended already: there is nothing to take out of the count.")
    return ask_for_due(clock, due_at, right=DUE, reason=reason, by=by, now=now)


@transaction.atomic(durable=True)
def approve_due(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> Clock:
    """Carry out what `ask_due` asked for, as the second person, once.

    Raises ChangedRefused where the clock got another due time since, ClockRefused where it ended or is late.
    """
    kind = Approval.objects.values_list("kind", flat=True).get(pk=approval_id)
    assert kind in (SET_DUE, WAIVE), kind
    approval = approvals.decide(approval_id, kind, by=by, now=now, note=note)
    clock = locked_clock(approval.payload["clock_id"])
    if clock.due_at != datetime.fromisoformat(approval.payload["was_due_at"]):
        raise ChangedRefused("The clock is due at another time by now. Reject this and ask again.")
    changes: dict[str, object] = {"approval_id": approval.pk, clock.subject_kind + "_id": clock.subject_id}
    if approval.payload["due_at"] is None:
        if clock.ended_as:
            raise ClockRefused("This clock ended already: there is nothing to take out of the count.")
        stop_clocks(clock.kind, clock.subject_kind, [clock.subject_id], why=approval.note, at=now)
        clock.refresh_from_db()
        verb = "clock.waived"
    else:
        was = give_due(clock, datetime.fromisoformat(approval.payload["due_at"]), now)
        changes["due_at"] = [was.isoformat(), clock.due_at.isoformat()]
        verb = "clock.due_set"
    audit.record(
        verb,
        subject=("clock", clock.pk),
        by=by,
        at=now,
        changes=changes,
        market=clock.market,
        note=approval.note,
    )
    return clock
