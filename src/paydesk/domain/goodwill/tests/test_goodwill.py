"""Goodwill: alone up to a limit, by two above it and a second time; posted, undone, never given unnoticed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import TestCase
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.asks import compensations_of
from paydesk.domain.cases.models import Case, CaseLink
from paydesk.domain.cases.steps import IdentityRefused
from paydesk.domain.contracts.models import Contract, DueItem
from paydesk.domain.contracts.rules import Due, allocate
from paydesk.domain.goodwill import invariants, rules
from paydesk.domain.goodwill.actions import (
    EarlierRefused,
    GoodwillRefused,
    approve_goodwill,
    approve_undoing,
    give_goodwill,
    request_undoing,
)
from paydesk.domain.goodwill.models import Goodwill
from paydesk.domain.ledger import invariants as ledger
from paydesk.domain.payments import invariants as payments
from paydesk.domain.refunds import actions as refunds
from paydesk.foundation.approvals.actions import reject_approval, set_limit
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.approvals.steps import SamePersonRefused
from paydesk.foundation.audit.queries import history
from paydesk.foundation.people.authority import rights_of
from paydesk.foundation.people.models import Market
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.refused import NotAllowedRefused
from tests.builders import WORKER, ghs, make_contract, make_source_account, receive, row

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


def person(number: int, role: str) -> Actor:
    return Actor("person", 940_000 + number, f"Person {number}", rights_of([role]), frozenset({"GH"}))


AGENT, OTHER, LEAD, CONTROLLER, ADMIN = (
    person(n, role) for n, role in enumerate(("SU", "SU", "TL", "FC", "AD"))
)


def balances(*codes: str) -> dict[str, int]:
    """Minor units on these accounts, over all their keys."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.code, sum(p.amount_minor)::bigint FROM ledger_posting p"
            " JOIN ledger_account a ON a.id = p.account_id WHERE a.code = ANY (%s) GROUP BY 1",
            [list(codes)],
        )
        return dict.fromkeys(codes, 0) | dict(cursor.fetchall())


def broken() -> list[str]:
    """Names of the invariants that do not hold."""
    every = (*ledger.INVARIANTS, *payments.INVARIANTS, *invariants.INVARIANTS)
    with connection.cursor() as cursor:
        return [name for name, _, sql in every if cursor.execute(sql) is None and cursor.fetchall()]


class GivingGoodwill(TestCase):
    @classmethod
    def setUpTestData(cls):
        Market.objects.get_or_create(
            code="GH", defaults={"name": "Ghana", "currency": "GHS", "time_zone": "Africa/Accra"}
        )
        cls.contract, cls.other = make_contract(deposit_minor=0), make_contract()
        (cls.payment,) = receive(
            make_source_account(),
            row(1, "50.00", reference=cls.contract.account_number, provider_ref="MP7700A1"),
        )

    def setUp(self):
        self.case = self.opened()
        self.before = balances("5070", "2010", "2040", "1100")

    def opened(self) -> Case:
        case = cases.open_case(
            market="GH", channel="phone", text="Locked for two days although I paid, code MP7700A1",
            contact="233244123456", customer_id=self.contract.customer_id, by=AGENT, now=NOON,
        )  # fmt: skip
        cases.verify(case.pk, strong_way="callback", by=AGENT, now=NOON)
        cases.confirm_link(CaseLink.objects.get(case=case, kind="payment").pk, by=AGENT, now=NOON)
        return case

    def give(self, amount="20.00", **fields) -> Goodwill:
        known = {
            "reason": "locked", "note": "Two days locked by our mistake", "contract_id": self.contract.pk,
            "by": AGENT, "now": NOON,
        }  # fmt: skip
        case = fields.pop("case", self.case)
        return give_goodwill(case.pk, amount=ghs(amount), **{**known, **fields})

    def moved(self) -> dict[str, int]:
        now = balances(*self.before)
        return {code: now[code] - self.before[code] for code in now if now[code] != self.before[code]}

    def test_up_to_their_own_limit_somebody_gives_alone_and_the_contract_owes_less(self):
        owed = sum(item.amount_minor - item.allocated_minor for item in self.contract.due_items.all())
        given = self.give()
        assert given.state == "given"
        assert not Approval.objects.exists()
        assert self.moved() == {"5070": 20_00, "1100": -20_00}
        left = sum(item.amount_minor - item.allocated_minor for item in self.contract.due_items.all())
        assert owed - left == 20_00
        assert given.payment_id == self.payment.pk
        assert "goodwill.given" in [record.verb for record in history("case", self.case.pk)]
        assert ("goodwill", given.pk) in {(each.kind, each.object_id) for each in self.case.links.all()}
        assert broken() == []

    def test_a_credit_is_owed_to_the_customer(self):
        self.give(contract_id=None)
        assert self.moved() == {"5070": 20_00, "2040": -20_00}
        assert broken() == []

    def test_above_the_limit_of_the_role_a_second_person_decides(self):
        given = self.give("26.00")
        assert (given.state, self.moved()) == ("requested", {})
        approval = Approval.objects.get()
        assert approval.right == "goodwill.give:check"
        with pytest.raises(SamePersonRefused):
            approve_goodwill(approval.pk, by=AGENT, now=LATER)
        approve_goodwill(approval.pk, by=LEAD, now=LATER)
        given.refresh_from_db()
        assert (given.state, given.approved_by_id) == ("given", LEAD.id)
        assert self.moved() == {"5070": 26_00, "1100": -26_00}

    def test_the_limit_is_a_setting_of_market_and_role_and_the_controller_decides_above_the_leads(self):
        set_limit("goodwill.alone:support", market="GH", limit=ghs("5.00"), by=ADMIN, now=NOON)
        set_limit("goodwill.give", market="GH", limit=ghs("5.00"), by=ADMIN, now=NOON)
        self.give("5.01")
        assert Approval.objects.get().right == "goodwill.give_above_limit:check"
        approve_goodwill(Approval.objects.get().pk, by=CONTROLLER, now=LATER)
        assert Goodwill.objects.get().state == "given"

    def test_what_was_rejected_moves_nothing_and_does_not_count_as_given(self):
        given = self.give("40.00")
        reject_approval(Approval.objects.get().pk, note="Too much", by=LEAD, now=LATER)
        given.refresh_from_db()
        assert (given.state, self.moved()) == ("rejected", {})
        assert self.give("10.00").state == "given"

    def test_a_second_one_about_the_same_payment_is_stopped_and_then_takes_two(self):
        first, second_case = self.give("10.00"), self.opened()
        with pytest.raises(EarlierRefused) as stopped:
            self.give("10.00", case=second_case, by=OTHER)
        assert "GWL-" in stopped.value.text
        assert "10.00 GHS" in stopped.value.text
        again = self.give("10.00", case=second_case, by=OTHER, again=True)
        assert (again.state, len(again.earlier)) == ("requested", 1)
        approval = Approval.objects.get()
        assert approval.flag == "amber"
        with pytest.raises(IntegrityError), transaction.atomic():  # nor around the verb
            Goodwill.objects.filter(pk=again.pk).update(state="given")
        approve_goodwill(approval.pk, by=LEAD, now=LATER)
        assert self.moved() == {"5070": 20_00, "1100": -20_00}
        assert first.state == "given"

    def test_to_one_customer_lately_is_a_second_one_whatever_case_it_is_for(self):
        self.give("20.00", contract_id=None)
        plain, later = self.about_nothing(), NOON + rules.AGAIN_WITHIN + timedelta(seconds=1)
        with pytest.raises(EarlierRefused):
            self.give("5.00", case=plain, contract_id=None)
        assert Goodwill.objects.count() == 1
        assert self.give("5.00", case=plain, contract_id=None, again=True).state == "requested"
        assert self.moved() == {"5070": 20_00, "2040": -20_00}
        assert self.give("5.00", case=self.about_nothing(), contract_id=None, now=later).state == "given"

    def about_nothing(self) -> Case:
        case = cases.open_case(
            market="GH", channel="phone", text="A word about the shop", contact="233244123456",
            customer_id=self.contract.customer_id, by=AGENT, now=NOON,
        )  # fmt: skip
        return cases.verify(case.pk, strong_way="callback", by=AGENT, now=NOON)

    def test_a_refund_after_goodwill_is_stopped_and_so_is_goodwill_after_a_refund(self):
        asked = {
            "amount": ghs("10.00"), "reason": "overpaid", "note": "x", "payee_kind": "payer",
            "payee_name": "Ama", "payee_account": "233244123456", "rail": "mobile_money", "by": AGENT,
            "now": NOON,
        }  # fmt: skip
        self.give("10.00")
        with pytest.raises(refunds.EarlierRefused):
            refunds.request_refund(self.payment.pk, **asked)
        refund = refunds.request_refund(self.payment.pk, **asked, again=True)
        assert any("Given before" in reason for reason in refund.reasons)
        found = {each.link[0] for each in compensations_of([("payment", self.payment.pk)], NOON)}
        assert found == {"refund", "goodwill"}

    def test_what_came_while_it_waited_stops_the_approval(self):
        self.give("40.00")
        self.give("10.00", case=self.opened(), again=True)
        first, second = Approval.objects.order_by("pk")
        with pytest.raises(GoodwillRefused, match="Since it was asked for"):
            approve_goodwill(first.pk, by=LEAD, now=LATER)
        approve_goodwill(second.pk, by=LEAD, now=LATER)

    def test_what_was_given_before_it_was_known_what_for_counts_all_the_same(self):
        """Linked afterwards, one of two payments, in a case merged with the one about it."""
        (second,) = receive(make_source_account(name="Second"), row(2, "50.00", provider_ref="MP7700A2"))
        plain = cases.open_case(
            market="GH", channel="phone", text="Locked for two days", contact="233244123456",
            customer_id=self.contract.customer_id, by=AGENT, now=NOON,
        )  # fmt: skip
        cases.verify(plain.pk, strong_way="callback", by=AGENT, now=NOON)
        assert self.give("10.00", case=plain, contract_id=None).payment_id is None
        asked = {
            "amount": ghs("10.00"), "reason": "not_ours", "note": "x", "payee_kind": "payer",
            "payee_name": "Ama", "payee_account": "233244123456", "rail": "mobile_money", "by": AGENT,
            "now": NOON,
        }  # fmt: skip
        refunds.request_refund(second.pk, **asked)
        for payment in (self.payment, second):
            cases.link(plain.pk, kind="payment", object_id=payment.pk, by=AGENT, now=NOON)
        approval = Approval.objects.get()
        with pytest.raises(refunds.ChecksChangedRefused) as stopped:
            refunds.approve_refund(approval.pk, by=LEAD, now=LATER)
        assert "GWL-" in stopped.value.text
        refunds.look_again(approval.pk, by=LEAD, now=LATER)
        assert refunds.approve_refund(approval.pk, by=LEAD, now=LATER).state == "approved"
        with pytest.raises(refunds.EarlierRefused):
            refunds.request_refund(self.payment.pk, **asked)
        with pytest.raises(EarlierRefused):  # another case about the same payment
            self.give("5.00")
        CaseLink.objects.filter(case=plain, kind="payment", object_id=self.payment.pk).delete()
        refunds.request_refund(self.payment.pk, **{**asked, "amount": ghs("1.00")})
        cases.merge(plain.pk, into=self.case.pk, by=AGENT, now=LATER)
        with pytest.raises(refunds.EarlierRefused) as stopped:
            refunds.request_refund(self.payment.pk, **asked)
        assert "GWL-" in stopped.value.text

    def test_only_for_somebody_known_in_a_strong_way_and_never_for_a_third_person(self):
        cases.sort_case(self.case.pk, contact="233244000000", by=AGENT, now=NOON)
        with pytest.raises(IdentityRefused, match="strong way"):
            self.give()
        cases.sort_case(self.case.pk, party_role="third_party", by=AGENT, now=NOON)
        with pytest.raises(IdentityRefused, match="third person"):
            self.give()
        assert self.moved() == {}

    def test_refusals_say_what_is_possible_and_change_nothing(self):
        for wrong in (
            {"amount": "500.00"}, {"amount": "0.00"}, {"reason": "because"}, {"note": " "},
            {"contract_id": self.other.pk},
        ):  # fmt: skip
            with pytest.raises(GoodwillRefused):
                self.give(**wrong)
        with pytest.raises(NotAllowedRefused):
            self.give(by=CONTROLLER)
        assert (self.moved(), Goodwill.objects.count()) == ({}, 0)

    def test_two_people_undo_it_and_money_that_waited_takes_the_place(self):
        given = self.give("25.00", contract_id=self.contract.pk)
        approval = request_undoing(given.pk, note="Wrong customer", by=AGENT, now=LATER)
        with pytest.raises(SamePersonRefused):
            approve_undoing(approval.pk, by=AGENT, now=LATER)
        approve_undoing(approval.pk, by=LEAD, now=LATER)
        given.refresh_from_db()
        assert (given.state, self.moved(), broken()) == ("undone", {}, [])
        with pytest.raises(Exception, match="only while it is given"):
            request_undoing(given.pk, note="Again", by=AGENT, now=LATER)

    def test_the_last_of_a_contract_completes_it_and_undoing_opens_it_again(self):
        contract = make_contract(price_minor=20_00, deposit_minor=0, instalments=2)
        case = cases.open_case(
            market="GH", channel="phone", text="x", customer_id=contract.customer_id, by=WORKER, now=NOON
        )
        cases.verify(case.pk, strong_way="callback", by=AGENT, now=NOON)
        given = self.give("20.00", case=case, contract_id=contract.pk)
        assert Contract.objects.get(pk=contract.pk).state == "completed"
        approval = request_undoing(given.pk, note="Not due", by=AGENT, now=LATER)
        approve_undoing(approval.pk, by=LEAD, now=LATER)
        assert Contract.objects.get(pk=contract.pk).state == "active"
        assert sum(DueItem.objects.filter(contract=contract).values_list("allocated_minor", flat=True)) == 0
        assert broken() == []


@settings(max_examples=25, deadline=None)
@given(amount=st.integers(1, 10_000), limit=st.none() | st.integers(0, 10_000), earlier=st.booleans())
def test_somebody_gives_alone_only_the_first_time_and_within_their_limit(amount, limit, earlier):
    own = None if limit is None else Money(limit, "GHS")
    alone = not rules.reasons_to_ask(Money(amount, "GHS"), own, ["REF-1"] if earlier else [])
    assert alone == (limit is not None and amount <= limit and not earlier)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 500), min_size=1, max_size=6), st.integers(1, 3_000))
def test_no_unit_of_goodwill_is_lost_on_the_due_items(amounts, wanted):
    items = [Due(n, "instalment", NOON.date(), minor) for n, minor in enumerate(amounts)]
    given = min(wanted, sum(amounts))
    parts = allocate(given, "active", items)
    assert sum(minor for _, minor in parts) == given
    assert all(0 < minor <= amounts[n] for n, minor in parts)
