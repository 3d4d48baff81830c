"""Stripe's reports and events: whole outputs, the figures of the real ones, what is said of a difference."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pytest

from paydesk.importers.reading import Reading, open_file
from paydesk.importers.records import FileWarning, NotReadable, StatementLine
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]
REAL = Path(__file__).parents[6] / "shared" / "samples" / "psp" / "stripe"
there = pytest.mark.skipif(not REAL.is_dir(), reason="the shared samples are not here")

EVENTS = HERE / "samples" / "invented_events.json"
HEADER = "balance_transaction_id,reporting_category,gross,fee,net,currency,created_utc,automatic_payout_id"


def read(*rows: str, header: str = HEADER) -> Reading:
    return open_file(io.BytesIO("\n".join([header, *rows, ""]).encode()), filename="it.csv")


def lines_of(reading: Reading) -> list[StatementLine]:
    return [each for each in reading if isinstance(each, StatementLine)]


def warnings_of(reading: Reading) -> list[str]:
    return [each.text for each in reading if isinstance(each, FileWarning)]


@pytest.mark.parametrize("sample", sorted((HERE / "samples").iterdir()), ids=lambda path: path.name)
def test_a_sample_reads_as_expected(sample: Path) -> None:
    found = open_file(sample, filename=sample.name)
    assert found.format.startswith("stripe.")
    assert_as_expected(found, HERE / "expected" / f"{sample.stem}.json")


@there
def test_the_real_settlement_report_has_seven_rows_and_its_payout() -> None:
    found = open_file(REAL / "settlement_report.csv", filename="settlement_report.csv")
    lines = lines_of(found)
    assert [line.kind for line in lines] == [
        "payment", "refund", "payment", "fee", "fee", "chargeback", "sweep",
    ]  # fmt: skip
    payout = lines[-1]
    assert (payout.provider_ref, payout.batch_key, payout.amount) == (
        "po_123", "po_test123", Decimal("-23.05"),
    )  # fmt: skip
    assert [(line.amount, line.fee, line.reference) for line in lines[:3]] == [
        (Decimal("25"), Decimal("0.95"), "24315.1"),
        (Decimal("-10"), Decimal("0"), "24316.1"),
        (Decimal("10"), Decimal("0"), "24317.1"),
    ]
    settled = [line for line in lines if line.batch_key == "po_test123"]
    assert sum(line.net for line in settled) == 0  # the dispute reversal belongs to no payout yet
    assert {line.currency for line in lines} == {"USD"}
    assert warnings_of(found)[-1] == (
        "1 row names no batch and the payouts of the file do not hold it: 3.35 USD."
    )


@there
def test_the_real_payment_activity_has_two_rows() -> None:
    charge, dispute = lines_of(open_file(REAL / "payments_activity.csv", filename="it"))
    assert (charge.kind, charge.amount, charge.fee, charge.net) == (
        "payment", Decimal("30.00"), Decimal("1.20"), Decimal("28.80"),
    )  # fmt: skip
    assert (dispute.kind, dispute.amount, dispute.fee, dispute.net) == (
        "chargeback", Decimal("-30.00"), Decimal("15.00"), Decimal("-45.00"),
    )  # fmt: skip


def test_a_payout_that_is_not_the_sum_of_its_rows_is_said_with_both_figures() -> None:
    (said,) = warnings_of(
        read(
            "txn_1,charge,10.00,0.30,9.70,EUR,2026-03-02 08:00:00,po_1",
            "txn_2,payout,-9.71,0,-9.71,EUR,2026-03-03 08:00:00,po_1",
        )
    )
    assert "po_1" in said
    assert "9.70 EUR" in said
    assert "9.71 EUR" in said
    assert "-0.01" in said


def test_a_payout_shown_with_plus_is_still_money_leaving_but_a_debt_drawn_from_the_bank_is_not() -> None:
    (_, out), (_, drawn) = (
        lines_of(
            read(
                f"txn_1,charge,{sign}10.00,0,{sign}10.00,EUR,2026-03-02 08:00:00,po_1",
                "txn_2,payout,10.00,0,10.00,EUR,2026-03-03 08:00:00,po_1",
            )
        )
        for sign in ("", "-")
    )
    assert (out.amount, drawn.amount) == (Decimal("-10.00"), Decimal("10.00"))


def test_a_missing_needed_column_is_named() -> None:
    with pytest.raises(NotReadable, match=r"no column 'net', without which .* choose it in the report"):
        read(
            "txn_1,charge,1,EUR",
            header="balance_transaction_id,reporting_category,gross,currency,fee,created",
        )


def test_a_header_alone_is_refused() -> None:
    with pytest.raises(NotReadable, match="no row below it"):
        read()


def test_a_decimal_comma_from_a_spreadsheet_is_understood() -> None:
    header = HEADER.replace(",", ";")
    row = "txn_1;charge;1.000,50;0,50;1.000,00;EUR;2026-03-02 08:00:00;po_1"
    (line,) = lines_of(read(row, header=header))
    assert (line.amount, line.fee) == (Decimal("1000.50"), Decimal("0.50"))


def test_every_row_is_a_line_or_rejected() -> None:
    reading = read(
        "txn_1,charge,10.00,0.30,9.70,EUR,2026-03-02 08:00:00,po_1,stray",
        "txn_2,charge,10.00,0.30",
        "txn_3,charge,,0.30,9.70,EUR,2026-03-02 08:00:00,po_1",
        "txn_4,charge,10.00,0.30,9.70,Euro,2026-03-02 08:00:00,po_1",
    )
    reasons = [getattr(each, "reason", "") for each in reading][1:]
    assert "not quoted" in reasons[0]
    assert "cut off after" in reasons[1]
    assert "'gross' is empty" in reasons[2]
    assert "'Euro'" in reasons[3]


def test_the_events_of_an_intent_and_its_charge_and_the_report_name_one_payment() -> None:
    lines = {line.text.partition(",")[0]: line for line in lines_of(open_file(EVENTS, filename="it"))}
    report = lines_of(open_file(HERE / "samples" / "invented_payouts.csv", filename="it"))
    assert lines["payment_intent.succeeded"].provider_ref == report[0].provider_ref == "ch_inv_1"
    assert lines["charge.dispute.funds_withdrawn"].provider_ref == report[3].provider_ref
    assert lines["charge.dispute.funds_reinstated"].provider_ref == report[4].provider_ref
    assert lines["payout.paid"].provider_ref == report[8].provider_ref
