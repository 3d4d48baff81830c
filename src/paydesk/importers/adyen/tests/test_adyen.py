"""Adyen's reports and notifications: whole outputs, the figures of the real ones, traps, damage."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pytest

from paydesk.importers.reading import Reading, open_file
from paydesk.importers.records import FileWarning, NotReadable, StatementLine
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]
REAL = Path(__file__).parents[6] / "shared" / "samples" / "psp" / "adyen"
there = pytest.mark.skipif(not REAL.is_dir(), reason="the shared samples are not here")

Figures = tuple[str, str, str | None, str, str]


def real(name: str) -> Reading:
    return open_file(REAL / name, filename=name)


def lines_of(reading: Reading) -> list[StatementLine]:
    return [each for each in reading if isinstance(each, StatementLine)]


def warnings_of(reading: Reading) -> str:
    return " ".join(each.text for each in reading if isinstance(each, FileWarning))


@pytest.mark.parametrize("sample", sorted((HERE / "samples").iterdir()), ids=lambda path: path.name)
def test_a_sample_reads_as_expected(sample: Path) -> None:
    found = open_file(sample, filename=sample.name)
    assert found.format.startswith("adyen.")
    assert_as_expected(found, HERE / "expected" / f"{sample.stem}.json")


# kind, amount, fee, net, batch
SETTLED: dict[str, list[Figures]] = {
    "settlement_detail_report_donation.csv": [
        ("payment", "1.00", "0.24", "0.76", "2"),
        ("sweep", "-0.76", None, "-0.76", "2"),
    ],
    "settlement_detail_report_donation-ideal.csv": [
        ("payment", "5.70", "0.27", "5.43", "630"),
        ("sweep", "-0.76", None, "-0.76", "630"),
    ],
    "settlement_detail_report_chargeback.csv": [
        ("chargeback", "-1.00", "2.00", "-3.00", "3"),
        ("fee", "-1.80", None, "-1.80", "3"),
        ("sweep", "-4.03", None, "-4.03", "3"),
    ],
    "settlement_detail_report_refund.csv": [
        ("refund", "-1.00", "0.00", "-1.00", "3"),
        ("fee", "-1.80", None, "-1.80", "3"),
        ("sweep", "-4.03", None, "-4.03", "3"),
    ],
    "settlement_detail_report_invoice_deduction.csv": [
        ("fee", "-0.06", None, "-0.06", "1136"),
        ("fee", "0.03", None, "0.03", "1136"),
    ],
    "oca-settlement_detail_report_batch_238.csv": [
        ("adjustment", "454331.99", None, "454331.99", "238"),
        ("fee", "-0.09", None, "-0.09", "238"),
        ("adjustment", "-454331.90", None, "-454331.90", "238"),
    ],
}


@there
@pytest.mark.parametrize(("name", "figures"), SETTLED.items())
def test_a_real_settlement_report_has_its_figures(name: str, figures: list[Figures]) -> None:
    reading = real(name)
    assert reading.format == "adyen.settlement"
    found = [
        (line.kind, line.amount, line.fee, line.net, line.batch_key.rpartition("/")[2])
        for line in lines_of(reading)
    ]
    assert found == [
        (kind, Decimal(amount), None if fee is None else Decimal(fee), Decimal(net), batch)
        for kind, amount, fee, net, batch in figures
    ]


@there
def test_what_the_payer_paid_in_another_currency_is_kept_beside() -> None:
    settled, payout = lines_of(real("settlement_detail_report_donation-ideal.csv"))
    assert (settled.currency, settled.original_amount, settled.original_currency) == (
        "USD", Decimal("5.35"), "EUR",
    )  # fmt: skip
    assert (settled.reference, settled.provider_ref) == ("80188432.1", "1515876691955555")
    assert settled.text == "Settled of payment 1515876691993221"
    assert payout.provider_ref == "TX2342222277XT"


@there
def test_a_batch_that_does_not_come_to_zero_is_said_with_both_figures() -> None:
    assert "its rows make 5.43 USD, its payout is 0.76 USD, a difference of 4.67" in warnings_of(
        real("settlement_detail_report_donation-ideal.csv")
    )
    assert "-0.03 USD" in warnings_of(real("settlement_detail_report_invoice_deduction.csv"))
    assert warnings_of(real("oca-settlement_detail_report_batch_238.csv")) == ""


@there
def test_a_reference_whose_digits_a_spreadsheet_ate_is_named() -> None:
    assert "'ARN' is 1.2302025304E+022 on line 2" in warnings_of(
        real("settlement_detail_report_invoice_deduction.csv")
    )


@there
def test_the_real_workbook_is_read_below_the_lines_above_its_header() -> None:
    """21 rows; the origin's test counts 22 lines because it adds up the fees into one of its own."""
    reading = real("oca-adyen_test.xlsx")
    lines = lines_of(reading)
    assert reading.format == "adyen.settlement"
    assert [line.line for line in lines] == list(range(8, 29))
    assert {line.batch_key for line in lines} == {"YOURCOMPANY_ACCOUNT/48"}
    assert sum(line.net for line in lines) == 0
    assert lines[-1].kind == "sweep"
    assert lines[-1].amount == Decimal("-23006.27")
    assert {line.provider_ref for line in lines} == {""}  # every id in it was cut
    assert "gross 1598 less fees of 6.66 is not the net of 659.34" in warnings_of(reading)


@there
def test_a_real_accounting_report_has_one_row_of_money() -> None:
    (chargeback,) = lines_of(real("payments_accounting_report_chargeback.csv"))
    assert (chargeback.kind, chargeback.amount, chargeback.fee, chargeback.net) == (
        "chargeback", Decimal("-13.01"), Decimal("10.86"), Decimal("-23.87"),
    )  # fmt: skip
    assert (chargeback.original_amount, chargeback.original_currency) == (Decimal("-2000"), "JPY")
    nyce = real("payments_accounting_report_nyce.csv")
    (settled,) = lines_of(nyce)
    assert (settled.amount, settled.fee, settled.net) == (Decimal("10.40"), Decimal("0.38"), Decimal("10.02"))
    assert "'SentForSettle', which moves no money" in warnings_of(nyce)


# kind, status, amount, currency
NOTIFIED = {
    "ipn_Authorisation.json": ("payment", "pending", "10.00", "EUR"),
    "ipn_CaptureFailed.json": ("failed", "failed", "10.00", "EUR"),
    "ipn_Chargeback.json": ("chargeback", "success", "-2.00", "EUR"),
    "ipn_Refund.json": ("refund", "success", "-2.00", "EUR"),
    "ipn_ReportAvailable.json": ("notice", "success", "0", "XXX"),
}


@there
@pytest.mark.parametrize(("name", "figures"), NOTIFIED.items())
def test_a_real_notification_is_understood(name: str, figures: tuple[str, ...]) -> None:
    reading = real(name)
    (line,) = lines_of(reading)
    assert reading.format == "adyen.notification"
    assert (line.kind, line.status, line.amount, line.currency) == (
        *figures[:2], Decimal(figures[2]), figures[3],
    )  # fmt: skip
    assert "test system" in warnings_of(reading)
    if line.kind == "notice":
        assert line.text == "settlement_detail_report: URL_TO_DOWNLOAD_REPORT"


def test_a_missing_needed_column_is_named() -> None:
    body = b"Psp Reference,Type,Net Debit (NC),Net Credit (NC),Creation Date\n1,Settled,,1.00,2026-03-02\n"
    with pytest.raises(NotReadable, match=r"no column 'Net Currency' and no column 'Batch Number'"):
        open_file(io.BytesIO(body), filename="it.csv")


def test_items_of_two_merchant_accounts_in_one_message_are_rejected() -> None:
    item = '{"NotificationRequestItem": {"eventCode": "EXPIRE", "merchantAccountCode": "%s"}}'
    body = f'{{"live": "true", "notificationItems": [{item % "One"}, {item % "Two"}]}}'
    (said,) = [getattr(each, "reason", "") for each in open_file(io.BytesIO(body.encode()), filename="it")][
        1:
    ]
    assert "merchant accounts One, Two" in said


def test_an_empty_net_is_none_only_where_the_fees_took_all() -> None:
    header = (
        "Psp Reference,Type,Gross Credit (GC),Commission (NC),Net Debit (NC),Net Credit (NC),Net Currency"
    )
    rows = ["A1,Settled,0.15,0.15,,,EUR,2026-03-02,1", "A2,Settled,100.00,0.15,,,EUR,2026-03-02,1"]
    body = "\n".join([f"{header},Creation Date,Batch Number", *rows, ""])
    taken, rejected = [
        each for each in open_file(io.BytesIO(body.encode()), filename="it") if hasattr(each, "raw")
    ]
    assert isinstance(taken, StatementLine)
    assert (taken.amount, taken.net) == (Decimal("0.15"), Decimal("0.00"))
    assert "no amount" in getattr(rejected, "reason", "")
