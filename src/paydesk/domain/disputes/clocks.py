"""The clock of disputes: a scheme decides against us when we do not answer."""

from __future__ import annotations

from datetime import date, datetime, time

from paydesk.domain.disputes.rules import DAYS_IN_HAND
from paydesk.foundation.clocks.in_force import calendar_named
from paydesk.foundation.clocks.kinds import ROUND_THE_CLOCK, Kind, declare
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.clocks.queries import calendar_of
from paydesk.foundation.clocks.rules import Step, Terms, business_days_before
from paydesk.foundation.clocks.steps import give_due, locked_clock, start_clocks

DISPUTE, SUBJECT = "dispute_deadline", "dispute"


def declare_kinds() -> None:
    """Make the clock known; its due time is given by each notice."""
    declare(
        Kind(
            DISPUTE,
            "Answer the dispute",
            right="disputes.answer:view",
            source="The scheme’s last day, or the provider’s if that is earlier, less two business days",
            calendar=ROUND_THE_CLOCK,
            due_by_two=True,
            never_pauses=True,
            terms=Terms(
                target_seconds=5 * 24 * 3600,
                steps=(
                    Step("half", "owner", percent=50),
                    Step("four_fifths", "TL", percent=80),
                    Step("due", "FC", minutes=0),
                ),
            ),
        )
    )


def end_of(day: date, market: str, now: datetime) -> datetime:
    """The last minute of a scheme's day, as the market's calendar counts it."""
    return datetime.combine(day, time(23, 59), calendar_of(calendar_named(market, now)).time_zone)


def start(dispute_id: int, market: str, answer_by: date, now: datetime) -> None:
    """Our own deadline: two business days before the scheme's last day, that day itself where it is too late.

    No clock where the last day is past already: the dispute expires. Joins the caller's transaction.
    """
    last = end_of(answer_by, market, now)
    if last <= now:
        return
    own = business_days_before(calendar_of(calendar_named(market, now)), answer_by, DAYS_IN_HAND)
    start_clocks(DISPUTE, SUBJECT, {dispute_id: now}, market=market, now=now)
    clock = Clock.objects.get(subject_kind=SUBJECT, subject_id=dispute_id, kind=DISPUTE, ended_as="")
    give_due(locked_clock(clock.pk), own if own is not None and own > now else last, now)
