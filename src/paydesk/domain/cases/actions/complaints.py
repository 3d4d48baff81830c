"""A case is no complaint after all: one person says why, another decides; the deadline leaves the count."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.cases import clocks
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.steps import CaseRefused, keep, locked, record
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.clocks.steps import check_reason, stop_clocks
from paydesk.kernel.actor import Actor

NO_COMPLAINT = "case.no_complaint"
DECIDE = "clocks.confirm_due:check"  # as for any deadline that comes from outside


@transaction.atomic(durable=True)
def ask_no_complaint(case_id: int, *, reason: str, by: Actor, now: datetime) -> Approval:
    """Ask that a case is no complaint. Its deadline goes on until somebody else says yes.

    Raises CaseRefused where it is none or is over, ClockRefused without a reason, ApprovalRefused where it is
    asked for already.
    """
    case = locked(case_id, by)
    check_reason(reason)
    _check(case)
    asked = approvals.ask(
        NO_COMPLAINT, subject=(clocks.SUBJECT, case.pk), market=case.market, right=clocks.RIGHT,
        decide_right=DECIDE, payload={"case_id": case.pk}, note=reason.strip()[:200],
        reasons=["A complaint has a deadline that one person does not take away."], by=by, now=now,
    )  # fmt: skip
    record("case.no_complaint_asked", case, by, now, approval_id=asked.pk)
    return asked


@transaction.atomic(durable=True)
def approve_no_complaint(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> Case:
    """Take the mark off as the second person, once; an open deadline ends outside the count.

    Raises CaseRefused where the case ended or the mark is off by now, SamePersonRefused.
    """
    approval = approvals.decide(approval_id, NO_COMPLAINT, by=by, now=now, note=note)
    case = Case.objects.select_for_update(of=("self",)).get(pk=approval.payload["case_id"])
    _check(case)
    case.is_complaint = False
    stop_clocks(clocks.COMPLAINT, clocks.SUBJECT, [case.pk], why=approval.note, at=now)
    keep(case, "is_complaint")
    record("case.no_complaint", case, by, now, approval_id=approval.pk)
    return case


def _check(case: Case) -> None:
    if not case.is_complaint or case.state in ("closed", "merged"):
        raise CaseRefused("This case is no open complaint: look at it again.")
