"""The clocks of a case: of answers, of the solution and the whole, and the deadlines that never pause.

Sources are proposals of ours but where said; each is a policy that an administrator sets per market.
"""

from __future__ import annotations

from paydesk.domain.cases.side_rules import INTERNAL_TASK, PROVIDER_RESPONSE
from paydesk.foundation.clocks.defaults import OFFICE_DAY_SECONDS
from paydesk.foundation.clocks.kinds import ROUND_THE_CLOCK, Kind, declare
from paydesk.foundation.clocks.rules import CUSTOMER, Step, Terms

SUBJECT, RIGHT = "case", "cases.work"
FIRST, NEXT, SOLUTION, COMPLAINT = "first_response", "next_response", "resolution", "complaint_deadline"
PERIODIC, TOTAL = "periodic_update", "total"
WHOLE = (SOLUTION, TOTAL)  # that run from the first word to the last
STILL_FOR_CUSTOMER = (SOLUTION, PERIODIC)  # that stand still while we wait for the customer
COMMITMENT = "commitment"
WAITS = "The case pauses it: let the case wait for the customer, or take it up again."
_STEPS = (
    Step("half", "owner", percent=50),
    Step("four_fifths", "TL", percent=80),
    Step("due", "TL", minutes=0),
)


def declare_kinds() -> None:
    """Make the clocks of cases known, with the policies that hold until somebody sets others."""
    for kind in (
        Kind(
            FIRST,
            "Answer for the first time",
            right="cases.work:view",
            source="Proposal: within four working hours",
            terms=Terms(target_seconds=4 * 3600, steps=_STEPS),
        ),
        Kind(
            NEXT,
            "Answer again",
            right="cases.work:view",
            source="Proposal: within four working hours of the oldest message without an answer",
            terms=Terms(target_seconds=4 * 3600, steps=_STEPS),
        ),
        Kind(
            SOLUTION,
            "Solve the case",
            right="cases.work:view",
            source="Proposal: within three business days, less the time the customer takes to answer",
            terms=Terms(target_days=3, pauses={CUSTOMER: 5 * OFFICE_DAY_SECONDS}, steps=_STEPS),
            paused_by=WAITS,
        ),
        Kind(
            COMPLAINT,
            "Resolve the complaint",
            right="cases.work:view",
            source="As reported for Ghana (Act 987): five days; kept in calendar days everywhere until set",
            calendar=ROUND_THE_CLOCK,
            due_by_two=True,
            never_pauses=True,
            terms=Terms(target_seconds=5 * 24 * 3600, steps=_STEPS),
        ),
        Kind(
            PERIODIC,
            "Tell them how it stands",
            right="cases.work:view",
            source="Proposal: a word of ours every two business days until it is solved",
            terms=Terms(target_days=2, pauses={CUSTOMER: 5 * OFFICE_DAY_SECONDS}, steps=_STEPS),
            paused_by=WAITS,
        ),
        Kind(
            TOTAL,
            "Finish it, waits included",
            right="cases.work:view",
            source="Proposal: ten business days from the first word to the last, whoever is waited for",
            never_pauses=True,
            terms=Terms(target_days=10, steps=_STEPS),
        ),
        Kind(
            COMMITMENT,
            "Keep what was promised",
            right="cases.work:view",
            source="The time that was promised to the customer",
            calendar=ROUND_THE_CLOCK,
            terms=Terms(target_seconds=24 * 3600, steps=_STEPS),
        ),
        Kind(
            PROVIDER_RESPONSE,
            "Hear from a provider or an acquirer",
            right="cases.work:view",
            source="Proposal: two business days; set it to what the provider agreed to",
            terms=Terms(target_days=2, steps=_STEPS),
        ),
        Kind(
            INTERNAL_TASK,
            "Answer a colleague's question",
            right="cases.work:view",
            source="Proposal: one business day",
            terms=Terms(target_days=1, steps=_STEPS),
        ),
    ):
        declare(kind)
