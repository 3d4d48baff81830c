"""Rate cards on the screen: written as people write them, set by the controller alone, seen by the others."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.domain.pricing.models import Rate, RateCard
from paydesk.domain.pricing.rules import MILLION, Terms
from paydesk.web.customers.tests.desk import AtTheDesk
from paydesk.web.providers.rate_text import rates_in, text_of
from tests.builders import make_source_account


def test_rates_are_read_as_they_are_written() -> None:
    text = "Card Visa from 500.00: 1.4 % + 0.25, at least 0.50 at most 20\n\nany: 1.9%+0.3\n0.15"
    assert rates_in(text, "GHS") == [
        Terms("card visa", 500_00, 14_000, 25, 50, 20_00), Terms("", 0, 19_000, 30), Terms("", 0, 0, 15),
    ]  # fmt: skip
    assert text_of(rates_in(text, "GHS"), "GHS").splitlines()[0] == (
        "card visa from 500.00: 1.4 % + 0.25, at least 0.50, at most 20.00"
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1.9 %\nvisa: a lot", "Line 2: 'visa: a lot' is no rate"),
        ("visa:", "Line 1: 'visa:' is no rate"),
        ("visa: 101 %", "Line 1: More than 100 %"),
        ("visa: 0.255", "Line 1: 0.255 has more decimals than GHS."),
    ],
)
def test_what_is_no_rate_is_said_with_its_line(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=".") as problem:
        rates_in(text, "GHS")
    assert str(problem.value).startswith(says)


_MINOR = st.integers(0, 10**9)


@given(
    st.lists(
        st.builds(
            Terms, st.sampled_from(["", "visa", "card visa debit"]), _MINOR, st.integers(0, MILLION), _MINOR,
            _MINOR, st.none() | _MINOR, st.integers(0, MILLION),
        )
    ),
    st.sampled_from(["GHS", "UGX", "KWD"]),
)  # fmt: skip
@settings(max_examples=30)
def test_whatever_is_written_is_read_again(rates: list[Terms], currency: str) -> None:
    assert rates_in(text_of(rates, currency), currency) == rates


class RateCards(AtTheDesk):
    def setUp(self) -> None:
        super().setUp()
        self.account = make_source_account(provider="stripe", name="Stripe")
        self.list = f"/accounts/?account={self.account.pk}"
        self.form = f"/accounts/{self.account.pk}/rates/"
        self.said = {"valid_from": "2020-01-01", "rates": "visa: 1.4 % + 0.25", "note": "Contract of 2025"}

    def test_the_controller_sets_a_card_and_everybody_who_sees_accounts_sees_it(self):
        assert self.client.post(self.form, self.said).status_code == 403
        assert "None is set" in self.text(self.list)
        self.client = self.signed_in("FC")
        answer = self.client.post(self.form, {**self.said, "rates": "visa: much"})
        assert answer.status_code == 422
        assert "is no rate" in answer.content.decode()
        assert self.client.post(self.form, self.said).status_code == 302
        assert RateCard.objects.get().note == "Contract of 2025"
        assert Rate.objects.get().millionths == 14_000
        assert "1.4 % + 0.25 GHS" in self.text(self.list)
        assert "visa: 1.4 % + 0.25" in self.text(self.form)  # a new card starts from the one before
        self.client = self.signed_in("AU")
        assert "1.4 % + 0.25 GHS" in self.text(self.list)

    def test_an_account_at_a_bank_has_none(self):
        bank = make_source_account(provider="bank", name="Bank", ledger_code="1010", role="settles")
        self.client = self.signed_in("FC")
        assert "Rate card" not in self.text(f"/accounts/?account={bank.pk}")
        assert self.client.get(f"/accounts/{bank.pk}/rates/").status_code == 404
