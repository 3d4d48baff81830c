"""Working a case: sorting it, proving who it is, waiting, promising, resolving, opening it again, closing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Literal

from django.db import transaction

from paydesk.domain.cases import categories, clocks, rules
from paydesk.domain.cases.at_work import FIELDS, end_waiting, go_on, may_go_on, open_again, start_waiting
from paydesk.domain.cases.documents import why_identity_does_not_count
from paydesk.domain.cases.identity import proven_on
from paydesk.domain.cases.models import Case, Commitment
from paydesk.domain.cases.nudging import nudge
from paydesk.domain.cases.queries import current_tree, knows_who, tree_of
from paydesk.domain.cases.resolvable import missing_of
from paydesk.domain.cases.states import CASE, WAITS_FOR
from paydesk.domain.cases.steps import RIGHT, CaseRefused, keep, locked, promise, record
from paydesk.domain.cases.texts import LANGUAGES
from paydesk.domain.cases.weighing import weigh
from paydesk.domain.parties.models import Customer
from paydesk.foundation.clocks.steps import (
    meet_clocks,
    start_clocks,
    stop_clocks,
)
from paydesk.foundation.outbox.steps import put
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

BATCH = 500


class NotReadyRefused(CaseRefused):
    """Something is missing before the case may be resolved; `missing` says what."""

    code = "case.not_ready"


@transaction.atomic(durable=True)
def sort_case(
    case_id: int,
    *,
    category: str | None = None,
    root_cause: str | None = None,
    money_outcome: str | None = None,
    severity: str | None = None,
    harms: Collection[str] | None = None,
    is_complaint: bool | None = None,
    party_role: str | None = None,
    customer_id: int | None = None,
    contact: str | None = None,
    language: str | None = None,
    amount: Money | Literal[""] | None = None,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Case:
    """Say what a case is about, why it happened, whose it is; None leaves a field as it is.

    `language` is the one in which they are answered. Without a person's `amount` ("") it is that of what the
    case is confirmed to be about, and without their `severity` ("") it follows from money, age and harm. A
    new case with a category is triaged. A complaint gets its clock from the day the case was opened; its mark
    comes off by two people (`ask_no_complaint`). Raises CaseRefused.
    """
    case = locked(case_id, by, version=version)
    number, tree = current_tree()
    wanted = {
        "category": category, "root_cause": root_cause, "money_outcome": money_outcome, "severity": severity,
        "harms": sorted(harms) if harms is not None else None, "is_complaint": is_complaint,
        "party_role": party_role, "customer_id": customer_id, "contact": contact,
        "language": language,
    }  # fmt: skip
    wanted = {name: value for name, value in wanted.items() if value is not None}
    wanted |= _said_by_hand(case, wanted.pop("severity", None), amount)
    _check_sorting(case, wanted, categories.leaves(tree))
    if case.is_complaint and wanted.get("is_complaint") is False:
        raise CaseRefused(
            "A complaint has a deadline: that it is none takes a reason and a second person. Ask for it under"
            " “No complaint”.",
            field="is_complaint",
        )
    was = {name: getattr(case, name) for name in wanted}
    for name, value in wanted.items():
        setattr(case, name, value)
    if case.category and case.category != was.get("category", case.category):
        case.category_version, case.checked = number, []
    changes = rules.changed(was, wanted)
    changes |= weigh(case, now)
    if not changes:
        return case
    if case.category and CASE.may("triage", case.state):
        case.state = CASE.after("triage", case.state)
    if {"contact", "customer_id", "party_role"} & set(changes):
        case.level, case.level_how = "unverified", ""  # somebody else is talking, so nothing is proved
    if case.is_complaint and "is_complaint" in changes:
        start_clocks(clocks.COMPLAINT, clocks.SUBJECT, {case.pk: case.opened_at}, market=case.market, now=now)
    keep(case, *{name.removesuffix("_id") for name in {*wanted, *changes}}, "category_version", "checked",
         "state", "level", "level_how")  # fmt: skip
    changes.pop("contact", None)  # no personal data in the trail
    record("case.sorted", case, by, now, **changes)
    return case


def _said_by_hand(case: Case, severity: object, amount: Money | Literal[""] | None) -> dict[str, object]:
    """What a person says of amount and severity, or that they say nothing any more (""), as fields."""
    found: dict[str, object] = {}
    if severity == "":
        found["severity_by_hand"] = False
    elif severity is not None and severity != case.severity:
        found |= {"severity": severity, "severity_by_hand": True}
    if amount == "":
        found["amount_by_hand"] = False
    elif amount is not None:
        if amount.amount_minor <= 0 or not amount.currency:
            raise CaseRefused("Say an amount above zero.", field="amount")
        found |= {"amount_minor": amount.amount_minor, "currency": amount.currency, "amount_by_hand": True}
    return found


def _check_sorting(case: Case, wanted: Mapping[str, object], known: dict[str, str]) -> None:
    choices: dict[str, Collection[object]] = {
        "category": known, "root_cause": categories.ROOT_CAUSES, "money_outcome": rules.MONEY_OUTCOMES,
        "severity": rules.SEVERITIES, "party_role": rules.PARTY_ROLES, "language": LANGUAGES,
    }  # fmt: skip
    for name, allowed in choices.items():
        taken_back = wanted.get(name) == "" and name not in ("severity", "party_role", "language")
        if name in wanted and wanted[name] not in allowed and not taken_back:
            raise CaseRefused(f"Choose the {name.replace('_', ' ')} from its list.", field=name)
    harms = wanted.get("harms")
    if isinstance(harms, list) and not set(harms) <= set(rules.HARMS):
        raise CaseRefused("Choose the harm from its list.", field="harms")
    customer = wanted.get("customer_id")
    if customer is not None and not Customer.objects.filter(pk=customer, market=case.market).exists():
        raise CaseRefused("This customer is not of the case's market.", field="customer")


@transaction.atomic(durable=True)
def tick(case_id: int, *, check: str, done: bool, by: Actor, now: datetime) -> Case:
    """Tick off a line of the checklist, or take the tick back."""
    case = locked(case_id, by)
    if check not in categories.checks_of(tree_of(case.category_version), case.category):
        raise CaseRefused("This is not on the checklist of the case's category.")
    if done == (check in case.checked):
        return case
    case.checked = [*case.checked, check] if done else [each for each in case.checked if each != check]
    keep(case, "checked")
    record("case.ticked", case, by, now, check=check, done=done)
    return case


@transaction.atomic(durable=True)
def verify(
    case_id: int,
    *,
    facts: Collection[str] = (),
    strong_way: str = "",
    channel: str = "",
    by: Actor,
    now: datetime,
) -> Case:
    """Write down how whoever is talking proved who they are, on `channel` or that of the case.

    Two facts open status and balance, a strong way also money and details. Raises CaseRefused.
    """
    case = locked(case_id, by)
    if not knows_who(case):
        raise CaseRefused("Say first which customer this is; then verify that it is them.")
    if case.party_role == "third_party":
        raise CaseRefused("A third person is not verified: they never hear of a debt.")
    level = rules.level_reached(facts, strong_way)
    if level == "unverified":
        raise CaseRefused("Two different facts are needed, and a name with a phone number is not enough.")
    if strong_way == "document" and (why := why_identity_does_not_count(case.pk, now.date())):
        raise CaseRefused(why)
    was, case.level = case.level, level
    ways = (
        [rules.STRONG_WAYS[strong_way]] if strong_way else [rules.FACTS_ASKED[fact] for fact in sorted(facts)]
    )
    case.level_how = ", ".join(ways)[:200]
    case.level_channel = proven_on(strong_way, channel or case.channel)
    case.asks_on = case.level_channel or case.asks_on  # what they ask for now, they ask for there
    keep(case, "level", "level_how", "level_channel", "asks_on")
    record(
        "case.verified",
        case,
        by,
        now,
        level=[was, level],
        channel=case.level_channel or "any",
        ways=[strong_way] if strong_way else sorted(facts),
    )
    return case


@transaction.atomic(durable=True)
def end_proof(case_id: int, *, by: Actor, now: datetime) -> Case:
    """Somebody calls about a case: what was proved on the phone or in person says nothing of who that is."""
    case = locked(case_id, by)
    if case.level == "unverified":
        return case
    was, case.asks_on = case.level, "phone"
    if case.level_channel in ("", "phone"):
        case.level, case.level_how, case.level_channel = "unverified", "", ""
    keep(case, "level", "level_how", "level_channel", "asks_on")
    record("case.proof_ended", case, by, now, level=[was, case.level])
    return case


@transaction.atomic(durable=True)
def take_up(case_id: int, *, by: Actor, now: datetime) -> Case:
    """Begin or go on with the work. What was waiting for the customer counts again."""
    case = locked(case_id, by)
    if case.state == "in_progress":
        return case
    was = case.state
    CASE.after("take_up", was)  # raises where it is over
    go_on(case, now, they_acted=True)
    keep(case, *FIELDS)
    record("case.taken_up", case, by, now, state=[was, case.state])
    return case


@transaction.atomic(durable=True)
def wait(case_id: int, *, waits_for: str, until: datetime | None = None, by: Actor, now: datetime) -> Case:
    """Nothing can be done before somebody else acts. Only waiting for the customer stops a clock; a provider
    and our own people get one of their own.

    While a message of the customer has no answer it does not: answer first. `until` wakes the case again;
    waiting for the customer ends at the latest when the longest pause is over. Raises CaseRefused.
    """
    case = locked(case_id, by)
    if waits_for not in WAITS_FOR:
        raise CaseRefused("Say for whom the case waits: choose from the list.")
    if until is not None and until <= now:
        raise CaseRefused("The time to look again is past already. Choose one that is to come.")
    if waits_for == "customer" and case.unanswered_since is not None:
        raise CaseRefused("The customer waits for us: answer them first, then wait for them.")
    was = case.state
    start_waiting(case, waits_for, until, by, now)
    keep(case, *FIELDS)
    record("case.waits", case, by, now, state=[was, case.state], waits_for=waits_for)
    return case


@transaction.atomic(durable=True)
def wake(*, by: Actor, now: datetime) -> int:
    """Bring cases back whose time to look again has come; returns how many.

    A customer who was waited for as long as a pause may last is reminded, once for each time of waiting.
    """
    found = Case.objects.select_for_update(of=("self",), skip_locked=True)
    number = 0
    for case in found.filter(state="waiting", wakes_at__lte=now).order_by("wakes_at")[:BATCH]:
        told = nudge(case, now) if case.nudges else None
        go_on(case, now)
        keep(case, *FIELDS)
        record("case.woke" if told is None else "case.nudged", case, by, now)
        number += 1
    return number


@transaction.atomic(durable=True)
def resolve(case_id: int, *, version: int | None = None, by: Actor, now: datetime) -> Case:
    """The trouble is over: sorted, answered, ticked off, and nothing that hangs on it is still open.

    Raises NotReadyRefused, which says what is missing.
    """
    case = locked(case_id, by, version=version)
    missing = missing_of(case, now)
    if missing:
        raise NotReadyRefused(
            " ".join(each.text for each in missing), missing=[each.field for each in missing]
        )
    end_waiting(case, now, they_acted=True)
    was, case.state = case.state, CASE.after("resolve", case.state)
    case.resolved_at, case.waits_for, case.wakes_at = now, "", None
    meet_clocks((*clocks.WHOLE, clocks.COMPLAINT), clocks.SUBJECT, [case.pk], at=now)
    for kind in (clocks.FIRST, clocks.NEXT, clocks.PERIODIC):  # only an answer that left meets these
        stop_clocks(kind, clocks.SUBJECT, [case.pk], why="it is solved", at=now)
    keep(case, "state", "waits_for", "wakes_at", "resolved_at")
    record("case.resolved", case, by, now, state=[was, case.state], root_cause=case.root_cause)
    put("case.resolved", {"case_id": case.pk})
    return case


@transaction.atomic(durable=True)
def reopen(case_id: int, *, by: Actor, now: datetime) -> Case:
    """It is not over after all: within the grace the clocks go on. The gap counts for a complaint alone."""
    case = locked(case_id, by)
    if case.state == "resolved" and not may_go_on(case, now):
        raise CaseRefused("It was resolved more than 48 hours ago: open a case that follows it.")
    was = case.state
    open_again(case, by, now)
    keep(case, "state", "resolved_at", "reopens")
    record("case.reopened", case, by, now, state=[was, case.state])
    return case


@transaction.atomic(durable=True)
def close_resolved(*, by: Actor, now: datetime) -> int:
    """Close what was resolved longer ago than the grace; a message after it opens a case that follows."""
    found = Case.objects.select_for_update(of=("self",), skip_locked=True)
    number = 0
    for case in found.filter(state="resolved", resolved_at__lt=now - rules.GRACE).order_by("resolved_at")[
        :BATCH
    ]:
        case.state, case.closed_at = CASE.after("close", case.state), now
        keep(case, "state", "closed_at")
        record("case.closed", case, by, now)
        number += 1
    return number


@transaction.atomic(durable=True)
def make_commitment(case_id: int, *, text: str, due_at: datetime, by: Actor, now: datetime) -> Commitment:
    """Promise the customer something by a time: it becomes a clock of its own."""
    case = locked(case_id, by)
    made = promise(case, text, due_at, by, now)
    keep(case)
    return made


@transaction.atomic(durable=True)
def keep_commitment(commitment_id: int, *, by: Actor, now: datetime) -> Commitment:
    """What was promised is done."""
    made = Commitment.objects.get(pk=commitment_id)
    case = locked(made.case_id, by, also_over=True)  # a promise outlives its case
    by.needs(RIGHT, market=case.market)
    if made.kept_at is not None:
        return made
    made.kept_at, made.kept_by = now, by.label
    made.save(update_fields=["kept_at", "kept_by"])
    meet_clocks(clocks.COMMITMENT, clocks.COMMITMENT, [made.pk], at=now)
    keep(case)
    record("case.promise_kept", case, by, now, commitment_id=made.pk)
    return made
