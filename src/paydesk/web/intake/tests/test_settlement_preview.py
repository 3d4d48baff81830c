"""The preview of a settlement file says gross, fees, net and what was paid out; the list of formats."""

from __future__ import annotations

from decimal import Decimal

from paydesk.web.intake.tests.company import mapped, paid, table, uploaded
from paydesk.web.intake.tests.test_files import Desk
from tests.builders import make_source_account

PAYOUTS = """\
reporting_category,net,fee,gross,currency,balance_transaction_id,source_id,created_utc,available_on_utc,\
automatic_payout_id
charge,97.10,2.90,100.00,EUR,txn_i1,ch_i1,2026-03-02 08:15:00,2026-03-04 00:00:00,po_i1
charge,48.45,1.55,50.00,EUR,txn_i2,ch_i2,2026-03-02 08:15:00,2026-03-04 00:00:00,po_i1
refund,-10.00,0.00,-10.00,EUR,txn_i3,re_i1,2026-03-02 10:00:00,2026-03-04 00:00:00,po_i1
fee,-0.55,0.00,-0.55,EUR,txn_i4,,2026-03-02 10:00:00,2026-03-04 00:00:00,po_i1
payout,-134.00,0.00,-134.00,EUR,txn_i5,po_i1,2026-03-04 00:05:00,2026-03-04 00:00:00,po_i1
"""


class SettlementPreview(Desk):
    def test_gross_less_fees_is_net_and_what_was_not_paid_out_is_left(self):
        account = make_source_account(provider="stripe", currency="EUR")
        file = uploaded(PAYOUTS.encode(), "payouts.csv", source_account_id=account.pk)
        page = self.page(file)
        (euro,) = page.context["settlements"]
        assert (euro.gross, euro.fees) == (Decimal("139.45"), Decimal("4.45"))
        assert (euro.net, euro.paid_out, euro.left) == (135, 134, 1)
        text = page.content.decode()
        assert "What the provider settles" in text
        assert text.count('<th scope="col" class="r">Fees</th>') == 2

    def test_a_file_without_fees_and_payouts_has_no_settlement(self):
        page = self.page(mapped(self.account, table(paid(1))))
        assert page.context["settlements"] == []
        assert "What the provider settles" not in page.content.decode()

    def test_what_is_read_is_listed_with_how_sure_it_is(self):
        page = self.client.get("/intake/formats/").content.decode()
        for words in ("mtn.statement", "mpesa_portal", "Wave export", "no file"):
            assert words in page
        assert "/intake/formats/" in self.client.get("/intake/").content.decode()
