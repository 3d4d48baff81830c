"""Holds, blocks and limits: asked for, set by risk, lifted by a second person, ended, appealed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from paydesk.domain.cases.models import Case, CaseLink
from paydesk.domain.cases.steps import count_up
from paydesk.domain.parties.models import Customer
from paydesk.domain.risk import queries, rules
from paydesk.domain.risk.models import Enforcement
from paydesk.domain.risk.states import ENFORCEMENT
from paydesk.foundation.approvals.steps import refuse_if_related
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.refused import Refused

RESTRICT, LIFT = "risk.restrict", "risk.lift"
MOST_AT_ONCE = 500


class EnforcementRefused(Refused):
    """This cannot be done with this hold, block or limit."""

    code = "enforcement.refused"


@transaction.atomic(durable=True)
def enforce(
    *,
    market: str,
    party_kind: str,
    party: int | str,
    kind: str,
    scope: str,
    reason: str,
    note: str,
    expires_at: datetime,
    limit: Money | None = None,
    escalation_id: int | None = None,
    by: Actor,
    now: datetime,
) -> Enforcement:
    """Hold, block or limit a party until `expires_at`. Risk sets it at once; others ask risk for it.

    `party` is the id, or the digits of a payer's phone. Raises EnforcementRefused.
    """
    by.needs_to_ask(RESTRICT, market=market)
    problem = rules.problem_with_measure(
        party_kind=party_kind, kind=kind, scope=scope, reason=reason, note=note,
        limit_minor=limit.amount_minor if limit else None, currency=limit.currency if limit else "",
        expires_at=expires_at, now=now,
    )  # fmt: skip
    if problem:
        raise EnforcementRefused(problem)
    is_phone = party_kind == "payer_phone"
    if is_phone is not isinstance(party, str) or (is_phone and not str(party).isdigit()):
        raise EnforcementRefused("Name the party by its code, a phone by its number.")
    if party_kind == "customer":
        if not Customer.objects.filter(pk=party, market=market).exists():
            raise EnforcementRefused("There is no such customer in this market.")
        refuse_if_related(by, "customer", [int(party)])
    same = queries.live_on([(party_kind, party)])
    if any((each.kind, each.scope) == (kind, scope) for each in same):
        raise EnforcementRefused("The same is in force already: look at it, or lift it first.")
    made = Enforcement(
        market=market, party_kind=party_kind, party_id=None if is_phone else int(party),
        party_key=str(party) if is_phone else "", kind=kind, scope=scope, reason=reason, note=note.strip(),
        limit_minor=limit.amount_minor if limit else None, currency=limit.currency if limit else "",
        escalation_id=escalation_id, asked_by_id=by.id, asked_by=by.label, asked_at=now,
        expires_at=expires_at,
    )  # fmt: skip
    sets_it = by.may(RESTRICT)
    if sets_it:
        _set(made, by, now)
    made.save()
    _record("enforcement.set" if sets_it else "enforcement.asked", made, by, now,
            party_kind=party_kind, kind=kind, scope=scope, reason=reason)  # fmt: skip
    return made


@transaction.atomic(durable=True)
def set_enforcement(enforcement_id: int, *, by: Actor, now: datetime) -> Enforcement:
    """Risk puts into force what somebody asked for."""
    each = _locked(enforcement_id, by, RESTRICT)
    if each.expires_at <= now:
        raise EnforcementRefused("Its end has passed already: ask for it again.")
    _set(each, by, now)
    each.version += 1
    each.save()
    _record("enforcement.set", each, by, now, state=["asked", each.state])
    return each


@transaction.atomic(durable=True)
def refuse_enforcement(enforcement_id: int, *, reason: str, by: Actor, now: datetime) -> Enforcement:
    """Risk says no to what somebody asked for."""
    each = _locked(enforcement_id, by, RESTRICT)
    _end(each, "refuse", reason, by, now)
    return each


@transaction.atomic(durable=True)
def ask_to_lift(enforcement_id: int, *, reason: str, by: Actor, now: datetime) -> Enforcement:
    """Ask risk to lift it: the steps it took are done, or it hits the wrong one."""
    each = Enforcement.objects.select_for_update(of=("self",)).get(pk=enforcement_id)
    by.needs(f"{LIFT}:view", market=each.market)
    if not (by.may(f"{LIFT}:request") or by.may(f"{LIFT}:check")):
        by.needs(f"{LIFT}:request", market=each.market)
    _reason(reason, "why it can be lifted")
    if each.state != "active" or each.lift_asked_at is not None:
        raise EnforcementRefused("It is not in force, or somebody asked to lift it already.")
    each.lift_asked_by_id, each.lift_asked_by, each.lift_asked_at = by.id, by.label, now
    each.lift_reason = reason.strip()
    each.version += 1
    each.save()
    _record("enforcement.lift_asked", each, by, now)
    return each


@transaction.atomic(durable=True)
def lift(enforcement_id: int, *, reason: str = "", by: Actor, now: datetime) -> Enforcement:
    """A second person of risk lifts it: neither who set it, nor who asked. Raises EnforcementRefused."""
    each = _locked(enforcement_id, by, f"{LIFT}:check")
    _second_person(each, by)
    if by.id is not None and by.id == each.lift_asked_by_id:
        raise EnforcementRefused("You asked to lift it. Somebody else of risk does.")
    _end(each, "lift", reason or each.lift_reason, by, now)
    return each


@transaction.atomic(durable=True)
def appeal(enforcement_id: int, *, case_id: int, by: Actor, now: datetime) -> Enforcement:
    """Whoever it hits contests it in a case, which stays open until somebody else decides on it."""
    each = Enforcement.objects.select_for_update(of=("self",)).get(pk=enforcement_id)
    by.needs(f"{RESTRICT}:view", market=each.market)
    case = Case.objects.filter(pk=case_id, market=each.market).first()
    if each.state != "active" or each.appeal == "open":
        raise EnforcementRefused("It is not in force, or an appeal against it is open already.")
    if case is None or (each.party_kind == "customer" and case.customer_id != each.party_id):
        raise EnforcementRefused("Choose a case of the party it hits, in this market.")
    each.appeal, each.appeal_case_id, each.appeal_at = "open", case.pk, now
    each.appeal_note, each.appeal_decided_by, each.appeal_decided_at = "", "", None
    each.version += 1
    each.save()
    CaseLink.objects.get_or_create(
        case=case, kind="enforcement", object_id=each.pk,
        defaults={"state": "confirmed", "found_as": "appealed", "decided_by": by.label, "at": now},
    )  # fmt: skip
    count_up(case.pk)
    _record("enforcement.appealed", each, by, now, case_id=case.pk)
    return each


@transaction.atomic(durable=True)
def decide_appeal(enforcement_id: int, *, granted: bool, note: str, by: Actor, now: datetime) -> Enforcement:
    """Another person than the one who set it decides on an appeal; granted, it is lifted at once."""
    each = _locked(enforcement_id, by, f"{LIFT}:check")
    _second_person(each, by)
    if each.appeal != "open":
        raise EnforcementRefused("No appeal against it waits for a decision.")
    _reason(note, "why, in a sentence the case can repeat")
    each.appeal, each.appeal_note = "granted" if granted else "upheld", note.strip()
    each.appeal_decided_by, each.appeal_decided_at = by.label, now
    if granted and each.state == "active":
        each.state = ENFORCEMENT.after("lift", each.state)
        each.ended_by, each.ended_at = by.label, now
    each.version += 1
    each.save()
    if each.appeal_case_id is not None:
        count_up(each.appeal_case_id)
    _record("enforcement.appeal_decided", each, by, now, appeal=each.appeal, state=each.state)
    return each


@transaction.atomic(durable=True)
def expire_enforcement(*, by: Actor, now: datetime) -> int:
    """End what is over its day; returns how many. Each act asks for the day itself, so none stops longer."""
    found = Enforcement.objects.select_for_update(of=("self",), skip_locked=True)
    number = 0
    for each in found.filter(state="active", expires_at__lte=now).order_by("expires_at")[:MOST_AT_ONCE]:
        _end(each, "expire", "", by, now)
        number += 1
    return number


def _set(each: Enforcement, by: Actor, now: datetime) -> None:
    each.state = ENFORCEMENT.after("set", each.state)
    each.set_by_id, each.set_by, each.set_at = by.id, by.label, now


def _end(each: Enforcement, transition: str, reason: str, by: Actor, now: datetime) -> None:
    if transition != "expire":
        _reason(reason, "why")
    was, each.state = each.state, ENFORCEMENT.after(transition, each.state)
    each.ended_by, each.ended_at = by.label, now
    each.lift_reason = reason.strip() or each.lift_reason
    each.version += 1
    each.save()
    done = {"refuse": "refused", "lift": "lifted", "expire": "expired"}[transition]
    _record(f"enforcement.{done}", each, by, now, state=[was, each.state])


def _second_person(each: Enforcement, by: Actor) -> None:
    if by.id is not None and by.id == each.set_by_id:
        raise EnforcementRefused("You set it. Somebody else of risk lifts it.")


def _reason(text: str, what: str) -> None:
    if len(text.strip()) < 3:
        raise EnforcementRefused(f"Say {what}.")


def _locked(enforcement_id: int, by: Actor, right: str) -> Enforcement:
    each = Enforcement.objects.select_for_update(of=("self",)).filter(pk=enforcement_id).first()
    if each is None or not by.sees(each.market):
        raise EnforcementRefused("There is nothing like that in your markets.")
    by.needs(right, market=each.market)
    return each


def _record(verb: str, each: Enforcement, by: Actor, at: datetime, **changes: Any) -> None:
    audit.record(verb, subject=("enforcement", each.pk), by=by, at=at, market=each.market, changes=changes)
