"""Closing the days of a market and opening them again: one person asks, another decides."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from paydesk.domain.ledger.models import ClosedPeriod
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused
from paydesk.reporting.books.models import DayClosing
from paydesk.reporting.books.queries import horizon
from paydesk.reporting.books.queries.days import closed_through, open_day
from paydesk.reporting.books.queries.readiness import readiness
from paydesk.reporting.books.states import DAY_CLOSING

RIGHTS = {"close": "ledger.close_day", "reopen": "ledger.reopen_period"}
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
    ready = readiness(by, market, through_on)
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
def decide_day_closing(closing_id: int, *, approve: bool, by: Actor, now: datetime) -> DayClosing:
    """Approve or refuse what another person asked for; approving closes or opens the days at once.

    What comes later for a closed day is booked on an open one, its value date stays. Raises
    TransitionRefused if it is decided already, DayClosingRefused if `by` asked for it or it no longer fits.
    """
    market = DayClosing.objects.values_list("market", flat=True).get(pk=closing_id)
    _lock(market)
    closing = DayClosing.objects.select_for_update().get(pk=closing_id)
    by.needs(f"{RIGHTS[closing.kind]}:check", market=market)
    if by.label == closing.asked_by:
        raise DayClosingRefused(
            "You asked for this yourself. Another person decides it.", code="books.same_person"
        )
    closing.state = DAY_CLOSING.after("approve" if approve else "refuse", closing.state)
    closing.decided_by, closing.decided_at = by.label, now
    was = closed_through(market)
    if approve:
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
        {"done": f"days.{'closed' if closing.kind == 'close' else 'reopened'}"}.get(
            closing.state, "days.refused"
        ),
        subject=("day_closing", closing.pk),
        market=market,
        by=by,
        at=now,
        changes={"state": ["pending", closing.state], "closed_through": [_told(was), _told(is_through)]},
    )
    return closing


@transaction.atomic(durable=True)
def withdraw_day_closing(closing_id: int, *, by: Actor, now: datetime) -> DayClosing:
    """Take back what one asked for, while it waits; raises DayClosingRefused for somebody else's."""
    closing = DayClosing.objects.select_for_update().get(pk=closing_id)
    by.needs(RIGHTS[closing.kind], market=closing.market)
    if by.label != closing.asked_by:
        raise DayClosingRefused("Only who asked for it can take it back.", code="books.not_yours")
    closing.state = DAY_CLOSING.after("withdraw", closing.state)
    closing.save(update_fields=["state"])
    audit.record(
        "days.withdrawn",
        subject=("day_closing", closing.pk),
        market=closing.market,
        by=by,
        at=now,
        changes={"state": ["pending", closing.state]},
    )
    return closing


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
    closing = DayClosing.objects.create(
        market=market, kind=kind, day=day, reason=reason.strip(), open_points=points, asked_by=by.label,
        asked_at=now,
    )  # fmt: skip
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
