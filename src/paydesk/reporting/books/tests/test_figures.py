"""Tie-out, aged lists and the statement of account against figures counted by hand, day by day."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from django.test import TestCase

from paydesk.domain.contracts.actions import activate_contract
from paydesk.domain.contracts.models import DueItem
from paydesk.domain.payments.actions import apply_payment
from paydesk.domain.payments.models import Payment
from paydesk.domain.refunds.actions import approve_refund, request_refund
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.reporting.books.queries.aged import RECEIVABLE, SUSPENSE, UNAPPLIED, aged, aged_rows, bands_of
from paydesk.reporting.books.queries.statement import OWED, statement_of
from paydesk.reporting.books.queries.tie_out import BY_CODE, breaks, keys_tied, tie_out
from paydesk.reporting.books.queries.trial_balance import AsOf, keys_of
from paydesk.reporting.books.rules import AGE_BANDS, band_of
from tests.browser.people import make_market
from tests.builders import ANALYST, NOON, WORKER, make_contract, make_source_account, receive, row

FIRST = date(2026, 2, 1)
LEAD = Actor("person", 900_002, "Lead", rights_of(["TL"]), frozenset({"GH"}))


class Story(TestCase):
    """Two contracts, one activated late; payments that fit, are too much, or name nobody."""

    @classmethod
    def setUpTestData(cls):
        make_market("GH")
        cls.running = make_contract(account_number="10482937", customer_ref="A")
        cls.waiting = make_contract(account_number="20593048", customer_ref="B", activated_on=None)
        account = make_source_account()

        def pay(day: int, amount: str, reference: str) -> Payment:
            on = FIRST + timedelta(days=day)
            (payment,) = receive(
                account, row(1, amount, reference=reference, booked_on=on), now=NOON + timedelta(days=day)
            )
            return payment

        cls.deposit = pay(0, "100.00", "20593048")
        pay(1, "120.00", "10482937")
        cls.unknown = pay(2, "7.00", "nobody")
        cls.later = pay(3, "30.00", "nobody")
        activate_contract(cls.waiting.pk, activated_on=FIRST + timedelta(days=5), by=WORKER, now=NOON)
        cls.credited = pay(9, "500.00", "10482937")  # beyond the plan: what is left is credit
        apply_payment(
            cls.later.pk, customer_id=cls.waiting.customer_id, contract_id=cls.waiting.pk,
            by=WORKER, now=NOON + timedelta(days=20),
        )  # fmt: skip

    def test_every_day_ties_as_now_and_as_reported_and_ages_add_up(self):
        for ahead in range(0, 45, 4):
            on = FIRST + timedelta(days=ahead)
            for known_at in (None, NOON + timedelta(days=ahead // 2)):
                as_of = AsOf("GH", on, known_at)
                for kind in (UNAPPLIED, SUSPENSE, RECEIVABLE):
                    rows = aged_rows(WORKER, kind, as_of, "GHS", start=0, count=99)
                    for found in aged(WORKER, kind, as_of):
                        assert not found.difference, (kind, as_of, found)
                        assert sum((r.open for r in rows), Money(0, "GHS")) == found.total
                        for place, band in enumerate(found.bands):
                            assert sum((r.bands[place] for r in rows), Money(0, "GHS")) == band.amount
                            of_band = aged_rows(WORKER, kind, as_of, "GHS", start=0, count=9, band=place)
                            assert sum((r.open for r in of_band), Money(0, "GHS")) == band.amount

    def test_what_became_a_refund_was_open_until_its_approval_and_is_not_since(self):
        on = FIRST + timedelta(days=30)
        now = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
        for payment, amount in ((self.unknown, 7_00), (self.credited, 40_00)):
            refund = request_refund(
                payment.pk, amount=Money(amount, "GHS"), reason="other", note="x", payee_kind="payer",
                payee_name="Ama Mensah", payee_account="233244123456", rail="mobile_money",
                by=ANALYST, now=now,
            )  # fmt: skip
            waits = Approval.objects.get(subject_kind="refund", subject_id=refund.pk)
            approve_refund(waits.pk, by=LEAD, now=now + timedelta(days=2))
        for ahead in range(24, 40):
            on = FIRST + timedelta(days=ahead)
            for kind in (UNAPPLIED, SUSPENSE):
                for found in aged(WORKER, kind, AsOf("GH", on)):
                    assert not found.difference, (kind, ahead, found)
        before, after = (aged(WORKER, SUSPENSE, AsOf("GH", FIRST + timedelta(days=n))) for n in (31, 33))
        assert ([each.total.amount_minor for each in before], after) == ([7_00], [])

    def test_receivables_are_aged_item_by_item(self):
        on = FIRST + timedelta(days=80)
        expected: Counter[str] = Counter()
        for item in DueItem.objects.filter(contract__state="active"):
            late = (on - item.due_on).days
            label = AGE_BANDS[band_of(late)][0] if late > 0 else "not past due"
            expected[label] += item.amount_minor - item.allocated_minor
        (found,) = aged(WORKER, RECEIVABLE, AsOf("GH", on))
        assert {b.label: b.amount.amount_minor for b in found.bands if b.amount} == +expected
        assert bands_of(RECEIVABLE)[0] == "not past due"

    def test_suspense_as_reported_holds_what_was_named_later(self):
        as_of = AsOf("GH", FIRST + timedelta(days=11), NOON + timedelta(days=11))
        (found,) = aged(WORKER, SUSPENSE, as_of)
        assert [(b.label, b.count) for b in found.bands if b.count] == [("8–30 days", 2)]
        rows = aged_rows(WORKER, SUSPENSE, as_of, "GHS", start=0, count=9)
        assert [(r.key_id, r.days) for r in rows] == [(self.unknown.pk, 9), (self.later.pk, 8)]

    def test_everything_ties_and_each_break_is_named_with_its_key(self):
        assert breaks(tie_out(WORKER, "GH")) == []
        for code, spoil in {
            "2010": lambda: Payment.objects.filter(pk=self.later.pk).update(allocated_minor=29_00),
            "2020": lambda: Payment.objects.filter(pk=self.unknown.pk).update(customer=self.running.customer),
            "1100": lambda: DueItem.objects.filter(contract=self.waiting, allocated_minor=0).update(
                allocated_minor=1_00
            ),
        }.items():
            spoil()
            found = {each.code: each for each in breaks(tie_out(WORKER, "GH"))}
            assert code in found, code
            apart = keys_tied(WORKER, "GH", code, "GHS", start=0, count=9, apart_only=True)
            assert apart
            assert all(not key.holds for key in apart)
            assert sum((key.difference for key in apart), Money(0, "GHS")) == found[code].difference
        assert set(BY_CODE) >= {"1010", "1020", "1100", "1110", "2010", "2020", "2030", "2040"}

    def test_the_statement_ties_to_the_books_on_every_day(self):
        for contract in (self.running, self.waiting):
            for ahead in range(0, 45, 4):
                through = FIRST + timedelta(days=ahead)
                said = self.statement(contract, FIRST + timedelta(days=3), through)
                in_books = sum(
                    key.balance.amount_minor
                    for code in OWED
                    for key in keys_of(
                        WORKER, AsOf("GH", through), code, "GHS", start=0, count=9, key_id=contract.pk
                    )
                )
                assert said.closing.amount_minor == in_books, (contract.pk, through)
                assert not said.movements or said.movements[-1].balance == said.closing

    def test_the_statement_shows_dues_payments_and_what_is_next(self):
        said = self.statement(self.running, FIRST, FIRST + timedelta(days=8))
        assert [(m.what, str(m.added or m.paid)) for m in said.movements] == [
            ("Contract value", "300.00 GHS"), ("Payment", "120.00 GHS"),
        ]  # fmt: skip
        assert [(d.what, str(d.amount), str(d.paid)) for d in said.dues] == [
            ("Deposit", "100.00 GHS", "100.00 GHS"), ("Instalment 1", "50.00 GHS", "20.00 GHS"),
        ]  # fmt: skip
        assert (str(said.overdue), said.days_past_due) == ("30.00 GHS", 1)
        assert (said.next_due_on, str(said.next_due)) == (FIRST + timedelta(days=14), "50.00 GHS")
        assert [(str(p.amount), str(p.applied)) for p in said.payments] == [("120.00 GHS", "120.00 GHS")]
        assert ("Credit balance", "320.00 GHS") in [(words, str(m)) for words, m in said.held]

    def statement(self, contract, since, through):
        return statement_of(
            WORKER, contract, since=since, through=through, name="A Name", market="Ghana", printed_at=NOON
        )  # fmt: skip
