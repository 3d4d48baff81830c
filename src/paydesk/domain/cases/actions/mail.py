"""Mail comes in and goes out: kept before it is understood, taken in once, acknowledged once at most."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q

from paydesk.connectors.mail import automatic_answers, bounces, machine_mail, reading, threads
from paydesk.connectors.mail.fetching import Place
from paydesk.connectors.mail.messages import Attachment as File
from paydesk.connectors.mail.messages import InboundMail
from paydesk.connectors.mail.redaction import redact_message
from paydesk.connectors.mail.servers import MailServerError
from paydesk.connectors.mail.writing import MailRefused, recipients_of, write_mail
from paydesk.domain.cases import mailing, rules
from paydesk.domain.cases.actions.aside import hear_aside, mark_side_sent
from paydesk.domain.cases.actions.opening import open_case, receive_message
from paydesk.domain.cases.actions.talking import mark_failed, mark_sent
from paydesk.domain.cases.asks import is_our_number
from paydesk.domain.cases.models import (
    Attachment,
    Case,
    Mailbox,
    Message,
    ReceivedMail,
    SideMessage,
    SideTalk,
)
from paydesk.domain.cases.queries import CODE_PREFIX, survivor_of
from paydesk.domain.cases.side_queries import to_leave
from paydesk.domain.cases.steps import say
from paydesk.foundation.documents import blobs
from paydesk.foundation.documents import steps as documents
from paydesk.foundation.documents.queries import open_document
from paydesk.kernel.actor import Actor
from paydesk.kernel.public_codes import number_of
from paydesk.kernel.refused import Refused

MOST_AT_ONCE = 200
ATTEMPTS = 8
CLAIMED = timedelta(minutes=2)
HOUR, DAY, TEN_MINUTES = timedelta(hours=1), timedelta(days=1), timedelta(minutes=10)


def fetch(mailbox_id: int, *, by: Actor, now: datetime) -> int:
    """Read what is new in a mailbox; each message is kept before the next is asked for. Returns how many.

    A mailbox that cannot be reached says why in `problem`; it is read on from where it stopped.
    """
    box = Mailbox.objects.get(pk=mailbox_id)
    place = Place(box.place_valid, box.place_uid) if box.place_valid is not None else None
    kept, problem = 0, ""
    try:
        with mailing.reading(box) as folder:
            for fetched in folder.new_since(place, most=MOST_AT_ONCE):
                keep_mail(box, fetched.raw, received_at=fetched.arrived_at or now, by=by, now=now)
                Mailbox.objects.filter(pk=box.pk).update(
                    place_valid=fetched.place.uidvalidity, place_uid=fetched.place.uid
                )
                kept += 1
    except MailServerError as trouble:
        problem = trouble.text
    Mailbox.objects.filter(pk=box.pk).update(read_at=now, problem=problem)
    return kept


def keep_mail(box: Mailbox, raw: bytes, *, received_at: datetime, by: Actor, now: datetime) -> ReceivedMail:
    """Keep a message, redacted, before anything of it is understood; the same one again is the same row."""
    clean = redact_message(raw, salt=mailing.salt(), is_ours=is_our_number)
    kept = blobs.keep(BytesIO(clean.raw))
    with transaction.atomic(durable=True):
        message_id = reading.own_id_of(clean.raw)[:998]
        same = {"mailbox": box, "message_id": message_id, "salted_hash": clean.sha256_salted}
        if (found := ReceivedMail.objects.filter(**same).first()) is not None:
            return found
        document = documents.record_upload(
            kept, filename="message.eml", by=by, now=now, retention="evidence", market=box.market
        )
        return ReceivedMail.objects.create(**same, document_id=document.pk, received_at=min(received_at, now))


def take_in(received_id: int, *, by: Actor, now: datetime) -> ReceivedMail:
    """Understand a message that was kept: a bounce, an answer in a case, or a new case; once."""
    received = ReceivedMail.objects.select_related("mailbox").get(pk=received_id)
    if received.state != "kept":
        return received
    box = received.mailbox
    with open_document(received.document_id).file as stream:
        raw = stream.read()
    mail = reading.read_mail(raw, trusted_servers=box.own_servers, is_ours=is_our_number)
    own = list(Mailbox.objects.values_list("address", flat=True))
    machine = machine_mail.classify(mail, own_addresses=own)
    if (bounce := bounces.read_bounce(raw, mail, machine)) is not None and bounce.outcome in (
        "failed", "complained",
    ):  # fmt: skip
        return _bounced(received, bounce, by, now)
    sender = mail.from_address.key if mail.from_address else ""
    if (side := _side_of(mail)) is not None:
        hear_aside(
            side.pk, text=mail.reply_text.strip() or mail.text.strip() or "(The message has no text.)",
            sender=sender, external_id=received.message_id, is_machine=machine.is_machine,
            document_id=received.document_id, received_at=received.received_at, by=by, now=now,
        )  # fmt: skip
        return _done(received, "in_case", "answer to a question aside", side.case)
    case, how = _case_of(mail)
    if case is None and machine.is_machine:
        return _done(received, "set_aside", machine.reasons[0])
    text = mail.reply_text.strip() or mail.text.strip() or "(The message has no text.)"
    if case is None:
        case = _opened(received, mail, sender, text, by, now)
        _acknowledge(case, box, mail, machine, now)
    else:
        is_party = sender == case.contact.casefold() and not machine.is_machine
        case = receive_message(
            case.pk, channel="email", text=text, full_text=mail.text, html=mail.html, sender=sender,
            external_id=received.message_id, is_party=is_party, document_id=received.document_id,
            received_at=received.received_at, by=by, now=now,
        ).case  # fmt: skip
    if mail.attachments:
        _keep_files(case, received.message_id, mail.attachments, box.market, by, now)
    return _done(received, "in_case", how, case)


def _side_of(mail: InboundMail) -> SideTalk | None:
    """The side conversation whose own address, id or marker a message bears; nothing weaker counts."""
    proven = threads.evidence(mail, mailing.side_signer()).proven
    if proven is None:
        return None
    return SideTalk.objects.select_related("case").filter(pk=proven.ticket).first()


def _case_of(mail: InboundMail) -> tuple[Case | None, str]:
    """The case a message belongs to, and by which sign; a number in the subject counts for a party alone."""
    evidence = threads.evidence(mail, mailing.signer())
    if evidence.proven is not None and evidence.proven.ticket is not None:
        case = Case.objects.filter(pk=evidence.proven.ticket).first()
        if case is not None:
            return survivor_of(case), f"by {evidence.proven.how.replace('_', ' ')}"
    stored = Message.objects.filter(channel="email", external_id__in=evidence.foreign_ids[:50])
    if (known := stored.select_related("case").order_by("-at").first()) is not None:
        return survivor_of(known.case), "by the message it answers"
    sender = mail.from_address.key if mail.from_address else ""
    for text in evidence.subject_numbers:
        number = number_of(CODE_PREFIX, text)
        case = Case.objects.filter(pk=number).first() if number is not None and number < 2**63 else None
        if case is not None and sender and sender == case.contact.casefold():
            return survivor_of(case), "by the number in its subject"
    return None, "a new case"


def _opened(
    received: ReceivedMail, mail: InboundMail, sender: str, text: str, by: Actor, now: datetime
) -> Case:
    return open_case(
        market=received.mailbox.market, channel="email", text=text[: rules.LONGEST_TEXT],
        subject=mail.subject, contact=sender,
        contact_name=mail.from_address.name if mail.from_address else "",
        language=received.mailbox.language, external_id=received.message_id, full_text=mail.text,
        html=mail.html, document_id=received.document_id, received_at=received.received_at, by=by, now=now,
    )  # fmt: skip


@transaction.atomic(durable=True)
def _acknowledge(
    case: Case, box: Mailbox, mail: InboundMail, machine: machine_mail.MachineMail, now: datetime
) -> None:
    """The automatic answer, within its caps: it meets no clock."""
    to_them = Q(recipients=[case.contact])
    counted = Message.objects.filter(channel="email", is_automatic=True, at__gt=now - DAY).aggregate(
        on_case=Count("pk", filter=Q(case=case)),
        to_address_last_hour=Count("pk", filter=to_them & Q(at__gt=now - HOUR)),
        to_address_last_day=Count("pk", filter=to_them),
        with_subject_last_day=Count("pk", filter=to_them & Q(case__subject=case.subject)),
        from_mailbox_last_ten_minutes=Count(
            "pk", filter=Q(at__gt=now - TEN_MINUTES, case__market=box.market)
        ),
    )
    sent = automatic_answers.Sent(**counted, breaker_is_open=not box.acknowledges)
    decision = automatic_answers.may_acknowledge(
        machine, is_spam=mail.spam.flagged, is_first_of_case=True, has_sender=bool(case.contact), sent=sent
    )
    if decision.trips_breaker:
        Mailbox.objects.filter(pk=box.pk).update(acknowledges=False, problem=decision.because)
    if decision.allowed:
        say(
            case, direction="out", channel="email", author="system:mail", recipients=[case.contact],
            text=mailing.acknowledgement(case), delivery="queued", leaves_at=now, is_automatic=True, at=now,
        )  # fmt: skip


def _keep_files(
    case: Case, message_id: str, files: Sequence[File], market: str, by: Actor, now: datetime
) -> None:
    message = Message.objects.filter(case=case, channel="email", external_id=message_id).first()
    if message is None or message.attachments.exists():
        return
    for file in files:
        if not file.data:
            continue
        kept = blobs.keep(BytesIO(file.data))
        with transaction.atomic(durable=True):
            document = documents.record_upload(
                kept, filename=file.name or "file", by=by, now=now, retention="evidence", market=market
            )
            Attachment.objects.create(
                message=message, document_id=document.pk, name=(file.name or "file")[:255],
                content_type=file.content_type[:100], size_bytes=file.size, sha256=file.sha256,
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
                return _done(received, "bounce", why, question.side.case)
        ours = sign.case_of_message_id(message_id)
        if ours is None:
            continue
        message = Message.objects.filter(case_id=ours[0], pk=ours[1], direction="out").first()
        if message is not None:
            why = "; ".join(f"{each.address}: {each.why}" for each in bounce.recipients)
            if not message.is_automatic:
                mark_failed(message.pk, why=f"The answer came back. {why}", by=by, now=now)
            return _done(received, "bounce", why, message.case)
    return _done(received, "set_aside", "A bounce of something that is not ours.")


def _done(received: ReceivedMail, state: str, told: str, case: Case | None = None) -> ReceivedMail:
    received.state, received.told, received.case = state, told[:2000], case
    received.save(update_fields=["state", "told", "case"])
    return received


def take_in_all(*, by: Actor, now: datetime) -> int:
    """Take in what was kept, oldest first; one that cannot be is set aside with the reason, none is lost."""
    number = 0
    waiting = ReceivedMail.objects.filter(state="kept").order_by("id").values_list("pk", flat=True)
    for pk in waiting[:MOST_AT_ONCE]:
        try:
            take_in(pk, by=by, now=now)
        except IntegrityError:
            continue  # another worker has it; looked at again it is known
        except Refused as problem:
            _done(ReceivedMail.objects.get(pk=pk), "failed", problem.text)
        number += 1
    return number


def send_due(*, by: Actor, now: datetime) -> int:
    """Hand over the answers whose time to be taken back is over; returns how many servers took.

    A server that says "later" is asked again, up to ATTEMPTS times; one that says no ends it, in the case.
    Each is claimed for a while before it is sent, so that two workers send it once; should one die meanwhile
    it is sent again under the same Message-ID, which mail programs show once.
    """
    due = Message.objects.filter(delivery="queued", channel="email", leaves_at__lte=now)
    taken = _send_asides(by, now)
    for message in due.select_related("case").order_by("leaves_at")[:MOST_AT_ONCE]:
        box = Mailbox.objects.filter(market=message.case.market, is_active=True).order_by("pk").first()
        mine = due.filter(pk=message.pk)
        if box is not None and mine.update(attempts=F("attempts") + 1, leaves_at=now + CLAIMED):
            taken += _send(message, box, message.attempts + 1, by, now)
    return taken


def _send_asides(by: Actor, now: datetime) -> int:
    """Questions aside, as answers are sent: claimed first, asked again where a server says later."""
    taken = 0
    for message in to_leave(now).order_by("leaves_at")[:MOST_AT_ONCE]:
        market = message.side.market
        box = Mailbox.objects.filter(market=market, is_active=True).order_by("pk").first()
        mine = to_leave(now).filter(pk=message.pk)
        if box is None or not mine.update(attempts=F("attempts") + 1, leaves_at=now + CLAIMED):
            continue
        mail = mailing.side_mail_of(message, box, now)
        try:
            with mailing.sending(box) as sender:
                sender.send(write_mail(mail), envelope_from=box.address, recipients=recipients_of(mail))
        except (MailServerError, MailRefused) as problem:
            attempt = message.attempts + 1
            if getattr(problem, "temporary", False) and attempt < ATTEMPTS:
                again = now + timedelta(seconds=15 * 4 ** min(attempt - 1, 5))
                SideMessage.objects.filter(pk=message.pk, delivery="queued").update(leaves_at=again)
            else:
                mark_side_sent(message.pk, external_id="", why=problem.text, by=by, now=now)
            continue
        mark_side_sent(message.pk, external_id=mail.message_id, by=by, now=now)
        taken += 1
    return taken


def _send(message: Message, box: Mailbox, attempt: int, by: Actor, now: datetime) -> int:
    mail = mailing.mail_of(message, box, now)
    try:
        with mailing.sending(box) as sender:
            sender.send(write_mail(mail), envelope_from=box.address, recipients=recipients_of(mail))
    except (MailServerError, MailRefused) as problem:
        if getattr(problem, "temporary", False) and attempt < ATTEMPTS:
            again = now + timedelta(seconds=15 * 4 ** min(attempt - 1, 5))
            Message.objects.filter(pk=message.pk, delivery="queued").update(leaves_at=again)
        else:
            mark_failed(message.pk, why=problem.text, by=by, now=now)
        return 0
    mark_sent(message.pk, external_id=mail.message_id, by=by, now=now)
    return 1
