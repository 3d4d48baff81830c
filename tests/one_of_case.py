"""What hangs on a case: its mail with files, an answer, a promise, doors, a call, what is asked after."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from typing import Any

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import Attachment, Case, Mailbox, ReceivedMail
from paydesk.domain.contracts.pay_links import PayLink
from paydesk.domain.contracts.pay_links import token_of as pay_token_of
from paydesk.domain.doors.actions import (
    add_door,
    announce_call,
    begin_chat,
    give_status_page,
    send_file_in_chat,
)
from paydesk.domain.doors.actions.forms import SentFile
from paydesk.domain.doors.addresses import token_of
from paydesk.domain.incidents.actions import adopt, draft_broadcast
from paydesk.domain.incidents.models import Incident
from paydesk.domain.payments.models import Payment
from paydesk.domain.quality.actions import invite
from paydesk.domain.quality.csat_links import token_of as csat_token_of
from paydesk.domain.quality.csat_models import Invitation
from paydesk.domain.text_messages.actions import add_gateway
from paydesk.domain.text_messages.addresses import token_of as report_token_of
from paydesk.domain.triage.actions import raise_escalations
from paydesk.foundation.people.models import Person
from paydesk.kernel.actor import Actor
from paydesk.kernel.public_codes import code_of
from tests.builders import WORKER

# (the route or its beginning, the name of its argument) -> what stands there.
Places = dict[tuple[str, str], Any]
PICTURE = b"\x89PNG\r\n\x1a\n"


def case_by_mail(people: dict[str, Person], now: datetime) -> tuple[Case, Mailbox]:
    """A case begun by a mail with a picture, taken in by a mailbox of the desk."""
    post = {"host": "mail.example", "port": 993, "user": "desk", "tls": "tls"}
    box = cases.add_mailbox(
        address="desk@mail.example", name="Desk", market="GH", imap=post, imap_secret="x", smtp=post,
        smtp_secret="x", by=people["AD"].actor(), now=now,
    )  # fmt: skip
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ama@mail.example", "desk@mail.example", "My payment"
    mail["Message-ID"] = "<one@mail.example>"
    mail.set_content("Where is it? Somebody else used my wallet.")
    mail.add_attachment(PICTURE, maintype="image", subtype="png", filename="message.png")
    kept = cases.keep_mail(box, mail.as_bytes(), received_at=now, by=WORKER, now=now)
    cases.take_in(kept.pk, by=WORKER, now=now)
    away = EmailMessage()
    away["From"], away["To"], away["Auto-Submitted"] = "kofi@mail.example", "desk@mail.example", "auto-sent"
    away.set_content("I am away")
    left = cases.keep_mail(box, away.as_bytes(), received_at=now, by=WORKER, now=now)
    cases.take_in(left.pk, by=WORKER, now=now)
    return Case.objects.get(contact="ama@mail.example"), box


def one_of_case(people: dict[str, Person], case: Case, payment: Payment, now: datetime) -> Places:
    """What a page, a file or a button of `case` is about, by the place where it stands in a route."""
    support, lead = people["SU"].actor(), people["TL"].actor()
    cases.sort_case(case.pk, harms=["vulnerable"], by=support, now=now)
    raise_escalations(by=WORKER, now=now)
    waiting = cases.attach_file(case.pk, io.BytesIO(b"a,b\n"), filename="list.csv", by=support, now=now)
    picture = Attachment.objects.get(message__case=case)
    case.refresh_from_db()
    said = cases.reply(case.pk, text="We look.", sent_key="one", version=case.version, by=support, now=now)
    again = cases.receive_message(
        case.pk, channel="email", text="Still nothing", html="<p>Still <b>nothing</b></p>",
        sender=case.contact, by=WORKER, now=now,
    )  # fmt: skip
    promised = cases.make_commitment(
        case.pk, text="Call", due_at=now + timedelta(days=1), by=support, now=now
    )  # fmt: skip
    cases.save_draft(case.pk, text="Since you wrote", is_note=False, by=support, now=now)
    link = cases.link(case.pk, kind="payment", object_id=payment.pk, by=support, now=now)
    cases.link(case.pk, kind="contract", object_id=payment.contract_id or 0, by=support, now=now)
    text = cases.save_ready_text("", title="Thanks", texts={"en": "Thank you."}, by=lead, now=now)
    own = code_of("CAS", case.pk)
    return {
        ("mail-left/", "received_id"): ReceivedMail.objects.get(state="set_aside").pk,
        ("cases/<str:public_code>/attached/", "file_id"): waiting.pk,
        ("cases/<str:public_code>/", "attachment_id"): picture.pk,
        ("cases/<str:public_code>/sent/", "message_id"): again.pk,
        ("cases/<str:public_code>/take-back/", "message_id"): said.pk,
        ("cases/<str:public_code>/", "commitment_id"): promised.pk,
        ("cases/<str:public_code>/", "link_id"): link.pk,
        ("cases/<str:public_code>/", "answer"): "confirm",
        ("cases/<str:public_code>/", "contract_id"): payment.contract_id,
        ("categories/seen/", "escalation_id"): case.escalations.get().pk,  # type: ignore[attr-defined]
        ("texts/", "key"): text.key,
        ("doors/case/", "public_code"): own,
        ("doors/case/", "about"): own,
    }


def one_of_doors(people: dict[str, Person], case: Case, payment: Payment, now: datetime) -> Places:
    """A form, a chat, a telephone with a call that rings; pages for customers; a question how it was."""
    admin, support = people["AD"].actor(), people["SU"].actor()
    form, chat, telephone = (
        add_door(kind=kind, name=kind, market="GH", by=admin, now=now)[0]
        for kind in ("form", "chat", "phone")
    )
    call = announce_call(telephone, call_id="one", event="ringing", number="0244123456", by=WORKER, now=now)
    page = give_status_page(case.pk, kind="case", object_id=case.pk, by=support, now=now)
    begun, visitor = begin_chat(chat, language="en", by=WORKER, now=now)
    proof = SentFile("message.png", io.BytesIO(PICTURE), len(PICTURE))
    sent = send_file_in_chat(begun, client_key="file-one", file=proof, by=WORKER, now=now)
    done = cases.open_case(
        market="GH", channel="email", text="Thanks", contact="kofi@mail.example", by=support,
        now=now - timedelta(days=2),
    )  # fmt: skip
    Case.objects.filter(pk=done.pk).update(state="resolved", resolved_at=now - timedelta(days=1))
    assert invite(address="https://desk.example", by=WORKER, now=now) == 1
    paying = PayLink(payment.contract_id or 0, False, now.date() + timedelta(days=1))
    return {
        ("s/", "secret"): token_of(page),
        ("pay/", "secret"): pay_token_of(paying),
        ("how/", "secret"): csat_token_of(Invitation.objects.get(case=done)),
        ("ask/", "secret"): form.key,
        ("chat/", "secret"): chat.key,
        ("chat/", "visitor"): visitor,
        ("chat/", "attachment_id"): sent.attachments.get().pk,
        ("doors/pages/", "link_id"): page.pk,
        ("doors/<int:door_id>/", "door_id"): form.pk,
        ("doors/ringing/", "call_id"): call.pk,
        ("doors/scripts/", "group"): "all",
        **one_of_texts(admin, now),
    }


def one_of_texts(admin: Actor, now: datetime) -> Places:
    """A gateway of text messages."""
    gateway = add_gateway(
        kind="africas_talking", name="Texts", market="GH", base_url="https://sms.example", sender="US",
        price=Decimal("0.04"), most_cost_day=Decimal(1), by=admin, now=now,
    )  # fmt: skip
    return {
        ("text-messages/gateways/", "gateway_id"): gateway.pk,
        ("texted/", "secret"): report_token_of(gateway),
    }


def one_of_incident(people: dict[str, Person], incident: Incident, case: Case, now: datetime) -> Places:
    """The incident opened, with words that are to be sent to everybody it touches."""
    lead = people["TL"].actor()
    adopt(incident.pk, by=lead, now=now)
    draft = draft_broadcast(incident.pk, text="We know, and work on it.", by=lead, now=now)
    return {
        ("incidents/<str:code>/tell/", "broadcast_id"): draft.pk,
        ("incidents/<str:code>/take-off/", "case_code"): code_of("CAS", case.pk),
    }
