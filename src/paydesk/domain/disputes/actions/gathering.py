"""Evidence of a dispute: each line of its checklist is a document, a message, or why there is none."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.cases.models import Message
from paydesk.domain.cases.queries import case_for
from paydesk.domain.disputes import queries
from paydesk.domain.disputes.models import Dispute, Evidence
from paydesk.domain.disputes.reason_codes import EVIDENCE
from paydesk.domain.disputes.states import UNANSWERED
from paydesk.domain.disputes.steps import DisputeRefused, keep, locked, record, refuse_while_asked
from paydesk.foundation.documents.queries import document_by_id
from paydesk.kernel.actor import Actor


@transaction.atomic(durable=True)
def give_evidence(
    dispute_id: int,
    *,
    kind: str,
    document_id: int | None = None,
    message_id: int | None = None,
    absent_because: str = "",
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Dispute:
    """Answer one line of the checklist, in place of what stood there; a kind that is not on it is added.

    A message has to be of a case about the dispute or its payment that the actor may read. Raises
    DisputeRefused unless it is exactly one of the three, and once the answer went out.
    """
    dispute = locked(dispute_id, by, version=version)
    refuse_while_asked(dispute)
    if dispute.state not in UNANSWERED:
        raise DisputeRefused(
            "Evidence is gathered while the scheme waits for our answer, and fixed after it."
        )
    if kind not in EVIDENCE:
        raise DisputeRefused("Choose what the evidence shows from the list.")
    because = absent_because.strip()
    if sum((document_id is not None, message_id is not None, bool(because))) != 1:
        raise DisputeRefused("Give a document, or a message, or say why it is not to be had.")
    if document_id is not None and document_by_id(document_id) is None:
        raise DisputeRefused("There is no such document.")
    if message_id is not None:
        _check_message(dispute, message_id, by)
    Evidence.objects.update_or_create(
        dispute=dispute, kind=kind,
        defaults={
            "document_id": document_id, "message_id": message_id, "absent_because": because,
            "by": by.label, "at": now,
        },
    )  # fmt: skip
    keep(dispute, by, now)
    record(
        "dispute.evidence_given", dispute, by, now,
        kind=kind, document_id=document_id, message_id=message_id, is_absent=bool(because),
    )  # fmt: skip
    return dispute


def _check_message(dispute: Dispute, message_id: int, by: Actor) -> None:
    said = Message.objects.filter(pk=message_id, case_id__in=queries.cases_about(dispute)).first()
    if said is None:
        raise DisputeRefused(f"This message is of no case about {queries.code(dispute)}.")
    case_for(by, said.case_id)
