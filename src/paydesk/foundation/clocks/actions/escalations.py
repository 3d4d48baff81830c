"""Steps of clocks that fall: fired once each by the worker, taken by a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from paydesk.foundation.audit import steps as audit
from paydesk.foundation.clocks import rules
from paydesk.foundation.clocks.kinds import kind_named
from paydesk.foundation.clocks.models import Clock, Escalation
from paydesk.foundation.clocks.queries import OPEN, calendar_of, pauses_of, terms_of
from paydesk.foundation.clocks.steps import ClockRefused, end_pauses, replan
from paydesk.kernel.actor import Actor

ACKNOWLEDGE = "clocks.acknowledge"
STEPS_AT_ONCE = 500
Announce = Callable[[Sequence[Mapping[str, Any]]], object]


@transaction.atomic(durable=True)
def acknowledge_escalation(escalation_id: int, *, by: Actor, now: datetime) -> Escalation:
    """`by` has it: everything of this clock that fired and nobody acknowledged, up to this escalation.

    Doing it twice is the same as once. Raises ClockRefused where somebody else has it.
    """
    escalation = Escalation.objects.select_related("clock").get(pk=escalation_id)
    clock = Clock.objects.select_for_update(of=("self",)).get(pk=escalation.clock_id)
    by.needs(ACKNOWLEDGE, market=clock.market)
    by.needs(kind_named(clock.kind).right)
    escalation.refresh_from_db()
    if escalation.acknowledged_by == by.label:
        return escalation
    if escalation.acknowledged_by:
        raise ClockRefused(
            "Somebody else has this already: they acknowledged it a moment ago. Reload the list.",
            code="clock.acknowledged",
        )
    waiting = Escalation.objects.filter(
        clock=clock, acknowledged_at__isnull=True, due_at__lte=escalation.due_at
    )
    keys = list(waiting.order_by("due_at", "id").values_list("step", flat=True))
    waiting.update(acknowledged_by=by.label, acknowledged_at=now)
    audit.record(
        "clock.acknowledged",
        subject=("clock", clock.pk),
        by=by,
        at=now,
        changes={"steps": keys, clock.subject_kind + "_id": clock.subject_id},
        market=clock.market,
    )
    escalation.refresh_from_db()
    return escalation


def fire_escalations(*, announce: Announce, by: Actor, now: datetime) -> int:
    """Fire every step that is due, each once, in batches of their own transaction; returns how many.

    Also notes breaches and ends pauses that lasted as long as they may. `announce` is handed the payloads
    of one batch inside its transaction. Two workers at once share the work.
    """
    fired = 0
    while True:
        looked_at, found = _fire_batch(announce=announce, by=by, now=now)
        fired += found
        if looked_at < STEPS_AT_ONCE:
            return fired


@transaction.atomic(durable=True)
def _fire_batch(*, announce: Announce, by: Actor, now: datetime) -> tuple[int, int]:
    due = Clock.objects.filter(OPEN, next_step_at__lte=now).order_by("next_step_at")
    clocks = list(
        due.select_for_update(skip_locked=True, of=("self",)).select_related("policy", "calendar")[
            :STEPS_AT_ONCE
        ]
    )
    if not clocks:
        return 0, 0
    over = [clock for clock in clocks if clock.paused_until is not None and clock.paused_until <= now]
    _end_overdue_pauses(over, now)
    pauses = pauses_of([clock.pk for clock in clocks])
    drafts = [each for clock in clocks for each in _steps_due(clock, pauses.get(clock.pk, []), now)]
    drafts += [
        Escalation(
            clock=clock, step=f"pause_over:{clock.paused_at:%Y%m%dT%H%M%S}", to="owner", fired_at=now,
            due_at=clock.paused_until, words=f"the pause ({clock.pause_reason.replace('_', ' ')}) is over",
        )
        for clock in over
    ]  # fmt: skip
    already = set(Escalation.objects.filter(clock__in=clocks).values_list("clock_id", "step"))
    new = [each for each in drafts if (each.clock_id, each.step) not in already]
    Escalation.objects.bulk_create(new)  # the unique key is the last guard: rows of `clocks` are locked
    broken = [clock for clock in clocks if clock.breached_at is None and clock.due_at < now]
    for clock in broken:
        clock.breached_at = clock.due_at
    Clock.objects.bulk_update(broken, ["breached_at"])
    for clock in over:
        clock.paused_at, clock.paused_until, clock.pause_reason = None, None, ""
    replan(clocks)  # by the versions they carry: only what falls next changes
    if new:
        announce([_payload(each) for each in new])
    if new or broken:
        audit.record(
            "clocks.escalated",
            subject=("clocks", now.isoformat(timespec="seconds")),
            by=by,
            at=now,
            changes={"steps": len(new), "breached": len(broken)},
        )
    return len(clocks), len(new)


def _end_overdue_pauses(over: Sequence[Clock], now: datetime) -> None:
    ids = [clock.pk for clock in over]
    Clock.objects.filter(pk__in=ids).update(paused_at=None, paused_until=None, pause_reason="")
    end_pauses(ids, now)


def _steps_due(clock: Clock, pauses: list[rules.Pause], now: datetime) -> list[Escalation]:
    """The steps of a clock that fall by now; none while it is paused."""
    if clock.paused_until is not None and now < clock.paused_until:
        return []
    terms = terms_of(clock.policy)
    times = rules.step_times(
        calendar_of(clock.calendar), clock.start_at, clock.target_seconds, clock.due_at, pauses, terms.steps
    )
    return [
        Escalation(clock=clock, step=step.key, words=step.words, to=step.to, due_at=at, fired_at=now)
        for at, step in times
        if at <= now
    ]


def _payload(escalation: Escalation) -> dict[str, Any]:
    clock = escalation.clock
    return {
        "escalation_id": escalation.pk,
        "clock_id": clock.pk,
        "kind": clock.kind,
        "step": escalation.step,
        "to": escalation.to,
        "subject_kind": clock.subject_kind,
        "subject_id": clock.subject_id,
        "market": clock.market,
    }
