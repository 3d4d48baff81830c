"""A case begins, and goes on when the customer says something, on whatever channel."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from paydesk.domain.cases import clocks, rules
from paydesk.domain.cases.at_work import FIELDS, go_on, may_go_on, open_again
from paydesk.domain.cases.flags import flags_in
from paydesk.domain.cases.keeping_files import CameAlong, keep_beside
from paydesk.domain.cases.kept_text import redacted
from paydesk.domain.cases.models import Case, Message
from paydesk.domain.cases.queries import survivor_id
from paydesk.domain.cases.steps import (
    RIGHT,
    CaseRefused,
    heard,
    keep,
    locked,
    owner_of_contact,
    propose_links,
    record,
    said_before,
    say,
)
from paydesk.domain.parties.models import Customer
from paydesk.foundation.clocks.steps import start_clocks
from paydesk.foundation.outbox.steps import put
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money


def opened(
    *,
    market: str,
    channel: str,
    text: str,
    subject: str = "",
    contact: str = "",
    contact_name: str = "",
    party_role: str = "unknown",
    customer_id: int | None = None,
    amount: Money | None = None,
    harms: Collection[str] = (),
    is_complaint: bool = False,
    language: str = "en",
    mailbox_id: int | None = None,
    tags: Collection[str] = (),
    external_id: str = "",
    full_text: str = "",
    html: str = "",
    also_says: str = "",
    document_id: int | None = None,
    sender_check: tuple[str, str] = ("", ""),
    files: Sequence[CameAlong] = (),
    received_at: datetime | None = None,
    by: Actor,
    now: datetime,
) -> Case:
    """Somebody has a trouble: keep what they said, who they seem to be, and start the clocks.

    `received_at` is when our edge heard of it. Card numbers are taken out before anything is kept. What the
    text refers to is linked, to be confirmed, also what `also_says` (names of files, what is quoted) does,
    which is not kept. The same `external_id` of a channel opens one case: the first
    is given back. `mailbox_id` is where it was written to, `tags` what its queue is found by;
    `sender_check` is what our mail servers found of the sender: ("failed", their words). `files` came with
    it. `open_case` is the verb; what has more to do in its transaction joins this. Raises CaseRefused,
    NotAllowedRefused.
    """
    by.needs(RIGHT, market=market)
    text, subject = redacted(text), redacted(subject)
    external_id, known = said_before(channel, external_id, text, contact)
    if known is not None:
        return known.case
    contact, contact_name = contact.replace("\0", ""), redacted(contact_name)
    if problem := rules.problem_with_text(text):
        raise CaseRefused(problem)
    if channel not in rules.CHANNELS or not set(harms) <= set(rules.HARMS):
        raise CaseRefused("Choose the channel and the harm from their lists.")
    if customer_id is None:
        customer_id = owner_of_contact(by, contact)
    elif not Customer.objects.filter(pk=customer_id, market=market).exists():
        raise CaseRefused("This customer is not of the case's market.")
    if party_role == "unknown" and customer_id is not None:
        party_role = "customer"
    at = min(received_at or now, now)
    flags = [] if channel == "by_hand" else sorted(set(flags_in(f"{subject}\n{text}")) - set(harms))
    harms = sorted({*harms, *flags})
    case = Case.objects.create(
        market=market,
        channel=channel,
        subject=rules.subject_line(text, subject),
        severity=rules.severity_of(
            amount_minor=amount.amount_minor if amount else None,
            large_minor=rules.large_minor(amount.currency if amount else ""),
            opened_at=at,
            now=now,
            harms=harms,
        ),
        harms=harms,
        is_complaint=is_complaint,
        amount_minor=amount.amount_minor if amount else None,
        currency=amount.currency if amount else "",
        amount_by_hand=amount is not None,
        asks_on="" if channel == "by_hand" else channel,
        customer_id=customer_id,
        party_role=party_role,
        contact=contact.strip()[:254],
        contact_name=contact_name.strip()[:200],
        language=language,
        mailbox_id=mailbox_id,
        tags=list(tags),
        opened_at=at,
        opened_by=by.label,
        last_message_at=at,
        unanswered_since=None if channel == "by_hand" else at,
    )
    message = say(
        case,
        direction="note" if channel == "by_hand" else "in",
        is_public=channel != "by_hand",
        channel=channel,
        author=by.label if by.kind == "person" else "",
        sender=case.contact,
        text=text,
        full_text=redacted(full_text),
        html=redacted(html),
        external_id=external_id,
        document_id=document_id,
        sender_check=sender_check[0],
        sender_told=sender_check[1],
        at=at,
    )
    for file in files:
        keep_beside(message, file, market=market, by=by, now=now)
    found = propose_links(case, f"{subject}\n{text}\n{also_says}", by, now, known=())
    kinds = [*clocks.WHOLE]
    kinds += [clocks.FIRST] if case.unanswered_since else []
    kinds += [clocks.COMPLAINT] if is_complaint else []
    start_clocks(kinds, clocks.SUBJECT, {case.pk: at}, market=market, now=now)
    told = {"flags": flags} if flags else {}
    record("case.opened", case, by, now, channel=channel, severity=case.severity, links=found, **told)
    put("case.opened", {"case_id": case.pk})
    return case


open_case = transaction.atomic(durable=True)(opened)


def received(
    case_id: int,
    *,
    channel: str,
    text: str,
    sender: str = "",
    full_text: str = "",
    html: str = "",
    also_says: str = "",
    external_id: str = "",
    is_party: bool | None = True,
    document_id: int | None = None,
    sender_check: tuple[str, str] = ("", ""),
    files: Sequence[CameAlong] = (),
    received_at: datetime | None = None,
    by: Actor,
    now: datetime,
) -> Message:
    """The customer says more. Whoever is no party of the case is noted among us and moves nothing.

    With `is_party` None it is the customer who writes from the address of the case, and nobody else.
    A case that was resolved goes on within its grace; after it, and once closed, a new case follows it. A
    merged one leads to the case it went into. Twice the same `external_id` is one message. `files` came with
    it; `also_says` as in `opened`. `receive_message` is the verb; what has more to do joins this.
    """
    text = redacted(text)
    external_id, known = said_before(channel, external_id, text, sender)
    if known is not None:
        return known
    if problem := rules.problem_with_text(text):
        raise CaseRefused(problem)
    at = min(received_at or now, now)
    case = locked(survivor_id(case_id), by, also_over=True)
    if is_party is None:
        is_party = sender == case.contact.casefold()
    if is_party and not _goes_on(case, at, by, now):
        case = follow_up(case, channel, at, by, now)
    message = say(
        case,
        direction="in",
        is_public=is_party,
        channel=channel,
        author=by.label if by.kind == "person" else "",
        sender=sender.replace("\0", "")[:254],
        text=text,
        full_text=redacted(full_text),
        html=redacted(html),
        external_id=external_id,
        document_id=document_id,
        sender_check=sender_check[0],
        sender_told=sender_check[1],
        at=at,
    )
    for file in files:
        keep_beside(message, file, market=case.market, by=by, now=now)
    links = propose_links(case, f"{text}\n{also_says}", by, now)
    flags = _flagged(case, text, now) if is_party else []
    if is_party:
        case.asks_on = channel
        heard(case, at, now)
    keep(
        case,
        *FIELDS,
        "reopens",
        "resolved_at",
        "last_message_at",
        "unanswered_since",
        "asks_on",
        *(("harms", "severity") if flags else ()),
    )
    told = {"flags": flags} if flags else {}
    record("case.heard", case, by, now, channel=channel, is_party=is_party, links=links, **told)
    put("case.heard", {"case_id": case.pk, "message_id": message.pk})
    return message


receive_message = transaction.atomic(durable=True)(received)


def _flagged(case: Case, text: str, now: datetime) -> list[str]:
    """Note on the case what these words speak of and was not known; it gets graver by it. Saves nothing."""
    flags = sorted(set(flags_in(text)) - set(case.harms))
    if flags:
        case.harms = sorted({*case.harms, *flags})
        found = rules.severity_of(
            amount_minor=case.amount_minor, large_minor=rules.large_minor(case.currency),
            opened_at=case.opened_at, now=now, harms=case.harms,
        )  # fmt: skip
        case.severity = rules.severer(case.severity, found)
    return flags


def _goes_on(case: Case, at: datetime, by: Actor, now: datetime) -> bool:
    """Bring a case back to work for a message; False where a new one has to follow it."""
    if not may_go_on(case, now):
        return False
    if case.state == "waiting":
        go_on(case, now)
    elif case.state == "resolved":
        open_again(case, by, now)
    return True


def follow_up(before: Case, channel: str, at: datetime, by: Actor, now: datetime) -> Case:
    """A part of other verbs: the case that follows one that is over, for the same person, with new clocks."""
    case = Case.objects.create(
        market=before.market,
        channel=channel,
        subject=before.subject,
        severity=before.severity,
        customer_id=before.customer_id,
        party_role=before.party_role,
        contact=before.contact,
        contact_name=before.contact_name,
        language=before.language,
        mailbox_id=before.mailbox_id,
        tags=before.tags,
        is_complaint=before.is_complaint,
        opened_at=at,
        opened_by=by.label,
        follows=before,
    )
    kinds = [clocks.FIRST, *clocks.WHOLE, *([clocks.COMPLAINT] if before.is_complaint else [])]
    start_clocks(kinds, clocks.SUBJECT, {case.pk: at}, market=case.market, now=now)
    record("case.opened", case, by, now, channel=channel, follows=before.pk)
    put("case.opened", {"case_id": case.pk})
    return case
