"""Mail through real servers: Dovecot hands it over, a case begins, the answer reaches an SMTP server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from typing import Any

import pytest
from django.utils import timezone
from imap_tools import MailBox

from paydesk.connectors.mail.tests.servers import (
    DOVECOT,
    NO_DOVECOT,
    PASSWORD,
    USER,
    Imap,
    SmtpServer,
    dovecot,
)
from paydesk.domain.cases import actions
from paydesk.domain.cases.models import Attachment, Case, Mailbox, ReceivedMail
from paydesk.domain.cases.models import Message as Said
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.people.authority import rights_of
from paydesk.foundation.people.models import Market
from paydesk.kernel.actor import Actor
from tests.builders import WORKER

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(DOVECOT is None, reason=NO_DOVECOT),
    pytest.mark.usefixtures("db", "_documents_in_a_folder_of_the_test"),
]
ADMINISTRATOR = Actor("person", 940_001, "Admin", rights_of(["AD"]))
AGENT = Actor("person", 940_002, "Agent", rights_of(["SU"]), frozenset({"GH"}))
OURS, THEIRS = "help@desk.example", "ama@mail.example"


class Sink:
    """An SMTP server's other side: keeps what it takes, and never takes what is for gone@."""

    def __init__(self) -> None:
        self.kept: list[Message] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("gone"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.kept.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture(scope="module")
def imap() -> Iterator[Imap]:
    with dovecot() as running:
        yield running


class Desk:
    """A mailbox on real servers, and what people put into it."""

    def __init__(self, imap: Imap, sink: Sink, smtp_port: int) -> None:
        self.imap, self.sink, self.now = imap, sink, timezone.now()
        Market.objects.get_or_create(
            code="GH", defaults={"name": "Ghana", "currency": "GHS", "time_zone": "Africa/Accra"}
        )
        server = imap.tls
        self.box = actions.add_mailbox(
            address=OURS, name="Help", market="GH",
            imap={"host": server.host, "port": server.port, "user": USER, "ca_file": server.ca_file},
            imap_secret=PASSWORD,
            smtp={"host": "127.0.0.1", "port": smtp_port, "tls": "none"}, smtp_secret="",
            by=ADMINISTRATOR, now=self.now,
        )  # fmt: skip
        with self.program() as box:
            box.delete(box.uids())

    def program(self) -> Any:
        server = self.imap.tls
        return MailBox(server.host, server.port, 20, ssl_context=server.context()).login(USER, PASSWORD)

    def arrives(self, text: str, *, sender: str = THEIRS, file: bytes = b"", **fields: str) -> ReceivedMail:
        """A message lands in the mailbox, is fetched, kept and taken in."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"Ama <{sender}>", OURS, fields.pop("subject", "Payment")
        for name, value in fields.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        mail.add_alternative(f"<p><b>{text}</b></p>", "html")
        if file:
            mail.add_attachment(file, "image", "png", filename="receipt.png")
        with self.program() as box:
            box.append(mail.as_bytes(policy=policy.SMTP), "INBOX")
        assert actions.fetch(self.box.pk, by=WORKER, now=self.now) == 1, Mailbox.objects.get().problem
        actions.take_in_all(by=WORKER, now=self.now)
        return ReceivedMail.objects.latest("pk")

    def answers(self, case: Case, text: str = "We have found it.") -> Said:
        case.refresh_from_db()
        said = actions.reply(
            case.pk, text=text, sent_key=f"k{case.version}", version=case.version, by=AGENT, now=self.now
        )
        actions.send_due(by=WORKER, now=self.now)  # too early: it can still be taken back
        self.now += timedelta(seconds=11)
        actions.send_due(by=WORKER, now=self.now)
        said.refresh_from_db()
        return said


@pytest.fixture
def desk(imap: Imap) -> Iterator[Desk]:
    sink = Sink()
    with SmtpServer(sink) as smtp:
        yield Desk(imap, sink, smtp.port)


def test_there_and_back_again(desk: Desk) -> None:
    received = desk.arrives(
        "My card is 4111 1111 1111 1111. Where is my money?", file=b"\x89PNG\r\n\x1a\n" + b"0" * 64,
        Message_ID="<first@mail.example>",
    )  # fmt: skip
    assert (received.state, received.told) == ("in_case", "a new case")
    case = received.case
    assert case is not None
    assert (case.contact, case.contact_name, case.subject) == (THEIRS, "Ama", "Payment")
    first = Said.objects.get(case=case, direction="in")
    assert first.document_id == received.document_id
    assert "<b>My card is" in first.html
    assert "4111 1111" not in f"{first.text}{first.full_text}{first.html}"
    assert Attachment.objects.get().name == "receipt.png"
    actions.send_due(by=WORKER, now=desk.now)
    (acknowledged,) = desk.sink.kept
    assert acknowledged["Auto-Submitted"] == "auto-replied"
    assert Clock.objects.get(subject_id=case.pk, kind="first_response").ended_as == ""

    said = desk.answers(case)
    assert (said.delivery, len(desk.sink.kept)) == ("sent", 2)
    ours = desk.sink.kept[1]
    assert ours["In-Reply-To"] == "<first@mail.example>"
    assert str(case.pk) in ours["Reply-To"]
    assert Clock.objects.get(subject_id=case.pk, kind="first_response").ended_as == "met"

    again = desk.arrives(
        "Thank you! But it is too little.", In_Reply_To=ours["Message-ID"], Message_ID="<second@mail.example>"
    )
    assert (again.case, again.told) == (case, "by message id")
    case.refresh_from_db()
    assert case.unanswered_since is not None
    assert len(desk.sink.kept) == 2, "an answer in a case is not acknowledged"

    stranger = desk.arrives("Close it", sender="eve@mail.example", In_Reply_To=ours["Message-ID"])
    note = Said.objects.get(external_id=stranger.message_id)
    assert (stranger.case, note.is_public) == (case, False)

    guessed = desk.arrives("Tell me", sender="eve@mail.example", subject=ours["Subject"])
    assert guessed.case != case


def test_machines_are_not_answered_and_what_comes_back_starts_the_clock(desk: Desk) -> None:
    assert desk.arrives("I am away", Auto_Submitted="auto-replied").state == "set_aside"
    case = desk.arrives("Where is it?").case
    assert case is not None
    desk.answers(case)
    ours = desk.sink.kept[-1]["Message-ID"]
    report = (
        f"The message could not be delivered.\n\n{THEIRS}: 550 5.1.1 no such user\n\n"
        f"Message-ID: {ours}\n"
    )  # fmt: skip
    bounced = desk.arrives(
        report, sender="mailer-daemon@mail.example", In_Reply_To=ours, Auto_Submitted="auto-replied",
        subject="Undelivered Mail Returned to Sender", X_Failed_Recipients=THEIRS,
    )  # fmt: skip
    assert (bounced.state, bounced.case) == ("bounce", case), bounced.told
    assert Said.objects.filter(case=case, delivery="failed").exists()


def test_a_server_that_says_no_ends_the_answer_and_one_that_is_away_is_asked_again(desk: Desk) -> None:
    case = desk.arrives("Where is it?", sender="gone@mail.example").case
    assert case is not None
    said = desk.answers(case)
    assert said.delivery == "failed"
    assert Said.objects.filter(case=case, direction="note", text__contains="no such user").exists()
    other = desk.arrives("And mine?").case
    assert other is not None
    Mailbox.objects.update(smtp={"host": "127.0.0.1", "port": 9, "tls": "none", "seconds": 2})
    said = desk.answers(other)
    assert (said.delivery, said.attempts) == ("queued", 1)
    Mailbox.objects.update(imap={**Mailbox.objects.get().imap, "port": 9, "seconds": 2})
    assert actions.fetch(desk.box.pk, by=WORKER, now=desk.now) == 0
    assert "127.0.0.1" in Mailbox.objects.get().problem


def test_the_same_message_again_is_one_case_and_the_secret_is_sealed(desk: Desk) -> None:
    first = desk.arrives("Where is it?", Message_ID="<same@mail.example>")
    Mailbox.objects.update(place_valid=1, place_uid=0)  # as after the server renumbered its folder
    assert actions.fetch(desk.box.pk, by=WORKER, now=desk.now) == 1
    actions.take_in_all(by=WORKER, now=desk.now)
    assert ReceivedMail.objects.get() == first
    assert Case.objects.count() == 1
    assert PASSWORD not in desk.box.imap_secret
    Mailbox.objects.update(imap_secret="sealed by another key")
    assert actions.fetch(desk.box.pk, by=WORKER, now=desk.now) == 0
    assert "another secret key" in Mailbox.objects.get().problem
