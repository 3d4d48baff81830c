"""Clocks of a thing that was merged into another, and what becomes of them when that is taken back."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.clocks.queries import OPEN
from paydesk.foundation.clocks.steps import end_as, locked_open, replan, start_clocks


def merge_clocks(subject_kind: str, absorbed_id: int, survivor_id: int, *, at: datetime) -> int:
    """The clocks of a thing that was merged into another end as merged; the other keeps the earliest start.

    A kind that only the absorbed thing had open starts on the survivor, as early. Returns how many ended.
    """
    assert connection.in_atomic_block, "clocks merge in the transaction of their verb"
    absorbed = locked_open(subject_kind, [absorbed_id])
    for clock in absorbed:
        if start_clocks(clock.kind, subject_kind, {survivor_id: clock.start_at}, market=clock.market, now=at):
            came = Clock.objects.filter(OPEN, subject_kind=subject_kind, subject_id=survivor_id)
            came.filter(kind=clock.kind).update(by_merge=True)
    survivors = {clock.kind: clock for clock in locked_open(subject_kind, [survivor_id])}
    for clock in absorbed:
        survivor = survivors[clock.kind]
        end_as("merged", clock.kind, subject_kind, [absorbed_id], at=at, why="", into=survivor.pk)
        survivor.start_at = min(survivor.start_at, clock.start_at)
        survivor.save(update_fields=["start_at"])
    replan(list(survivors.values()))
    return len(absorbed)


def undo_merge(
    subject_kind: str, absorbed_id: int, survivor_id: int, *, since: datetime | None = None, at: datetime
) -> int:
    """Give both things the clocks back that they had before; returns how many go on again.

    Of the absorbed thing those that ended `since`, the time of the merge, where it is known: one that went
    over before stays there (the answer that a part of it, split off, is waited for). Also one whose clock on
    the survivor ended meanwhile: what was done there was not done for it.
    """
    assert connection.in_atomic_block, "clocks part in the transaction of their verb"
    survivors = {clock.pk: clock for clock in locked_open(subject_kind, [survivor_id])}
    merged = Clock.objects.select_for_update(of=("self",)).select_related("policy", "calendar")
    merged = merged.filter(subject_kind=subject_kind, subject_id=absorbed_id)
    merged = merged.filter(merged_into__subject_kind=subject_kind, merged_into__subject_id=survivor_id)
    back = list(merged.filter(ended_at__gte=since) if since is not None else merged)
    for clock in back:
        survivor = survivors.get(clock.merged_into_id or 0)
        clock.ended_as, clock.ended_at, clock.merged_into = "", None, None
        clock.save(update_fields=["ended_as", "ended_at", "merged_into"])
        if survivor is None:
            continue
        others = list(Clock.objects.filter(merged_into=survivor).values_list("start_at", flat=True))
        if survivor.by_merge and not others:
            end_as("waived", survivor.kind, subject_kind, [survivor_id], at=at, why="the merge was undone")
            del survivors[survivor.pk]
            continue
        survivor.start_at = min([survivor.own_start_at, *others])
        survivor.save(update_fields=["start_at"])
    replan([*survivors.values(), *back])
    return len(back)
