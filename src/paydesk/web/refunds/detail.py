"""The whole story of one refund: who asked and why, who approved, how it went out, what the provider said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from paydesk.domain.ledger.queries import entries_about
from paydesk.domain.payments.queries import sub_accounts
from paydesk.domain.refunds.queries import calculation_of
from paydesk.domain.refunds.states import REFUND
from paydesk.foundation.approvals.queries import approvals_of, pending_about
from paydesk.foundation.audit.queries import histories
from paydesk.kernel.actor import Actor
from paydesk.web.access import actor_of, gate
from paydesk.web.addresses import page_of
from paydesk.web.approvals.words import words_of
from paydesk.web.clocks.chips import chips_of
from paydesk.web.payments.postings import shown_entries
from paydesk.web.people_names import names_by_label
from paydesk.web.queues.subjects import subject_of
from paydesk.web.queues.work import work_of
from paydesk.web.refunds.deeds import DEEDS
from paydesk.web.refunds.shown import account_words, file_shown, shown
from paydesk.web.sight import looking
from paydesk.web.trail.words import verb_words

if TYPE_CHECKING:
    from paydesk.domain.refunds.models import Refund
    from paydesk.foundation.approvals.models import Approval
    from paydesk.foundation.audit.models import AuditRecord

MOST_APPROVALS = 20
# What a record of the trail means for the money: the colour of its step.
FAMILIES = {
    "refund.requested": "held", "refund.approved": "settled", "refund.cancelled": "idle",
    "refund.payee_changed": "held", "refund.tried_again": "moving", "refund.sent": "moving",
    "refund.paid": "settled", "refund.confirmed": "settled", "refund.unconfirmed": "held",
    "refund.failed": "failed", "refund.bounced": "failed",
    "refund.lost_track": "held", "refund.resolution_asked": "held", "approval.rejected": "failed",
    "approval.withdrawn": "idle", "approval.expired": "idle", "payout_file.asked": "held",
    "payout_file.released": "moving", "payout_file.sent": "moving", "payout_file.put_aside": "idle",
    "payout_file.refund_taken_out": "idle", "refund.taken_out": "idle",
}  # fmt: skip
NEXT_STEPS = {
    "requested": "Somebody else decides whether it is due.",
    "under_review": "Somebody else decides on the new payee.",
    "approved": "It goes out with the next payout file.",
    "released": "The payout file is uploaded at the provider and marked as sent.",
    "sent": "The provider says what became of it: a result file, or what its portal shows.",
    "unknown": "Find out at the provider. Until then nobody may send it again.",
    "failed": "Try again, name another payee, or give it up.",
}


@dataclass(frozen=True, slots=True)
class Act:
    """One button. `blocked` says why it cannot be pressed and who can; "" when it can."""

    label: str
    url: str
    key: str
    blocked: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One step of the story."""

    at: datetime | None
    family: str
    title: str
    text: str = ""
    url: str = ""
    by: str = ""
    waits: bool = False


def story_of(request: HttpRequest, refund: Refund) -> dict[str, Any]:
    """Everything about one refund; the number of queries does not depend on it."""
    actor, eyes, now = actor_of(request), looking(request), timezone.now()
    approvals = list(approvals_of("refund", refund.pk)[:MOST_APPROVALS])
    waiting = [each for each in approvals if each.state == "pending"]
    subjects: dict[str, list[int]] = {"refund": [refund.pk]}
    if refund.payout_file_id is not None:
        subjects["payout_file"] = [refund.payout_file_id]
        waiting += pending_about("payout_file", subjects["payout_file"]).values()
    records = list(reversed(histories(subjects)))
    entries = entries_about("refund", refund.pk)
    labels = {record.actor for record in records} | {entry.actor for entry in entries}
    labels |= {label for each in approvals for label in (each.asked_by, each.decided_by) if label}
    labels |= {each.asked_by for each in waiting}
    names = names_by_label(labels | {refund.requested_by})
    return {
        "each": shown(refund),
        "refund": refund,
        "account": account_words(eyes, refund),
        "file": file_shown(refund.payout_file) if refund.payout_file else None,
        "sums": calculation_of(refund.payment),
        "chips": chips_of(actor, "refund", refund.pk, now),
        "work": work_of(actor, subject_of("refund", refund)) if refund.state in NEXT_STEPS else None,
        "at_query": "",
        "not_to_ask": refund.state != "failed",
        "waiting": [(words_of(a.kind).one, names[a.asked_by], a, page_of("approval", a.pk)) for a in waiting],
        "acts": acts_of(actor, refund, waiting),
        "next_step": NEXT_STEPS.get(refund.state, ""),
        "events": list(events(refund, records, approvals, names)),
        "records": [(r.at, names[r.actor], verb_words(r.verb)) for r in records],
        "ledger": gate(actor, "ledger:view"),
        "entries": shown_entries(entries, names, eyes, sub_accounts(entries)),
        "asked_by": names[refund.requested_by],
        "is_waiting": refund.state in ("requested", "under_review"),
    }


def acts_of(actor: Actor, refund: Refund, waiting: Sequence[Approval]) -> list[Act]:
    """The acts that make sense in its state, each with why it cannot be done where it cannot."""
    code = shown(refund).code
    found = []
    asked = "It waits for a second person: take the request back, or have it rejected." if waiting else ""
    if refund.state == "approved":
        query = urlencode({"id": code})
        blocked = gate(actor, "payouts.release").reason or asked
        found.append(
            Act("Put into a payout file…", f"{reverse('refunds:release')}?{query}", "p", blocked, True)
        )
    for deed in DEEDS.values():
        if REFUND.may(deed.transition, refund.state) and deed.fits(refund.state):
            blocked = gate(actor, deed.right).reason or asked
            url = reverse("refunds:act", args=[code, deed.name])
            found.append(Act(f"{deed.label}…", url, deed.key, blocked, deed.primary))
    if REFUND.may("change_payee", refund.state):
        blocked = gate(actor, "refunds.entitle").reason or asked
        found.append(Act("Another payee…", reverse("refunds:payee", args=[code]), "e", blocked))
    return found


def events(
    refund: Refund, records: Sequence[AuditRecord], approvals: Sequence[Approval], names: Mapping[str, str]
) -> Iterator[Event]:
    """The steps as the trail has them, with the words people left; what comes next stands last."""
    by_id = {approval.pk: approval for approval in approvals}
    for record in records:
        approval = by_id.get(record.changes.get("approval_id") or 0)
        yield Event(
            at=record.at,
            family=FAMILIES.get(record.verb, "idle"),
            title=verb_words(record.verb),
            text=_said(refund, record, approval),
            url=page_of("payout_file", record.changes["payout_file_id"])
            if record.changes.get("payout_file_id")
            else page_of("approval", approval.pk)
            if approval
            else "",
            by=names[record.actor],
        )
    if refund.state in NEXT_STEPS:
        yield Event(None, REFUND.family(refund.state), "Next", NEXT_STEPS[refund.state], waits=True)


def _said(refund: Refund, record: AuditRecord, approval: Approval | None) -> str:
    if approval is not None:
        asked = record.verb in ("refund.requested", "refund.payee_changed", "refund.resolution_asked")
        return approval.note if asked else approval.decision_note
    if record.verb == "refund.paid" and refund.provider_ref:
        return f"Provider's reference {refund.provider_ref}"
    if record.verb in ("refund.failed", "refund.bounced", "refund.lost_track"):
        return refund.failure
    return record.note
