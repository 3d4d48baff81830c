"""Settlements of a provider: what their rows come to, what pays them, fees off the card, files that lie."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.test import TestCase

from paydesk.domain.payments.models import TransitRow
from paydesk.domain.pricing.actions import set_rate_card
from paydesk.domain.pricing.queries import card_on
from paydesk.domain.pricing.rules import Terms, is_off, terms_for
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation.arrivals import arrivals_of
from paydesk.domain.reconciliation.kept_fees import kept_fees
from paydesk.domain.reconciliation.models import ReconciliationException, Settlement
from paydesk.domain.reconciliation.queries.settlements import days_to_look_at_again, with_funds
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

    def test_a_day_of_settlements_is_worked_until_everything_is_in_order(self):
        """One file with a batch that is in order and one of each trouble; then the missing rows come."""
        self.set_card(Terms("card visa", 0, 14_000, 25), Terms("card visa", 500_00, 10_000, 25))
        contradicted = report(("charge", "ch_lie", "100.00", "1.65", "po_came1")).splitlines()[1]
        euros = report(("charge", "ch_e", "9", "1", "po_euro1"), currency="EUR").splitlines()[1]
        content = report(
            ("charge", "ch_1", "100.00", "1.65", "po_8888"), ("charge", "ch_2", "500.00", "5.26", "po_8888"),
            ("refund", "re_1", "-20.00", "0.00", "po_8888"), ("dispute", "dp_1", "-10", "15", "po_8888"),
            ("risk_reserved_funds", "", "-5.00", "0.00", "po_8888"),
            ("payout", "po_8888", "-543.09", "0.00", "po_8888"),
            ("charge", "ch_off", "200", "5.05", "po_over1"), ("payout", "po_o", "-300.00", "0", "po_over1"),
            ("charge", "ch_lost", "70.00", "1.23", "po_lost1"),
        )  # fmt: skip
        lying = contradicted.replace(b",98.35,", b",98.30,")  # the net counts, so its fee is 1.70
        hand_over(self.account, content + lying + b"\n" + euros + b"\n")
        receive(
            self.bank,
            row(1, "543.09", text="STRIPE PO_8888 SETTLEMENT", provider_ref="BANK1"),
            row(2, "90.00", text="STRIPE PO_CAME1", provider_ref="BANK2"),
        )
        run_day(self.account, is_dry=True)
        assert (Settlement.objects.count(), ReconciliationException.objects.count()) == (0, 0)

        run_day(self.account)
        batches = {each.batch_key: each for each in Settlement.objects.all()}
        parts = "payments 600.00, refunds -20.00, chargebacks -10.00, fees -21.91, reserve -5.00"
        assert batches["po_8888"].batch.told() == (
            f"Batch po_8888: 5 rows; {parts}; that is 543.09 GHS. Paid out: 543.09 GHS, as the rows say."
        )
        assert {key: each.standing for key, each in batches.items()} == {
            "po_8888": "paid", "po_over1": "over_paid", "po_lost1": "not_paid_out",
            "po_came1": "not_paid_out", "po_euro1": "not_paid_out",
        }  # fmt: skip
        arrived = arrivals_of(list(batches.values()))
        told = {
            key: [(str(row.amount), row.row.statement_line.provider_ref, row.how) for row in arrived[each.pk]]
            for key, each in batches.items()
            if arrived[each.pk]
        }
        assert told == {
            "po_8888": [("543.09 GHS", "BANK1", "by an id both rows name")],
            "po_came1": [("90.00 GHS", "BANK2", "by the batch it names")],
        }
        why = open_classes()
        assert why["over_settled"].endswith(
            "that is 194.95 GHS. Paid out: 300.00 GHS, 105.05 GHS more than the rows say."
        )
        euro = "Batch po_euro1 is settled in EUR, and Stripe is kept in GHS"
        assert why["currency_mismatch"].startswith(euro)
        assert why["control_total_break"].startswith("Line 11: gross 100.00 less fee 1.65 is not the net")
        assert why["fee_variance"] == (
            "Of 4 card visa payments 9.63 GHS was kept back; the rate card of 1 Jan 2026 (1.4 % + 0.25 GHS) "
            "says 7.58 GHS: 2.05 GHS too much. 2 of them are off, the furthest ch_off: 200.00 GHS: "
            "1.4 % + 0.25 GHS = 3.05 GHS, kept 5.05 GHS."
        )
        assert "missing_at_bank" not in why  # its time is not over
        stands = {each.settlement.batch_key: each.state for each in with_funds([*batches.values()], NEXT_DAY)}
        assert stands == {
            "po_8888": "received", "po_over1": "over_paid", "po_lost1": "expected",
            "po_came1": "arrived_short", "po_euro1": "foreign",
        }  # fmt: skip
        assert days_to_look_at_again(NEXT_DAY) == []
        assert days_to_look_at_again(WEEK_LATER) == [(self.account.pk, DAY)]

        self.set_card(since=DAY)
        late = report(("charge", "ch_9", "106.05", "1.00", "po_over1"))
        hand_over(self.account, late, "later.csv", WEEK_LATER)
        run_day(self.account, now=WEEK_LATER)
        overdue = [each.why for each in ReconciliationException.objects.filter(kind="missing_at_bank")]
        assert [each for each in overdue if "Batch po_lost1" in each and "within 8 days" in each]
        assert not [each for each in overdue if "po_8888" in each or "po_came1" in each]
        assert days_to_look_at_again(WEEK_LATER) == []
        receive(self.bank, row(3, "68.77", text="STRIPE PO_LOST1", provider_ref="B3"), now=WEEK_LATER)
        TransitRow.objects.filter(amount_minor=68_77).update(at=WEEK_LATER + timedelta(hours=1))
        assert days_to_look_at_again(WEEK_LATER) == [(self.account.pk, DAY)]
        solved = ReconciliationException.objects.filter(state="resolved", resolution="proven")
        assert {"over_settled", "fee_variance"} <= set(solved.values_list("kind", flat=True))

    def test_fees_are_judged_in_sql_as_the_rules_judge_them_and_rows_beside_count(self):
        rates = [
            Terms("", 0, 14_000, 25, least_minor=50, tax_millionths=75_000),
            Terms("visa", 0, 19_500, 0, most_minor=9_00),
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
