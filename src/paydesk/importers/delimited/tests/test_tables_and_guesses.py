"""Finding the table, recognising its header again, guessing its mapping; streaming with flat memory."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.importers.delimited import Mapping, fingerprint, guess, header_of, open_table, row_blocks
from paydesk.importers.delimited.spreadsheets import cell_text
from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, NotReadable, RejectedLine, StatementLine
from paydesk.importers.tests.memory import growth_while_reading


def table(text: str) -> io.BytesIO:
    return io.BytesIO(text.encode())


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(separator: str, line_end: str) -> None:
    rows = [
        ["Some bank"],
        [],
        ["Date", "Amount", "Text"],
        ["2024-01-01", "1.50", "a"],
        ["2024-01-02", "2", "b"],
    ]
    text = line_end.join(separator.join(row) for row in rows)
    found = open_table(table(text))
    assert (found.separator, found.header_line, found.names) == (separator, 3, ("Date", "Amount", "Text"))
    assert [line for line, _ in found.rows()] == [4, 5]


def test_a_named_separator_line_is_obeyed() -> None:
    assert open_table(table("sep=;\nDate;Amount\n2024-01-01;1,5\n")).names == ("Date", "Amount")


def test_line_numbers_are_physical_with_cells_over_several_lines() -> None:
    found = open_table(table('Date,Amount,Text\n2024-01-01,1,"a\nb\nc"\n2024-01-02,2,d\n'))
    assert [line for line, _ in found.rows()] == [2, 5]


def test_repeated_and_empty_header_cells_get_names_of_their_own() -> None:
    assert open_table(table("Date,Amount,Currency,,Currency\n2024-01-01,1,GHS,x,USD\n")).names == (
        "Date", "Amount", "Currency", "Column 4", "Currency (2)",
    )  # fmt: skip


def test_an_unclosed_quotation_mark_is_told_with_its_line() -> None:
    rows = "".join(f"2024-01-01,{number},text\n" for number in range(20_000))
    with pytest.raises(NotReadable, match="Line 4 .*quotation mark"):
        list(open_file(table(f'Date,Amount,Text\n2024-01-01,1,a\n2024-01-01,1,b\n2024-01-01,2,"c\n{rows}'),
                       filename="a.csv"))  # fmt: skip


def test_rows_swallowed_by_an_unclosed_quotation_mark_are_rejected_by_their_lines() -> None:
    rows = ["2024-01-01,1,a", '2024-01-01,1,"b', "2024-01-02,2,c", "2024-01-02,3,d"]
    for text, lines in (("\n".join(rows), [2]), ("\n".join(rows) + '"\n2024-01-03,4,e', [2, 6])):
        records = list(open_file(table(f"Date,Amount,Text\n{text}"), filename="a.csv"))
        (rejected,) = [each for each in records if isinstance(each, RejectedLine)]
        assert rejected.line == 3
        assert "not closed" in rejected.reason
        assert [each.line for each in records if isinstance(each, StatementLine)] == lines


@pytest.mark.parametrize(
    "text", ["Date,Amount\n", "", "\n\n", "hello\n", "1,2\n3,4\n", "one line, with a comma\n" * 3]
)
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(NotReadable):
        open_table(table(text))


def test_the_next_file_is_recognised_by_its_header_whatever_its_order() -> None:
    one, two = "Date,Amount,Receipt No.", "receiptNo;DATE; amount "
    rows = "\n2024-01-01{0}1{0}R\n"
    assert fingerprint(header_of(table(one + rows.format(",")))) == fingerprint(
        header_of(table(two + rows.format(";")))
    )
    assert fingerprint(["Date", "Amount"]) != fingerprint(["Date", "Amount", "Fee"])


def asked(text: str) -> dict[str, str]:
    return {question.about: question.assumed for question in guess(table(text)).questions}


def test_a_date_order_that_rows_prove_is_not_asked() -> None:
    for day, order in (("13/01/2024", "dmy"), ("01/13/2024", "mdy"), ("2024-01-13", "ymd")):
        found = guess(table(f"Date,Amount,Currency\n{day},1.00,GHS\n"))
        assert found.mapping.date_order == order
        assert "date_order" not in [question.about for question in found.questions]


def test_what_rows_cannot_answer_is_asked() -> None:
    questions = asked("Date,Amount,Status\n01/02/2024 10:00,1.00,Weird\n03/04/2024 11:00,2.00,Completed\n")
    assert set(questions) == {"date_order", "currency", "status", "amount_sign", "time_zone"}
    assert "amount" in asked("Name,Date\nA,2024-01-01\nB,2024-01-02\n")
    assert asked('Date,Amount,Currency\n2024-01-13,"1,234",GHS\n')["decimal"] == "yes"


def test_the_three_references_are_kept_apart() -> None:
    found = guess(table(
        "Date,Amount,Client Reference,Transaction Id,External Transaction Id\n2024-01-13,1.00,A,B,C\n"
    ))  # fmt: skip
    columns = {name: each.column for name, each in found.fields.items()}
    assert columns["reference"] == "Client Reference"
    assert columns["provider_ref"] == "Transaction Id"
    assert columns["network_ref"] == "External Transaction Id"


def test_a_guess_says_why_and_its_mapping_reads_the_file() -> None:
    text = "Date;Details;Money In;Money Out\n13.01.2024;a;1.000,00;\n14.01.2024;b;;-2,50\n"
    found = guess(table(text))
    assert (found.mapping.decimal, found.mapping.debit_sign) == (",", "negative")
    assert all(each.why for each in found.fields.values())
    records = open_file(table(text), filename="a.csv", mapping=Mapping.from_json(found.mapping.to_json()))
    assert [str(each.amount) for each in records if isinstance(each, StatementLine)] == ["1000.00", "-2.50"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (150.0, "150"), (0.1 + 0.2, "0.3"), (-33.5, "-33.5"),
        (1e14, "100000000000000"), (1.5e-7, "0.00000015"),
        (1.2302025304e22, "1.2302025304E+22"), (4814769000000010.0, "4.81476900000001E+15"),
        (True, "TRUE"),
        (None, ""), (7, "7"), (10**16, "1E+16"),
    ],
)  # fmt: skip
def test_a_cell_is_the_text_the_sheet_shows(value: object, text: str) -> None:
    assert cell_text(value) == text


def test_memory_stays_flat_over_100_000_rows(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("w") as file:
        file.write("Transaction Id,Date,Amount,Currency,Reference,Details,Balance\n")
        balance = 0
        for number in range(100_000):
            balance += number % 500
            day = f"{number // 7200 + 1:02}/03/2024 {number // 300 % 24:02}:{number % 60:02}:00"
            file.write(f"T{number},{day},{number % 500}.00,KES,{number},row {number},{balance}.00\n")
    with open_file(path, filename="big.csv") as reading:
        count, growth = growth_while_reading(reading, every=5000)
    assert count >= 100_000
    assert growth < 20_000_000


def test_only_one_sheet_is_read_and_the_others_are_named() -> None:
    sample = Path(__file__).parents[1] / "samples" / "portal_sheet.xlsx"
    warnings = [each.text for each in open_file(sample, filename="a") if isinstance(each, FileWarning)]
    assert any("the file also has About" in text for text in warnings)
    assert guess(sample).sheets == ("About", "Rows")


@pytest.mark.parametrize(
    "text",
    [
        '[tool]\nline-length = 110\nselect = ["E", "F", "I", "UP"]\nignore = ["E501", "B008"]\nsrc = "src"\n',
        "body { margin: 0; padding: 4px; color: red; }\nh1 { color: blue; margin: 0; border: 0; }\np {\n}\n",
        "Dear Ama,\nas said on Monday, in the shop, we send it.\nYours, Kojo, the manager, and all of us\n",
        "Colour, Shape, Meaning\nred, round, stop\nblue, square, go\n",
    ],
)
def test_a_text_that_is_no_table_of_payments_is_refused(text: str) -> None:
    with pytest.raises(NotReadable, match=r"no table|No line of the file looks like a header"):
        open_table(table(text))


@pytest.mark.parametrize(
    "text",
    [
        "Tag;Wer;Was;Wo;Wie;Wozu;Womit;Woher\n" + "1.2.2024;Ama;5,00 CHF;a;b;c;d;e\n" * 3 + ";Ende\n",
        "Tag;Wer;Was;Wo;Wie;Wozu;Womit;Woher\n" + "erster;Ama;500;a;b;c;d;e\nText dazu\n" * 3,
        "Report of May\nDate,Amount,Reference\nnot a row\nnor this\n2024-01-01,1.50,R1\nPage 1\n",
        "Date,Amount,Reference\nno,good,row\n",
    ],
)
def test_a_messy_table_stays_a_table(text: str) -> None:
    assert open_table(table(text)).sample(1)


@settings(max_examples=60)
@given(st.text(st.sampled_from('ab5,,,\n\n\r" é'), max_size=60), st.integers(1, 9))
def test_blocks_hold_the_rows_that_the_csv_module_finds(text: str, size: int) -> None:
    reader = csv.reader(io.StringIO(text, newline=""))
    expected, before = [], 0
    for row in reader:
        expected.append((before + 1, row))
        before = reader.line_num
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_blocks, "FIRST_CHARS", size)
        patch.setattr(row_blocks, "BLOCK_ROWS", 2)
        patch.setattr(row_blocks, "has_swallowed_rows", lambda row, separator: False)
        source = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8", newline="")
        blocks = row_blocks.text_blocks(source, ",", spaced=False)
        found = [each for block in blocks for each in block.numbered()]
    assert found == expected
