"""What screens read of contracts: due states, what a load would do, numbers that are free."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from django.test import TestCase

from paydesk.domain.contracts import queries
from paydesk.domain.contracts.actions import Terms, load_contracts
from paydesk.domain.contracts.load_preview import preview_load
from paydesk.domain.contracts.rules import due_state
from paydesk.domain.contracts.states import DUE_FAMILIES
from paydesk.kernel.public_codes import luhn_digit
from tests.builders import NOON, WORKER, make_contract

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("paid", "lag_days", "is_open", "state"),
    [
        (100, 5, True, "paid"), (100, -5, False, "paid"), (40, 1, True, "overdue"), (0, 1, True, "overdue"),
        (40, 0, True, "part"), (40, -1, True, "part"), (0, 0, True, "due"), (0, -1, True, "ahead"),
        (0, 9, False, "closed"), (40, -9, False, "closed"),
    ],
)  # fmt: skip
def test_how_a_due_item_stands(paid: int, lag_days: int, is_open: bool, state: str):
    assert due_state(100, paid, DAY - timedelta(days=lag_days), on=DAY, is_open=is_open) == state


def test_every_due_state_has_a_colour():
    days = [DAY + timedelta(days=n) for n in (-1, 0, 1)]
    states = {
        due_state(2, paid, day, on=DAY, is_open=is_open)
        for paid, day, is_open in product((0, 1, 2), days, (True, False))
    }
    assert states == set(DUE_FAMILIES)


def terms(number: str, **changes: object) -> Terms:
    values: dict[str, object] = {
        "market": "GH", "customer_ref": f"C{number}", "customer_name": "Ama Mensah", "phones": (),
        "account_number": number, "product": "", "currency": "GHS", "price_minor": 30000,
        "deposit_minor": 10000, "opened_on": DAY, "first_due_on": DAY, "instalments": 4,
        "frequency": "weekly", "line": 1, **changes,
    }  # fmt: skip
    return Terms(**values)  # type: ignore[arg-type]


class PreviewLoad(TestCase):
    ROWS = (
        terms("10480001", line=2),
        terms("10480002", line=3, activated_on=DAY),
        terms("10480001", line=4),
        terms("104", line=5),
        terms("10480006", line=6, market="KE"),
        terms("10480007", line=7, phones=("12",)),
        terms("10480008", line=8, price_minor=0),
    )

    def test_it_says_what_loading_then_does(self):
        make_contract(account_number="10480009", customer_ref="C10480009", price_minor=30000)
        rows = [*self.ROWS, terms("10480009", line=9), terms("10480009", line=10, price_minor=1)]
        preview = preview_load(rows, by=WORKER, markets=["GH"])
        assert [row.line for row in preview.new] == [2, 3]
        assert [row.line for row in preview.known] == [9]
        assert [line for line, _ in preview.refused] == [4, 5, 6, 7, 8, 10]
        assert [(t.count, str(t.price), str(t.deposit)) for t in preview.totals] == [
            (2, "600.00 GHS", "200.00 GHS")
        ]
        assert (preview.active, preview.customers_new, preview.customers_known) == (1, 2, 0)

        loaded = load_contracts([row for row in rows if row.market == "GH"], by=WORKER, now=NOON)
        assert (len(loaded.contract_ids), loaded.known) == (2, 1)
        reasons = dict(preview.refused)
        assert dict(loaded.refused) == {line: reasons[line] for line in (4, 5, 7, 8, 10)}

    def test_what_was_loaded_is_known(self):
        load_contracts(self.ROWS[:2], by=WORKER, now=NOON)
        preview = preview_load(self.ROWS[:2], by=WORKER, markets=["GH"])
        assert (len(preview.new), len(preview.known), preview.totals) == (0, 2, [])


class Numbers(TestCase):
    def test_a_suggested_number_is_free_and_ends_with_its_check_digit(self):
        first = queries.suggested_account_number("GH")
        assert luhn_digit(first[:-1]) == first[-1]
        make_contract(account_number=first)
        assert queries.suggested_account_number("GH") != first
