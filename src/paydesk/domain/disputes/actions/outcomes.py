"""What became of a dispute: as the provider says it, or by silence once the scheme's last day is over."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.disputes import clocks, queries, rules
from paydesk.domain.disputes.models import Dispute
from paydesk.domain.disputes.states import DISPUTE, UNANSWERED
from paydesk.domain.disputes.steps import (
    SUBJECT,
    DisputeRefused,
    keep,
    locked,
    record,
    refuse_while_asked,
)
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.queries import pending_about
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.clocks.steps import meet_clocks, stop_clocks
from paydesk.foundation.documents.queries import document_by_id
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money


@transaction.atomic(durable=True)
def pass_on(dispute_id: int, *, version: int | None = None, by: Actor, now: datetime) -> Dispute:
    """The provider says that the issuer has our evidence and looks at it. Raises TransitionRefused."""
    dispute = locked(dispute_id, by, version=version)
    was, dispute.state = dispute.state, DISPUTE.after("pass_on", dispute.state)
    keep(dispute, by, now)
    record("dispute.passed_on", dispute, by, now, state=[was, dispute.state])
    return dispute


@transaction.atomic(durable=True)
def decide(
    dispute_id: int,
    *,
    outcome: str,
    won: Money | None = None,
    note: str,
    document_id: int | None,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Dispute:
    """Write down what the provider says, with what it says it in. `won` is a part, where it is one.

    Moves no money: rows do. What they debited and is lost now leaves 1300. Raises DisputeRefused.
    """
    dispute = locked(dispute_id, by, version=version)
    refuse_while_asked(dispute)
    if outcome not in rules.OUTCOMES:
        raise DisputeRefused("Choose the outcome from the list.")
    if document_id is None or document_by_id(document_id) is None:
        raise DisputeRefused("Attach what the provider says: without it nothing is decided.")
    whole = queries.amount_of(dispute)
    part = whole if won is None else won
    if outcome == "won" and (
        part.currency != whole.currency or not 0 < part.amount_minor <= whole.amount_minor
    ):
        raise DisputeRefused(f"Up to {whole} can be won of it.")
    was = dispute.state
    dispute.state = DISPUTE.after(rules.TRANSITIONS[outcome][was == "arbitration"], was)
    dispute.won_minor = part.amount_minor if outcome == "won" else 0
    dispute.outcome_note, dispute.outcome_document_id = note.strip(), document_id
    dispute.finished_at = now
    stop_clocks(clocks.DISPUTE, SUBJECT, [dispute.pk], why=dispute.state, at=now)
    keep(dispute, by, now)
    record(
        "dispute.decided", dispute, by, now,
        state=[was, dispute.state], won_minor=dispute.won_minor, lost_minor=dispute.lost_minor,
        document_id=document_id,
    )  # fmt: skip
    return dispute


def expire_unanswered(*, by: Actor, now: datetime) -> int:
    """End every dispute whose last day is over without an answer of ours; returns how many.

    One transaction each. A due time that two people gave for later counts.
    """
    return sum(_expire(each.pk, by, now) for each in queries.due_to_expire(now))


@transaction.atomic(durable=True)
def _expire(dispute_id: int, by: Actor, now: datetime) -> bool:
    waiting = pending_about(SUBJECT, [dispute_id]).get(dispute_id)
    seen = Dispute.objects.get(pk=dispute_id)
    clock = Clock.objects.filter(
        subject_kind=SUBJECT, subject_id=dispute_id, kind=clocks.DISPUTE, ended_as=""
    ).first()
    assert seen.answer_by is not None, "what waits for an answer has a last day"
    last = clocks.end_of(seen.answer_by, seen.market, now)
    if now <= max(last, clock.due_at if clock is not None else last):
        return False
    if waiting is not None:
        approvals.end(waiting.pk, "expire", by=by, now=now, note="The scheme's last day is over.")
    dispute = Dispute.objects.select_for_update(of=["self"]).select_related("payment").get(pk=dispute_id)
    if dispute.state not in UNANSWERED or pending_about(SUBJECT, [dispute_id]):  # asked for meanwhile
        return False
    was, dispute.state = dispute.state, DISPUTE.after("expire", dispute.state)
    dispute.finished_at = now
    meet_clocks(clocks.DISPUTE, SUBJECT, [dispute.pk], at=now)  # too late: a breach
    keep(dispute, by, now)
    record("dispute.expired", dispute, by, now, state=[was, dispute.state], lost_minor=dispute.lost_minor)
    return True
