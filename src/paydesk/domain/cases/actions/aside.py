"""Asking somebody aside about a case: opening, writing, hearing, closing; each conversation has its clock."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from paydesk.domain.cases import rules, side_rules
from paydesk.domain.cases.at_work import FIELDS, go_on
from paydesk.domain.cases.kept_text import redacted
from paydesk.domain.cases.models import Case, SideMessage, SideTalk
from paydesk.domain.cases.side_queries import SUBJECT, code
from paydesk.domain.cases.side_rules import SIDE
from paydesk.domain.cases.states import OPEN
from paydesk.domain.cases.steps import CaseRefused, count_up, keep, locked, record
from paydesk.foundation.clocks.steps import meet_clocks, start_clocks, stop_clocks
from paydesk.foundation.outbox.steps import put
from paydesk.foundation.people.queries import person_by_id
from paydesk.kernel.actor import Actor

MOST_NAMED = 10


@transaction.atomic(durable=True)
def open_side(
    case_id: int,
    *,
    with_whom: str,
    subject: str,
    text: str,
    address: str = "",
    asked_ids: Collection[int] = (),
    sent_key: str = "",
    by: Actor,
    now: datetime,
) -> SideTalk:
    """Ask somebody who is not the customer: by mail where an address is given, else people of the desk.

    Among us it goes to those who are named, or to everybody of the role where nobody is. A clock runs until
    they answer. The same `sent_key` asks once. Raises CaseRefused.
    """
    if sent_key and (known := SideMessage.objects.filter(side__case_id=case_id, sent_key=sent_key).first()):
        return known.side
    case = locked(case_id, by)
    if case.state not in OPEN:
        raise CaseRefused(f"This case is {case.state}: open it again to ask somebody.")
    address, named = address.strip(), sorted(set(asked_ids))
    role = "" if named or address else side_rules.ROLE_OF.get(with_whom, "")
    if problem := side_rules.problem_with(with_whom, address, named, role):
        raise CaseRefused(problem)
    _check_hearers(case, address, named)
    subject = " ".join(redacted(subject).split())[:200]
    side = SideTalk.objects.create(
        case=case, market=case.market, with_whom=with_whom, subject=subject or case.subject[:200],
        address=address, asked_ids=named, asked_role=role, opened_by_id=by.id, opened_by=by.label,
        opened_at=now,
    )  # fmt: skip
    _write(side, text, sent_key, by, now)
    start_clocks(side_rules.clock_of(with_whom), SUBJECT, {side.pk: now}, market=case.market, now=now)
    keep(case)
    record("case.asked_aside", case, by, now, side_id=side.pk, with_whom=with_whom, by_mail=bool(address))
    return side


@transaction.atomic(durable=True)
def say_aside(side_id: int, *, text: str, sent_key: str = "", by: Actor, now: datetime) -> SideMessage:
    """Write in a side conversation. Whoever was asked among us answers by it; anybody else asks again.

    An answer meets the clock, a further question starts it anew. Raises CaseRefused.
    """
    if sent_key and (known := SideMessage.objects.filter(side_id=side_id, sent_key=sent_key).first()):
        return known
    side = _locked(side_id, by)
    answers = not side.address and by.id != side.opened_by_id
    message = _write(side, text, sent_key, by, now, direction="in" if answers else "out")
    if answers:
        _answered(side, by, now)
    else:
        if side.state == "answered":
            start_clocks(
                side_rules.clock_of(side.with_whom), SUBJECT, {side.pk: now}, market=side.market, now=now
            )
        _move(side, "ask_again")
    count_up(side.case_id)
    record("case.said_aside", side.case, by, now, side_id=side.pk, answers=answers)
    return message


@transaction.atomic(durable=True)
def hear_aside(
    side_id: int,
    *,
    text: str,
    sender: str,
    external_id: str,
    is_machine: bool = False,
    document_id: int | None = None,
    received_at: datetime,
    by: Actor,
    now: datetime,
) -> SideMessage:
    """A mail came back to the address of a side conversation; it is never shown to the customer.

    From whoever was asked it is an answer; from anybody else, or from a machine, it is noted and meets no
    clock. The same `external_id` is one message.
    """
    if known := SideMessage.objects.filter(external_id=external_id).first():
        return known
    side = SideTalk.objects.select_for_update(of=("self",)).get(pk=side_id)
    theirs = side_rules.is_theirs(sender, side.address) and not is_machine
    message = SideMessage.objects.create(
        side=side, direction="in" if theirs else "note", sender=sender[:254], external_id=external_id,
        text=redacted(text)[: rules.LONGEST_TEXT], document_id=document_id,
        at=min(received_at, now),
    )  # fmt: skip
    if theirs and side.state != "closed":
        _answered(side, by, message.at)
    count_up(side.case_id)
    record("case.heard_aside", side.case, by, now, side_id=side.pk, is_theirs=theirs)
    return message


@transaction.atomic(durable=True)
def close_side(side_id: int, *, by: Actor, now: datetime) -> SideTalk:
    """Nothing more is asked there: its clock ends, the case may be resolved. Closing twice closes once."""
    side = _locked(side_id, by)
    if side.state == "closed":
        return side
    was = side.state
    side.closed_at = now
    _move(side, "close", "closed_at")
    stop_clocks(side_rules.clock_of(side.with_whom), SUBJECT, [side.pk], why="closed", at=now)
    count_up(side.case_id)
    record("case.side_closed", side.case, by, now, side_id=side.pk, state=[was, side.state])
    return side


@transaction.atomic(durable=True)
def mark_side_sent(message_id: int, *, external_id: str, why: str = "", by: Actor, now: datetime) -> None:
    """A server took the question, or refused it with `why`; a refusal is noted in the conversation."""
    message = SideMessage.objects.select_related("side__case").get(pk=message_id)
    delivery = "failed" if why else "sent"
    waiting = SideMessage.objects.filter(pk=message_id, delivery__in=("queued", "sent"))
    if not waiting.update(delivery=delivery, leaves_at=None, external_id=external_id):
        return
    if why:
        SideMessage.objects.create(side=message.side, direction="note", author=by.label, text=why, at=now)
        count_up(message.side.case_id)
    record(f"case.side_{delivery}", message.side.case, by, now, side_id=message.side_id)


def _locked(side_id: int, by: Actor) -> SideTalk:
    side = SideTalk.objects.select_for_update(of=("self",)).filter(pk=side_id).first()
    if side is None:
        raise CaseRefused("There is no such side conversation.")
    locked(side.case_id, by)
    return side


def _check_hearers(case: Case, address: str, named: Collection[int]) -> None:
    if len(named) > MOST_NAMED:
        raise CaseRefused(f"Name up to {MOST_NAMED} people.")
    if address:
        try:
            validate_email(address)
        except ValidationError:
            raise CaseRefused(f"{address} is no e-mail address.") from None
        if address.casefold() == case.contact.casefold():
            raise CaseRefused("This is the address of the customer: answer them in the case itself.")
    for number in named:
        person = person_by_id(number)
        if person is None or not person.actor().sees(case.market) or not person.actor().may("cases.work"):
            raise CaseRefused("Somebody named here does not work on cases of this market.")


def _write(
    side: SideTalk, text: str, sent_key: str, by: Actor, now: datetime, direction: str = "out"
) -> SideMessage:
    text = redacted(text)
    if problem := rules.problem_with_text(text):
        raise CaseRefused(problem)
    if side.state == "closed":
        raise CaseRefused(f"{code(side)} is closed: ask anew.")
    message = SideMessage.objects.create(
        side=side, direction=direction, author=by.label, text=text, sent_key=sent_key,
        delivery="queued" if side.address else "",
        leaves_at=now + timedelta(seconds=rules.UNDO_SECONDS) if side.address else None, at=now,
    )  # fmt: skip
    put("case.side_said", {"side_id": side.pk, "message_id": message.pk})
    return message


def _answered(side: SideTalk, by: Actor, at: datetime) -> None:
    """They answered: their clock is met, and a case that waited for them goes on."""
    side.answered_at = at
    _move(side, "answer", "answered_at")
    meet_clocks(side_rules.clock_of(side.with_whom), SUBJECT, [side.pk], at=at)
    case = Case.objects.select_for_update(of=("self",)).get(pk=side.case_id)
    waited = side_rules.CLOCK_OF_WAITING.get(case.waits_for)
    if case.state == "waiting" and waited == side_rules.clock_of(side.with_whom):
        go_on(case, at, they_acted=True)
        keep(case, *FIELDS)
        record("case.woke", case, by, at, side_id=side.pk)


def _move(side: SideTalk, transition: str, *fields: str) -> None:
    side.state = SIDE.after(transition, side.state)
    side.version += 1
    side.save(update_fields=["state", "version", *fields])
