"""MT940 and MT942: whole outputs of our samples, what must be refused, said or kept apart."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.importers.limits import Limits
from paydesk.importers.mt940 import Mt940, Mt942
from paydesk.importers.mt940.details import details_of
from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, NotReadable, Record, RejectedLine, Statement, StatementLine
from paydesk.importers.tests.memory import growth_while_reading
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]
SAMPLES = sorted((HERE / "samples").iterdir())
HEAD = ":20:R\n:25:ACC\n:28C:1/1\n:60F:C240301EUR10,00\n"
FOOT = ":62F:C240301EUR10,00\n-\n"


def read(text: str) -> list[Record]:
    return list(open_file(io.BytesIO(text.encode()), filename="a.sta"))


def lines(records: list[Record]) -> list[StatementLine]:
    return [each for each in records if isinstance(each, StatementLine)]


def warnings(records: list[Record]) -> str:
    return " ".join(each.text for each in records if isinstance(each, FileWarning))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_sample_reads_as_expected(sample: Path) -> None:
    assert_as_expected(open_file(sample, filename=sample.name), HERE / "expected" / f"{sample.stem}.json")


@pytest.mark.parametrize(
    ("mark", "amount", "kind"),
    [
        ("C", "1.50", "payment"),
        ("D", "-1.50", "payout"),
        ("RC", "-1.50", "reversal"),
        ("RD", "1.50", "reversal"),
        ("CR", "1.50", "payment"),
        ("DR", "-1.50", "payout"),
        ("RCR", "-1.50", "reversal"),
        ("DD", "-1.50", "payout"),
    ],
)
def test_the_sign_is_the_effect_on_the_account_and_a_funds_code_is_no_reversal(
    mark: str, amount: str, kind: str
) -> None:
    (line,) = lines(read(f"{HEAD}:61:240301{mark}1,50NTRFNONREF\n{FOOT}"))
    assert (line.amount, line.kind, line.status) == (Decimal(amount), kind, "success")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_reads_alike(end: str) -> None:
    text = f"{HEAD}:61:240301C1,NTRFA//B\n:86:one\ntwo\n:61:240301D1,NTRFA//C\n{FOOT}"
    records = read(text.replace("\n", end))
    assert [(each.line, each.amount, each.text) for each in lines(records)] == [
        (5, 1, "one two"),
        (8, -1, ""),
    ]
    assert warnings(records) == ""


def test_an_entry_of_january_under_a_value_date_of_december_is_of_the_next_year() -> None:
    (line,) = lines(read(f"{HEAD}:61:2312310102C1,NTRF\n{FOOT}"))
    assert (str(line.value_on), str(line.booked_on)) == ("2023-12-31", "2024-01-02")


@pytest.mark.parametrize(
    "wrong",
    ["240301X1,00NTRF", "249901C1,00NTRF", "null", "", "240301C" + "9" * 20 + ",00NTRF", "240301CNTRF"],
)
def test_an_entry_that_cannot_be_read_is_rejected_by_its_line_and_the_next_one_is_read(wrong: str) -> None:
    records = read(f"{HEAD}:61:{wrong}\n:86:about it\n:61:240301C2,00NTRF\n{FOOT}")
    (rejected,) = [each for each in records if isinstance(each, RejectedLine)]
    assert rejected.line == 5
    assert "line 5" in rejected.reason
    assert [each.amount for each in lines(records)] == [2]


def test_a_statement_cut_off_before_its_closing_balance_says_so() -> None:
    assert "cut off" in warnings(read(f"{HEAD}:61:240301C2,00NTRF\n:86:tex"))


def test_what_does_not_tie_names_both_figures() -> None:
    said = warnings(read(f"{HEAD}:61:240301C2,00NTRF\n{FOOT}"))
    assert "make 12.00 EUR" in said
    assert "closes at 10.00" in said


def test_a_page_that_does_not_go_on_where_the_last_one_stopped_is_said() -> None:
    said = warnings(
        read(HEAD + FOOT + HEAD.replace("60F:C240301EUR10", "60M:C240301EUR11") + FOOT.replace("10", "11"))
    )
    assert "opens at 11.00" in said
    assert "closed at 10.00" in said


def test_memory_and_position_of_a_long_statement_stay_flat(tmp_path: Path) -> None:
    big = tmp_path / "big.sta"
    with big.open("w") as file:
        file.write(HEAD)
        for number in range(5_000):
            file.write(f":61:240301C1,00NTRFNONREF//B{number}\n:86:166?00A?20EREF+E{number}?32Invented\n")
        file.write(":62F:C240301EUR5010,00\n-\n")
    with open_file(big, filename="big.sta") as reading:
        count, growth = growth_while_reading(reading)
        assert reading.position() == reading.size
    assert count == 5_001
    assert growth < 6_000_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (":60F:C100318EUR380115,12\n:60F:C100318EUR380115,1\n", "a piece of an MT940"),
        (":25:51210600/9223382012EUR\n", "a piece of an MT940"),
        ("{1:F01BANKXXXX}{4:\n:20:REF\n", "a piece of an MT940"),
    ],
)
def test_a_fragment_is_refused(text: str, said: str) -> None:
    with pytest.raises(NotReadable, match=said):
        read(text)


def test_another_file_named_so_is_refused_in_one_sentence() -> None:
    for importer in (Mt940(), Mt942()):
        with pytest.raises(NotReadable, match="not an MT94"):
            importer.prepare(io.BytesIO(b"Date,Amount\n2024-01-01,1\n"))


def test_a_line_without_end_is_refused() -> None:
    text = f"{HEAD}:61:240301C2,00NTRF\n:86:{'x' * 5000}\n{FOOT}"
    with pytest.raises(NotReadable, match="4,000 characters"):
        list(Mt940(limits=Limits(line_chars=4000)).read(io.BytesIO(text.encode())))


def test_a_file_of_blank_lines_is_read_in_no_time() -> None:
    records = read(f"{HEAD}{chr(10) * 60_000}:61:240301C2,00NTRF\n{FOOT}")
    assert [each.amount for each in lines(records)] == [2]


def test_a_claimed_total_that_is_no_amount_is_not_compared() -> None:
    said = warnings(read(f"{HEAD}{FOOT.replace('-', ':86:/SUM/1/1/0,999999999999/2,0/')}"))
    assert "states 1 credits of 2.0" in said
    assert "debits" not in said


def test_a_time_of_day_in_a_table_is_no_statement() -> None:
    assert not Mt940().recognises(b"Receipt No.,Time\nQ1,28-02-2026 17:20:37\n")


def test_a_separator_of_another_bank_is_read_as_the_german_one() -> None:
    assert details_of(["020<00Wyplata<20one<21two<32Invented Name"]).name == "Invented Name"


WHOLE = b"".join(sample.read_bytes() for sample in SAMPLES[:2])


@settings(max_examples=40)
@given(st.binary(max_size=60), st.integers(0, len(WHOLE)), st.integers(0, 400))
def test_damage_anywhere_is_refused_or_read_and_no_entry_is_lost_in_silence(
    garbage: bytes, place: int, cut: int
) -> None:
    damaged = WHOLE[:place] + garbage + WHOLE[place + cut :]
    try:
        records = list(Mt940().read(io.BytesIO(damaged)))
    except NotReadable:
        return
    assert [each for each in records if isinstance(each, Statement | RejectedLine)]
    read_ = sum(isinstance(each, StatementLine | RejectedLine) for each in records)
    at_line_start = sum(
        line.lstrip(bytes(range(33))).startswith(b":61:")
        for line in damaged.replace(b"\r", b"\n").split(b"\n")
    )
    assert read_ == at_line_start or ":61: lines" in warnings(records)


def test_a_file_that_ends_inside_a_message_says_so_though_the_one_before_is_whole() -> None:
    whole = (HERE / "samples" / "german_pages.sta").read_text("cp1252")
    last = whole.rindex("{1:")
    assert "not closed" not in warnings(read(whole)) + warnings(read(whole[:last]))
    line = whole[:last].count("\n") + 1
    assert f"The message that begins on line {line} is not closed (-}})" in warnings(read(whole[: last + 9]))
