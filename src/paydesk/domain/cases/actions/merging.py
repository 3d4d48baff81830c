"""Two cases that are one: the survivor goes on, with the earliest clocks; it can be taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from paydesk.domain.cases import clocks
from paydesk.domain.cases.absorbing import absorb
from paydesk.domain.cases.at_work import FIELDS, start_waiting
from paydesk.domain.cases.models import Case, Message
from paydesk.domain.cases.queries import code
from paydesk.domain.cases.states import CASE, OPEN
from paydesk.domain.cases.steps import CaseRefused, keep, locked, record
from paydesk.domain.cases.undelivered import answer_counts, waits_since
from paydesk.foundation.clocks.merging import undo_merge as part_clocks
from paydesk.foundation.clocks.steps import stop_clocks
from paydesk.kernel.actor import Actor


@transaction.atomic(durable=True)
def merge(case_id: int, *, into: int, by: Actor, now: datetime) -> Case:
    """Make a case part of another: what comes for it goes there; its words and links stay, to be seen.

    Both are of one market and one customer, so that nobody hears of another. What the survivor has not filled
    in of the company's own fields it takes over. Raises CaseRefused.
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
    unnamed = [each for each in (case, survivor) if each.customer_id is None]
    if len(unnamed) == 1:
        raise CaseRefused(f"Nobody said yet whose {code(unnamed[0])} is: say it there, then merge.")
    if case.customer_id != survivor.customer_id or (
        case.customer_id is None and case.contact != survivor.contact
    ):
        raise CaseRefused("The two cases are of different people: link them, do not merge them.")
    case.before_merge = {
        "at": now.isoformat(),
        "case": _as_it_is(case),
        "survivor": _as_it_is(survivor),
        "gave_complaint": case.is_complaint and not survivor.is_complaint,
    }
    was = case.state
    absorb(case, survivor, now)
    filled = _fill_in(survivor, case)
    case.before_merge["filled"] = filled
    keep(case, *FIELDS, "merged_into", "before_merge")
    keep(survivor, *FIELDS, "unanswered_since", "is_complaint", "field_values")
    record("case.merged", case, by, now, state=[was, case.state], into=survivor.pk)
    record("case.took_in", survivor, by, now, case_id=case.pk, **({"fields": filled} if filled else {}))
    return survivor


@transaction.atomic(durable=True)
def undo_merge(case_id: int, *, by: Actor, now: datetime) -> Case:
    """Take a merge back: both cases are where they were, with their own clocks.

    What was said in the survivor meanwhile stays there, and what it was answered counts for the survivor
    alone; an answer of the case itself that left meanwhile counts for the case. A field that the survivor
    took over is empty again, unless somebody changed it.
    """
    case = locked(case_id, by, also_over=True)
    if case.merged_into_id is None:
        raise CaseRefused(f"{code(case)} is not part of another case.")
    if case.before_merge is None and case.parent_id == case.merged_into_id:
        raise CaseRefused("This split was taken back: split the messages off again.")
    survivor = locked(case.merged_into_id, by)
    before = case.before_merge or {}
    was = before.get("case", {"state": "in_progress"})
    state = "in_progress" if was["state"] == "waiting" else was["state"]
    case.state, case.merged_into, case.before_merge = CASE.after(f"part_{state}", case.state), None, None
    since = datetime.fromisoformat(before["at"]) if "at" in before else None
    part_clocks(clocks.SUBJECT, case.pk, survivor.pk, since=since, at=now)
    answer_counts(case)
    _wait_again(case, was, before.get("at"), by, now)
    if survivor.unanswered_since is not None:
        survivor.unanswered_since = waits_since(survivor)
    if (
        before.get("gave_complaint")
        and not survivor.absorbed.filter(is_complaint=True).exclude(pk=case.pk).exists()
    ):
        survivor.is_complaint = False
        stop_clocks(clocks.COMPLAINT, clocks.SUBJECT, [survivor.pk], why="the merge was undone", at=now)
    if survivor.state == "in_progress" and not _went_on(survivor, before.get("at")):
        _wait_again(survivor, before.get("survivor", {}), before.get("at"), by, now)
    _give_back(survivor, case, before.get("filled", ()))
    keep(case, *FIELDS, "merged_into", "before_merge", "unanswered_since", "first_answered_at")
    keep(survivor, *FIELDS, "unanswered_since", "is_complaint", "field_values")
    record("case.parted", case, by, now, state=["merged", case.state], out_of=survivor.pk)
    return case


def _fill_in(survivor: Case, case: Case) -> list[str]:
    """Own fields that only the case has filled in, in the survivor too; returns their keys."""
    filled = sorted(case.field_values.keys() - survivor.field_values.keys())
    survivor.field_values = {**case.field_values, **survivor.field_values}
    return filled


def _give_back(survivor: Case, case: Case, filled: Collection[str]) -> None:
    survivor.field_values = {
        key: value
        for key, value in survivor.field_values.items()
        if key not in filled or value != case.field_values.get(key)
    }


def _as_it_is(case: Case) -> dict[str, str | None]:
    until = case.wakes_at.isoformat() if case.wakes_at is not None and not case.nudges else None
    return {"state": case.state, "waits_for": case.waits_for, "until": until}


def _wait_again(case: Case, was: Mapping[str, Any], since: str | None, by: Actor, now: datetime) -> None:
    """A case that waited before the merge waits again, as if it had all the time."""
    if was.get("state") != "waiting" or (
        was["waits_for"] == "customer" and case.unanswered_since is not None
    ):
        return
    until = datetime.fromisoformat(was["until"]) if was["until"] else None
    start_waiting(case, was["waits_for"], until, by, datetime.fromisoformat(since) if since else now)


def _went_on(case: Case, since: str | None) -> bool:
    """Whether anything was said in a case since."""
    return since is None or Message.objects.filter(case=case, at__gt=since).exists()
