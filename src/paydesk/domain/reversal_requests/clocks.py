"""The clock of reversal requests: the provider decides without us when we do not answer."""

from __future__ import annotations

from paydesk.domain.reversal_requests.rules import TARGET_HOURS
from paydesk.foundation.clocks.kinds import Kind, declare
from paydesk.foundation.clocks.rules import Step, Terms

REVERSAL_REQUEST = "reversal_request"


def declare_kinds() -> None:
    """Make the clock known, with the policy that holds until an administrator sets another."""
    declare(
        Kind(
            REVERSAL_REQUEST,
            "Answer the reversal request",
            right="payments.answer_reversal_request:view",
            source="As reported: a paybill reversal is decided within 72 working hours",
            due_by_two=True,
            terms=Terms(
                target_seconds=TARGET_HOURS * 3600,
                steps=(
                    Step("half", "owner", percent=50),
                    Step("four_fifths", "TL", percent=80),
                    Step("due", "FC", minutes=0),
                ),
            ),
        )
    )
