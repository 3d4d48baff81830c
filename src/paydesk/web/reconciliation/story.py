"""Everything about one exception: what it is and why, what can be done about it, what was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from paydesk.domain.reconciliation import queries
from paydesk.domain.reconciliation.actions.matching import ONE_SIDED
from paydesk.domain.refunds.queries import refunds_of_payment
from paydesk.foundation.approvals.queries import approvals_of
from paydesk.foundation.audit.queries import history
from paydesk.kernel.actor import Actor
from paydesk.web.access import actor_of, gate, gate_to_ask
from paydesk.web.addresses import page_of
from paydesk.web.approvals.words import words_of
from paydesk.web.cases.about import case_rows
from paydesk.web.clocks.chips import chips_of
from paydesk.web.people_names import names_by_label
from paydesk.web.queues.subjects import subject_of
from paydesk.web.queues.work import work_of
from paydesk.web.reconciliation.deeds import DEEDS, why_not
from paydesk.web.reconciliation.drafts import draft_of
from paydesk.web.reconciliation.shown import (
    CONFIRM,
    ShownException,
    compared,
    shown,
)
from paydesk.web.reconciliation.why import why_of
from paydesk.web.refunds.detail import Act, Event
from paydesk.web.refunds.shown import shown as refund_shown
from paydesk.web.trail.words import verb_words

if TYPE_CHECKING:
    from paydesk.domain.reconciliation.models import ReconciliationException

FAMILIES = {
    "exception.waits": "held", "exception.resolved": "settled", "exception.reopened": "failed",
    "exception.waited_in_vain": "failed", "exception.adjustment_asked": "held",
    "exception.adjusted": "settled", "exception.write_off_asked": "held",
    "exception.written_off": "settled", "exception.posting_asked": "held", "exception.posted": "settled",
    "exception.take_back_asked": "held", "exception.taken_back": "failed",
}  # fmt: skip
# What policy wants first, by class; elsewhere nothing stands out.
DEED_FIRST = {
    "missing_at_provider": "provider",
    "missing_in_ledger": "post",
    "amount_mismatch": "adjust",
    "fee_variance": "adjust",
    "late_settlement": "timing",
    "status_mismatch": "provider",
    "missing_at_bank": "provider",
    "short_settled": "provider",
}
# Where the ledger has a payment that the provider does not confirm.
TAKEN_BACK = ("missing_at_provider", "status_mismatch", "duplicate_ledger", "sign_mismatch")
NOT_COMPARED = ("day", "kind", "place", "batch")  # of the rows, beside what is weighed


def story_of(request: HttpRequest, found: ReconciliationException) -> dict[str, Any]:
    """Everything about one exception; the number of queries does not depend on it."""
    actor, now = actor_of(request), timezone.now()
    each = shown(found)
    approvals = list(approvals_of("exception", found.pk))
    waiting = [approval for approval in approvals if approval.state == "pending"]
    records = list(history("exception", found.pk))
    labels = {record.actor for record in records} | {found.resolved_by} - {""}
    labels |= {label for a in approvals for label in (a.asked_by, a.decided_by) if label}
    names = names_by_label(labels)
    is_open = found.state != "resolved"
    why, fields = why_of(found.explanation), compared(found.left, found.right, found.currency)
    return {
        "open_code": each.code,
        "each": each,
        "found": found,
        "chips": chips_of(actor, "exception", found.pk, now),
        "work": work_of(actor, subject_of("exception", found)) if found.state != "resolved" else None,
        "at_query": "",
        "waiting": [(words_of(a.kind).one, names[a.asked_by], a, page_of("approval", a.pk)) for a in waiting],
        "acts": [
            Act(
                f"{deed.label}…", reverse("exceptions:act", args=[each.code, deed.name]), deed.key,
                gate(actor, deed.right).reason, deed.name == DEED_FIRST.get(found.kind, ""),
            )
            for deed in DEEDS.values()
            if not why_not(deed, found)
        ] + acts_on_payment(actor, found),
        "refunds": refunds_under_way(found),
        "why": why,
        "fields": [each for each in fields if each.name in NOT_COMPARED] if why and why.fields else fields,
        "partners": [shown(e) for e in queries.likely_partners(actor, found)] if is_open else [],
        "is_of_one_side": is_open and found.kind in ONE_SIDED,
        "may_confirm": gate(actor, CONFIRM),
        "events": list(events(records, approvals, names, each)),
        "draft": draft_of(each) if found.state != "resolved" else "",
        "cases": case_rows(actor, "exception", found.pk),
        "case_gate": gate(actor, "cases.work"),
    }  # fmt: skip


def acts_on_payment(actor: Actor, found: ReconciliationException) -> list[Act]:
    """What is done with the payment behind an exception, through the payment's own dialogs."""
    if not found.payment_id or found.state == "resolved" or found.payment.state != "received":
        return []
    at = urlencode({"at": page_of("exception", found.pk)})
    acts = []
    if found.kind in TAKEN_BACK:
        url = f"{reverse('payments:take_back', args=[found.payment_id])}?{at}"
        acts.append(Act("Take the payment back…", url, "", gate(actor, "payments.reverse").reason))
    url = f"{reverse('refunds:ask', args=[found.payment_id])}?{at}"
    return [*acts, Act("Refund…", url, "f", gate_to_ask(actor, "refunds.entitle").reason)]


def refunds_under_way(found: ReconciliationException) -> list[Any]:
    """The refunds of the payment behind an exception, newest first."""
    return [refund_shown(each) for each in refunds_of_payment(found.payment_id)] if found.payment_id else []


def events(
    records: Sequence[Any], approvals: Sequence[Any], names: Mapping[str, str], each: ShownException
) -> Iterator[Event]:
    """How it was found and what people did about it; what comes next stands last."""
    by_id = {approval.pk: approval for approval in approvals}
    yield Event(each.found.found_at, "failed", "Found by a run", "", "", "paydesk")
    for record in records:
        approval = by_id.get(record.changes.get("approval_id") or 0)
        yield Event(
            record.at, FAMILIES.get(record.verb, "idle"), verb_words(record.verb), record.note,
            page_of("approval", approval.pk) if approval else "", names[record.actor],
        )  # fmt: skip
    if each.found.state == "resolved":
        if each.found.resolution in ("proven", "matched"):
            yield Event(each.found.resolved_at, "settled", each.word.capitalize(), each.found.reason, "", "")
    else:
        yield Event(None, each.family, "Next", each.next_step, waits=True)
