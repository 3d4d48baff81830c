"""Lists and stories: filtered by market, constant in queries, and the preview tells what will happen."""

from datetime import timedelta

from django.test import TestCase
from tests.builders import ANALYST, NOON, TODAY, ghs, make_contract, make_source_account, receive, row

from paydesk.domain.payments import queries
from paydesk.domain.payments.actions import apply_payment
from paydesk.kernel.public_codes import code_of


class PaymentLists(TestCase):
    def setUp(self):
        self.account = make_source_account()
        self.contract = make_contract(account_number="10482937", customer_name="Ama Mensah")

    def test_a_list_is_two_queries_however_long_and_only_of_the_actors_markets(self):
        elsewhere = make_source_account(market="KE", currency="KES")
        receive(elsewhere, row(1, "5.00", currency="KES"))
        receive(self.account, *[row(n, "5.00", reference="10482937") for n in range(1, 8)])
        with self.assertNumQueries(1):
            found = list(queries.payments(ANALYST))
            names = [
                (p.customer.name, p.source_account.provider.name, p.statement_line.reference) for p in found
            ]
        assert len(names) == 7

    def test_a_payment_is_found_by_all_a_caller_may_say(self):
        (payment,) = receive(
            self.account, row(1, "5.00", reference="1048 2937", msisdn="233244123456", provider_ref="MP77XYZ")
        )
        receive(self.account, row(1, "6.00", reference="nonsense"))
        for text in (code_of("PAY", payment.pk), "10482937", "MP77X", "0244123456", "mensah"):
            assert [p.pk for p in queries.payments(ANALYST, {"q": text})] == [payment.pk], text

    def test_waiting_money_is_aged_per_currency(self):
        receive(
            self.account,
            row(1, "5.00", booked_on=TODAY),
            row(2, "7.00", booked_on=TODAY - timedelta(days=40)),
        )
        bands = {b.label: (b.count, b.amount) for b in queries.ageing(queries.suspense(ANALYST), on=TODAY)}
        assert bands["0–1 days"] == (1, ghs("5.00"))
        assert bands["31–90 days"] == (1, ghs("7.00"))
        assert queries.waiting_counts(ANALYST) == {"unapplied": 0, "suspense": 2}

    def test_the_preview_equals_what_applying_then_does(self):
        (payment,) = receive(self.account, row(1, "120.00", reference="nobody"))
        seen = queries.allocation_preview(queries.payment_for(ANALYST, payment.pk), self.contract, on=TODAY)
        applied = apply_payment(
            payment.pk,
            customer_id=self.contract.customer_id,
            contract_id=self.contract.pk,
            version=payment.version,
            by=ANALYST,
            now=NOON,
        )
        story = queries.story_of(queries.payment_for(ANALYST, payment.pk))
        assert [(p.due_item.pk, p.amount.amount_minor) for p in seen.parts] == [
            (a.due_item_id, a.amount_minor) for a in story.allocations
        ]
        assert (seen.left.amount_minor, applied.open_minor) == (0, 0)
        assert (seen.days_past_due_before, seen.days_past_due_after) == (29, 22)
        assert [e.kind for e in story.entries] == [
            "payment.received",
            "payment.identified",
            "payment.allocated",
        ]
        assert story.why == "A person named the payer."

    def test_suspense_says_why_nobody_was_named(self):
        make_contract(phones=("0244123456",))
        make_contract(phones=("0244123456",))
        (payment,) = receive(self.account, row(1, "5.00", msisdn="233244123456"))
        story = queries.story_of(queries.payment_for(ANALYST, payment.pk))
        assert story.why.startswith("2 equal claims: ")
