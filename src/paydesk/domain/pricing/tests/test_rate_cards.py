"""What a card says may be kept back, in plain Python; cards set by the controller."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.test import TestCase
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.domain.pricing.actions import RateCardRefused, set_rate_card
from paydesk.domain.pricing.models import Rate, RateCard
from paydesk.domain.pricing.queries import card_on
from paydesk.domain.pricing.rules import MOST_RATES, Terms, is_off, terms_for, why_not
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused
from tests.builders import ANALYST, NOON, make_source_account

ANY = Terms("", 0, 14_000, 25)
VISA = Terms("visa", 0, 19_000, 30, least_minor=50)
LARGE = Terms("visa", 100_000, 15_000, 30, most_minor=20_00)


def test_a_fee_is_a_share_and_an_amount_between_its_bounds_half_a_unit_up() -> None:
    assert [ANY.fee_minor(amount) for amount in (100_00, 0, 35_71, 35_72)] == [165, 25, 75, 75]
    assert Terms("", 0, 5_000, 0).fee_minor(100) == 1  # half a cent
    assert replace(VISA, tax_millionths=75_000).fee_minor(100) == 54  # 0.50 and 7.5 % of it, 3.75, rounded up
    assert (VISA.fee_minor(100), LARGE.fee_minor(10_000_00)) == (50, 20_00)


def test_the_words_hold_the_arithmetic() -> None:
    assert ANY.arithmetic(100_00, "EUR") == "100.00 EUR: 1.4 % + 0.25 EUR = 1.65 EUR"
    assert VISA.told("EUR") == "1.9 % + 0.30 EUR, at least 0.50 EUR"
    taxed = replace(VISA, tax_millionths=75_000)
    assert taxed.told("EUR") == "1.9 % + 0.30 EUR, at least 0.50 EUR, and 7.5 % tax"
    assert LARGE.told("EUR") == "1.5 % + 0.30 EUR, at most 20.00 EUR"
    assert Terms("", 0, 1_000_000, 0).told("UGX") == "100 %"
    assert Terms("", 0, 0, 0).told("UGX") == "0 UGX"


def test_the_longest_method_counts_then_the_highest_amount() -> None:
    rates = [ANY, VISA, LARGE]
    assert terms_for(rates, "Visa debit", 999_99) == VISA
    assert terms_for(rates, "VISA", 1_000_00) == LARGE
    assert terms_for(rates, "mc", 5) == ANY
    assert terms_for([VISA], "mc", 5) is None


def test_a_minor_unit_a_line_and_half_a_percent_are_not_off() -> None:
    assert [is_off(kept, 165) for kept in (164, 166, 167)] == [False, False, True]
    assert [is_off(kept, 1_000_00) for kept in (1_005_00, 1_005_01)] == [False, True]
    assert not is_off(110, 100, lines=10)


@pytest.mark.parametrize(
    ("rates", "says"),
    [
        ([replace(ANY, millionths=1_000_001)], "no share from 0 to 100 %"),
        ([replace(ANY, tax_millionths=-1)], "The tax on the rate of"),
        ([replace(ANY, fixed_minor=-1)], "no share from 0 to 100 %"),
        ([replace(VISA, most_minor=49)], "at most less than it keeps at least"),
        ([replace(VISA, method="Visa")], "written small"),
        ([VISA, VISA], "two rates of visa payments"),
        ([replace(ANY, from_minor=n) for n in range(MOST_RATES + 1)], "at most 60 rates"),
    ],
)
def test_what_makes_no_card_is_said(rates: list[Terms], says: str) -> None:
    assert says in why_not(rates)


@given(st.integers(0, 10**12), st.integers(0, 10**6), st.integers(0, 10**6))
@settings(max_examples=30)
def test_a_fee_is_never_further_than_half_a_unit_from_the_exact_share(amount: int, share: int, fixed: int):
    fee = Terms("", 0, share, fixed).fee_minor(amount)
    assert abs((fee - fixed) * 10**6 - amount * share) * 2 <= 10**6


class SetRateCard(TestCase):
    def setUp(self) -> None:
        self.account = make_source_account()
        self.controller = Actor("person", 900002, "Controller", rights_of(["FC"]), frozenset({"GH"}))

    def test_the_card_of_a_day_is_the_last_that_began_and_of_two_the_later_made(self):
        for day, rates in ((1, [ANY]), (10, [VISA]), (10, [LARGE]), (20, [])):
            set_rate_card(
                self.account.pk, valid_from=date(2026, 3, day), rates=rates, note="Contract of 1 March",
                by=self.controller, now=NOON,
            )  # fmt: skip
        found = {day: card_on(self.account, date(2026, 3, day)) for day in (9, 10, 19, 20)}
        told = {day: [r.terms for r in card.rates.all()] if card else None for day, card in found.items()}
        assert told == {9: [ANY], 10: [LARGE], 19: [LARGE], 20: None}
        assert card_on(self.account, date(2026, 2, 28)) is None
        record = AuditRecord.objects.order_by("-id")[1]
        assert (record.verb, record.changes["rates"]) == (
            "rate_card.set",
            ["visa 1.5 % + 0.30 GHS, at most 20.00 GHS"],
        )

    def test_who_may_not_a_bank_no_reason_and_contradictions_are_refused_and_nothing_changes(self):
        bank = make_source_account(provider="bank", ledger_code="1010")
        good = {"valid_from": date(2026, 3, 1), "rates": [ANY], "note": "Contract", "by": self.controller}
        for account, changed, refused in (
            (self.account, {"by": ANALYST}, NotAllowedRefused),
            (bank, {}, RateCardRefused),
            (self.account, {"note": " "}, RateCardRefused),
            (self.account, {"rates": [VISA, VISA]}, RateCardRefused),
        ):
            with pytest.raises(refused):
                set_rate_card(account.pk, now=NOON, **{**good, **changed})
        assert (RateCard.objects.count(), AuditRecord.objects.count()) == (0, 0)

    def test_a_card_is_written_once_and_its_rates_keep_their_bounds(self):
        card = set_rate_card(
            self.account.pk, valid_from=date(2026, 3, 1), rates=[ANY], note="Contract", by=self.controller,
            now=NOON,
        )  # fmt: skip
        for change in (
            lambda: Rate.objects.filter(card=card).update(millionths=1),
            lambda: RateCard.objects.filter(pk=card.pk).delete(),
            lambda: Rate.objects.create(card=card, method="x", least_minor=2, most_minor=1),
            lambda: Rate.objects.create(card=card, method="", from_minor=0),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
