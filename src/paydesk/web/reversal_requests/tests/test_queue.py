"""Reversal requests on the screens: recorded, held, answered by two people, ended by the provider's row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.payments.steps import take_back
from paydesk.domain.reversal_requests.actions import settle_reversed
from paydesk.domain.reversal_requests.models import ReversalRequest
from paydesk.domain.reversal_requests.queries import code
from paydesk.kernel.public_codes import code_of
from paydesk.web.refunds.tests.desk import PHONE, OnTheRefundDesk
from tests.builders import WORKER, receive_today, row

LIST = "/reversal-requests/"


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class Queue(OnTheRefundDesk):
    def recorded(self, status: int = 302, role: str = "SU", **fields: Any) -> ReversalRequest | None:
        payment = fields.pop("payment", self.payment)
        said = {
            "amount": "", "case_number": "RV-77", "reason": "wrong_recipient", "note": "By e-mail.",
            "requested_at": f"{timezone.localtime() + timedelta(minutes=-1):%Y-%m-%dT%H:%M}", **fields,
        }  # fmt: skip
        self.answer = self.post(role, reverse("reversal_requests:record", args=[payment.pk]), said, status)
        return ReversalRequest.objects.order_by("pk").last()

    def act(self, role: str, request: ReversalRequest, deed: str, status: int = 302, **said: str) -> str:
        return self.post(role, reverse("reversal_requests:act", args=[code(request), deed]), said, status)

    def opened(self, role: str, request: ReversalRequest) -> str:
        answer = self.clients[role].get(reverse("reversal_requests:page", args=[code(request)]), follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    def one(self, **fields: Any) -> ReversalRequest:
        request = self.recorded(**fields)
        assert request is not None
        return request

    def test_recorded_contested_with_the_proof_and_closed(self) -> None:
        message = SimpleUploadedFile("case.txt", b"Case RV-77", content_type="text/plain")
        request = self.one(evidence=message)
        assert (request.state, request.held_minor) == ("locked", 120_00)
        page = self.opened("SU", request)
        for text in ("To answer", "RV-77", "Contest…", "Accept…", "Sent to the wrong recipient", "10482937"):
            assert text in page, text
        assert "The proof of value is made now" in self.get(
            "AN", reverse("reversal_requests:act", args=[code(request), "contest"])
        )
        self.act("AN", request, "contest", contest_reason="value_given", note="See it.")
        inbox = self.get("TL", reverse("approvals:inbox"))
        assert "Contest a reversal request" in inbox
        proof = reverse("reversal_requests:proof", args=[code(request)])
        answer = self.clients["TL"].get(proof)
        assert b"".join(answer.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
        self.decided("reversal_request", request.pk, "TL")
        assert "Send the proof to the provider" in self.opened("AN", request)
        assert code(request) in self.get("AN", LIST, {"tab": "waiting"})
        self.act("AN", request, "release", note="Closed for us.")
        assert "Closed for us." in self.opened("AN", request)
        assert code(request) in self.get("AN", LIST, {"tab": "done"})
        answer = self.clients["AN"].get(reverse("reversal_requests:evidence", args=[code(request)]))
        assert b"".join(answer.streaming_content) == b"Case RV-77"  # type: ignore[attr-defined]

    def test_accepted_and_taken_by_the_providers_row(self) -> None:
        request = self.one(amount="50.00")
        self.act("AN", request, "accept", note="It was a slip.")
        self.act("AN", request, "contest", 409, contest_reason="no_consent", note="Both")
        self.decided("reversal_request", request.pk, "TL")
        assert "stays held" in self.opened("AN", request)
        take_back(self.payment.pk, 50_00, by=WORKER, at=timezone.now())
        assert settle_reversed(by=WORKER, now=timezone.now()) == 1
        assert "Taken by the provider" in self.opened("AN", request)
        self.act("AN", request, "accept", 409, note="Again")

    def test_sent_twice_it_is_recorded_once_and_what_is_missing_is_said(self) -> None:
        self.one()
        self.recorded(status=409)
        assert "asks for money of this payment already" in self.answer
        assert ReversalRequest.objects.count() == 1
        self.recorded(status=422, reason="")
        self.recorded(status=422, amount="121.00")
        assert "Between the smallest unit and 120.00 GHS" in self.answer

    def test_which_payment_by_either_code(self) -> None:
        path = reverse("reversal_requests:choose")
        wanted = reverse("reversal_requests:record", args=[self.payment.pk])
        for text in (self.payment.statement_line.provider_ref, wanted.split("/")[-2]):
            answer = self.clients["AN"].get(path, {"q": text})
            assert (answer.status_code, answer["Location"]) == (302, wanted)
        assert "No payment in your markets" in self.get("AN", path, {"q": "nothing-like-it"})

    def test_roles_see_and_do_what_the_table_says(self) -> None:
        request = self.one()
        for role in ("TL", "FC", "RK", "AU"):
            assert "Payments analyst or Support agent can" in self.opened(role, request)
            self.act(role, request, "accept", 403, note="It was a slip.")
        for role in ("SD", "AD"):
            self.get(role, LIST, status=403)
        seen = self.opened("FC", request)
        assert "Ama M•••" in seen
        assert "Mensah" not in seen
        assert PHONE not in seen
        self.people["AN"].markets.clear()
        assert code(request) not in self.get("AN", LIST)
        self.get("AN", reverse("reversal_requests:page", args=[code(request)]), status=404)
        self.get("AN", reverse("reversal_requests:page", args=["RVR-9"]), status=404)

    def test_the_list_leaves_and_costs_the_same_with_many(self) -> None:
        first = self.one()

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                self.get("AN", LIST, {"open": code(first)})
            return len(captured)

        self.get("AN", LIST)
        before = queries()
        for number in range(3):
            (payment,) = receive_today(self.account, row(2, "9.00", reference="nobody", msisdn=PHONE))
            self.one(payment=payment, case_number=f"RV-{number}00")
        self.get("AN", LIST)
        assert queries() == before <= 33
        answer = self.clients["AN"].get(reverse("reversal_requests:export", args=["csv"]))
        text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
        assert "RV-200" in text
        assert self.clients["AN"].get(reverse("reversal_requests:export", args=["xlsx"])).status_code == 200
        self.get("AN", reverse("reversal_requests:export", args=["pdf"]), status=404)

    def test_the_queue_is_searched_and_filtered_in_the_address_and_so_is_the_export(self) -> None:
        (other,) = receive_today(
            self.account, row(9, "30.00", reference="10482937", msisdn=PHONE, payer_name="Kofi Boateng")
        )
        first, second = self.one(), self.one(payment=other, case_number="RV-88", reason="fraud")
        for query, found in (
            ({"q": "RV-88"}, second), ({"q": "rv-77"}, first), ({"q": code(first)}, first),
            ({"q": "boateng"}, second), ({"reason": "fraud"}, second),
            ({"reason": "wrong_recipient", "held": "yes"}, first),
        ):  # fmt: skip
            away = second if found is first else first
            for path in (LIST, reverse("reversal_requests:export", args=["csv"])):
                answer = self.clients["AN"].get(path, query)
                body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
                assert code(found) in body.decode(), (path, query)
                assert code(away) not in body.decode(), (path, query)
        assert "No request here matches these filters" in self.get("AN", LIST, {"q": "RV-99"})
        assert "No request here matches" in self.get("AU", LIST, {"q": "boat"}), "a masked name only whole"
        assert code(second) in self.get("AU", LIST, {"q": "kofi boateng"})

    def test_the_payment_says_that_a_reversal_holds_it_and_lists_the_requests(self) -> None:
        request = self.one()
        page = self.get("AN", f"/payments/{code_of('PAY', self.payment.pk)}/")
        for words in ("Held for a reversal", "Reversal requests", code(request), "case RV-77"):
            assert words in page, words
        assert "Held for a refund" not in page
        assert "Held for a reversal" in self.get("AN", "/payments/")

    def test_the_rail_and_the_home_count_what_waits_for_our_answer(self) -> None:
        request = self.one()
        page = self.get("AN", "/")
        assert "1</b> reversal request" in page or "reversal requests wait for our answer" in page
        rail = page[page.index('href="/reversal-requests/"') :][:400]
        assert ">1<" in rail
        self.act("AN", request, "contest", contest_reason="value_given", note="See it.")
        self.decided("reversal_request", request.pk, "TL")
        page = self.get("AN", "/")
        assert ">1<" not in page[page.index('href="/reversal-requests/"') :][:300]
