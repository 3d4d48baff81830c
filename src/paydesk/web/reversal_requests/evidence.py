"""What stands beside the approval of an answer: the request, the payment, what it bought, the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest

from paydesk.domain.reversal_requests.queries import bought_with, request_for
from paydesk.domain.reversal_requests.rules import CONTESTS
from paydesk.web.access import actor_of, gate
from paydesk.web.reversal_requests.shown import shown

if TYPE_CHECKING:
    from paydesk.foundation.approvals.models import Approval

GONE = "What this is about cannot be shown to you."
CHANGED = "The request changed since this was asked for. Reject it, so that it can be asked for as it is now."


def of_request(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """The request with its payment and what that had paid when the request came."""
    actor = actor_of(request)
    try:
        asked = request_for(actor, approval.subject_id)
    except ObjectDoesNotExist:
        return {"problem": GONE}
    known = {
        "asked": asked,
        "each": shown(asked),
        "bought": bought_with(asked.payment, asked.recorded_at),
        "contest": CONTESTS.get(approval.payload.get("contest_reason", ""), ""),
        "proof_id": approval.payload.get("proof_id"),
        "may_open": gate(actor, "documents:view"),
    }
    if approval.state == "pending" and approval.payload.get("version") != asked.version:
        known["problem"] = CHANGED
    return known
