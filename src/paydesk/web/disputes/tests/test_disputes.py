"""Disputes on the screens: opened from a case, evidence, two people, the provider's word and its rows."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.queries import code as case_code
from paydesk.domain.disputes.actions import settle_row
from paydesk.domain.disputes.models import Dispute
from paydesk.domain.disputes.queries import chargeback_rows, code
from paydesk.domain.payments.models import ReversalRow
from paydesk.foundation.people import restricted
from paydesk.kernel.public_codes import code_of
from paydesk.web.refunds.tests.desk import OnTheRefundDesk
from tests.builders import WORKER, receive_today, row

LIST = "/disputes/"


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class Disputes(OnTheRefundDesk):
    def open(self, status: int = 302, role: str = "SU", **fields: Any) -> str:
        said = {
            "reason": "visa 13.1", "amount": "", "provider_ref": "CB-77",
            "notice_on": timezone.localdate().isoformat(), "told_by": "", "note": "By mail.", **fields,
        }  # fmt: skip
        return self.post(role, reverse("disputes:open", args=[self.payment.pk]), said, status)

    def opened(self, **fields: Any) -> Dispute:
        self.open(**fields)
        return Dispute.objects.latest("pk")

    def act(self, role: str, dispute: Dispute, deed: str, status: int = 302, **said: Any) -> str:
        version = str(Dispute.objects.get(pk=dispute.pk).version)
        url = reverse("disputes:act", args=[code(dispute), deed])
        return self.post(role, url, {"version": version, **said}, status)

    def give(self, dispute: Dispute, kind: str, status: int = 302, **said: Any) -> str:
        version = str(Dispute.objects.get(pk=dispute.pk).version)
        url = reverse("disputes:give", args=[code(dispute), kind])
        return self.post("SU", url, {"version": version, "kind": kind, **said}, status)

    def page(self, role: str, dispute: Dispute) -> str:
        answer = self.clients[role].get(reverse("disputes:page", args=[code(dispute)]), follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    def gathered(self, dispute: Dispute) -> None:
        for kind in ("delivery_proof", "service_usage_log", "customer_messages"):
            self.give(dispute, kind, absent_because="Nobody kept it.")

    def came(self, *rows: Any) -> None:
        receive_today(self.account, *rows)
        for row_id in chargeback_rows():
            settle_row(row_id, by=WORKER, now=timezone.now())

    def test_from_a_case_with_evidence_challenged_and_won(self) -> None:
        customer = self.payment.customer_id
        case = cases.open_case(
            market="GH", channel="phone", text="I did not pay that", customer_id=customer, by=WORKER,
            now=timezone.now(),
        )  # fmt: skip
        cases.link(case.pk, kind="payment", object_id=self.payment.pk, by=WORKER, now=timezone.now())
        at_case = reverse("cases:page", args=[case_code(case)])
        before = self.clients["SU"].get(at_case, follow=True).content.decode()
        assert f"{reverse('disputes:open', args=[self.payment.pk])}?case={case_code(case)}" in before
        dispute = self.opened(case=case_code(case))
        on_case = self.clients["SU"].get(at_case, follow=True).content.decode()
        for text in (code(dispute), "Answer the dispute", "Visa 13.1", "This payment is contested"):
            assert text in on_case, text
        assert f"disputes:open?case={case_code(case)}" not in on_case
        self.act("SU", dispute, "challenge", 409, note="x")
        file = SimpleUploadedFile("signed.txt", b"Signed by Ama", content_type="text/plain")
        self.give(dispute, "delivery_proof", file=file)
        self.give(dispute, "customer_messages", of_case=f"message:{case.messages.get().pk}")
        self.give(dispute, "service_usage_log", absent_because="The phone sends none.")
        page = self.page("SU", dispute)
        for text in ("signed.txt", "The phone sends none.", "A message of a case", "Challenge…"):
            assert text in page, text
        self.act("SU", dispute, "challenge", note="She has it.")
        asked = self.get("TL", reverse("approvals:inbox"))
        assert "Challenge a dispute" in asked
        pack = b"".join(
            self.clients["TL"].get(reverse("disputes:pack", args=[code(dispute)])).streaming_content  # type: ignore[attr-defined]
        )
        with zipfile.ZipFile(io.BytesIO(pack)) as found:
            texts = b"".join(found.read(name) for name in found.namelist())
        assert b"Signed by Ama" in texts
        assert b"I did not pay that" in texts
        self.decided("dispute", dispute.pk, "TL")
        assert "Send the pack to the provider" in self.page("SU", dispute)
        assert code(dispute) in self.get("SU", LIST, {"tab": "waiting"})
        letter = SimpleUploadedFile("won.txt", b"You won.", content_type="text/plain")
        self.act("AN", dispute, "decide", outcome="won", amount="", evidence=letter, note="Their mail.")
        assert "Their mail." in self.page("SU", dispute)
        assert code(dispute) in self.get("SU", LIST, {"tab": "done"})
        answer = self.clients["SU"].get(reverse("disputes:decision", args=[code(dispute)]))
        assert b"".join(answer.streaming_content) == b"You won."  # type: ignore[attr-defined]

    def test_of_a_case_that_others_alone_see_nothing_is_offered_as_evidence(self) -> None:
        secret = "My brother took the card"
        case = cases.open_case(market="GH", channel="phone", text=secret, by=WORKER, now=timezone.now())
        cases.link(case.pk, kind="payment", object_id=self.payment.pk, by=WORKER, now=timezone.now())
        dispute = self.opened()
        url = reverse("disputes:give", args=[code(dispute), "customer_messages"])
        assert secret in self.get("SU", url)
        named = [self.people["AN"].pk]
        restricted.begin(("case", case.pk), market="GH", named=named, by=WORKER, at=timezone.now())
        assert secret in self.get("AN", url)
        said = (secret, case_code(case))
        sheet = self.clients["SU"].get(reverse("disputes:export", args=["csv"]))
        shown = [
            self.get("SU", url), self.page("SU", dispute), self.get("SU", LIST),
            b"".join(sheet.streaming_content).decode(),  # type: ignore[attr-defined]
        ]  # fmt: skip
        assert not [page for page in shown if any(text in page for text in said)]
        message = f"message:{case.messages.get().pk}"
        self.give(dispute, "customer_messages", 422, of_case=message)
        assert not dispute.evidence.exists()

    def test_a_refund_is_blocked_while_it_is_open_with_a_link(self) -> None:
        dispute = self.opened()
        page = self.get("SU", reverse("payments:page", args=[code_of("PAY", self.payment.pk)]))
        assert "nothing is given while the dispute is open" in page
        ask = self.get("SU", reverse("refunds:ask", args=[self.payment.pk]))
        assert reverse("disputes:page", args=[code(dispute)]) in ask
        assert reverse("disputes:page", args=[code(dispute)]) in page
        twice = self.get("SU", reverse("disputes:open", args=[self.payment.pk]))
        assert "It is contested already" in twice
        assert code(dispute) in self.open(409, provider_ref="CB-78")
        assert Dispute.objects.count() == 1

    def test_search_finds_the_payment_by_the_reference_of_its_dispute(self) -> None:
        dispute, paid = self.opened(), code_of("PAY", self.payment.pk)
        for text in ("CB-77", code(dispute)):
            found = self.clients["SU"].get(reverse("find"), {"q": text}, follow=True).content.decode()
            assert paid in found, text
        assert (
            paid not in self.clients["SU"].get(reverse("find"), {"q": "CB-78"}, follow=True).content.decode()
        )

    def test_accepted_it_is_over_with_the_row_that_somebody_matched(self) -> None:
        dispute = self.opened()
        self.act("SU", dispute, "accept", note="It was a slip.")
        self.decided("dispute", dispute.pk, "TL")
        receive_today(self.account, row(2, "-120.00", kind="chargeback", text="no name of ours"))
        taken = ReversalRow.objects.get()
        choices = self.get("AN", reverse("disputes:act", args=[code(dispute), "row"]))
        assert "took 120.00 GHS" in choices
        self.act("AN", dispute, "row", row=str(taken.pk))
        page = self.page("AN", dispute)
        for text in ("Lost: owed again by the payer", "Lost, may go on", "no name of ours"):
            assert text in page, text

    def test_a_chargeback_of_a_file_waits_for_its_notice(self) -> None:
        ref = self.payment.statement_line.provider_ref
        self.came(row(2, "-120.00", kind="chargeback", provider_ref=ref))
        dispute = Dispute.objects.get()
        page = self.page("SU", dispute)
        assert "Take the notice of the scheme" in page
        assert "claimed from the provider" in page
        self.act(
            "SU", dispute, "notice", reason="mastercard 4853", provider_ref="CB-1",
            notice_on=timezone.localdate().isoformat(), told_by="",
        )  # fmt: skip
        assert "Mastercard" in self.page("SU", dispute)

    def test_who_may_not_is_told_and_nothing_happens(self) -> None:
        for role in ("TL", "FC"):
            self.open(403, role=role)
        assert Dispute.objects.count() == 0
        dispute = self.opened()
        version = Dispute.objects.get().version
        self.act("TL", dispute, "accept", 403, note="x")
        url = reverse("disputes:act", args=[code(dispute), "accept"])
        self.post("SU", url, {"version": str(version - 1), "note": "x"}, 409)
        self.act("SU", dispute, "decide", 422, outcome="won")
        self.give(dispute, "delivery_proof", 422)
        assert Dispute.objects.get().version == version

    def test_the_list_is_filtered_exported_and_asks_as_much_for_many(self) -> None:
        dispute = self.opened()
        for asked, is_there in (
            ({"scheme": "visa"}, True), ({"scheme": "amex"}, False), ({"category": "fraud"}, False),
            ({"q": "cb-77"}, True), ({"q": code(dispute)}, True), ({"q": "CB-78"}, False),
            ({"market": "GH"}, True),
        ):  # fmt: skip
            assert (f"row-{code(dispute)}" in self.get("SU", LIST, asked)) == is_there, asked
        assert "No dispute here matches" in self.get("SU", LIST, {"q": "CB-78"})
        assert "No answer of ours waits" in self.get("SU", LIST, {"tab": "waiting"})
        answer = self.clients["TL"].get(reverse("disputes:export", args=["csv"]))
        rows = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
        assert len(rows) == 2
        assert "CB-77" in rows[1]
        with CaptureQueriesContext(connection) as few:
            self.get("SU", LIST)
        (other,) = receive_today(self.account, row(9, "9.00"))
        self.post("SU", reverse("disputes:open", args=[other.pk]), {
            "reason": "visa 10.4", "provider_ref": "CB-90", "notice_on": timezone.localdate().isoformat(),
        }, 302)  # fmt: skip
        self.get("SU", LIST)  # what the act said is shown once
        with CaptureQueriesContext(connection) as many:
            self.get("SU", LIST)
        assert len(many) == len(few)
