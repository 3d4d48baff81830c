"""Any file as a side: a table by its columns, Parquet, or a statement that an importer reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from paydesk.importers.amounts import plain_text
from paydesk.importers.delimited.any_table import AnyTable
from paydesk.importers.delimited.tables import UnclosedRow, open_table
from paydesk.importers.opening import members
from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, NotReadable, RejectedLine, StatementLine
from paydesk.importers.registry import importer_for
from paydesk.kernel.refused import Refused
from paydesk.matching.rules import Rules
from paydesk.matching.sides import millionths
from paydesk.reporting.two_files.cells import Cells, midnight_of
from paydesk.reporting.two_files.column_map import FIELDS, NAMES, ColumnMap
from paydesk.reporting.two_files.side_file import SideFile
from paydesk.reporting.two_files.warnings import Warnings

PARQUET = b"PAR1"
AMOUNT_NAMES = tuple(key for key, name in NAMES.items() if name == "amount")
Rows = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True)
class TakenIn:
    """A side that was taken in: where its Parquet is, how many rows, what it was, what to know about it."""

    path: Path
    rows: int
    unreadable: int
    format: str
    warnings: list[str]


class FileRefused(Refused):
    """A file cannot be a side; the text says what to do."""

    code = "file.not_readable"


def take_in(source: Path, side: str, how: ColumnMap, rules: Rules, target: Path) -> TakenIn:
    """Read `source` into the Parquet file `target`. Raises FileRefused with one sentence."""
    warnings = Warnings(side)
    try:
        with ExitStack() as opened, SideFile(target, rules, warnings) as written:
            file = opened.enter_context(source.open("rb"))
            kind, unreadable = _read(file, source.name, how, written, warnings, opened)
    except NotReadable as problem:
        raise FileRefused(f"{side}, {source.name}: {problem}") from problem
    return TakenIn(target, written.rows, unreadable, kind, warnings.texts())


def _read(
    file: BinaryIO, name: str, how: ColumnMap, written: SideFile, warnings: Warnings, opened: ExitStack
) -> tuple[str, int]:
    head = file.read(4)
    file.seek(0)
    if head == PARQUET:
        header, rows = _parquet(file)
        return "parquet", _table(header, rows, how, written, warnings)
    found = members(file, name)
    for member in found:
        if member.file is not file:
            opened.callback(member.file.close)
    if len(found) == 1:
        table = _named_table(found[0].file, found[0].head(), how)
        if table is not None:
            for text in table.warnings:
                warnings.add(text)
            return table.kind, _table(table.names, table.rows(), how, written, warnings)
    file.seek(0)
    with open_file(file, filename=name) as reading:
        return reading.format, _statement(reading, written, warnings)


def _named_table(file: BinaryIO, head: bytes, how: ColumnMap) -> Any:
    """The table in `file`, if its columns are mapped or named as ours; None leaves it to the importers."""
    if not head:
        raise NotReadable("The file is empty.")
    if not isinstance(importer_for(head), AnyTable):
        return None
    amounts = (how.columns["amount"],) if "amount" in how.columns else AMOUNT_NAMES
    try:
        table = open_table(file, needs=(amounts,))
    except NotReadable:
        if how.columns:
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


def _parquet(file: BinaryIO) -> tuple[list[str], Rows]:
    try:
        parquet = pq.ParquetFile(file)
        header = parquet.schema_arrow.names
    except (pa.ArrowException, OSError, ValueError) as problem:
        raise NotReadable(
            f"The Parquet file is damaged ({str(problem).splitlines()[0]}); export it again."
        ) from problem

    def rows() -> Rows:
        line = 0
        try:
            for batch in parquet.iter_batches(batch_size=20_000):
                columns = [[_cell_text(cell) for cell in column.to_pylist()] for column in batch.columns]
                for cells in zip(*columns, strict=True):
                    line += 1
                    yield line, list(cells)
        except (pa.ArrowException, OSError, ValueError, OverflowError) as problem:
            raise NotReadable(
                f"The Parquet file is damaged after row {line} ({str(problem).splitlines()[0]})."
            ) from problem

    return header, rows()


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


def _table(header: Any, rows: Rows, how: ColumnMap, written: SideFile, warnings: Warnings) -> int:
    """Write the rows of a table; how many could not be read."""
    places = how.places(list(header))
    if "amount" not in places:
        raise NotReadable(
            f"No column is the amount; the columns are {', '.join(list(header)[:40])}. Name them with --map."
        )
    left_over = [name for place, name in enumerate(header) if place not in places.values() and name.strip()]
    if left_over:
        warnings.add(f"not used: the columns {', '.join(left_over[:40])}.")
    cells = Cells(how)
    width = len(header)
    order = [places.get(name, -1) for name in FIELDS]
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
            moved, beside = cells.amount(amount)
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
        words = ", ".join(repr(word) for word in list(cells.unknown_statuses)[:20])
        raise NotReadable(
            f"Nobody has said what these statuses mean: {words}. Name them with --map, "
            "such as statuses: {reversed: failed}."
        )
    if unknown_currency:
        warnings.add(f"{unknown_currency:,} rows name no currency; they are compared as XXX.")
    return unreadable


def _statement(reading: Any, written: SideFile, warnings: Warnings) -> int:
    """Write the lines of a statement; how many could not be read."""
    unreadable = nameless = number = 0
    ids: set[str] = set()
    for record in reading:
        if isinstance(record, RejectedLine):
            unreadable += 1
            warnings.add(f"line {record.line}: {record.reason}")
        elif isinstance(record, FileWarning):
            warnings.add(record.text if record.line is None else f"line {record.line}: {record.text}")
        elif isinstance(record, StatementLine) and record.kind != "notice":
            number += 1
            identity = record.provider_ref or record.network_ref
            if not identity or identity in ids:
                nameless += 1
                identity = f"row {number}"
            ids.add(identity)
            try:
                written.add((
                    record.line, identity, record.reference, record.provider_ref or record.network_ref,
                    record.account, record.msisdn, record.payer_name, millionths(record.net),
                    millionths(record.fee) if record.fee is not None else 0, record.currency, _when(record),
                    record.status, record.batch_key,
                ))  # fmt: skip
            except ValueError as problem:
                unreadable += 1
                warnings.add(f"line {record.line}: {problem} The row was left out.")
    if nameless:
        warnings.add(f"{nameless:,} lines have no id of their own; they are called by their row.")
    return unreadable


def _when(record: StatementLine) -> int | None:
    if record.occurred_at is not None:
        return int(record.occurred_at.timestamp())
    day = record.booked_on or record.value_on
    return None if day is None else midnight_of(day)
