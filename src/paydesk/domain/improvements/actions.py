"""Proposing an improvement, being for it, deciding, carrying out, measuring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from paydesk.domain.cases.categories import ROOT_CAUSES
from paydesk.domain.improvements import rules
from paydesk.domain.improvements.models import Evidence, Improvement, Vote
from paydesk.domain.improvements.queries import SUBJECT
from paydesk.domain.improvements.states import IMPROVEMENT, LIVE
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused

PROPOSE, DECIDE = "improvements.propose", "improvements.decide"


class ImprovementRefused(Refused):
    """This cannot be proposed, decided or measured so."""

    code = "improvement.refused"


@transaction.atomic(durable=True)
def propose_improvement(
    market: str,
    *,
    title: str,
    problem: str,
    expected: str,
    root_cause: str = "",
    category: str = "",
    evidence: Sequence[tuple[str, str]] = (),
    by: Actor,
    now: datetime,
) -> Improvement:
    """Say what should change, why, and what is expected of it; whoever proposes is for it.

    `evidence` is [(kind, key)] of EVIDENCE. Raises ImprovementRefused.
    """
    by.needs(PROPOSE, market=market)
    said = " ".join(title.split())
    why = rules.problem_with(said, problem, expected) or rules.problem_with_evidence(evidence)
    if why:
        raise ImprovementRefused(why)
    if root_cause and root_cause not in ROOT_CAUSES:
        raise ImprovementRefused("Choose the root cause from its list.", field="root_cause")
    made = Improvement.objects.create(
        market=market, title=said, problem=problem.strip(), expected=expected.strip(), root_cause=root_cause,
        category=category, proposed_by=by.label, proposed_at=now,
    )  # fmt: skip
    Evidence.objects.bulk_create(
        Evidence(improvement=made, kind=kind, key=key) for kind, key in dict.fromkeys(evidence)
    )
    if by.id is not None:
        Vote.objects.create(improvement=made, person_id=by.id, at=now)
    _record("improvement.proposed", made, by, now, root_cause=root_cause, evidence=len(evidence))
    return made


@transaction.atomic(durable=True)
def vote(improvement_id: int, *, is_for: bool, by: Actor, now: datetime) -> Improvement:
    """Be for it, or take that back. Twice the same changes nothing; once it is over votes stay."""
    found = _locked(improvement_id, by, PROPOSE)
    if by.id is None:
        raise ImprovementRefused("Only people vote.")
    if found.state not in LIVE:
        raise ImprovementRefused(f"It is {found.state}: votes stay as they are.")
    votes = Vote.objects.filter(improvement=found, person_id=by.id)
    if is_for and not votes.exists():
        Vote.objects.create(improvement=found, person_id=by.id, at=now)
    elif is_for or not votes.delete()[0]:
        return found
    _record("improvement.voted", found, by, now, is_for=is_for)
    return found


@transaction.atomic(durable=True)
def decide(improvement_id: int, *, accept: bool, note: str, by: Actor, now: datetime) -> Improvement:
    """It will be done, or it will not, and why. Raises TransitionRefused where that is decided."""
    found = _locked(improvement_id, by, DECIDE)
    if not note.strip() or len(note) > rules.LONGEST_TEXT:
        raise ImprovementRefused("Say why.", field="note")
    found.decision, found.decided_by, found.decided_at = note.strip(), by.label, now
    _to("accept" if accept else "reject", found, by, now, "decision", "decided_by", "decided_at")
    return found


@transaction.atomic(durable=True)
def take_up_again(improvement_id: int, *, by: Actor, now: datetime) -> Improvement:
    """What was rejected is proposed once more."""
    found = _locked(improvement_id, by, DECIDE)
    _to("take_up_again", found, by, now)
    return found


@transaction.atomic(durable=True)
def carry_out(improvement_id: int, *, done_at: datetime, by: Actor, now: datetime) -> Improvement:
    """It is done since `done_at`: from then on its effect is measured."""
    found = _locked(improvement_id, by, DECIDE)
    if done_at > now:
        raise ImprovementRefused("That is to come: say it once it is done.", field="done_at")
    found.done_at = done_at
    _to("carry_out", found, by, now, "done_at")
    return found


@transaction.atomic(durable=True)
def measure(
    improvement_id: int, *, measured: str, before: int | None, since: int | None, by: Actor, now: datetime
) -> Improvement:
    """Write down what it changed; `before` and `since` are cases per million payments, where it names cases.

    Raises ImprovementRefused within a week of its being done.
    """
    found = _locked(improvement_id, by, DECIDE)
    if found.done_at is not None and rules.too_early(found.done_at, now):
        raise ImprovementRefused("It is done for less than a week: measure it later.")
    if not measured.strip() or len(measured) > rules.LONGEST_TEXT:
        raise ImprovementRefused("Say what it changed.", field="measured")
    found.measured, found.measured_at = measured.strip(), now
    found.before, found.since = before, since
    _to("measure", found, by, now, "measured", "measured_at", "before", "since")
    return found


def _locked(improvement_id: int, by: Actor, right: str) -> Improvement:
    found = Improvement.objects.select_for_update().filter(pk=improvement_id).first()
    if found is None or not by.sees(found.market):
        raise ImprovementRefused("There is no such improvement in your markets.")
    by.needs(right, market=found.market)
    return found


def _to(way: str, found: Improvement, by: Actor, now: datetime, *fields: str) -> None:
    was, found.state = found.state, IMPROVEMENT.after(way, found.state)
    found.version += 1
    found.save(update_fields=[*fields, "state", "version"])
    _record(f"improvement.{found.state}", found, by, now, state=[was, found.state])


def _record(verb: str, found: Improvement, by: Actor, now: datetime, **changes: Any) -> None:
    audit.record(verb, subject=(SUBJECT, found.pk), by=by, at=now, market=found.market, changes=changes)
