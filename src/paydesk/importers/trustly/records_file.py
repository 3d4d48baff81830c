"""The records of one Trustly file in their order: head, items or transactions, funding, trailer."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO

from paydesk.importers.amounts import exact_amount, plain_text
from paydesk.importers.limits import Limits
from paydesk.importers.moments import Moments
from paydesk.importers.records import (
    EXACT,
    FileWarning,
    Kind,
    NotReadable,
    Record,
    RejectedLine,
    Statement,
    StatementLine,
)
from paydesk.importers.settlement_sums import Batches
from paydesk.importers.text_files import open_text, scan_text
from paydesk.importers.trustly.kinds import kind_of
from paydesk.kernel.card_numbers import MAY_HOLD, masked_row

WORDS = {"P11KFUN": "funding", "P11KREC": "reconciliation"}
_HEAD = ("record", "file", "version", "start", "end", "merchant id", "sequence")
_ITEM = (
    "record", "transaction id", "created", "original transaction id", "merchant id", "payment type",
    "payment provider type", "payment provider id", "account number", "merchant reference",
    "transaction type", "transaction status", "updated", "processed", "currency", "amount", "trace id",
    "reason", "batch id", "settlement type", "original merchant reference",
    "payment provider transaction id", "fee",
)  # fmt: skip
_TRANSACTION = (*_ITEM[:12], "processed", "currency", "amount")
_FUNDING = ("record", "funder", "account", "trace id", "currency", "amount", "code", "processed")
_TRAILER = {
    "P11KFUN": ("record", "items", "item total", "fundings", "funding total"),
    "P11KREC": ("record", "transactions", "transaction total"),
}
ZERO = Decimal(0)
_MOMENTS = Moments("ymd", "UTC")


@dataclass
class _Found:
    """What the file held, to be compared with its trailer. I, T and F: how many, and the sum of amounts."""

    count: Counter[str] = field(default_factory=Counter)
    total: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys("ITF", ZERO))
    rejected: int = 0
    trailer: dict[str, str] | None = None

    def add(self, letter: str, amount: Decimal) -> None:
        self.total[letter] = EXACT.add(self.total[letter], amount)


class RecordsFile:
    """One file of either kind. `records()` streams. Raises NotReadable when its first record is no head."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self.file = file
        self.scan = scan_text(file, limits)
        self.first_line, first = next(self._rows(), (0, [""]))
        self.head = _named(_HEAD, first)
        self.magic = self.head.get("file", "")
        if first[0] != "H" or self.magic not in WORDS:
            raise NotReadable("The file is no Trustly funding or reconciliation file.")
        self.word = WORDS[self.magic]

    def records(self) -> Iterator[Record]:
        """The head, a line per item and funding record, then what does not add up."""
        found = _Found()
        batches = Batches(whole=True)
        if self.scan.warning:
            yield FileWarning(self.scan.warning)
        yield self._statement()
        for line, cells in self._rows():
            letter = cells[0]
            if letter == "H" and line == self.first_line:
                continue
            if found.trailer is not None:
                raise NotReadable(
                    f"Line {line} stands behind the trailer: two files run into one, or it is damaged."
                )
            if letter == "L":
                found.trailer = _named(_TRAILER[self.magic], cells)
                continue
            found.count[letter] += 1
            made = self._made(line, letter, cells, found)
            if isinstance(made, StatementLine):
                batches.add(made)
            elif isinstance(made, RejectedLine):
                found.rejected += 1
                batches.damaged = True
            if made is not None:
                yield made
        yield from self._warnings(found)
        yield from batches.warnings()

    def _made(
        self, line: int, letter: str, cells: list[str], found: _Found
    ) -> StatementLine | RejectedLine | None:
        raw = dict(zip(_names(letter), cells, strict=False))
        if MAY_HOLD.search("\n".join(cells)):
            raw = masked_row(raw)
        try:
            if letter == "I" and self.magic == "P11KFUN":
                made = _item(line, _needed(_ITEM, cells), raw)
            elif letter == "F" and self.magic == "P11KFUN":
                made = _funding(line, _needed(_FUNDING, cells), raw)
            elif letter == "T" and self.magic == "P11KREC":
                found.add("T", _amount(_needed(_TRANSACTION, cells), "amount"))
                return None
            else:
                raise ValueError(
                    f"A {self.word} file has no record {letter[:10]!r}; the line is damaged or of a newer "
                    "version."
                )
        except ValueError as problem:
            return RejectedLine(line, str(problem), raw)
        found.add(letter, _amount(_named(_names(letter), cells), "amount"))
        return made

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """(physical line, cells) of every record that is not blank."""
        text = open_text(self.file, self.scan.encoding)
        try:
            reader = csv.reader(text)
            before = 0
            for row in reader:
                if reader.line_num - before > 1:
                    raise NotReadable(
                        f"A quotation mark on line {before + 1} is not closed before line {reader.line_num}, "
                        "so the records between them are lost; fetch the file again."
                    )
                if any(map(str.strip, row)):
                    yield before + 1, [cell.strip() for cell in row]
                before = reader.line_num
        except csv.Error as problem:
            raise NotReadable(f"Line {before + 1} cannot be split into fields ({problem}).") from problem
        finally:
            text.detach()

    def _statement(self) -> Statement:
        start, end = self.head.get("start", ""), self.head.get("end", "")
        try:
            opened_on = _MOMENTS.read(start)[1] if start else None
            closed_on = _MOMENTS.read(end)[1] if end else None
        except ValueError as problem:
            raise NotReadable(f"The head of the file has no dates we can read: {problem}") from problem
        return Statement(
            account=self.head.get("merchant id") or None,
            opened_on=opened_on,
            closed_on=closed_on,
            number=self.head.get("sequence") or None,
        )

    def _warnings(self, found: _Found) -> Iterator[FileWarning]:
        if self.magic == "P11KREC":
            yield FileWarning(
                f"A reconciliation file: its {found.count['T']} transactions were created in the period and "
                "are settled by a funding file (P11KFUN), so none of them is booked from here."
            )
        if found.trailer is None:
            yield FileWarning("The file has no trailer (L), so its end may be missing; fetch it again.")
            return
        sequence = self.head.get("sequence", "")
        part = f" This is file {sequence}." if not sequence.endswith("of0001") and sequence else ""
        because = f" {found.rejected} rejected lines are not in the sums.{part}" if found.rejected else part
        compared = (
            (("T", "transactions"),) if self.magic == "P11KREC" else (("I", "items"), ("F", "fundings"))
        )
        for letter, name in compared:
            total_name = "transaction total" if letter == "T" else f"{name[:-1]} total"
            yield from _compared(found, letter, name, total_name, because)


def _compared(found: _Found, letter: str, name: str, total_name: str, because: str) -> Iterator[FileWarning]:
    assert found.trailer is not None
    count, total = found.trailer.get(name, ""), found.trailer.get(total_name, "")
    if count.lstrip("0") != str(found.count[letter]).lstrip("0"):
        yield FileWarning(
            f"The trailer says {count[:20] or 'nothing of the number of'} {name}, the file holds "
            f"{found.count[letter]}.{because}",
            contradicts=True,
        )
    try:
        stated = exact_amount(total)
    except ValueError:
        yield FileWarning(f"The {total_name} of the trailer, {total[:40]!r}, is no amount.")
        return
    if stated != found.total[letter]:
        yield FileWarning(
            f"The trailer says {total_name} {plain_text(stated)}, the {name} come to "
            f"{plain_text(found.total[letter])}.{because}",
            contradicts=True,
        )


def _item(line: int, item: dict[str, str], raw: dict[str, str]) -> StatementLine:
    amount = _amount(item, "amount")
    fee = EXACT.minus(_amount(item, "fee")) if item.get("fee") else None  # minus is what they keep
    trace = item.get("trace id", "")
    kind: Kind = "notice"
    if not trace and (amount or fee):
        raise ValueError(
            f"The item has the amount {plain_text(amount)} and no trace id, so it is in no settlement; ask "
            "Trustly."
        )
    if not amount and fee:
        kind, amount, fee = "fee", EXACT.minus(fee), None
    elif trace and amount:
        kind = kind_of(item, amount)
    occurred_at, _ = _moment(item, "created")
    processed_at, processed_on = _moment(item, "processed")
    return StatementLine(
        line,
        kind,
        "success" if trace else "pending",
        amount,
        _currency(item),
        fee=fee,
        reference=item.get("original merchant reference") or item.get("merchant reference", ""),
        provider_ref=item.get("transaction id", ""),
        network_ref=item.get("payment provider transaction id", ""),
        batch_key=trace,
        text=" ".join(
            filter(None, (item.get("transaction type"), item.get("transaction status"), item.get("reason")))
        ),
        occurred_at=occurred_at or processed_at,
        booked_on=processed_on,
        raw=raw,
    )


def _funding(line: int, funding: dict[str, str], raw: dict[str, str]) -> StatementLine:
    occurred_at, booked_on = _moment(funding, "processed")
    return StatementLine(
        line,
        "sweep",
        "success",
        EXACT.minus(_amount(funding, "amount")),
        _currency(funding),
        provider_ref=funding.get("trace id", ""),
        batch_key=funding.get("trace id", ""),
        text=funding.get("funder", ""),
        occurred_at=occurred_at,
        booked_on=booked_on,
        raw=raw,
    )


def _amount(fields: dict[str, str], name: str) -> Decimal:
    text = fields.get(name, "")
    if not text:
        raise ValueError(f"The {name} is empty.")
    try:
        return exact_amount(text)
    except ValueError as problem:
        raise ValueError(f"{name}: {problem}") from problem


def _currency(fields: dict[str, str]) -> str:
    code = fields.get("currency", "")
    if len(code) != 3 or not (code.isascii() and code.isupper()):
        raise ValueError(f"The currency is {code[:10]!r}, not a code such as USD.")
    return code


def _moment(fields: dict[str, str], name: str) -> tuple[datetime | None, date | None]:
    text = fields.get(name, "")
    if not text:
        return None, None
    try:
        return _MOMENTS.read(text)
    except ValueError as problem:
        raise ValueError(f"{name}: {problem}") from problem


def _names(letter: str) -> tuple[str, ...]:
    return {"I": _ITEM, "F": _FUNDING, "T": _TRANSACTION}.get(
        letter, tuple(f"field {n}" for n in range(1, 40))
    )


def _named(names: tuple[str, ...], cells: list[str]) -> dict[str, str]:
    return dict(zip(names, cells, strict=False))


def _needed(names: tuple[str, ...], cells: list[str]) -> dict[str, str]:
    """The fields by name; a record that ends before its last needed one is cut off. Raises ValueError."""
    if len(cells) < len(names):
        raise ValueError(
            f"The record has {len(cells)} fields, not {len(names)}: it is cut off after "
            f"{names[max(len(cells) - 1, 0)]!r}."
        )
    return _named(names, cells)
