"""The database's set-based allocation against the slow, obvious one in plain Python, on random histories."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from paydesk.domain.contracts import rules
from paydesk.domain.contracts.models import Contract, DueItem
from paydesk.domain.payments.models import Payment
from paydesk.reporting.invariants import check_all
from tests.builders import TODAY, make_contract, make_source_account, receive, row

plans = st.fixed_dictionaries(
    {
        "deposit_minor": st.integers(0, 5_000),
        "financed": st.integers(3, 9_000),
        "instalments": st.integers(1, 3),
        "frequency": st.sampled_from(rules.FREQUENCIES),
        "active": st.booleans(),
    }
)
amounts = st.lists(st.tuples(st.integers(1, 6_000), st.integers(0, 40)), min_size=1, max_size=6)


def obvious(contract: Contract, payments: list[tuple[int, date]]) -> tuple[list[int], dict[int, int], str]:
    """One payment after the other, in order of value: (what is left of each, paid per item, state)."""
    items = [rules.Due(d.pk, d.kind, d.due_on, d.amount_minor) for d in contract.due_items.order_by("pk")]
    state, paid, left = contract.state, dict.fromkeys((i.id for i in items), 0), [0] * len(payments)
    # The plan of one batch is made on the state the contract had before it.
    for place in sorted(range(len(payments)), key=lambda n: (payments[n][1], n)):
        now = [rules.Due(i.id, i.kind, i.due_on, i.amount_minor, paid[i.id]) for i in items]
        parts = rules.allocate(payments[place][0], state, now)
        for item, amount in parts:
            paid[item] += amount
        left[place] = payments[place][0] - sum(amount for _, amount in parts)
    open_items = [i for i in items if paid[i.id] < i.amount_minor]
    if state == "active" and not open_items:
        state = "completed"
    if state == "deposit_pending" and not [i for i in open_items if i.kind == "deposit"]:
        state = "deposit_paid"
    return left, paid, state


class AllocationEqualsTheObviousOne(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(plans, amounts), min_size=1, max_size=3), st.booleans())
    def test_in_one_batch_or_one_by_one_the_outcome_is_the_same_and_the_books_hold(self, histories, at_once):
        account = make_source_account()
        batches, expected = [], []
        for plan, paid in histories:
            contract = make_contract(
                price_minor=plan["deposit_minor"] + plan["financed"],
                deposit_minor=plan["deposit_minor"],
                instalments=plan["instalments"],
                frequency=plan["frequency"],
                activated_on=date(2026, 2, 1) if plan["active"] else None,
            )
            when = [(amount, TODAY - timedelta(days=days)) for amount, days in paid]
            if not at_once:
                when.sort(key=lambda pair: pair[1])
            batches += [(contract, amount, on) for amount, on in when]
            expected.append((contract, when))
        rows = [
            row(n, f"{amount / 100:.2f}", reference=contract.account_number, booked_on=on)
            for n, (contract, amount, on) in enumerate(batches, start=1)
        ]
        got: list[Payment] = (
            receive(account, *rows) if at_once else [p for r in rows for p in receive(account, r)]
        )
        by_contract: dict[int, list[Payment]] = {}
        for payment in got:
            payment.refresh_from_db()
            by_contract.setdefault(payment.contract_id, []).append(payment)
        for contract, when in expected:
            left, paid, state = obvious(contract, when)
            found = by_contract[contract.pk]
            assert [p.amount_minor - p.allocated_minor for p in found] == left
            assert (
                dict(DueItem.objects.filter(contract=contract).values_list("pk", "allocated_minor")) == paid
            )
            contract.refresh_from_db()
            assert contract.state == state
            assert sum(a.amount_minor for p in found for a in p.allocations.all()) == sum(paid.values())
        assert [(f.sentence, f.rows) for f in check_all(most_rows=3, own_snapshot=False) if f.rows] == []
