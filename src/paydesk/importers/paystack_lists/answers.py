"""What the lists of Paystack share: an answer, its records one by one, its pages counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from paydesk.importers.json_messages import Fields, JsonImporter, currency_code, raw_of
from paydesk.importers.moments import Moments
from paydesk.importers.paystack_webhook import DECIMALS
from paydesk.importers.records import FileWarning, Record, RejectedLine, StatementLine
from paydesk.importers.settlement_sums import major_units

_UTC = Moments("ymd", "UTC")


def entries_of(document: object) -> list[object]:
    """The records in a document: of an answer its `data`, else the document itself."""
    if isinstance(document, dict) and isinstance(document.get("status"), bool):
        data = document.get("data")
        return list(data) if isinstance(data, list) else [data]
    return [document]


class PaystackList(JsonImporter):
    """An importer of one sort of record; `keys` stand in every one of them, `never` in none."""

    keys: ClassVar[Sequence[str]]
    never: ClassVar[Sequence[str]] = ()

    def is_one(self, entry: object) -> bool:
        """Whether a record is of this sort."""
        return (
            isinstance(entry, dict)
            and all(key in entry for key in self.keys)
            and not any(key in entry for key in self.never)
        )

    def fits(self, document: object) -> bool:
        entries = entries_of(document)
        return bool(entries) and self.is_one(entries[0])

    def currency_in(self, document: Fields) -> str | None:
        found = {entry.get("currency") for entry in entries_of(document.found) if isinstance(entry, dict)}
        code = found.pop() if len(found) == 1 else None
        return code if isinstance(code, str) and len(code) == 3 else None

    def lines(self, first: int, document: Fields) -> Iterator[StatementLine | RejectedLine]:
        for number, entry in enumerate(entries_of(document.found), start=first):
            try:
                if not self.is_one(entry):
                    raise ValueError(f"This is no {self.what}.")
                yield self.line(number, Fields(entry))
            except ValueError as problem:
                yield RejectedLine(number, str(problem), raw_of(entry))

    def line(self, number: int, entry: Fields) -> StatementLine:
        """The line of one record. Raises ValueError with a sentence."""
        raise NotImplementedError

    def records(self, documents: Sequence[object]) -> Iterator[Record]:
        yield from super().records(documents)
        for document in documents:
            yield from _page_warnings(document)


def minor(entry: Fields, name: str) -> Decimal | None:
    """An amount of the smallest unit in major units; None when it is empty. Raises ValueError."""
    text = entry.text(name)
    if not text:
        return None
    try:
        return major_units(text, currency_code(entry), DECIMALS)
    except ValueError as problem:
        raise ValueError(f"{name}: {problem}") from problem


def moment(entry: Fields, *names: str) -> tuple[datetime | None, date | None]:
    """The instant and the day in the first filled of the fields. Raises ValueError."""
    for name in names:
        if text := entry.text(name):
            try:
                return _UTC.read(text)
            except ValueError as problem:
                raise ValueError(f"{name}: {problem}") from problem
    return None, None


def _page_warnings(document: object) -> Iterator[FileWarning]:
    """Where an answer says that it is not the whole list."""
    meta = document.get("meta") if isinstance(document, dict) else None
    if not isinstance(meta, dict):
        return
    held = len(entries_of(document))
    page, pages, total = (str(meta.get(name) or "") for name in ("page", "pageCount", "total"))
    if pages.isdigit() and int(pages[:9]) > 1:
        yield FileWarning(
            f"This is page {page[:9] or '?'} of {pages[:9]}, with {held} of {total[:12] or 'more'} records; "
            "load the others as well."
        )
    elif total.isdigit() and total != str(held):
        yield FileWarning(f"The answer says that there are {total[:12]} records, it holds {held}.")
