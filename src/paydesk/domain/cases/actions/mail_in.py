"""A message that was kept is understood, once: a bounce, an answer in a case, or a new case, acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO

from django.db import transaction
from django.db.models import Count, Q

from paydesk.connectors.mail import automatic_answers, bounces, machine_mail, reading, threads
from paydesk.connectors.mail.charsets import decoded
from paydesk.connectors.mail.html_text import text_of_html
from paydesk.connectors.mail.messages import Attachment as File
from paydesk.connectors.mail.messages import InboundMail
from paydesk.domain.cases import mailing, rules
from paydesk.domain.cases.actions.aside import hear_aside, mark_side_sent
from paydesk.domain.cases.actions.opening import open_case, receive_message
from paydesk.domain.cases.actions.talking import mark_failed
from paydesk.domain.cases.asks import is_our_number
from paydesk.domain.cases.keeping_files import keep_beside
from paydesk.domain.cases.models import (
    Case,
    Mailbox,
    Message,
    ReceivedMail,
    SideMessage,
    SideTalk,
)
from paydesk.domain.cases.queries import CODE_PREFIX, survivor_of
from paydesk.domain.cases.received_mail import became
from paydesk.domain.cases.steps import say
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.documents import blobs
from paydesk.foundation.documents.queries import content_of
from paydesk.kernel.actor import Actor, system
from paydesk.kernel.public_codes import number_of

MAIL = system("mail")
MOST_BESIDE = 50_000
NO_TEXT = "(The message has no text.)"
HOUR, DAY, TEN_MINUTES = timedelta(hours=1), timedelta(days=1), timedelta(minutes=10)


def take_in(received_id: int, *, by: Actor, now: datetime) -> ReceivedMail:
    """Understand a message that was kept: a bounce, an answer in a case, or a new case; once."""
    received = ReceivedMail.objects.select_related("mailbox").get(pk=received_id)
    return received if received.state != "kept" else understand(received, by=by, now=now)


def understand(received: ReceivedMail, *, anyway: bool = False, by: Actor, now: datetime) -> ReceivedMail:
    """What becomes of a message; with `anyway` a case is made also of what a machine wrote.

    Each of its verbs is done once for a message, so that one that was broken off goes on where it stopped.
    """
    box = received.mailbox
    raw = content_of(received.document_id)
    mail = reading.read_mail(
        raw, trusted_servers=box.own_servers, pictures="cid:{}".format, is_ours=is_our_number
    )
    own = list(Mailbox.objects.values_list("address", flat=True))
    machine = machine_mail.classify(mail, own_addresses=own)
    sender = mail.from_address.key if mail.from_address else ""
    received.sender, received.subject = sender[:254], mail.subject[:200]
    check = _sender_check_of(mail)
    is_forged = check[0] == "failed"
    bounce = None if anyway else bounces.read_bounce(raw, mail, machine)
    if bounce is not None and bounce.outcome in ("failed", "complained"):
        return _bounced(received, bounce, by, now)
    text = (mail.reply_text.strip() or mail.text.strip() or NO_TEXT)[: rules.LONGEST_TEXT]
    if (side := _side_of(mail)) is not None:
        hear_aside(
            side.pk, text=text, sender=sender, external_id=received.message_id,
            is_machine=machine.is_machine or is_forged, document_id=received.document_id,
            received_at=received.received_at, by=by, now=now,
        )  # fmt: skip
        return became(received, "in_case", "answer to a question aside", side.case)
    case, how = _case_of(mail, is_forged=is_forged)
    if case is None and machine.is_machine and not anyway:
        return became(received, "set_aside", machine.reasons[0])
    if case is None:
        case = _opened(received, mail, sender, text, _also_says(mail), check, by, now)
        if not is_forged:  # else whoever's address it is would be told of what they never wrote
            _acknowledge(case, box, mail, machine, now)
    else:
        is_party = sender == case.contact.casefold() and not machine.is_machine and not is_forged
        case = receive_message(
            case.pk, channel="email", text=text, full_text=mail.text, html=mail.html,
            also_says=_also_says(mail), sender=sender,
            external_id=received.message_id, is_party=is_party, document_id=received.document_id,
            sender_check=check, received_at=received.received_at, by=by, now=now,
        ).case  # fmt: skip
    if mail.attachments:
        _keep_files(case, received, mail.attachments, by, now)
    return became(received, "in_case", how, case)


def _side_of(mail: InboundMail) -> SideTalk | None:
    """The side conversation whose own address, id or marker a message bears; nothing weaker counts."""
    proven = threads.evidence(mail, mailing.side_signer()).proven
    if proven is None:
        return None
    return SideTalk.objects.select_related("case").filter(pk=proven.ticket).first()


def _also_says(mail: InboundMail) -> str:
    """Where references are looked for beside what was written: what it quotes, its files' names and texts.

    A receipt is forwarded more often than it is typed. Up to MOST_BESIDE characters.
    """
    said = [mail.text if mail.reply_text.strip() else ""]
    for file in mail.attachments:
        said.append(file.name.rpartition(".")[0] or file.name)
        if file.kind == "message":
            enclosed = reading.read_mail(file.data, is_ours=is_our_number)
            said += [enclosed.subject, enclosed.text[:MOST_BESIDE]]
        elif file.content_type in ("text/plain", "text/csv", "text/html"):
            is_page = file.content_type == "text/html"
            text = decoded(file.data[: MOST_BESIDE * 4], "", html=is_page)[0]
            said.append(text_of_html(text) if is_page else text[:MOST_BESIDE])
    return "\n".join(said)[:MOST_BESIDE]


def _sender_check_of(mail: InboundMail) -> tuple[str, str]:
    """("proved", "failed" or "", the words of our server) about the address a message says it is from."""
    found = mail.authentication
    if found.proves(mail.from_address):
        return "proved", found.words
    return ("failed" if found.refutes(mail.from_address) else "", found.words)


def _case_of(mail: InboundMail, *, is_forged: bool) -> tuple[Case | None, str]:
    """The case a message belongs to, and by which sign.

    A number in the subject, which anybody can guess, counts for a party alone whose address is not made up.
    """
    evidence = threads.evidence(mail, mailing.signer())
    if evidence.proven is not None and evidence.proven.ticket is not None:
        case = Case.objects.filter(pk=evidence.proven.ticket).first()
        if case is not None:
            return survivor_of(case), f"by {evidence.proven.how.replace('_', ' ')}"
    stored = Message.objects.filter(channel="email", external_id__in=evidence.foreign_ids[:50])
    if (known := stored.select_related("case").order_by("-at").first()) is not None:
        return survivor_of(known.case), "by the message it answers"
    sender = mail.from_address.key if mail.from_address else ""
    for text in evidence.subject_numbers if not is_forged else ():
        number = number_of(CODE_PREFIX, text)
        case = Case.objects.filter(pk=number).first() if number is not None and number < 2**63 else None
        if case is not None and sender and sender == case.contact.casefold():
            return survivor_of(case), "by the number in its subject"
    return None, "a new case"


def _opened(
    received: ReceivedMail,
    mail: InboundMail,
    sender: str,
    text: str,
    beside: str,
    check: tuple[str, str],
    by: Actor,
    now: datetime,
) -> Case:
    box = received.mailbox
    return open_case(
        market=box.market, channel="email", text=text, mailbox_id=box.pk, tags=[box.tag] if box.tag else [],
        is_complaint=box.is_for_complaints,
        subject=mail.subject, contact=sender,
        contact_name=mail.from_address.name if mail.from_address else "",
        language=box.language, external_id=received.message_id, full_text=mail.text,
        html=mail.html, also_says=beside, document_id=received.document_id, sender_check=check,
        received_at=received.received_at, by=by, now=now,
    )  # fmt: skip


@transaction.atomic(durable=True)
def _acknowledge(
    case: Case, box: Mailbox, mail: InboundMail, machine: machine_mail.MachineMail, now: datetime
) -> None:
    """The automatic answer, within its caps: it meets no clock. Some hear from a person alone."""
    if rules.by_a_person_alone(case.harms):
        return
    to_them = Q(recipients=[case.contact])
    lately = max(filter(None, (now - TEN_MINUTES, box.answers_since)))
    counted = Message.objects.filter(channel="email", is_automatic=True, at__gt=now - DAY).aggregate(
        on_case=Count("pk", filter=Q(case=case)),
        to_address_last_hour=Count("pk", filter=to_them & Q(at__gt=now - HOUR)),
        to_address_last_day=Count("pk", filter=to_them),
        with_subject_last_day=Count("pk", filter=to_them & Q(case__subject=case.subject)),
        from_mailbox_last_ten_minutes=Count("pk", filter=Q(at__gt=lately, case__mailbox=box)),
    )
    is_open = not box.acknowledges or box.breaker_at is not None
    sent = automatic_answers.Sent(**counted, breaker_is_open=is_open)
    decision = automatic_answers.may_acknowledge(
        machine, is_spam=mail.spam.flagged, is_first_of_case=True, has_sender=bool(case.contact), sent=sent
    )
    if decision.trips_breaker:
        _trip_breaker(box, decision.because, now)
    if decision.allowed:
        say(
            case, direction="out", channel="email", author="system:mail", recipients=[case.contact],
            text=mailing.acknowledgement(case), delivery="queued", leaves_at=now, is_automatic=True, at=now,
        )  # fmt: skip


def _trip_breaker(box: Mailbox, because: str, now: datetime) -> None:
    """A mailbox acknowledges nothing until a person looked; Home and the list of mailboxes say so."""
    mine = Mailbox.objects.filter(pk=box.pk, breaker_at=None)
    if mine.update(breaker_at=now, breaker_because=because[:200]):
        audit.record(
            "mailbox.breaker_tripped", subject=("mailbox", box.pk), by=MAIL, at=now, market=box.market,
            changes={},
        )  # fmt: skip


def _keep_files(case: Case, received: ReceivedMail, files: Sequence[File], by: Actor, now: datetime) -> None:
    message = Message.objects.filter(case=case, document_id=received.document_id).first()
    if message is None or message.attachments.exists():
        return
    for file in files:
        if not file.data:
            continue
        kept = blobs.keep(BytesIO(file.data))
        with transaction.atomic(durable=True):
            keep_beside(
                message, kept, file.name or "file", content_type=file.content_type, market=case.market,
                by=by, now=now,
            )  # fmt: skip


def _bounced(received: ReceivedMail, bounce: bounces.Bounce, by: Actor, now: datetime) -> ReceivedMail:
    """An answer of ours did not arrive: its case says so, and its clock runs again."""
    sign, aside = mailing.signer(), mailing.side_signer()
    for message_id in bounce.message_ids:
        if (asked := aside.case_of_message_id(message_id)) is not None:
            said = SideMessage.objects.select_related("side__case").filter(pk=asked[1], side_id=asked[0])
            if (question := said.first()) is not None:
                why = "; ".join(f"{each.address}: {each.why}" for each in bounce.recipients)
                mark_side_sent(
                    question.pk, external_id=question.external_id, why=f"It came back. {why}", by=by, now=now
                )
                return became(received, "bounce", why, question.side.case)
        ours = sign.case_of_message_id(message_id)
        if ours is None:
            continue
        message = Message.objects.filter(case_id=ours[0], pk=ours[1], direction="out").first()
        if message is not None:
            why = "; ".join(f"{each.address}: {each.why}" for each in bounce.recipients)
            if not message.is_automatic:
                mark_failed(message.pk, why=f"The answer came back. {why}", by=by, now=now)
            return became(received, "bounce", why, message.case)
    return became(received, "set_aside", "A bounce of something that is not ours.")
