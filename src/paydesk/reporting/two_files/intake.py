"""Any file as a side: a table by its columns, Parquet, or a statement that an importer reads."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from paydesk.importers.delimited.mapping import fingerprint
from paydesk.importers.delimited.tables import Table
from paydesk.importers.opening import members
from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, NeedsMapping, NotReadable, RejectedLine, StatementLine
from paydesk.kernel.refused import Refused
from paydesk.matching.rules import Rules
from paydesk.matching.values import millionths
from paydesk.reporting.two_files.cells import midnight_of
from paydesk.reporting.two_files.column_map import ColumnMap
from paydesk.reporting.two_files.side_file import SideFile
from paydesk.reporting.two_files.tables import (
    PARQUET,
    StatusesUnknown,
    is_guessed,
    named_table,
    parquet_table,
    places_of,
    read_rows,
)
from paydesk.reporting.two_files.warnings import Warnings


@dataclass(frozen=True)
class TakenIn:
    """A side that was taken in: where its Parquet is, how many rows, what it was, what to know about it.

    `columns` says of a table which column fed which field, `header` is the fingerprint of its columns; both
    are empty for a statement, whose format says what is what.
    """

    path: Path
    rows: int
    unreadable: int
    format: str
    warnings: list[str]
    columns: Mapping[str, str] = field(default_factory=dict)
    header: str = ""


class FileRefused(Refused):
    """A file cannot be a side; the text says what to do."""

    code = "file.not_readable"


class MapAsked(FileRefused):
    """The file is a table that a map can read: what a column or a status word means has to be said.

    `words` are the status words nobody has explained, with the rows of each; empty where columns are asked.
    """

    code = "file.needs_map"

    def __init__(self, text: str, *, side: str, words: Mapping[str, int]) -> None:
        super().__init__(text, side=side)
        self.side = side
        self.words = dict(words)


def take_in(
    source: Path, side: str, how: ColumnMap, rules: Rules, target: Path, *, may_guess: bool = True
) -> TakenIn:
    """Read `source` into the Parquet file `target`. Raises FileRefused or MapAsked with one sentence.

    Without `may_guess` a table whose columns an importer would only guess is asked about.
    """
    warnings = Warnings(side)
    what = _Seen()
    try:
        with ExitStack() as opened, SideFile(target, rules, warnings) as written:
            file = opened.enter_context(source.open("rb"))
            unreadable = _read(file, source.name, how, written, warnings, opened, what, may_guess)
    except StatusesUnknown as problem:
        raise MapAsked(f"{side}, {source.name}: {problem}", side=side, words=problem.words) from problem
    except NeedsMapping as problem:
        raise MapAsked(f"{side}, {source.name}: {_by_map(problem)}", side=side, words={}) from problem
    except NotReadable as problem:
        raise FileRefused(f"{side}, {source.name}: {problem}") from problem
    if unreadable and not written.rows:
        text = f"{side}, {source.name}: {_none_read(unreadable, warnings)}"
        raise MapAsked(text, side=side, words={}) if what.columns else FileRefused(text)
    if not written.rows:
        warnings.add("there is no row in the file that moves money.")
    return TakenIn(target, written.rows, unreadable, what.format, warnings.texts(), what.columns, what.header)


@dataclass
class _Seen:
    """What a file turned out to be."""

    format: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    header: str = ""

    def table(self, table: Table, how: ColumnMap) -> None:
        self.format = table.kind
        self.columns = {name: table.names[place] for name, place in places_of(table, how).items()}
        self.header = fingerprint(table.names)


def _by_map(problem: NotReadable) -> str:
    return str(problem).replace("Map them in the intake.", "Name them with --map.")


def _none_read(unreadable: int, warnings: Warnings) -> str:
    first = next((text for text in warnings.texts() if ", line " in text), "")
    return f"None of its {unreadable:,} rows could be read. The first, {first.partition(', ')[2]}"


def _read(
    file: BinaryIO,
    name: str,
    how: ColumnMap,
    written: SideFile,
    warnings: Warnings,
    opened: ExitStack,
    what: _Seen,
    may_guess: bool,
) -> int:
    """Write the rows of whatever `file` is; how many could not be read."""
    head = file.read(4)
    file.seek(0)
    if head == PARQUET:
        table = parquet_table(file)
        what.table(table, how)
        return read_rows(table, table.rows(), how, written, warnings)
    found = members(file, name)
    for member in found:
        if member.file is not file:
            opened.callback(member.file.close)
    if len(found) == 1:
        named = named_table(found[0].file, found[0].head(), how)
        if named is not None:
            what.table(named, how)
            for text in named.warnings:
                warnings.add(text)
            return read_rows(named, named.rows(), how, written, warnings)
        if not may_guess and is_guessed(found[0].file, found[0].head()):
            raise NeedsMapping("These columns are new here: say once which is which.")
    file.seek(0)
    with open_file(file, filename=name) as reading:
        what.format = reading.profile_name or reading.format
        return _statement(reading, written, warnings)


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
