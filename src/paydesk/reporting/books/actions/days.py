"""Closing the days of a market and opening them again: one person asks, another decides."""

from __future__ import annotations

import json
import time
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from paydesk.domain.ledger.models import ClosedPeriod
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused
from paydesk.reporting.books.models import DayClosing
from paydesk.reporting.books.queries import horizon
from paydesk.reporting.books.queries.days import closed_through, open_day
from paydesk.reporting.books.queries.readiness import readiness
from paydesk.reporting.books.states import DAY_CLOSING

RIGHTS = {"close": "ledger.close_day", "reopen": "ledger.reopen_period"}
KINDS = {"close": "days.close", "reopen": "days.reopen"}  # of the approval
LONGEST_WAIT_SECONDS = 10


class DayClosingRefused(Refused):
    """Days cannot be closed or opened again as asked."""

    code = "books.days_refused"


@transaction.atomic(durable=True)
def ask_to_close(market: str, through_on: date, *, reason: str, by: Actor, now: datetime) -> DayClosing:
    """Ask to close a market through a day. Nothing is closed before a second person approves.

    Raises DayClosingRefused if the day is not over or closed already, if another request waits, or if
    something is not ready and no reason is given.
    """
    by.needs(RIGHTS["close"], market=market)
    _lock(market)
    if why := _why_not_closed(market, through_on, now):
        raise DayClosingRefused(why)
    ready = readiness(by, market, through_on, now)
    if not ready.is_ready and not reason.strip():
        raise DayClosingRefused(
            "Not everything is ready. Say in a few words why the day is closed all the same.",
            code="books.reason_missing",
        )
    return _ask("close", market, through_on, reason, ready.counts, by, now)


@transaction.atomic(durable=True)
def ask_to_reopen(market: str, from_on: date, *, reason: str, by: Actor, now: datetime) -> DayClosing:
    """Ask to open the closed days of a market again from a day on.

    Raises DayClosingRefused if that day is not closed, another request waits, or no reason is given.
    """
    by.needs(RIGHTS["reopen"], market=market)
    _lock(market)
    if why := _why_not_reopened(market, from_on):
        raise DayClosingRefused(why)
    if not reason.strip():
        raise DayClosingRefused("Say why the days are opened again.", code="books.reason_missing")
    return _ask("reopen", market, from_on, reason, {}, by, now)


@transaction.atomic(durable=True)
def decide_day_closing(
    closing_id: int, *, approve: bool, by: Actor, now: datetime, note: str = ""
) -> DayClosing:
    """Approve or refuse what another person asked for; approving closes or opens the days at once.

    What comes later for a closed day is booked on an open one, its value date stays. Raises
    SamePersonRefused if `by` asked for it, ApprovalRefused without the right, TransitionRefused if it is
    decided already, DayClosingRefused if it no longer fits.
    """
    market = DayClosing.objects.values_list("market", flat=True).get(pk=closing_id)
    _lock(market)
    closing = DayClosing.objects.select_for_update().get(pk=closing_id)
    if approve:
        approvals.decide(closing.approval_id, KINDS[closing.kind], by=by, now=now, note=note)
    else:
        approvals.end(closing.approval_id, "reject", by=by, now=now, note=note)
        return DayClosing.objects.get(pk=closing_id)
    closing.state = DAY_CLOSING.after("approve", closing.state)
    closing.decided_by, closing.decided_at = by.label, now
    was = closed_through(market)
    why = (
        _why_not_closed(market, closing.day, now)
        if closing.kind == "close"
        else _why_not_reopened(market, closing.day)
    )
    if why:
        raise DayClosingRefused(why)
    through_on = closing.day if closing.kind == "close" else closing.day - timedelta(1)
    ClosedPeriod.objects.update_or_create(
        market=market, defaults={"closed_through": through_on, "closed_by": by.label, "closed_at": now}
    )
    _wait_for_those_posting()
    closing.save(update_fields=["state", "decided_by", "decided_at"])
    is_through = closed_through(market)
    audit.record(
        f"days.{'closed' if closing.kind == 'close' else 'reopened'}",
        subject=("day_closing", closing.pk),
        market=market,
        by=by,
        at=now,
        changes={"state": ["pending", closing.state], "closed_through": [_told(was), _told(is_through)]},
    )
    return closing


def approve_days(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> DayClosing:
    """Approve by the approval's id, as the list of approvals does; see `decide_day_closing`."""
    closing_id = DayClosing.objects.values_list("pk", flat=True).get(approval_id=approval_id)
    return decide_day_closing(closing_id, approve=True, by=by, now=now, note=note)


@transaction.atomic(durable=True)
def withdraw_day_closing(closing_id: int, *, by: Actor, now: datetime) -> DayClosing:
    """Take back what one asked for, while it waits; raises ApprovalRefused for somebody else's."""
    closing = DayClosing.objects.select_for_update().get(pk=closing_id)
    by.needs(RIGHTS[closing.kind], market=closing.market)
    approvals.end(closing.approval_id, "withdraw", by=by, now=now)
    return DayClosing.objects.get(pk=closing_id)


def request_ended(approval: Approval, by: Actor, now: datetime) -> None:
    """An approval of days ended without being approved: rejected, taken back or too old. On record here."""
    closing = DayClosing.objects.select_for_update().get(approval_id=approval.pk)
    name = "refuse" if approval.state == "rejected" else "withdraw"
    closing.state = DAY_CLOSING.after(name, closing.state)
    closing.decided_by, closing.decided_at = by.label, now
    closing.save(update_fields=["state", "decided_by", "decided_at"])
    audit.record(
        f"days.{closing.state}",
        subject=("day_closing", closing.pk),
        market=closing.market,
        by=by,
        at=now,
        changes={"state": ["pending", closing.state]},
    )


def _lock(market: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('books.days:' || %s, 0))", [market])


def _ask(
    kind: str, market: str, day: date, reason: str, points: dict[str, int], by: Actor, now: datetime
) -> DayClosing:
    if DayClosing.objects.filter(market=market, state=DAY_CLOSING.start).exists():
        raise DayClosingRefused(
            "Another request for this market waits for a decision. Decide it or take it back first."
        )
    payload = {"market": market, "day": day.isoformat()}
    # The id is drawn first: the approval names the request, the request its approval.
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('books_day_closing', 'id'))")
        (closing_id,) = cursor.fetchone()
    approval = approvals.ask(
        KINDS[kind],
        subject=("day_closing", closing_id),
        market=market,
        right=RIGHTS[kind],
        payload=payload,
        reasons=[
            f"{name.replace('_', ' ').capitalize()} not ready: {count}"
            for name, count in points.items()
            if count
        ],
        note=reason.strip(),
        by=by,
        now=now,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO books_day_closing (id, market, kind, day, reason, open_points, state, approval_id,"
            " asked_by, asked_at, decided_by) OVERRIDING SYSTEM VALUE"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '')",
            [closing_id, market, kind, day, reason.strip(), json.dumps(points), DAY_CLOSING.start,
             approval.pk, by.label, now],
        )  # fmt: skip
    closing = DayClosing.objects.get(pk=closing_id)
    audit.record(
        f"days.asked_to_{kind}",
        subject=("day_closing", closing.pk),
        market=market,
        by=by,
        at=now,
        changes={"day": day.isoformat(), "open_points": points},
    )
    return closing


def _why_not_closed(market: str, through_on: date, now: datetime) -> str:
    is_through, today = closed_through(market), open_day(market, now)
    if through_on >= today:
        return (
            f"{through_on:%d %b %Y} is not over yet. Close through {today - timedelta(1):%d %b %Y} at most."
        )
    if is_through and through_on <= is_through:
        return f"The days through {is_through:%d %b %Y} are closed already."
    return ""


def _why_not_reopened(market: str, from_on: date) -> str:
    is_through = closed_through(market)
    if is_through is None or from_on > is_through:
        return f"{from_on:%d %b %Y} is not closed, so there is nothing to open again."
    return ""


def _wait_for_those_posting() -> None:
    """Wait until nobody is left who may have looked before the days were closed; refuse if it takes long."""
    posting = set(horizon.posting_now())
    until = time.monotonic() + LONGEST_WAIT_SECONDS
    while posting & set(horizon.posting_now()):
        if time.monotonic() > until:
            raise DayClosingRefused(
                "A file is being posted right now. Approve again when it is done, in a minute or so.",
                code="books.posting",
            )
        time.sleep(0.05)


def _told(day: date | None) -> str | None:
    return day.isoformat() if day else None
