"""A case or payment goes to risk, legal or a regulator: raised, acknowledged, decided; who may see it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from paydesk.domain.cases.documents import missing_before
from paydesk.domain.cases.models import Case, CaseLink, Commitment
from paydesk.domain.cases.steps import count_up
from paydesk.domain.cases.steps import locked as locked_case
from paydesk.domain.risk import clocks, queries, rules
from paydesk.domain.risk.models import Escalation
from paydesk.domain.risk.states import ESCALATION
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.clocks.steps import give_due, locked_clock, meet_clocks, reopen_clocks, start_clocks
from paydesk.foundation.people import restricted
from paydesk.foundation.people.models import Person
from paydesk.foundation.people.restricted import RestrictedRefused
from paydesk.foundation.people.restricted_models import RestrictedView
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused

RAISE, DECIDE = "risk.escalate", "risk.decide"
SUBJECTS = ("case", "payment")
URGENT = "What is urgent goes at once: then choose Urgent, and the documents follow."


class EscalationRefused(Refused):
    """This cannot be done with this escalation."""

    code = "escalation.refused"


@transaction.atomic(durable=True)
def escalate(
    subject: tuple[str, int],
    *,
    market: str,
    kind: str,
    severity: str,
    reason: str,
    owner_id: int,
    is_restricted: bool = False,
    by: Actor,
    now: datetime,
) -> Escalation:
    """Hand a case or a payment to somebody in risk, who has to say that they have it, and then decide.

    The screen sees to it that a payment is there to be seen. Restricted, a case is seen from then on by the
    owner and whoever they name, also not by the one who escalates. What goes to risk has the documents its
    category asks for, save what is urgent: money that is leaving does not wait for paper.
    Raises EscalationRefused.
    """
    by.needs(RAISE, market=market)
    subject_kind, number = subject
    if subject_kind not in SUBJECTS or kind not in rules.KINDS or severity not in rules.SEVERITIES:
        raise EscalationRefused("Choose what is escalated, to whom and how severe it is from their lists.")
    if len(reason.strip()) < 10:
        raise EscalationRefused("Say in a sentence what is feared and why: whoever decides starts from it.")
    if is_restricted and subject_kind != "case":
        raise EscalationRefused("A case can be restricted; a payment has to stay seen, for money moves on.")
    case = locked_case(number, by, also_over=True) if subject_kind == "case" else None
    if case is not None and case.market != market:
        raise EscalationRefused("The case is of another market.")
    wants_papers = case is not None and kind == "risk" and severity != "urgent"
    if case is not None and wants_papers and (missing := missing_before("risk", case, now.date())):
        raise EscalationRefused(" ".join([*missing.values(), URGENT]), missing=list(missing))
    owner = next((each for each in queries.deciders(market) if each.pk == owner_id), None)
    if owner is None:
        raise EscalationRefused("Choose an owner who decides escalations in this market.")
    try:
        with transaction.atomic():
            made = Escalation.objects.create(
                market=market, subject_kind=subject_kind, subject_id=number, kind=kind, severity=severity,
                reason=reason.strip(), owner=owner, raised_by_id=by.id, raised_by=by.label, raised_at=now,
            )  # fmt: skip
    except IntegrityError:
        raise EscalationRefused(
            "It is escalated there already and not decided: look at that first."
        ) from None
    _start_clocks(made, now)
    if case is not None:
        CaseLink.objects.create(
            case=case, kind="escalation", object_id=made.pk, state="confirmed", found_as="escalated",
            decided_by=by.label, at=now,
        )  # fmt: skip
        count_up(case.pk)
        restricted.cover_along(("case", case.pk), [("escalation", made.pk)])
    _record("escalation.raised", made, by, now, about=[subject_kind, number], kind=kind, severity=severity,
            owner_id=owner.pk)  # fmt: skip
    if is_restricted:
        _restrict(made, [owner.pk], by, now)
    return made


def _start_clocks(made: Escalation, now: datetime) -> None:
    due = rules.DUE_BY_SEVERITY[made.severity]
    kinds = [clocks.ACKNOWLEDGE, clocks.DECIDE]
    start_clocks(kinds, clocks.SUBJECT, {made.pk: now}, market=made.market, now=now)
    for place, kind in enumerate(kinds):
        if due is not None:
            clock = Clock.objects.get(subject_kind=clocks.SUBJECT, subject_id=made.pk, kind=kind, ended_as="")
            give_due(locked_clock(clock.pk), now + due[place], now)


@transaction.atomic(durable=True)
def acknowledge(escalation_id: int, *, by: Actor, now: datetime) -> Escalation:
    """Somebody who decides says that they have it; they own it from now on."""
    each = _locked(escalation_id, by)
    if each.state == "acknowledged":
        return each
    was, each.state = each.state, ESCALATION.after("acknowledge", each.state)
    each.acknowledged_by, each.acknowledged_at = by.label, now
    if by.id is not None:
        each.owner_id = by.id
    _keep(each, "state", "acknowledged_by", "acknowledged_at", "owner")
    meet_clocks(clocks.ACKNOWLEDGE, clocks.SUBJECT, [each.pk], at=now)
    _record("escalation.acknowledged", each, by, now, state=[was, each.state])
    return each


@transaction.atomic(durable=True)
def decide(
    escalation_id: int,
    *,
    decision: str,
    note: str,
    document_ids: Collection[int] = (),
    by: Actor,
    now: datetime,
) -> Escalation:
    """Write down what was decided, on what evidence; not by whoever raised it. Raises EscalationRefused."""
    each = _locked(escalation_id, by)
    if by.id is not None and by.id == each.raised_by_id:
        raise EscalationRefused("You raised it. Somebody else decides.")
    if decision not in rules.DECISIONS:
        raise EscalationRefused("Choose the decision from the list.")
    if len(note.strip()) < 10:
        raise EscalationRefused("Say in a sentence why, and on what evidence.")
    was, each.state = each.state, ESCALATION.after("decide", each.state)
    if each.acknowledged_at is None:
        each.acknowledged_by, each.acknowledged_at = by.label, now
    each.decision, each.decision_note, each.document_ids = decision, note.strip(), sorted(set(document_ids))
    each.decided_by, each.decided_at = by.label, now
    _keep(each, "state", "acknowledged_by", "acknowledged_at", "decision", "decision_note", "document_ids",
          "decided_by", "decided_at")  # fmt: skip
    meet_clocks((clocks.ACKNOWLEDGE, clocks.DECIDE), clocks.SUBJECT, [each.pk], at=now)
    _record("escalation.decided", each, by, now, state=[was, each.state], decision=decision,
            documents=each.document_ids)  # fmt: skip
    return each


@transaction.atomic(durable=True)
def reopen(escalation_id: int, *, reason: str, by: Actor, now: datetime) -> Escalation:
    """It is not over after all; what was decided stays in the trail."""
    each = _locked(escalation_id, by)
    if len(reason.strip()) < 3:
        raise EscalationRefused("Say why it is looked at again.")
    was, each.state = each.state, ESCALATION.after("reopen", each.state)
    before, each.decision, each.decided_by, each.decided_at = each.decision, "", "", None
    each.reason = f"{each.reason}\n\nOpened again: {reason.strip()}"
    _keep(each, "state", "decision", "decided_by", "decided_at", "reason")
    reopen_clocks(clocks.SUBJECT, [each.pk], by=by, at=now, kind=clocks.DECIDE)
    _record("escalation.reopened", each, by, now, state=[was, each.state], decision=[before, ""])
    return each


@transaction.atomic(durable=True)
def restrict_view(escalation_id: int, *, named: Collection[int] = (), by: Actor, now: datetime) -> Escalation:
    """From now on only the owner, whoever does this and the people named see the case and its escalation."""
    each = _locked(escalation_id, by)
    if each.subject_kind != "case":
        raise EscalationRefused("A case can be restricted; a payment has to stay seen, for money moves on.")
    _restrict(each, [each.owner_id, *named, *([by.id] if by.id is not None else [])], by, now)
    return each


def _restrict(each: Escalation, named: Collection[int], by: Actor, now: datetime) -> None:
    promised = Commitment.objects.filter(case_id=each.subject_id).values_list("pk", flat=True)
    about = Escalation.objects.filter(subject_kind="case", subject_id=each.subject_id)
    about.update(is_restricted=True)
    along = [
        *(("escalation", pk) for pk in about.values_list("pk", flat=True)),
        *(("commitment", pk) for pk in promised),
    ]
    restricted.begin(
        ("case", each.subject_id), market=each.market, along=along, named=set(named), by=by, at=now
    )
    each.is_restricted = True
    _record("escalation.restricted", each, by, now, named=sorted(set(named)))


@transaction.atomic(durable=True)
def name_person(escalation_id: int, person_id: int, *, reason: str, by: Actor, now: datetime) -> None:
    """Let one more person see it. Whoever is named does; where none of them works here now, risk does."""
    each, view = _named_for(escalation_id, by)
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    if person is None or not person.actor().sees(each.market):
        raise EscalationRefused("Choose somebody who works in this market.")
    if len(reason.strip()) < 3:
        raise EscalationRefused("Say why they have to see it.")
    restricted.name_people(view, [person_id], by=by, at=now)
    _record("escalation.person_named", each, by, now, person_id=person_id)


@transaction.atomic(durable=True)
def unname_person(escalation_id: int, person_id: int, *, by: Actor, now: datetime) -> None:
    """This person does not see it any more; somebody always does."""
    each, view = _named_for(escalation_id, by)
    others = [person for person in restricted.named_people(view) if person.pk != person_id]
    if not any(person.is_active for person in others):
        raise EscalationRefused("Name somebody else first: nobody would see it.")
    restricted.unname(view, person_id)
    _record("escalation.person_unnamed", each, by, now, person_id=person_id)


@transaction.atomic(durable=True)
def end_restriction(escalation_id: int, *, reason: str, by: Actor, now: datetime) -> Escalation:
    """Everybody whose role allows it sees the case again."""
    each, view = _named_for(escalation_id, by)
    if len(reason.strip()) < 3:
        raise EscalationRefused("Say why everybody may see it again.")
    restricted.end(view, by=by, at=now)
    about = Escalation.objects.filter(subject_kind=each.subject_kind, subject_id=each.subject_id)
    about.update(is_restricted=False)
    each.is_restricted = False
    _record("escalation.opened_to_all", each, by, now)
    return each


@transaction.atomic(durable=True)
def note_look(case_id: int, *, by: Actor, now: datetime) -> None:
    """Somebody opens a restricted case: the trail has it. Nothing is written for any other case."""
    restricted.looked_at(by, "case", case_id, now)


def _named_for(escalation_id: int, by: Actor) -> tuple[Escalation, RestrictedView]:
    """The escalation and its view, for somebody who is named, or for risk where nobody named is left."""
    each = Escalation.objects.select_for_update(of=("self",)).get(pk=escalation_id)
    by.needs(DECIDE, market=each.market)
    view = restricted.view_of(each.subject_kind, each.subject_id)
    if view is None:
        raise EscalationRefused("This case is not restricted: everybody of its market sees it.")
    if not restricted.may_read(by, "escalation", each.pk) and any(
        person.is_active for person in restricted.named_people(view)
    ):
        raise RestrictedRefused
    return each, view


def _locked(escalation_id: int, by: Actor) -> Escalation:
    """The escalation, locked, for somebody who decides. Raises EscalationRefused, RestrictedRefused."""
    each = Escalation.objects.select_for_update(of=("self",)).filter(pk=escalation_id).first()
    if each is None or not by.sees(each.market):
        raise EscalationRefused("There is no such escalation in your markets.")
    by.needs(DECIDE, market=each.market)
    restricted.refuse_if_restricted(by, "escalation", each.pk)
    return each


def _keep(each: Escalation, *fields: str) -> None:
    each.version += 1
    each.save(update_fields=[*fields, "version"])
    if each.subject_kind == "case" and Case.objects.filter(pk=each.subject_id).exists():
        count_up(each.subject_id)


def _record(verb: str, each: Escalation, by: Actor, at: datetime, **changes: Any) -> None:
    audit.record(verb, subject=("escalation", each.pk), by=by, at=at, market=each.market, changes=changes)
