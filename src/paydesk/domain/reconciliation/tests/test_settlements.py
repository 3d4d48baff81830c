"""Settlements of a provider: what its rows come to, what paid it, fees against the card, files that contradict."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.test import TestCase

from paydesk.domain.pricing.actions import set_rate_card
from paydesk.domain.pricing.queries import card_on
from paydesk.domain.pricing.rules import Terms, is_off, terms_for
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation.arrivals import arrivals_of
from paydesk.domain.reconciliation.kept_fees import kept_fees
from paydesk.domain.reconciliation.models import ReconciliationException, Settlement
from paydesk.domain.reconciliation.tests.days import DAY, NEXT_DAY, hand_over, run_day
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from tests.builders import make_source_account, receive, row

CONTROLLER = Actor("person", 900002, "Controller", rights_of(["FC"]), frozenset({"GH"}))
HEAD = (
    "reporting_category,gross,fee,net,currency,balance_transaction_id,source_id,created_utc,"
    "automatic_payout_id,payment_method_type,card_brand\n"
)
WEEK_LATER = NEXT_DAY + timedelta(days=7)


def report(*rows: tuple[str, str, str, str, str], currency: str = "GHS") -> bytes:
    """A report of (category, id, gross, fee, payout) rows, all of one morning, paid by visa."""
    lines = [
        f"{category},{gross},{fee},{Decimal(gross) - Decimal(fee)},{currency},txn_{name},{name},"
        f"2026-03-02 0{place % 10}:00:00,{payout},card,visa\n"
        for place, (category, name, gross, fee, payout) in enumerate(rows)
    ]
    return (HEAD + "".join(lines)).encode()


def psp() -> SourceAccount:
    return make_source_account(provider="stripe", name="Stripe", time_zone="UTC")


def open_classes() -> dict[str, str]:
    return {each.kind: each.why for each in ReconciliationException.objects.exclude(state="resolved")}


class Settlements(TestCase):
    def setUp(self) -> None:
        self.account = psp()
        self.bank = make_source_account(provider="bank", role="settles", ledger_code="1010", name="Our bank")

    def set_card(self, *rates: Terms, since: date = date(2026, 1, 1)) -> None:
        set_rate_card(
            self.account.pk, valid_from=since, rates=rates, note="Contract", by=CONTROLLER, now=NEXT_DAY
        )

    def test_a_batch_is_stated_and_tied_to_the_row_of_the_bank_that_pays_it(self):
        hand_over(
            self.account,
            report(
                ("charge", "ch_1", "100.00", "1.65", "po_88"), ("charge", "ch_2", "50.00", "0.95", "po_88"),
                ("refund", "re_1", "-20.00", "0.00", "po_88"), ("dispute", "dp_1", "-10.00", "15.00", "po_88"),
                ("risk_reserved_funds", "", "-5.00", "0.00", "po_88"),
                ("payout", "po_88", "-97.40", "0.00", "po_88"),
            ),
        )  # fmt: skip
        receive(self.bank, row(1, "97.40", text="STRIPE PO_88 SETTLEMENT", provider_ref="BANK1"))
        run_day(self.account)
        (found,) = Settlement.objects.all()
        assert found.batch.told() == (
            "Batch po_88: 5 rows; payments 150.00, refunds -20.00, chargebacks -10.00, fees -17.60, reserve "
            "-5.00; that is 97.40 GHS. Paid out: 97.40 GHS, as the rows say."
        )
        assert (found.standing, found.day, found.rows) == ("paid", DAY, 5)
        ((arrived,),) = arrivals_of([found]).values()
        assert (str(arrived.amount), arrived.row.statement_line.provider_ref) == ("97.40 GHS", "BANK1")
        assert (arrived.row.source_account, arrived.how) == (self.bank, "by an id both rows name")
        assert not {"short_settled", "over_settled", "control_total_break"} & set(open_classes())

    def test_rows_and_payout_that_differ_are_an_exception_until_the_missing_rows_come(self):
        charge = ("charge", "ch_1", "100.00", "1.65", "po_1")
        hand_over(self.account, report(charge, ("payout", "po_1", "-138.35", "0.00", "po_1")))
        run_day(self.account)
        found = ReconciliationException.objects.get(kind="over_settled")
        assert found.why.endswith(
            "that is 98.35 GHS. Paid out: 138.35 GHS, 40.00 GHS more than the rows say."
        )
        assert (found.amount_minor, found.rule, found.left["batch"]) == (40_00, "settlement", "po_1")
        hand_over(self.account, report(("charge", "ch_9", "41.00", "1.00", "po_1")), "later.csv", WEEK_LATER)
        run_day(self.account, now=WEEK_LATER)
        found.refresh_from_db()
        assert (found.state, found.resolution) == ("resolved", "proven")
        assert Settlement.objects.get().standing == "paid"

    def test_what_never_reached_the_bank_is_overdue_and_what_did_by_its_batch_is_not(self):
        hand_over(
            self.account,
            report(
                ("charge", "ch_1", "100.00", "0.00", "po_lost"),
                ("charge", "ch_2", "70.00", "0.00", "po_came"),
            ),
        )
        run_day(self.account)
        assert "missing_at_bank" not in open_classes()  # its time is not over
        receive(self.bank, row(1, "69.00", text="STRIPE POCAME", reference="POCAME1", provider_ref="po_came"))
        run_day(self.account, now=WEEK_LATER)
        overdue = ReconciliationException.objects.get(kind="missing_at_bank")
        assert "Batch po_lost" in overdue.why
        assert "within 8 days" in overdue.why
        paid = {each.batch_key: arrivals_of([each])[each.pk] for each in Settlement.objects.all()}
        assert [(key, len(rows)) for key, rows in sorted(paid.items())] == [("po_came", 1), ("po_lost", 0)]

    def test_a_settlement_in_another_currency_is_named_because_the_books_hold_none_of_it(self):
        hand_over(self.account, report(("charge", "ch_1", "100.00", "1.00", "po_e"), currency="EUR"))
        run_day(self.account)
        assert "settled in EUR, and Stripe is kept in GHS" in open_classes()["currency_mismatch"]

    def test_what_a_file_contradicts_is_told_once_with_its_own_figures(self):
        content = report(("charge", "ch_1", "100.00", "1.00", "po_1")).replace(b",99.00,", b",98.00,")
        hand_over(self.account, content)
        run_day(self.account)
        run_day(self.account, DAY + timedelta(days=1), now=WEEK_LATER) if False else None
        assert open_classes()["control_total_break"].startswith("Line 2: gross 100.00 less fee 1.00 is not")

    def test_a_dry_run_keeps_no_settlement(self):
        hand_over(self.account, report(("payout", "po_1", "-5.00", "0.00", "po_1")))
        run_day(self.account, is_dry=True)
        assert not Settlement.objects.exists()

    def test_a_fee_off_the_card_is_an_exception_with_the_arithmetic_and_one_within_a_unit_is_not(self):
        self.set_card(Terms("card visa", 0, 14_000, 25), Terms("card visa", 500_00, 10_000, 25))
        hand_over(
            self.account,
            report(
                ("charge", "ch_ok", "100.00", "1.65", "po_1"), ("charge", "ch_unit", "100.00", "1.66", "po_1"),
                ("charge", "ch_off", "200.00", "5.05", "po_1"), ("charge", "ch_tier", "500.00", "5.25", "po_1"),
            ),
        )  # fmt: skip
        run_day(self.account)
        found = ReconciliationException.objects.get(kind="fee_variance")
        assert found.why == (
            "Of 3 card visa payments 8.36 GHS was kept back; the rate card of 1 Jan 2026 (1.4 % + 0.25 GHS) says "
            "6.35 GHS: 2.01 GHS too much. 1 of them are off. The furthest off is ch_off: 200.00 GHS: 1.4 % + "
            "0.25 GHS = 3.05 GHS, kept 5.05 GHS."
        )
        assert (found.amount_minor, found.rule, found.right["provider_ref"]) == (2_01, "rate_card", "ch_off")
        run_day(self.account)
        assert ReconciliationException.objects.filter(kind="fee_variance").count() == 1
        self.set_card(Terms("", 0, 25_000, 5), since=DAY)
        self.set_card(since=DAY)
        run_day(self.account)
        found.refresh_from_db()
        assert found.resolution == "proven"

    def test_fees_are_judged_in_sql_as_the_rules_judge_them_and_rows_beside_count(self):
        rates = [
            Terms("", 0, 14_000, 25, least_minor=50), Terms("visa", 0, 19_500, 0, most_minor=9_00),
            Terms("visa", 300_00, 12_345, 7),
        ]  # fmt: skip
        self.set_card(*rates)
        kept = [("10.00", "0.50", ""), ("299.99", "5.00", "VISA debit"), ("300.00", "3.77", "visa"),
                ("999.99", "9.99", "Visa"), ("35.71", "0.75", "mc"), ("64.00", None, "mc")]  # fmt: skip
        rows = [
            row(n, amount, fee=Decimal(fee) if fee else None, channel=channel, provider_ref=f"T{n}")
            for n, (amount, fee, channel) in enumerate(kept, start=1)
        ]
        beside = [row(9, "-1.90", kind="fee", provider_ref="T9"), row(10, "100.00", provider_ref="T9")]
        receive(self.account, *rows, *beside)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE statements_sourcefile SET state = 'posted', covers_from = %s, covers_to = %s",
                [f"{DAY} 00:00Z", f"{DAY} 23:00Z"],
            )
        card = card_on(self.account, DAY)
        assert card is not None
        told = {each.terms: each for each in kept_fees(self.account, DAY, card)}
        told_by_rules: dict[Terms, list[tuple[int, int | None]]] = {}
        for amount, fee, channel in [*kept, ("100.00", "1.90", "")]:
            minor = int(Decimal(amount) * 100)
            terms = terms_for(rates, channel, minor)
            assert terms is not None
            told_by_rules.setdefault(terms, []).append((minor, int(Decimal(fee) * 100) if fee else None))
        assert set(told) == set(told_by_rules)
        for terms, payments in told_by_rules.items():
            known = [(terms.fee_minor(minor), fee) for minor, fee in payments if fee is not None]
            found = told[terms]
            assert (found.payments, found.untold) == (len(payments), len(payments) - len(known))
            assert found.expected_minor == sum(expected for expected, _ in known)
            assert found.kept_minor == sum(fee for _, fee in known)
            assert found.off == sum(is_off(fee, expected) for expected, fee in known)
        assert [each.untold_minor for each in told.values() if each.untold] == [rates[0].fee_minor(64_00)]
