"""The web form: a reference looked up while it is typed, card data refused; a case, its files, its page."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases.models import Attachment, Case, CaseLink, Message
from paydesk.domain.cases.queries import code
from paydesk.domain.doors import actions
from paydesk.domain.doors.actions import forms
from paydesk.domain.doors.actions.forms import SentFile
from paydesk.domain.doors.models import StatusLink
from paydesk.web.addresses import code_in
from paydesk.web.public import limits
from paydesk.web.public.tests.test_status import BROWSER
from paydesk.web.refunds.tests.desk import OnTheRefundDesk
from tests.builders import WORKER

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
)
CARD = "4111 1111 1111 1111"


pytestmark = pytest.mark.usefixtures("nobody_came_before")


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class WebForm(OnTheRefundDesk):
    def setUp(self) -> None:
        super().setUp()
        self.visitor = Client(headers=BROWSER)
        self.door, _ = actions.add_door(
            kind="form", name="Shop", market="GH", origins=["https://shop.example"],
            by=self.people["AD"].actor(), now=timezone.now(),
        )  # fmt: skip
        self.path = reverse("public:ask", args=[self.door.key])

    def send(self, status: int = 200, **said: Any) -> str:
        known = {
            "reference": code_in("payment", self.payment.pk), "category": "paying.not_applied",
            "text": "My phone is locked", "contact": "Ama@Example.com", "name": "Ama",
            "sent_key": uuid4().hex,
        }  # fmt: skip
        answer = self.visitor.post(self.path, {**known, **said})
        assert answer.status_code == status, answer.content.decode()[:3000]
        assert "frame-ancestors 'self' https://shop.example" in answer["Content-Security-Policy"]
        assert "X-Frame-Options" not in answer
        assert not answer.cookies
        return answer.content.decode()

    def reading(self, typed: str) -> str:
        answer = self.visitor.get(f"{self.path}/reference", {"r": typed})
        assert set(answer.json()) == {"reading", "words"}
        return str(answer.json()["reading"])

    def test_a_reference_is_known_unknown_or_mistyped_and_nothing_else_is_told(self) -> None:
        ours = code_in("payment", self.payment.pk)
        slip = ours[:-1] + ("A" if ours[-1] != "A" else "B")
        assert [self.reading(each) for each in (ours, slip, "10482937", "MP990101ZZ99", "48", "", CARD)] == [
            "known", "mistyped", "known", "unknown", "short", "empty", "card",
        ]  # fmt: skip
        swapped = "10482973"
        assert self.reading(swapped) == "mistyped"
        for _ in range(limits.REFERENCES.most):
            last = self.visitor.get(f"{self.path}/reference", {"r": "x"})
        assert last.status_code == 429

    def test_what_is_sent_is_a_case_with_its_link_file_and_page_and_sent_twice_it_is_one(self) -> None:
        page = self.visitor.get(f"{self.path}?lang=sw").content.decode()
        assert "Nini kimetokea?" in page
        key = uuid4().hex
        said = {"sent_key": key, "files": SimpleUploadedFile(f"receipt {CARD}.png", PNG)}
        page = self.send(**said)
        case = Case.objects.get()
        assert (case.channel, case.market, case.contact) == ("web_form", "GH", "ama@example.com")
        assert (case.category, case.level, case.unanswered_since is not None) == (
            "paying.not_applied", "unverified", True,
        )  # fmt: skip
        assert CaseLink.objects.get(case=case, kind="payment").state == "proposed"
        file = Attachment.objects.get()
        assert (file.content_type, file.message.case_id) == ("image/png", case.pk)
        assert "4111" not in file.name
        assert code(case) in page
        address = page.partition('id="status-page" href="http://testserver')[2].partition('"')[0]
        assert "We have your message" in self.visitor.get(address).content.decode()
        self.send(sent_key=key)
        assert Message.objects.count() == Case.objects.count() == Attachment.objects.count() == 1

    def test_its_case_its_files_and_its_page_are_made_together_or_not_at_all(self) -> None:
        key = uuid4().hex

        def sent() -> tuple[Case, StatusLink]:
            file = SentFile("receipt.png", BytesIO(PNG), len(PNG))
            said = {"sent_key": key, "text": "Where is it?", "by": WORKER, "now": timezone.now()}
            return forms.send_form(self.door, files=[file], **said)

        with patch.object(forms, "make_link", side_effect=LookupError), pytest.raises(LookupError):
            sent()
        assert Case.objects.count() == Attachment.objects.count() == 0
        made = [sent(), sent()]
        assert made[0] == made[1]
        assert Case.objects.count() == Attachment.objects.count() == StatusLink.objects.count() == 1

    def test_card_data_is_refused_in_its_field_with_the_reason(self) -> None:
        for field in ("reference", "text", "name", "contact"):
            page = self.send(422, **{field: CARD})
            assert "we never keep" in page, field
        assert "security code" in self.send(422, text="my PIN is 4821, help")
        assert not Case.objects.exists()

    def test_what_cannot_be_taken_is_said_and_a_program_gets_nothing(self) -> None:
        assert "Please fill this in." in self.send(422, text="")
        assert "all its digits" in self.send(422, contact="024")
        script = SimpleUploadedFile("receipt.png", b"<script>alert(1)</script>")
        assert "PDF, JPEG or PNG" in self.send(422, files=script)
        assert code_in("case", 1)[:4] not in self.send(website="https://spam.example")
        assert not Case.objects.exists()
        self.send(contact="024 412 3456")
        assert Case.objects.get().contact == "233244123456"
        for _ in range(limits.FORMS.most):
            self.send(422, text="") if limits.FORMS._counts["127.0.0.1"] < limits.FORMS.most else None
        self.send(429)
        actions.switch_door(self.door.pk, is_active=False, by=self.people["AD"].actor(), now=timezone.now())
        assert self.visitor.get(self.path).status_code == 404
