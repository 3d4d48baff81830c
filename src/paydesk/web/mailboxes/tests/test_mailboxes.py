"""Mailboxes on the screen: set up by an administrator, seen by a lead, switched off; no secret is shown."""

from __future__ import annotations

import struct
from email.message import EmailMessage
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions
from paydesk.domain.cases.models import Attachment, Mailbox, ReceivedMail
from paydesk.domain.cases.queries import code
from paydesk.foundation.audit.models import AuditRecord
from paydesk.web.refunds.tests.desk import OnTheRefundDesk
from tests.builders import WORKER

SAID = {
    "address": "help@desk.example", "name": "Help", "market": "GH", "imap_host": "imap.desk.example",
    "imap_port": "993", "imap_tls": "tls", "imap_login": "password", "imap_user": "help",
    "imap_secret": "a secret", "smtp_host": "smtp.desk.example", "smtp_port": "465", "smtp_tls": "tls",
    "smtp_login": "password", "acknowledges": "on", "language": "en",
}  # fmt: skip


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class Mailboxes(OnTheRefundDesk):
    def box(self, **fields: Any) -> Mailbox:
        known = {
            "address": "help@desk.example", "name": "Help", "market": "GH", "imap": {}, "imap_secret": "",
            "smtp": {}, "smtp_secret": "", "added_by": "system:tests", "added_at": timezone.now(),
        }  # fmt: skip
        return Mailbox.objects.create(**{**known, **fields})

    def arrives(self, box: Mailbox, mail: EmailMessage) -> ReceivedMail:
        now = timezone.now()
        kept = actions.keep_mail(box, mail.as_bytes(), received_at=now, by=WORKER, now=now)
        return actions.take_in(kept.pk, by=WORKER, now=now)

    def test_a_held_picture_is_shown_to_whoever_asks_and_a_forged_sender_is_named(self) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "ama@mail.example", "help@desk.example", "My payment"
        mail["Authentication-Results"] = "mx.desk.example; dmarc=fail header.from=mail.example"
        mail.set_content("Look")
        mail.add_alternative('<p>Look <img src="cid:front"><img src="cid:slip"></p>', "html")
        front = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 856, 540) + b"\x08\x02\0\0\0"
        mail.add_attachment(front, maintype="image", subtype="png", filename="front.png", cid="<front>")
        slip = b"\x89PNG\r\n\x1a\n" + b"0" * 40
        mail.add_attachment(slip, maintype="image", subtype="png", filename="slip.png", cid="<slip>")
        case = self.arrives(self.box(own_servers=["mx.desk.example"]), mail).case
        assert case is not None
        page = self.get("SU", reverse("cases:inbox"), {"view": "team", "open": code(case)})
        assert "did not come from the address it names" in page
        assert "mx.desk.example: dmarc=fail" in page
        assert "It has the shape of a card" in page
        file = Attachment.objects.get(name="front.png")
        picture = reverse("cases:picture", args=[code(case), file.pk])
        assert f'src="{picture}"' not in page
        self.get("SU", picture, status=404)
        frame = self.get("SU", reverse("cases:as_sent", args=[code(case), file.message_id]))
        assert frame.count("data:image") == 1, "the slip, and not what is held"
        show = reverse("cases:show_held", args=[code(case), file.pk])
        asked = self.clients["SU"].post(show)["Location"]
        shown = self.clients["SU"].get(asked)
        assert (b"".join(shown.streaming_content), shown["Cache-Control"]) == (front, "private, no-store")  # type: ignore[attr-defined]
        self.get("AN", asked, status=404)
        assert AuditRecord.objects.filter(verb="case.held_picture_shown").count() == 1

    def test_one_is_set_up_switched_off_and_never_tells_its_secret(self) -> None:
        assert "No mailbox is set up" in self.get("AD", reverse("mailboxes:list"))
        self.post("AD", reverse("mailboxes:add"), {**SAID, "address": "none"}, 422)
        self.post("AD", reverse("mailboxes:add"), SAID)
        assert "already" in self.post("AD", reverse("mailboxes:add"), SAID, 409)
        box = Mailbox.objects.get()
        assert box.imap == {
            "host": "imap.desk.example", "port": 993, "user": "help", "tls": "tls", "login": "password"
        }  # fmt: skip
        page = self.get("TL", reverse("mailboxes:list"))
        assert "help@desk.example" in page
        assert "a secret" not in page
        change = reverse("mailboxes:change", args=[box.pk])
        form = self.get("AD", change)
        assert 'value="imap.desk.example"' in form
        assert "a secret" not in form
        said = {**SAID, "imap_secret": "", "tag": "Claims", "is_for_complaints": "on", "language": "fr"}
        moved = self.post("AD", change, {**said, "imap_host": "evil.example"}, 409)
        assert "type its secret as well" in moved
        self.post("AD", change, said)
        box.refresh_from_db()
        assert (box.tag, box.is_for_complaints, box.language) == ("claims", True, "fr")
        Mailbox.objects.update(breaker_at=timezone.now(), breaker_because="This mailbox sent 100 answers.")
        page = self.get("AD", reverse("mailboxes:list"))
        assert "This mailbox sent 100 answers." in page
        assert "acknowledges nothing" in self.get("AD", "/")
        self.post("TL", reverse("mailboxes:answer_again", args=[box.pk]), {}, 403)
        self.post("AD", reverse("mailboxes:answer_again", args=[box.pk]), {})
        assert "acknowledges nothing" not in self.get("AD", "/")
        self.post("TL", reverse("mailboxes:switch", args=[box.pk]), {}, 403)
        self.post("AD", reverse("mailboxes:switch", args=[box.pk]), {})
        assert not Mailbox.objects.get().is_active
        self.get("SU", reverse("mailboxes:list"), status=403)

    def test_mail_that_led_to_no_case_is_looked_at_taken_in_or_ignored(self) -> None:
        mail = EmailMessage()
        mail["From"], mail["Subject"], mail["Auto-Submitted"] = "kofi@mail.example", "Away", "auto-replied"
        mail.set_content("I am at sea until May")
        box = self.box()
        left = self.arrives(box, mail)
        here = reverse("mail_left:list")
        assert "kofi@mail.example" in self.get("SU", here)
        assert "I am at sea" in self.get("AU", reverse("mail_left:look", args=[left.pk]))
        self.get("AD", here, status=403)
        self.post("AU", reverse("mail_left:ignore", args=[left.pk]), {}, 403)
        self.post("SU", reverse("mail_left:take_in", args=[left.pk]), {})
        left.refresh_from_db()
        assert left.case is not None
        mail.replace_header("Subject", "Away again")
        other = self.arrives(box, mail)
        self.post("SU", reverse("mail_left:ignore", args=[other.pk]), {})
        assert "No mail was left" in self.get("SU", here)
        assert "Away again" in self.get("SU", here, {"state": "ignored"})
        csv = self.clients["SU"].get(reverse("mail_left:export", args=["csv"]), {"state": "ignored"})
        assert b"kofi@mail.example" in b"".join(csv.streaming_content)  # type: ignore[attr-defined]
