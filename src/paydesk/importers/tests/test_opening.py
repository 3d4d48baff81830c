"""Archives, limits and odd bytes: what is unpacked, what is refused, and that each limit says so."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from paydesk.importers.limits import Limits
from paydesk.importers.opening import members
from paydesk.importers.reading import open_file
from paydesk.importers.records import (
    FileWarning,
    NotReadable,
    Record,
    RejectedLine,
    Statement,
    StatementLine,
)

CSV = b"Date,Amount,Reference\n2024-01-01,1.50,A\n2024-01-02,2.50,B\n"


def zipped(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def read(content: bytes, name: str = "a.bin", **options: Limits) -> list[Record]:
    with open_file(io.BytesIO(content), filename=name, **options) as reading:  # type: ignore[arg-type]
        return list(reading)


def workbook(rows: list[list[object]], corner: tuple[int, int] | None = None) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if corner:
            sheet.write(*corner, "stray")
    return target.getvalue()


def test_an_archive_reads_as_its_members_together_with_lines_that_run_on() -> None:
    more = b"Date,Amount,Reference\n2024-01-03,x,C\n2024-01-04,4.50,D\n"
    content = zipped({"one.csv": CSV, "in/two.csv": more, "__MACOSX/one.csv": b"\0\0", "in/": b""})
    records = read(content)
    assert [each.line for each in records if isinstance(each, StatementLine)] == [2, 3, 6]
    (rejected,) = [each for each in records if isinstance(each, RejectedLine)]
    assert rejected.line == 5
    assert rejected.reason.startswith("in/two.csv, line 2:")
    assert len([each for each in records if isinstance(each, Statement)]) == 2


@pytest.mark.parametrize("pack", [gzip.compress, lambda content: zipped({"a.csv": content})])
def test_a_packed_file_reads_as_the_file(pack: object) -> None:
    assert read(pack(CSV)) == read(CSV) or [  # type: ignore[operator]
        each
        for each in read(pack(CSV))
        if isinstance(each, StatementLine)  # type: ignore[operator]
    ] == [each for each in read(CSV) if isinstance(each, StatementLine)]


def test_a_gzip_inside_a_zip_is_read_and_a_deeper_one_refused() -> None:
    assert any(
        isinstance(each, StatementLine) for each in read(zipped({"a.csv.gz": gzip.compress(CSV, mtime=0)}))
    )
    deeper = zipped({"b.zip": zipped({"c.zip": zipped({"a.csv": CSV})})})
    with pytest.raises(NotReadable, match="more than 2 deep.*PAYDESK_READ_NESTING"):
        read(deeper)


def test_members_that_share_bytes_are_refused_and_those_of_one_name_told_apart() -> None:
    packed = zipped({"a.csv": CSV})
    place = packed.index(b"PK\x01\x02")
    listed = packed[place : packed.rindex(b"PK\x05\x06")]
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 3, 3, 3 * len(listed), place, 0)
    with pytest.raises(NotReadable, match="a.csv and a.csv, are the same bytes"):
        read(packed[:place] + 3 * listed + end)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.csv", CSV)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.csv", CSV + b"2024-01-03,1.00,C\n")
    assert [member.path for member in members(target, "a.zip")] == ["a.csv", "a.csv (2)"]


def test_files_of_different_formats_are_mixed() -> None:
    content = zipped({"a.csv": CSV, "b.xlsx": workbook([["Date", "Amount"], ["2024-01-01", 1]])})
    with open_file(io.BytesIO(content), filename="a.zip") as reading:
        assert reading.format == "mixed"
        assert sum(isinstance(each, StatementLine) for each in reading) == 3


@pytest.mark.parametrize(
    ("content", "limits", "said"),
    [
        (gzip.compress(bytes(3_000_000)), Limits(unpacked_bytes=1_000_000), "1,000,000 .*_BYTES"),
        (gzip.compress(bytes(40_000_000)), Limits(), "300 times"),
        (zipped({"a.csv": bytes(40_000_000)}), Limits(), "300 times"),
        (zipped({f"{n}.csv": CSV for n in range(5)}), Limits(members=4), "4 files.*_READ_MEMBERS"),
        (b"Date,Amount,Text\n2024-01-01,1," + b"x" * 2_000_000, Limits(), "1,048,576 characters"),
        (b"Date,Amount,Text\r2024-01-01,1," + b"x" * 2_000 + b"\r", Limits(line_chars=1000), "1,000 char"),
        (workbook([["Date", "Amount"], ["2024-01-01", 1]]), Limits(unpacked_bytes=1000), "1,000 bytes"),
        (workbook([["Date", "Amount"], ["2024-01-01", 1]]), Limits(workbook_bytes=100), "100 bytes"),
        (workbook([["Date", "Amount"], ["2024-01-01", 1]], (1_048_575, 16_383)), Limits(), "1,048,576 rows"),
    ],
)  # fmt: skip
def test_a_limit_says_its_figure(content: bytes, limits: Limits, said: str) -> None:
    with pytest.raises(NotReadable, match=said):
        read(content, limits=limits)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (gzip.compress(CSV, mtime=0)[:-12], "gzip file is damaged"),
        (gzip.compress(CSV, mtime=0)[:20] + b"junk" * 10, "gzip file is damaged"),
        (zipped({"a.csv": CSV})[:-30], "zip file is damaged"),
        (workbook([["Date", "Amount"], ["2024-01-01", 1]])[:-400], "spreadsheet is damaged or cut off"),
        (zipped({"a.csv": CSV, "in/b.xlsx": b"PK\x03\x04zz"}), "^in/b.xlsx: The zip file is damaged"),
        (zipped({}), "holds no file"),
        (zipped({"a.csv": b""}), "a.csv"),
        (zipped({"a.pdf": b"%PDF-1.4", "note.pdf": b"%PDF-1.7"}), "a.pdf is a PDF"),
        (b"Date,Amount\n2024-01-01,\x001\n", "NUL byte at position 23"),
        ("Date,Amount\n2024-01-01,5\0\n".encode("utf-16"), "NUL character in its utf-16"),
        (b"Date,Amount\n2024-01-01,\x81\x8d\n", "neither UTF-8"),
        (workbook([["Date", "Amount"]])[:-200], "damaged"),
        (b"PK\x03\x04" + b"junk" * 50, "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"junk" * 500, "damaged"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xff\xfeD\x00a\x00t\x00", "header|table"),
    ],
)
def test_what_cannot_be_opened_is_refused_in_one_sentence(content: bytes, said: str) -> None:
    with pytest.raises(NotReadable, match=said) as refused:
        read(content)
    assert "\n" not in str(refused.value)


def test_a_letter_in_an_archive_of_statements_is_left_out_with_a_warning() -> None:
    letter = b"Dear customer,\nplease find your statement.\n"
    records = read(zipped({"a.csv": CSV, "note.pdf": b"%PDF-1.7", "letter.txt": letter}))
    said = [each.text for each in records if isinstance(each, FileWarning)]
    assert "note.pdf is a PDF, which paydesk does not read. It was left out." in said
    assert any(text.startswith("letter.txt") and text.endswith("It was left out.") for text in said)
    assert any(isinstance(each, StatementLine) for each in records)


def test_the_same_file_twice_in_an_archive_is_said() -> None:
    records = read(
        zipped(
            {
                "a.csv": CSV,
                "b.csv": CSV + b"\n",
                "copy of a.csv": CSV,
                "1.pdf": b"%PDF-1.7",
                "2.pdf": b"%PDF-1.7",
            }
        )
    )
    said = [each.text for each in records if isinstance(each, FileWarning) and "byte for byte" in each.text]
    assert len(said) == 1
    assert said[0].startswith("copy of a.csv is the same as a.csv")


def test_a_zip_under_a_password_is_refused() -> None:
    content = bytearray(zipped({"a.csv": CSV}))
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        place = content.index(mark)
        content[place + (6 if mark[2] == 3 else 8)] |= 1
    with pytest.raises(NotReadable, match="password"):
        read(bytes(content))


def test_an_xls_name_with_xlsx_content_is_decided_by_content() -> None:
    records = read(workbook([["Date", "Amount"], ["2024-01-01", 0.1]]), "statement.xls")
    assert [each.amount for each in records if isinstance(each, StatementLine)] == [Decimal("0.1")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_text_is_decoded(encoding: str) -> None:
    content = "Date;Amount;Payer Name\n2024-01-01;1,50;Zoë Müller\n".encode(encoding)
    (line,) = [each for each in read(content) if isinstance(each, StatementLine)]
    assert (line.amount, line.payer_name) == (Decimal("1.50"), "Zoë Müller")


def test_a_stream_that_cannot_seek_is_read(tmp_path: Path) -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.source = io.BytesIO(CSV)

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            return self.source.readinto(buffer)

    with open_file(io.BufferedReader(Pipe()), filename="pipe") as reading:
        assert sum(isinstance(each, StatementLine) for each in reading) == 2


def test_members_of_a_plain_file_is_itself() -> None:
    stream = io.BytesIO(CSV)
    (member,) = members(stream, "a.csv")
    assert member.file is stream
    assert member.path == ""
