"""What we send threads, reads back as it was written, and never starts a conversation of machines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from paydesk.connectors.mail.automatic_answers import Sent, may_acknowledge
from paydesk.connectors.mail.machine_mail import MachineMail, classify
from paydesk.connectors.mail.messages import Address
from paydesk.connectors.mail.reading import read_mail
from paydesk.connectors.mail.signing import Signer
from paydesk.connectors.mail.threads import evidence
from paydesk.connectors.mail.writing import (
    MailRefused,
    OutboundFile,
    OutboundMail,
    quoted,
    recipients_of,
    thread_fields,
    write_mail,
)

SIGNER = Signer(b"only for these tests")
NOON = datetime(2026, 8, 3, 12, 0, tzinfo=UTC)
MAIL = OutboundMail(
    from_address=Address("Lender Hilfe, Büro", "help@help.lender.example"),
    to=(
        Address("Ama Owusu", "ama@mail.example"),
        Address("", "kofi@mail.example"),
        Address("", "jo@bücher.example"),
    ),
    cc=(Address("", "kofi@mail.example"),),
    subject="Your refund of ₵120 is on its way – reference REF-7, and a subject long enough to be folded",
    text="",
    html="<p>Hello Ama,</p><p>your refund is <b>on its way</b>: " + "a long line " * 20 + "</p>",
    message_id=SIGNER.message_id(41, 3, "help.lender.example"),
    sent_at=NOON,
    reply_to=Address("Lender", SIGNER.reply_address("help@help.lender.example", 41)),
    in_reply_to="<last@mail.example>",
    references=("<first@mail.example>", "<last@mail.example>"),
    marker=SIGNER.marker(41, 3),
    files=(
        OutboundFile("Beleg März.pdf", "application/pdf", b"%PDF-1.7"),
        OutboundFile("logo.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(30), content_id="logo@brand"),
    ),
)


def test_it_reads_back_as_it_was_written() -> None:
    raw = write_mail(MAIL)
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    read = read_mail(raw)
    assert (read.subject, str(read.from_address)) == (MAIL.subject, str(MAIL.from_address))
    assert read.text.startswith("Hello Ama,\n\nyour refund is on its way: a long line")
    assert read.text.endswith(MAIL.marker), "plain text is beside the HTML, made from it"
    assert MAIL.marker in read.html
    assert [(each.name, each.inline) for each in read.attachments] == [
        ("logo.png", True),
        ("Beleg März.pdf", False),
    ]
    assert (read.message_id, read.in_reply_to, read.references) == (
        MAIL.message_id,
        (MAIL.in_reply_to,),
        MAIL.references,
    )
    assert (read.sent_at, read.troubles) == (NOON, ())
    assert recipients_of(MAIL) == ("ama@mail.example", "kofi@mail.example", "jo@xn--bcher-kva.example")
    kinds = [part.get_content_type() for part in message_from_bytes(raw, policy=policy.default).walk()]
    assert kinds[:4] == ["multipart/mixed", "multipart/alternative", "text/plain", "multipart/related"]
    assert classify(read).kind == "person"


def test_an_answer_to_it_proves_its_case() -> None:
    raw = write_mail(MAIL)
    sent = read_mail(raw)
    answer = f"From: ama@mail.example\nTo: {sent.reply_to[0]}\nIn-Reply-To: {sent.message_id}\n\nThanks\n\n"
    answer += quoted(sent.text, written_by="Lender", at=NOON)
    read = read_mail(answer.encode())
    assert read.reply_text == "Thanks"
    assert [(each.how, each.ticket) for each in evidence(read, SIGNER).found] == [
        *(("reply_address", 41), ("message_id", 41), ("marker", 41)),
    ]


def test_an_automatic_one_says_so() -> None:
    raw = write_mail(replace(MAIL, automatic="auto-replied", html="", text="We have your message.", files=()))
    assert b"\r\nAuto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\n" in raw
    assert b"Content-Type: text/plain" in raw
    assert classify(read_mail(raw)).kind == "auto_reply"


def test_references_are_the_first_and_the_last_ten() -> None:
    ids = [f"<{number}@x>" for number in range(30)]
    answered, references = thread_fields(ids, "<28@x>")
    assert (answered, references) == ("<28@x>", ("<0@x>", *ids[-10:]))
    assert thread_fields([], "") == ("", ())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": ()}, "mail.no_recipient"),
        ({"to": (Address("", "ama@mail"),)}, "mail.address"),
        ({"to": (Address("", "käthe@mail.example"),)}, "mail.address"),
        ({"cc": (Address("A\r\nBcc: x@evil.example", "a@mail.example"),)}, "mail.address"),
        ({"subject": "Hello\r\nBcc: x@evil.example"}, "mail.line_break"),
        ({"in_reply_to": "<a@b>\nX: y"}, "mail.line_break"),
        ({"html": " ", "text": ""}, "mail.empty"),
    ],
)
def test_what_cannot_be_sent_is_refused(changes: dict[str, object], code: str) -> None:
    with pytest.raises(MailRefused) as refused:
        write_mail(replace(MAIL, **changes))  # type: ignore[arg-type]
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("sent", "answers", "trips"),
    [
        (Sent(to_address_last_hour=2, to_address_last_day=9, with_subject_last_day=1), True, False),
        (Sent(on_case=1), False, False),
        (Sent(to_address_last_hour=3), False, False),
        (Sent(to_address_last_day=10), False, False),
        (Sent(with_subject_last_day=2), False, False),
        (Sent(from_mailbox_last_ten_minutes=100), False, True),
    ],
)
def test_automatic_answers_are_capped(sent: Sent, answers: bool, trips: bool) -> None:
    person = MachineMail("person", ())
    asked = {
        "is_spam": False, "is_first_of_case": True, "has_sender": True, "is_switched_off": False,
        "count": lambda: sent,
    }  # fmt: skip
    decision = may_acknowledge(person, **asked)  # type: ignore[arg-type]
    assert (decision.allowed, decision.trips_breaker, bool(decision.because)) == (answers, trips, not answers)
    machine = MachineMail("notification", ("Its return path is empty.",))
    for refused in ("is_spam", "is_first_of_case", "has_sender", "is_switched_off"):
        other = {**asked, refused: not asked[refused], "count": pytest.fail}  # nothing is counted for these
        assert not may_acknowledge(person, **other).allowed  # type: ignore[arg-type]
    assert not may_acknowledge(machine, **asked).allowed  # type: ignore[arg-type]
