"""Whose money probably is: ranked, with the reason; never from another market, never automatic."""

from dataclasses import replace
from datetime import timedelta

from django.test import SimpleTestCase, TestCase
from hypothesis import given
from hypothesis import strategies as st

from paydesk.domain.payments.actions import apply_payment
from paydesk.domain.payments.identified import StoredSuggestion
from paydesk.domain.payments.queries import (
    payments,
    probably_somebodys,
    probably_somebodys_count,
    suggestions_for,
    suspense,
)
from paydesk.domain.payments.suggesting import look_again
from paydesk.domain.payments.suggestion_rules import (
    Evidence,
    live_confirmations,
    name_likeness,
    reason_of,
    score,
    suggest,
)
from paydesk.kernel.find_text import name_words
from tests.builders import ANALYST, NOON, TODAY, make_contract, make_source_account, receive, row

counts = st.integers(0, 5)
evidences = st.builds(
    Evidence, st.just(1), st.just("10482937"), claims=counts, links=counts, linked_to=counts,
    near=st.sampled_from([None, "digit", "swapped", "prefix", "look_alike", "missing", "extra"]),
    near_by=counts, check=st.booleans(), phone_of=counts, earlier=counts, name=st.integers(0, 100),
    amount=st.sampled_from(["", "one instalment"]),
)  # fmt: skip


class Scoring(SimpleTestCase):
    @given(evidences)
    def test_more_evidence_never_lowers_and_nothing_is_certain(self, evidence):
        assert 0 <= score(evidence) <= 99
        more = {"links": evidence.links + 1, "earlier": evidence.earlier + 1, "amount": "one instalment",
                "name": min(100, evidence.name + 10), "check": True}  # fmt: skip
        for name, value in more.items():
            assert score(replace(evidence, **{name: value})) >= score(evidence), name

    @given(evidences)
    def test_what_more_contracts_share_speaks_less(self, evidence):
        for name in ("linked_to", "near_by", "phone_of", "claims"):
            count = max(getattr(evidence, name), 1)
            one, more = replace(evidence, **{name: count}), replace(evidence, **{name: count + 1})
            assert score(more) <= score(one), name

    @given(st.lists(evidences, max_size=12))
    def test_the_best_come_first_numbered_and_with_words(self, found):
        found = [replace(each, contract_id=n) for n, each in enumerate(found)]
        suggested = suggest(found)
        assert [each.place for each in suggested] == list(range(1, len(suggested) + 1))
        assert len(suggested) <= 5
        assert [each.score for each in suggested] == sorted((each.score for each in suggested), reverse=True)
        assert all(each.reason and each.runner_up and each.would_change for each in suggested)

    @given(st.integers(0, 1000), st.integers(0, 4000), st.integers(0, 400))
    def test_links_only_fade(self, confirmations, days, more):
        alive = live_confirmations(confirmations, TODAY, TODAY + timedelta(days=days))
        assert 0 <= live_confirmations(confirmations, TODAY, TODAY + timedelta(days=days + more)) <= alive
        assert live_confirmations(confirmations, TODAY, TODAY + timedelta(days=89)) == confirmations

    def test_a_name_or_an_amount_alone_is_worth_little(self):
        assert score(Evidence(1, "1", amount="one instalment")) == 20
        assert score(Evidence(1, "1", name=100)) < score(Evidence(1, "1", near="digit", near_by=1))

    def test_names(self):
        for left, right, likeness in (
            ("MENSAH AMA", "Ama Mensah", 100),
            ("A. Mensah", "Ama Mensah", 75),
            ("Kofi Mensah", "Ama Mensah", 50),
            ("Kofi Boateng", "Ama Mensah", 0),
            ("", "Ama Mensah", 0),
            ("Ama", "Ama Mensah", 50),
        ):
            assert name_likeness(name_words(left), name_words(right)) == likeness, left

    def test_the_reason_is_one_sentence_that_names_nobody(self):
        evidence = Evidence(
            1, "10482937", near="digit", typed="10482987", near_by=1, check=True, earlier=2,
            amount="what is due next",
        )  # fmt: skip
        assert reason_of(evidence) == (
            "The payer typed 10482987: but for one digit it is 10482937; "
            "its check digit says it cannot be right; this phone paid into it twice before; "
            "the amount is what is due next."
        )  # fmt: skip


class Suggestions(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.account = make_source_account()
        # 1048293 has the Luhn digit 3.
        cls.contract = make_contract(account_number="10482933", customer_name="Ama Mensah")
        cls.other = make_contract(account_number="55500020", customer_name="Kofi Boateng")

    def pay(self, amount="10.00", **fields):
        return receive(self.account, row(1, amount, **{"msisdn": "233209990001", **fields}))[0]

    def best(self, payment):
        (found,) = suggestions_for([payment], on=TODAY).values()
        return [(each.standing.contract.account_number, each.suggestion) for each in found]

    def test_a_wrong_digit_finds_the_number_and_the_check_digit_says_why(self):
        ((number, first),) = self.best(self.pay(reference="10482993"))
        assert number == "10482933"
        assert "its check digit says it cannot be right" in first.reason
        assert first.runner_up == "No other contract comes into question."

    def test_never_applied_by_itself(self):
        for reference in ("10482993", "1O482933", "ACC10482933", "1048293"):
            payment = self.pay(reference=reference)
            assert payment.customer_id is None
            assert self.best(payment)[0][0] == "10482933", reference

    def test_name_phone_and_amount_add_up_and_the_runner_up_is_named(self):
        earlier = self.pay(reference="55500020")
        assert earlier.contract_id == self.other.pk
        (first, second) = self.best(self.pay("50.00", reference="school", payer_name="MENSAH AMA"))
        assert {first[0], second[0]} == {"10482933", "55500020"}
        assert second[0] in first[1].runner_up

    def test_other_markets_never(self):
        kenya = make_source_account(market="KE", currency="KES", time_zone="Africa/Nairobi")
        (payment,) = receive(
            kenya, row(1, "10.00", reference="10482993", payer_name="AMA MENSAH", currency="KES")
        )
        assert self.best(payment) == []

    def test_of_a_known_payer_only_their_own_contracts(self):
        payment = self.pay(reference="x", payer_name="KOFI BOATENG")
        apply_payment(
            payment.pk, customer_id=self.contract.customer_id, contract_id=None, by=ANALYST, now=NOON
        )
        payment.refresh_from_db()
        assert {number for number, _ in self.best(payment)} <= {"10482933"}

    def test_closed_contracts_are_not_offered(self):
        type(self.contract).objects.filter(pk=self.contract.pk).update(state="completed")
        assert self.best(self.pay(reference="10482993")) == []

    def test_the_number_of_queries_does_not_grow_with_the_payments(self):
        self.pay(reference="10482993", payer_name="")
        for n in range(6):
            self.pay(reference=f"1048299{n}", msisdn=f"23320999000{n}")
        few = list(payments(ANALYST, sort="value").filter(customer__isnull=True)[:1])
        many = list(payments(ANALYST).filter(customer__isnull=True))
        for found in (few, many):
            with self.assertNumQueries(6):
                suggestions_for(found, on=TODAY)

    def test_what_is_probably_somebodys_is_kept_and_ordered_by_harm(self):
        later = make_contract(account_number="20000030", first_due_on=TODAY + timedelta(days=30),
                              opened_on=TODAY, activated_on=TODAY, deposit_minor=0)  # fmt: skip
        late = self.pay(reference="10482993")
        self.pay(reference="20000033")
        self.pay(reference="nothing at all")
        assert look_again(now=NOON) == 3
        assert look_again(now=NOON + timedelta(hours=1)) == 0
        assert StoredSuggestion.objects.filter(contract=later).exists()
        assert list(probably_somebodys(suspense(ANALYST), on=TODAY)) == [late]
        assert probably_somebodys_count(ANALYST, on=TODAY) == 1
        assert look_again(now=NOON + timedelta(days=2)) == 3
        apply_payment(
            late.pk, customer_id=self.contract.customer_id, contract_id=self.contract.pk, suggestion=1,
            by=ANALYST, now=NOON,
        )  # fmt: skip
        assert probably_somebodys_count(ANALYST, on=TODAY) == 0
