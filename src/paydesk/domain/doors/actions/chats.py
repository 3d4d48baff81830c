"""Chats: a visitor begins one, says something, proves who they are; what was said is the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import constant_time_compare

from paydesk.domain.cases.actions import link, open_case, receive_message, sort_case, verify
from paydesk.domain.cases.keeping_files import CameAlong
from paydesk.domain.cases.models import Case, Message
from paydesk.domain.cases.queries import survivor_of
from paydesk.domain.cases.steps import locked, record
from paydesk.domain.doors import rules
from paydesk.domain.doors.addresses import digest_of, digest_of_code, new_code, new_secret
from paydesk.domain.doors.asks import proof_of
from paydesk.domain.doors.models import Chat, Door, ProofTry
from paydesk.domain.doors.queries import tries_of
from paydesk.domain.doors.steps import DoorRefused, expect_code
from paydesk.kernel.actor import Actor
from paydesk.kernel.phone_numbers import e164_digits

SEEN_EVERY = timedelta(seconds=10)


@transaction.atomic(durable=True)
def begin_chat(door: Door, *, language: str, by: Actor, now: datetime) -> tuple[Chat, str]:
    """A visitor opened the widget: (chat, the secret their browser keeps). Nothing is a case yet.

    Writes no audit record: nobody said anything.
    """
    del by  # a visitor: nobody knows who
    secret = new_secret()
    chat = Chat.objects.create(
        door=door,
        secret_digest=digest_of(secret),
        language=language if language in rules.LANGUAGES else door.language,
        started_at=now,
        seen_at=now,
    )
    return chat, secret


def say_in_chat(
    chat: Chat,
    *,
    client_key: str,
    text: str,
    name: str = "",
    contact: str = "",
    files: Sequence[CameAlong] = (),
    by: Actor,
    now: datetime,
) -> Message:
    """The visitor says something; the first of it opens the case. The same `client_key` is one message.

    Card numbers are taken out before anything is kept. `files` come with it, unless it opens the case
    (`chat_files` puts them beside it then). Raises CaseRefused, DoorRefused.
    """
    if not text.strip() or len(text) > rules.LONGEST_CHAT_MESSAGE:
        raise DoorRefused(f"A message has between 1 and {rules.LONGEST_CHAT_MESSAGE:,} letters.")
    external_id = f"{chat.pk}.{client_key}"
    if chat.case_id is None:
        case = _begun(chat.pk, text, name, contact, external_id, by, now)
        known = Message.objects.filter(case=case, channel="chat", external_id=external_id).first()
        if known is not None:
            return known
        chat.case = case
    assert chat.case is not None, "the first message opens the case"
    message = receive_message(
        chat.case.pk, channel="chat", text=text, sender=chat.case.contact, external_id=external_id,
        files=files, by=by, now=now,
    )  # fmt: skip
    Chat.objects.filter(pk=chat.pk).update(seen_at=now, typing_at=None, case=message.case_id)
    return message


def _begun(
    chat_id: int, text: str, name: str, contact: str, external_id: str, by: Actor, now: datetime
) -> Case:
    door = Door.objects.get(chats__pk=chat_id)
    contact = contact.strip()
    case = open_case(
        market=door.market,
        channel="chat",
        text=text,
        contact=contact.lower() if "@" in contact else e164_digits(contact, door.market) or "",
        contact_name=name,
        language=Chat.objects.values_list("language", flat=True).get(pk=chat_id),
        external_id=external_id,
        by=by,
        now=now,
    )
    Chat.objects.filter(pk=chat_id, case=None).update(case=case, seen_at=now)
    return case


@transaction.atomic(durable=True)
def note_presence(chat: Chat, *, is_typing: bool, by: Actor, now: datetime) -> None:
    """The visitor's browser asked for news: they are there, and perhaps write. No audit record."""
    del by  # a visitor: nobody knows who
    if is_typing or now - chat.seen_at > SEEN_EVERY:
        Chat.objects.filter(pk=chat.pk).update(
            seen_at=now, **({"typing_at": now} if is_typing else {})
        )  # fmt: skip


@transaction.atomic(durable=True)
def note_delivered(chat: Chat, message_ids: Sequence[int], *, by: Actor, now: datetime) -> int:
    """The visitor's browser has these answers now; returns how many it had not before. No audit record."""
    del by, now  # when it was sent stands in the message
    if not message_ids or chat.case_id is None:
        return 0
    ours = Message.objects.filter(pk__in=message_ids, channel="chat", direction="out", delivery="sent")
    return ours.update(delivery="delivered")


def prove(chat: Chat, answers: Mapping[str, str], *, by: Actor, now: datetime) -> Case:
    """The visitor answers two questions that the ledger can check; right, their case knows who they are.

    Wrong answers are counted, for this chat and for the customer they are about; what was wrong is not said.
    Raises DoorRefused.
    """
    if chat.case is None:
        raise DoorRefused("Say first what it is about.")
    case = _going_on(chat.case)
    given = {name: answers[name].strip() for name in rules.ASKED_IN_CHAT if answers.get(name, "").strip()}
    if len(given) < 2:
        raise DoorRefused("Two different answers are needed.")
    found = proof_of(given, case.market, by)
    held = found.customer_id is not None and rules.proved(found.held, found.failed)
    held = held and case.customer_id in (None, found.customer_id)
    _count_try(chat, found.customer_id, held, by=by, now=now)
    if not held or found.customer_id is None:
        raise DoorRefused("These answers do not fit together. Look at them again.")
    sort_case(case.pk, customer_id=found.customer_id, party_role="customer", by=by, now=now)
    for kind, number in found.links:
        link(case.pk, kind=kind, object_id=number, found_as="named to prove who they are", by=by, now=now)
    return verify(case.pk, facts=sorted(found.held), channel="chat", by=by, now=now)


def _going_on(case: Case) -> Case:
    """The case that a chat goes on in. Once closed nothing is proved in it: their next word opens another."""
    case = survivor_of(case)
    if case.state == "closed":
        raise DoorRefused("This conversation is over. Say first what it is about now.")
    return case


@transaction.atomic(durable=True)
def _count_try(chat: Chat, customer_id: int | None, held: bool, *, by: Actor, now: datetime) -> None:
    Chat.objects.select_for_update().get(pk=chat.pk)  # two tries at once are two
    if why := rules.why_no_more_tries(*tries_of(chat, customer_id, now)):
        raise DoorRefused(why, code="door.no_more_tries")
    ProofTry.objects.create(chat=chat, customer_id=customer_id, held=held, at=now)
    if not held and chat.case is not None:
        record("case.not_proved", chat.case, by, now, tries=tries_of(chat, customer_id, now)[0])


@transaction.atomic(durable=True)
def give_code(case_id: int, *, by: Actor, now: datetime) -> str:
    """A code that an agent reads out on a call to the number on file; in the chat it is strong proof.

    Told this once; a new one ends the old. Raises DoorRefused where nobody is in a chat or known.
    """
    case = locked(case_id, by)
    if case.customer_id is None:
        raise DoorRefused("Say first which customer this is: the code is read out on the number on file.")
    code = new_code()
    chat = expect_code(case, code, now + timedelta(minutes=rules.CODE_MINUTES))
    if chat is None:
        raise DoorRefused("There is no chat in this case: a code is typed into one.")
    record("case.code_given", case, by, now, chat_id=chat.pk)
    return code


def try_code(chat: Chat, code: str, *, by: Actor, now: datetime) -> Case:
    """The visitor types the code they were told on the phone: now they are known in a strong way.

    Raises DoorRefused; three wrong codes end it.
    """
    if chat.case is None:
        raise DoorRefused("Say first what it is about.")
    case = _going_on(chat.case)
    plain = "".join(code.split())
    fits = bool(chat.code_digest) and constant_time_compare(digest_of_code(plain), chat.code_digest)
    held = fits and chat.code_until is not None and now <= chat.code_until
    _count_try(chat, case.customer_id, held, by=by, now=now)
    if not held:
        raise DoorRefused("This code is not right, or too old. Ask the agent for a new one.")
    Chat.objects.filter(pk=chat.pk).update(code_digest="", code_until=None)
    return verify(case.pk, strong_way="code", channel="chat", by=by, now=now)
