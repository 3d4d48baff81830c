"""Any CSV or spreadsheet, read by a mapping: which column feeds which field, and how its text is read.

guess() proposes a mapping with what is still open, preview() shows the first rows as they would be read,
MappedFile streams a whole file, fingerprint() recognises the next such file by its header.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from paydesk.importers.delimited.guesses import Column, FieldGuess, Guess, Question
from paydesk.importers.delimited.guessing import guess_table
from paydesk.importers.delimited.mapped_file import MappedFile, needs_of
from paydesk.importers.delimited.mapping import (
    FIELD_WORDS,
    FIELDS,
    Field,
    KindRule,
    Mapping,
    fingerprint,
    header_key,
    header_keys,
)
from paydesk.importers.delimited.rows import RowReader
from paydesk.importers.delimited.tables import Table, open_table
from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.opening import members
from paydesk.importers.records import RejectedLine, StatementLine

__all__ = [
    "FIELDS",
    "FIELD_WORDS",
    "Column",
    "Field",
    "FieldGuess",
    "Guess",
    "KindRule",
    "MappedFile",
    "Mapping",
    "Question",
    "RowReader",
    "Table",
    "fingerprint",
    "guess",
    "header_key",
    "header_keys",
    "header_of",
    "open_table",
    "preview",
]


def guess(file: Path | BinaryIO, *, sheet: str = "", limits: Limits = LIMITS) -> Guess:
    """A mapping for the table in `file` (of an archive: its first file), with reasons and open questions.

    Raises NotReadable when there is no table with a header and a row in it.
    """
    with _opened(file) as stream:
        return guess_table(open_table(members(stream, "it", limits)[0].file, sheet=sheet, limits=limits))


def header_of(file: Path | BinaryIO, *, limits: Limits = LIMITS) -> tuple[str, ...]:
    """The column names of the table in `file` as written; `fingerprint` of them finds a saved mapping.

    Raises NotReadable when there is no table in it.
    """
    with _opened(file) as stream:
        return open_table(members(stream, "it", limits)[0].file, limits=limits).names


def preview(
    file: Path | BinaryIO, mapping: Mapping, *, rows: int = 50, limits: Limits = LIMITS
) -> list[tuple[dict[str, str], StatementLine | RejectedLine]]:
    """The first `rows` rows of `file` by `mapping`: (row as it stands, by column name; what it becomes).

    Raises NotReadable when the file has no such table or the mapping is incomplete.
    """
    with _opened(file) as stream:
        table = open_table(
            members(stream, "it", limits)[0].file, sheet=mapping.sheet, needs=needs_of(mapping), limits=limits
        )
        reader = RowReader(mapping, table)
        return [
            (dict(zip(table.names, row, strict=False)), reader.read(line, row))
            for line, row in table.sample(rows)
        ]


class _opened:  # noqa: N801  # reads as a verb where it is used
    """A path opened and closed, or a stream of the caller put back to its start."""

    def __init__(self, file: Path | BinaryIO) -> None:
        self.file = file
        self.stream: BinaryIO | None = None

    def __enter__(self) -> BinaryIO:
        self.stream = self.file.open("rb") if isinstance(self.file, Path) else self.file
        return self.stream

    def __exit__(self, *_: object) -> None:
        assert self.stream is not None
        if isinstance(self.file, Path):
            self.stream.close()
        elif self.stream.seekable():
            self.stream.seek(0)
