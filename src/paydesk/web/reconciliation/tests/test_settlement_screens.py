"""Settlements on the screen: the list, one with its rows and what the bank paid, the part of the day."""

from __future__ import annotations

from decimal import Decimal

from django.db import connection

from paydesk.domain.reconciliation.models import Run, Settlement
from paydesk.domain.reconciliation.settled import keep_settlements
from paydesk.web.customers.tests.desk import AtTheDesk
from tests.builders import NOON, TODAY, make_source_account, receive, row


class SettlementScreens(AtTheDesk):
    def setUp(self) -> None:
        super().setUp()
        self.account = make_source_account(provider="stripe", name="Stripe")
        bank = make_source_account(provider="bank", name="Our bank", role="settles", ledger_code="1010")
        receive(
            self.account,
            row(1, "100.00", fee=Decimal("1.655"), batch_key="po_1001", provider_ref="ch_1", channel="visa"),
            row(2, "-20.00", kind="refund", batch_key="po_1001"),
            row(3, "-78.34", kind="sweep", batch_key="po_1001", provider_ref="po_1001"),
            row(4, "40.00", batch_key="po_2002"),
        )  # fmt: skip
        receive(bank, row(1, "78.34", text="STRIPE PO_1001", provider_ref="B1"))
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE statements_sourcefile SET state = 'posted', covers_from = %s, covers_to = %s",
                [NOON, NOON],
            )
        run = Run.objects.create(
            market="GH", source_account=self.account, day=TODAY, state="done", asked_by="system:tests",
            asked_at=NOON,
        )  # fmt: skip
        assert keep_settlements(run) == 2

    def test_the_list_says_what_each_comes_to_and_who_paid_it(self):
        text = self.text("/reconciliation/settlements/")
        for said in ("po_1001", "po_2002", "78.34", "Our bank", "no row of a bank"):
            assert said in text
        assert "po_2002" not in self.text("/reconciliation/settlements/?q=PO_1&standing=rounding")
        assert "po_1001" not in self.text("/reconciliation/settlements/?standing=not_paid_out")
        assert "/reconciliation/settlements/" in self.text("/reconciliation/")
        csv = self.text("/reconciliation/settlements/export.csv?q=po_1001").splitlines()
        assert len(csv) == 2
        assert csv[1].startswith("po_1001,GH,Stripe,2026-03-02,2,GHS,100.00")
        assert csv[1].endswith("In the bank,Our bank 2026-03-02,78.34")
        queries = self.queries("/reconciliation/settlements/")
        receive(self.account, row(9, "1.00", batch_key="po_3003"))
        assert self.queries("/reconciliation/settlements/") == queries

    def test_one_settlement_opens_its_parts_its_rows_and_its_bank_row(self):
        found = Settlement.objects.get(batch_key="po_1001")
        text = self.text(f"/reconciliation/settlements/{found.pk}/")
        assert "Paid out: 78.34 GHS, 0.005 GHS off: not more than rounding each of its rows explains." in text
        for said in (
            "by an id both rows name",
            "STRIPE PO_1001",
            "ch_1",
            "visa",
            "78.345",
            "1–3 of 3",
        ):
            assert said in text, said
        assert "po_1001" in self.text(f"/reconciliation/{self.account.pk}/{TODAY.isoformat()}/")

    def test_another_market_sees_none(self):
        found = Settlement.objects.get(batch_key="po_1001")
        kenya = self.signed_in("AN", "KE")
        assert "po_1001" not in self.text("/reconciliation/settlements/", client=kenya)
        self.text(f"/reconciliation/settlements/{found.pk}/", 404, client=kenya)
