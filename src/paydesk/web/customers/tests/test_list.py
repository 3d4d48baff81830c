"""The list of customers: what finds whom, who sees whom, and that it stays cheap."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from unittest import mock

from django.utils import timezone
from python_calamine import CalamineWorkbook

from paydesk.kernel.public_codes import code_of
from paydesk.web import workbook
from paydesk.web.customers.tests.desk import AtTheDesk, body
from tests.builders import make_contract

today = timezone.localdate  # asked when it is needed: a run may go over midnight


class CustomerList(AtTheDesk):
    def setUp(self) -> None:
        super().setUp()
        self.ama = make_contract(
            customer_name="Ama Mensah", customer_ref="C-10023", account_number="10482937",
            phones=("0244123456",), first_due_on=today() - timedelta(days=10), deposit_minor=0,
        )  # fmt: skip
        self.kofi = make_contract(
            customer_name="Kofi Amankwah", customer_ref="C-20011", account_number="20999112"
        )

    def names(self, query: str) -> list[bool]:
        text = self.text(f"/customers/?{query}")
        return ["Ama Mensah" in text, "Kofi Amankwah" in text]

    def test_every_way_to_name_a_customer_finds_them(self):
        code = code_of("CUS", self.ama.customer_id)
        for text in (
            "ama",
            "C-100",
            "c-10023",
            "0244 123 456",
            "233244123456",
            "1048293",
            code,
            code.lower(),
        ):
            assert self.names(f"text={text}") == [True, False], text

    def test_a_name_is_found_by_its_beginning_and_inside_when_nobody_begins_so(self):
        assert self.names("text=am") == [True, False]
        assert self.names("text=am&inside=on") == [True, True]
        assert self.names("text=mensah") == [True, False]
        assert "Found inside names" in self.text("/customers/?text=mensah")
        assert self.names("text=nobody") == [False, False]
        assert "Clear filters" in self.text("/customers/?text=nobody")

    def test_what_is_overdue_stands_there_with_its_currency_and_how_late(self):
        text = self.text("/customers/?text=ama")
        assert 'data-say="days past due"><span class="bad">10</span>' in text
        # Two of four weekly instalments of 75.00 are overdue.
        assert "150.00" in text
        assert "GHS" in text

    def test_customers_of_another_market_are_not_there_under_any_name(self):
        kenya = self.signed_in("AN", "KE")
        for query in ("", "?text=ama", "?text=10482937", "?text=0244123456", "?market=GH"):
            assert "Ama Mensah" not in self.text(f"/customers/{query}", client=kenya)

    def test_who_may_not_see_customers_is_told_who_can(self):
        text = self.text("/customers/", 403, client=self.signed_in("AD"))
        assert "Payments analyst" in text

    def test_more_rows_cost_no_more_queries(self):
        few = self.queries("/customers/")
        for _ in range(8):
            make_contract(customer_ref="C-MANY" + str(_), phones=(f"024400000{_}",))
        assert self.queries("/customers/") == few

    def test_a_page_shows_fifty_and_leads_on(self):
        for number in range(51):
            make_contract(customer_name=f"Zed {number:03}")
        text = self.text("/customers/?text=zed")
        assert "Zed 049" in text
        assert "Zed 050" not in text
        assert "Zed 050" in self.text("/customers/?text=zed&page=2")
        whole = self.text("/customers/export.csv?text=zed").splitlines()
        assert len({line.split(",")[1] for line in whole[1:]}) == 51
        with mock.patch.object(workbook, "MOST_IN_WORKBOOK", 50):
            assert "A workbook holds up to 50 customers" in self.text("/customers/export.xlsx?text=zed", 409)
            assert self.text("/customers/export.csv?text=zed").splitlines() == whole

    def test_a_swap_answers_with_the_list_alone(self):
        part = self.text("/customers/?text=ama", headers={"HX-Request": "true", "HX-Target": "customers"})
        assert "<html" not in part
        assert "Ama Mensah" in part

    def test_the_export_holds_what_is_filtered_and_no_formula(self):
        make_contract(customer_name="=1+1", customer_ref="C-30000")
        csv = self.text("/customers/export.csv").splitlines()
        assert len(csv) == 4
        assert any(",'=1+1," in line for line in csv)
        book = self.client.get("/customers/export.xlsx?text=ama")
        rows = CalamineWorkbook.from_filelike(BytesIO(body(book))).get_sheet_by_index(0).to_python()
        assert [row[1] for row in rows] == ["Name", "Ama Mensah"]
        assert rows[1][-2:] == ["GHS", 150.0]

    def test_who_may_not_export_sees_the_button_blocked_and_gets_nothing(self):
        shop = self.signed_in("SD")
        assert "Your role cannot do this" in self.text("/customers/", client=shop)
        self.text("/customers/export.csv", 403, client=shop)
        self.text("/customers/export.pdf", 404)
