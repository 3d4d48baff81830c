"""Cases on the home page: one's own and what was promised; for a lead who has what, what will be late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from paydesk.domain.cases.desk import at_work_now, my_cases, owners_of_cases, promises_due
from paydesk.domain.cases.forecast import (
    Ahead,
    breaches_ahead,
    escalations_to_acknowledge,
    load_per_person,
)
from paydesk.foundation.assignments.actions import GIVE
from paydesk.foundation.clocks.rules import hours_words
from paydesk.kernel.actor import Actor
from paydesk.web.access import actor_of, needs
from paydesk.web.addresses import code_in, page_of
from paydesk.web.cases.shown import Row, rows_of
from paydesk.web.home.teams import teams_now
from paydesk.web.links import rows_at

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case, Commitment

SHOWN = 8
PROMISES_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised to somebody, on which case, and whether its time is over."""

    made: Commitment
    code: str
    url: str
    is_late: bool
    by: str = ""


def promises(actor: Actor, now: datetime, *, mine_alone: bool) -> list[Promise]:
    """What is to be kept within a day, with what is late; two queries."""
    due = promises_due(actor, mine_alone=mine_alone, until=now + PROMISES_WITHIN)
    found = list(due[: SHOWN * 2])
    owners = owners_of_cases([each.case_id for each in found]) if found else {}
    return [
        Promise(
            each, code_in("case", each.case_id), page_of("case", each.case_id), each.due_at < now,
            owners[each.case_id].name if each.case_id in owners else "",
        )
        for each in found
    ]  # fmt: skip


def cases_of_mine(actor: Actor) -> dict[str, Any]:
    """One's own open cases and promises, for whoever works cases; a dozen queries, none for others."""
    if not actor.may("cases.work"):
        return {"works_cases": False}
    now = timezone.now()
    found = list(my_cases(actor)[: SHOWN + 1])
    return {
        "works_cases": True,
        "my_rows": _rows(actor, found[:SHOWN], now),
        "my_more": len(found) > SHOWN,
        "my_promises": promises(actor, now, mine_alone=True),
        "inbox_url": rows_at("cases:inbox", view="mine"),
        "nobodys_url": rows_at("cases:inbox", view="new"),
        "leads": actor.may(GIVE),
    }


def _rows(actor: Actor, found: Sequence[Case], now: datetime) -> list[Row]:
    return rows_of(actor, found, {case.pk: page_of("case", case.pk) for case in found}, now) if found else []


@dataclass(frozen=True, slots=True)
class SoonLate:
    """A clock that will not be kept: its case, whose it is, why it is told."""

    ahead: Ahead
    code: str
    url: str
    give_url: str
    owner: str
    why: str


@require_safe
@needs("cases.work:view")
@needs("assignments.give:view")
def team(request: HttpRequest) -> HttpResponse:
    """The lead's look at the team, as a part of the home page or a page of its own; renewed by itself."""
    actor, now = actor_of(request), timezone.now()
    loads, at_now = load_per_person(actor, now), at_work_now(actor, now)
    ahead = breaches_ahead(actor, now)
    owners = owners_of_cases([each.case.pk for each in ahead])
    whose = [owners[each.case.pk].pk if each.case.pk in owners else None for each in ahead]
    known = {
        "teams": teams_now(loads, at_now, whose),
        "ahead": [_soon(each, owners) for each in ahead],
        "promises": promises(actor, now, mine_alone=False),
        "escalations": [
            (each, code_in("case", each.clock.subject_id), page_of("case", each.clock.subject_id))
            for each in escalations_to_acknowledge(actor, _roles(request), now)
        ],
        "as_of": now,
    }
    whole = not request.htmx or request.htmx.target != "team-now"  # type: ignore[attr-defined]
    return render(request, "home/team.html" if whole else "home/_team.html", known)


def _roles(request: HttpRequest) -> list[str]:
    person: Any = request.user
    return list(person.role_codes)


def _soon(each: Ahead, owners: dict[int, Any]) -> SoonLate:
    code = code_in("case", each.case.pk)
    left = hours_words(max(each.clock.left_seconds, 0))
    usual = hours_words(each.usual_seconds)
    how = "four of five took" if each.is_measured else "a fifth of its time, as too few were kept yet:"
    return SoonLate(
        each, code, page_of("case", each.case.pk), reverse("queues:give", args=[code]),
        owners[each.case.pk].name if each.case.pk in owners else "",
        f"{left} left; {how} {usual}",
    )  # fmt: skip
