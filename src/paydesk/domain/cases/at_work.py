"""Bringing a case back to work: what waited goes on, what was resolved is opened again, with their clocks.

Parts of verbs; nothing is saved here but clocks.
"""

from __future__ import annotations

from datetime import datetime

from paydesk.domain.cases import clocks
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.states import CASE
from paydesk.foundation.clocks.rules import CUSTOMER
from paydesk.foundation.clocks.steps import reopen_clocks, resume_clocks
from paydesk.kernel.actor import Actor

FIELDS = ("state", "waits_for", "wakes_at")


def go_on(case: Case, at: datetime) -> None:
    """We are to act again: nothing is waited for, and what stood still meanwhile counts."""
    if not CASE.may("take_up", case.state):
        return
    if case.state == "waiting":
        resume_clocks(clocks.SUBJECT, [case.pk], at=at, reason=CUSTOMER)
    case.state, case.waits_for, case.wakes_at = CASE.after("take_up", case.state), "", None


def open_again(case: Case, by: Actor, at: datetime) -> None:
    """It is not over after all. The gap counts for no clock but those that never pause."""
    case.state, case.resolved_at, case.reopens = CASE.after("reopen", case.state), None, case.reopens + 1
    for kind in (clocks.SOLUTION, *([clocks.COMPLAINT] if case.is_complaint else [])):
        reopen_clocks(clocks.SUBJECT, [case.pk], by=by, at=at, kind=kind)
