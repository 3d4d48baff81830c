"""Bringing a case back to work: what waited goes on, what was resolved is opened again, with their clocks.

Parts of verbs; nothing is saved here but clocks.
"""

from __future__ import annotations

from datetime import datetime

from paydesk.domain.cases import clocks, rules
from paydesk.domain.cases.models import Case, SideTalk
from paydesk.domain.cases.side_rules import CLOCK_OF_WAITING, clock_of
from paydesk.domain.cases.states import CASE, OPEN
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.clocks.rules import CUSTOMER
from paydesk.foundation.clocks.steps import (
    longest_pause_ends,
    meet_clocks,
    pause_clocks,
    reopen_clocks,
    resume_clocks,
    start_clocks,
    stop_clocks,
)
from paydesk.kernel.actor import Actor

FIELDS = ("state", "waits_for", "wakes_at", "nudges")  # that `go_on` changes
STILL_SILENT = "we went on without them"


def go_on(case: Case, at: datetime, *, they_acted: bool = False) -> None:
    """We are to act again: what stood still meanwhile counts. `they_acted`: those who were waited for did."""
    if not CASE.may("take_up", case.state):
        return
    end_waiting(case, at, they_acted=they_acted)
    case.state, case.waits_for, case.wakes_at = CASE.after("take_up", case.state), "", None
    case.nudges = False


def start_waiting(case: Case, waits_for: str, until: datetime | None, by: Actor, at: datetime) -> None:
    """The case waits, `until` then at most; for the customer the clock of the solution stands still.

    That for as long as a pause may last: then the case comes back by itself and they are reminded. A provider
    or our own people get a clock of their own, which a question aside may have already; it goes on from where
    it began where we only looked at the case meanwhile.
    """
    case.state, case.waits_for, case.wakes_at = CASE.after("wait", case.state), waits_for, until
    if waits_for == "customer":
        for kind in clocks.STILL_FOR_CUSTOMER:
            pause_clocks(clocks.SUBJECT, [case.pk], reason=CUSTOMER, by=by, at=at, kind=kind)
        ends = longest_pause_ends(clocks.SOLUTION, case.market, CUSTOMER, at) or at + rules.LONGEST_WAIT
        case.nudges = until is None or ends <= until
        case.wakes_at = ends if until is None else min(ends, until)
        return
    kind = CLOCK_OF_WAITING.get(case.waits_for, "")
    asked = SideTalk.objects.filter(case=case, state="open").values_list("with_whom", flat=True)
    if not kind or kind in map(clock_of, asked):
        return
    earlier = Clock.objects.filter(subject_kind=clocks.SUBJECT, subject_id=case.pk, kind=kind)
    last = earlier.order_by("-id").first()
    start = last.start_at if last is not None and last.ended_why == STILL_SILENT else at
    start_clocks(kind, clocks.SUBJECT, {case.pk: start}, market=case.market, now=at)


def end_waiting(case: Case, at: datetime, *, they_acted: bool) -> None:
    """Nobody is waited for from now on. Who is late by then is late, whoever acted."""
    if case.state != "waiting":
        return
    kind = CLOCK_OF_WAITING.get(case.waits_for)
    if kind is None:
        resume_clocks(clocks.SUBJECT, [case.pk], at=at, reason=CUSTOMER)
        return
    late = Clock.objects.filter(
        subject_kind=clocks.SUBJECT, subject_id=case.pk, kind=kind, ended_as="", due_at__lt=at
    )
    if they_acted or late.exists():
        meet_clocks(kind, clocks.SUBJECT, [case.pk], at=at)
    else:
        stop_clocks(kind, clocks.SUBJECT, [case.pk], why=STILL_SILENT, at=at)


def may_go_on(case: Case, now: datetime) -> bool:
    """Whether it is open, or was resolved so lately that it is opened again; else another case follows it."""
    if case.state == "resolved" and case.resolved_at is not None:
        return now - case.resolved_at <= rules.GRACE
    return case.state in OPEN


def open_again(case: Case, by: Actor, at: datetime) -> None:
    """It is not over after all. The gap counts for no clock but those that never pause."""
    case.state, case.resolved_at, case.reopens = CASE.after("reopen", case.state), None, case.reopens + 1
    for kind in (*clocks.WHOLE, *([clocks.COMPLAINT] if case.is_complaint else [])):
        reopen_clocks(clocks.SUBJECT, [case.pk], by=by, at=at, kind=kind)
