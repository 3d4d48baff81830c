"""Whole outputs of the samples, each refusal, dates and amounts, damage anywhere, flat memory."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.importers.limits import Limits
from paydesk.importers.ofx import Ofx
from paydesk.importers.ofx.transactions import ofx_amount, ofx_moment
from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, NotReadable, Record, RejectedLine, Statement, StatementLine
from paydesk.importers.tests.memory import growth_while_reading
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]
SAMPLES = sorted((HERE / "samples").iterdir())

BODY = (
    "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>A</BANKACCTFROM><BANKTRANLIST>{}"
    "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
)
ROW = "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260102<TRNAMT>5.00<FITID>1<NAME>Ada</STMTTRN>"


def read(text: str | bytes, limits: Limits | None = None) -> list[Record]:
    content = text.encode() if isinstance(text, str) else text
    return list(Ofx(limits=limits or Limits()).read(io.BytesIO(content)))


def refusal(text: str | bytes, limits: Limits | None = None) -> str:
    with pytest.raises(NotReadable) as refused:
        read(text, limits)
    return str(refused.value)


def warnings(records: list[Record]) -> str:
    return "\n".join(each.text for each in records if isinstance(each, FileWarning))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_sample_reads_as_expected(sample: Path) -> None:
    reading = open_file(sample, filename=sample.name)
    assert reading.format.startswith("ofx.")
    assert_as_expected(reading, HERE / "expected" / f"{sample.stem}.json")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Date,Amount\n", "does not begin as an OFX file"),
        ("OFXHEADER:100\nDATA:OFXQIF\n<OFX>", "DATA:OFXQIF"),
        ("OFXHEADER:100\nCOMPRESSION:GZIP\n<OFX>", "compressed"),
        (BODY.format(ROW)[:-100], "ends inside"),
        (BODY.format(ROW[:40]), "</BANKTRANLIST> stands where </STMTTRN> is missing"),
        (BODY.format(ROW[:40] + ROW), "<STMTTRN> stands where </STMTTRN> is missing"),
        (BODY.format(ROW + "</INVTRANLIST>"), "</INVTRANLIST> stands where"),
        ("<OFX></OFX>", "only the answer to a sign-on"),
        ("<OFX><SIGNUPMSGSRSV1><ACCTINFO></ACCTINFO><ACCTINFO></ACCTINFO></OFX>", "a list of accounts (2"),
        ("<OFX><BANKMSGSRQV1></BANKMSGSRQV1></OFX>", "a request to a bank"),
        (
            "<OFX><STATUS><CODE>15500<SEVERITY>ERROR<MESSAGE>Sign on</STATUS></OFX>",
            "with an error instead of a statement: 15500 Sign on",
        ),
        ("OFXHEADER:100\n<!DOCTYPE x [<!ENTITY a 'b'>]><OFX>" + BODY, "DOCTYPE"),
        (BODY.format("<!ENTITY a 'b'>" + ROW).replace("<CURDEF>", "<CURDEF><!ENTITY a 'b'>"), "DOCTYPE"),
        (BODY.format(ROW).replace("Ada", "A\0da"), "NUL byte at position"),
        (BODY.format(ROW).replace("Ada", "A&#0;&#0;da"), ""),
        (BODY.format(ROW).encode("utf-16").replace(b"A\0d\0", b"A\0\0\0"), "NUL characters"),
        (BODY.format(ROW).encode() + b"\xff\x81", "neither UTF-8 nor cp1252"),
    ],
)
def test_what_is_no_statement_or_damaged_is_refused_in_a_sentence(text: str | bytes, said: str) -> None:
    if said:
        assert said in refusal(text)
        assert "\n" not in refusal(text)
    else:
        assert read(text)


def test_a_transaction_that_ran_into_another_is_rejected() -> None:
    records = read(BODY.format(ROW.replace("</STMTTRN>", "<FITID>2</STMTTRN>")))
    (found,) = [each for each in records if isinstance(each, RejectedLine)]
    assert "FITID stands twice" in found.reason


def test_a_forgotten_end_of_a_list_is_a_warning_and_no_row_is_lost() -> None:
    records = read(BODY.format(ROW + ROW).replace("</BANKTRANLIST>", ""))
    assert sum(isinstance(each, StatementLine) for each in records) == 2
    assert "BANKTRANLIST is not closed" in warnings(records)


def test_an_empty_optional_tag_without_an_end_swallows_nothing() -> None:
    row = ROW.replace("<NAME>", "<CHECKNUM>\n<PAYEE>\n<NAME>")
    (line,) = [each for each in read(BODY.format(row)) if isinstance(each, StatementLine)]
    assert (line.amount, line.provider_ref) == (Decimal("5.00"), "1")


def test_transactions_without_a_statement_around_them_are_read_under_one() -> None:
    records = read(f"<OFX>{ROW}{ROW.replace('>1<', '>2<')}</OFX>")
    assert [type(each) for each in records] == [FileWarning, Statement, StatementLine, StatementLine]
    assert {each.currency for each in records if isinstance(each, StatementLine)} == {"XXX"}


@pytest.mark.parametrize(
    ("head", "content", "name", "said"),
    [
        ("ENCODING:USASCII\nCHARSET:1252\n", "Café".encode("cp1252"), "Café", ""),
        ("ENCODING:USASCII\nCHARSET:1252\n", "Café".encode(), "Café", ""),
        ("ENCODING:USASCII\nCHARSET:1251\n", "Анна".encode("cp1251"), "Анна", ""),
        ("CHARSET:932\n", "銀行".encode("cp932"), "銀行", ""),
        ("ENCODING:UTF-8\n", "Café".encode("cp1252"), "Café", "says UTF-8"),
        ("CHARSET:no-such\n", "Café".encode("cp1252"), "Café", "names no character set"),
        ("CHARSET:hex\n", b"Ada", "Ada", ""),
    ],
)
def test_letters_are_read_by_what_the_bytes_are(head: str, content: bytes, name: str, said: str) -> None:
    body = BODY.format(ROW).encode().replace(b"Ada", content)
    records = read(b"OFXHEADER:100\n" + head.encode() + b"VERSION:103\n\n" + body)
    (line,) = [each for each in records if isinstance(each, StatementLine)]
    assert line.payer_name == name
    assert said in warnings(records)
    assert bool(warnings(records)) == bool(said)


def test_utf_16_and_a_mark_at_the_start_are_read() -> None:
    text = BODY.format(ROW)
    for content in (text.encode("utf-16"), b"\xef\xbb\xbf" + text.encode()):
        assert sum(isinstance(each, StatementLine) for each in read(content)) == 1


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("-200,50", "-200.50"),
        ("+12", "12"),
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("0,005", "0.005"),
        ("-.5", "-0.5"),
        ("1234,567", "1234.567"),
    ],
)
def test_amounts_with_a_point_or_a_comma(text: str, amount: str) -> None:
    assert ofx_amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["$120", "1,234", "-1,234", "", "abc", "1,2,3", "12 USD", "(5)"])
def test_what_is_not_clear_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="amount|clear|sign"):
        ofx_amount(text)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("20260102", None),
        ("20260102093000", None),
        ("20260102000000.000[-5:EST]", None),
        ("20260102093000.250[-5:EST]", datetime(2026, 1, 2, 14, 30, 0, 250000, UTC)),
        ("202601020930[+5.5:IST]", datetime(2026, 1, 2, 4, 0, tzinfo=UTC)),
        ("20260102093000[5.30]", datetime(2026, 1, 2, 4, 0, tzinfo=UTC)),
        ("20260102093000 [0:GMT]", datetime(2026, 1, 2, 9, 30, tzinfo=UTC)),
    ],
)
def test_an_instant_needs_a_time_and_an_offset(text: str, instant: datetime | None) -> None:
    assert ofx_moment(text) == (date(2026, 1, 2), instant)


@pytest.mark.parametrize(
    "text", ["20260230", "201120000000", "0", "18990101", "20260102093000[99:X]", "2026-01-02"]
)
def test_what_is_no_date_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date"):
        ofx_moment(text)


WHOLE = SAMPLES[0].read_bytes()


@settings(max_examples=50, deadline=None)
@given(st.integers(0, len(WHOLE)), st.integers(0, 300), st.binary(max_size=12))
def test_damage_anywhere_gives_records_or_one_sentence(place: int, cut: int, put: bytes) -> None:
    refused = ""
    try:
        read(WHOLE[:place] + put + WHOLE[place + cut :])
    except NotReadable as problem:
        refused = str(problem)
    assert "\n" not in refused


@settings(max_examples=30, deadline=None)
@given(st.integers(400, len(WHOLE) - 12))
def test_a_file_cut_off_is_refused(place: int) -> None:
    assert refusal(WHOLE[:place])


class Endless(io.RawIOBase):
    """A file of many transactions that is made while it is read."""

    def __init__(self, rows: int) -> None:
        begin, _, end = BODY.partition("{}")
        self.begin, self.row, self.end = begin.encode(), ROW.encode() + b"\n", end.encode()
        self.rows, self.place = rows, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = 0) -> int:
        self.place = place
        self.pieces = self._pieces()
        self.rest = b""
        return place

    def _pieces(self) -> Iterator[bytes]:
        yield self.begin
        for _ in range(self.rows // 500):
            yield self.row * 500
        yield self.end

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self.rest:
            piece = next(self.pieces, None)
            if piece is None:
                return 0
            self.rest = piece
        size = min(len(buffer), len(self.rest))
        buffer[:size], self.rest = self.rest[:size], self.rest[size:]
        return size


def test_memory_stays_flat() -> None:
    file = Endless(12_000)
    count, grown = growth_while_reading(Ofx().read(file))  # type: ignore[arg-type]
    assert count > 12_000
    assert grown < 8 * 1024 * 1024


def test_a_text_without_an_end_bites_the_limit_and_says_so() -> None:
    text = BODY.format(ROW.replace("Ada", "A" * 600_000))
    assert "more than 1,000 characters" in refusal(text, Limits(line_chars=1_000))
    assert "more than 1,000 characters" in refusal(
        BODY.format("<![CDATA[" + "A" * 600_000), Limits(line_chars=1_000)
    )
