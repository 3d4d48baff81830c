"""Calls: a telephone system announces one, an agent takes it; and what is said on one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from paydesk.domain.cases.actions import end_proof, open_case
from paydesk.domain.doors import rules
from paydesk.domain.doors.models import CallScript, Door, PhoneCall
from paydesk.domain.doors.queries import case_of_call, script_groups
from paydesk.domain.doors.steps import RIGHT, DoorRefused
from paydesk.foundation.assignments.actions import assign
from paydesk.foundation.assignments.queries import assignment_of
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people.queries import person_by_email
from paydesk.kernel.actor import Actor
from paydesk.kernel.phone_numbers import e164_digits

EVENTS = ("ringing", "answered", "ended")


@transaction.atomic(durable=True)
def announce_call(
    door: Door, *, call_id: str, event: str, number: str = "", agent: str = "", by: Actor, now: datetime
) -> PhoneCall:
    """A telephone system says that a call rings, was answered, or ended; in any order, as often as it likes.

    `number` is the caller's, "" where it is withheld; `agent` the e-mail address of whoever it rings for.
    The call is its own record: who took it stands in the trail. Raises DoorRefused.
    """
    del by  # the telephone system, named by its door
    if event not in EVENTS:
        raise DoorRefused(f"The event is one of {', '.join(EVENTS)}.")
    if not call_id or len(call_id) > 100:
        raise DoorRefused("The id of the call has between 1 and 100 letters.")
    digits = e164_digits(number, door.market) or "".join(each for each in number if each.isdigit())[:15]
    call, is_new = PhoneCall.objects.select_for_update().get_or_create(
        door=door,
        external_id=call_id,
        defaults={"market": door.market, "number": digits, "rang_at": now},
    )
    call.state = rules.call_after(call.state, event)
    call.number = call.number or digits
    if agent and (person := person_by_email(agent)) is not None:
        call.for_person_id = person.pk
    if event == "answered" and call.answered_at is None:
        call.answered_at = now
    if event == "ended" and call.ended_at is None:
        call.ended_at = now
    call.save(update_fields=["state", "number", "for_person_id", "answered_at", "ended_at"])
    if is_new or door.used_at is None or now - door.used_at > timedelta(minutes=1):
        Door.objects.filter(pk=door.pk).update(used_at=now)
    return call


def take_call(call_id: int, *, by: Actor, now: datetime) -> PhoneCall:
    """An agent takes a call: the open case of that number, or a new one, is in their hands.

    The number proves nothing: what was proved on the phone before is proved no more, and a customer who uses
    it is proposed as on any call. A case that nobody owns is theirs. Raises DoorRefused where somebody else
    was faster.
    """
    call = _claimed(call_id, by, now)
    if call.case_id is None:
        known = case_of_call(call, by)
        if known is not None:
            end_proof(known.pk, by=by, now=now)
        call.case = known or open_case(
            market=call.market,
            channel="phone",
            text="Called; what it is about is noted here.",
            contact=call.number,
            external_id=f"{call.door_id}.{call.external_id}",
            by=by,
            now=now,
        )
        call.save(update_fields=["case"])
    subject = ("case", call.case_id or 0)
    owned = assignment_of(subject)
    if by.id is not None and (owned is None or owned.owner_id is None):
        assign(subject, market=call.market, owner_id=by.id, by=by, now=now)
    return call


@transaction.atomic(durable=True)
def _claimed(call_id: int, by: Actor, now: datetime) -> PhoneCall:
    call = PhoneCall.objects.select_for_update().filter(pk=call_id).first()
    if call is None or not by.sees(call.market):
        raise DoorRefused("There is no such call in your markets.")
    by.needs("cases.work", market=call.market)
    if call.taken_by_id not in (None, by.id):
        raise DoorRefused("Somebody else has taken this call.")
    if call.taken_by_id is None:
        call.taken_by_id, call.taken_at = by.id, now
        call.save(update_fields=["taken_by_id", "taken_at"])
        audit.record(
            "call.taken", subject=("phone_call", call.pk), by=by, at=now, market=call.market, changes={}
        )
    return call


@transaction.atomic(durable=True)
def write_script(group: str, *, lines: Sequence[str], by: Actor, now: datetime) -> CallScript:
    """What is said on calls about a group of categories, "" for all others; a new version, the old are kept.

    Without lines the delivered script counts again. Raises DoorRefused.
    """
    by.needs(RIGHT)
    if group not in script_groups():
        raise DoorRefused("Choose the group of categories from its list.")
    said = [" ".join(line.split()) for line in lines if line.strip()]
    if len(said) > 20 or any(len(line) > 300 for line in said):
        raise DoorRefused("A script has up to 20 lines of up to 300 letters each.")
    newest = CallScript.objects.filter(category=group).order_by("-version").first()
    if newest is not None and newest.lines == said:
        return newest
    script = CallScript.objects.create(
        category=group, version=newest.version + 1 if newest else 1, lines=said, written_by=by.label,
        written_at=now,
    )  # fmt: skip
    audit.record(
        "call_script.written", subject=("call_script", script.pk), by=by, at=now,
        changes={"group": group, "version": script.version},
    )  # fmt: skip
    return script
