"""Goodwill on the screen: given from a case, named on the next one, decided in the inbox, undone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import Case, CaseLink
from paydesk.domain.cases.queries import code
from paydesk.domain.goodwill.models import Goodwill
from paydesk.foundation.approvals.models import Approval
from paydesk.web.addresses import code_in
from paydesk.web.refunds.tests.desk import OnTheRefundDesk
from tests.builders import WORKER


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class GoodwillOnTheDesk(OnTheRefundDesk):
    def opened(self) -> Case:
        then = timezone.now() - timedelta(minutes=5)
        ref = code_in("payment", self.payment.pk)
        case = cases.open_case(
            market="GH", channel="phone", text=f"Locked all day, {ref}", contact="233244123456",
            customer_id=self.payment.customer_id, by=WORKER, now=then,
        )  # fmt: skip
        cases.confirm_link(CaseLink.objects.get(case=case).pk, by=WORKER, now=then)
        return case

    def give(self, case: Case, status: int = 302, **said: str) -> str:
        known = {"amount": "5.00", "reason": "late", "note": "We were late", "contract": ""}
        return self.post("SU", reverse("goodwill:give", args=[code(case)]), {**known, **said}, status)

    def page(self, case: Case) -> str:
        return self.get("SU", f"{reverse('cases:inbox')}?view=team&open={code(case)}")

    def test_from_a_case_to_the_books_and_back_by_two_people(self) -> None:
        case = self.opened()
        assert "Verify who asks in a strong way first: this gives money away" in self.page(case)
        assert "in a strong way first" in self.give(case, 409)
        cases.verify(case.pk, strong_way="callback", by=WORKER, now=timezone.now())
        self.give(case)
        given = Goodwill.objects.get()
        assert (given.state, given.amount_minor) == ("given", 5_00)
        page = self.page(case)
        assert "Given or asked for about the same" in page
        assert "Gave goodwill" in page

        second = self.opened()
        cases.verify(second.pk, strong_way="callback", by=WORKER, now=timezone.now())
        form = self.get("SU", reverse("goodwill:give", args=[code(second)]))
        for words in (code_in("goodwill", given.pk), "It is due all the same", "A second person decides"):
            assert words in form, words
        assert "there was something before" in self.give(second, 409)
        self.give(second, again="on")
        approval = Approval.objects.get(state="pending")
        shown = self.get("TL", reverse("approvals:page", args=[code_in("approval", approval.pk)]))
        assert "We were late" in shown
        assert code_in("goodwill", given.pk) in shown
        self.post("TL", reverse("approvals:approve", args=[code_in("approval", approval.pk)]), {})
        assert Goodwill.objects.filter(state="given").count() == 2

        ask = self.get("SU", f"{reverse('refunds:ask', args=[self.payment.pk])}?case={code(case)}")
        assert "It is due all the same" in ask
        public = code_in("goodwill", given.pk)
        self.post("SU", reverse("goodwill:undo", args=[public]), {"note": "Wrong customer"})
        page = self.get("AN", reverse("goodwill:page", args=[public]))
        for words in ("waits for a second person", "Goodwill given", "their credit balance"):
            assert words in page, words
        for words in (public, "second", "We were late"):
            assert words in self.get("TL", reverse("goodwill:list")), words
        export = self.clients["TL"].get(reverse("goodwill:export", args=["csv"]))
        assert public in export.getvalue().decode()
