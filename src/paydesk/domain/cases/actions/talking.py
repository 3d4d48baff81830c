"""What we say: answers built from facts, calls, notes among us; each sent once, and what was read first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from paydesk.domain.cases import rules
from paydesk.domain.cases.actions.drafting import keep_draft
from paydesk.domain.cases.actions.opening import follow_up
from paydesk.domain.cases.answering import (
    OpenPlacesRefused,
    check_facts,
    check_text,
    files_along,
    files_back,
    wait_as_said,
)
from paydesk.domain.cases.at_work import FIELDS, go_on, may_go_on, open_again
from paydesk.domain.cases.kept_text import redacted
from paydesk.domain.cases.made_files import check_files
from paydesk.domain.cases.models import Case, Draft, Message
from paydesk.domain.cases.naming import name_in
from paydesk.domain.cases.placeholders import places_in, why_not_sent
from paydesk.domain.cases.queries import code
from paydesk.domain.cases.reached_by import channel_of_answer
from paydesk.domain.cases.states import OPEN
from paydesk.domain.cases.steps import (
    CaseRefused,
    answered,
    heard,
    keep,
    locked,
    locked_survivor,
    promise,
    propose_links,
    record,
    say,
)
from paydesk.domain.cases.undelivered import unanswer, waits_since
from paydesk.foundation.outbox.steps import put
from paydesk.kernel.actor import Actor
from paydesk.kernel.one_reading import one_reading

# Mail waits until nobody can take it back; a chat has it at once, and says when it was fetched.
DELIVERY_AT_FIRST = {"email": "queued", "chat": "sent"}


def reply(
    case_id: int,
    *,
    text: str,
    seen_facts: Mapping[str, str] | None = None,
    seen_at: datetime | None = None,
    sent_key: str,
    wait_hours: int | None = None,
    version: int,
    by: Actor,
    now: datetime,
) -> Message:
    """Answer the customer in writing. It leaves after UNDO_SECONDS, until when it can be taken back.

    `seen_facts` are the facts the writer put in, by name, with the values they read at `seen_at`; one that is
    otherwise by now, or that whoever writes may not hear, stops the answer, and so does a place of a ready
    text that nothing filled. Files the writer attached go along; one that was made here is asked again as
    facts are. With `wait_hours` the case waits for the customer once the answer left, and comes back after
    that. The same `sent_key` sends once.
    Raises StaleFactsRefused, CaseChangedRefused, CaseRefused.
    """
    with transaction.atomic(durable=True):
        if known := Message.objects.filter(case_id=case_id, sent_key=sent_key).first():
            return known
        case = locked(case_id, by, version=version)
        _may_answer(case)
        text = redacted(text)
        if problem := rules.problem_with_text(text, what="answer"):
            raise CaseRefused(problem)
        if open_places := why_not_sent(text):
            raise OpenPlacesRefused(open_places, places=places_in(text))
        channel = channel_of_answer(case, now)
        with one_reading():  # the case is locked and nothing written: all three ask for the same facts
            check_facts(case, dict(seen_facts or {}), seen_at, now, channel)
            check_text(case, text, channel, now)
            check_files(case, by, channel, now)
        message = say(
            case,
            direction="out",
            channel=channel,
            author=by.label,
            recipients=[case.contact] if case.contact else [],
            text=text,
            delivery=DELIVERY_AT_FIRST.get(channel, "delivered"),
            leaves_at=now + timedelta(seconds=rules.UNDO_SECONDS) if channel == "email" else None,
            sent_key=sent_key,
            facts=dict(seen_facts or {}),
            wait_hours=wait_hours,
            at=now,
        )
        files_along(message, by)
        Draft.objects.filter(case=case, person_id=by.id).delete()
        if message.delivery != "queued":
            answered(case, now)
        go_on(case, now)
        if message.delivery != "queued":
            wait_as_said(case, message, by, now)
        case.last_message_at = now
        keep(case, *FIELDS, "last_message_at", "unanswered_since", "first_answered_at")
        record(
            "case.answered", case, by, now, message_id=message.pk, channel=channel, facts=len(message.facts)
        )
        put("case.answer_queued", {"message_id": message.pk})
        return message


@transaction.atomic(durable=True)
def take_back(message_id: int, *, by: Actor, now: datetime) -> Message:
    """Stop an answer that has not left yet; its text is a draft again, before what was begun since.

    Where its case was merged meanwhile, the draft stands where that goes on. Raises CaseRefused once it left.
    """
    message = Message.objects.select_related("case").get(pk=message_id)
    case = locked(locked_survivor(message.case).pk, by)
    stopped = Message.objects.filter(
        pk=message_id, delivery="queued", author=by.label, attempts=0, leaves_at__gt=now
    )
    if not stopped.update(delivery="taken_back", leaves_at=None):
        raise CaseRefused("This answer has left already, or is not yours: write another one.")
    begun = Draft.objects.filter(case=case, person_id=by.id, is_note=False).values_list("text", flat=True)
    keep_draft(
        case,
        "\n\n".join([message.text, *begun]),
        is_note=False,
        seen=tuple(message.facts.items()),
        seen_at=message.at,
        by=by,
        now=now,
    )
    files_back(message, case, by, now)
    keep(case)
    record("case.answer_taken_back", case, by, now, message_id=message_id)
    message.refresh_from_db()
    return message


@transaction.atomic(durable=True)
def mark_sent(message_id: int, *, external_id: str, by: Actor, now: datetime) -> None:
    """A server took the answer: this is what meets the clocks, not pressing the button.

    Where its case was merged meanwhile, it answers where that goes on; what nobody answered waits on.
    """
    message = Message.objects.select_related("case").get(pk=message_id)
    case = locked_survivor(message.case)
    if not Message.objects.filter(pk=message_id, delivery="queued").update(
        delivery="sent", leaves_at=None, external_id=external_id
    ):
        return
    if message.is_automatic:
        record("case.acknowledged", case, by, now, message_id=message_id)
        return
    answered(case, now)
    if (since := waits_since(case)) is not None:
        heard(case, since, now)  # they wrote again before it left
    else:
        wait_as_said(case, message, by, now)
    keep(case, *FIELDS, "unanswered_since", "first_answered_at", "last_message_at")
    record("case.answer_sent", case, by, now, message_id=message_id)


@transaction.atomic(durable=True)
def mark_failed(message_id: int, *, why: str, by: Actor, now: datetime) -> None:
    """An answer could not be delivered, at once or by a bounce: it answered nobody, and its clock goes on.

    A case that was resolved meanwhile is opened again within its grace; after it a case follows.
    """
    message = Message.objects.select_related("case").get(pk=message_id)
    case = locked_survivor(message.case)
    changed = Message.objects.filter(pk=message_id, delivery__in=("queued", "sent")).update(
        delivery="failed", leaves_at=None, outcome=""
    )
    if not changed:
        return
    if not message.is_automatic and not may_go_on(case, now):
        case = follow_up(case, case.channel, now, by, now)
        case.unanswered_since = now
    elif not message.is_automatic and unanswer(case, message, now):
        if case.state == "resolved":
            open_again(case, by, now)
        go_on(case, now)
    say(
        case,
        direction="note",
        is_public=False,
        channel=message.channel,
        author=by.label,
        text=why[:2000],
        at=now,
    )
    keep(case, *FIELDS, "resolved_at", "reopens", "unanswered_since", "first_answered_at")
    record("case.answer_failed", case, by, now, message_id=message_id)


@transaction.atomic(durable=True)
def add_note(case_id: int, *, text: str, sent_key: str = "", by: Actor, now: datetime) -> Message:
    """Note something among us; it answers nobody and moves no clock. Who is named in it, "@Ama", is told."""
    if sent_key and (known := Message.objects.filter(case_id=case_id, sent_key=sent_key).first()):
        return known
    case = locked(case_id, by)
    text = redacted(text)
    if problem := rules.problem_with_text(text, what="note"):
        raise CaseRefused(problem)
    note = say(
        case,
        direction="note",
        is_public=False,
        channel=case.channel,
        author=by.label,
        text=text,
        sent_key=sent_key,
        at=now,
    )
    propose_links(case, text, by, now)
    named = name_in(note, case, by, now)
    Draft.objects.filter(case=case, person_id=by.id, is_note=True).delete()
    keep(case)
    told = {"named": named} if named else {}
    record("case.noted", case, by, now, message_id=note.pk, **told)
    return note


@transaction.atomic(durable=True)
def log_call(
    case_id: int,
    *,
    outcome: str,
    text: str,
    called_us: bool,
    call_back_at: datetime | None = None,
    called_at: datetime | None = None,
    sent_key: str = "",
    by: Actor,
    now: datetime,
) -> Message:
    """Write down a call. One that was answered is an answer; a try that was not is none.

    A call of theirs is an act of theirs: what waited or was resolved goes on, and where nobody answered it
    waits for us since `called_at`. `call_back_at` is promised to them: it becomes a clock.
    """
    if sent_key and (known := Message.objects.filter(case_id=case_id, sent_key=sent_key).first()):
        return known
    case = locked(case_id, by)
    if outcome not in rules.CALL_OUTCOMES:
        raise CaseRefused("Choose how the call ended.")
    text = redacted(text)
    if outcome == "answered" and (problem := rules.problem_with_text(text, what="note of the call")):
        raise CaseRefused(problem)
    theirs = called_us and outcome not in rules.NOT_THEM
    at = min(called_at or now, now)
    call = say(
        case,
        direction="in" if called_us else "out",
        channel="phone",
        author=by.label,
        sender=case.contact if called_us else "",
        recipients=[] if called_us else [case.contact],
        text=text or (rules.THEY_CALLED if theirs else rules.CALL_OUTCOMES)[outcome],
        outcome=outcome,
        is_public=theirs or outcome == "answered",
        sent_key=sent_key,
        at=at,
    )
    case.last_message_at = now
    if theirs and case.state == "resolved":
        open_again(case, by, now)
    if theirs or outcome == "answered":
        case.asks_on = "phone"
        go_on(case, now)
    if outcome == "answered":
        answered(case, now)
    elif theirs:
        heard(case, at, now)
    propose_links(case, text, by, now)
    keep(case, *FIELDS, "resolved_at", "reopens", "last_message_at", "unanswered_since", "first_answered_at",
         "asks_on")  # fmt: skip
    record("case.called", case, by, now, message_id=call.pk, outcome=outcome, called_us=called_us)
    if call_back_at is not None:
        promise(case, "Call back", call_back_at, by, now)
    return call


def _may_answer(case: Case) -> None:
    if case.state not in OPEN:
        raise CaseRefused(f"{code(case)} is {case.state}: reopen it before you answer.")
    if not case.contact and case.channel != "chat":
        raise CaseRefused("No address is known of whoever wrote. Add one, or log a call.")
    if "@" not in case.contact and case.channel != "chat":
        raise CaseRefused("They reached us by phone: call them and log the call, or add an e-mail address.")
