"""NACHA (ACH) files: one line per entry detail record, by its transaction code; amounts are US dollars.

The reader itself (splitting, fields, codes, checks, reader) knows nothing of paydesk; this class and lines.py
turn what it finds into the records of every importer. What the kinds mean stands in lines.py.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from paydesk.importers.about import About
from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.nacha.checks import dollars
from paydesk.importers.nacha.codes import CLASSES, TRANSACTION_CODES
from paydesk.importers.nacha.events import NotAnAchFile, Problem, Unread
from paydesk.importers.nacha.fields import BatchHeader, Entry, FileHeader, check_digit_of
from paydesk.importers.nacha.lines import LineMaker
from paydesk.importers.nacha.reader import read_ach
from paydesk.importers.prepared import Prepared
from paydesk.importers.records import FileWarning, NotReadable, Record, RejectedLine, Statement
from paydesk.importers.text_files import encoding_of

CHUNK = 64 * 1024
SAID_OF_ONE_KIND = 10  # then the rest is counted
_RICH_TEXT = b"{\\rtf"
_HEADER = re.compile(r"101[ \d].{30}0941\d\d")
_MOVED_HEADER = re.compile(r".{0,8}?101[ \d].{15,55}?(094101)")
_BATCH = re.compile(r"5(?:200|220|225|280).{46}([A-Z]{3})")
_ENTRY = re.compile(r"6(\d\d)(\d{9}).{17}\d{10}.{39,60}[01]\d{15}\s*(?:$|\n)")
_PREAMBLE = re.compile(r"(?:\s*\n|\$\$[^\n]*\n)*")
_EBCDIC = b"\xf1\xf0\xf1"


class Nacha:
    """The importer for ACH files of every entry class, their returns and pieces of them."""

    name = "nacha"
    about = About(
        "NACHA (ACH) file",
        "banks in the United States",
        ("samples", "integration_code"),
        "66 files of the tests of moov-io/ach, ach-test-harness and achgateway; layouts as moov-io/ach "
        "(Apache-2.0) reads them",
        "medium",
        "all 23 entry classes, returns, notifications of change, international entries, advices",
        (
            "Whether an order settled: only the bank's statement and return files say.",
            "Structured remittance inside addenda (EDI 820, TXP, ENR) stays text.",
            "Limits of the rules per class, such as 25,000 dollars for a converted check.",
        ),
    )

    def __init__(self, *, limits: Limits = LIMITS) -> None:
        self.limits = limits

    def recognises(self, head: bytes) -> bool:
        if head.startswith(_RICH_TEXT):
            return b"094101" in head
        if head.startswith(_EBCDIC):
            return b"\xf0\xf9\xf4\xf1\xf0\xf1" in head[:100]
        text = _text_of(head)
        if _HEADER.match(text) or _MOVED_HEADER.match(text):
            return True
        if (batch := _BATCH.match(text)) is not None:
            return batch[1] in CLASSES
        entry = _ENTRY.match(text)
        return (
            entry is not None
            and entry[1] in TRANSACTION_CODES
            and check_digit_of(entry[2][:8]) == entry[2][8]
        )

    def read(self, file: BinaryIO) -> Iterator[Record]:
        """Yield a Statement per ACH file, then its lines. Raises NotReadable for what is none."""
        return self.prepare(file).records()

    def prepare(self, file: BinaryIO) -> Prepared:
        file.seek(0)
        head = file.read(CHUNK)
        file.seek(0)
        if head.startswith(_RICH_TEXT):
            raise NotReadable(
                "The file is rich text (RTF) around an ACH file, as a word processor saves it; save "
                "it as plain "
                "text and send it again."
            )
        text = _text_of(head)
        if not _HEADER.match(text) and (found := _MOVED_HEADER.match(text)) is not None:
            column = found.start(1) + 1
            moved = "too many" if column > 35 else "are missing"
            raise NotReadable(
                f"The file header has 094101 in column {column} instead of 35: {abs(column - 35)} "
                "character(s) "
                f"{moved} before it, so the columns of the file are not certain; send it again as the "
                "bank made it."
            )
        return Prepared(self.name, None, lambda: self._records(file))

    def _records(self, file: BinaryIO) -> Iterator[Record]:
        said: Counter[str] = Counter()
        advised = _Advices()
        maker = LineMaker(None)
        has_statement = False
        try:
            for event in read_ach(_chunks(file)):
                if isinstance(event, Entry):
                    if not has_statement:
                        has_statement = True
                        yield Statement(currency="USD")
                    advised.add(event)
                    yield maker.line(event)
                elif isinstance(event, Problem):
                    said[event.about] += 1
                    if said[event.about] <= SAID_OF_ONE_KIND:
                        yield FileWarning(event.text, event.line)
                elif isinstance(event, Unread):
                    yield RejectedLine(event.line, event.reason, event.raw)
                elif isinstance(event, FileHeader):
                    maker, has_statement = LineMaker(event), True
                    yield Statement(currency="USD", number=f"{event.created}{event.modifier}" or None)
                elif isinstance(event, BatchHeader) and not has_statement:
                    has_statement = True
                    yield Statement(currency="USD")
        except NotAnAchFile as problem:
            raise NotReadable(f"{problem} It is damaged or no NACHA file.") from problem
        yield from advised.warning()
        for about, count in said.items():
            if count > SAID_OF_ONE_KIND:
                yield FileWarning(
                    f"{count - SAID_OF_ONE_KIND:,} more like this: "
                    f"{_ABOUT.get(about, about.replace('_', ' '))}."
                )


class _Advices:
    """Accounting advices whose own word differs from the rule of their code; said with both figures."""

    def __init__(self) -> None:
        self.debit = self.credit = self.all = 0

    def add(self, entry: Entry) -> None:
        if entry.kind.action == "advice":
            self.all += entry.amount
            if entry.kind.books == "debit":
                self.debit += entry.amount
            else:
                self.credit += entry.amount

    def warning(self) -> Iterator[FileWarning]:
        if self.debit:
            yield FileWarning(
                "Accounting advices are counted by their transaction code, credits "
                f"{dollars(self.all)}; for the "
                f"bank that gets them they say credits {dollars(self.credit)} and debits "
                f"{dollars(self.debit)}. "
                "The money itself moved in other batches."
            )


def _text_of(head: bytes) -> str:
    """The first bytes as text for looking at, from the first record on."""
    if head.startswith(_EBCDIC):
        return head.decode("cp037")
    text = head.decode(encoding_of(head) or "latin-1", "replace").lstrip("\ufeff").replace("\r\n", "\n")
    preamble = _PREAMBLE.match(text)
    return text[preamble.end() :] if preamble else text


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    """The bytes of `file` in pieces, as UTF-8 where a mark says UTF-16 and from EBCDIC of a mainframe."""
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    if head.startswith(_EBCDIC):
        yield from (piece.decode("cp037").replace("\x85", "\n").encode() for piece in _pieces(file))
    elif (encoding := encoding_of(head)) is not None:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        yield from (decoder.decode(piece).encode() for piece in _pieces(file))
        yield decoder.decode(b"", True).encode()
    else:
        yield from _pieces(file)


def _pieces(file: BinaryIO) -> Iterable[bytes]:
    return iter(lambda: file.read(CHUNK), b"")


# What "more like this" says of each kind of problem.
_ABOUT = {
    "routing": "routing numbers that are none or have a wrong check digit",
    "trace": "trace numbers that are none or do not rise",
    "indicator": "addenda indicators that do not fit",
    "addenda_count": "numbers of addenda that do not fit",
    "addenda_type": "addenda of a type that does not belong there",
    "addenda_trace": "addenda that name another entry",
    "service_class": "entries on a side their batch is not for",
    "entry_class": "entries that do not belong into their class",
    "amount": "amounts that do not fit their transaction code",
    "length": "lines of a wrong length",
    "reason": "codes that ACH does not have",
    "batch_sum": "batches whose sums differ from their control",
    "batch_count": "batches whose number of entries differs from their control",
    "batch_hash": "batches whose sum of routing numbers differs from their control",
    "batch_ends": "batches whose header and control differ",
    "no_batch_control": "batches without a control record",
    "batch_number": "batch numbers that do not rise",
    "company": "batches without a company name",
    "description": "batches without a purpose",
    "name": "entries without a name",
    "letters": "lines with characters that are no letters",
}
