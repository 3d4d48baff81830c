"""One case goes into another: what comes for it goes there, and the earliest clocks go on there.

A part of verbs; nothing is saved here but clocks.
"""

from __future__ import annotations

from datetime import datetime

from paydesk.domain.cases import clocks
from paydesk.domain.cases.at_work import end_waiting, go_on
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.states import CASE
from paydesk.foundation.clocks.merging import merge_clocks
from paydesk.foundation.clocks.steps import start_clocks


def absorb(case: Case, survivor: Case, now: datetime) -> None:
    """Make `case` part of `survivor`, which waits for an answer as early as either did."""
    end_waiting(case, now, they_acted=False)
    case.state = CASE.after("merge", case.state)
    case.merged_into, case.waits_for, case.wakes_at, case.nudges = survivor, "", None, False
    merge_clocks(clocks.SUBJECT, case.pk, survivor.pk, at=now)
    if case.is_complaint:
        survivor.is_complaint = True
        start = {survivor.pk: case.opened_at}  # a complaint that was resolved already is not over
        start_clocks(clocks.COMPLAINT, clocks.SUBJECT, start, market=case.market, now=now)
    if case.unanswered_since is not None:
        times = [each for each in (case.unanswered_since, survivor.unanswered_since) if each is not None]
        survivor.unanswered_since = min(times)
        if survivor.state == "waiting":
            go_on(survivor, now)
