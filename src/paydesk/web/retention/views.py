"""The page of retention: what waits for a second person, holds, the schedule with its sources, the nights."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from paydesk.domain.retention.periods import laws_on
from paydesk.domain.retention.queries import broken_runs, erasures, holds, redactions, runs, schedule
from paydesk.domain.retention.rules import CLASSES, shortfall
from paydesk.domain.retention.states import ERASURE
from paydesk.foundation.people.queries import markets_of
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import code_in, page_of
from paydesk.web.exports import exports
from paydesk.web.people_names import names_by_label
from paydesk.web.workbook import list_download

SEE = "retention.hold:view"
NIGHTS_SHOWN, MOST = 30, 100
HEAD = ("Night", "Time (UTC)", "By", *CLASSES, "Passed over", "Hash", "Hash before")


@require_safe
@needs(SEE)
def overview(request: HttpRequest) -> HttpResponse:
    """One page: few things wait here, and the schedule is short."""
    actor, today = actor_of(request), timezone.localdate()
    markets = list(markets_of(actor))
    held, wishes = list(holds(actor)[:MOST]), list(erasures(actor)[:MOST])
    waiting = list(redactions(actor)[:MOST])
    nights = list(runs()[:NIGHTS_SHOWN])
    labels = {each.placed_by for each in held} | {each.asked_by for each in (*wishes, *waiting)}
    names = names_by_label(labels)
    known: dict[str, Any] = {
        "wishes": [
            (
                each,
                code_in(*each.subject),
                page_of(*each.subject),
                names[each.asked_by],
                ERASURE.family(each.state),
            )
            for each in wishes
        ],
        "waiting": [(each, code_in("case", each.case_id), names[each.asked_by]) for each in waiting],
        "held": [
            (each, code_in(*each.subject), page_of(*each.subject), names[each.placed_by]) for each in held
        ],
        "plan": [
            (
                market,
                [
                    (kept, laws_on(kept.data_class, market.pk), shortfall(kept, market.pk))
                    for kept in schedule(market.pk).values()
                ],
            )
            for market in markets
        ],
        "nights": nights,
        "broken": broken_runs(),
        "is_late": bool(nights) and (today - nights[0].at.date()).days > 1,
        "manage": gate(actor, "retention.manage"),
        "hold": gate(actor, "retention.hold"),
        "lift": gate(actor, "retention.lift_hold:check"),
        "erase": gate(actor, "retention.erase:check"),
        "confirm": gate(actor, "cases.confirm_redaction:check"),
    }
    return render(request, "retention/overview.html", known)


@exports(SEE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Every night with its counts and hashes: the proof that the schedule ran."""
    rows = (
        [
            each.number, f"{each.at:%Y-%m-%d %H:%M:%S}", each.by,
            *(each.erased.get(name, 0) for name in CLASSES),
            ", ".join(f"{name} {count}" for name, count in each.held.items()), each.hash,
            each.previous_hash,
        ]
        for each in runs()
    )  # fmt: skip
    return list_download(f"retention-nights-{timezone.localdate().isoformat()}", kind, HEAD, rows)
