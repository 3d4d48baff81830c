"""NACHA: whole outputs of our samples, what is refused, what is said, and damage anywhere."""

from __future__ import annotations

import ast
import io
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.importers.nacha import Nacha
from paydesk.importers.nacha.tests.builders import (
    RECEIVER,
    Batch,
    ach,
    advice,
    as_bytes,
    came_back,
    change,
    entry,
    head,
    international,
    payment_information,
)
from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, NotReadable, Record, RejectedLine, Statement, StatementLine
from paydesk.importers.tests.memory import growth_while_reading
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]
SAMPLES = sorted((HERE / "samples").iterdir())


def read(content: bytes | list[str]) -> list[Record]:
    content = as_bytes(content) if isinstance(content, list) else content
    return list(open_file(io.BytesIO(content), filename="a.ach"))


def lines_in(content: bytes | list[str]) -> list[StatementLine]:
    return [each for each in read(content) if isinstance(each, StatementLine)]


def warnings_in(content: bytes | list[str]) -> list[str]:
    return [each.text for each in read(content) if isinstance(each, FileWarning)]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_sample_reads_as_expected(sample: Path) -> None:
    assert_as_expected(open_file(sample, filename=sample.name), HERE / "expected" / f"{sample.stem}.json")


def test_a_whole_file_has_nothing_to_say() -> None:
    assert warnings_in(ach(Batch([entry("27", 1_000), entry("22", 500, trace=2)]))) == []


FILE = ach(Batch([entry(name="ZOË EXAMPLE"), entry("22", 500, trace=2, name="ÅSA EXAMPLE")]))


class TestShapesOfFiles:
    """The same records, however they were written, are the same lines."""

    def expected(self) -> list[tuple[Decimal, str, str]]:
        return [
            (Decimal("-10.00"), "ZOË EXAMPLE", "099900000000001"),
            (Decimal("5.00"), "ÅSA EXAMPLE", "099900000000002"),
        ]

    @pytest.mark.parametrize(
        "content",
        [
            as_bytes(FILE),
            as_bytes(FILE, "latin-1"),
            as_bytes(FILE, end="\r\n"),
            as_bytes(FILE, end="\r"),
            as_bytes(FILE, end=""),
            as_bytes(FILE, "latin-1", ""),
            as_bytes(FILE, "utf-16"),
            as_bytes(FILE, "cp037", ""),
            b"\xef\xbb\xbf" + as_bytes(FILE),
            b"$$ADD ID=ACH BID=1\n\n" + as_bytes(FILE) + b"\x1a",
            as_bytes([line.rstrip() for line in FILE]),
            as_bytes([line + "   " for line in FILE], end="\r\n\r\n"),
            "\n".join("".join(FILE[at : at + 2]) for at in range(0, 10, 2)).encode(),
            as_bytes([line.replace("EXAMPLE  ", "EXAMPLE ") if line[0] == "6" else line for line in FILE]),
        ],
        ids=["lf", "latin-1", "crlf", "cr", "none", "none-latin-1", "utf-16", "ebcdic", "mark", "preamble",
             "stripped", "padded", "two-a-line", "columns-are-bytes"],
    )  # fmt: skip
    def test_reads_the_same(self, content: bytes) -> None:
        found = [(line.amount, line.payer_name, line.network_ref) for line in lines_in(content)]
        assert found == self.expected()

    def test_a_wrong_mark_in_the_header_is_said(self) -> None:
        said = warnings_in([FILE[0].replace("094101", "094109"), *FILE[1:]])
        assert said == ["The file header says '094109' where every ACH file says 094101 (columns 35 to 40)."]

    @pytest.mark.parametrize(
        "header", [head(created="2603020941", modifier="1"), head().replace("1999999999", "0941012345")]
    )
    def test_the_mark_may_stand_in_other_fields_too(self, header: str) -> None:
        assert warnings_in([header, *FILE[1:]]) == []

    def test_several_files_in_one_are_told_apart(self) -> None:
        second = ach(Batch([entry("22", 700)]), header=head(modifier="B"))
        records = read([*FILE, *second])
        assert [each.number for each in records if isinstance(each, Statement)] == [
            "2603021415A",
            "2603021415B",
        ]
        (warning,) = [each.text for each in records if isinstance(each, FileWarning)]
        assert "another ACH file" in warning

    def test_a_piece_of_a_file_is_read_and_called_one(self) -> None:
        for piece, missing in ((FILE[1:], "no file header"), (FILE[2:4], "outside any batch")):
            assert len(lines_in(piece)) == 2
            assert any(missing in text for text in warnings_in(piece))
        assert any("no file control" in text for text in warnings_in(FILE[:3]))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{\\rtf1\\ansi " + as_bytes(ach(Batch([entry()])))[:400], "rich text"),
        (b"1" + as_bytes(ach(Batch([entry()]))), "column 36 instead of 35"),
    ],
)
def test_what_surely_is_no_plain_ach_file_is_refused_in_one_sentence(content: bytes, said: str) -> None:
    with pytest.raises(NotReadable, match=said) as refused:
        read(content)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "content", [b"Date,Amount\n2024-01-01,1\n", b"x" * 100_000, b"\x00" * 5_000, b"999\n" * 9]
)
def test_another_file_under_its_name_is_refused(content: bytes) -> None:
    with pytest.raises(NotReadable, match="no record of an ACH file"):
        list(Nacha().read(io.BytesIO(content)))


def test_a_file_that_turns_into_something_else_is_refused() -> None:
    for rest in (b"no record at all\n" * 10_001, b"6" * 94 * 10_001):
        with pytest.raises(NotReadable, match="More than 10,000 of its lines"):
            read(as_bytes(ach(Batch([entry()]))) + rest)


def test_the_reader_could_be_a_library_of_its_own() -> None:
    """Only the class of the importer and lines.py know paydesk."""
    for path in sorted(HERE.glob("*.py")):
        if path.name in ("__init__.py", "lines.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("paydesk"):
                assert f"{node.module}.".startswith("paydesk.importers.nacha."), (path.name, node.module)


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (entry("90"), "'90' is no transaction code"),
        (entry(amount="12.34     "), "is no amount in cents"),
        (entry()[:60] + entry()[63:], "has 91"),
        (entry().replace("EXAMPLE PERSON", "EXAMPLE PERSON JUNIOR"), "has 101"),
    ],
)
def test_an_entry_that_is_not_certain_is_rejected_with_its_addenda(record: str, said: str) -> None:
    lines = ach(
        Batch([entry(), entry(trace=2, indicator="1"), payment_information("OF IT", trace=2), entry(trace=3)])
    )
    lines[3] = record
    records = read(lines)
    (rejected,) = [each for each in records if isinstance(each, RejectedLine)]
    assert rejected.line == 4
    assert said in rejected.reason
    assert "OF IT" in str(rejected.raw)
    assert [each.network_ref[-1] for each in records if isinstance(each, StatementLine)] == ["1", "3"]


class TestControlsThatLie:
    """Each claim of a control is compared; a difference names both figures and loses nothing."""

    LINES = ach(Batch([entry("27", 1_000), entry("22", 500, trace=2)]))

    @pytest.mark.parametrize(
        ("line", "start", "claim", "both"),
        [
            (4, 4, "000665", ("states 665", "2 were found")),
            (4, 10, "0000000007", ("0000000007", "0019982222")),
            (4, 20, "000000009999", ("99.99", "10.00")),
            (4, 32, "000000009999", ("99.99", "5.00")),
            (4, 1, "225", ("'200'", "'225'")),
            (4, 44, "1888888888", ("1999999999", "1888888888")),
            (4, 87, "0000009", ("0000001", "0000009")),
            (5, 1, "000665", ("states 665", "1 were found")),
            (5, 7, "000009", ("states 9", "fill 1")),
            (5, 13, "00000083", ("states 83", "2 were found")),
            (5, 21, "0000000007", ("0000000007", "0019982222")),
            (5, 31, "000000009999", ("99.99", "10.00")),
            (5, 43, "        9999", ("99.99", "5.00")),
        ],
    )
    def test_is_said(self, line: int, start: int, claim: str, both: tuple[str, str]) -> None:
        lines = list(self.LINES)
        lines[line] = lines[line][:start] + claim + lines[line][start + len(claim) :]
        (warning,) = warnings_in(lines)
        assert all(figure in warning for figure in both), warning
        assert len(lines_in(lines)) == 2

    def test_records_behind_the_end_are_read_and_counted(self) -> None:
        late = Batch([entry(trace=5)], number=2).lines()
        said = warnings_in([*self.LINES[:6], *late])
        assert any("records follow the file control of line 6" in text for text in said)
        assert any("states 2 as the number of entries and addenda; 3 were found" in text for text in said)
        assert len(lines_in([*self.LINES[:6], *late])) == 3


@pytest.mark.parametrize(
    ("batch", "said"),
    [
        (Batch([entry(routing=RECEIVER + "0")]), "check digit; it should be 3"),
        (Batch([entry(trace=2), entry(trace=1)]), "should rise"),
        (Batch([entry("22")], service="225"), "a credit in batch 1, which is for debits only"),
        (Batch([entry("22")], "RCK"), "debits only"),
        (Batch([entry()], "CIE"), "credits only"),
        (Batch([entry()], "XYZ"), "entry class 'XYZ'"),
        (Batch([entry(indicator="1")]), "no addenda follows"),
        (Batch([entry(), payment_information("X", trace=1)]), "should be 1"),
        (Batch([entry(indicator="1"), payment_information("X", trace=9)]), "belongs to entry 0000009"),
        (Batch([entry()], "POS"), "at least 1 addenda"),
        (Batch([entry(indicator="1"), payment_information("X", trace=1)], "TEL"), "at most 0 addenda"),
        (Batch([entry(indicator="1"), payment_information("X", trace=1)], "MTE"), "of type 05"),
        (Batch([entry("28", 5)]), "moves no money but states 0.05"),
        (Batch([entry("27", 0)]), "states the amount 0.00"),
        (Batch([entry("26", indicator="1"), came_back("R96", original=1, trace=1)]), "'R96' is no return"),
        (Batch([entry("21", 0, indicator="1"), change("C55", "", original=1, trace=1)], "COR"), "'C55' is"),
        (Batch([advice("82", 5, sequence=1)]), "does not belong into class PPD"),
        (Batch([entry()], over={"company": "0000"}), "only zeros"),
        (Batch([entry()], description="00000"), "only zeros where the purpose"),
        (Batch([entry(name="")], "TEL"), "the receiver's name is blank"),
        (Batch([entry(name="EXAMPLE\x05PERSON")]), "holds '\\x05'"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_said_and_the_entry_is_read(batch: Batch, said: str) -> None:
    lines = ach(batch)
    assert any(said in text for text in warnings_in(lines)), warnings_in(lines)
    assert lines_in(lines)


def test_many_problems_of_one_kind_are_summed_up() -> None:
    said = warnings_in(ach(Batch([entry(trace=n, routing=RECEIVER + "0") for n in range(1, 31)])))
    assert len(said) == 11
    assert "20 more like this" in said[-1]


def test_no_full_card_number_and_no_social_security_number_is_kept() -> None:
    number = "4111111111111111"
    card = Batch([entry("27", name=number, reference="123400000000009")], "SHR")
    account = Batch([entry("27", account=number, trace=2, name=f"CARD {number}")], number=2)
    abroad = Batch([international("22", 100, trace=4, addenda=0, account=number)], "IAT", number=3)
    death = payment_information("CUSTOMERSSN*123456789*", trace=5)
    notice = Batch([entry("23", 0, trace=5, indicator="1"), death], "DNE", number=4)
    said = repr(lines_in(ach(card, account, abroad, notice)))
    assert number not in said
    assert said.count("411111******1111") == 7
    assert "123456789" not in said


def test_dates_are_those_of_the_batch_and_the_operators_day_of_the_year() -> None:
    lines = ach(Batch([entry()]))
    lines[1] = lines[1][:69] + "260102" + "365" + lines[1][78:]
    (line,) = lines_in(lines)
    assert (str(line.value_on), str(line.booked_on)) == ("2026-01-02", "2025-12-31")


def test_memory_stays_flat_with_and_without_line_ends(tmp_path: Path) -> None:
    batch = Batch([entry(trace=n) for n in range(1, 5_001)])
    for end in ("\n", ""):
        big = tmp_path / "big.ach"
        big.write_bytes(as_bytes(ach(batch), end=end))
        with open_file(big, filename="big.ach") as reading:
            count, growth = growth_while_reading(reading)
        assert count == 5_001
        assert growth < 4_000_000


@settings(max_examples=50)
@given(st.binary(max_size=120), st.integers(0, 3_900), st.integers(0, 200), st.sampled_from(SAMPLES[1:]))
def test_damage_anywhere_is_refused_or_read_but_never_an_error_of_ours(
    garbage: bytes, place: int, cut: int, sample: Path
) -> None:
    whole = sample.read_bytes()
    damaged = whole[:place] + garbage + whole[place + cut :]
    try:
        records = list(Nacha().read(io.BytesIO(damaged)))
    except NotReadable:
        return
    assert all("\x00" not in repr(each) for each in records)
    if damaged != whole:
        assert [each for each in records if not isinstance(each, Statement)]
