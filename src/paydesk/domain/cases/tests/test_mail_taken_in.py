"""Mail that was kept is never lost: what cannot be understood holds up nothing, a person decides on it."""

from __future__ import annotations

import json
import struct
import threading
from datetime import timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs

import pytest
from django.db import OperationalError
from django.utils import timezone

from paydesk.connectors.mail.automatic_answers import Caps
from paydesk.domain.cases import actions, mailing
from paydesk.domain.cases.keeping_files import CameAlong
from paydesk.domain.cases.models import Attachment, Case, CaseLink, Mailbox, Message, ReceivedMail
from paydesk.domain.cases.queries import code, mail_troubles
from paydesk.domain.cases.sending_round import SendingRound
from paydesk.domain.cases.texts import LANGUAGES
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.documents import blobs
from paydesk.foundation.people.authority import rights_of
from paydesk.foundation.people.models import Market
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused, Refused
from tests.builders import NOON, WORKER, make_source_account, receive, row

pytestmark = pytest.mark.usefixtures("db", "_documents_in_a_folder_of_the_test")
AGENT = Actor("person", 940_012, "Agent", rights_of(["SU"]), frozenset({"GH"}))
ADMINISTRATOR = Actor("person", 940_011, "Admin", rights_of(["AD"]))
AUDITOR = Actor("person", 940_013, "Auditor", rights_of(["AU"]), frozenset({"GH"}))
THEIRS = "ama@mail.example"
READ = "paydesk.domain.cases.actions.mail_in.reading.read_mail"


def a_box(**fields: Any) -> Mailbox:
    Market.objects.get_or_create(
        code="GH", defaults={"name": "Ghana", "currency": "GHS", "time_zone": "Africa/Accra"}
    )
    values = {"address": "help@desk.example", "name": "Help", "market": "GH", "imap": {}, "imap_secret": "",
              "smtp": {}, "smtp_secret": "", "added_by": "system:tests", "added_at": NOON}  # fmt: skip
    return Mailbox.objects.create(**{**values, **fields})


def a_mail(text: str = "Where is my money?", *, sender: str = THEIRS, **fields: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Ama <{sender}>", "help@desk.example"
    mail["Subject"] = fields.pop("subject", "Payment")
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def kept(box: Mailbox, mail: EmailMessage | None = None, **fields: str) -> ReceivedMail:
    raw = (mail or a_mail(**fields)).as_bytes()
    return actions.keep_mail(box, raw, received_at=NOON, by=WORKER, now=NOON)


def taken_in(box: Mailbox, mail: EmailMessage | None = None, **fields: str) -> ReceivedMail:
    return actions.take_in(kept(box, mail, **fields).pk, by=WORKER, now=NOON)


def case_of(received: ReceivedMail) -> Case:
    assert received.case is not None, received.told
    return received.case


def test_what_cannot_be_understood_holds_up_nothing_and_a_person_takes_it_in_later() -> None:
    box = a_box()
    first, second = kept(box, Message_ID="<1@mail.example>"), kept(box, Message_ID="<2@mail.example>")
    real = actions.mail_in.reading.read_mail

    def broken(raw: bytes, **known: Any) -> Any:
        if b"<1@mail.example>" in raw:
            raise RecursionError("too deep")
        return real(raw, **known)

    with patch(READ, broken):
        assert actions.take_in_all(by=WORKER, now=NOON) == 2
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.state, second.state) == ("failed", "in_case")
        assert "RecursionError" in first.told
        with pytest.raises(Refused, match="RecursionError"):
            actions.take_in_anyway(first.pk, by=AGENT, now=NOON)
    assert actions.take_in_anyway(first.pk, by=AGENT, now=NOON).state == "in_case"
    assert AuditRecord.objects.filter(verb="mail.taken_in", subject_id=first.pk).count() == 1


def test_what_the_database_would_not_do_now_is_tried_again_and_not_for_ever() -> None:
    box = a_box()
    received = kept(box)
    with patch(READ, side_effect=OperationalError("deadlock detected")):
        for _ in range(actions.mail_left.TRIES - 1):
            actions.take_in_all(by=WORKER, now=NOON)
        received.refresh_from_db()
        assert received.state == "kept"
        actions.take_in_all(by=WORKER, now=NOON)
    received.refresh_from_db()
    assert received.state == "failed"


def test_what_a_machine_wrote_is_set_aside_until_somebody_takes_it_in_or_ignores_it() -> None:
    box = a_box()
    away = taken_in(box, text="I am away", Auto_Submitted="auto-replied", subject="Away")
    news = taken_in(box, text="News", Auto_Submitted="auto-generated", subject="News")
    assert (away.state, away.sender, away.subject) == ("set_aside", THEIRS, "Away")
    with pytest.raises(NotAllowedRefused):
        actions.take_in_anyway(away.pk, by=AUDITOR, now=NOON)
    case = case_of(actions.take_in_anyway(away.pk, by=AGENT, now=NOON))
    assert not Message.objects.filter(case=case, is_automatic=True).exists(), "no machine is answered"
    assert actions.ignore_mail(news.pk, by=AGENT, now=NOON).state == "ignored"
    with pytest.raises(Refused, match="is ignored"):
        actions.take_in_anyway(news.pk, by=AGENT, now=NOON)


def test_a_very_long_answer_is_shown_from_its_beginning_and_kept_whole() -> None:
    box = a_box()
    case = case_of(taken_in(box, Message_ID="<1@mail.example>"))
    text = "so much happened " * 6_500
    answer = taken_in(box, text=text, In_Reply_To="<1@mail.example>", Message_ID="<2@mail.example>")
    assert (answer.state, answer.case) == ("in_case", case)
    said = Message.objects.get(external_id="<2@mail.example>")
    assert (len(said.text), len(said.full_text) > 110_000) == (100_000, True)


def test_another_message_under_a_known_id_is_a_message_of_its_own() -> None:
    box, other = a_box(), a_box(address="care@desk.example")
    first = taken_in(box, Message_ID="<same@mail.example>")
    copy = a_mail(Message_ID="<same@mail.example>", Received="by mx.desk.example")
    assert taken_in(other, copy).case == first.case, "a copy to a second mailbox is the same message"
    stranger = a_mail("Something else", sender="eve@mail.example", Message_ID="<same@mail.example>")
    stranger.add_attachment(b"slip", maintype="application", subtype="pdf", filename="slip.pdf")
    told = taken_in(box, stranger)
    assert told.case != first.case
    assert Attachment.objects.get().message.case == told.case
    more = a_mail("And this", In_Reply_To="<same@mail.example>", Message_ID="<same@mail.example>")
    assert taken_in(box, more).state == "in_case"
    assert sorted(Message.objects.filter(direction="in").values_list("text", flat=True)) == [
        "And this", "Something else", "Where is my money?",
    ]  # fmt: skip


def test_a_message_that_cannot_be_kept_leaves_its_place_and_the_next_is_read() -> None:
    box = a_box(imap={"folder": "x"}, smtp={"folder": "x"})
    with patch("paydesk.domain.cases.actions.mail.redact_message", side_effect=RecursionError("deep")):
        received = actions.keep_or_note(
            box, a_mail().as_bytes(), place="7", received_at=NOON, by=WORKER, now=NOON + timedelta(1)
        )
    assert received.state == "failed"
    assert "message 7" in received.told


def test_the_breaker_stays_open_until_a_person_turns_it_on_again_whatever_the_reading_says() -> None:
    box = a_box(imap={"folder": "none"}, smtp={"folder": "none"})
    with patch.object(Caps, "per_mailbox_and_minutes", 1):
        for n in range(3):
            taken_in(box, sender=f"one{n}@mail.example")
            box.refresh_from_db()
    assert Message.objects.filter(is_automatic=True).count() == 1
    actions.fetch(box.pk, by=WORKER, now=NOON)
    box.refresh_from_db()
    assert (box.acknowledges, box.breaker_at) == (True, NOON)
    assert "1 automatic answers in ten minutes" in box.breaker_because
    assert [each.pk for each in mail_troubles(ADMINISTRATOR)] == [box.pk]
    with pytest.raises(NotAllowedRefused):
        actions.answer_again(box.pk, by=AGENT, now=NOON)
    actions.answer_again(box.pk, by=ADMINISTRATOR, now=NOON)
    assert mail_troubles(ADMINISTRATOR) == []
    taken_in(box, sender="two@mail.example")
    assert Message.objects.filter(is_automatic=True).count() == 2
    verbs = AuditRecord.objects.filter(subject_kind="mailbox").values_list("verb", flat=True)
    assert list(verbs.order_by("pk")) == ["mailbox.breaker_tripped", "mailbox.breaker_reset"]


def test_a_mailbox_is_changed_and_a_secret_goes_to_no_other_server() -> None:
    server = {"host": "imap.desk.example", "port": 993, "user": "help", "login": "password"}
    said: dict[str, Any] = {
        "name": "Help", "smtp": server, "own_servers": ["mx.desk.example"], "acknowledges": False,
        "language": "fr", "tag": "Aide", "is_for_complaints": True,
    }  # fmt: skip
    secret = {"imap_secret": mailing.sealed("old"), "smtp_secret": mailing.sealed("old")}
    kept_as = {**server, "ca_file": "/etc/ca.pem"}
    box = a_box(imap=kept_as, smtp=server, place_valid=1, place_uid=9, problem="no", **secret)
    with pytest.raises(Refused, match="another IMAP server"):
        actions.change_mailbox(
            box.pk, imap={**server, "host": "evil.example"}, **said, by=ADMINISTRATOR, now=NOON
        )
    box = actions.change_mailbox(box.pk, imap=server, **said, by=ADMINISTRATOR, now=NOON)
    assert (box.imap, box.imap_secret, box.place_uid, box.problem) == (kept_as, secret["imap_secret"], 9, "")
    assert (box.tag, box.language, box.is_for_complaints) == ("aide", "fr", True)
    box = actions.change_mailbox(
        box.pk, imap={**server, "user": "aide"}, imap_secret="new", **said, by=ADMINISTRATOR, now=NOON
    )
    assert (mailing.server_of(box.imap, box.imap_secret).secret, box.place_valid) == ("new", None)
    record = AuditRecord.objects.filter(verb="mailbox.changed").latest("pk")
    assert record.changes == {"fields": ["imap"]}


def test_where_our_server_says_that_the_address_is_made_up_nothing_moves_and_nobody_is_told() -> None:
    box = a_box(own_servers=["mx.desk.example"])
    good = {"Authentication_Results": "mx.desk.example; dmarc=pass header.from=mail.example"}
    bad = {
        "Authentication_Results": "mx.desk.example; spf=fail; dkim=none; dmarc=fail header.from=mail.example"
    }
    case = case_of(taken_in(box, Message_ID="<1@mail.example>", **good))
    first = Message.objects.get(case=case, direction="in")
    assert (first.sender_check, first.sender_told) == ("proved", "mx.desk.example: dmarc=pass")
    Case.objects.filter(pk=case.pk).update(unanswered_since=None)
    forged = taken_in(box, In_Reply_To="<1@mail.example>", **bad)
    note = Message.objects.get(external_id=forged.message_id)
    assert (forged.case, note.is_public, note.sender_check) == (case, False, "failed")
    assert note.sender_told == "mx.desk.example: dmarc=fail spf=fail dkim=none"
    case.refresh_from_db()
    assert case.unanswered_since is None
    guessed = case_of(taken_in(box, subject=f"Re: [#{code(case)}]", **bad))
    assert guessed != case
    assert not Message.objects.filter(case=guessed, is_automatic=True).exists()
    other = {"Authentication_Results": "mx.evil.example; dmarc=pass header.from=mail.example"}
    told = taken_in(box, text="Hi", **other)
    assert Message.objects.get(external_id=told.message_id).sender_check == "", "nobody we know said so"


def card_shaped() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 856, 540) + b"\x08\x02\0\0\0"


def test_a_picture_that_may_show_a_card_is_held_and_looking_at_it_is_recorded() -> None:
    mail = a_mail()
    for name, data in (("front.png", card_shaped()), ("slip.png", b"\x89PNG\r\n\x1a\n" + b"0" * 40)):
        mail.add_attachment(data, maintype="image", subtype="png", filename=name)
    case = case_of(taken_in(a_box(), mail))
    held, free = Attachment.objects.order_by("pk")
    assert (held.held_because, free.held_because) == ("It has the shape of a card.", "")
    front = CameAlong(blobs.keep(BytesIO(card_shaped())), "front.png")
    by_chat = actions.receive_message(
        case.pk, channel="chat", text="Here", files=[front],
        by=WORKER, now=NOON,
    )  # fmt: skip
    assert by_chat.attachments.get().held_because
    actions.show_held(held.pk, by=AGENT, now=NOON)
    assert AuditRecord.objects.filter(verb="case.held_picture_shown", subject_id=case.pk).count() == 1


def test_a_case_goes_to_the_queue_of_its_mailbox_and_is_answered_by_it_in_its_language(
    tmp_path: Path, settings: Any
) -> None:
    settings.POST_FOLDER = tmp_path
    first, second = (
        a_box(address=f"{name}@desk.example", imap={"folder": name}, smtp={"folder": name}, **fields)
        for name, fields in (
            ("help", {}), ("plainte", {"language": "fr", "tag": "plaintes", "is_for_complaints": True})
        )
    )  # fmt: skip
    case = case_of(taken_in(second))
    assert (case.mailbox, case.tags, case.is_complaint, case.language) == (second, ["plaintes"], True, "fr")
    assert actions.send_due(by=WORKER, now=NOON) == 1
    sent = Message.objects.get(case=case, is_automatic=True)
    assert sent.external_id.endswith("@desk.example>")
    assert "Nous avons reçu votre message" in sent.text
    said = b"".join(path.read_bytes() for path in (tmp_path / "plainte" / "sent").iterdir())
    assert b"plainte+" in said
    assert not (tmp_path / "help").exists()
    Mailbox.objects.filter(pk=second.pk).update(is_active=False)
    case.refresh_from_db()
    assert SendingRound().box_of(case) == first, "where its own is switched off, the first of the market"
    assert set(mailing.ACKNOWLEDGEMENTS) == set(LANGUAGES)


def test_what_is_quoted_attached_or_forwarded_refers_to_something_too() -> None:
    box = a_box()
    account = make_source_account()
    paid = receive(account, *(row(n, f"{n}0.00", provider_ref=f"TXAB1234{n}") for n in range(1, 5)))
    other = case_of(taken_in(box, text="Something else", sender="eve@mail.example"))
    mail = a_mail(f"See below and {code(other)}\n\nOn 1 March 2026 MoMo wrote:\n> You paid. Code TXAB12341\n")
    mail.add_attachment(b"a photo", maintype="image", subtype="jpeg", filename="TXAB12342.jpg")
    mail.add_attachment("Receipt\nReference TXAB12343", filename="receipt.txt")
    forwarded = a_mail("Your payment TXAB12344 was received", sender="momo@mail.example")
    mail.add_attachment(forwarded)
    case = case_of(taken_in(box, mail))
    links = {("payment", each.pk) for each in paid} | {("case", other.pk)}
    assert set(CaseLink.objects.filter(case=case).values_list("kind", "object_id")) == links
    again = taken_in(box, text="And this", subject=f"Re: Payment [#{code(case)}]")
    quoting = taken_in(box, text=f"> your case {code(case)}", subject=f"Re: [#{code(case)}]")
    assert (again.case, quoting.case) == (case, case)
    assert not CaseLink.objects.filter(kind="case", object_id=case.pk).exists(), "its own code is no link"


def test_a_token_is_asked_for_again_before_it_ends_and_who_has_to_sign_in_again_is_told() -> None:
    asked: list[dict[str, list[str]]] = []

    class Tokens(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            is_good = asked[-1]["refresh_token"] == ["first"] or len(asked) == 2
            said = {"access_token": f"access {len(asked)}", "expires_in": 3600, "refresh_token": "second"}
            self.send_response(200 if is_good else 400)
            self.end_headers()
            self.wfile.write(json.dumps(said if is_good else {"error": "invalid_grant"}).encode())

        def log_message(self, *said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Tokens)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = {"host": "imap.desk.example", "port": 993, "user": "help", "tls": "tls", "login": "xoauth2"}
    a_box()  # the market
    box = actions.add_mailbox(
        address="token@desk.example", name="", market="GH", imap=host, imap_secret="", smtp=host,
        smtp_secret="", refresh_token="first", client_secret="ours",
        tokens={"address": f"http://127.0.0.1:{server.server_port}/t", "client_id": "us", "scope": "mail"},
        by=ADMINISTRATOR, now=NOON,
    )  # fmt: skip
    secrets = [way(box).server.secret for way in (mailing.reading, mailing.sending)]  # type: ignore
    assert (secrets, len(asked)) == (["access 1", "access 1"], 1)
    assert (asked[0]["client_secret"], asked[0]["grant_type"]) == (["ours"], ["refresh_token"])
    Mailbox.objects.filter(pk=box.pk).update(access_until=timezone.now())
    box.refresh_from_db()
    assert mailing.reading(box).server.secret == "access 2"  # type: ignore[union-attr]
    assert asked[1]["refresh_token"] == ["second"], "the server changed it"
    Mailbox.objects.filter(pk=box.pk).update(access_until=timezone.now())
    actions.fetch(box.pk, by=WORKER, now=NOON)
    server.shutdown()
    box.refresh_from_db()
    assert "sign in there again" in box.problem
    assert "second" not in box.tokens_secret
    with pytest.raises(Refused, match="https"):
        actions.change_mailbox(
            box.pk, name="", imap=host, smtp=host, own_servers=[], acknowledges=True, language="en", tag="",
            is_for_complaints=False, tokens={**box.tokens, "address": "http://evil.example/"},
            refresh_token="x", by=ADMINISTRATOR, now=NOON,
        )  # fmt: skip
