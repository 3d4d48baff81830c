"""Mailboxes on the screen: set up by an administrator, seen by a lead, switched off; no secret is shown."""

from __future__ import annotations

from django.urls import reverse

from paydesk.domain.cases.models import Mailbox
from paydesk.web.refunds.tests.desk import OnTheRefundDesk

SAID = {
    "address": "help@desk.example", "name": "Help", "market": "GH", "imap_host": "imap.desk.example",
    "imap_port": "993", "imap_tls": "tls", "imap_login": "password", "imap_user": "help",
    "imap_secret": "a secret", "smtp_host": "smtp.desk.example", "smtp_port": "465", "smtp_tls": "tls",
    "smtp_login": "password", "acknowledges": "on",
}  # fmt: skip


class Mailboxes(OnTheRefundDesk):
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
        self.post("TL", reverse("mailboxes:switch", args=[box.pk]), {}, 403)
        self.post("AD", reverse("mailboxes:switch", args=[box.pk]), {})
        assert not Mailbox.objects.get().is_active
        self.get("SU", reverse("mailboxes:list"), status=403)
