"""A side that is a table: found in whatever file it stands, and read row by row by its map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from paydesk.importers.amounts import plain_text
from paydesk.importers.delimited.any_table import AnyTable
from paydesk.importers.delimited.row_blocks import RowBlock, UnclosedRow
from paydesk.importers.delimited.tables import Table, open_table, unique_names
from paydesk.importers.records import NeedsMapping, NotReadable
from paydesk.importers.registry import importer_for
from paydesk.reporting.two_files.cells import Cells
from paydesk.reporting.two_files.column_map import FIELDS, IN_AND_OUT, NAMES, ColumnMap
from paydesk.reporting.two_files.side_file import Row
from paydesk.reporting.two_files.warnings import Warnings

PARQUET = b"PAR1"
AMOUNT_NAMES = tuple(key for key, name in NAMES.items() if name == "amount")
Rows = Iterator[tuple[int, list[str]]]


class StatusesUnknown(NotReadable):
    """Words of the status column that nobody has explained, each with how many rows have it."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self.words = dict(words)
        named = ", ".join(repr(word) for word in list(words)[:20])
        more = ", and more" if len(words) > 20 else ""
        super().__init__(
            f"Nobody has said what these statuses mean: {named}{more}. Name them with --map, such as "
            f"statuses: {{{next(iter(words)).lower()}: failed}}."
        )


class Sink(Protocol):
    """What takes the rows of a side: its file, or the first rows on a screen."""

    def add(self, row: Row) -> None: ...


def parquet_table(file: BinaryIO) -> Table:
    """A Parquet file as a table of texts. Raises NotReadable for a damaged one, also while it is read."""
    try:
        parquet = pq.ParquetFile(file)
        header = parquet.schema_arrow.names
    except (pa.ArrowException, OSError, ValueError) as problem:
        raise NotReadable(
            f"The Parquet file is damaged ({str(problem).splitlines()[0]}); export it again."
        ) from problem

    def blocks() -> Iterator[RowBlock]:
        line = 0
        try:
            for batch in parquet.iter_batches(batch_size=20_000):
                columns = [[_cell_text(cell) for cell in column.to_pylist()] for column in batch.columns]
                found = [list(cells) for cells in zip(*columns, strict=True)]
                yield RowBlock(range(line + 1, line + 1 + len(found)), found)
                line += len(found)
        except (pa.ArrowException, OSError, ValueError, OverflowError) as problem:
            raise NotReadable(
                f"The Parquet file is damaged after row {line} ({str(problem).splitlines()[0]})."
            ) from problem

    return Table("parquet", unique_names(header), 0, (), _source=blocks)


def named_table(file: BinaryIO, head: bytes, how: ColumnMap) -> Table | None:
    """The table in `file`, if its columns are mapped or named as ours; None leaves it to the importers."""
    if not head:
        raise NotReadable("The file is empty.")
    if not isinstance(importer_for(head), AnyTable):
        return None
    needs = tuple((name,) for name in how.money) or (AMOUNT_NAMES,)
    try:
        table = open_table(file, sheet=how.sheet, needs=needs)
    except NotReadable:
        if how.columns or how.sheet:
            raise
        return None
    finally:
        file.seek(0)
    if how.columns:
        return table
    places = how.places(table.names)
    if "amount" not in places or "id" not in places:
        return None
    try:
        known = AnyTable().prepare(file)
        is_ours = known.profile_name is None and known.format in ("csv", "xlsx", "table")
    except NotReadable:
        is_ours = True
    finally:
        file.seek(0)
    return table if is_ours else None


def is_guessed(file: BinaryIO, head: bytes) -> bool:
    """Whether an importer would only guess what the columns of this table are."""
    if not isinstance(importer_for(head), AnyTable):
        return False
    try:
        known = AnyTable().prepare(file)
    except NeedsMapping:
        return True
    finally:
        file.seek(0)
    return known.profile_name is None and known.format in ("csv", "xlsx", "table")


def _cell_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.replace(microsecond=0).isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return plain_text(cell)
    return str(cell)


def places_of(table: Table, how: ColumnMap) -> dict[str, int]:
    """Field to the place of its column. Raises NeedsMapping where no column is the money."""
    places = how.places(table.names)
    if "amount" not in places and not any(name in places for name in IN_AND_OUT):
        raise NeedsMapping(
            f"No column is the amount; the columns are {', '.join(table.names[:40])}. Name them with --map."
        )
    return places


def read_rows(table: Table, rows: Rows, how: ColumnMap, written: Sink, warnings: Warnings) -> int:
    """Hand the rows to `written`; how many could not be read. Raises StatusesUnknown at the end."""
    places = places_of(table, how)
    left_over = [n for place, n in enumerate(table.names) if place not in places.values() and n.strip()]
    if left_over:
        warnings.add(f"not used: the columns {', '.join(left_over[:40])}.")
    cells = Cells(how)
    width = len(table.names)
    order = [places.get(name, -1) for name in FIELDS]
    in_and_out = None if "amount" in places else [places.get(name, -1) for name in IN_AND_OUT]
    has_status = "status" in places
    unreadable = unknown_currency = 0
    for line, row in rows:
        if isinstance(row, UnclosedRow):
            unreadable += 1
            warnings.add(
                f"line {line}: a quotation mark is not closed; the rows to line {row.last_line} "
                "are lost in it."
            )
            continue
        if len(row) < width:
            if not any(map(str.strip, row)):
                continue
            row = row + [""] * (width - len(row))
        elif len(row) > width and any(map(str.strip, row[width:])):
            unreadable += 1
            warnings.add(f"line {line}: the row has more cells than the header; it was left out.")
            continue
        elif not any(row):
            continue
        told = [row[place] if place >= 0 else "" for place in order]
        identity, reference, provider_ref, account, msisdn, name, amount, fee, currency, at, status, batch = (
            told
        )
        try:
            moved, beside = (
                cells.amount(amount)
                if in_and_out is None
                else cells.in_and_out(*(row[place] if place >= 0 else "" for place in in_and_out))
            )
            code = cells.currency(currency, beside)
            written.add((
                line, identity.strip(), reference.strip(), provider_ref.strip(), account.strip(),
                msisdn.strip(), name.strip(), moved, cells.fee(fee) if fee else 0, code, cells.at(at),
                cells.status(status) if has_status else "success", batch.strip(),
            ))  # fmt: skip
        except ValueError as problem:
            unreadable += 1
            warnings.add(f"line {line}: {problem} The row was left out.")
            continue
        unknown_currency += code == "XXX"
    if cells.unknown_statuses:
        raise StatusesUnknown(cells.unknown_statuses)
    if unknown_currency:
        warnings.add(f"{unknown_currency:,} rows name no currency; they are compared as XXX.")
    return unreadable
