"""What the scheme is told: challenged with all the evidence, or accepted; by two people."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from django.db import transaction

from paydesk.domain.disputes import clocks, pack, queries
from paydesk.domain.disputes.models import Dispute
from paydesk.domain.disputes.states import DISPUTE, UNANSWERED
from paydesk.domain.disputes.steps import (
    RIGHT,
    SUBJECT,
    DisputeRefused,
    keep,
    locked,
    lose_if_debited,
    record,
    refuse_while_asked,
)
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.clocks.steps import meet_clocks
from paydesk.foundation.documents import blobs
from paydesk.foundation.documents import steps as documents
from paydesk.kernel.actor import Actor

ACCEPT, CHALLENGE = "dispute.accept", "dispute.challenge"


def request_challenge(
    dispute_id: int, *, note: str, version: int | None = None, by: Actor, now: datetime
) -> Approval:
    """Ask a second person to agree to a no. The pack is made now, so that they read what would go out.

    Raises DisputeRefused while a line of the checklist is open.
    """
    dispute = queries.dispute_for(by, dispute_id)
    by.needs(RIGHT, market=dispute.market)
    seen = dispute.version if version is None else version
    _refuse_incomplete(dispute)
    data, over_all = pack.content_of(dispute)
    kept = blobs.keep(BytesIO(data))  # before the transaction
    with transaction.atomic(durable=True):
        dispute = _unanswered(dispute_id, note, seen, by)
        document = documents.record_upload(
            kept, filename=pack.file_name(dispute), by=by, now=now, retention="evidence",
            market=dispute.market,
        )  # fmt: skip
        payload = {"pack_id": document.pk, "sha256_over_all": over_all}
        absent = dispute.evidence.filter(absent_because__gt="").count()
        reasons = [f"{absent} of the evidence is not to be had."] if absent else []
        approval = _ask(CHALLENGE, dispute, note, payload, reasons, document.pk, by, now)
        record("dispute.challenge_asked", dispute, by, now, approval_id=approval.pk, document_id=document.pk)
    return approval


@transaction.atomic(durable=True)
def request_acceptance(
    dispute_id: int, *, note: str, version: int | None = None, by: Actor, now: datetime
) -> Approval:
    """Ask a second person to agree that the cardholder has their money back. Raises DisputeRefused."""
    dispute = _unanswered(dispute_id, note, version, by)
    approval = _ask(ACCEPT, dispute, note, {}, [], None, by, now)
    record("dispute.acceptance_asked", dispute, by, now, approval_id=approval.pk)
    return approval


@transaction.atomic(durable=True)
def approve_challenge(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> Dispute:
    """The second person agrees: the pack goes to the scheme, once, and its evidence is fixed by its hash.

    Raises ApprovalRefused, DisputeRefused.
    """
    dispute, approval = _decided(approval_id, CHALLENGE, by, now, note)
    was = dispute.state
    dispute.state = DISPUTE.after("arbitrate" if was == "pre_arbitration" else "challenge", was)
    dispute.pack_id = approval.payload["pack_id"]
    _answered(dispute, approval, by, now)
    record(
        "dispute.challenged", dispute, by, now,
        approval_id=approval.pk, state=[was, dispute.state], document_id=dispute.pack_id,
    )  # fmt: skip
    return dispute


@transaction.atomic(durable=True)
def approve_acceptance(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> Dispute:
    """The second person agrees. What the provider debited already is lost now; else its row is waited for.

    Raises ApprovalRefused, DisputeRefused.
    """
    dispute, approval = _decided(approval_id, ACCEPT, by, now, note)
    was, dispute.state = dispute.state, DISPUTE.after("accept", dispute.state)
    lose_if_debited(dispute, now)
    _answered(dispute, approval, by, now)
    record("dispute.accepted", dispute, by, now, approval_id=approval.pk, state=[was, dispute.state])
    return dispute


def _refuse_incomplete(dispute: Dispute) -> None:
    if dispute.state in UNANSWERED and (missing := queries.missing_of(dispute)):
        raise DisputeRefused(
            f"Evidence is sent once, all of it. Give these, or say why they are not to be had: "
            f"{', '.join(missing)}.",
            missing=missing,
        )


def _unanswered(dispute_id: int, note: str, version: int | None, by: Actor) -> Dispute:
    dispute = locked(dispute_id, by, version=version)
    if dispute.state not in UNANSWERED:
        DISPUTE.after("accept", dispute.state)  # refuses, and says in which states it is answered
    if not note.strip():
        raise DisputeRefused("Say why: a second person decides on it.")
    refuse_while_asked(dispute)
    return dispute


def _ask(
    kind: str, dispute: Dispute, note: str, payload: dict[str, object], reasons: list[str],
    evidence_id: int | None, by: Actor, now: datetime,
) -> Approval:  # fmt: skip
    return approvals.ask(
        kind,
        subject=(SUBJECT, dispute.pk),
        market=dispute.market,
        right=RIGHT,
        payload={"version": dispute.version, "amount_minor": dispute.amount_minor, **payload},
        reasons=reasons,
        amount=queries.amount_of(dispute),
        note=note.strip(),
        evidence_id=evidence_id,
        by=by,
        now=now,
    )


def _decided(approval_id: int, kind: str, by: Actor, now: datetime, note: str) -> tuple[Dispute, Approval]:
    approval = approvals.decide(approval_id, kind, by=by, now=now, note=note)
    dispute = Dispute.objects.select_for_update(of=["self"]).select_related("payment").get(
        pk=approval.subject_id
    )  # fmt: skip
    approvals.refuse_if_related(by, "customer", [dispute.payment.customer_id])
    if dispute.version != approval.payload["version"]:
        raise DisputeRefused("This dispute changed since. Reject the answer and ask again.")
    return dispute, approval


def _answered(dispute: Dispute, approval: Approval, by: Actor, now: datetime) -> None:
    dispute.answer_note = approval.note
    dispute.answered_by, dispute.answered_at = by.label, now
    meet_clocks(clocks.DISPUTE, SUBJECT, [dispute.pk], at=now)
    keep(dispute, by, now)
