"""The clocks of an escalation: somebody has it, and somebody decided. Severe ones are due sooner by hand."""

from __future__ import annotations

from paydesk.foundation.clocks.kinds import ROUND_THE_CLOCK, Kind, declare
from paydesk.foundation.clocks.rules import Step, Terms

SUBJECT = "escalation"
ACKNOWLEDGE, DECIDE = "escalation_acknowledge", "escalation_decide"
_STEPS = (Step("four_fifths", "RK", percent=80), Step("due", "RK", minutes=0))


def declare_kinds() -> None:
    """Make the clocks of escalations known, with the policies that hold until somebody sets others."""
    declare(
        Kind(
            ACKNOWLEDGE,
            "Acknowledge the escalation",
            right="risk.escalate:view",
            source="Proposal: within eight hours, urgent within one, at any time of day",
            calendar=ROUND_THE_CLOCK,
            terms=Terms(target_seconds=8 * 3600, steps=_STEPS),
        )
    )
    declare(
        Kind(
            DECIDE,
            "Decide the escalation",
            right="risk.escalate:view",
            source="Proposal: within three days, urgent within one; it never pauses",
            calendar=ROUND_THE_CLOCK,
            terms=Terms(target_seconds=3 * 24 * 3600, steps=_STEPS),
        )
    )
