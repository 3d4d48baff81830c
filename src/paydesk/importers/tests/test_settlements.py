"""Batches of settlement files against the payouts they claim: invented ones, and the real-world samples."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, Kind, RejectedLine, StatementLine
from paydesk.importers.settlements import SettledBatch, Settlement, settlement_of

SAMPLES = Path(__file__).parents[5] / "shared" / "samples" / "psp"
OURS = Path(__file__).parents[1]
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not here")


def row(kind: Kind, amount: str, fee: str = "", batch: str = "B-1", currency: str = "EUR") -> StatementLine:
    return StatementLine(
        1, kind, "success", Decimal(amount), currency, fee=Decimal(fee) if fee else None, batch_key=batch
    )


def read(*paths: Path) -> Settlement:
    return settlement_of(record for path in paths for record in open_file(path, filename=path.name))


def only(settlement: Settlement, key: str, currency: str) -> SettledBatch:
    return settlement.batches[key, currency]


def sums(batch: SettledBatch) -> tuple[str, str, str]:
    """What the rows come to, what was paid out, the difference."""
    return str(batch.net), str(batch.payout), str(batch.difference)


def test_every_part_of_a_batch_is_told_and_they_come_to_its_payout() -> None:
    found = settlement_of(
        [
            row("payment", "100.00", "1.50"), row("payment", "50.00"), row("fee", "-0.30"),
            row("refund", "-20.00", "-0.10"), row("reversal", "-5.00"), row("chargeback", "-10.00", "15.00"),
            row("reserve", "-5.00"), row("conversion", "2.00"), row("rounding", "0.01"),
            row("adjustment", "1.00"), row("payment", "8.00", currency="USD"), row("sweep", "-96.31"),
            StatementLine(9, "payment", "failed", Decimal(70), "EUR", batch_key="B-1"),
            StatementLine(9, "notice", "success", Decimal(0), "EUR", batch_key="B-1"),
        ]
    )  # fmt: skip
    euros, dollars = found.batches.values()
    assert (euros.gross, euros.fees, euros.refunds) == (Decimal(150), Decimal("-16.70"), Decimal(-25))
    assert (euros.chargebacks, euros.reserve, euros.converted) == (Decimal(-10), Decimal(-5), Decimal(2))
    assert (euros.rounding, euros.other, euros.rows) == (Decimal("0.01"), Decimal(1), 10)
    assert sums(euros) == ("96.31", "96.31", "0.00")
    parts = (
        "payments 150.00, refunds -25.00, chargebacks -10.00, fees -16.70, reserve -5.00, conversions 2.00"
    )
    assert euros.told() == (
        f"Batch B-1: 10 rows; {parts}, rounding 0.01, other movements 1.00; that is 96.31 EUR. "
        "Paid out: 96.31 EUR, as the rows say."
    )
    assert found.open == [dollars]
    assert dollars.told().endswith("No payout of it is here: 8.00 USD stays open.")
    assert (found.lines, found.rejected) == (14, 0)


@pytest.mark.parametrize(
    ("rows", "standing", "ends"),
    [
        (
            [row("payment", "9.99"), row("sweep", "-9.90")],
            "short_paid",
            "0.09 EUR less than the rows say.",
        ),
        (
            [row("payment", "9.99"), row("sweep", "-10.10")],
            "over_paid",
            "0.11 EUR more than the rows say.",
        ),
        (
            [row("payment", "5.00"), row("payment", "4.996"), row("sweep", "-10.00")],
            "rounding",
            "0.004 EUR off: not more than rounding each of its rows explains.",
        ),
        ([row("sweep", "-10.00")], "no_rows", "the rows it is made of are not here."),
        (
            [row("payment", "9.00", batch=""), row("sweep", "-5.00", batch="")],
            "on_account",
            "Paid out: 5.00 EUR; 4.00 EUR stays on the account.",
        ),
    ],
)
def test_a_difference_has_a_name_and_a_sentence(rows: list[StatementLine], standing: str, ends: str) -> None:
    found = settlement_of(rows)
    assert [(each.standing, each.told().endswith(ends)) for each in found.open] == [(standing, True)]


def test_what_a_file_contradicts_is_told_and_other_remarks_are_not() -> None:
    found = settlement_of(
        [
            FileWarning("The trailer says 3 items, the file holds 2.", 4, contradicts=True),
            FileWarning("The times were read as UTC."),
            RejectedLine(2, "no amount"),
        ]
    )
    assert found.told() == [
        "1 rows could not be read and are in none of these sums.",
        "The trailer says 3 items, the file holds 2.",
    ]


def test_our_own_invented_files_say_what_was_planted_in_them() -> None:
    adyen = read(OURS / "adyen" / "samples" / "invented_settlement.csv")
    assert sums(only(adyen, "InventedShop/8", "EUR")) == ("28.00", "28.10", "0.10")
    assert [each.standing for each in adyen.batches.values()] == ["paid", "over_paid", "not_paid_out"]
    assert adyen.contradictions == [
        "Line 15: gross 30.00 less fees of 0.90 is not the net of 29.00; gross and net count."
    ]
    stripe = read(OURS / "stripe" / "samples" / "invented_payouts.csv")
    assert sums(only(stripe, "po_inv_2", "JPY")) == ("1500", "1490", "-10")
    trustly = read(OURS / "trustly" / "samples" / "invented_funding.csv")
    assert sums(only(trustly, "TRACE1", "USD")) == ("123.75", "124.75", "1.00")
    assert [said.split(",")[0] for said in trustly.contradictions] == [
        "The trailer says item total 121.00",
        "The trailer says 3 fundings",
    ]


def test_rows_in_one_file_and_the_payout_in_another_are_one_batch() -> None:
    samples = OURS / "checkout" / "samples"
    found = read(samples / "invented_breakdown.csv", samples / "invented_payouts.csv")
    batch = only(found, "0000000INV1", "EUR")
    assert sums(batch) == ("98.382", "98.38", "-0.002")
    assert batch.standing == "rounding"


# What the samples are known to come to: (net of the rows, payout, difference) of a batch and currency.
CLAIMED = {
    "adyen/oca-adyen_test.xlsx": {("YOURCOMPANY_ACCOUNT/48", "USD"): ("23006.27", "23006.27", "0.00")},
    "adyen/oca-settlement_detail_report_batch_238.csv": {
        ("YOURCOMPANY_ACCOUNT/238", "USD"): ("0.00", "None", "0.00")
    },
    "adyen/settlement_detail_report_donation.csv": {("WikimediaCOM/2", "USD"): ("0.76", "0.76", "0.00")},
    "adyen/settlement_detail_report_donation-ideal.csv": {
        ("WikimediaCOM/630", "USD"): ("5.43", "0.76", "-4.67")
    },
    "adyen/settlement_detail_report_refund.csv": {("WikimediaCOM/3", "USD"): ("-2.80", "4.03", "6.83")},
    "adyen/settlement_detail_report_chargeback.csv": {("WikimediaCOM/3", "USD"): ("-4.80", "4.03", "8.83")},
    "adyen/settlement_detail_report_invoice_deduction.csv": {
        ("WikimediaCOM/1136", "USD"): ("-0.03", "None", "0.03")
    },
    "stripe/settlement_report.csv": {
        ("po_test123", "USD"): ("23.05", "23.05", "0.00"),
        ("", "USD"): ("3.35", "None", "-3.35"),  # the rows come to 26.40: this is the rest
    },
    "stripe/payments_activity.csv": {
        ("po_abc", "USD"): ("28.80", "None", "-28.80"),
        ("po_def", "USD"): ("-45.00", "None", "45.00"),
    },
    "trustly/P11KFUN-3618-20260201120000-20260202120000-0001of0001.csv": {
        ("ABC", "USD"): ("861.21", "861.21", "0.00")
    },
    "trustly/P11KREC-3618-20260201120000-20260202120000-0001of0001.csv": {},
    # Its own totals make 8.40 GBP: they have the fees the other way round, and no row of the withdrawal.
    "paypal/stl.csv": {("AUD",): ("54.35", "None", "-54.35"), ("GBP",): ("6.60", "1.00", "-5.60")},
    "paypal/stl_currency_convert.csv": {
        ("BRL",): ("0.00", "None", "0.00"),
        ("USD",): ("3.27", "None", "-3.27"),
    },
    "paypal/stl_dr_payment.csv": {("USD",): ("363.00", "None", "-363.00")},
    "paypal/oca-statement_en.csv": {
        ("EUR",): ("17346.31", "17346.31", "0.00"),
        ("USD",): ("280.30", "None", "-280.30"),
    },
    "paypal/trr_express_checkout_donation.csv": {("JPY",): ("107.00", "None", "-107.00")},
    "paypal/trr_express_checkout_refund.csv": {("JPY",): ("-107.00", "None", "107.00")},
}
# Sentences that the known contradictions of a sample begin with.
CONTRADICTED = {
    "adyen/oca-adyen_test.xlsx": ["Line 13: gross 1598 less fees of 6.66 is not the net of 659.34"],
    "stripe/settlement_report.csv": ["Line 8: gross 24 less fee 0 is not the net of 23.05"],
    "trustly/P11KFUN-3618-20260201120000-20260202120000-0001of0001.csv": [
        "The trailer says 146 items, the file holds 2."
    ],
    "trustly/P11KREC-3618-20260201120000-20260202120000-0001of0001.csv": [
        "The trailer says 71 transactions, the file holds 2.",
        "The trailer says transaction total 406.30, the transactions come to 7.75.",
    ],
    "paypal/stl.csv": [
        "Line 8: the section in GBP states gross debits of 1.34, its rows make 2.34.",
        "Line 8: the section in GBP states fee credits of 0.87, its rows make 0.47.",
        "Line 8: the section in GBP states fee debits of 0.47, its rows make 0.87.",
        "Line 8: the balance of the section in GBP does not tie",
        "Line 8: the section in GBP states 1 rows and holds 3.",
        "Line 9: the section in AUD states fee credits of 3.00, its rows make 0.",
        "Line 9: the section in AUD states fee debits of 6.00, its rows make 3.00.",
        "Line 9: the balance of the section in AUD does not tie",
    ],
    "paypal/stl_dr_payment.csv": [
        "Line 5: the balance of the report in USD does not tie",
        "Line 5: the report in USD states 1 rows and holds 2.",
    ],
}


@needs_samples
@pytest.mark.parametrize("name", CLAIMED)
def test_a_sample_comes_to_the_payout_it_claims_or_the_known_difference_is_told(name: str) -> None:
    found = read(SAMPLES / name)
    expected = {key if len(key) == 2 else ("", *key): told for key, told in CLAIMED[name].items()}
    assert {key: sums(batch) for key, batch in found.batches.items()} == expected
    known = CONTRADICTED.get(name, [])
    assert len(found.contradictions) == len(known)
    for said, begins in zip(found.contradictions, known, strict=True):
        assert said.startswith(begins)
    for batch in found.open:
        assert f"{batch.difference.copy_abs().normalize():f}" in batch.told()


@needs_samples
def test_the_breakdown_of_checkout_and_its_payout_file_differ_by_a_cent() -> None:
    (breakdown,) = (SAMPLES / "checkoutcom").glob("settlement-breakdown_*.csv")
    (payouts,) = (SAMPLES / "checkoutcom").glob("payouts_*.csv")
    found = read(breakdown, payouts)
    batch = only(found, "00000003K599", "USD")
    assert (batch.gross, batch.fees, batch.rows) == (Decimal(85), Decimal("-5.50"), 9)
    assert sums(batch) == ("79.50", "79.51", "0.01")
    assert batch.told().endswith(
        "79.50 USD. Paid out: 79.51 USD, 0.01 USD off: not more than rounding each of its rows explains."
    )
    (said,) = found.contradictions
    assert said.startswith("Payout 00000003K599: its totals of payments, refunds and fees come to 79.45 USD")
