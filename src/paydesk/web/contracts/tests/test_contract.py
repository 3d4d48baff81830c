"""The list of contracts, one contract, and making it active."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from unittest import mock

from django.utils import timezone
from python_calamine import CalamineWorkbook

from paydesk.kernel.public_codes import code_of
from paydesk.web import workbook
from paydesk.web.customers.tests.desk import AtTheDesk, body
from tests.builders import make_contract, make_source_account, receive, row

today = timezone.localdate  # asked when it is needed: a run may go over midnight


class ContractList(AtTheDesk):
    def setUp(self) -> None:
        super().setUp()
        self.ama = make_contract(customer_name="Ama Mensah", account_number="10482937")
        self.kofi = make_contract(customer_name="Kofi Amankwah", account_number="20999112", activated_on=None)

    def test_account_number_name_code_and_state_find_contracts(self):
        for query in (
            "text=1048",
            "text=AMA",
            f"text={code_of('CON', self.ama.pk)}",
            "state=active",
            "market=GH&state=active",
        ):
            text = self.text(f"/contracts/?{query}")
            assert ("Ama Mensah" in text, "Kofi Amankwah" in text) == (True, False), query
        assert "Clear filters" in self.text("/contracts/?text=nobody")

    def test_other_markets_are_hidden_and_rows_cost_no_queries(self):
        assert "Ama Mensah" not in self.text("/contracts/", client=self.signed_in("AN", "KE"))
        self.text("/contracts/", 403, client=self.signed_in("AD"))
        few = self.queries("/contracts/")
        for _ in range(5):
            make_contract()
        assert self.queries("/contracts/") == few

    def test_the_export_holds_what_is_filtered(self):
        lines = self.text("/contracts/export.csv?state=active").splitlines()
        assert len(lines) == 2
        assert "10482937" in lines[1]
        assert "300.00" in lines[1]

    def test_a_csv_is_whole_and_a_workbook_above_its_limit_is_refused(self):
        with mock.patch.object(workbook, "MOST_IN_WORKBOOK", 1):
            assert len(self.text("/contracts/export.csv").splitlines()) == 3
            assert "A workbook holds up to 1 contracts" in self.text("/contracts/export.xlsx", 409)
            book = self.client.get("/contracts/export.xlsx?state=active")
        rows = CalamineWorkbook.from_filelike(BytesIO(body(book))).get_sheet_by_index(0).to_python()
        assert [len(rows), "10482937" in map(str, rows[1])] == [2, True]


class ContractPage(AtTheDesk):
    def setUp(self) -> None:
        super().setUp()
        self.contract = make_contract(
            customer_name="Ama Mensah", account_number="10482937", activated_on=None,
            opened_on=today() - timedelta(days=3), first_due_on=today() + timedelta(days=4),
        )  # fmt: skip
        self.address = f"/contracts/{code_of('CON', self.contract.pk)}/"

    def pay_deposit(self) -> None:
        receive(make_source_account(), row(1, "100.00", reference="10482937"))

    def test_a_deposit_that_is_awaited_blocks_activation_with_the_reason(self):
        assert "The deposit is not paid in full" in self.text(self.address)
        answer = self.client.post(f"{self.address}activate", {"activated_on": today().isoformat()})
        assert answer.status_code == 409
        assert "Not activated" in answer.content.decode()
        self.contract.refresh_from_db()
        assert self.contract.state == "deposit_pending"

    def test_activating_books_the_sale_and_shows_it(self):
        self.pay_deposit()
        assert "Activate, 300.00 GHS owed" in self.text(f"{self.address}activate")
        answer = self.client.post(f"{self.address}activate", {"activated_on": today().isoformat()})
        assert (answer.status_code, answer["Location"]) == (302, self.address)
        text = self.text(self.address)
        assert "Sale booked" in text
        assert "4010 Contract value" in text
        assert "Made the contract active" in text
        again = self.client.post(f"{self.address}activate", {"activated_on": today().isoformat()})
        assert again.status_code == 409, "pressed twice, it happens once"

    def test_a_day_to_come_or_before_the_contract_is_said_beside_the_field(self):
        self.pay_deposit()
        for day in (today() + timedelta(days=1), today() - timedelta(days=4)):
            answer = self.client.post(f"{self.address}activate", {"activated_on": day.isoformat()})
            assert answer.status_code == 422
            assert day.isoformat() in answer.content.decode()

    def test_support_sees_the_contract_but_neither_activates_nor_sees_the_books(self):
        self.pay_deposit()
        support = self.signed_in("SU")
        text = self.text(self.address, client=support)
        assert "Your role cannot do this" in text
        assert "4010" not in text
        self.text(f"{self.address}activate", 403, client=support)

    def test_credited_payments_are_named(self):
        self.pay_deposit()
        text = self.text(self.address)
        assert "/payments/PAY-" in text
        assert "Credited" in text

    def test_another_market_finds_nothing(self):
        kenya = self.signed_in("AN", "KE")
        self.text(self.address, 404, client=kenya)
        assert kenya.post(f"{self.address}activate", {"activated_on": today().isoformat()}).status_code == 404
