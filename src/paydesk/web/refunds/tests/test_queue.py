"""The queue: tabs, filters, one refund with its story, masked names, other markets, exports."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from paydesk.domain.refunds.queries import code
from paydesk.web.refunds.tests.desk import HTMX, PHONE, OnTheRefundDesk

LIST = reverse("refunds:list")


class Queue(OnTheRefundDesk):
    def test_each_state_has_its_tab_and_the_row_opens_with_its_story(self):
        refund = self.asked()
        page = self.get("AN", LIST, {"open": code(refund)})
        for text in (
            "Ama Mensah",
            "50.00",
            "look at it",
            "She paid too much.",
            "Asked for a refund",
            "due in",
        ):
            assert text in page, text
        assert code(refund) not in self.get("AN", LIST, {"tab": "approved"})
        self.decided("refund", refund.pk, "TL")
        assert code(refund) in self.get("AN", LIST, {"tab": "approved"})
        story = self.page("AN", refund)
        for text in ("Approved the refund", "TL Person", "Refund payable", "2050", "Can still go back"):
            assert text in story, text

    def test_filters_stand_in_the_address(self):
        refund = self.asked()
        for query, found in (
            ({"q": code(refund)}, True),
            ({"q": "mensah"}, True),
            ({"q": "0244123456"}, True),
            ({"q": "boateng"}, False),
            ({"flag": "amber"}, True),
            ({"flag": "green"}, False),
            ({"rail": "bank"}, False),
            ({"reason": "overpaid", "market": "GH"}, True),
            ({"q": "REF-ZZZZZZZZZZZZZZZZZZZZZ"}, False),
        ):
            assert (f"row-{code(refund)}" in self.get("AN", LIST, query)) is found, query
        assert "Clear filters" in self.get("AN", LIST, {"q": "boateng"})

    def test_who_may_not_see_names_reads_them_masked_and_finds_them_only_whole(self):
        refund = self.asked()
        page = self.get("FC", LIST, {"open": code(refund)})
        assert "Ama M•••" in page
        assert "Mensah" not in page
        assert PHONE not in page
        assert code(refund) not in self.get("FC", LIST, {"q": "mens"})
        assert code(refund) in self.get("FC", LIST, {"q": "ama mensah"})

    def test_other_markets_and_what_is_no_code_are_not_found(self):
        refund = self.asked()
        self.people["AN"].markets.clear()
        for path in (reverse("refunds:page", args=[code(refund)]), reverse("refunds:page", args=["REF-9"])):
            self.get("AN", path, status=404)
        self.get("AN", LIST, {"open": code(refund)}, status=404)
        assert code(refund) not in self.get("AN", LIST)
        self.get("AD", LIST, status=403)

    def test_it_takes_as_many_queries_with_many_as_with_one(self):
        def queries(query: dict[str, Any]) -> int:
            with CaptureQueriesContext(
                connection,
            ) as captured:
                self.get("AN", LIST, query)
            return len(captured)

        first = self.approved("10.00")
        opened = {"tab": "approved", "open": code(first)}
        self.get("AN", LIST, opened)
        before = queries(opened)
        for amount in ("11.00", "12.00", "13.00"):
            self.approved(amount)
        assert queries(opened) == before <= 35

    def test_the_list_leaves_as_csv_and_workbook_with_masked_numbers(self):
        refund = self.asked(note="=HYPERLINK(1)")
        answer = self.clients["AN"].get(reverse("refunds:export", args=["csv"]))
        text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
        assert code(refund) in text
        assert PHONE not in text
        assert self.clients["AN"].get(reverse("refunds:export", args=["xlsx"])).status_code == 200
        self.get("AN", reverse("refunds:export", args=["pdf"]), status=404)

    def test_only_the_part_that_changes_is_sent(self):
        refund = self.asked()
        for target, inside, outside in (
            ("detail", "Asked for a refund", "Filters"), ("refunds-list", "Filters", "Asked for a refund"),
        ):  # fmt: skip
            answer = self.clients["AN"].get(
                LIST, {"open": code(refund)}, headers={**HTMX, "HX-Target": target}
            )
            page = answer.content.decode()
            assert inside in page
            assert outside not in page
            assert "<html" not in page

    def test_payment_and_customer_show_it(self):
        refund = self.asked()
        assert code(refund) in self.get("AN", reverse("payments:page", args=[self.payment.pk]))
        customer = reverse("customers:page", args=[self.customer_code()])
        assert code(refund) in self.get("AN", customer)

    def test_find_leads_from_its_code_to_it(self):
        refund = self.asked()
        answer = self.clients["AN"].get(reverse("find"), {"q": code(refund).lower()})
        assert (answer.status_code, answer["Location"]) == (302, reverse("refunds:page", args=[code(refund)]))
        self.people["AN"].markets.clear()
        assert self.clients["AN"].get(reverse("find"), {"q": code(refund)}).status_code == 200

    def customer_code(self) -> str:
        from paydesk.kernel.public_codes import code_of

        return code_of("CUS", self.contract.customer_id)
