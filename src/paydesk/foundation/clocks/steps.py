"""Starting and ending clocks inside the transaction of the verb that acts, for one thing or for many at once.

A clock belongs to a thing by its kind and id: ("payment", 12). Of one kind a thing has one open clock;
starting it again changes nothing. The verb that calls writes the audit record of what it did.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from paydesk.foundation.clocks import rules
from paydesk.foundation.clocks.in_force import in_force, lock_versions, policy_and_calendar
from paydesk.foundation.clocks.kinds import never_pauses
from paydesk.foundation.clocks.models import Clock, ClockPause, Escalation
from paydesk.foundation.clocks.queries import (
    OPEN,
    calendar_of,
    pauses_of,
    state_at,
    terms_of,
)
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused

BATCH = 5_000


class ClockRefused(Refused):
    """This cannot be done to this clock, calendar or policy."""

    code = "clock.refused"


def start_clocks(
    kinds: str | Sequence[str],
    subject_kind: str,
    starts: Mapping[int, datetime],
    *,
    market: str,
    now: datetime,
) -> int:
    """Start a clock of each kind on each thing of `starts`, an id and the moment our edge heard of it.

    Set-based: two short queries and one insert however many. A thing with an open clock of a kind keeps
    it. Returns how many were started. Raises KeyError for a kind nobody declared.
    """
    assert connection.in_atomic_block, "a clock starts in the transaction of its verb"
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if not starts or not kinds:
        return 0
    lock_versions(shared=True)
    plans: list[tuple[str, int, int, datetime, int, datetime, datetime]] = []
    for kind, by in in_force(kinds, market, now).items():
        for start in set(starts.values()):
            target = rules.target_of(by.terms, by.calendar, start)
            due = by.calendar.deadline(start, target)
            times = rules.step_times(by.calendar, start, target, due, (), by.terms.steps)
            first = min([due, *(at for at, _ in times)])
            plans.append((kind, by.policy_id, by.calendar_id, start, target, due, first))
    ids = sorted(starts)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO clocks_clock (kind, subject_kind, subject_id, market, policy_id, calendar_id,
                start_at, own_start_at, target_seconds, due_at, next_step_at)
            SELECT p.kind, %s, s.id, %s, p.policy, p.calendar, s.start_at, s.start_at, p.target, p.due_at,
                p.next_step_at
            FROM unnest(%s::bigint[], %s::timestamptz[]) s(id, start_at)
            JOIN unnest(%s::text[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::bigint[],
                %s::timestamptz[], %s::timestamptz[])
                p(kind, policy, calendar, start_at, target, due_at, next_step_at) USING (start_at)
            ORDER BY s.id, p.kind
            ON CONFLICT (subject_kind, subject_id, kind) WHERE ended_as = '' DO NOTHING
            """,
            [
                subject_kind,
                market,
                ids,
                [starts[each] for each in ids],
                *map(list, zip(*plans, strict=True)),
            ],
        )
        return int(cursor.rowcount)


Kinds = str | Collection[str] | None  # of clocks; None: of every kind


def meet_clocks(kinds: Kinds, subject_kind: str, subject_ids: Collection[int], *, at: datetime) -> int:
    """What the open clocks of these kinds asked for is done; too late is a breach.

    Set-based. Things without an open clock are passed over. Returns how many ended.
    """
    return len(end_as("met", kinds, subject_kind, subject_ids, at=at, why=""))


def stop_clocks(
    kinds: Kinds, subject_kind: str, subject_ids: Collection[int], *, why: str, at: datetime
) -> int:
    """End open clocks whose thing is gone: neither met nor breached, counted as waived. Returns how many."""
    return len(end_as("waived", kinds, subject_kind, subject_ids, at=at, why=why))


def end_as(
    how: str,
    kinds: Kinds,
    subject_kind: str,
    subject_ids: Collection[int],
    *,
    at: datetime,
    why: str,
    into: int | None = None,
) -> list[int]:
    assert connection.in_atomic_block, "a clock ends in the transaction of its verb"
    if not subject_ids:
        return []
    which = [kinds] if isinstance(kinds, str) else None if kinds is None else list(kinds)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE clocks_clock c SET ended_as = %s, ended_at = greatest(%s, start_at), ended_why = %s,
                breached_at = coalesce(breached_at, CASE WHEN due_at < %s THEN due_at END),
                next_step_at = NULL, paused_at = NULL, paused_until = NULL, pause_reason = '',
                merged_into_id = %s
            FROM unnest(%s::bigint[]) thing(id) CROSS JOIN LATERAL (
                SELECT o.id FROM clocks_clock o
                WHERE o.subject_kind = %s AND o.subject_id = thing.id AND o.ended_as = ''
                  AND (%s::text[] IS NULL OR o.kind = ANY (%s::text[]))
                OFFSET 0  -- look-ups by index for one thing and for 50,000
            ) found
            WHERE c.id = found.id AND c.ended_as = ''
            RETURNING c.id
            """,
            [how, at, why[:200], at, into, sorted(set(subject_ids)), subject_kind, which, which],
        )
        ended = [row[0] for row in cursor.fetchall()]
    end_pauses(ended, at)
    return ended


def end_pauses(clock_ids: Sequence[int], at: datetime) -> None:
    """End the pauses that go on and plan their clocks again, which are due earlier now."""
    if not clock_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clocks_pause SET until = least(ends_by, greatest(%s, at))"
            " WHERE clock_id = ANY(%s) AND until IS NULL RETURNING clock_id",
            [at, list(clock_ids)],
        )
        paused = [row[0] for row in cursor.fetchall()]
    if paused:
        replan(list(Clock.objects.filter(pk__in=paused).select_related("policy", "calendar")))


def locked_clock(clock_id: int) -> Clock:
    """The clock with its versions, locked until the verb is over; raises Clock.DoesNotExist."""
    return Clock.objects.select_for_update(of=("self",)).select_related("policy", "calendar").get(pk=clock_id)


def check_reason(reason: str) -> None:
    """Raises ClockRefused where nobody said why."""
    if len(reason.strip()) < 3:
        raise ClockRefused("Say why, in a few words: the reason is kept in the audit trail.")


def check_due(clock: Clock, due_at: datetime, now: datetime) -> None:
    """Raises ClockRefused where a clock cannot be due then: it ended, it is late, or the time is past."""
    state = state_at(clock, now)
    if state not in ("running", "paused"):
        raise ClockRefused(f"This clock is {state}; only one that runs can get another due time.")
    if due_at <= now:
        raise ClockRefused("The new due time is past already. Choose one that is to come.")


def give_due(clock: Clock, due_at: datetime, now: datetime) -> datetime:
    """Make a locked clock due at a time set by hand; returns when it was due. A pause ends by it."""
    check_due(clock, due_at, now)
    if clock.paused_at is not None:
        resume([clock.pk], now)
        clock.refresh_from_db()
    was, clock.due_at, clock.due_by_hand = clock.due_at, due_at.replace(microsecond=0), True
    spent = pauses_of([clock.pk]).get(clock.pk, [])
    clock.target_seconds = max(
        rules.elapsed(calendar_of(clock.calendar), clock.start_at, spent, clock.due_at), 0
    )
    clock.save(update_fields=["due_at", "due_by_hand", "target_seconds"])
    replan([clock])
    return was


def pause_clocks(
    subject_kind: str,
    subject_ids: Collection[int],
    *,
    reason: str,
    by: Actor,
    at: datetime,
    kind: str = "",
    note: str = "",
) -> int:
    """Pause the open clocks whose policy knows `reason`; those of other kinds go on. Returns how many paused.

    A pause ends by itself after the most its policy allows. A clock that is late, paused already or due at a
    time set by hand is left alone.
    """
    assert connection.in_atomic_block, "a clock pauses in the transaction of its verb"
    clocks = [
        clock
        for clock in locked_open(subject_kind, subject_ids, kind)
        if reason in clock.policy.pauses
        and not never_pauses(clock.kind)
        and not clock.due_by_hand
        and state_at(clock, at) == "running"
    ]
    end_pauses([clock.pk for clock in clocks if clock.paused_at is not None], at)  # over, not yet noted
    for clock in clocks:
        calendar = calendar_of(clock.calendar)
        ends_by = rules.longest_pause(calendar, at, clock.policy.pauses[reason])
        ClockPause.objects.create(
            clock=clock, reason=reason, at=at, ends_by=ends_by, paused_by=by.label, note=note[:200]
        )
        clock.paused_at, clock.paused_until, clock.pause_reason = at, ends_by, reason
        clock.save(update_fields=["paused_at", "paused_until", "pause_reason"])
    replan(clocks)
    return len(clocks)


def longest_pause_ends(kind: str, market: str, reason: str, at: datetime) -> datetime | None:
    """When a pause for `reason` that begins at `at` ends by itself, by the policy of then; None for none."""
    policy, calendar = policy_and_calendar(kind, market, at)
    most = None if never_pauses(kind) else policy.pauses.get(reason)
    return rules.longest_pause(calendar_of(calendar), at, most) if most else None


def resume_clocks(
    subject_kind: str, subject_ids: Collection[int], *, at: datetime, kind: str = "", reason: str = ""
) -> int:
    """Let paused clocks go on (those paused for `reason`, where given). Returns how many went on."""
    assert connection.in_atomic_block, "a clock goes on in the transaction of its verb"
    paused = _open(subject_kind, subject_ids, kind).filter(paused_at__isnull=False)
    if reason:
        paused = paused.filter(pause_reason=reason)
    ids = list(paused.select_for_update().order_by("id").values_list("pk", flat=True))
    if ids:  # whoever writes is seldom waited for
        resume(ids, at)
    return len(ids)


def resume(clock_ids: Sequence[int], at: datetime) -> None:
    """Let these paused clocks go on; rows are locked by the caller."""
    Clock.objects.filter(pk__in=clock_ids).update(paused_at=None, paused_until=None, pause_reason="")
    end_pauses(clock_ids, at)


def reopen_clocks(
    subject_kind: str, subject_ids: Collection[int], *, by: Actor, at: datetime, kind: str = ""
) -> set[int]:
    """Let clocks that were met go on, as far as the grace of their policy reaches; the gap does not count.

    For a kind that never pauses it counts. Returns the ids of things whose clocks go on. For the others the
    caller opens a follow-up with clocks of its own. A breach stays a breach.
    """
    assert connection.in_atomic_block, "a clock goes on in the transaction of its verb"
    found = Clock.objects.select_for_update(of=("self",)).select_related("policy", "calendar")
    found = found.filter(subject_kind=subject_kind, subject_id__in=list(subject_ids), ended_as="met")
    if kind:
        found = found.filter(kind=kind)
    newest = {(clock.subject_id, clock.kind): clock for clock in found.order_by("ended_at", "id")}
    running = set(
        Clock.objects.filter(OPEN, subject_kind=subject_kind, subject_id__in=list(subject_ids)).values_list(
            "subject_id", "kind"
        )
    )
    clocks = []
    for key, clock in newest.items():
        assert clock.ended_at is not None, "a clock that was met has its time"
        if key in running or not rules.may_reopen(clock.ended_at, clock.policy.grace_seconds, at):
            continue
        if not never_pauses(clock.kind):
            gap = {"reason": rules.REOPENED, "at": clock.ended_at, "until": at, "ends_by": at}
            ClockPause.objects.create(clock=clock, paused_by=by.label, **gap)
        clock.ended_as, clock.ended_at, clock.reopens = "", None, clock.reopens + 1
        clock.save(update_fields=["ended_as", "ended_at", "reopens"])
        clocks.append(clock)
    replan(clocks)
    return {clock.subject_id for clock in clocks}


def _open(subject_kind: str, subject_ids: Collection[int], kind: str) -> QuerySet[Clock]:
    found = Clock.objects.filter(OPEN, subject_kind=subject_kind, subject_id__in=list(subject_ids))
    return found.filter(kind=kind) if kind else found


def locked_open(subject_kind: str, subject_ids: Collection[int], kind: str = "") -> list[Clock]:
    """The open clocks of these things (of one kind, where given), locked until the verb is over."""
    found = _open(subject_kind, subject_ids, kind).select_for_update(of=("self",))
    return list(found.select_related("policy", "calendar").order_by("id"))


def replan(clocks: Sequence[Clock]) -> int:
    """Plan clocks from their ORIGINAL start by the policy and calendar they carry; returns how many changed.

    A due time set by hand stays; only the steps are planned to it. Two queries and one update per 5,000.
    """
    changed = 0
    for first in range(0, len(clocks), BATCH):
        changed += _replan(clocks[first : first + BATCH])
    return changed


def _replan(clocks: Sequence[Clock]) -> int:
    ids = [clock.pk for clock in clocks]
    pauses = pauses_of(ids)
    fired: dict[int, set[str]] = {}
    for clock_id, key in Escalation.objects.filter(clock_id__in=ids).values_list("clock_id", "step"):
        fired.setdefault(clock_id, set()).add(key)
    rows = []
    plans: dict[tuple[datetime, int, int], tuple[int, datetime, list[tuple[datetime, rules.Step]]]] = {}
    for clock in clocks:
        stops = pauses.get(clock.pk, [])
        key = (clock.start_at, clock.policy_id, clock.calendar_id)
        if clock.due_by_hand or stops:
            plan = _planned(clock, stops)
        else:  # many start at one moment: they are planned alike
            plan = plans.get(key) or plans.setdefault(key, _planned(clock, stops))
        clock.target_seconds, clock.due_at, times = plan
        left = [at for at, step in times if step.key not in fired.get(clock.pk, ())]
        if clock.breached_at is None:
            left.append(clock.due_at)
        if clock.paused_until is not None:  # nothing falls in a pause but its end
            left = [clock.paused_until]
        clock.next_step_at = min(left) if left and not clock.ended_as else None
        rows.append((clock.pk, clock.target_seconds, clock.due_at, clock.next_step_at))
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE clocks_clock c SET target_seconds = n.target, due_at = n.due_at, next_step_at =
            n.next_step_at FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[])
                n(id, target, due_at, next_step_at)
            WHERE c.id = n.id
            """,
            [list(column) for column in zip(*rows, strict=True)],
        )
        return int(cursor.rowcount)


def _planned(
    clock: Clock, stops: Sequence[rules.Pause]
) -> tuple[int, datetime, list[tuple[datetime, rules.Step]]]:
    """Target, due time and steps of a clock by the policy and calendar it carries."""
    calendar, terms = calendar_of(clock.calendar), terms_of(clock.policy)
    target, due = clock.target_seconds, clock.due_at
    if not clock.due_by_hand:
        target = rules.target_of(terms, calendar, clock.start_at)
        due = rules.due_of(calendar, clock.start_at, target, stops)
    return target, due, rules.step_times(calendar, clock.start_at, target, due, stops, terms.steps)
