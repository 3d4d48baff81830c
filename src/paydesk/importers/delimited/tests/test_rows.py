"""What a mapping makes of a row: signs, references, dates, words, and every row accounted for."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.importers.delimited import Field, KindRule, Mapping, blocks, preview, row_blocks
from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, NotReadable, Record, RejectedLine, Statement, StatementLine

SIMPLE = Mapping(
    columns={"amount": ("Amount",), "occurred": ("Date",), "reference": ("Ref",), "provider_ref": ("Id",)},
    currency="GHS",
    date_order="dmy",
)


def read(mapping: Mapping, text: str) -> list[Record]:
    return list(open_file(io.BytesIO(text.encode()), filename="a.csv", mapping=mapping))


def lines(mapping: Mapping, text: str) -> list[StatementLine]:
    return [each for each in read(mapping, text) if isinstance(each, StatementLine)]


def reason(mapping: Mapping, text: str) -> str:
    (rejected,) = [each for each in read(mapping, text) if isinstance(each, RejectedLine)]
    return rejected.reason


def test_columns_are_found_in_any_order_case_and_spacing() -> None:
    (line,) = lines(SIMPLE, "ID, ref ,  AMOUNT,other,date\nP1,R1,5.00,x,02/01/2024\n")
    assert (line.provider_ref, line.reference, line.amount) == ("P1", "R1", Decimal("5.00"))
    assert (line.booked_on, line.occurred_at) == (date(2024, 1, 2), None)
    assert line.raw == {"ID": "P1", "ref": "R1", "AMOUNT": "5.00", "other": "x", "date": "02/01/2024"}


def test_the_first_of_several_names_that_the_file_has_feeds_the_field() -> None:
    mapping = replace(SIMPLE, columns={**SIMPLE.columns, "reference": ("Client Reference", "Ref")})
    assert lines(mapping, "Date,Amount,Ref\n02/01/2024,1,R1\n")[0].reference == "R1"


@pytest.mark.parametrize(
    ("changes", "header", "row", "amount"),
    [
        ({"columns": {"amount": ("Amount",)}, "amount_sign": "plus_is_out"}, "Amount", "5.00", "-5.00"),
        ({"columns": {"amount": ("Amount",)}, "amount_sign": "plus_is_out"}, "Amount", "-5.00", "5.00"),
        ({"columns": {"amount": ("Amount",), "direction": ("DC",)}}, "Amount,DC", "5.00,DR", "-5.00"),
        ({"columns": {"amount": ("Amount",), "direction": ("DC",)}}, "Amount,DC", "-5.00,CR", "5.00"),
        ({"columns": {"credit": ("In",), "debit": ("Out",)}}, "In,Out", ",5.00", "-5.00"),
        ({"columns": {"credit": ("In",), "debit": ("Out",)}}, "In,Out", ",-5.00", "-5.00"),
        ({"columns": {"credit": ("In",), "debit": ("Out",)}}, "In,Out", "5.00,0.00", "5.00"),
        ({"columns": {"credit": ("In",), "debit": ("Out",)}}, "In,Out", "0.00,0.00", "0.00"),
        (
            {"columns": {"credit": ("In",), "debit": ("Out",)}, "debit_sign": "positive"},
            "In,Out",
            ",-5.00",
            "5.00",
        ),
        (
            {"columns": {"credit": ("In",), "debit": ("Out",)}, "debit_sign": "negative"},
            "In,Out",
            ",-5.00",
            "-5.00",
        ),
        ({"columns": {"amount": ("Amount",)}, "decimal": ","}, "Amount", '"1.005,10"', "1005.10"),
    ],
)
def test_the_sign_is_the_effect_on_the_account(
    changes: dict[str, object], header: str, row: str, amount: str
) -> None:
    (line,) = lines(replace(SIMPLE, **changes), f"{header},Note\n{row},x\n")  # type: ignore[arg-type]
    assert line.amount == Decimal(amount)


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        ("Date,Amount", "02/01/2024,", "'Amount' is empty"),
        ("Date,Amount", "02/01/2024,five", "'five' is not an amount"),
        ("Date,Amount", "31/02/2024,5", "'31/02/2024' is not a date (day first)"),
        ("Date,Amount", ",5", "'Date' is empty"),
        ("Date,Amount", "02/01/2024,KES 5", "in KES; this mapping reads GHS"),
        ("Date,Amount,Id", "02/01/2024,5,1.2302025304E+022", "cut by a spreadsheet"),
        ("Date,Amount,Note", "02/01/2024,5,4111111111111111", "'Note' holds a full card number"),
        ("Date,Amount,Note", "02/01/2024,5,a,b", "has 4 cells and the header 3"),
    ],
)
def test_a_reason_names_the_column_and_the_value(header: str, row: str, said: str) -> None:
    assert said in reason(SIMPLE, f"{header}\n{row}\n")


def test_card_numbers_are_masked_in_the_raw_row_and_ids_pass() -> None:
    row = "02/01/2024,5,4111111111111111"
    text = f"Date,Amount,Id,Note\n{row},4111 1111 1111 1111\n{row},ok\n"
    records = read(SIMPLE, text)
    (rejected,) = [each for each in records if isinstance(each, RejectedLine)]
    assert isinstance(rejected.raw, dict)
    assert rejected.raw["Note"] == "411111******1111"
    assert len([each for each in records if isinstance(each, StatementLine)]) == 1


def test_words_say_kind_and_status_and_an_unknown_one_is_rejected_by_name() -> None:
    mapping = replace(
        SIMPLE,
        columns={**SIMPLE.columns, "kind": ("Type",), "status": ("State",)},
        kinds=(
            KindRule("top up", "float_transfer"),
            KindRule("sale", "payment", "in"),
            KindRule("sale", "refund", "out"),
        ),
        statuses={"fine": "success", "": "pending", "no": "failed"},
    )
    head = "Date,Amount,Type,State\n02/01/2024,"
    assert [
        (line.kind, line.status)
        for row in ("5,Top  UP,Fine", "5,sale,", "-5,SALE,fine", "5,whatever,No", "-5,,fine")
        for line in lines(mapping, f"{head}{row}\n")
    ] == [
        ("float_transfer", "success"),
        ("payment", "pending"),
        ("refund", "success"),
        ("failed", "failed"),
        ("payout", "success"),
    ]
    assert "'whatever' (money in)" in reason(mapping, f"{head}5,whatever,fine\n")
    assert "'perhaps'" in reason(mapping, f"{head}5,sale,perhaps\n")
    (line,) = lines(replace(mapping, unknown_kind="by_sign"), f"{head}5,whatever,fine\n")
    assert line.kind == "payment"


def test_number_and_name_in_one_cell_are_taken_apart() -> None:
    mapping = replace(SIMPLE, columns={**SIMPLE.columns, "party": ("Party",)}, market="KE")
    head = "Date,Amount,Party\n02/01/2024,5,"
    found = [
        (line.msisdn, line.payer_name)
        for cell in (
            "254700000001 - INVENTED DOE",
            "0700000001-A",
            "2547****123 - B",
            "600123 - Shop",
            "Only A Name",
            "",
        )
        for line in lines(mapping, f"{head}{cell}\n")
    ]
    assert found == [
        ("254700000001", "INVENTED DOE"),
        ("254700000001", "A"),
        ("2547****123", "B"),
        ("", "Shop"),
        ("", "Only A Name"),
        ("", ""),
    ]


def test_a_reference_protected_as_text_by_a_spreadsheet_is_read_as_the_text() -> None:
    for written, meant in (
        ('"=""00123"""', "00123"),
        ("'00123", "00123"),
        ("'00123'", "00123"),
        ("=00123", "=00123"),
        ("=A=", "=A="),
        ('"=""', '="'),
        ("'Ama' loan", "'Ama' loan"),
    ):
        assert lines(SIMPLE, f"Date,Amount,Ref\n02/01/2024,5,{written}\n")[0].reference == meant
    assert lines(SIMPLE, "Date,Amount,Ref\n02/01/2024,5,'00123\n")[0].reference == "00123"


def test_totals_that_agree_are_silent_and_totals_that_do_not_name_both_figures() -> None:
    mapping = Mapping(columns={"credit": ("In",), "debit": ("Out",), "occurred": ("Date",)})
    text = "Date,Note,In,Out\n02/01/2024,a,5.00,\n02/01/2024,b,,2.00\nTotal,,5.00,{}\n"
    assert not [
        each for each in read(mapping, text.format("2.00")) if isinstance(each, FileWarning | RejectedLine)
    ]
    assert not [each for each in read(mapping, text.format("-2.00")) if isinstance(each, FileWarning)]
    (warning,) = [each for each in read(mapping, text.format("3.00")) if isinstance(each, FileWarning)]
    assert "Out 3.00" in warning.text
    assert "2.00" in warning.text


def test_balances_are_found_in_either_order_of_rows() -> None:
    mapping = replace(SIMPLE, columns={**SIMPLE.columns, "balance": ("Bal",)})
    rows = ["02/01/2024,5,15", "03/01/2024,-7,8", "04/01/2024,1,9"]
    for ordered in (rows, rows[::-1]):
        (head,) = [
            each
            for each in read(mapping, "Date,Amount,Bal\n" + "\n".join(ordered))
            if isinstance(each, Statement)
        ]
        assert (head.opening, head.closing) == (Decimal(10), Decimal(9))


def test_a_gap_in_the_balances_is_named_with_both_figures() -> None:
    mapping = replace(SIMPLE, columns={**SIMPLE.columns, "balance": ("Bal",)})
    text = "Date,Amount,Bal\n02/01/2024,5,15\n03/01/2024,1,16\n03/01/2024,1,18\n03/01/2024,1,19\n"
    (warning,) = [each for each in read(mapping, text) if isinstance(each, FileWarning)]
    assert "18" in warning.text
    assert "19" in warning.text


@pytest.mark.parametrize(
    "mapping",
    [
        Mapping(columns={}),
        Mapping(columns={"amount": ("A",), "credit": ("B",)}),
        Mapping(columns={"amount": ("A",)}, currency="cedis"),
        Mapping(columns={"amount": ("A",)}, time_zone="Mars/Base"),
    ],
)
def test_an_incomplete_mapping_refuses_every_file_and_says_why(mapping: Mapping) -> None:
    assert mapping.problems()
    with pytest.raises(NotReadable):
        read(mapping, "A,B\n1,2\n")


def test_a_mapping_survives_json_and_refuses_what_it_does_not_know() -> None:
    mapping = replace(
        SIMPLE, kinds=(KindRule("fee", "fee", "out"),), statuses={"ok": "success"}, header=("a", "b")
    )
    values = mapping.to_json()
    assert Mapping.from_json(values) == mapping
    for changes in (
        {"version": 99},
        {"colour": "blue"},
        {"columns": {"wages": ["A"]}},
        {"statuses": {"ok": "great"}},
        {"kinds": [{"phrase": "a", "kind": "gift"}]},
        {"date_order": "ydm"},
    ):
        with pytest.raises(ValueError, match=r".+"):
            Mapping.from_json({**values, **changes})


def test_preview_shows_each_row_beside_what_it_becomes() -> None:
    text = "Id,Date,Amount\nP1,02/01/2024,5\nP2,never,5\nP3,02/01/2024,5\n"
    found = preview(io.BytesIO(text.encode()), SIMPLE, rows=2)
    assert [raw["Id"] for raw, _ in found] == ["P1", "P2"]
    assert [type(line) for _, line in found] == [StatementLine, RejectedLine]


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=12))
def test_every_row_is_accounted_for(rows: list[list[str]]) -> None:
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["Date", "Amount", "Ref"])
    writer.writerows(rows)
    try:
        records = read(SIMPLE, target.getvalue())
    except NotReadable:
        assert not any(map(str.strip, (cell for row in rows for cell in row)))
        return
    counted = sum(isinstance(each, StatementLine | RejectedLine) for each in records)
    explained = sum(isinstance(each, FileWarning) and each.line is not None for each in records)
    filled = [row for row in rows if any(map(str.strip, row))]
    totals = [row for row in filled if {cell.strip().casefold() for cell in row} & {"total", "totals", "sum"}]
    assert len(filled) - len(totals) <= counted + explained <= len(filled) + len(totals) * 3


CELLS = st.sampled_from(
    [
        "", "5", "5.00", "-5", "0", "0.00", "1,234.50", " 5", "KES 5", "five", "02/01/2024", "'00123", '="1"',
        "A|B", "02/01/2024 10:20:30", "R1", "254700000001 - A", "254700000001", "4111 1111 1111 1111", "a\tb",
        "1.2E+22",
    ]
)  # fmt: skip


REST: dict[Field, tuple[str, ...]] = {"occurred": ("C",), "party": ("E",), "balance": ("F",)}
KINDS = (KindRule("sale", "payment", "in"), KindRule("r1", "refund"), KindRule("a", "fee", "out"))
LAYOUTS = {
    "two columns": Mapping(
        {"credit": ("A",), "debit": ("B",), "provider_ref": ("D",), **REST}, market="KE", currency="KES"
    ),
    "phrases": Mapping(
        {"amount": ("A",), "kind": ("D",), "text": ("D",), "reference": ("B",), **REST},
        currency="KES", market="KE", kinds=KINDS, kind_match="contains", unknown_kind="reject",
    ),
    "words, fees and status": Mapping(
        {"amount": ("A",), "kind": ("D",), "fee": ("B",), "status": ("E",), "booked": ("C",)},
        kinds=KINDS, statuses={"": "pending", "r1": "failed", "254700000001 - a": "success", "5": "success"},
    ),
}  # fmt: skip


@settings(max_examples=50)
@given(
    st.lists(st.lists(CELLS, min_size=6, max_size=6) | st.lists(CELLS, max_size=8), min_size=1, max_size=12),
    st.sampled_from(sorted(LAYOUTS)),
    st.sampled_from(["5", "5.00", "-7"]),
)
def test_a_block_by_columns_reads_what_its_rows_read_one_by_one(
    odd: list[list[str]], layout: str, amount: str
) -> None:
    mapping = LAYOUTS[layout]
    plain = [amount, "", "02/01/2024 10:20:30", "sale", "254700000001 - A", "5"]
    target = io.StringIO()
    csv.writer(target).writerows(
        [list("ABCDEF"), *[plain] * 11, *odd, *[plain] * 7, ["Total", "", "", "", "9"]]
    )
    by_columns = records_or_sentence(mapping, target.getvalue())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "FEW_ROWS", 1_000)
        patch.setattr(blocks.BlockReader, "_lines", _no_lines)
        assert by_columns == records_or_sentence(mapping, target.getvalue())


def _no_lines(self: blocks.BlockReader, block: object) -> None:
    raise ValueError("Every row by itself.")


def test_cells_that_are_no_amount_beside_the_money_do_not_stop_the_sums() -> None:
    two = Mapping(columns={"credit": ("In",), "debit": ("Out",), "occurred": ("Date",)}, currency="GHS")
    assert [line.amount for line in lines(two, "Date,In,Out\n02/01/2024, ,5\n")] == [Decimal(-5)]
    fees = replace(SIMPLE, columns={**SIMPLE.columns, "fee": ("Fee",), "status": ("State",)})
    (line,) = lines(fees, "Date,Amount,Fee,State\n02/01/2024,5,n/a,failed\n")
    assert (line.kind, line.fee) == ("failed", None)


def test_rows_before_damage_are_read_before_it_is_refused() -> None:
    count = row_blocks.BLOCK_ROWS * 20 + 3
    text = "Date,Amount\n" + "02/01/2024,5\n" * count + "02/01/2024," + "5" * 200_000 + "\n"
    found: list[Record] = []
    with pytest.raises(NotReadable):
        found.extend(open_file(io.BytesIO(text.encode()), filename="a.csv", mapping=SIMPLE))
    assert sum(isinstance(each, StatementLine) for each in found) == count


def records_or_sentence(mapping: Mapping, text: str) -> list[Record] | str:
    try:
        return read(mapping, text)
    except NotReadable as refused:
        return str(refused)
