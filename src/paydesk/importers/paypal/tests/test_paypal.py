"""PayPal's reports, downloads and messages: whole outputs, the figures of the real ones, traps, damage."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pytest

from paydesk.importers.json_messages import Fields, NotJson
from paydesk.importers.paypal import PayPalIpn, document_of
from paydesk.importers.paypal.event_codes import meaning
from paydesk.importers.reading import Reading, open_file
from paydesk.importers.records import FileWarning, NotReadable, StatementLine
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]
REAL = Path(__file__).parents[6] / "shared" / "samples" / "psp" / "paypal"
there = pytest.mark.skipif(not REAL.is_dir(), reason="the shared samples are not here")


def real(name: str) -> Reading:
    return open_file(REAL / name, filename=name)


def lines_of(reading: Reading) -> list[StatementLine]:
    return [each for each in reading if isinstance(each, StatementLine)]


def warnings_of(reading: Reading) -> list[str]:
    return [each.text for each in reading if isinstance(each, FileWarning)]


@pytest.mark.parametrize("sample", sorted((HERE / "samples").iterdir()), ids=lambda path: path.name)
def test_a_sample_reads_as_expected(sample: Path) -> None:
    found = open_file(sample, filename=sample.name)
    assert found.format.startswith("paypal.")
    assert_as_expected(found, HERE / "expected" / f"{sample.stem}.json")


# kind, amount, fee, net, currency
Row = tuple[str, str, str | None, str, str]
SECTIONS: dict[str, list[Row]] = {
    "stl.csv": [
        ("payment", "52.00", "2.25", "49.75", "AUD"),
        ("payment", "5.35", "0.75", "4.60", "AUD"),
        ("payment", "8.34", "0.87", "7.47", "GBP"),
        ("refund", "-1.34", "-0.47", "-0.87", "GBP"),
        ("sweep", "-1.00", None, "-1.00", "GBP"),
    ],
    "stl_currency_convert.csv": [
        ("payment", "22.00", "3.60", "18.40", "BRL"),
        ("conversion", "-18.40", None, "-18.40", "BRL"),
        ("conversion", "3.27", None, "3.27", "USD"),
    ],
    "stl_dr_payment.csv": [
        ("payment", "520.00", "2.01", "517.99", "USD"),
        ("payout", "-150.00", "4.99", "-154.99", "USD"),
    ],
    "trr_express_checkout_donation.csv": [("payment", "150.00", "43.00", "107.00", "JPY")],
    "trr_express_checkout_refund.csv": [("refund", "-150.00", "-43.00", "-107.00", "JPY")],
    "sar_classic_subscr_signup.csv": [("notice", "0", None, "0", "EUR")],
}


@there
@pytest.mark.parametrize(("name", "rows"), SECTIONS.items())
def test_a_real_report_has_its_figures(name: str, rows: list[Row]) -> None:
    assert [(line.kind, line.amount, line.fee, line.net, line.currency) for line in lines_of(real(name))] == [
        (kind, Decimal(amount), None if fee is None else Decimal(fee), Decimal(net), currency)
        for kind, amount, fee, net, currency in rows
    ]


@there
def test_what_the_origin_makes_payouts_of_is_in_the_rows_and_the_footers() -> None:
    """The origin adds one payout per currency: AUD 54.35 is the net of the rows. Its GBP 8.40 is made of the
    footer, whose fee totals are swapped, and the withdrawal; the rows net 6.60, and the warnings say it."""
    reading = real("stl.csv")
    lines = lines_of(reading)
    assert sum(line.net for line in lines if line.currency == "AUD") == Decimal("54.35")
    pounds = [line.net for line in lines if line.currency == "GBP" and line.kind != "sweep"]
    assert sum(pounds) == Decimal("6.60")
    said = warnings_of(reading)
    assert any("in GBP states fee credits of 0.87, its rows make 0.47" in text for text in said)
    assert any("in AUD states fee debits of 6.00, its rows make 3.00" in text for text in said)
    assert any("opening 9.00 and the rows make 63.35, the closing balance is 60.00" in text for text in said)
    assert len(said) == len(set(said)) == 8  # the report's footer repeats the section's: not said twice


@there
def test_the_real_download_has_its_rows_per_currency() -> None:
    """The origin's test counts 18 USD lines, as it makes a line of its own of each of the seven fees."""
    lines = lines_of(real("oca-statement_en.csv"))
    euros, dollars = ([line for line in lines if line.currency == code] for code in ("EUR", "USD"))
    assert len(euros) == 8
    assert len(dollars) + sum(1 for line in dollars if line.fee) == 18
    assert [line.kind for line in euros[:2]] == ["sweep", "conversion"]
    assert euros[0].amount == Decimal("-1058.09")
    assert (dollars[0].amount, dollars[0].fee, dollars[0].net) == (
        Decimal("1309.80"), Decimal("48.76"), Decimal("1261.04"),
    )  # fmt: skip
    assert dollars[-1].balance == Decimal("281.19")
    assert str(euros[0].occurred_at) == "2018-09-05 04:15:11+00:00"
    assert str(euros[0].booked_on) == "2018-09-04"  # 9/25/2018 further down: the month stands first


@there
def test_an_empty_download_is_refused_helpfully() -> None:
    with pytest.raises(NotReadable, match="a header on line 1 and no row below it"):
        real("oca-empty_activity.csv")


# kind, status, amount, fee, currency
MESSAGES = {
    "web_accept.json": ("payment", "success", "7.00", "0.44", "USD"),
    "refund.json": ("refund", "success", "-1.00", "-0.27", "USD"),
    "buyer_complaint.json": ("refund", "success", "-20.00", "-0.84", "CAD"),
    "chargeback_settlement.json": ("chargeback", "success", "-1.00", None, "USD"),
    "jbms-tx-2E3QJ9XJSU8TZ8O2D.json": ("payout", "success", "-15.90", "0.00", "USD"),
    "jbms-tx-5NQL1Z2P9VQI76J2A.json": ("payout", "success", "-1000.00", "0.00", "USD"),
    "jbms-tx-5TO8EO8C4DZE4QCC7.json": ("float_transfer", "success", "700.00", "0.00", "USD"),
    "jbms-tx-5Y903271C7730840Z.json": ("payment", "success", "75.95", "2.50", "USD"),
}


@there
@pytest.mark.parametrize(("name", "figures"), MESSAGES.items())
def test_a_real_message_is_understood(name: str, figures: tuple[str, str, str, str | None, str]) -> None:
    (line,) = lines_of(real(name))
    fee = figures[3]
    assert (line.kind, line.status, line.amount, line.fee, line.currency) == (
        figures[0], figures[1], Decimal(figures[2]), None if fee is None else Decimal(fee), figures[4],
    )  # fmt: skip


@there
def test_the_time_of_a_message_follows_its_clock() -> None:
    (line,) = lines_of(real("web_accept.json"))
    assert str(line.occurred_at) == "2016-08-13 06:28:47+00:00"


def test_a_posted_form_is_the_same_message() -> None:
    body = b"mc_gross=7.00&payment_status=Completed&txn_id=INVTX01&mc_currency=EUR&charset=windows-1252"
    found = document_of(body + b"&first_name=Zo%EB&last_name=Example&ipn_track_id=t1")
    (line,) = PayPalIpn().lines(1, Fields(found))
    assert (line.amount, line.payer_name) == (Decimal("7.00"), "Zoë Example")


@pytest.mark.parametrize("body", [b"", b"\xff", b"a=1&a=2", b"charset=moon&a=1"])
def test_what_is_no_form_is_refused_in_a_sentence(body: bytes) -> None:
    with pytest.raises(NotJson, match="no form as PayPal posts it"):
        document_of(body)


def test_a_payment_that_goes_out_is_a_payout_and_a_code_of_no_group_is_not_known() -> None:
    assert meaning("T0006", credit=True) == ("payment", "checkout payment")
    assert meaning("T0006", credit=False) == ("payout", "checkout payment")
    assert meaning("T1299", credit=False) == ("adjustment", "adjustment")
    assert meaning("T7777", credit=True) is None


def test_a_file_cut_inside_a_quotation_is_refused() -> None:
    whole = (HERE / "samples" / "invented_settlement.csv").read_text()
    cut = whole.replace('"INVCONSUMER2","","",""', '"INVCONSUMER2","","","', 1)
    with pytest.raises(NotReadable, match=r"quotation mark|cannot be split"):
        list(open_file(io.BytesIO(cut.encode()), filename="it.csv"))


def test_a_balance_that_does_not_tie_is_said_with_both_figures_and_newest_first_is_fine() -> None:
    header, *rows = (HERE / "samples" / "invented_download.csv").read_text().splitlines()[:5]

    def said(*lines: str) -> list[str]:
        body = "\n".join([header, *lines, ""]).encode()
        return warnings_of(open_file(io.BytesIO(body), filename="it.csv"))

    assert said(*rows) == said(*reversed(rows)) == []
    wrong = rows[2].replace('"1,061.50","",""', '"1,061.55","",""')
    assert wrong != rows[2]
    assert said(rows[0], rows[1], wrong) == [
        "The balance in EUR does not tie: the rows make 1061.50, the last row says 1061.55."
    ]


def test_a_report_without_its_footer_may_be_cut_off() -> None:
    whole = (HERE / "samples" / "invented_settlement.csv").read_bytes()
    for content, says in ((whole, False), (whole[: whole.index(b'"SB"')], True)):
        with open_file(io.BytesIO(content), filename="STL.csv") as reading:
            assert any("does not end with its footer" in each for each in warnings_of(reading)) is says
