"""A message that was kept is understood, once: a bounce, an answer in a case, or a new case, acknowledged."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from django.db import transaction

from paydesk.connectors.mail import bounces, machine_mail, reading, threads
from paydesk.connectors.mail.charsets import decoded
from paydesk.connectors.mail.html_text import text_of_html
from paydesk.connectors.mail.messages import InboundMail
from paydesk.domain.cases import mailing, rules
from paydesk.domain.cases.acknowledging import acknowledge
from paydesk.domain.cases.actions.aside import hear_aside, mark_side_sent
from paydesk.domain.cases.actions.opening import opened as case_opened
from paydesk.domain.cases.actions.opening import received as message_received
from paydesk.domain.cases.actions.talking import mark_failed
from paydesk.domain.cases.asks import is_our_number
from paydesk.domain.cases.keeping_files import CameAlong
from paydesk.domain.cases.models import (
    Case,
    Message,
    ReceivedMail,
    SideMessage,
    SideTalk,
)
from paydesk.domain.cases.queries import CODE_PREFIX, case_known_by, own_addresses
from paydesk.domain.cases.received_mail import became
from paydesk.foundation.documents import blobs
from paydesk.foundation.documents.queries import content_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.public_codes import number_of

MOST_BESIDE, MOST_IDS = 50_000, 50
NO_TEXT = "(The message has no text.)"


def take_in(
    received_id: int, *, own: Collection[str] | None = None, by: Actor, now: datetime
) -> ReceivedMail:
    """Understand a message that was kept: a bounce, an answer in a case, or a new case; once.

    `own` are the addresses of our mailboxes, for whoever takes in many.
    """
    received = ReceivedMail.objects.select_related("mailbox").get(pk=received_id)
    return received if received.state != "kept" else understand(received, own=own, by=by, now=now)


def understand(
    received: ReceivedMail,
    *,
    own: Collection[str] | None = None,
    anyway: bool = False,
    by: Actor,
    now: datetime,
) -> ReceivedMail:
    """What becomes of a message; with `anyway` a case is made also of what a machine wrote.

    All that comes of a customer's message is one transaction: where it breaks off, the message is as it was
    kept. What came back or is aside is done once for a message, so that it goes on where it stopped.
    """
    box = received.mailbox
    raw = content_of(received.document_id)
    mail = reading.read_mail(
        raw, trusted_servers=box.own_servers, pictures="cid:{}".format, is_ours=is_our_number
    )
    machine = machine_mail.classify(mail, own_addresses=own_addresses() if own is None else own)
    sender = _sender_of(mail)
    received.sender, received.subject = sender[:254], mail.subject[:200]
    check = _sender_check_of(mail)
    is_forged = check[0] == "failed"
    bounce = None if anyway else bounces.read_bounce(raw, mail, machine)
    if bounce is not None and bounce.outcome in ("failed", "complained"):
        return _bounced(received, bounce, by, now)
    if (side := _side_of(mail)) is not None:
        hear_aside(
            side.pk, text=_text_of(mail), sender=sender, external_id=received.message_id,
            is_machine=machine.is_machine or is_forged, document_id=received.document_id,
            received_at=received.received_at, by=by, now=now,
        )  # fmt: skip
        return became(received, "in_case", "answer to a question aside", side.case)
    case_id, how = _case_of(mail, is_forged=is_forged)
    if case_id is None and machine.is_machine and not anyway:
        return became(received, "set_aside", machine.reasons[0])
    files = [  # before the transaction: writing a file waits for the disk
        CameAlong(blobs.keep(BytesIO(file.data)), file.name or "file", file.content_type)
        for file in mail.attachments
        if file.data
    ]
    return _into_case(received, mail, machine, case_id, how, check, files, by, now)


def _sender_of(mail: InboundMail) -> str:
    return mail.from_address.key if mail.from_address else ""


def _text_of(mail: InboundMail) -> str:
    return (mail.reply_text.strip() or mail.text.strip() or NO_TEXT)[: rules.LONGEST_TEXT]


@transaction.atomic(durable=True)
def _into_case(
    received: ReceivedMail,
    mail: InboundMail,
    machine: machine_mail.MachineMail,
    case_id: int | None,
    how: str,
    check: tuple[str, str],
    files: Sequence[CameAlong],
    by: Actor,
    now: datetime,
) -> ReceivedMail:
    """The message goes into its case, or opens one, which is acknowledged."""
    box, sender, is_forged = received.mailbox, _sender_of(mail), check[0] == "failed"
    said: dict[str, Any] = {
        "channel": "email", "text": _text_of(mail), "full_text": mail.text, "html": mail.html,
        "also_says": _also_says(mail), "external_id": received.message_id,
        "document_id": received.document_id, "sender_check": check, "files": files,
        "received_at": received.received_at, "by": by, "now": now,
    }  # fmt: skip
    if case_id is not None:
        is_theirs = False if machine.is_machine or is_forged else None
        heard = message_received(case_id, sender=sender, is_party=is_theirs, **said)
        return became(received, "in_case", how, heard.case)
    case = case_opened(
        market=box.market, mailbox_id=box.pk, tags=[box.tag] if box.tag else [],
        is_complaint=box.is_for_complaints, subject=mail.subject, contact=sender,
        contact_name=mail.from_address.name if mail.from_address else "", language=box.language, **said,
    )  # fmt: skip
    if not is_forged:  # else whoever's address it is would be told of what they never wrote
        acknowledge(case, box, mail, machine, now)
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


def _case_of(mail: InboundMail, *, is_forged: bool) -> tuple[int | None, str]:
    """The id of the case a message belongs to, which may be merged by now, and by which sign.

    A number in the subject, which anybody can guess, counts for a party alone whose address is not made up.
    """
    evidence = threads.evidence(mail, mailing.signer())
    ours, ticket = evidence.proven, evidence.proven.ticket if evidence.proven is not None else None
    if ours is not None and ticket is not None and Case.objects.filter(pk=ticket).exists():
        return ticket, f"by {ours.how.replace('_', ' ')}"
    if (known := case_known_by(evidence.foreign_ids[:MOST_IDS])) is not None:
        return known, "by the message it answers"
    sender = _sender_of(mail)
    for text in evidence.subject_numbers if sender and not is_forged else ():
        number = number_of(CODE_PREFIX, text)
        case = Case.objects.filter(pk=number).first() if number is not None and number < 2**63 else None
        if case is not None and sender == case.contact.casefold():
            return case.pk, "by the number in its subject"
    return None, "a new case"


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
