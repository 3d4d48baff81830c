"""Mail is fetched and kept before it is understood, and handed over when nobody takes it back any more."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO

from django.db import DatabaseError, transaction
from django.db.models import F

from paydesk.connectors.mail import reading
from paydesk.connectors.mail.fetching import Place
from paydesk.connectors.mail.redaction import RedactedMail, redact_message
from paydesk.connectors.mail.servers import MailServerError
from paydesk.connectors.mail.writing import MailRefused
from paydesk.domain.cases import mailing
from paydesk.domain.cases.actions.aside import mark_side_sent
from paydesk.domain.cases.actions.talking import mark_failed, mark_sent
from paydesk.domain.cases.asks import is_our_number
from paydesk.domain.cases.models import Mailbox, Message, ReceivedMail, SideMessage
from paydesk.domain.cases.sending_round import SendingRound
from paydesk.domain.cases.side_queries import to_leave
from paydesk.foundation.documents import blobs
from paydesk.foundation.documents import steps as documents
from paydesk.kernel.actor import Actor

MOST_AT_ONCE = 200
ATTEMPTS = 8
CLAIMED = timedelta(minutes=2)
logger = logging.getLogger("paydesk.worker")


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
                arrived, uid = fetched.arrived_at or now, str(fetched.place.uid)
                keep_or_note(box, fetched.raw, place=uid, received_at=arrived, by=by, now=now)
                Mailbox.objects.filter(pk=box.pk).update(
                    place_valid=fetched.place.uidvalidity, place_uid=fetched.place.uid
                )
                kept += 1
    except MailServerError as trouble:
        problem = trouble.text
    except DatabaseError:
        raise
    except Exception as fault:  # one mailbox that cannot be read must not keep the others from being read
        logger.exception("The mailbox %s could not be read", box.pk)
        problem = f"It could not be read ({type(fault).__name__}): look at its settings, and at the log."
    Mailbox.objects.filter(pk=box.pk).update(read_at=now, problem=problem)
    return kept


def keep_or_note(
    box: Mailbox, raw: bytes, *, place: str, received_at: datetime, by: Actor, now: datetime
) -> ReceivedMail:
    """As `keep_mail`; of a message that cannot be redacted, and so not kept, a note with its `place` stands
    in the list of what failed: it is looked at in the mailbox itself, and the next is read."""
    try:
        return keep_mail(box, raw, received_at=received_at, by=by, now=now)
    except DatabaseError:
        raise
    except Exception as fault:  # a stranger's bytes
        logger.exception("Message %s of the mailbox %s could not be kept", place, box.pk)
        told = (
            f"It could not be kept ({type(fault).__name__}): it is message {place} of {box.address}; "
            "read it there."
        )
        own = sha256(raw + mailing.salt()).hexdigest()[:24]
        note = f"Message-ID: <{own}@not-kept.invalid>\r\nSubject: Not kept\r\n\r\n{told}\r\n"
        clean = RedactedMail(note.encode(), "")
        return _kept(box, clean, received_at=received_at, by=by, now=now, state="failed", told=told)


def keep_mail(box: Mailbox, raw: bytes, *, received_at: datetime, by: Actor, now: datetime) -> ReceivedMail:
    """Keep a message, redacted, before anything of it is understood; the same one again is the same row."""
    clean = redact_message(raw, salt=mailing.salt(), is_ours=is_our_number)
    return _kept(box, clean, received_at=received_at, by=by, now=now)


def _kept(
    box: Mailbox, clean: RedactedMail, *, received_at: datetime, by: Actor, now: datetime, **told: str
) -> ReceivedMail:
    kept = blobs.keep(BytesIO(clean.raw))
    with transaction.atomic(durable=True):
        message_id = reading.own_id_of(clean.raw)[:998]
        same = {"mailbox": box, "message_id": message_id, "salted_hash": clean.sha256_salted}
        known = ReceivedMail.objects.filter(**same)
        if known.exists():
            return known.get()
        document = documents.record_upload(
            kept, filename="message.eml", by=by, now=now, retention="evidence", market=box.market
        )
        return ReceivedMail.objects.create(
            **same, document_id=document.pk, received_at=min(received_at, now), **told
        )


def send_due(*, by: Actor, now: datetime) -> int:
    """Hand over the answers whose time to be taken back is over; returns how many servers took.

    A server that says "later" is asked again, up to ATTEMPTS times; one that says no ends it, in the case.
    Each is claimed for a while before it is sent, so that two workers send it once; should one die meanwhile
    it is sent again under the same Message-ID, which mail programs show once.
    """
    due = Message.objects.filter(delivery="queued", channel="email", leaves_at__lte=now)
    with SendingRound() as this_round:
        taken = _send_asides(this_round, by, now)
        for message in due.select_related("case").order_by("leaves_at")[:MOST_AT_ONCE]:
            box = this_round.box_of(message.case)
            mine = due.filter(pk=message.pk)
            if box is not None and mine.update(attempts=F("attempts") + 1, leaves_at=now + CLAIMED):
                taken += _send(this_round, message, box, message.attempts + 1, by, now)
    return taken


def _send_asides(this_round: SendingRound, by: Actor, now: datetime) -> int:
    """Questions aside, as answers are sent: claimed first, asked again where a server says later."""
    taken = 0
    for message in to_leave(now).order_by("leaves_at")[:MOST_AT_ONCE]:
        box = this_round.box_of(message.side.case)
        mine = to_leave(now).filter(pk=message.pk)
        if box is None or not mine.update(attempts=F("attempts") + 1, leaves_at=now + CLAIMED):
            continue
        mail = mailing.side_mail_of(message, box, now)
        try:
            this_round.send(box, mail)
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


def _send(
    this_round: SendingRound, message: Message, box: Mailbox, attempt: int, by: Actor, now: datetime
) -> int:
    mail = mailing.mail_of(message, box, now)
    try:
        this_round.send(box, mail)
    except (MailServerError, MailRefused) as problem:
        if getattr(problem, "temporary", False) and attempt < ATTEMPTS:
            again = now + timedelta(seconds=15 * 4 ** min(attempt - 1, 5))
            Message.objects.filter(pk=message.pk, delivery="queued").update(leaves_at=again)
        else:
            mark_failed(message.pk, why=problem.text, by=by, now=now)
        return 0
    mark_sent(message.pk, external_id=mail.message_id, by=by, now=now)
    return 1
