"""The clocks of exceptions: the graver, the sooner somebody has to have explained it."""

from __future__ import annotations

from paydesk.domain.reconciliation.rules import SEVERITIES
from paydesk.foundation.clocks.kinds import ROUND_THE_CLOCK, Kind, declare
from paydesk.foundation.clocks.rules import Step, Terms

HOURS = dict(zip(SEVERITIES, (168, 120, 72, 24), strict=True))


def kind_of(severity: str) -> str:
    """The clock of an exception so grave."""
    return f"exception_{severity}"


def declare_kinds() -> None:
    """Make the clocks known, with the policies that hold until an administrator sets others."""
    for severity, hours in HOURS.items():
        declare(
            Kind(
                kind_of(severity),
                f"Explain the difference ({severity})",
                right="matching.run:view",
                calendar=ROUND_THE_CLOCK,
                source="Proposal: 24 h, 72 h, 120 h or 168 h by the amount at risk",
                terms=Terms(
                    target_seconds=hours * 3600,
                    steps=(
                        Step("half", "owner", percent=50),
                        Step("four_fifths", "owner", percent=80),
                        Step("due", "TL", minutes=0),
                        Step("a_day_late", "FC", minutes=24 * 60),
                    ),
                ),
            )
        )
