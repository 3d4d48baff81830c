"""Two cases that are one: the survivor goes on, with the earliest clocks; it can be taken back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.cases import clocks
from paydesk.domain.cases.at_work import FIELDS, end_waiting, go_on
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import code
from paydesk.domain.cases.states import CASE, OPEN
from paydesk.domain.cases.steps import CaseRefused, keep, locked, record
from paydesk.foundation.clocks.steps import merge_clocks
from paydesk.foundation.clocks.steps import undo_merge as part_clocks
from paydesk.kernel.actor import Actor


@transaction.atomic(durable=True)
def merge(case_id: int, *, into: int, by: Actor, now: datetime) -> Case:
    """Make a case part of another: what comes for it goes there; its words and links stay, to be seen.

    Both are of one market and one customer, so that nobody hears of another. Raises CaseRefused.
    """
    if case_id == into:
        raise CaseRefused("A case cannot go into itself: choose another.")
    first, second = sorted((case_id, into))
    both = {first: locked(first, by), second: locked(second, by)}
    case, survivor = both[case_id], both[into]
    if survivor.state not in OPEN:
        raise CaseRefused(f"{code(survivor)} is {survivor.state}: only an open case can take another in.")
    if case.market != survivor.market:
        raise CaseRefused("The two cases are of different markets.")
    if case.customer_id != survivor.customer_id or (
        case.customer_id is None and case.contact != survivor.contact
    ):
        raise CaseRefused("The two cases are of different people: link them, do not merge them.")
    end_waiting(case, now, they_acted=False)
    was, case.state = case.state, CASE.after("merge", case.state)
    case.merged_into, case.waits_for, case.wakes_at = survivor, "", None
    merge_clocks(clocks.SUBJECT, case.pk, survivor.pk, at=now)
    if case.unanswered_since is not None:
        times = [each for each in (case.unanswered_since, survivor.unanswered_since) if each is not None]
        survivor.unanswered_since = min(times)
        if survivor.state == "waiting":
            go_on(survivor, now)
    keep(case, "state", "merged_into", "waits_for", "wakes_at")
    keep(survivor, *FIELDS, "unanswered_since")
    record("case.merged", case, by, now, state=[was, case.state], into=survivor.pk)
    record("case.took_in", survivor, by, now, case_id=case.pk)
    return survivor


@transaction.atomic(durable=True)
def undo_merge(case_id: int, *, by: Actor, now: datetime) -> Case:
    """Take a merge back: both cases have their clocks again."""
    case = locked(case_id, by, also_over=True)
    if case.merged_into_id is None:
        raise CaseRefused(f"{code(case)} is not part of another case.")
    survivor = locked(case.merged_into_id, by)
    case.state, case.merged_into = CASE.after("part", case.state), None
    part_clocks(clocks.SUBJECT, case.pk, survivor.pk, at=now)
    keep(case, "state", "merged_into")
    keep(survivor)
    record("case.parted", case, by, now, out_of=survivor.pk)
    return case
