"""Receiving: what becomes a payment, who paid it, what it paid, and what the books say."""

from django.db import connection
from django.test import TestCase

from paydesk.domain.contracts.models import Contract, DueItem
from paydesk.domain.ledger.models import Account, Balance, Posting
from paydesk.domain.payments.models import Claim, Payment
from tests.builders import TODAY, make_contract, make_source_account, receive, row


def balances(code: str) -> dict[int, int]:
    """Summed postings by sub-ledger key of one code."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.key_id, sum(p.amount_minor)::bigint FROM ledger_posting p"
            " JOIN ledger_account a ON a.id = p.account_id"
            " WHERE a.code = %s GROUP BY 1 HAVING sum(p.amount_minor) <> 0",
            [code],
        )
        return dict(cursor.fetchall())


class ReceivePayments(TestCase):
    def setUp(self):
        self.account = make_source_account()

    def test_the_account_number_as_typed_names_the_contract_and_the_oldest_due_item_is_paid_first(self):
        contract = make_contract(account_number="10482937")
        (payment,) = receive(self.account, row(1, "130.00", reference=" 1048-2937 "))
        assert (payment.contract_id, payment.rule, payment.matched_key) == (
            contract.pk,
            "account_number",
            "10482937",
        )
        assert (payment.allocated_minor, payment.open_minor) == (130_00, 0)
        paid = list(DueItem.objects.order_by("due_on", "id").values_list("kind", "allocated_minor"))
        assert paid == [
            ("deposit", 100_00),
            ("instalment", 30_00),
            ("instalment", 0),
            ("instalment", 0),
            ("instalment", 0),
        ]
        assert balances("1020") == {self.account.pk: 130_00}
        assert balances("2010") == {}
        assert balances("1100") == {contract.pk: 300_00 - 130_00}
        stored = Balance.objects.get(account=Account.objects.get(code="1100", key_id=contract.pk))
        assert stored.amount_minor == 170_00

    def test_our_reference_in_free_text_is_found(self):
        contract = make_contract(account_number="10482937")
        (payment,) = receive(
            self.account, row(1, "10.00", reference="school fees", text="for acc 10482937 thanks")
        )
        assert (payment.contract_id, payment.rule) == (contract.pk, "reference_in_text")

    def test_the_phone_number_names_the_payer_with_one_open_contract(self):
        contract = make_contract(phones=("0244123456",))
        (payment,) = receive(self.account, row(1, "10.00", reference="loan", msisdn="233244123456"))
        assert (payment.contract_id, payment.rule) == (contract.pk, "msisdn")

    def test_a_payer_with_two_open_contracts_is_known_but_the_contract_is_not_guessed(self):
        first = make_contract(phones=("0244123456",), customer_ref="A")
        make_contract(customer_ref="A")
        (payment,) = receive(self.account, row(1, "10.00", msisdn="233244123456"))
        assert (payment.customer_id, payment.contract_id, payment.open_minor) == (
            first.customer_id,
            None,
            10_00,
        )
        assert balances("2010") == {first.customer_id: -10_00}
        assert Claim.objects.filter(payment=payment).count() == 2

    def test_two_customers_with_equal_claims_leave_the_money_in_suspense_and_both_are_shown(self):
        one, two = make_contract(phones=("0244123456",)), make_contract(phones=("0244123456",))
        (payment,) = receive(self.account, row(1, "10.00", msisdn="233244123456"))
        assert (payment.customer_id, payment.rule) == (None, "")
        claims = set(Claim.objects.values_list("payment_id", "contract_id"))
        assert claims == {(payment.pk, one.pk), (payment.pk, two.pk)}
        posting = Posting.objects.get(account__code="2020")
        assert (posting.amount_minor, posting.detail_id) == (-10_00, payment.statement_line_id)

    def test_the_account_number_outweighs_the_phone_of_a_relative(self):
        make_contract(phones=("0244123456",))
        contract = make_contract(account_number="10482937")
        (payment,) = receive(self.account, row(1, "10.00", reference="10482937", msisdn="233244123456"))
        assert payment.contract_id == contract.pk

    def test_only_final_successful_payment_rows_of_an_originating_account_become_payments(self):
        make_contract(account_number="10482937")
        settles = make_source_account(role="settles")
        rows = [
            row(1, "10.00", status="pending"), row(2, "10.00", status="failed", kind="failed"),
            row(3, "-1.00", kind="fee"), row(4, "-10.00", kind="reversal"), row(5, "10.00", currency="KES"),
            row(6, "10.005"), row(7, "-5.00"),
        ]  # fmt: skip
        assert receive(self.account, *rows) == []
        assert receive(settles, row(1, "10.00", reference="10482937")) == []
        assert Posting.objects.filter(account__code__in=["2010", "2020"]).count() == 0

    def test_what_is_beyond_the_plan_stays_unapplied_while_another_contract_is_open(self):
        contract = make_contract(account_number="10482937", customer_ref="A")
        make_contract(customer_ref="A")
        (payment,) = receive(self.account, row(1, "310.00", reference="10482937"))
        contract.refresh_from_db()
        assert (contract.state, payment.allocated_minor, payment.open_minor) == ("completed", 300_00, 10_00)
        assert balances("2010") == {contract.customer_id: -10_00}

    def test_what_is_left_when_the_last_contract_completes_is_the_customers_credit(self):
        contract = make_contract(account_number="10482937")
        (payment,) = receive(self.account, row(1, "310.00", reference="10482937"))
        assert (payment.allocated_minor, payment.credited_minor, payment.open_minor) == (300_00, 10_00, 0)
        assert balances("2040") == {contract.customer_id: -10_00}
        assert balances("2010") == {}

    def test_a_deposit_is_held_until_the_contract_is_active(self):
        contract = make_contract(account_number="10482937", activated_on=None)
        (payment,) = receive(self.account, row(1, "120.00", reference="10482937"))
        contract.refresh_from_db()
        assert (contract.state, payment.allocated_minor, payment.open_minor) == (
            "deposit_paid",
            100_00,
            20_00,
        )
        assert balances("2030") == {contract.pk: -100_00}
        assert balances("1100") == {}

    def test_two_payments_of_one_batch_meet_one_contract_in_order_of_value(self):
        make_contract(account_number="10482937")
        later = row(1, "40.00", reference="10482937", booked_on=TODAY)
        earlier = row(2, "90.00", reference="10482937", booked_on=TODAY.replace(day=1))
        second, first = receive(self.account, later, earlier)
        assert [a.amount_minor for a in first.allocations.order_by("id")] == [90_00]
        assert [a.amount_minor for a in second.allocations.order_by("id")] == [10_00, 30_00]

    def test_the_same_evidence_is_received_once(self):
        make_contract(account_number="10482937")
        again = row(1, "10.00", reference="10482937")
        receive(self.account, again)
        assert receive(self.account, again) == []
        assert (Payment.objects.count(), Contract.objects.get().due_items.first().allocated_minor) == (
            1,
            10_00,
        )
