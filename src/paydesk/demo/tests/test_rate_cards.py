"""The demo's rate cards say what its providers keep, so that no day begins with a fee that is off."""

from __future__ import annotations

import pytest

from paydesk.demo.markets import ACCOUNTS
from paydesk.demo.mess import fee_of
from paydesk.demo.rate_cards import RATE_CARDS
from paydesk.domain.pricing.rules import terms_for


@pytest.mark.parametrize("key", RATE_CARDS)
def test_a_card_is_what_is_kept(key: str) -> None:
    layout = ACCOUNTS[key][1].layout
    for amount in (1, 33, 550_00, 2_499_99, 2_500_00, 17_333_33, 126_666_66, 500_000_00):
        terms = terms_for(RATE_CARDS[key], "card", amount)
        assert terms is not None
        assert terms.fee_minor(amount) == fee_of(layout, amount)
