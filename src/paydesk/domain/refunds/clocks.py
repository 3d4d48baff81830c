"""The clock of refunds: the payer has their money back in time."""

from __future__ import annotations

from paydesk.foundation.clocks.defaults import OFFICE_DAY_SECONDS
from paydesk.foundation.clocks.kinds import Kind, declare
from paydesk.foundation.clocks.rules import CUSTOMER, Step, Terms

REFUND = "refund"


def declare_kinds() -> None:
    """Make the clock of refunds known, with the policy that holds until an administrator sets another."""
    declare(
        Kind(
            REFUND,
            "Pay the refund",
            right="refunds.entitle:view",
            source="Proposal: a refund is decided within two business days and paid within two more",
            terms=Terms(
                target_days=4,
                pauses={CUSTOMER: 5 * OFFICE_DAY_SECONDS},
                steps=(
                    Step("half", "owner", percent=50),
                    Step("four_fifths", "TL", percent=80),
                    Step("due", "FC", minutes=0),
                ),
            ),
        )
    )
