"""What a marketplace tells: each event once, posted between pending, available, held and withdrawn."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import TestCase
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.asks import blocks_of, facts_about, references_in
from paydesk.domain.cases.steps import CaseRefused, IdentityRefused
from paydesk.domain.ledger import invariants as ledger
from paydesk.domain.marketplace import invariants, rules
from paydesk.domain.marketplace.actions import MarketplaceRefused, take_events
from paydesk.domain.marketplace.event_file import COLUMNS, read_event_file
from paydesk.domain.marketplace.models import LinkAttempt, MarketEvent, Withdrawal
from paydesk.domain.marketplace.queries import balances_of, events_about, sellers
from paydesk.domain.marketplace.rules import Event
from paydesk.domain.parties.models import Party
from paydesk.domain.payments import invariants as payments
from paydesk.domain.refunds import invariants as refunds
from paydesk.importers.records import NotReadable
from paydesk.kernel.refused import NotAllowedRefused
from tests.builders import ANALYST, WORKER, make_source_account

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FILE = """event_id,event,at,seller_id,seller_kind,seller_name,currency,amount,fee,order_id,withdrawal_id,\
method,reason_code,reason
E1,order_paid,2026-03-01T08:00:00Z,S-1,creator,Efua Invented,GHS,100.00,6.00,O-1001,,,,
E2,order_available,2026-03-01T09:00:00Z,S-1,,,GHS,94.00,,O-1001,,,,
E3,link_attempt,2026-03-01T09:05:00Z,S-1,,,GHS,,,,,mobile_money,name_mismatch,The name of the wallet differs
E4,held,2026-03-01T10:00:00Z,S-1,,,GHS,20.00,,,,,,
E5,withdrawal_requested,2026-03-01T11:00:00Z,S-1,,,GHS,50.00,,,W-9001,mobile_money,,
E6,withdrawal_failed,2026-03-01T12:00:00Z,S-1,,,GHS,50.00,,,W-9001,,wallet_closed,The wallet is closed
E7,order_paid,2026-03-01T12:00:00Z,S-1,,,GHS,abc,,O-1002,,,,
E8,order_available,2026-03-01T12:00:00Z,S-1,,,GHS,1.00,,O-7777,,,,
E9,withdrawal_paid,2026-03-01T13:00:00Z,S-1,,,GHS,50.00,,,W-9001,,,
""".replace("\\\n", "")


def broken() -> list[str]:
    every = (*ledger.INVARIANTS, *payments.INVARIANTS, *refunds.INVARIANTS, *invariants.INVARIANTS)
    with connection.cursor() as cursor:
        return [name for name, _, sql in every if cursor.execute(sql) is None and cursor.fetchall()]


class Marketplace(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.account = make_source_account(role="evidence", name="Market")

    def taken(self, text: str = FILE, **fields):
        found = read_event_file(io.BytesIO(text.encode()))
        made = take_events(self.account.pk, found.events, **{"by": ANALYST, "now": NOON, **fields})
        return made, found.rejected

    def test_a_file_is_taken_in_once_posted_and_what_does_not_fit_is_rejected_with_its_reason(self):
        taken, unread = self.taken()
        assert (taken.new, taken.known) == (6, 0)
        assert [line for line, _ in unread] == [8]
        assert dict(taken.rejected)[9] == "order O-7777 of this seller was not paid by any event before."
        assert "failed" in dict(taken.rejected)[10]  # it came back already, so it cannot have arrived
        (balance,) = balances_of([Party.objects.get().pk])[Party.objects.get().pk]
        shown = [str(each) for each in (balance.available, balance.pending, balance.held)]
        assert shown == ["74.00 GHS", "0.00 GHS", "20.00 GHS"]
        assert broken() == []
        again, _ = self.taken()
        assert (again.new, again.known, MarketEvent.objects.count()) == (0, 6, 6)
        assert broken() == []

    def test_a_case_finds_them_and_hears_why_it_failed(self):
        self.taken()
        LinkAttempt.objects.update(external_ref="EV-1003")
        found = {
            each.link[0]: each.link
            for each in references_in("My payout W-9001 of o-1001, after ev-1003?", WORKER, "GH")
        }
        assert set(found) == {"withdrawal", "order", "link_attempt"}
        elsewhere = replace(ANALYST, markets=frozenset({"KE"}))
        assert references_in("My payout W-9001", elsewhere, "GH") == []
        facts = {fact.name: fact.value for fact in facts_about(found.values(), NOON)}
        assert facts["withdrawal.reason"] == "The wallet is closed"
        attempt = LinkAttempt.objects.get()
        assert "name of the wallet differs" in facts_about([("link_attempt", attempt.pk)], NOON)[0].value
        assert [step.kind for step in events_about(*found["withdrawal"])] == [
            "withdrawal_requested", "withdrawal_failed"
        ]  # fmt: skip
        assert blocks_of([found["withdrawal"]]) == []
        assert [party.name for party in sellers(ANALYST, "w-9001")] == ["Efua Invented"]

    def test_a_seller_is_verified_without_being_a_customer_and_told_no_more_than_that_opens(self):
        self.taken()
        case = cases.open_case(
            market="GH", channel="email", contact="shop@mail.example", text="Where is W-9001?",
            party_role="seller", by=WORKER, now=NOON,
        )  # fmt: skip
        facts = ["account_number", "last_payment"]
        with pytest.raises(CaseRefused, match="Say first which customer"):
            cases.verify(case.pk, facts=facts, by=WORKER, now=NOON)
        cases.confirm_link(case.links.get().pk, by=WORKER, now=NOON)
        with pytest.raises(IdentityRefused):
            self.told(case, "Your 50.00 GHS came back.", "k1")
        cases.verify(case.pk, facts=facts, by=WORKER, now=NOON)
        self.told(case, "Your 50.00 GHS came back.", "k2")

    def told(self, case, text: str, key: str) -> None:
        case.refresh_from_db()
        cases.reply(case.pk, text=text, sent_key=key, version=case.version, by=WORKER, now=NOON)

    def test_refusals(self):
        kenyan = make_source_account(market="KE", currency="KES")
        with pytest.raises(MarketplaceRefused):
            take_events(kenyan.pk, [], by=ANALYST, now=NOON)
        nobody = type(ANALYST)("person", 1, "X", frozenset(), frozenset({"GH"}))
        with pytest.raises(NotAllowedRefused):
            self.taken(by=nobody)
        with pytest.raises(NotReadable):
            read_event_file(io.BytesIO(b"a,b\n1,2\n"))
        taken, _ = self.taken(FILE.replace(",GHS,", ",KES,"))
        assert (taken.new, len(taken.rejected)) == (0, 8)

    def test_whatever_comes_in_whatever_order_the_books_hold(self):
        """A few sellers, random events: what is rejected moves nothing, what is taken is in the books."""
        import random

        dice = random.Random(7)
        kinds = [kind for kind in rules.EVENTS if kind != "link_attempt"]
        events = [
            Event(
                n, f"R{n}", kind := dice.choice(kinds), NOON + timedelta(minutes=n),
                f"S-{dice.randint(1, 3)}",
                "seller", "", "GHS", amount_minor=100 * dice.randint(1, 3),
                fee_minor=0 if kind != "order_paid" else 50, order_ref=f"O-{dice.randint(1, 12)}",
                withdrawal_ref=f"W-{dice.randint(1, 12)}", reason_code="closed",
            )
            for n in range(150)
        ]  # fmt: skip
        taken = take_events(self.account.pk, events, by=WORKER, now=NOON)
        assert taken.new + len(taken.rejected) == 150
        assert taken.new > 20
        assert Withdrawal.objects.exists()
        assert broken() == []


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(sorted(rules.EVENTS)), st.integers(0, 10_000), st.integers(0, 10_000))
def test_every_event_balances_and_moves_no_more_than_its_amount(kind, amount, fee):
    event = Event(1, "E", kind, NOON, "S", "seller", "", "GHS", amount_minor=amount, fee_minor=fee)
    legs = rules.legs_of(event)
    assert sum(minor for _, minor in legs) == 0
    if kind == "link_attempt":
        assert legs == []
    elif 0 <= fee <= amount:
        assert all(abs(minor) <= amount for _, minor in legs)


def test_the_example_of_the_documentation_is_read():
    row = ",".join(column.example.replace(",", "") for column in COLUMNS)
    head = ",".join(column.name for column in COLUMNS)
    found = read_event_file(io.BytesIO(f"{head}\n{row}\n".encode()))
    assert (len(found.events), found.rejected) == (1, [])
