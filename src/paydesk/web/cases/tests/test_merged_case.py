"""A case that another went into shows what was said there and where, and is answered in both threads."""

from __future__ import annotations

from io import BytesIO

from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions
from paydesk.domain.cases.keeping_files import CameAlong
from paydesk.domain.cases.mailing import mail_of
from paydesk.domain.cases.models import Attachment, Case, Mailbox, Message
from paydesk.domain.cases.queries import code, messages_of
from paydesk.domain.risk import actions as risk
from paydesk.foundation.documents.blobs import keep
from paydesk.web.cases.tests.at_the_inbox import ADDRESS, OnTheInbox
from tests.builders import WORKER


class MergedCases(OnTheInbox):
    def setUp(self) -> None:
        super().setUp()
        self.by, self.now = self.people["SU"].actor(), timezone.now()
        self.gone = self.opened(text="My phone is locked.", external_id="<gone@mail.example>")
        file = CameAlong(keep(BytesIO(b"%PDF-1.4 receipt")), "receipt.pdf")
        actions.receive_message(
            self.gone.pk, channel="email", text="My receipt.", sender=ADDRESS, files=[file], by=WORKER,
            now=self.now,
        )  # fmt: skip
        self.case = self.opened(text="Hello? It is me again.", external_id="<here@mail.example>")

    def merged(self) -> None:
        actions.merge(self.gone.pk, into=self.case.pk, by=self.by, now=self.now)

    def test_its_words_and_files_stand_there_with_the_case_they_were_said_in(self) -> None:
        self.merged()
        page = self.page("SU", self.case)
        assert "My phone is locked." in page
        assert "said in" in page
        assert reverse("cases:page", args=[code(self.gone)]) in page
        taken = reverse("cases:download", args=[code(self.case), Attachment.objects.get().pk])
        assert self.clients["SU"].get(taken).status_code == 200

    def test_an_answer_goes_on_in_what_they_wrote_last_in_either(self) -> None:
        self.merged()
        box = Mailbox.objects.create(
            address="help@desk.example", name="Help", market="GH", imap={}, smtp={}, imap_secret="",
            smtp_secret="", added_by="system:tests", added_at=self.now,
        )  # fmt: skip
        self.case.refresh_from_db()
        answer = actions.reply(
            self.case.pk, text="We look.", sent_key="m", version=self.case.version, by=self.by, now=self.now
        )
        mail = mail_of(Message.objects.select_related("case").get(pk=answer.pk), box, self.now)
        assert set(mail.references) >= {"<gone@mail.example>", "<here@mail.example>"}

    def test_what_others_alone_may_see_stays_with_them_and_nothing_of_it_is_split_off_here(self) -> None:
        self.merged()
        split = self.get("SU", reverse("cases:split", args=[code(self.case)]))
        assert "My phone is locked." not in split
        risk.escalate(
            ("case", self.gone.pk), market="GH", kind="risk", severity="high", is_restricted=True,
            reason="Somebody of ours may be in it.", owner_id=self.people["RK"].pk, by=self.by, now=self.now,
        )  # fmt: skip
        assert "My phone is locked." not in self.page("SU", self.case)
        assert {each.case_id for each in messages_of(Case.objects.get(pk=self.case.pk))} == {self.case.pk}
