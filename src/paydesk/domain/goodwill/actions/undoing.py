"""Goodwill given by mistake is undone by two people, with linked postings."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.cases import steps as cases
from paydesk.domain.goodwill import queries
from paydesk.domain.goodwill.actions.giving import RIGHT, GoodwillRefused, _record
from paydesk.domain.goodwill.models import Goodwill
from paydesk.domain.goodwill.states import GOODWILL
from paydesk.domain.payments.steps import call
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.kernel.actor import Actor

UNDO = "goodwill.undo"


@transaction.atomic(durable=True)
def request_undoing(goodwill_id: int, *, note: str, by: Actor, now: datetime) -> Approval:
    """Ask to take goodwill back. Raises GoodwillRefused, TransitionRefused, ApprovalRefused."""
    given = Goodwill.objects.select_for_update(of=("self",)).get(pk=goodwill_id)
    by.needs(RIGHT, market=given.market)
    approvals.refuse_if_related(by, "customer", [given.customer_id])
    GOODWILL.after("undo", given.state)
    if not note.strip():
        raise GoodwillRefused("Say why it is taken back: a second person decides by it.")
    approval = approvals.ask(
        UNDO,
        subject=("goodwill", given.pk),
        market=given.market,
        right=RIGHT,
        payload={"version": given.version, "amount_minor": given.amount_minor},
        reasons=["The customer has it already: tell them before it is taken back."],
        amount=queries.amount_of(given),
        note=note.strip(),
        by=by,
        now=now,
    )
    _record("goodwill.undo_requested", given, by, now, approval_id=approval.pk)
    return approval


@transaction.atomic(durable=True)
def approve_undoing(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> Goodwill:
    """The second person says yes: what it paid is open again, the expense is undone."""
    approval = approvals.decide(approval_id, UNDO, by=by, now=now, note=note)
    given = Goodwill.objects.select_for_update(of=("self",)).get(pk=approval.subject_id)
    approvals.refuse_if_related(by, "customer", [given.customer_id])
    if given.version != approval.payload["version"]:
        raise GoodwillRefused("This goodwill was changed since. Reject it and ask again.")
    was, given.state = given.state, GOODWILL.after("undo", given.state)
    if not call("payments_undo_goodwill", (given.pk, "bigint"), (by.label, "text"), (now, "timestamptz")):
        raise GoodwillRefused("The contract it went to takes nothing any more: correct it by hand.")
    given.undone_by, given.undone_at = by.label, now
    given.version += 1
    given.save(update_fields=["state", "undone_by", "undone_at", "version"])
    cases.count_up(given.case_id)
    _record("goodwill.undone", given, by, now, approval_id=approval.pk, state=[was, given.state])
    return given
