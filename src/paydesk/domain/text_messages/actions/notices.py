"""Short notices by text message, for customers who want them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from paydesk.domain.cases.answering import OpenPlacesRefused, check_text
from paydesk.domain.cases.kept_text import redacted
from paydesk.domain.cases.models import Case, Message
from paydesk.domain.cases.placeholders import places_in, why_not_sent
from paydesk.domain.cases.rules import LEVELS, UNDO_SECONDS, Level
from paydesk.domain.cases.steps import IdentityRefused, keep, say
from paydesk.domain.text_messages import rules
from paydesk.domain.text_messages.models import NoticeWish
from paydesk.domain.text_messages.queries import wants_notices
from paydesk.domain.text_messages.steps import TextRefused, case_to_text, number_on_file, queue, record
from paydesk.kernel.actor import Actor

CHANNEL = "sms"


@transaction.atomic(durable=True)
def note_wish(case_id: int, *, wants: bool, by: Actor, now: datetime) -> Case:
    """The customer wants notices by text message, or no more of them; said by whoever is known by two facts.

    That they want none anybody may say. Raises TextRefused, IdentityRefused.
    """
    case = case_to_text(case_id, by)
    if wants and LEVELS[case.level] < Level.TWO_FACTS:
        raise IdentityRefused("Verify who asks by two facts first: notices tell about their account.")
    known = wants_notices(case)
    if (known is not None) == wants:
        return case
    if known is not None:
        known.delete()
    else:
        NoticeWish.objects.create(customer_id=case.customer_id, noted_by=by.label, noted_at=now)
    record("case.notices_wished", case, by, now, wants=[not wants, wants])
    return case


@transaction.atomic(durable=True)
def send_notice(
    case_id: int, *, phone_id: int, text: str, sent_key: str, version: int, by: Actor, now: datetime
) -> Message:
    """Answer in a text message to a number on file. It leaves after UNDO_SECONDS, till when it can be undone.

    It is stopped as an answer by mail is: by open places, by what whoever is talking may not hear, by a case
    that went on. The same `sent_key` sends once. Raises TextRefused, CapRefused, CaseRefused.
    """
    if known := Message.objects.filter(case_id=case_id, sent_key=sent_key).first():
        return known
    case = case_to_text(case_id, by, version=version)
    if wants_notices(case) is None:
        raise TextRefused("This customer did not say that they want text messages: ask them first.")
    number = number_on_file(case, phone_id)
    text = redacted(text).strip()
    if problem := rules.problem_with_notice(text):
        raise TextRefused(problem)
    if open_places := why_not_sent(text):
        raise OpenPlacesRefused(open_places, places=places_in(text))
    check_text(case, text, "phone", now)
    leaves_after = timedelta(seconds=UNDO_SECONDS)
    message = say(
        case, direction="out", channel=CHANNEL, author=by.label, text=text, delivery="queued",
        leaves_at=now + leaves_after, sent_key=sent_key, at=now,
    )  # fmt: skip
    queue(
        case, number, kind="notice", parts=rules.parts_of(text), message=message, after=leaves_after, by=by,
        now=now,
    )  # fmt: skip
    case.last_message_at = now
    keep(case, "last_message_at")
    record("case.answered", case, by, now, message_id=message.pk, channel=CHANNEL, facts=0)
    return message
