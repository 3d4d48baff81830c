"""Sellers on the screen: a file is taken in, balance and failed withdrawal stand where a case finds them."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import CaseLink
from paydesk.domain.cases.queries import code
from paydesk.domain.marketplace.models import Withdrawal
from paydesk.domain.marketplace.tests.test_marketplace import FILE
from paydesk.web.addresses import code_in
from paydesk.web.refunds.tests.desk import OnTheRefundDesk
from tests.builders import WORKER, make_source_account


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
        for words in ("The wallet is closed", "asks again", "The withdrawal came back"):
            assert words in shown, words
        case = cases.open_case(
            market="GH", channel="email", contact="efua@mail.example", text="My payout W-9001 is not there",
            by=WORKER, now=timezone.now(),
        )  # fmt: skip
        cases.confirm_link(CaseLink.objects.get(case=case).pk, by=WORKER, now=timezone.now())
        page = self.get("SU", f"{reverse('cases:inbox')}?view=team&open={code(case)}")
        assert "The wallet is closed" in page
        again = SimpleUploadedFile("events.csv", FILE.encode(), "text/csv")
        refused = self.clients["SU"].post(
            reverse("marketplace:take"), {"account": str(account.pk), "file": again}
        )
        assert refused.status_code == 403
