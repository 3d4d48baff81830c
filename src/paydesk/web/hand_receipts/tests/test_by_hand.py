"""A payment received by hand on the screens: entered with evidence, decided by another, proven by its row."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.hand_receipts.models import HandReceipt
from paydesk.domain.hand_receipts.queries import code, count_overdue
from paydesk.domain.payments.models import Payment
from paydesk.web.refunds.tests.desk import PHONE, OnTheRefundDesk
from tests.builders import ANALYST, receive, row

LIST, NEW = "/payments/by-hand/", "/payments/by-hand/new/"
PICTURE = b"\x89PNG\r\n\x1a\n picture of a message"


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class ByHand(OnTheRefundDesk):
    def entered(self, status: int = 302, role: str = "AN", **fields: str) -> HandReceipt | None:
        said = {
            "account": str(self.account.pk), "amount": "60.00",
            "paid_at": f"{timezone.localtime() - timedelta(hours=2):%Y-%m-%dT%H:%M}", "provider_ref": "MP77",
            "reference": "10482937", "phone": "0244123456", "payer_name": "Ama Mensah",
            "note": "Her message is attached.", **fields,
        }  # fmt: skip
        evidence = SimpleUploadedFile("message.png", PICTURE, content_type="image/png")
        self.answer = self.post(role, NEW, said | {"evidence": evidence}, status)
        return HandReceipt.objects.order_by("pk").last()

    def test_from_the_form_to_the_payment_and_its_proof(self) -> None:
        assert "Receive by hand" in self.get("AN", reverse("payments:list"))
        assert "Ask to receive it" in self.get("AN", NEW)
        receipt = self.entered()
        assert receipt is not None
        page = self.get("AN", reverse("hand_receipts:page", args=[code(receipt)]))
        for text in ("To decide", "message.png", "MP77", "Her message is attached.", "waits for a second"):
            assert text in page, text
        inbox = self.get("TL", reverse("approvals:inbox"))
        assert "Receive by hand" in inbox
        self.decided("hand_receipt", receipt.pk, "TL")
        payment = Payment.objects.get(statement_line__hand_receipt=receipt)
        assert payment.amount_minor == 60_00
        page = self.get("AN", reverse("hand_receipts:page", args=[code(receipt)]))
        assert "row is awaited" in page
        assert code(receipt) in self.get("AN", LIST, {"tab": "awaited"})
        HandReceipt.objects.filter(pk=receipt.pk).update(received_at=timezone.now() - timedelta(days=4))
        assert count_overdue(ANALYST, timezone.now()) == 1
        assert code(receipt) in self.get("AN", LIST, {"tab": "overdue"})
        receive(self.account, row(1, "60.00", provider_ref="MP77"))
        assert code(receipt) not in self.get("AN", LIST, {"tab": "overdue"})
        assert code(receipt) in self.get("AN", LIST, {"tab": "proven"})

    def test_sent_twice_it_is_entered_once_and_what_is_missing_is_said(self) -> None:
        self.entered()
        self.entered(status=409)
        assert "entered already" in self.answer
        assert HandReceipt.objects.count() == 1
        for fields, words in (
            ({"provider_ref": "MP78", "amount": "0"}, "Above zero"),
            ({"provider_ref": "MP78", "amount": "1.005"}, "no more places"),
            ({"provider_ref": "MP78", "account": ""}, "required"),
        ):
            self.entered(status=422, **fields)
            assert words in self.answer, words
        self.entered(status=409, provider_ref="MP78", phone="12")
        assert "not a phone number" in self.answer

    def test_who_may_enter_who_may_look_and_who_sees_whom(self) -> None:
        receipt = self.entered()
        assert receipt is not None
        path = reverse("hand_receipts:page", args=[code(receipt)])
        for role in ("TL", "FC", "AU"):
            self.get(role, path)
            assert "Payments analyst can" in self.get(role, NEW)
        for role in ("SU", "SD", "AD"):
            self.get(role, LIST, status=403)
        self.entered(status=403, role="TL", provider_ref="MP79")
        controllers = self.get("FC", path)
        assert "Ama M•••" in controllers
        assert "Mensah" not in controllers
        assert PHONE not in controllers
        answer = self.clients["AN"].get(reverse("hand_receipts:evidence", args=[code(receipt)]))
        assert b"".join(answer.streaming_content) == PICTURE  # type: ignore[attr-defined]
        self.people["AN"].markets.clear()
        self.get("AN", path, status=404)
        self.get("AN", reverse("hand_receipts:page", args=["HRC-9"]), status=404)

    def test_the_list_leaves_and_costs_the_same_with_many(self) -> None:
        self.entered()

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                self.get("AN", LIST)
            return len(captured)

        self.get("AN", LIST)
        before = queries()
        for number in range(3):
            self.entered(provider_ref=f"MPX{number}")
        self.get("AN", LIST)  # says once that they are asked for
        assert queries() == before <= 23
        answer = self.clients["AN"].get(reverse("hand_receipts:export", args=["csv"]))
        text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
        assert "MPX2" in text
        assert PHONE not in text
        assert self.clients["AN"].get(reverse("hand_receipts:export", args=["xlsx"])).status_code == 200
