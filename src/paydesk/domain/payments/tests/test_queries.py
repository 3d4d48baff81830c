"""Lists and stories: filtered by market, constant in queries, and the preview tells what will happen."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import TestCase

from paydesk.domain.payments import queries
from paydesk.domain.payments.actions import apply_payment
from paydesk.kernel.actor import Actor
from paydesk.kernel.public_codes import code_of
from tests.builders import ANALYST, NOON, TODAY, ghs, make_contract, make_source_account, receive, row


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

    def test_a_whole_provider_reference_ends_the_search(self):
        (payment,) = receive(self.account, row(1, "5.00", provider_ref="MP77"))
        receive(self.account, row(1, "6.00", provider_ref="MP77-2"), row(2, "6.00", reference="MP77"))
        assert [p.pk for p in queries.payments(ANALYST, {"q": "MP77"})] == [payment.pk]

    def test_a_stretch_over_several_markets_is_that_part_of_the_whole_list(self):
        everywhere = Actor("person", 1, "All", ANALYST.rights, None)
        kenya = make_source_account(market="KE", currency="KES")
        days = [TODAY - timedelta(days=n % 4) for n in range(9)]
        receive(self.account, *[row(n, f"{n + 1}.00", booked_on=on) for n, on in enumerate(days, 1)])
        receive(kenya, *[row(n, "2.00", currency="KES", booked_on=on) for n, on in enumerate(days, 1)])
        for sort in queries.SORTS:
            found = queries.payments(everywhere, {"payer": "unknown"}, sort)
            assert len(found) == 18
            for start in (0, 5, 15, 20):
                assert queries.stretch(found, everywhere, start, 5) == list(found)[start : start + 5]
        mine = queries.payments(ANALYST)
        assert queries.stretch(mine, ANALYST, 0, 50) == list(mine)

    def test_totals_stop_counting_at_a_cap(self):
        receive(self.account, *[row(n, "5.00") for n in range(1, 4)])
        found = queries.payments(ANALYST)
        assert queries.totals_up_to(found, most=3) == queries.totals(found)
        assert queries.totals_up_to(found, most=2) is None

    def test_a_list_that_takes_too_long_is_refused_with_advice(self):
        refused = pytest.raises(queries.TooMuchToReadRefused, match="Narrow it")
        with refused, queries.within_patience(1), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(3)")
        assert queries.payments(ANALYST).count() == 0

    def test_unapplied_money_says_what_it_waits_for(self):
        owner = {"customer_ref": self.contract.customer.external_ref, "customer_name": "Ama Mensah"}
        make_contract(account_number="10482945", **owner)
        (full, over) = receive(
            self.account, row(1, "300.00", reference="10482937"), row(2, "7.00", reference="10482937")
        )
        loaded = {p.pk: p for p in queries.payments(ANALYST)}
        assert queries.why_open(list(loaded.values())) == {
            over.pk: "10482937 takes no more; 10482945 has 300.00 GHS open."
        }
        assert loaded[full.pk].open_minor == 0
        with self.assertNumQueries(1):
            queries.why_open(list(loaded.values()))

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
