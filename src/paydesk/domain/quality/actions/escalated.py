"""Choosing what was handed to risk or finance to be looked at: large ones at once, of a month a part."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import cases as cases_seen
from paydesk.domain.quality import review_rules as rules
from paydesk.domain.quality.actions.reviewing import SCORE, ReviewRefused
from paydesk.domain.quality.escalated_queries import (
    Escalated,
    escalated_since,
    looked_at,
    without_a_reviewer,
)
from paydesk.domain.quality.review_models import Review
from paydesk.domain.quality.review_queries import current_plan
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people.models import Person
from paydesk.kernel.actor import Actor

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@transaction.atomic(durable=True)
def sample_escalated(*, by: Actor, now: datetime) -> int:
    """Choose what was handed on by the plan that counts; returns how many. Asked again it draws what is new.

    Above the plan's amounts all, as soon as it is over; of each team's month, once that is over, a share of
    the rest. In a restricted case only where somebody who is named for it may score it.
    """
    _, plan = current_plan()
    this_month = rules.month_of(now)
    before = rules.month_of(datetime.combine(this_month - timedelta(days=1), time(), UTC))
    found = escalated_since(datetime.combine(before, time(), UTC), now)
    about = Case.objects.in_bulk({each.case_id for each in found})
    nobody = without_a_reviewer(found, about, SCORE)
    found = [each for each in found if each.key not in nobody]
    have = looked_at(found)
    chosen = {
        each.key: (each, "amount")
        for each in found
        if each.key not in have and plan.is_large(*_amount(about[each.case_id]))
    }
    team_of = dict(Person.objects.filter(pk__in={e.agent_id for e in found}).values_list("pk", "team_id"))
    months: dict[tuple[int | None, date], dict[str, Escalated]] = defaultdict(dict)
    for each in found:
        if (month := rules.month_of(each.done_at)) < this_month:
            months[team_of.get(each.agent_id), month][each.key] = each
    for done in months.values():
        for key in rules.drawn(done, have | chosen.keys(), plan.month_percent, plan.month_least):
            chosen[key] = (done[key], "month")
    # Two who draw at once choose the same.
    made = [_review(each, about[each.case_id], why, now) for each, why in chosen.values()]
    Review.objects.bulk_create(made, ignore_conflicts=True)
    if chosen:
        changes = {"escalations": len(chosen)}
        audit.record("review.sampled", subject=("desk", 0), by=by, at=now, changes=changes)
    return len(chosen)


@transaction.atomic(durable=True)
def ask_review_of(link: tuple[str, int], *, by: Actor, now: datetime) -> Review:
    """Choose one by hand; what is chosen already is given back. Raises ReviewRefused."""
    kind, number = link
    found = escalated_since(LONG_AGO, now, only=link)
    case = cases_seen(by).filter(pk=found[0].case_id).first() if found else None
    if case is None:
        raise ReviewRefused(
            "There is no such escalation of a case in your markets that is decided, and no question aside to "
            "risk or finance that is closed."
        )
    by.needs(SCORE, market=case.market)
    if known := Review.objects.filter(escalated_kind=kind, escalated_id=number).first():
        return known
    review = _review(found[0], case, "by_hand", now)
    review.save()
    audit.record(
        "review.asked", subject=("review", review.pk), by=by, at=now, market=case.market,
        changes={"case_id": case.pk, "about": [kind, number]},
    )  # fmt: skip
    return review


def _review(each: Escalated, case: Case, why: str, now: datetime) -> Review:
    return Review(
        case=case, market=case.market, agent_id=each.agent_id, reason=why, sampled_at=now,
        worked_at=each.done_at, escalated_kind=each.kind, escalated_id=each.number,
    )  # fmt: skip


def _amount(case: Case) -> tuple[int | None, str]:
    return case.amount_minor, case.currency
