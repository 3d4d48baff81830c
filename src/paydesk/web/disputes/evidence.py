"""What stands beside the approval of an answer: the dispute, its checklist, the pack as it would go out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest

from paydesk.domain.disputes.queries import dispute_for
from paydesk.web.access import actor_of, gate
from paydesk.web.disputes.gathering import lines_of
from paydesk.web.disputes.shown import shown

if TYPE_CHECKING:
    from paydesk.foundation.approvals.models import Approval

GONE = "What this is about cannot be shown to you."
CHANGED = "The dispute changed since this was asked for. Reject it, so that it can be asked for as it is now."


def of_dispute(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """The dispute, what goes to the scheme, and whether it changed since."""
    actor = actor_of(request)
    try:
        dispute = dispute_for(actor, approval.subject_id)
    except ObjectDoesNotExist:
        return {"problem": GONE}
    known = {
        "dispute": dispute,
        "each": shown(dispute),
        "lines": lines_of(dispute),
        "pack_id": approval.payload.get("pack_id"),
        "may_open": gate(actor, "documents:view"),
    }
    if approval.state == "pending" and approval.payload.get("version") != dispute.version:
        known["problem"] = CHANGED
    return known
