"""Looking at what was done with a case: chosen by rule, scored, answered once, settled by a third person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import cases
from paydesk.domain.quality import review_rules as rules
from paydesk.domain.quality.review_models import Calibration, Review, SamplingPlan, Scorecard
from paydesk.domain.quality.review_queries import (
    current_plan,
    current_scorecard,
    items_in,
    person_in,
    with_agent,
)
from paydesk.domain.quality.states import REVIEW
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people.models import Person
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused

SCORE, OWN, SETTLE, PLAN = "reviews.score", "reviews.own", "reviews.settle:check", "reviews.plan"
LOOKS_BACK = timedelta(days=14)  # a worker that stood still as long chooses what it missed
DONE = ("resolved", "closed")


class ReviewRefused(Refused):
    """This cannot be done with this review."""

    code = "review.refused"


@transaction.atomic(durable=True)
def sample(*, by: Actor, now: datetime) -> int:
    """Choose resolved cases by the plan that counts; returns how many. Asked again it chooses what is new."""
    _, plan = current_plan()
    found = with_agent(
        Case.objects.filter(state__in=DONE, resolved_at__gt=now - LOOKS_BACK, resolved_at__lte=now)
    )
    known = set(Review.objects.filter(calibration=None, escalated_kind="").values_list("case_id", flat=True)
                .filter(case__resolved_at__gt=now - LOOKS_BACK))  # fmt: skip
    weeks: dict[tuple[int, date], dict[int, Case]] = defaultdict(dict)
    chosen: list[tuple[Case, int, str]] = []
    for case in found.exclude(agent=None).order_by("pk"):
        agent_id = person_in(case.agent)  # type: ignore[attr-defined]
        if agent_id is None or case.resolved_at is None:
            continue
        weeks[agent_id, rules.week_of(case.resolved_at)][case.pk] = case
        why = plan.always(
            amount_minor=case.amount_minor,
            currency=case.currency,
            category=case.category,
            reopens=case.reopens,
        )
        if why and case.pk not in known:
            chosen.append((case, agent_id, why))
            known.add(case.pk)
    for (agent_id, _), done in weeks.items():
        chosen += [
            (done[case_id], agent_id, "share")
            for case_id in rules.drawn(done.keys(), known & done.keys(), plan.share_percent)
        ]
    Review.objects.bulk_create(
        Review(
            case=case, market=case.market, agent_id=agent_id, reason=why, sampled_at=now,
            worked_at=case.resolved_at,
        )
        for case, agent_id, why in chosen
    )  # fmt: skip
    if chosen:
        audit.record("review.sampled", subject=("desk", 0), by=by, at=now, changes={"cases": len(chosen)})
    return len(chosen)


@transaction.atomic(durable=True)
def ask_review(case_id: int, *, by: Actor, now: datetime) -> Review:
    """Choose a case by hand; one that is chosen already is given back. Raises ReviewRefused."""
    case, agent_id = _case_and_agent(case_id, by)
    work = Review.objects.filter(case=case, agent_id=agent_id, calibration=None, escalated_kind="")
    if known := work.first():
        return known
    review = Review.objects.create(
        case=case, market=case.market, agent_id=agent_id, reason="by_hand", sampled_at=now,
        worked_at=case.resolved_at or now,
    )  # fmt: skip
    _record("review.asked", review, by, now)
    return review


@transaction.atomic(durable=True)
def calibrate(case_id: int, *, reviewer_ids: Sequence[int], by: Actor, now: datetime) -> Calibration:
    """Have two people score the same work, neither of whom did it, without seeing each other's marks."""
    case, agent_id = _case_and_agent(case_id, by)
    people = {each.pk: each for each in Person.objects.filter(pk__in=reviewer_ids, is_active=True)}
    if len(people) != 2 or len(reviewer_ids) != 2:
        raise ReviewRefused("A calibration takes two different people.")
    for person in people.values():
        if not person.actor().may(SCORE) or not person.actor().sees(case.market):
            raise ReviewRefused(f"{person.name} does not score reviews in this market.")
        if person.pk == agent_id:
            raise ReviewRefused(f"{person.name} worked on this case: choose somebody else.")
    made = Calibration.objects.create(case=case, asked_by=by.label, asked_at=now)
    for person_id in sorted(people):
        review = Review.objects.create(
            case=case, market=case.market, agent_id=agent_id, reason="calibration", calibration=made,
            reviewer_id=person_id, sampled_at=now, worked_at=case.resolved_at or now,
        )  # fmt: skip
        _record("review.calibration_asked", review, by, now, reviewer_id=person_id)
    return made


@transaction.atomic(durable=True)
def score(
    review_id: int, *, marks: Mapping[str, str], followed: str, coaching: str = "", by: Actor, now: datetime
) -> Review:
    """Mark every item of the scorecard that counts, say whether the policy was followed, tell the agent.

    Raises ReviewRefused for one's own work, a mark that is missing, or what another one scores.
    """
    review = _locked(review_id, by)
    by.needs(SCORE, market=review.market)
    if review.agent_id == by.id:
        raise ReviewRefused("This is your own work: somebody else looks at it.")
    if review.calibration_id is not None and review.reviewer_id != by.id:
        raise ReviewRefused("This part of the calibration is somebody else's.")
    was, review.state = review.state, REVIEW.after("score", review.state)
    review.scorecard = _scorecard(review.looks_at, now)
    _mark(review, marks, followed, coaching)
    review.reviewer_id, review.scored_at = by.id, now
    review.save()
    _record("review.scored", review, by, now, state=[was, review.state], percent=review.percent)
    return review


@transaction.atomic(durable=True)
def answer_review(review_id: int, *, kind: str, text: str, by: Actor, now: datetime) -> Review:
    """The agent says something to it, once: an answer, or an appeal that a third person settles."""
    review = _locked(review_id, by)
    by.needs(OWN, market=review.market)
    if review.agent_id != by.id or review.calibration_id is not None:
        raise ReviewRefused("Only whoever did the work answers its review.")
    if kind not in rules.ANSWERS:
        raise ReviewRefused("Say whether this is an answer or an appeal.")
    if review.answered_at is not None:
        raise ReviewRefused("You have said something to it already, and that is possible once.")
    was, review.state = review.state, REVIEW.after(kind, review.state)
    review.answer_kind, review.answer, review.answered_at = kind, _said(text, "Say what you think of it"), now
    review.save(update_fields=["state", "answer_kind", "answer", "answered_at"])
    _record("review.appealed" if kind == "appeal" else "review.answered", review, by, now,
            state=[was, review.state])  # fmt: skip
    return review


@transaction.atomic(durable=True)
def settle(
    review_id: int, *, marks: Mapping[str, str], followed: str, note: str, by: Actor, now: datetime
) -> Review:
    """Decide an appeal: the marks as they stand from now on, which may be the same. The first score is kept.

    Raises ReviewRefused for whoever scored it or did the work.
    """
    review = _locked(review_id, by)
    by.needs(SETTLE, market=review.market)
    if by.id in (review.agent_id, review.reviewer_id):
        raise ReviewRefused("You scored this or it is your work: a third person settles the appeal.")
    was, review.state = review.state, REVIEW.after("settle", review.state)
    review.first_percent = review.percent
    _mark(review, marks, followed, review.coaching)
    review.settled_by_id, review.settled_note, review.settled_at = by.id, _said(note, "Say why"), now
    review.save()
    _record("review.settled", review, by, now, state=[was, review.state],
            percent=[review.first_percent, review.percent])  # fmt: skip
    return review


@transaction.atomic(durable=True)
def drop(review_id: int, *, reason: str, by: Actor, now: datetime) -> Review:
    """Do not look at it after all. What the plan always wants stays chosen: only a share is dropped."""
    review = _locked(review_id, by)
    by.needs(SCORE, market=review.market)
    if review.agent_id == by.id:
        raise ReviewRefused("This is your own work: somebody else decides about it.")
    if review.reason not in rules.DROPPED:
        raise ReviewRefused("The plan has every such case looked at; it is not dropped.")
    was, review.state = review.state, REVIEW.after("drop", review.state)
    review.settled_note = _said(reason, "Say why it is not looked at")
    review.save(update_fields=["state", "settled_note"])
    _record("review.dropped", review, by, now, state=[was, review.state])
    return review


@transaction.atomic(durable=True)
def set_scorecard(*, text: str, of: str = "case", by: Actor, now: datetime) -> Scorecard:
    """A new version of what reviews of cases, or of escalations, look at, in the words of
    `review_rules.items_from_text`."""
    by.needs(PLAN)
    if of not in rules.LOOKS_AT:
        raise ReviewRefused("Say whether it is the scorecard of cases or of escalations.")
    try:
        items = rules.items_from_text(text)
    except ValueError as problem:
        raise ReviewRefused(str(problem)) from None
    made = Scorecard.objects.create(
        of=of, version=_next(of), items=[item.as_json() for item in items], made_by=by.label, made_at=now
    )
    audit.record("scorecard.set", subject=("scorecard", made.pk), by=by, at=now,
                 changes={"of": of, "version": made.version, "items": len(items)})  # fmt: skip
    return made


@transaction.atomic(durable=True)
def set_plan(plan: rules.Plan, *, by: Actor, now: datetime) -> SamplingPlan:
    """A new version of which cases are looked at. Raises ReviewRefused for a share beyond a hundred."""
    by.needs(PLAN)
    if not 0 <= plan.share_percent <= 100:
        raise ReviewRefused("The share is between 0 and 100 %.")
    if not 0 <= plan.month_percent <= 100 or not 0 <= plan.month_least <= rules.MOST_OF_A_MONTH:
        raise ReviewRefused(
            "Of a month choose between 0 and 100 %, and at least between 0 and "
            f"{rules.MOST_OF_A_MONTH} of each team."
        )
    if any(minor <= 0 for minor in (plan.amounts or {}).values()):
        raise ReviewRefused("An amount from which on all are looked at is above zero.")
    version, before = current_plan()
    made = SamplingPlan.objects.create(
        version=version + 1, plan=plan.as_json(), made_by=by.label, made_at=now
    )
    changes: dict[str, Any] = {
        "version": made.version,
        "share_percent": [before.share_percent, plan.share_percent],
        "month_percent": [before.month_percent, plan.month_percent],
        "month_least": [before.month_least, plan.month_least],
    }
    audit.record("sampling_plan.set", subject=("sampling_plan", made.pk), by=by, at=now, changes=changes)
    return made


def _locked(review_id: int, by: Actor) -> Review:
    review = Review.objects.select_for_update(of=("self",)).filter(pk=review_id).first()
    if review is None or not cases(by).filter(pk=review.case_id).exists():
        raise ReviewRefused("There is no such review in your markets.")
    return review


def _case_and_agent(case_id: int, by: Actor) -> tuple[Case, int]:
    case = with_agent(cases(by)).filter(pk=case_id).first()
    if case is None:
        raise ReviewRefused("There is no such case in your markets.")
    by.needs(SCORE, market=case.market)
    agent_id = person_in(case.agent)  # type: ignore[attr-defined]
    if agent_id is None:
        raise ReviewRefused("Nobody of us has answered in this case: there is no work to look at.")
    return case, agent_id


def _mark(review: Review, marks: Mapping[str, str], followed: str, coaching: str) -> None:
    assert review.scorecard is not None, "what is marked has a scorecard"
    items = items_in(review.scorecard)
    if followed not in rules.FOLLOWED:
        raise ReviewRefused("Say whether the policy was followed.")
    try:
        result = rules.score_of(items, marks)
    except ValueError as problem:
        raise ReviewRefused(str(problem)) from None
    review.marks = {item.code: marks[item.code] for item in items}
    review.percent, review.critical_failed = result.percent, bool(result.failed)
    review.followed = followed
    review.coaching = coaching.strip()[: rules.LONGEST_NOTE]
    if result.failed and not review.coaching:
        raise ReviewRefused("A critical item failed: tell the agent what happened and what to do instead.")


def _scorecard(of: str, now: datetime) -> Scorecard:
    """The one that counts; the delivered one is written down when it is first used."""
    known = current_scorecard(of)
    if known is not None:
        return known
    items = [item.as_json() for item in rules.DELIVERED_OF[of]]
    return Scorecard.objects.create(of=of, version=1, items=items, made_by="system:delivered", made_at=now)


def _next(of: str) -> int:
    known = current_scorecard(of)
    return (known.version if known else 0) + 1


def _said(text: str, otherwise: str) -> str:
    if not text.strip():
        raise ReviewRefused(f"{otherwise}.")
    return text.strip()[: rules.LONGEST_NOTE]


def _record(verb: str, review: Review, by: Actor, at: datetime, **changes: Any) -> None:
    audit.record(
        verb, subject=("review", review.pk), by=by, at=at, market=review.market,
        changes={"case_id": review.case_id, **changes},
    )  # fmt: skip
