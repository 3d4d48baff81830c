"""Random histories: whatever happens in whatever order, contracts stand as if replayed from nothing.

The slow, obvious replay in plain Python takes what each payment offers each contract and lays it on the due
items in order of value; the database's set-based one must come to the same, and the books must hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from paydesk.domain.contracts import rules
from paydesk.domain.contracts.models import Contract, DueItem
from paydesk.domain.payments.actions import (
    apply_payment,
    unapply_payment,
)
from paydesk.domain.payments.models import Allocation, Payment
from paydesk.domain.payments.queries import last_own_reversal
from paydesk.domain.payments.steps import backdate, locked, move_to, reinstate, take_back
from paydesk.kernel.money import Money
from paydesk.kernel.refused import Refused
from paydesk.reporting.invariants import check_all
from tests.builders import NOON, TODAY, WORKER, make_contract, make_source_account, receive, row


@dataclass
class Told:
    """What was said of a payment: how much it may give each contract, and how much was taken back."""

    payment: Payment
    offers: dict[int, int] = field(default_factory=dict)
    taken: int = 0
    owner: int | None = None


def replayed(contract: Contract, told: list[Told], elsewhere: dict[int, int]) -> dict[tuple[int, int], int]:
    """(payment, due item) → minor units, one payment after the other from nothing."""
    items = [rules.Due(d.pk, d.kind, d.due_on, d.amount_minor) for d in contract.due_items.all()]
    paid: dict[int, int] = {}
    parts: dict[tuple[int, int], int] = {}
    for one in sorted(told, key=lambda t: (t.payment.counts_from, t.payment.pk)):
        room = one.payment.amount_minor - one.taken - elsewhere.get(one.payment.pk, 0)
        offered = max(0, min(one.offers.get(contract.pk, 0), room))
        now = [rules.Due(i.id, i.kind, i.due_on, i.amount_minor, paid.get(i.id, 0)) for i in items]
        for item, amount in rules.allocate(offered, "active", now):
            paid[item] = paid.get(item, 0) + amount
            parts[one.payment.pk, item] = amount
    return parts


acts = st.lists(
    st.one_of(
        st.tuples(st.just("pay"), st.integers(0, 2), st.integers(1, 400), st.integers(0, 30)),
        st.tuples(st.just("unknown"), st.just(0), st.integers(1, 400), st.integers(0, 30)),
        st.tuples(st.just("apply"), st.integers(0, 9), st.integers(0, 2), st.integers(0, 300)),
        st.tuples(st.just("unapply"), st.integers(0, 9), st.integers(0, 2), st.just(0)),
        st.tuples(st.just("take_back"), st.integers(0, 9), st.integers(1, 400), st.just(0)),
        st.tuples(st.just("backdate"), st.integers(0, 9), st.integers(0, 40), st.just(0)),
        st.tuples(st.just("reinstate"), st.integers(0, 9), st.just(0), st.just(0)),
        st.tuples(st.just("move"), st.integers(0, 9), st.integers(0, 2), st.just(0)),
    ),
    min_size=2,
    max_size=9,
)


class ReplayEqualsTheObviousOne(TestCase):
    @settings(
        max_examples=30,
        deadline=None,
        phases=[Phase.reuse, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(acts)
    def test_after_any_history_the_contracts_stand_as_if_replayed_from_nothing(self, history):
        account = make_source_account()
        first = make_contract(price_minor=500, deposit_minor=100, instalments=3, customer_ref="A")
        # The second contract belongs to the same customer, the third to another.
        contracts = [
            first,
            make_contract(price_minor=300, deposit_minor=0, instalments=2, customer_ref="A"),
            make_contract(price_minor=400, deposit_minor=50, instalments=4, customer_ref="B"),
        ]
        told: list[Told] = []
        for line, act in enumerate(history, start=1):
            self.do(act, line, account, contracts, told)
        for one in told:
            one.payment.refresh_from_db()
        live: dict[tuple[int, int], int] = {}
        for a in Allocation.objects.exclude(payment=None):
            key = (a.payment_id, a.due_item_id)
            live[key] = live.get(key, 0) + a.amount_minor
        live = {key: amount for key, amount in live.items() if amount}
        for contract in contracts:
            items = set(DueItem.objects.filter(contract=contract).values_list("pk", flat=True))
            here = {key: amount for key, amount in live.items() if key[1] in items}
            elsewhere: dict[int, int] = {}
            for (payment, item), amount in live.items():
                if item not in items:
                    elsewhere[payment] = elsewhere.get(payment, 0) + amount
            assert here == replayed(contract, told, elsewhere), (history, contract.pk)
        broken = [(f.sentence, f.rows) for f in check_all(most_rows=3, own_snapshot=False) if f.rows]
        assert broken == [], history
        before = Allocation.objects.count()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT payments_replay(%s::bigint[], '{}', '{}', 'system:tests', %s)",
                [[c.pk for c in contracts], NOON],
            )
        assert Allocation.objects.count() == before, "a replay of what stands right changes nothing"

    def do(self, act, line, account, contracts, told: list[Told]) -> None:
        kind, which, one, two = act
        if kind in ("pay", "unknown"):
            contract = contracts[which]
            on: date = TODAY - timedelta(days=two)
            named = contract.account_number if kind == "pay" else "nobody"
            (payment,) = receive(account, row(line, f"{one / 100:.2f}", reference=named, booked_on=on))
            story = Told(payment)
            if kind == "pay":
                story.offers[contract.pk], story.owner = one, contract.customer_id
            told.append(story)
            return
        if not told:
            return
        story = told[which % len(told)]
        story.payment.refresh_from_db()
        payment = story.payment
        try:
            if kind == "apply":
                contract = contracts[one]
                standing = self.standing(payment, contract)
                amount = Money(min(two, payment.open_minor), "GHS") if two else None
                was_open = payment.open_minor
                apply_payment(
                    payment.pk, customer_id=contract.customer_id, contract_id=contract.pk, amount=amount,
                    by=WORKER, now=NOON,
                )  # fmt: skip
                given = amount.amount_minor if amount else was_open
                whole = (
                    given == was_open and contract.pk not in story.offers
                    and payment.contract_id in (None, contract.pk)
                )  # fmt: skip
                story.offers[contract.pk] = payment.amount_minor if whole else given + standing
                story.owner = contract.customer_id
            elif kind == "unapply":
                unapply_payment(payment.pk, contract_id=contracts[one].pk, by=WORKER, now=NOON)
                story.offers[contracts[one].pk] = 0
            elif kind == "take_back":
                amount = min(one, payment.amount_minor - payment.reversed_minor)
                if amount:
                    take_back(payment.pk, amount, by=WORKER, at=NOON)
                    story.taken += amount
            elif kind == "reinstate":
                if own := last_own_reversal(payment):
                    story.taken -= reinstate(payment.pk, own.entry_id, by=WORKER, at=NOON)
            elif kind == "backdate":
                on = payment.value_on - timedelta(days=one)
                if payment.state == "received" and on != payment.counts_from:
                    backdate(payment.pk, on, by=WORKER, at=NOON)
            elif kind == "move":
                contract = contracts[one]
                if story.owner in (None, contract.customer_id) or payment.state != "received":
                    return
                move_to(locked(payment.pk).pk, contract.customer_id, contract.pk, by=WORKER, at=NOON)
                story.offers, story.owner = {contract.pk: payment.amount_minor}, contract.customer_id
        except Refused:
            pass

    def standing(self, payment: Payment, contract: Contract) -> int:
        parts = Allocation.objects.filter(payment=payment, due_item__contract=contract)
        return sum(parts.values_list("amount_minor", flat=True))
