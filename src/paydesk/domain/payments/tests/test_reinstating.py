"""A reversal of ours is undone by two people: a counter-posting linked to it; the provider's own is not."""

from __future__ import annotations

import pytest
from django.test import TestCase

from paydesk.domain.ledger.models import JournalEntry
from paydesk.domain.payments import previews
from paydesk.domain.payments.actions import (
    CorrectionRefused,
    approve_reinstating,
    approve_reversal,
    request_reinstating,
    request_reversal,
)
from paydesk.foundation.approvals.steps import SamePersonRefused
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.reporting.invariants import check_all
from tests.builders import ANALYST, NOON, make_contract, make_source_account, receive, row

LEAD = Actor("person", 900002, "Lead", rights_of(["TL"]), frozenset({"GH"}))


class Reinstating(TestCase):
    def setUp(self) -> None:
        make_contract(account_number="10482937", deposit_minor=0, price_minor=200_00)
        self.account = make_source_account()
        (self.payment,) = receive(self.account, row(1, "60.00", reference="10482937", provider_ref="TX77001"))

    def take_back(self, amount: str | None = None) -> None:
        asked = request_reversal(
            self.payment.pk,
            amount=Money.of(f"{amount} GHS") if amount else None,
            note="x",
            by=ANALYST,
            now=NOON,
        )
        approve_reversal(asked.pk, by=LEAD, now=NOON)

    def ask(self) -> int:
        return request_reinstating(self.payment.pk, note="It was the right one", by=ANALYST, now=NOON).pk

    def test_whole_or_in_part_it_stands_again_as_it_did_and_both_ways_stay_in_the_books(self) -> None:
        self.take_back("20.00")
        self.take_back()
        self.payment.refresh_from_db()
        assert (self.payment.state, self.payment.allocated_minor) == ("reversed", 0)
        effects = previews.reinstate_effects(self.payment.pk, by=ANALYST, now=NOON)
        assert [e.after.open - e.before.open for e in effects.contracts] == [Money(-40_00, "GHS")]
        for state_left, allocated in ((20_00, 40_00), (0, 60_00)):  # the last one first
            approve_reinstating(self.ask(), by=LEAD, now=NOON)
            self.payment.refresh_from_db()
            told = (self.payment.state, self.payment.reversed_minor, self.payment.allocated_minor)
            assert told == ("received", state_left, allocated)
        undone = JournalEntry.objects.filter(kind="payment.reinstated")
        reversed_ids = JournalEntry.objects.filter(kind="payment.reversed").values_list("pk", flat=True)
        assert {each.reverses_id for each in undone} == set(reversed_ids), "each is linked to what it undoes"
        assert AuditRecord.objects.filter(verb="payment.reinstated").count() == 2
        assert [f.name for f in check_all(most_rows=3, own_snapshot=False) if f.rows] == []
        with pytest.raises(CorrectionRefused, match="no reversal of ours"):
            self.ask()

    def test_it_needs_another_person_and_a_reason(self) -> None:
        self.take_back()
        with pytest.raises(CorrectionRefused, match="Say why"):
            request_reinstating(self.payment.pk, note="", by=ANALYST, now=NOON)
        both = Actor("person", ANALYST.id, "Both", rights_of(["AN", "TL"]), frozenset({"GH"}))
        with pytest.raises(SamePersonRefused):
            approve_reinstating(self.ask(), by=both, now=NOON)
        self.payment.refresh_from_db()
        assert self.payment.state == "reversed"

    def test_what_the_providers_row_took_or_shows_by_now_stays_taken(self) -> None:
        self.take_back()
        waits = self.ask()
        receive(self.account, row(1, "-60.00", kind="reversal", provider_ref="RV1", reference="TX77001"))
        with pytest.raises(CorrectionRefused, match="its own row"):
            approve_reinstating(waits, by=LEAD, now=NOON)
        self.payment.refresh_from_db()
        assert self.payment.state == "reversed"
