"""An answer that never arrived answered nobody: since when they wait, and the clock that runs again."""

from __future__ import annotations

from datetime import datetime

from paydesk.domain.cases import clocks
from paydesk.domain.cases.models import Case, Message
from paydesk.domain.cases.said_in import ARRIVED, waiting_in
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.clocks.steps import meet_clocks, start_clocks
from paydesk.foundation.clocks.undone import take_back_met

WAITS = (clocks.FIRST, clocks.NEXT)


def waits_since(case: Case) -> datetime | None:
    """The time of their oldest message since the last answer that arrived; None where they have none."""
    return waiting_in(case.pk).values_list("at", flat=True).first()


def answer_counts(case: Case) -> None:
    """What they said is answered by what left since: their clock is met by it. Saves only clocks."""
    arrived = Message.objects.filter(ARRIVED, case=case).order_by("-at").values_list("at", flat=True).first()
    if arrived is None or case.unanswered_since is None or arrived < case.unanswered_since:
        return
    case.unanswered_since, case.first_answered_at = waits_since(case), case.first_answered_at or arrived
    if case.unanswered_since is None:
        meet_clocks(WAITS, clocks.SUBJECT, [case.pk], at=arrived)


def unanswer(case: Case, message: Message, at: datetime) -> bool:
    """`message` did not arrive: the case is as unanswered as before it. False where a later answer arrived.

    Its clock goes on from where it began, so that nobody gains time by a wrong address. Saves only clocks.
    """
    arrived = Message.objects.filter(ARRIVED, case=case).order_by("at").values_list("at", flat=True)
    times = list(arrived)
    if times and times[-1] >= message.at:
        return False
    case.first_answered_at = case.first_answered_at if times else None
    case.unanswered_since = waits_since(case) or message.at
    if take_back_met(WAITS, clocks.SUBJECT, case.pk, since=message.at, at=at):
        return True
    open_now = Clock.objects.filter(
        subject_kind=clocks.SUBJECT, subject_id=case.pk, kind__in=WAITS, ended_as=""
    )
    if not open_now.exists():  # nobody waited for this answer: we wrote first
        start_clocks(clocks.NEXT, clocks.SUBJECT, {case.pk: at}, market=case.market, now=at)
    return True
