"""The audit trail on the screen: in words, filtered, with seals, and only for who may see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from paydesk.domain.contracts.actions import activate_contract
from paydesk.foundation.people.actions import set_keyboard_shortcuts
from paydesk.foundation.people.models import Person
from paydesk.kernel.public_codes import code_of
from paydesk.web.customers.tests.desk import AtTheDesk
from paydesk.web.trail.words import change_words
from tests.builders import make_contract, make_source_account, receive, row

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Trail(AtTheDesk):
    def setUp(self) -> None:
        super().setUp()
        self.auditor = self.signed_in("AU")
        analyst = Person.objects.get(email="an-gh@desk.example")
        self.analyst = analyst
        contract = make_contract(account_number="10482937", activated_on=None)
        receive(make_source_account(), row(1, "100.00", reference="10482937"))
        activate_contract(contract.pk, activated_on=AT.date(), by=analyst.actor(), now=AT)
        self.contract = code_of("CON", contract.pk)

    def rows(self, query: str = "") -> str:
        return self.text(f"/trail/?{query}", client=self.auditor)

    def test_a_record_says_who_did_what_to_which_thing(self):
        text = self.rows(f"subject={self.contract}")
        for words in (
            "AN Person",
            "Made the contract active",
            f"/contracts/{self.contract}/",
            "state deposit paid → active",
        ):
            assert words in text, words
        assert "waits" in text, "not sealed yet"

    def test_each_filter_takes_out_what_does_not_fit(self):
        made = '<span title="contract.activated">'
        loaded = '<span title="contracts.loaded">'
        for query, shown in (
            (f"person={self.analyst.pk}", (True, False)),
            ("person=system", (False, True)),
            ("verb=contract.activated", (True, False)),
            ("subject=contract", (True, False)),
            ("subject=contracts by hand", (False, True)),
            ("market=GH", (True, True)),
            (f"day={AT.date().isoformat()}", (True, True)),
            (f"day={(AT.date() + timedelta(days=1)).isoformat()}", (False, False)),
        ):
            text = self.rows(query)
            assert (made in text, loaded in text) == shown, query

    def test_records_of_other_markets_are_hidden_and_those_of_none_are_not(self):
        set_keyboard_shortcuts(self.analyst.pk, False, by=self.analyst.actor(), now=AT)
        text = self.text("/trail/", client=self.signed_in("AU", "KE"))
        assert '<span title="contract.activated">' not in text
        assert '<span title="person.preferences_set">' in text
        assert "keyboard shortcuts yes → no" in text

    def test_who_may_not_see_it_is_refused(self):
        self.text("/trail/", 403)
        self.text("/trail/export.csv", 403)

    def test_rows_cost_no_queries(self):
        self.client = self.auditor
        few = self.queries("/trail/")
        for _ in range(5):
            make_contract()
        assert self.queries("/trail/") == few

    def test_the_export_holds_what_is_filtered_as_it_stands(self):
        lines = self.text("/trail/export.csv?verb=contract.activated", client=self.auditor).splitlines()
        assert len(lines) == 2
        assert f"person:{self.analyst.pk},AN Person,contract.activated,contract" in lines[1]
        self.text("/trail/export.csv", 403, client=self.signed_in("AD"))


def test_changes_are_put_into_words():
    assert change_words({"state": ["deposit_paid", "active"]}) == "state deposit paid → active"
    assert change_words({"open_minor": [70000, 0]}) == "open 70,000 → 0 minor units"
    told = change_words({"amount_minor": 400, "currency": "GHS", "parts_minor": [100, 300]})
    assert told == "amount 4.00 GHS; parts 1.00 GHS → 3.00 GHS", "money where its currency is told"
    assert change_words({"customer_id": [None, 35]}) == f"customer none → {code_of('CUS', 35)}"
    assert change_words({"customer_id": [35, 35]}) == f"customer {code_of('CUS', 35)}"
    assert change_words({"rows": [1, 7]}) == "rows 1 to 7"
    assert change_words({"roles": [["AN"], ["AN", "TL"]]}) == "roles AN, AN, TL"
