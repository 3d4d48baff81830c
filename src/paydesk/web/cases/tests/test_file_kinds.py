"""Files on the page of a case: what each is or may be, its hash, whether it holds, what is asked for."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions
from paydesk.domain.cases.models import Attachment, Case
from paydesk.domain.cases.queries import code
from paydesk.domain.triage.actions import edit_category
from paydesk.foundation.documents.steps import store
from paydesk.web.cases.tests.at_the_inbox import OnTheInbox
from tests.builders import WORKER


class FileKinds(OnTheInbox):
    def setUp(self) -> None:
        super().setUp()
        self.case = self.opened()
        self.file = self.with_file("passport.pdf")

    def with_file(self, name: str, case: Case | None = None) -> Attachment:
        document = store(
            BytesIO(name.encode()), filename=name, by=WORKER, now=timezone.now(), retention="evidence",
            market="GH",
        )  # fmt: skip
        return Attachment.objects.create(
            message=(case or self.case).messages.earliest("pk"), document_id=document.pk, name=name,
            content_type="application/pdf", size_bytes=document.size_bytes, sha256=document.sha256,
        )  # fmt: skip

    def dialog(self) -> str:
        return reverse("cases:say_kind", args=[code(self.case), self.file.pk])

    def said(self, status: int = 302, **said: Any) -> str:
        return self.post("SU", self.dialog(), said, status)

    def test_the_name_proposes_a_person_confirms_and_the_page_says_it_with_the_hash(self) -> None:
        page = self.page("SU", self.case)
        assert "Identity document?" in page
        assert f"{self.file.sha256[:12]}…" in page
        dialog = self.get("SU", self.dialog())
        assert '<option value="identity" selected>' in dialog
        raw = self.clients["SU"].get(self.dialog()).content.decode()
        assert f"SHA-256 {self.file.sha256}" in raw
        end = timezone.localdate() + timedelta(days=400)
        self.said(kind="identity", expires_on=end.isoformat())
        page = self.page("SU", self.case)
        assert "Identity document?" not in page
        assert "valid until" in page
        assert "does not count as proof" not in page
        assert "Said what a file is" in page
        assert "Said by SU Person" in self.get("SU", self.dialog())

    def test_one_that_expired_or_is_about_to_is_marked_in_words(self) -> None:
        for days, word in ((-1, "It has expired and does not count"), (10, "It expires soon and does not")):
            end = timezone.localdate() + timedelta(days=days)
            self.said(kind="identity", expires_on=end.isoformat())
            assert word in self.page("SU", self.case)

    def test_what_cannot_be_is_refused_and_who_only_looks_is_told_so(self) -> None:
        assert "until when it is valid" in self.said(409, kind="identity")
        assert self.said(422, kind="shoe")
        self.post("AU", self.dialog(), {"kind": "other"}, 403)
        assert 'aria-disabled="true"' in self.get("AU", self.dialog())
        self.file.refresh_from_db()
        assert self.file.document_kind == ""
        other = self.opened(external_id="x2")
        self.get("SU", reverse("cases:say_kind", args=[code(other), self.file.pk]), status=404)

    def test_what_the_category_asks_for_stands_on_the_page_until_it_is_there(self) -> None:
        edit_category(
            "other.general", group="other", words="General question",
            documents={"resolve": ["identity"], "risk": ["police_report"]}, version=0,
            by=self.people["TL"].actor(), now=timezone.now(),
        )  # fmt: skip
        by = self.people["SU"].actor()
        actions.sort_case(self.case.pk, category="other.general", by=by, now=timezone.now())
        page = self.page("SU", self.case)
        assert "Document missing: Identity document. Ask for it, then say of the file what it is." in page
        assert "before it is escalated to risk. Document missing: Police report." in page
        self.said(kind="identity", bears_no_end="on")
        page = self.page("SU", self.case)
        assert "Document missing: Identity document" not in page
        assert "Document missing: Police report" in page
        form = {"kind": "risk", "severity": "high", "owner": str(self.people["RK"].pk),
                "reason": "Somebody else used her wallet."}  # fmt: skip
        address = reverse("risk:escalate", args=[code(self.case)])
        assert "Police report" in self.get("SU", address)
        assert "choose Urgent" in self.post("SU", address, form, 409)
        self.post("SU", address, {**form, "severity": "urgent"})
