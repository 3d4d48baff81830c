"""How promises were kept, by policy and week; what will be late soon; both to take away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from paydesk.foundation.clocks.kinds import kind_named
from paydesk.foundation.clocks.queries import ClockStanding, standings
from paydesk.foundation.clocks.reports import HOURS_AHEAD, Kept, breach_forecast, kept_by_week, usual_seconds
from paydesk.foundation.clocks.rules import hours_words
from paydesk.kernel.actor import Actor
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.clocks.views import rows_of
from paydesk.web.exports import exports
from paydesk.web.workbook import Cell, list_download

if TYPE_CHECKING:
    from paydesk.foundation.clocks.models import PolicyVersion

RIGHT = "payments:view"
WEEKS, MOST_WEEKS, SOON_SHOWN = 8, 53, 50
HEAD = (
    "Week from (Monday)", "What", "Kind", "Policy of", "Policy version", "Kept", "Broken", "Kept share %",
    "Out of the count", "Merged", "Mean lateness, working s", "Mean lateness, in all s",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownKept:
    """One row of the report in words."""

    kept: Kept
    words: str
    where: str
    share: str
    late_working: str
    late_calendar: str


def share_words(bps: int | None) -> str:
    """ "98.7 %", rounded down, so that 100 % means all; "–" where nothing was judged."""
    return "–" if bps is None else f"{bps // 100}.{bps % 100 // 10} %"


def kind_words(policy: PolicyVersion) -> str:
    try:
        return kind_named(policy.kind).words
    except KeyError:
        return policy.kind.replace("_", " ")


def shown(row: Kept) -> ShownKept:
    has_late = row.breached > 0
    return ShownKept(
        row,
        kind_words(row.policy),
        row.policy.market or "all",
        share_words(row.share_bps),
        hours_words(row.late_working_seconds) if has_late else "",
        hours_words(row.late_calendar_seconds) if has_late else "",
    )


def span_of(request: HttpRequest) -> tuple[date, date, int]:
    """From which Monday until which day the report goes, and over how many weeks, by the address."""
    asked = request.GET.get("weeks", "")
    weeks = (
        min(max(int(asked), 1), MOST_WEEKS)
        if asked.isascii() and asked.isdigit() and len(asked) < 4
        else WEEKS
    )
    today = datetime.now(UTC).date()
    monday = today - timedelta(days=today.weekday())
    return monday - timedelta(weeks=weeks - 1), monday + timedelta(days=7), weeks


@require_safe
@needs(RIGHT)
def report(request: HttpRequest) -> HttpResponse:
    """The weeks as a table, and what will be late soon; constant queries."""
    actor, now = actor_of(request), timezone.now()
    since, until, weeks = span_of(request)
    usual = usual_seconds(now)
    soon = list(breach_forecast(actor, now, usual)[: SOON_SHOWN + 1])
    rows = [shown(row) for row in kept_by_week(actor, since=since, until=until, now=now)]
    met, breached = sum(r.kept.met for r in rows), sum(r.kept.breached for r in rows)
    return render(
        request,
        "clocks/report.html",
        {
            "tab": "report",
            "rows": rows,
            "weeks": weeks,
            "weeks_text": str(weeks),
            "spans": [4, 8, 13, 26, 53],
            "met": met,
            "breached": breached,
            "waived": sum(r.kept.waived for r in rows),
            "merged": sum(r.kept.merged for r in rows),
            "share": share_words(met * 10_000 // (met + breached) if met + breached else None),
            "soon": [
                (row, why_soon(row.standing, usual, now))
                for row in rows_of(actor, standings(soon[:SOON_SHOWN], now))
            ],
            "more_soon": len(soon) > SOON_SHOWN,
            "hours_ahead": HOURS_AHEAD,
            "may_export": gate(actor, "export"),
        },
    )


def why_soon(each: ClockStanding, usual: dict[str, int], now: datetime) -> str:
    """Why a clock is expected to be late: little time, or less than is usually needed."""
    usually = usual.get(each.clock.kind)
    left = (each.clock.due_at - now).total_seconds()
    if usually is not None and left < usually:
        return f"four of five were done within {hours_words(usually)} of their start"
    return f"due within {HOURS_AHEAD} h"


@exports(RIGHT)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The weeks as CSV or XLSX."""
    since, until, _ = span_of(request)
    actor, now = actor_of(request), timezone.now()
    name = f"clocks-kept-{since.isoformat()}"
    return list_download(name, kind, HEAD, cells(actor, since, until, now))


def cells(actor: Actor, since: date, until: date, now: datetime) -> Iterator[list[Cell]]:
    for row in kept_by_week(actor, since=since, until=until, now=now):
        each = shown(row)
        yield [
            row.week_on, each.words, row.policy.kind, each.where, row.policy.version, row.met, row.breached,
            each.share.removesuffix(" %"), row.waived, row.merged, row.late_working_seconds,
            row.late_calendar_seconds,
        ]  # fmt: skip
