"""What each kind of approval is: the domain's verb that carries it out, and the evidence shown beside it.

`approvals` itself never calls a domain. A package that asks for approvals adds one line to KINDS here and its
words to `words.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from paydesk.domain.cases import actions as cases
from paydesk.domain.disputes import actions as disputes
from paydesk.domain.goodwill import actions as goodwill
from paydesk.domain.hand_receipts import actions as hand_receipts
from paydesk.domain.marketplace import actions as marketplace
from paydesk.domain.payments import actions as payments
from paydesk.domain.reconciliation import actions as reconciliation
from paydesk.domain.refunds import actions as refunds
from paydesk.domain.reversal_requests import actions as reversal_requests
from paydesk.foundation.due_times.actions import SET_DUE, WAIVE, approve_due
from paydesk.reporting.books.actions.days import approve_days
from paydesk.web.approvals import evidence
from paydesk.web.disputes import evidence as dispute_evidence
from paydesk.web.goodwill import views as goodwill_views
from paydesk.web.hand_receipts import evidence as by_hand_evidence
from paydesk.web.marketplace import asks
from paydesk.web.provider_cash import evidence as cash_evidence
from paydesk.web.reconciliation import evidence as reconciliation_evidence
from paydesk.web.refunds import evidence as refund_evidence
from paydesk.web.reversal_requests import evidence as reversal_evidence

if TYPE_CHECKING:
    from paydesk.foundation.approvals.models import Approval


@dataclass(frozen=True, slots=True)
class Kind:
    """`approve` takes (approval id, by, now, note) and is one transaction with its audit record.

    `thing` is whose page it is about, as (kind, id). `evidence` gives what `template` shows, of an approval
    that waits with what it would change; constant queries.
    """

    name: str
    approve: Callable[..., object]
    thing: Callable[[Approval], tuple[str, int]]
    evidence: Callable[[HttpRequest, Approval], dict[str, Any]]
    template: str


def _subject(approval: Approval) -> tuple[str, int]:
    return approval.subject_kind, approval.subject_id


def _contract(approval: Approval) -> tuple[str, int]:
    return "contract", int(approval.payload["contract_id"])


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "payment.apply_aged", payments.approve_apply, _subject, evidence.of_payment,
            "approvals/_payment.html",
        ),
        Kind("payment.move", payments.approve_move, _subject, evidence.of_payment, "approvals/_payment.html"),
        Kind(
            "payment.reverse", payments.approve_reversal, _subject, evidence.of_payment,
            "approvals/_payment.html",
        ),
        Kind(
            "payment.reinstate", payments.approve_reinstating, _subject, evidence.of_payment,
            "approvals/_payment.html",
        ),
        Kind(
            "payment.backdate", payments.approve_backdating, _subject, evidence.of_payment,
            "approvals/_payment.html",
        ),
        Kind(
            "reversal_row.match", payments.approve_original, _subject, evidence.of_payment,
            "approvals/_payment.html",
        ),
        Kind(
            "reversal_row.book", payments.approve_booking, _subject, cash_evidence.of_row,
            "provider_cash/_evidence.html",
        ),
        Kind(
            "reversal_row.book_many", payments.approve_bookings, _subject, cash_evidence.of_rows,
            "provider_cash/_evidence_rows.html",
        ),
        Kind(
            "due_item.write_off", payments.approve_write_off, _contract, evidence.of_due_item,
            "approvals/_due_item.html",
        ),
        Kind(
            "due_item.owe_again", payments.approve_owing_again, _contract, evidence.of_written_off,
            "approvals/_due_item.html",
        ),
        Kind(
            "exception.adjust", reconciliation.approve_adjustment, _subject,
            reconciliation_evidence.of_exception, "reconciliation/_evidence_exception.html",
        ),
        *(
            Kind(
                name, approve, _subject, reconciliation_evidence.of_exception,
                "reconciliation/_evidence_exception.html",
            )
            for name, approve in (
                ("exception.write_off", reconciliation.approve_exception_write_off),
                ("exception.take_back", reconciliation.approve_take_back),
                ("exception.post", reconciliation.approve_posting),
            )
        ),
        Kind(
            "rules.change", reconciliation.approve_rules, _subject, reconciliation_evidence.of_rules,
            "reconciliation/_evidence_rules.html",
        ),
        Kind(
            "day.sign", reconciliation.approve_signature, _subject, reconciliation_evidence.of_day,
            "reconciliation/_evidence_day.html",
        ),
        Kind(
            "day.reopen", reconciliation.approve_reopening, _subject, reconciliation_evidence.of_day,
            "reconciliation/_evidence_day.html",
        ),
        Kind(
            "refund.entitle", refunds.approve_refund, _subject, refund_evidence.of_refund,
            "refunds/_evidence.html",
        ),
        Kind(
            "goodwill.give", goodwill.approve_goodwill, _subject, goodwill_views.evidence,
            "goodwill/_evidence.html",
        ),
        Kind(
            "goodwill.undo", goodwill.approve_undoing, _subject, goodwill_views.evidence,
            "goodwill/_evidence.html",
        ),
        *(
            Kind(name, marketplace.approve_ask, _subject, asks.evidence, "marketplace/_ask_evidence.html")
            for name in marketplace.APPROVED_BY_TWO
        ),
        Kind(
            "refund.resolve", refunds.approve_resolution, _subject, refund_evidence.of_refund,
            "refunds/_evidence.html",
        ),
        Kind(
            "payout_file.release", refunds.approve_release, _subject, refund_evidence.of_file,
            "refunds/_file_evidence.html",
        ),
        *(
            Kind(name, approve_due, _subject, evidence.of_clock, "approvals/_clock.html")
            for name in (SET_DUE, WAIVE)
        ),
        Kind(
            cases.NO_COMPLAINT, cases.approve_no_complaint, _subject, evidence.of_complaint,
            "approvals/_clock.html",
        ),
        Kind("days.close", approve_days, _subject, evidence.of_days, "approvals/_days.html"),
        Kind("days.reopen", approve_days, _subject, evidence.of_days, "approvals/_days.html"),
        Kind(
            "reversal_request.accept", reversal_requests.approve_acceptance, _subject,
            reversal_evidence.of_request, "reversal_requests/_evidence.html",
        ),
        Kind(
            "reversal_request.contest", reversal_requests.approve_contest, _subject,
            reversal_evidence.of_request, "reversal_requests/_evidence.html",
        ),
        Kind(
            "dispute.accept", disputes.approve_acceptance, _subject, dispute_evidence.of_dispute,
            "disputes/_evidence.html",
        ),
        Kind(
            "dispute.challenge", disputes.approve_challenge, _subject, dispute_evidence.of_dispute,
            "disputes/_evidence.html",
        ),
        Kind(
            "payment.receive_by_hand", hand_receipts.approve_receipt, _subject, by_hand_evidence.of_receipt,
            "hand_receipts/_evidence.html",
        ),
        Kind("file.unpost", payments.approve_unpost, _subject, evidence.of_file, "approvals/_file.html"),
    )
}  # fmt: skip


def thing_of(approval: Approval) -> tuple[str, int]:
    """What an approval is about, also one of a kind that has no line here."""
    kind = KINDS.get(approval.kind)
    return kind.thing(approval) if kind else _subject(approval)
