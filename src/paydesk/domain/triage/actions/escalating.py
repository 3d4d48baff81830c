"""What goes to risk at once is raised by the desk and acknowledged by a person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.triage import rules
from paydesk.domain.triage.models import Escalation
from paydesk.domain.triage.queries import cases_to_judge
from paydesk.domain.triage.steps import TriageRefused
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.outbox.steps import put
from paydesk.kernel.actor import Actor


@transaction.atomic(durable=True)
def raise_escalations(*, by: Actor, now: datetime) -> int:
    """Flag every open case that goes to risk at once, with its reason, each reason once; returns how many."""
    by.needs("cases.work")
    raised = 0
    for judged in cases_to_judge(now):
        reasons = rules.escalates_at_once(
            harms=judged.harms, category=judged.category, root_cause=judged.root_cause,
            value_moved=judged.value_moved, on_same_merchant=judged.on_same_merchant,
        )  # fmt: skip
        for reason in reasons:
            made, is_new = Escalation.objects.get_or_create(
                case_id=judged.case_id, reason=reason, defaults={"raised_at": now}
            )
            if is_new:
                raised += 1
                audit.record(
                    "case.escalation_raised", subject=("case", judged.case_id), by=by, at=now,
                    market=judged.market, changes={"reason": reason},
                )  # fmt: skip
                put("case.escalation_raised", {"case_id": judged.case_id, "reason": reason})
    return raised


@transaction.atomic(durable=True)
def acknowledge_escalation(escalation_id: int, *, by: Actor, now: datetime) -> Escalation:
    """A person has seen it and acts; the flag stays with who and when. Seen before, it stays as it was."""
    found = Escalation.objects.select_for_update(of=("self",)).select_related("case").filter(
        pk=escalation_id
    ).first()  # fmt: skip
    if found is None or not by.sees(found.case.market):
        raise TriageRefused("There is no such escalation in your markets.")
    by.needs("clocks.acknowledge", market=found.case.market)
    if found.seen_at is None:
        found.seen_by, found.seen_at = by.label, now
        found.save(update_fields=["seen_by", "seen_at"])
        audit.record(
            "case.escalation_seen", subject=("case", found.case_id), by=by, at=now,
            market=found.case.market, changes={"reason": found.reason},
        )  # fmt: skip
    return found
