"""One customer: what they owe, which payment paid what, what we hold for them, who did what."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from paydesk.domain.payments.actions import apply_payment
from paydesk.kernel.public_codes import code_of
from paydesk.web.customers.tests.desk import AtTheDesk
from tests.builders import NOON, WORKER, make_contract, make_source_account, receive, row

today = timezone.localdate  # asked when it is needed: a run may go over midnight


class CustomerPage(AtTheDesk):
    def setUp(self) -> None:
        super().setUp()
        self.contract = make_contract(
            customer_name="Ama Mensah", account_number="10482937", phones=("0244123456",),
            first_due_on=today() - timedelta(days=10), deposit_minor=0,
        )  # fmt: skip
        self.account = make_source_account()
        self.address = f"/customers/{code_of('CUS', self.contract.customer_id)}/"

    def pay(self, amount: str, **fields: object) -> str:
        (payment,) = receive(self.account, row(1, amount, **fields))
        return code_of("PAY", payment.pk)

    def test_head_schedule_and_payments_tell_one_story(self):
        paid = self.pay("100.00", reference="10482937")
        text = self.text(self.address)
        assert "+233 24 412 3456" in text
        assert text.count(f">{paid}<") == 3, "the two instalments it paid, and the list of payments"
        for state in ("Paid", "Overdue", "Ahead"):
            assert f"</i>{state}</span>" in text
        assert "Applied in full" in text
        assert 'aria-label="Paid against due from' in text

    def test_unapplied_money_offers_to_be_applied_to_who_may(self):
        make_contract(
            customer_ref=self.contract.customer.external_ref,
            customer_name="Ama Mensah",
            account_number="10489999",
        )
        paid = self.pay("20.00", msisdn="233244123456")
        text = self.text(self.address)
        assert "Unapplied cash" in text
        assert "20.00 GHS not applied" in text
        assert f"/payments/{paid}/apply" in text
        auditor = self.text(self.address, client=self.signed_in("AU"))
        assert f"/payments/{paid}/apply" not in auditor
        assert "Your role cannot do this" in auditor

    def test_one_contract_at_a_time_stands_in_the_middle(self):
        other = make_contract(
            customer_ref=self.contract.customer.external_ref,
            customer_name="Ama Mensah",
            account_number="10489999",
        )
        text = self.text(f"{self.address}?contract={code_of('CON', other.pk)}")
        assert "<h2>Contract 10489999</h2>" in text
        assert "is-open" in text
        assert "is-open" not in self.text(self.address)

    def test_who_did_what_names_the_person(self):
        make_contract(
            customer_ref=self.contract.customer.external_ref,
            customer_name="Ama Mensah",
            account_number="10489999",
        )
        (payment,) = receive(self.account, row(1, "20.00", msisdn="233244123456"))
        apply_payment(
            payment.pk,
            customer_id=self.contract.customer_id,
            contract_id=self.contract.pk,
            by=WORKER,
            now=NOON,
        )
        text = self.text(self.address)
        assert "Applied the payment" in text
        assert "Added the customer" in text

    def test_another_market_and_a_mistyped_code_are_not_found(self):
        self.text(self.address, 404, client=self.signed_in("AN", "KE"))
        self.text(self.address[:-2] + "!/", 404)
        self.text("/customers/CUS-ZZZZZZZZZZZZZZZZZ/", 404)

    def test_who_may_not_see_customers_is_refused(self):
        self.text(self.address, 403, client=self.signed_in("AD"))

    def test_more_payments_and_contracts_cost_no_more_queries(self):
        self.pay("10.00", reference="10482937")
        few = self.queries(self.address)
        for number in range(5):
            self.pay("10.00", reference="10482937")
            make_contract(
                customer_ref=self.contract.customer.external_ref,
                customer_name="Ama Mensah",
                account_number=f"3048999{number}",
            )
        contract = code_of("CON", self.contract.pk)
        assert self.queries(f"{self.address}?contract={contract}") == few

    def test_a_long_schedule_shows_what_is_open_and_all_of_it_when_asked(self):
        daily = make_contract(
            customer_name="Yaw Boateng", account_number="10480365", price_minor=36500, deposit_minor=0,
            instalments=365, frequency="daily", first_due_on=today() - timedelta(days=100),
        )  # fmt: skip
        receive(self.account, row(1, "90.00", reference="10480365"))
        address = f"/customers/{code_of('CUS', daily.customer_id)}/"
        text = self.text(address)
        assert "86 paid before these" in text
        assert text.count('id="due-') == 26
        whole = f"{address}?contract={code_of('CON', daily.pk)}&whole=1"
        part = self.text(whole, headers={"HX-Request": "true", "HX-Target": "schedule"})
        assert "<html" not in part
        assert part.count('id="due-') == 365

    def test_names_are_escaped(self):
        bad = make_contract(customer_name="<script>x</script>")
        text = self.text(f"/customers/{code_of('CUS', bad.customer_id)}/")
        assert "<script>x" not in text
