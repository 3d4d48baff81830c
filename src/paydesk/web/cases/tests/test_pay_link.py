"""A pay link in an answer instead of a card by phone: what it shows, for whom, until when."""

from __future__ import annotations

from datetime import date, timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.domain.cases import actions
from paydesk.domain.cases.models import Draft
from paydesk.domain.cases.queries import code
from paydesk.domain.contracts.pay_links import PayLink, link_behind, token_of
from paydesk.web.refunds.tests.desk import OnTheRefundDesk
from tests.builders import WORKER

TODAY = date(2026, 3, 2)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 2**63 - 1), st.booleans(), st.integers(0, 400), st.integers(0, 60))
def test_an_address_shows_what_was_signed_until_its_day_and_nothing_that_was_changed(number, shows, days, at):
    link = PayLink(number, shows, TODAY + timedelta(days=days))
    token = token_of(link)
    assert link_behind(token, TODAY) == link
    assert link_behind(token, link.until + timedelta(days=1)) is None
    other = "0" if token[at % len(token)] != "0" else "1"
    assert link_behind(token[: at % len(token)] + other + token[at % len(token) + 1 :], TODAY) is None


class PayLinks(OnTheRefundDesk):
    def test_it_stands_in_the_draft_and_its_page_says_how_to_pay(self) -> None:
        case = actions.open_case(
            market="GH", channel="email", contact="ama@mail.example", text="Can I pay by card? 10482937",
            by=WORKER, now=timezone.now(),
        )  # fmt: skip
        actions.confirm_link(case.links.get(kind="contract").pk, by=WORKER, now=timezone.now())
        here = reverse("cases:pay_link", args=[code(case), self.contract.pk])
        assert "Pay link" in self.get("SU", f"{reverse('cases:inbox')}?view=team&open={code(case)}")
        assert "Without what is due" in self.get("SU", here)
        refused = self.post("SU", here, {"with_amount": "on"}, 409)
        assert "two facts" in refused
        self.post("SU", here, {})
        page = Client().get(self.address(case))
        text = page.content.decode()
        for words in ("How to pay", "10482937", self.account.identifier, "Type the reference exactly"):
            assert words in text, words
        assert "Due now" not in text
        assert "no-store" in page["Cache-Control"]

        actions.sort_case(
            case.pk, customer_id=self.contract.customer_id, party_role="customer", by=WORKER,
            now=timezone.now(),
        )  # fmt: skip
        actions.verify(case.pk, facts=["account_number", "last_payment"], by=WORKER, now=timezone.now())
        self.post("SU", here, {"with_amount": "on"})
        assert "Due now" in Client().get(self.address(case)).content.decode()
        assert Client().get(reverse("public:pay", args=["x-1-2-" + "a" * 22])).status_code == 404

    def address(self, case) -> str:
        return Draft.objects.get(case=case).text.split()[-1].removeprefix("http://testserver")
