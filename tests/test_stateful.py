"""Random verbs by random roles over random days: whatever happens, the books hold after each of them.

What a rule refuses changes nothing; anything but a refusal is a defect, and so is a verb that lets somebody
do what their role cannot.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import TestCase
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from paydesk.domain.contracts.actions import activate_contract
from paydesk.domain.contracts.models import Contract, DueItem
from paydesk.domain.payments import actions as payments
from paydesk.domain.payments.models import Payment, ReversalRow
from paydesk.domain.payments.steps import take_back
from paydesk.domain.refunds import actions as refunds
from paydesk.domain.refunds.models import PayoutFile, Refund
from paydesk.domain.statements.models import SourceFile
from paydesk.foundation.approvals.actions import reject_approval, withdraw_approval
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.refused import NotAllowedRefused, Refused
from paydesk.reporting.books.queries.aged import RECEIVABLE, SUSPENSE, UNAPPLIED, aged
from paydesk.reporting.books.queries.trial_balance import AsOf
from paydesk.reporting.invariants import check_all
from tests.builders import NOON, WORKER, make_contract, make_source_account, receive, row

PEOPLE = [
    Actor("person", 910_000 + n, f"{role} {n}", rights_of([role]), frozenset({"GH"}))
    for n, role in enumerate(["AN", "AN", "SU", "CO", "TL", "TL", "FC", "RK", "AU", "AD"])
]
APPROVE: dict[str, Callable[..., object]] = {
    "payment.move": payments.approve_move,
    "payment.reverse": payments.approve_reversal,
    "payment.apply_aged": payments.approve_apply,
    "due_item.write_off": payments.approve_write_off,
    "due_item.owe_again": payments.approve_owing_again,
    "file.unpost": payments.approve_unpost,
    "reversal_row.match": payments.approve_original,
    "refund.entitle": refunds.approve_refund,
    "refund.resolve": refunds.approve_resolution,
    "payout_file.release": refunds.approve_release,
}
people = st.integers(0, len(PEOPLE) - 1)
places = st.integers(0, 50)
minor = st.integers(1, 15_000)


class Desk(RuleBasedStateMachine):
    """One lender with three customers and four contracts; a day may pass before any verb."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction._from_testcase = True  # type: ignore[attr-defined]  verbs are durable
        self.transaction.__enter__()
        self.now = NOON
        self.accounts = [make_source_account(), make_source_account(provider="bank", ledger_code="1010")]
        self.contracts = [
            make_contract(customer_ref="A", phones=("0244000001",), price_minor=200_00, deposit_minor=50_00),
            make_contract(customer_ref="A", price_minor=90_00, deposit_minor=0, instalments=2),
            make_contract(customer_ref="B", phones=("0244000002",), activated_on=None),
            make_contract(customer_ref="C", phones=("0244000003",), price_minor=60_03, deposit_minor=0),
        ]
        self.rows: list[Any] = []

    def teardown(self) -> None:
        oldest = (self.now - NOON).days + 21  # rows are up to 20 days old
        for days in range(0, oldest, oldest // 4):
            as_of = AsOf("GH", (self.now - timedelta(days=days)).date())
            for kind in (UNAPPLIED, SUSPENSE, RECEIVABLE):
                assert not any(each.difference for each in aged(WORKER, kind, as_of)), (kind, as_of)
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def do(self, verb: Callable[[], object]) -> object:
        """Run a verb; refused means that nothing changed, and after it the books hold."""
        before = AuditRecord.objects.count()
        try:
            done = verb()
        except Refused:
            assert AuditRecord.objects.count() == before, "a refused verb left a record"
            done = None
        broken = [(f.sentence, f.rows) for f in check_all(most_rows=3, own_snapshot=False) if f.rows]
        assert broken == []
        return done

    def one(self, model: type, place: int, **filters: Any) -> Any:
        found = list(model.objects.filter(**filters).order_by("pk"))  # type: ignore[attr-defined]
        return found[place % len(found)] if found else None

    @rule(days=st.integers(0, 40))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days, seconds=1)

    @rule(amount=minor, days=st.integers(0, 20), which=places, known=st.integers(0, 5), twice=st.booleans())
    def money_comes_in(self, amount: int, days: int, which: int, known: int, twice: bool) -> None:
        contract = self.contracts[which % 4]
        reference = contract.account_number if known < 4 else "somebody"
        phone = f"23324400000{known}" if known in (4,) else ""
        one = row(
            len(self.rows) + 1, str(Decimal(amount) / 100), reference=reference, msisdn=phone,
            booked_on=(self.now - timedelta(days=days)).date(), occurred_at=self.now - timedelta(days=days),
        )  # fmt: skip
        self.rows.append(one)
        again = dataclasses.replace(self.rows[which % len(self.rows)], line=one.line + 1)
        rows = [one, again] if twice else [one]
        account = self.accounts[which % 2 if not twice else 0]
        self.do(lambda: receive(account, *rows, now=self.now))

    @rule(place=places, amount=minor, by=people, contract=places, part=st.booleans())
    def apply(self, place: int, amount: int, by: int, contract: int, part: bool) -> None:
        payment, to = self.one(Payment, place), self.contracts[contract % 4]
        if payment:
            self.do(
                lambda: payments.apply_payment(
                    payment.pk, customer_id=to.customer_id, contract_id=to.pk,
                    amount=Money(amount, "GHS") if part else None, by=PEOPLE[by], now=self.now,
                )
            )  # fmt: skip

    @rule(place=places, by=people, contract=places, split=st.booleans(), amount=minor)
    def take_off_or_split(self, place: int, by: int, contract: int, split: bool, amount: int) -> None:
        payment, to = self.one(Payment, place), self.contracts[contract % 4]
        if payment and split:
            other = self.contracts[(contract + 1) % 4]
            parts = [(to.pk, Money(amount, "GHS")), (other.pk, Money(amount // 2 + 1, "GHS"))]
            self.do(
                lambda: payments.split_payment(
                    payment.pk, customer_id=to.customer_id, parts=parts, by=PEOPLE[by], now=self.now
                )
            )
        elif payment:
            self.do(
                lambda: payments.unapply_payment(payment.pk, contract_id=to.pk, by=PEOPLE[by], now=self.now)
            )

    @rule(place=places, by=people)
    def undo(self, place: int, by: int) -> None:
        payment = self.one(Payment, place)
        if payment:
            self.do(lambda: payments.undo_apply(payment.pk, by=PEOPLE[by], now=self.now))

    @rule(place=places, by=people, contract=places, kind=st.integers(0, 3), amount=minor)
    def ask(self, place: int, by: int, contract: int, kind: int, amount: int) -> None:
        payment, to = self.one(Payment, place), self.contracts[contract % 4]
        item = self.one(DueItem, place)
        if payment and kind == 0:
            self.do(
                lambda: payments.request_move(
                    payment.pk,
                    customer_id=to.customer_id,
                    contract_id=to.pk,
                    note="x",
                    by=PEOPLE[by],
                    now=self.now,
                )
            )
        elif payment and kind == 1:
            self.do(
                lambda: payments.request_reversal(
                    payment.pk, amount=Money(amount, "GHS"), note="x", by=PEOPLE[by], now=self.now
                )
            )
        elif payment and kind == 2:
            self.do(
                lambda: payments.request_apply(
                    payment.pk,
                    customer_id=to.customer_id,
                    contract_id=to.pk,
                    amount=Money(amount, "GHS") if place % 2 else None,
                    note="x",
                    by=PEOPLE[by],
                    now=self.now,
                )
            )
        elif item:
            verb = payments.request_owing_again if place % 2 else payments.request_write_off
            self.do(lambda: verb(item.pk, note="x", by=PEOPLE[by], now=self.now))

    @precondition(lambda self: Approval.objects.filter(state="pending").exists())
    @rule(place=places, by=people, how=st.integers(0, 5))
    def decide(self, place: int, by: int, how: int) -> None:
        approval = self.one(Approval, place, state="pending")
        if how == 0:
            self.do(lambda: withdraw_approval(approval.pk, by=PEOPLE[by], now=self.now))
        elif how == 1:
            self.do(lambda: reject_approval(approval.pk, note="no", by=PEOPLE[by], now=self.now))
        elif self.do(lambda: APPROVE[approval.kind](approval.pk, by=PEOPLE[by], now=self.now)):
            approval.refresh_from_db()
            assert approval.asked_by_id != PEOPLE[by].id
            assert PEOPLE[by].may(approval.right)

    @rule(place=places, by=people, amount=minor, payee=st.sampled_from(["payer", "relative", "third_person"]))
    def ask_for_a_refund(self, place: int, by: int, amount: int, payee: str) -> None:
        payment = self.one(Payment, place)
        if payment:
            self.do(
                lambda: refunds.request_refund(
                    payment.pk, amount=Money(amount, "GHS"), reason="other", note="x", payee_kind=payee,
                    payee_name="Ama", payee_account="233244000001", rail="mobile_money",
                    again=bool(place % 2),
                    by=PEOPLE[by], now=self.now,
                )
            )  # fmt: skip

    @precondition(lambda self: Refund.objects.exists())
    @rule(place=places, by=people, act=st.integers(0, 10))
    def move_a_refund_on(self, place: int, by: int, act: int) -> None:
        refund, payout = self.one(Refund, place), self.one(PayoutFile, place)
        acts: list[Callable[[], object]] = [
            lambda: refunds.request_release(
                [refund.pk], source_account_id=self.accounts[place % 2].pk, format="mobile_money_csv",
                by=PEOPLE[by], now=self.now,
            ),
            lambda: payout and refunds.send_payout_file(payout.pk, by=PEOPLE[by], now=self.now),
            lambda: payout
            and refunds.put_payout_file_aside(payout.pk, note="x", by=PEOPLE[by], now=self.now),
            lambda: refunds.record_outcome(refund.pk, outcome="paid", by=PEOPLE[by], now=self.now),
            lambda: refunds.record_outcome(refund.pk, outcome="failed", by=PEOPLE[by], now=self.now),
            lambda: refunds.lose_track_of_refund(refund.pk, note="x", by=PEOPLE[by], now=self.now),
            lambda: refunds.request_resolution(
                refund.pk, outcome="failed", provider_ref="", note="x", by=PEOPLE[by], now=self.now
            ),
            lambda: refunds.bounce_refund(refund.pk, note="x", by=PEOPLE[by], now=self.now),
            lambda: refunds.cancel_refund(refund.pk, note="x", by=PEOPLE[by], now=self.now),
            lambda: refunds.try_refund_again(refund.pk, by=PEOPLE[by], now=self.now),
            lambda: payout
            and refunds.take_refund_out(payout.pk, refund.pk, note="x", by=PEOPLE[by], now=self.now),
        ]  # fmt: skip
        self.do(acts[act])

    @rule(place=places, amount=minor, by=people)
    def a_provider_takes_back(self, place: int, amount: int, by: int) -> None:
        payment = self.one(Payment, place, state="received")
        if payment:
            left = payment.amount_minor - payment.reversed_minor
            part = min(amount, left)
            self.do(lambda: take_back(payment.pk, part, by=WORKER, at=self.now))

    @rule(place=places, amount=minor, named=st.booleans())
    def a_row_takes_back(self, place: int, amount: int, named: bool) -> None:
        payment = self.one(Payment, place, source_account=self.accounts[0])
        if payment:
            text = f"Reversal of {payment.evidence_key}" if named else "Correction"
            back = row(
                900 + len(self.rows), str(Decimal(-min(amount, payment.amount_minor)) / 100), kind="reversal",
                text=text, booked_on=self.now.date(), occurred_at=self.now,
            )  # fmt: skip
            self.do(lambda: receive(self.accounts[0], back, now=self.now))

    @precondition(lambda self: ReversalRow.objects.exists())
    @rule(place=places, payment=places, by=people, act=st.integers(0, 2))
    def match_a_row(self, place: int, payment: int, by: int, act: int) -> None:
        line, to = self.one(ReversalRow, place), self.one(Payment, payment)
        said = {"by": PEOPLE[by], "now": self.now}
        acts: list[Callable[[], object]] = [
            lambda: payments.match_original(line.pk, to.pk, version=None, **said),
            lambda: payments.request_original(line.pk, to.pk, note="x", **said),
            lambda: payments.unmatch_original(line.pk, note="x", **said),
        ]
        self.do(acts[act])

    @rule(place=places, by=people, asked=st.booleans())
    def unpost(self, place: int, by: int, asked: bool) -> None:
        file = self.one(SourceFile, place)
        if file and asked:
            SourceFile.objects.filter(pk=file.pk, state="posting").update(state="posted")
            file.refresh_from_db()
            self.count(file)
            self.do(lambda: payments.request_unpost(file.pk, note="x", by=PEOPLE[by], now=self.now))
        elif file:
            self.do(lambda: payments.unpost_file(file.pk, by=WORKER, now=self.now))

    @rule(by=people)
    def hand_over(self, by: int) -> None:
        contract = self.contracts[2]

        def verb() -> None:
            activate_contract(contract.pk, activated_on=self.now.date(), by=WORKER, now=self.now)
            payments.replay_contract(contract.pk, by=WORKER, now=self.now)

        self.do(verb)

    def count(self, file: SourceFile) -> None:
        """The builders store lines without counting them, which posting a file does."""
        stored = file.lines.count()
        SourceFile.objects.filter(pk=file.pk).update(
            new_count=stored, line_count=stored, payment_count=Payment.objects.filter(
                statement_line__file=file
            ).count()
        )  # fmt: skip


class StatefulBooks(TestCase):
    def test_random_verbs_by_random_roles_never_break_the_books(self):
        run_state_machine_as_test(
            Desk,
            settings=settings(
                max_examples=12,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.explicit, Phase.reuse, Phase.generate],
            ),
        )


def test_who_may_only_look_changes_nothing(db):
    (payment,) = receive(make_source_account(), row(1, "10.00", reference="nobody"))
    contract = Contract.objects.get(pk=make_contract().pk)
    auditor = next(person for person in PEOPLE if person.name.startswith("AU"))
    with pytest.raises(NotAllowedRefused):
        payments.apply_payment(
            payment.pk, customer_id=contract.customer_id, contract_id=contract.pk, by=auditor, now=NOON
        )
