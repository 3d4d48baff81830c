"""What settlement tables share: columns by name, batches against payouts, minor units, clocks, memory."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal

import pytest

from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, Kind, RejectedLine, StatementLine
from paydesk.importers.settlement_rows import Columns, Row, row_of
from paydesk.importers.settlement_sums import Batches, currency_code, major_units
from paydesk.importers.settlement_tables import TableReport, header_rows
from paydesk.importers.tests.memory import growth_while_reading
from paydesk.importers.zone_words import ZonedMoments


def line(kind: Kind, amount: str, fee: str = "0", batch: str = "B1", currency: str = "EUR") -> StatementLine:
    return StatementLine(1, kind, "success", Decimal(amount), currency, Decimal(fee), batch_key=batch)


def said_of(*lines: StatementLine, whole: bool = False) -> list[str]:
    batches = Batches(whole=whole)
    for each in lines:
        batches.add(each)
    return [warning.text for warning in batches.warnings()]


class Moon(TableReport):
    """A report made up for these tests."""

    name = "moon"
    what = "moon report"
    marks = (("Moon Id", "Mond-Id"), ("Crater",))
    needs = (("Amount",),)
    money = ("Amount",)

    def lines(self, row: Row, batches: Batches) -> Iterator[StatementLine | FileWarning]:
        amount = row.needed_amount("Amount")
        yield StatementLine(row.line, "payment", "success", amount, "EUR", provider_ref=row.id("Moon Id"))


class TestBatches:
    def test_rows_and_their_payout_come_to_zero_in_silence(self) -> None:
        assert said_of(line("payment", "10", "0.30"), line("fee", "-1"), line("sweep", "-8.70")) == []

    def test_a_difference_names_both_figures(self) -> None:
        (said,) = said_of(line("payment", "10", "0.30"), line("sweep", "-9.71"))
        assert "its rows make 9.70 EUR, its payout is 9.71 EUR, a difference of -0.01" in said

    def test_currencies_and_batches_are_apart(self) -> None:
        lines = [line("payment", "10"), line("sweep", "-10"), line("payment", "7", currency="USD")]
        assert said_of(*lines, line("sweep", "-7", currency="USD")) == []

    def test_a_batch_without_payout_is_said_only_of_a_report_that_holds_whole_batches(self) -> None:
        assert said_of(line("payment", "10")) == []
        (said,) = said_of(line("payment", "10"), whole=True)
        assert "come to 10 EUR and the file has no payout of it" in said

    def test_what_is_in_no_batch_is_said_beside_batches_that_were_paid_out(self) -> None:
        alone = [line("payment", "3", "0.10", batch=""), line("refund", "-1", batch="")]
        (said,) = said_of(line("payment", "10"), line("sweep", "-10"), *alone)
        assert said == "2 rows name no batch and the payouts of the file do not hold them: 1.90 EUR."

    def test_many_differences_are_counted(self) -> None:
        rows = [line("sweep", "-1", batch=f"B{number}") for number in range(8)]
        assert said_of(*rows)[-1] == "3 more batches do not come to what was paid out for them."

    def test_what_failed_or_waits_is_not_counted(self) -> None:
        failed = StatementLine(1, "failed", "failed", Decimal(5), "EUR", batch_key="B1")
        assert said_of(line("payment", "10"), failed, line("sweep", "-10")) == []


@pytest.mark.parametrize(
    ("text", "currency", "digits", "amount"),
    [
        ("1500", "EUR", None, "15.00"), ("1500", "JPY", None, "1500"), ("1500", "KWD", None, "1.500"),
        ("15000", "JPY", 2, "150.00"), ("1500", "ISK", {"ISK": 2}, "15.00"), ("-5", "EUR", None, "-0.05"),
    ],
)  # fmt: skip
def test_minor_units_follow_the_currency_or_the_provider(
    text: str, currency: str, digits: int | dict[str, int] | None, amount: str
) -> None:
    assert str(major_units(text, currency, digits)) == amount


@pytest.mark.parametrize("text", ["", "1.5", "1,500", "१५", "1e3", "--1", "9" * 90])
def test_what_is_no_whole_number_of_minor_units_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a whole number of minor units"):
        major_units(text, "EUR")


def test_a_currency_is_three_letters() -> None:
    assert currency_code(" usd ") == "USD"
    with pytest.raises(ValueError, match="'Net Currency' is 'Euro'"):
        currency_code("Euro", "'Net Currency'")


def test_a_clock_in_words_is_a_fixed_offset_or_a_place() -> None:
    clock = ZonedMoments("ymd")
    moments = [
        ("2026-07-01 10:00:00", "CEST"), ("2026-07-01 09:00:00", "CET"), ("2026-07-01 00:00:00", "-0800"),
        ("2026-07-01 10:00:00", "Europe/Amsterdam"),
    ]  # fmt: skip
    assert {str(clock.read(*each)[0]) for each in moments} == {"2026-07-01 08:00:00+00:00"}
    with pytest.raises(ValueError, match="no clock 'MOON'"):
        clock.read("2026-07-01 10:00:00", "MOON")


class TestColumns:
    def test_columns_are_found_in_any_order_case_and_one_of_several_names(self) -> None:
        columns = Columns(["crater ", "AMOUNT", "Mond-Id"])
        row = row_of(2, ["C", " 5.00 ", ""], columns)
        assert (row.text("Moon Id", "Mond-Id", "Crater"), row.amount("Amount")) == ("C", Decimal("5.00"))
        assert row.text("Not there") == ""

    def test_an_id_cut_by_a_spreadsheet_is_no_id_and_is_said_once(self) -> None:
        columns = Columns(["Moon Id", "Amount"])
        ids = [row_of(number, ["4.8E+15", "1"], columns).id("Moon Id") for number in (2, 3)]
        (said,) = columns.warnings()
        assert ids == ["", ""]
        assert "'Moon Id' is 4.8E+15 on line 2 and 1 more" in said.text

    def test_a_card_number_where_people_type_is_cut_and_an_id_that_looks_like_one_is_not(self) -> None:
        columns = Columns(["Moon Id", "Note"])
        row = row_of(2, ["4111111111111111", "card 4111111111111111"], columns)
        assert row.cells == ["4111111111111111", "card 411111******1111"]
        assert [warning.line for warning in columns.warnings()] == [2]


class TestTableReport:
    def test_it_is_known_by_its_marks_also_in_another_encoding_and_below_other_lines(self) -> None:
        body = "Überschrift;;\n\nMond-Id;Crater;Amount\n1;C;5,00\n"
        assert all(Moon().recognises(body.encode(encoding)) for encoding in ("utf-8-sig", "cp1252", "utf-16"))
        assert not Moon().recognises(b"Moon Id,Amount\n1,5.00\n")
        assert header_rows(b'{"Moon Id": 1, "Crater": 2}') == ()

    def test_a_decimal_comma_is_seen_in_the_rows(self) -> None:
        body = "Moon Id;Crater;Amount\n1;C;1.005,00\n2;C;7\n"
        found = [each for each in Moon().read(io.BytesIO(body.encode())) if isinstance(each, StatementLine)]
        assert [each.amount for each in found] == [Decimal("1005.00"), Decimal("7")]

    def test_every_row_is_a_line_or_rejected_with_its_number(self) -> None:
        body = "Moon Id,Crater,Amount\n1,C,5\n\nMoon Id,Crater,Amount\n2,C\n3,C,5,6\n4,C,five\n"
        records = Moon().read(io.BytesIO(body.encode()))
        found = [each for each in records if isinstance(each, StatementLine | RejectedLine)]
        assert [each.line for each in found] == [2, 4, 5, 6, 7]
        reasons = [each.reason for each in found if isinstance(each, RejectedLine)]
        assert [reason.partition(":")[0] for reason in reasons] == [
            "This row is the header again.",
            "The row has 2 cells and the header 3",
            "The row has 4 cells and the header 3",
            "'Amount'",
        ]

    def test_memory_stays_flat(self) -> None:
        header = "balance_transaction_id,reporting_category,gross,fee,net,currency,created_utc\n"
        rows = (f"txn_{n},charge,{n}.10,0.10,{n}.00,EUR,2026-03-02 08:00:00\n" for n in range(12_000))
        body = io.BytesIO((header + "".join(rows)).encode())
        count, growth = growth_while_reading(open_file(body, filename="it.csv"))
        assert count == 12_001
        assert growth < 12 * 1024 * 1024


def test_a_last_row_shorter_than_every_other_may_be_cut_off() -> None:
    rows = "Moon Id,Crater,Amount,Note,Sea\nM1,C1,1.00,,\nM2,C2,2.00,,\n"
    for last, says in (("M3,C3,3.00", True), ("M3,C3,3.00,,", False)):
        told = [
            each for each in Moon().read(io.BytesIO((rows + last).encode())) if isinstance(each, FileWarning)
        ]
        assert [each.line for each in told if "Line 4, the last, has 3 of 5 columns" in each.text] == [
            4
        ] * says
