"""Files made to hang or to fill the memory: refused in a sentence, or read with memory flat."""

from __future__ import annotations

import io

import pytest

from paydesk.importers import safe_xml
from paydesk.importers.limits import Limits
from paydesk.importers.reading import open_file
from paydesk.importers.records import NotReadable
from paydesk.importers.tests.memory import growth_while_reading

MIB = 1024 * 1024


class Made(io.RawIOBase):
    """A file whose bytes are made while it is read: `begin`, then `piece` over and over, then `end`."""

    def __init__(self, begin: bytes, piece: bytes, size: int, end: bytes = b"") -> None:
        block = piece * max(1, 65_536 // len(piece))
        count = (size - len(begin)) // len(block)
        self.begin, self.block, self.end = begin, block, end
        self.middle = len(begin) + count * len(block)
        self.size, self.place = self.middle + len(end), 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = 0) -> int:
        self.place = place + (self.size if whence == io.SEEK_END else self.place if whence else 0)
        return self.place

    def tell(self) -> int:
        return self.place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        found = self._at(self.place)[: len(buffer)]
        buffer[: len(found)] = found
        self.place += len(found)
        return len(found)

    def _at(self, place: int) -> bytes:
        if place < len(self.begin):
            return self.begin[place:]
        if place < self.middle:
            return self.block[(place - len(self.begin)) % len(self.block) :]
        return self.end[place - self.middle :]


def refusal(file: Made) -> str:
    with pytest.raises(NotReadable) as refused:
        read(file)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def read(file: Made) -> None:
    with open_file(io.BufferedReader(file), filename="bomb") as reading:
        growth_while_reading(reading)


ISO = b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
ONE_LINE = {
    "csv": (b"Date,Amount,Text\n2026-01-02,5.00,", b"x"),
    "one cell a line": (b"Date,Amount\n2026-01-02,", b"5,"),
    "ofx": (b"<OFX><STMTTRN><NAME>", b"x"),
    "ofx tag": (b"<OFX><STMTTRN><", b"x"),
    "qif": (b"!Type:Bank\nD2026-01-02\nP", b"x"),
    "mt940": (b":20:A\n:25:B\n:28C:1\n:60F:C260101EUR0,00\n:61:2601020102C1,00NTRF", b"x"),
    "nacha": (b"101 091000019 1210428822601010000A094101Bank\n", b"x"),
    "bai2": (b"01,A,B,260102,0800,1,80,,2/\n02,", b"x"),
    "camt": (ISO + b"<Stmt><Id>", b"x"),
    "json": (b'{"ResponseCode": "', b"x"),
    "blanks": (b" ", b" "),
    "no letters": (b"", b"\xff\xfe"),
    "zeros": (b"", b"\x00"),
}


@pytest.mark.parametrize(("begin", "piece"), ONE_LINE.values(), ids=list(ONE_LINE))
def test_a_line_without_an_end_is_refused_before_it_fills_the_memory(begin: bytes, piece: bytes) -> None:
    assert refusal(Made(begin, piece, 40 * MIB))


@pytest.mark.parametrize(
    "root", [b"BkToCstmrStmt", b"CstmrCdtTrfInitn"], ids=["fed in pieces", "from a file"]
)
def test_a_tag_without_an_end_is_not_kept_by_the_parser(root: bytes) -> None:
    message = b"camt.053.001.08" if root == b"BkToCstmrStmt" else b"pain.001.001.09"
    begin = b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:%b"><%b><GrpHdr a="' % (message, root)
    assert "more than 1,048,576 characters without the end of a tag" in refusal(Made(begin, b"x", 3 * MIB))


def test_a_name_twice_among_very_many_is_found_at_once() -> None:
    names = b"".join(b'"k%d":1,' % number for number in range(30_000))
    text = b'{"TransactionType":"Pay Bill","TransID":"A","TransTime":"20260101120000","TransAmount":"1",'
    text += b'"BusinessShortCode":"1","BillRefNumber":"x","MSISDN":"254700000001",' + names + b'"k29999":2}'
    assert "'k29999' stands twice" in refusal(Made(text, b" ", len(text)))


def test_what_xml_says_to_programmers_is_left_out() -> None:
    assert "HUGE" not in refusal(Made(ISO + b"<Stmt>", b"<a>", MIB // 4))


def test_entities_are_not_expanded() -> None:
    text = b'<!DOCTYPE a [<!ENTITY b "cccccccccc"><!ENTITY d "&b;&b;&b;&b;">]>' + ISO + b"&d;"
    assert "DOCTYPE" in refusal(Made(text, b" ", 1000))


def test_elements_that_belong_to_nothing_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe_xml, "LIMITS", Limits(xml_elements=5_000))
    monkeypatch.setattr(safe_xml, "_COUNTED_EVERY", 20_000)
    end = b"</BkToCstmrStmt></Document>"
    assert "more than 5,000 elements" in refusal(Made(ISO, b"<a/>", MIB // 4, end))
