"""What stands beside the approval of a receipt by hand: what was entered, the evidence, who it would name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest

from paydesk.domain.hand_receipts.queries import receipt_for
from paydesk.foundation.documents.queries import document_by_id
from paydesk.web.access import actor_of, gate
from paydesk.web.hand_receipts.shown import shown

if TYPE_CHECKING:
    from paydesk.foundation.approvals.models import Approval

GONE = "What this is about cannot be shown to you."


def of_receipt(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """The receipt with its document."""
    actor = actor_of(request)
    try:
        receipt = receipt_for(actor, approval.subject_id)
    except ObjectDoesNotExist:
        return {"problem": GONE}
    return {
        "receipt": receipt,
        "each": shown(receipt),
        "document": document_by_id(receipt.document_id),
        "may_open": gate(actor, "documents:view"),
    }
