"""What rows prove beside payments: fees, reversals, sweeps, floats, reserves. Un-posting undoes it all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.test import TestCase
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as PropertyTestCase

from paydesk.domain.ledger.models import JournalEntry, Posting
from paydesk.domain.payments.actions import receive_lines
from paydesk.domain.payments.models import (
    Payment,
    ReversalRow,
    SettlementBatch,
    TransitRow,
)
from paydesk.domain.payments.steps import call, locked, take_back
from paydesk.domain.providers.models import SourceAccount
from paydesk.importers.records import StatementLine
from paydesk.kernel.money import MINOR_DIGITS, minor_digits
from paydesk.reporting.invariants import check_all
from tests.builders import (
    NOON,
    TODAY,
    WORKER,
    make_contract,
    make_source_account,
    receive,
    row,
    store_lines,
)


def books(*codes: str) -> dict[tuple[str, int], int]:
    """What stands on accounts of these codes, by code and key; nothing where it came back to zero."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.code, a.key_id, sum(p.amount_minor)::bigint FROM ledger_posting p"
            " JOIN ledger_account a ON a.id = p.account_id WHERE a.code = ANY (%s)"
            " GROUP BY 1, 2 HAVING sum(p.amount_minor) <> 0",
            [list(codes)],
        )
        return {(code, key): amount for code, key, amount in cursor.fetchall()}


def broken() -> list[str]:
    return [
        f"{finding.name}: {finding.rows}"
        for finding in check_all(most_rows=3, own_snapshot=False)
        if finding.rows and finding.name not in ("audit_chain", "documents_kept")
    ]


def post(account: SourceAccount, *rows: StatementLine) -> list[int]:
    """Rows all the way, numbered as they stand; the ids of their lines in the order of the rows."""
    numbered = [replace(each, line=n) for n, each in enumerate(rows, start=1)]
    ids = [line.pk for line in store_lines(account, *numbered)]
    receive_lines(ids, by=WORKER, now=NOON)
    return ids


def unpost(line_ids: list[int]) -> None:
    call("payments_unpost", (line_ids, "bigint[]"), (WORKER.label, "text"), (NOON, "timestamptz"))


class ProviderRows(TestCase):
    def setUp(self) -> None:
        self.account = make_source_account()

    def test_each_kind_is_posted_to_its_account_and_clearing_is_what_the_provider_shows(self):
        receive(
            self.account,
            row(1, "100.00", fee=Decimal("1.25")), row(2, "50.00", fee=Decimal("0.75")),
            row(3, "-2.00", kind="fee", text="Service charge"),
            row(4, "-0.30", kind="fee", text="VAT on service charge"),
            row(5, "-80.00", kind="sweep"), row(6, "-20.00", kind="float_transfer"),
            row(7, "-10.00", kind="reserve"), row(8, "4.00", kind="reserve"),
            row(9, "-3.00", kind="refund"), row(10, "-7.00", kind="payout"),
            row(11, "1.00", kind="adjustment"), row(14, "0.02", kind="rounding"),
            row(15, "-0.01", kind="rounding"), row(16, "-30.00", kind="sweep", fee=Decimal("-0.60")),
            row(17, "-40.00", kind="conversion"),
            row(12, "-9.00", kind="fee", status="pending"), row(13, "-9.00", kind="fee", status="failed"),
        )  # fmt: skip
        key = self.account.pk
        assert books("1015", "1020", "1025", "1090", "1140", "1310", "1330", "5010", "5060") == {
            ("1090", 0): 40_00,
            ("1310", 0): 3_00 + 7_00 - 1_00,
            ("5010", key): 4_00 - 60,
            ("1140", 0): 30,
            ("1025", key): 110_00,
            ("1015", key): 20_00,
            ("1330", key): 6_00,
            ("5060", 0): -1,
            ("1020", key): 150_00 - 4_00 + 60 - 30 - 110_00 - 20_00 - 6_00 + 1 - 9_00 - 40_00,
        }
        assert broken() == []

    def test_a_bank_books_its_rows_on_1010_and_what_it_kept_beside_them_not_at_all(self):
        bank = make_source_account(provider="bank", ledger_code="1010")
        receive(bank, row(1, "100.00", fee=Decimal("1.00")), row(2, "-2.50", kind="fee"))
        assert books("1010", "5010") == {("1010", bank.pk): 97_50, ("5010", bank.pk): 2_50}
        assert broken() == []

    def test_accounts_that_are_evidence_only_post_nothing(self):
        account = make_source_account(role="evidence")
        receive(
            account,
            row(1, "10.00", fee=Decimal("1")),
            row(2, "-1.00", kind="fee"),
            row(3, "-5.00", kind="sweep"),
        )
        assert not JournalEntry.objects.exists()

    def test_hostile_amounts_stop_nothing_and_what_moved_is_booked(self):
        receive(
            self.account,
            row(1, "-0.005", kind="fee"), row(2, "0.00", kind="fee"),
            row(3, "-5.00", kind="fee", currency="KES"),
            row(4, "10.00", fee=Decimal("0.0049")), row(5, "10.00", fee=Decimal("99999999999999999")),
            row(6, "5.00", kind="reversal"), row(7, "0.00", kind="reversal"), row(8, "-0.001", kind="sweep"),
        )  # fmt: skip
        assert books("1020", "1310", "5010") == {("1020", self.account.pk): 25_00, ("1310", 0): -5_00}
        assert ReversalRow.objects.get().reason == "nobody_asked"
        assert broken() == []

    def test_a_fee_shown_beside_the_payment_and_as_its_own_row_is_one_fee(self):
        receive(
            self.account,
            row(1, "100.00", provider_ref="A1", fee=Decimal("1.00")),
            row(2, "-1.00", kind="fee", provider_ref="A1"),
            row(3, "100.00", provider_ref="A2"), row(4, "-1.00", kind="fee", provider_ref="A2"),
        )  # fmt: skip
        assert books("5010") == {("5010", self.account.pk): 2_00}

    def test_posting_the_same_lines_again_changes_nothing(self):
        ids = post(
            self.account, row(1, "10.00", fee=Decimal("0.10")), row(2, "-1.00", kind="fee"),
            row(3, "-5.00", kind="sweep"), row(4, "-3.00", kind="reversal"),
        )  # fmt: skip
        before = Posting.objects.count()
        assert receive_lines(ids, by=WORKER, now=NOON) == 0
        assert Posting.objects.count() == before
        assert broken() == []

    def test_minor_units_are_those_of_the_kernel(self):
        with connection.cursor() as cursor:
            for currency in [*MINOR_DIGITS, "GHS", "KES", "USD"]:
                cursor.execute("SELECT payments_minor(1, %s)", [currency])
                assert cursor.fetchone()[0] == 10 ** minor_digits(currency), currency


class ProviderReversals(TestCase):
    def setUp(self) -> None:
        self.account = make_source_account()
        self.contract = make_contract(account_number="10482937")

    def paid(self, ref: str, amount: str = "50.00", **fields: object) -> StatementLine:
        return row(1, amount, reference="10482937", provider_ref=ref, **fields)

    def back(self, amount: str, *, line: int = 2, **fields: object) -> StatementLine:
        return row(line, f"-{amount}", **{"kind": "reversal", **fields})

    def test_a_reversal_named_in_text_takes_the_payment_off_its_contract(self):
        post(self.account, self.paid("ABC123"), self.back("50.00", text="Reversal of ABC123."))
        payment = Payment.objects.get()
        assert (payment.state, payment.allocated_minor, payment.reversed_minor) == ("reversed", 0, 50_00)
        assert books("1020", "1310") == {}
        assert ReversalRow.objects.get().payment_id == payment.pk
        assert broken() == []

    def test_it_is_found_by_the_same_id_by_the_network_and_by_a_column_of_the_row(self):
        post(
            self.account,
            self.paid("AAA111"), self.back("50.00", provider_ref="AAA111"),
            self.paid("BBB222", network_ref="90210001"), self.back("50.00", line=3, network_ref="90210001"),
            self.paid("CCC333"), self.back("50.00", line=4, raw={"Linked Transaction ID": "CCC333"}),
        )  # fmt: skip
        assert set(Payment.objects.values_list("state", flat=True)) == {"reversed"}
        assert broken() == []

    def test_a_row_before_its_payment_and_two_parts_of_one(self):
        post(
            self.account,
            self.back("20.00", line=1, text="Reversal of ABC123"),
            self.back("5.00", line=2, text="Reversal of ABC123"),
            self.paid("ABC123"),
        )  # fmt: skip
        payment = Payment.objects.get()
        assert (payment.state, payment.reversed_minor, payment.allocated_minor) == ("received", 25_00, 25_00)
        assert books("1020") == {("1020", self.account.pk): 25_00}
        assert broken() == []

    def test_without_its_payment_it_is_recoverable_until_that_comes_in_another_file(self):
        post(self.account, self.back("50.00", text="Reversal of LATE99"))
        reversal = ReversalRow.objects.get()
        assert (reversal.state, reversal.reason) == ("open", "reversal_without_original")
        assert books("1020", "1310") == {("1310", 0): 50_00, ("1020", self.account.pk): -50_00}
        assert broken() == []
        post(self.account, self.paid("LATE99"))
        reversal.refresh_from_db()
        assert (reversal.state, Payment.objects.get().state) == ("matched", "reversed")
        assert books("1020", "1310") == {}
        assert broken() == []

    def test_more_than_is_left_and_several_originals_are_left_to_a_person(self):
        post(
            self.account,
            self.paid("ABC123"), self.back("60.00", text="Reversal of ABC123"),
            self.paid("DDD111"), self.paid("EEE222"), self.back("10.00", line=3, text="DDD111 or EEE222"),
        )  # fmt: skip
        assert set(ReversalRow.objects.values_list("state", "reason")) == {
            ("open", "more_than_left"),
            ("open", "several_originals"),
        }
        assert books("1310") == {("1310", 0): 70_00}
        assert broken() == []

    def test_what_was_passed_on_is_recoverable_from_the_payer(self):
        post(self.account, self.paid("ABC123"))
        # As a refund leaves a payment: off the contract and gone.
        payment = locked(Payment.objects.get().pk)
        call("payments_free", ([payment.pk], "bigint[]"), (WORKER.label, "text"), (NOON, "timestamptz"))
        Payment.objects.update(refunded_minor=50_00)
        post(self.account, self.back("50.00", text="Reversal of ABC123"))
        assert books("1310") == {("1310", self.contract.customer_id): 50_00}
        payment.refresh_from_db()
        assert (payment.state, payment.shortfall_minor) == ("reversed", 50_00)

    def test_a_chargeback_leaves_the_payment_charged_back(self):
        post(self.account, self.paid("ABC123"), self.back("50.00", kind="chargeback", text="ABC123"))
        assert Payment.objects.get().state == "charged_back"

    def test_a_row_confirms_what_a_person_reversed_before_and_is_not_posted_again(self):
        post(self.account, self.paid("ABC123"))
        take_back(Payment.objects.get().pk, 50_00, by=WORKER, at=NOON)
        before = JournalEntry.objects.count()
        post(self.account, self.back("50.00", text="Reversal of ABC123"))
        assert JournalEntry.objects.count() == before
        assert ReversalRow.objects.get().state == "confirmed"
        assert broken() == []

    def test_unposting_gives_back_what_the_reversal_took_and_undoes_everything_else(self):
        first = post(self.account, self.paid("ABC123", fee=Decimal("0.50")))
        second = post(
            self.account, self.back("20.00", text="Reversal of ABC123"), row(3, "-1.00", kind="fee"),
            row(4, "-9.00", kind="reversal"), row(5, "-4.00", kind="sweep"),
        )  # fmt: skip
        unpost(second)
        payment = Payment.objects.get()
        assert (payment.state, payment.reversed_minor, payment.allocated_minor) == ("received", 0, 50_00)
        assert books("1020", "1025", "1310", "5010") == {
            ("1020", self.account.pk): 49_50,
            ("5010", self.account.pk): 50,
        }
        assert broken() == []
        unpost(first)
        assert books("1020", "1025", "1310", "5010", "2010", "1100") == {("1100", self.contract.pk): 300_00}
        assert broken() == []

    def test_a_wrong_file_with_a_payment_and_its_reversal_is_undone_in_two_parts(self):
        ids = post(self.account, self.paid("ABC123"), self.back("50.00", text="Reversal of ABC123"))
        unpost(ids[:1])
        unpost(ids[1:])
        assert Payment.objects.get().state == "unposted"
        assert books("1020", "1310", "2010") == {}
        assert broken() == []


class MoneyInTransit(TestCase):
    def setUp(self) -> None:
        self.account = make_source_account()
        self.bank = make_source_account(provider="bank", role="settles", ledger_code="1010")

    def test_the_two_ends_meet_by_the_id_the_bank_names_whichever_comes_first(self):
        arrives = {"occurred_at": NOON + timedelta(days=1)}
        post(self.account, row(1, "-80.00", kind="sweep", provider_ref="MP260302.2340.C00012"))
        post(self.bank, row(1, "80.00", text="MOMO SETTLEMENT MP260302.2340.C00012", **arrives))
        post(self.bank, row(2, "70.00", kind="sweep", text="MOMO SETTLEMENT SW00000002", **arrives))
        post(self.account, row(2, "-70.00", kind="sweep", provider_ref="SW00000002"))
        assert set(TransitRow.objects.values_list("state", "found_by")) == {("matched", "reference")}
        assert books("1025") == {}
        assert books("1010") == {("1010", self.bank.pk): 150_00}
        assert broken() == []

    def test_by_amount_and_day_only_where_nothing_else_could_be_meant(self):
        post(
            self.account,
            row(1, "-80.00", kind="sweep"),
            row(2, "-70.00", kind="sweep"),
            row(3, "-70.00", kind="sweep"),
        )
        later = TODAY + timedelta(days=9)
        post(
            self.bank, row(1, "80.00", text="SETTLEMENT"), row(2, "70.00", text="SETTLEMENT"),
            row(3, "80.00", text="SETTLEMENT", occurred_at=None, booked_on=later),
        )  # fmt: skip
        matched = TransitRow.objects.filter(state="matched")
        assert sorted(matched.values_list("amount_minor", "found_by")) == [
            (-80_00, "amount"),
            (80_00, "amount"),
        ]
        assert sum(books("1025").values()) == 140_00 - 70_00 - 80_00
        assert broken() == []

    def test_a_batch_whose_settlement_only_the_bank_shows_leaves_the_provider_by_the_banks_row(self):
        post(
            self.account, row(1, "100.00", fee=Decimal("1.50"), batch_key="STL-1180-260302"),
            row(2, "50.00", batch_key="STL-1180-260302"),
        )  # fmt: skip
        batch = SettlementBatch.objects.get()
        assert (batch.rows, batch.net_minor) == (2, 148_50)
        arrived = post(self.bank, row(1, "148.50", text="PAYSTACK SETTLEMENT STL-1180-260302"))
        assert books("1020", "1025", "1010") == {("1010", self.bank.pk): 148_50}
        assert broken() == []
        unpost(arrived)
        assert books("1020", "1025", "1010") == {("1020", self.account.pk): 148_50}

    def test_unposting_one_end_opens_the_other_again(self):
        left = post(self.account, row(1, "-80.00", kind="sweep", provider_ref="SW00000001"))
        arrived = post(self.bank, row(1, "80.00", text="SETTLEMENT SW00000001"))
        unpost(left)
        assert books("1020", "1025") == {("1025", self.bank.pk): -80_00}
        assert broken() == []
        post(self.account, row(1, "-80.00", kind="sweep", provider_ref="SW00000001"))
        assert books("1025") == {}
        unpost(arrived)
        assert books("1025", "1010") == {("1025", self.account.pk): 80_00}
        assert broken() == []


KINDS = st.sampled_from(
    ["payment", "failed", "fee", "reversal", "refund", "chargeback", "sweep", "float_transfer", "payout",
     "reserve", "adjustment", "conversion", "rounding"]
)  # fmt: skip
ROWS = st.lists(
    st.tuples(
        KINDS,
        st.sampled_from(["success", "success", "success", "pending", "failed"]),
        st.integers(-30_00, 60_00),
        st.integers(0, 2_00),
        st.integers(0, 7),  # which id it carries, or names
        st.integers(0, 3),  # days ago
    ),
    max_size=14,
)


class RandomRows(PropertyTestCase):
    @settings(
        max_examples=30, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.too_slow],
    )  # fmt: skip
    @given(said=ROWS, parts=st.integers(1, 3), undo=st.booleans())
    def test_books_equal_a_slow_sum(self, said, parts, undo):
        account = make_source_account()
        bank = make_source_account(provider="bank", role="settles", ledger_code="1010")
        make_contract(account_number="10482937")
        clearing = fees = 0
        rows, seen = [], set()
        for n, (kind, status, amount, fee, ref, days) in enumerate(said, start=1):
            own = f"ID{ref:05d}" if kind == "payment" else f"ROW{n:05d}"
            rows.append(
                row(
                    n, str(Decimal(amount) / 100), kind=kind, status=status, fee=Decimal(fee) / 100,
                    provider_ref=own, reference="10482937" if kind == "payment" else "",
                    text=f"for ID{ref:05d}", occurred_at=NOON - timedelta(days=days),
                )
            )  # fmt: skip
            if (own, kind, status) in seen:
                continue  # the same row once more
            seen.add((own, kind, status))
            if status != "success" or kind == "failed":
                continue
            fees += fee if kind != "fee" else -amount
            clearing += amount - (fee if kind != "fee" else 0)
        size = -(-len(rows) // parts) or 1
        ids = [post(account, *rows[at : at + size]) for at in range(0, len(rows), size)]
        post(bank, row(1, "12.00", text="SETTLEMENT"))
        assert books("1020").get(("1020", account.pk), 0) == clearing
        assert books("5010").get(("5010", account.pk), 0) == fees
        assert broken() == []
        if undo:
            for part in ids:
                unpost(part)
            assert books("1015", "1020", "1090", "1310", "1330", "2010", "2020", "5010", "5060") == {}
            assert broken() == []
