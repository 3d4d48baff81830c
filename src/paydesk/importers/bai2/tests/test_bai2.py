"""BAI2: whole outputs of our samples, the habits of banks, controls that lie, and damage anywhere."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.importers.bai2 import Bai2
from paydesk.importers.bai2.type_codes import titles, type_code
from paydesk.importers.limits import Limits
from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, NotReadable, Record, RejectedLine, Statement, StatementLine
from paydesk.importers.summary import Summary
from paydesk.importers.tests.memory import growth_while_reading
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]
OWN = sorted((HERE / "samples").iterdir())
SHARED = Path(__file__).parents[6] / "shared" / "samples"

HEAD = "01,BANK,US,260303,0615,1,80,,2/\n02,US,BANK,1,260302,2400,USD,2/\n"


def whole(*transactions: str, account: str = "03,A1,USD/", end: str = "\n") -> str:
    """A file of one account whose controls are right; each transaction is one record without 88."""
    sums = [int(each.split(",")[2] or 0) for each in transactions]
    total, count = sum(sums), len(transactions) + 2
    lines = HEAD.splitlines() + [account, *transactions]
    lines += [f"49,{total},{count}/", f"98,{total},1,{count + 2}/", f"99,{total},1,{count + 4}/"]
    return end.join(lines) + end


def read(text: str | bytes) -> list[Record]:
    content = text.encode() if isinstance(text, str) else text
    return list(open_file(io.BytesIO(content), filename="a.bai"))


def lines_in(text: str | bytes) -> list[StatementLine]:
    return [each for each in read(text) if isinstance(each, StatementLine)]


def warnings_in(text: str | bytes) -> list[str]:
    return [each.text for each in read(text) if isinstance(each, FileWarning)]


@pytest.mark.parametrize("sample", OWN, ids=lambda path: path.name)
def test_a_sample_reads_as_expected(sample: Path) -> None:
    assert_as_expected(open_file(sample, filename=sample.name), HERE / "expected" / f"{sample.stem}.json")


@pytest.mark.parametrize(
    "text",
    [
        whole("16,165,1050,0,B1,C1,FOR, WHAT/"),
        whole("16,165,1050,0,B1,C1,FOR, WHAT"),
        whole("16,165,1050,0,B1,C1,FOR, WHAT", end="\r\n"),
        whole("16,165,1050,0,B1,C1,FOR, WHAT", end="\r"),
        whole("16,0165,+1050,0, B1 ,C1,FOR, WHAT").replace("01,BANK", "1,BANK"),
        whole("16,165,1050,0,B1,C1,FOR,\nWHAT"),
        whole("16,165,1050,V,260303,0900,B1,C1,FOR, WHAT"),
        whole("16,165,1050,S,50,1000,0,B1,C1,FOR, WHAT"),
        whole("16,165,1050,D,2,0,50,3,1000,B1,C1,FOR, WHAT"),
        HEAD.replace("\n", "   ") + whole("16,165,1050,0,B1,C1,FOR, WHAT")[len(HEAD) :].replace("/\n", "/  "),
    ],
    ids=["slash", "none", "crlf", "cr", "zeros", "run-on", "V", "S", "D", "one-line"],
)
def test_however_a_bank_writes_it_the_transaction_is_the_same_and_nothing_is_wrong(text: str) -> None:
    records = read(text)
    (line,) = [each for each in records if isinstance(each, StatementLine)]
    assert (line.amount, line.network_ref, line.reference) == (Decimal("10.50"), "B1", "C1")
    assert line.text == "Preauthorized ACH credit · FOR, WHAT"
    assert [each for each in records if isinstance(each, FileWarning | RejectedLine)] == []


def test_continuations_carry_fields_until_the_text_and_then_text() -> None:
    text = whole("16,165,1050,S,50,1000/\n88,0,B1/\n88,C1,FOR,\n88,WHAT/").replace("49,1050,3", "49,1050,6")
    (line,) = lines_in(text)
    assert (line.network_ref, line.reference) == ("B1", "C1")
    assert line.text.endswith("FOR, WHAT")
    assert line.raw == "16,165,1050,S,50,1000/\n88,0,B1/\n88,C1,FOR,\n88,WHAT/"


@pytest.mark.parametrize(
    ("account", "group", "amount", "currency"),
    [("USD", "USD", "12.34", "USD"), ("", "EUR", "12.34", "EUR"), ("JPY", "USD", "1234", "JPY"),
     ("KWD", "USD", "1.234", "KWD"), ("", "", "12.34", "USD")],
)  # fmt: skip
def test_the_currency_decides_the_decimals(account: str, group: str, amount: str, currency: str) -> None:
    text = whole("16,165,1234,,,,X", account=f"03,A1,{account}/").replace("2400,USD", f"2400,{group}")
    (line,) = lines_in(text)
    assert (str(line.amount), line.currency) == (amount, currency)
    assert any("US dollars" in each for each in warnings_in(text)) is (not account and not group)


@pytest.mark.parametrize(
    ("code", "kind", "sign"),
    [("142", "payment", 1), ("495", "payout", -1), ("698", "fee", -1), ("557", "reversal", -1),
     ("252", "reversal", 1), ("577", "sweep", -1), ("354", "adjustment", 1), ("921", "payment", 1),
     ("999", "payout", -1), ("721", "payment", 1), ("890", "notice", 0)],
)  # fmt: skip
def test_a_type_code_says_side_and_kind(code: str, kind: str, sign: int) -> None:
    (line,) = lines_in(whole(f"16,{code},100,,,,X"))
    assert (line.kind, line.amount) == (kind, sign * Decimal("1.00"))


def test_every_code_of_the_table_is_known_by_its_side() -> None:
    for code in titles():
        assert type_code(code) is not None, code


@pytest.mark.parametrize(
    ("state", "said"),
    [("2,260302,2400,USD,2", "deletes"), ("4,260302,2400,USD,2", "is a test"),
     ("1,260302,2400,USD,3", "interim")],
)  # fmt: skip
def test_what_is_not_final_stays_pending(state: str, said: str) -> None:
    text = whole("16,165,100,,,,X").replace("1,260302,2400,USD,2", state)
    assert [line.status for line in lines_in(text)] == ["pending"]
    assert any(said in each for each in warnings_in(text))


def test_balances_are_those_of_the_ledger_signed() -> None:
    text = whole("16,495,300,,,,X", account="03,A1,USD,010,-200,,,015,-500,,,040,9,,/")
    (head,) = [each for each in read(text) if isinstance(each, Statement)]
    assert (head.account, head.opening, head.closing) == ("A1", Decimal("-2.00"), Decimal("-5.00"))
    assert any("control total of 3.00; its amounts make -3.91" in each for each in warnings_in(text))


@pytest.mark.parametrize(
    ("was", "claim", "both"),
    [
        ("49,1050,3", "49,1051,3", ("10.51", "10.50")),
        ("49,1050,3", "49,1050,4", ("states 4", "3 were found")),
        ("98,1050,1,5", "98,7,1,5", ("0.07", "10.50")),
        ("98,1050,1,5", "98,1050,2,5", ("states 2", "1 were found")),
        ("99,1050,1,7", "99,1050,665,7", ("states 665", "1 were found")),
        ("99,1050,1,7", "99,1050,1,", ("no number of records", "7 were found")),
        ("03,A1,USD", "03,A1,USD,100,0,9,", ("0.00 in 9", "10.50 in 1")),
        ("03,A1,USD", "03,A1,USD,010,0,,,015,0,,", ("closing is 0", "10.50")),
    ],
)
def test_a_claim_that_is_wrong_is_said_once_with_both_figures(
    was: str, claim: str, both: tuple[str, str]
) -> None:
    said = warnings_in(whole("16,165,1050,0,B1,C1,X").replace(was, claim))
    assert len(said) == 1
    assert all(figure in said[0] for figure in both), said


def test_a_transaction_in_the_text_of_another_is_not_booked_and_said() -> None:
    """Payers write that text: what looks like a transaction there may be theirs."""
    text = whole("16,165,1050,,,,PAYER WROTE/ 16,165,9999999,,,,THIS")
    (line,) = lines_in(text)
    assert line.amount == Decimal("10.50")
    assert line.text.endswith("PAYER WROTE 16,165,9999999,,,,THIS")
    (said,) = warnings_in(text)
    assert "looks like a transaction" in said


def test_a_trailer_that_counts_it_says_that_the_bank_means_it() -> None:
    text = whole("16,165,1050,,,,ONE/ 16,165,200,,,,TWO").replace("1050,3/", "1250,4/")
    text = text.replace("98,1050,1,5", "98,1250,1,6").replace("99,1050,1,7", "99,1250,1,8")
    said = warnings_in(text)
    assert len(lines_in(text)) == 1
    assert len(said) == 2
    assert "most likely means it" in said[1]


def test_two_transactions_on_one_line_of_accounts_are_one_row_and_one_rejected() -> None:
    records = read(
        HEAD + "03,A1,USD/ 16,165,1,,,,X/ 49,1,3/ 03,A2,USD/ 16,165,2,,,,Y/ 49,2,3/\n98,3,2,8/\n99,3,1,10/\n"
    )
    assert [each.line for each in records if isinstance(each, StatementLine | RejectedLine)] == [3, 3]
    assert sum(isinstance(each, RejectedLine) for each in records) == 1


def test_records_of_a_fixed_length_need_no_line_ends() -> None:
    text = "".join(
        line.ljust(80) for line in whole("16,165,1050,0,B1,C1,X", "16,495,50,0,B2,C2,Y").splitlines()
    )
    assert [line.line for line in lines_in(text)] == [4, 5]
    assert warnings_in(text) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "03,A1,USD/\n16,165,100,,,,X\n", "no file trailer"),
        ("".join(whole("16,165,100,,,,X").splitlines(keepends=True)[1:]), "no file header"),
        (whole("16,165,100,,,,X").replace("49,100,3/\n", ""), "has no trailer (49)"),
        (whole("16,165,100,,,,X") + "16,165,100,,,,LATE\n", "follow the file trailer"),
        (whole("16,165,100,,,,X") + whole("16,165,100,,,,Y"), "another BAI2 file"),
    ],
)
def test_a_piece_is_read_and_called_one(text: str, said: str) -> None:
    assert any(said in each for each in warnings_in(text))
    assert lines_in(text)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"00,0004,1/2/345,06/0321,0829,001,80,1,2/\n", "code 00"),
        (HEAD.encode() + b"03,A\x00,USD/\n", "Line 3 holds a NUL byte"),
        (HEAD.encode("utf-16"), "UTF-16"),
    ],
)
def test_damage_is_refused_in_one_sentence(content: bytes, said: str) -> None:
    with pytest.raises(NotReadable, match=said):
        read(content)


@pytest.mark.parametrize("text", ["x" * 5_000, "16,165,1,,,,A\n" + "more text\n" * 500, ""])
def test_a_record_without_end_and_another_file_are_refused(text: str) -> None:
    with pytest.raises(NotReadable):
        list(Bai2(limits=Limits(line_chars=3_000)).read(io.BytesIO(text.encode())))


def test_no_full_card_number_is_kept() -> None:
    said = repr(read(whole("16,147,100,,,4111111111111111,CARD 4111 1111 1111 1111")))
    assert "4111111111111111" not in said.replace(" ", "")


def test_memory_stays_flat(tmp_path: Path) -> None:
    big = tmp_path / "big.bai"
    big.write_text(whole(*(f"16,165,100,0,B{n},C{n},{'TEXT ' * 10}" for n in range(8_000))))
    with open_file(big, filename="big.bai") as reading:
        count, growth = growth_while_reading(reading)
    assert count == 8_001
    assert growth < 4_000_000


@settings(max_examples=50)
@given(st.binary(max_size=80), st.integers(0, 1_500), st.integers(0, 100), st.sampled_from(OWN))
def test_damage_anywhere_is_refused_or_read_but_never_an_error_of_ours(
    garbage: bytes, place: int, cut: int, sample: Path
) -> None:
    content = sample.read_bytes()
    try:
        records = list(Bai2().read(io.BytesIO(content[:place] + garbage + content[place + cut :])))
    except NotReadable:
        return
    assert records


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared samples are not here")
def test_real_files_hold_what_is_expected_and_their_controls_tie() -> None:
    with (SHARED / "expected.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["file"].startswith("bai2/")]
    for row in rows:
        path = SHARED / row["file"]
        if row["verdict"] != "valid":
            with pytest.raises(NotReadable, match="starts with its header"):
                open_file(path, filename=path.name)
            continue
        found = Summary().add_all(open_file(path, filename=path.name))
        assert found.lines == int(row["entries"]), path
        assert not any("trailer of" in each.text and "states" in each.text for each in found.warnings), path
        assert found.rejected == [], path
        # Two transactions of this file stand in the text of others.
        inside = [each for each in found.warnings if "looks like a transaction" in each.text]
        assert len(inside) == (2 if path.name == "moov-sample3.txt" else 0), path
