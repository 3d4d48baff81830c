"""What the desk does with a contested payment, one module per part of its life."""

from paydesk.domain.disputes.actions.answering import (
    ACCEPT,
    CHALLENGE,
    approve_acceptance,
    approve_challenge,
    request_acceptance,
    request_challenge,
)
from paydesk.domain.disputes.actions.by_rows import match_row, settle_row
from paydesk.domain.disputes.actions.gathering import give_evidence
from paydesk.domain.disputes.actions.opening import go_on, open_dispute, take_notice
from paydesk.domain.disputes.actions.outcomes import decide, expire_unanswered, pass_on
from paydesk.domain.disputes.steps import DisputeChangedRefused, DisputeRefused

__all__ = [
    "ACCEPT",
    "CHALLENGE",
    "DisputeChangedRefused",
    "DisputeRefused",
    "approve_acceptance",
    "approve_challenge",
    "decide",
    "expire_unanswered",
    "give_evidence",
    "go_on",
    "match_row",
    "open_dispute",
    "pass_on",
    "request_acceptance",
    "request_challenge",
    "settle_row",
    "take_notice",
]
