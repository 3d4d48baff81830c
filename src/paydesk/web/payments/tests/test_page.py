"""The page of one payment: where the money came from, what it paid, what waits, postings, who did what."""

import re
from datetime import timedelta

from paydesk.domain.payments.actions import apply_payment
from paydesk.web.payments.tests.desk import OnTheDesk, code
from tests.builders import ANALYST, NOON, TODAY, make_contract, make_source_account, receive, row


class PaymentPage(OnTheDesk):
    def page(self, payment) -> str:
        return self.get(f"/payments/{code(payment)}/")

    def test_it_tells_the_way_from_the_row_to_the_due_items(self):
        payment = self.pay("120.00", reference="10482937", msisdn="233244123456", payer_name="A MENSAH")
        page = self.page(payment)
        told = re.findall(r'<div class="what"><b>(?:<a[^>]*>)?([^<]+)', page)
        assert told == [
            "Paid at Momo",
            "In portal.csv, row 1",
            "Received and posted",
            "Payer: Ama Mensah",
            "Applied to deposit due 1 Feb 2026",
            "Applied to instalment due 8 Feb 2026",
        ]
        assert "The payer typed 10482937, the account number of this contract." in page
        assert "Nothing is open: all of this payment is applied." in page

    def test_every_entry_balances_and_says_whose_accounts_it_is_on(self):
        page = self.page(self.pay("50.00", reference="10482937"))
        assert page.count("<tfoot>") == 2
        for words in ("Provider clearing", "Momo collections", "Unapplied cash", "Instalments receivable"):
            assert words in page, words
        for total in re.findall(r"<tfoot>(.*?)</tfoot>", page, re.S):
            debit, credit = re.findall(r'<span class="money">([\d.,]+)', total)
            assert debit == credit

    def test_what_waits_is_the_next_step_with_its_reason(self):
        second = make_contract(
            market="GH", customer_ref="C-ama", customer_name="Efua Sarpong", phones=("0201111111",)
        )
        make_contract(customer_ref="C-ama", customer_name="Efua Sarpong", phones=("0201111111",))
        payment = self.pay(msisdn="233201111111")
        page = self.page(payment)
        assert payment.customer_id == second.customer_id
        assert "Waits as unapplied cash" in page
        assert "2 open contracts" in page

    def test_suspense_shows_claims_and_by_hand_is_told_with_the_name(self):
        for number in ("11111111", "22222222"):
            make_contract(account_number=number, phones=("0209999999",))
        payment = self.pay(msisdn="233209999999")
        page = self.page(payment)
        assert "2 equal claims: 11111111, 22222222" in page
        assert "Waits in suspense" in page
        apply_payment(
            payment.pk,
            customer_id=self.contract.customer_id,
            contract_id=self.contract.pk,
            by=ANALYST,
            now=NOON,
        )
        page = self.page(payment)
        assert "In suspense: payer unknown" in page
        assert "Named the payer and applied 50.00 GHS" in page

    def test_the_raw_row_stands_as_in_the_file(self):
        payment = self.pay(raw={"Amt": "50.00", "Note": "<b>hello</b>", "Empty": ""})
        page = self.page(payment)
        assert "&lt;b&gt;hello&lt;/b&gt;" in page
        assert '<span class="muted">empty</span>' in page

    def test_a_payment_of_another_market_or_no_payment_is_not_there(self):
        (hidden,) = receive(make_source_account(market="KE", currency="KES"), row(1, "9.00", currency="KES"))
        for path in (
            f"/payments/{code(hidden)}/",
            f"/payments/{code(hidden)}/apply",
            "/payments/PAY-0000001/",
        ):
            assert self.client.get(path).status_code == 404, path

    def test_roles_without_the_books_are_told_who_sees_them(self):
        payment = self.pay(reference="10482937")
        page = self.signed_in("SU").get(f"/payments/{code(payment)}/").content.decode()
        assert "Provider clearing" not in page
        assert "Postings are not shown to your role" in page

    def test_who_may_not_apply_sees_the_action_with_its_reason(self):
        payment = self.pay(reference="nobody")
        page = self.signed_in("CO").get(f"/payments/{code(payment)}/").content.decode()
        assert 'aria-disabled="true"' in page
        assert "Payments analyst" in page

    def test_the_number_of_queries_does_not_grow_with_what_the_payment_did(self):
        small = self.pay("50.00", reference="10482937", booked_on=TODAY - timedelta(days=2))
        large = self.pay("250.00", reference="10482937", line=2)
        self.page(small)
        with self.assertNumQueries(34):
            self.page(small)
        with self.assertNumQueries(34):
            self.page(large)

    def test_the_reason_hides_the_number_from_whom_numbers_are_hidden(self):
        make_contract(account_number="77712345", phones=("0277000001",))
        payment = self.pay(msisdn="233277000001", reference="")
        assert payment.rule == "msisdn"
        address = f"/payments/{code(payment)}/"
        assert "+233 27 700 0001" in self.get(address)
        hidden = self.signed_in("FC").get(address).content.decode()
        assert "Paid from" in hidden
        assert "+233 27 700 0001" not in hidden
