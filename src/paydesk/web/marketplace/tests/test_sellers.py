"""Sellers on the screen: a file is taken in, balance and failed withdrawal stand where a case finds them."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import CaseLink
from paydesk.domain.cases.queries import code
from paydesk.domain.marketplace.actions import approve_ask, take_events
from paydesk.domain.marketplace.event_file import read_event_file
from paydesk.domain.marketplace.models import LinkAttempt, SellerOrder, Withdrawal
from paydesk.domain.marketplace.tests.test_marketplace import FILE
from paydesk.foundation.approvals.models import Approval
from paydesk.kernel.public_codes import code_of
from paydesk.web.addresses import code_in
from paydesk.web.refunds.tests.desk import OnTheRefundDesk
from tests.builders import ANALYST, NOON, WORKER, make_source_account


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class Sellers(OnTheRefundDesk):
    def test_from_the_file_to_the_case_about_a_withdrawal(self) -> None:
        account = make_source_account(name="Market", role="evidence")
        assert "No seller is known yet" in self.get("AN", reverse("marketplace:list"))
        file = SimpleUploadedFile("events.csv", FILE.encode(), "text/csv")
        page = self.post("AN", reverse("marketplace:take"), {"account": str(account.pk), "file": file}, 200)
        for words in ("Row 8", "Row 9", "was not paid by any event before"):
            assert words in page, words
        found = Withdrawal.objects.get()
        listed = self.get("AN", reverse("marketplace:list"), {"q": "W-9001"})
        for words in ("Creator", "74.00", "20.00"):
            assert words in listed, words
        seller = self.get("AN", reverse("marketplace:seller", args=[code_in("seller", found.party_id)]))
        for words in ("The name of the wallet differs", "O-1001", "E5, row", "held"):
            assert words.lower() in seller.lower(), words
        shown = self.get("SU", reverse("marketplace:withdrawal", args=[code_in("withdrawal", found.pk)]))
        for words in (
            "The wallet is closed",
            "asked again",
            "The withdrawal came back",
            "No case is about it",
        ):
            assert words in shown, words
        case = cases.open_case(
            market="GH", channel="email", contact="efua@mail.example", text="My payout W-9001 is not there",
            party_role="seller", by=WORKER, now=timezone.now(),
        )  # fmt: skip
        cases.confirm_link(CaseLink.objects.get(case=case).pk, by=WORKER, now=timezone.now())
        page = self.get("SU", f"{reverse('cases:inbox')}?view=team&open={code(case)}")
        assert "The wallet is closed" in page
        again = reverse("marketplace:ask", args=["again", code_in("withdrawal", found.pk)])
        assert "Verify who asks in a strong way" in page
        assert "Verify who asks in a strong way" in self.get("SU", again, {"case": code(case)})
        self.post("SU", again, {"reason": "The wallet is corrected."})
        (waits,) = Approval.objects.all()
        of_withdrawal = reverse("marketplace:withdrawal", args=[code_in("withdrawal", found.pk)])
        assert "This is asked already" in self.get("SU", of_withdrawal)
        told = self.get("TL", reverse("approvals:page", args=[code_of("APR", waits.pk)]))
        for words in ("withdrawal out again", "50.00", "W-9001"):
            assert words in told, words
        approve_ask(waits.pk, by=self.people["TL"].actor(), now=timezone.now())
        there = reverse("marketplace:asks")
        assert "Hand over GH" in self.get("AN", there)
        self.post("AN", reverse("marketplace:tell", args=["GH"]))
        listed = self.get("AN", there, {"state": "told", "q": "w-9001"})
        assert ("File</a>" in listed, "Hand over GH" in listed) == (True, False)
        file = self.clients["AN"].get(reverse("marketplace:ask_file", args=[found.asks.get().pk]))
        assert b",again,S-1,W-9001,50.00,GHS" in b"".join(file.streaming_content)  # type: ignore[attr-defined]
        assert "W-9001" in self.sheet(reverse("marketplace:export_asks", args=["csv"]), {"kind": "again"})
        shown = self.get("AN", reverse("marketplace:withdrawal", args=[code_in("withdrawal", found.pk)]))
        for words in (
            "Asked of the platform",
            code(case),
            "Withdrawal came back",
            "Total",
        ):  # the case, the postings
            assert words in shown, words
        assert code(case) in self.get(
            "SU", reverse("marketplace:seller", args=[code_in("seller", found.party_id)])
        )
        whose = code_in("seller", found.party_id)
        of_seller = reverse("marketplace:seller", args=[whose])
        assert "Forget them" in self.get("SU", of_seller)
        self.post("RK", reverse("retention:hold"), {"code": whose, "reason": "Asked for by the court."})
        held = self.get("RK", of_seller)
        assert "Asked for by the court." in held
        assert f"{reverse('retention:overview')}#holds" in held
        told = self.get("AN", of_seller)  # who may not read why is told that
        assert ("Legal hold since" in told, "Asked for by the court." in told) == (True, False)
        dialog = self.get("SU", reverse("retention:forget", args=[whose]))
        assert "A legal hold is on them" in dialog
        self.get("RK", reverse("retention:person", args=[whose]))
        again = SimpleUploadedFile("events.csv", FILE.encode(), "text/csv")
        refused = self.clients["SU"].post(
            reverse("marketplace:take"), {"account": str(account.pk), "file": again}
        )
        assert refused.status_code == 403

    def sheet(self, address: str, asked: dict[str, str]) -> str:
        return self.clients["AN"].get(address, asked).getvalue().decode()

    def test_lists_are_filtered_by_the_address_and_exported_as_shown(self) -> None:
        account = make_source_account(name="Market", role="evidence")
        found = read_event_file(io.BytesIO(FILE.encode()))
        take_events(account.pk, found.events, by=ANALYST, now=NOON)
        attempt, order = LinkAttempt.objects.get(), SellerOrder.objects.get()
        for name, asked, there, words in (
            ("withdrawals", {"state": "failed"}, True, "The wallet is closed"),
            ("withdrawals", {"state": "paid"}, False, "W-9001"),
            ("orders", {"q": "o-1001", "market": "GH"}, True, "94.00"),
            ("orders", {"until": "2026-02-01"}, False, "O-1001"),
            ("link_attempts", {"reason": "name_mismatch"}, True, "name of the wallet differs"),
            ("link_attempts", {"q": "efua"}, True, "refused"),
            ("list", {"q": "w-9001", "kind": "merchant"}, False, "Efua Invented"),
        ):
            page = self.get("AN", reverse(f"marketplace:{name}"), asked)
            assert (words in page) is there, (name, asked)
        address = reverse("marketplace:export_link_attempts", args=["csv"])
        sheet = self.sheet(address, {"reason": "name_mismatch"})
        assert sheet.splitlines()[1].startswith(f"{code_in('link_attempt', attempt.pk)},E3,GH,refused")
        assert len(self.sheet(address, {"state": "linked"}).splitlines()) == 1
        assert "74.00" in self.sheet(reverse("marketplace:export", args=["csv"]), {"q": "S-1"})
        page = self.get("SU", reverse("marketplace:order", args=[code_in("order", order.pk)]))
        for words in ("94.00", "6.00", "E1, row", "O-1001"):
            assert words in page, words
        page = self.get("AN", reverse("marketplace:link_attempt", args=[code_in("link_attempt", attempt.pk)]))
        assert "tries again" in page
        panel = self.get("AN", reverse("find"), {"q": "efua inv"})
        assert "name begins so" in panel
