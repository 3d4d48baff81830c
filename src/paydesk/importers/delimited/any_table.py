"""Any table without a mapping: a built-in profile if one knows the header, else a guess that says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import BinaryIO

from paydesk.importers.about import About
from paydesk.importers.delimited.guesses import dialect_words
from paydesk.importers.delimited.guessing import guess_table
from paydesk.importers.delimited.mapped_file import read_table
from paydesk.importers.delimited.mapping import FIELD_WORDS, Mapping
from paydesk.importers.delimited.spreadsheets import OLE_SIGNATURE
from paydesk.importers.delimited.tables import Table, open_table
from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.other_formats import what_is
from paydesk.importers.prepared import Prepared
from paydesk.importers.profiles import Profile, recognise
from paydesk.importers.records import FileWarning, NeedsMapping, Record
from paydesk.importers.settlement_tables import TableReport


class AnyTable:
    """CSV or spreadsheet, the least strict importer: it claims what nothing else is known to be."""

    name = "table"
    about = About(
        title="Any CSV or spreadsheet",
        provider="anybody",
        sources=("samples",),
        source="Seven bank exports with what their origin's tests expect, and every table among our samples.",
        sure="medium",
        versions="CSV with comma, semicolon, tab or bar; XLSX, also named .xls; UTF-8, UTF-16, Windows-1252",
        known_missing=(
            "Without a mapping the columns are guessed, and every guess is said: save one in the intake.",
            "A table without a header line is refused.",
        ),
    )

    def __init__(
        self,
        *,
        profile: Profile | None = None,
        reports: Sequence[TableReport] = (),
        limits: Limits = LIMITS,
    ) -> None:
        """`reports` are looked for in a workbook, whose first bytes do not show its header."""
        self.profile = profile
        self.reports = reports
        self.limits = limits

    def recognises(self, head: bytes) -> bool:
        return head.startswith((b"PK\x03\x04", OLE_SIGNATURE)) or what_is(head) is None

    def read(self, file: BinaryIO) -> Iterator[Record]:
        return self.prepare(file).records()

    def prepare(self, file: BinaryIO) -> Prepared:
        """Find the table and its mapping. Raises NotReadable when a guess finds no amount or no date."""
        if self.profile is not None:
            mapping = self.profile.mapping
            needs = tuple(self.profile.needs)
            return _by_profile(
                open_table(file, sheet=mapping.sheet, needs=needs, limits=self.limits), self.profile
            )
        table = open_table(file, limits=self.limits)
        for report in self.reports if table.kind == "xlsx" else ():
            if report.knows(table.names):
                return report.of_table(table)
        if profile := recognise(table.names):
            return _by_profile(table, profile)
        return _by_guess(table)


def _by_profile(table: Table, profile: Profile) -> Prepared:
    notices = (profile.notice,) if profile.notice else ()
    return Prepared(table.kind, profile.name, lambda: _said_first(notices, table, profile.mapping))


def _by_guess(table: Table) -> Prepared:
    guess = guess_table(table)
    fields = guess.fields
    if guess.mapping.problems() or not (
        "occurred" in fields or "booked" in fields or "provider_ref" in fields
    ):
        missing = "amount" if guess.mapping.problems() else "date"
        raise NeedsMapping(
            f"The table ({dialect_words(guess)}) has no column that is clearly the {missing}; it has "
            f"{', '.join(table.names[:12])}{'…' if len(table.names) > 12 else ''}. Map them in the intake."
        )
    taken = "; ".join(f"{FIELD_WORDS[name]} from {each.column!r}" for name, each in fields.items())
    texts = (
        f"No profile knows this header, so the columns were guessed ({dialect_words(guess)}): {taken}.",
        *guess.assumptions,
    )
    return Prepared(table.kind, None, lambda: _said_first(texts, table, guess.mapping))


def _said_first(notices: tuple[str, ...], table: Table, mapping: Mapping) -> Iterator[Record]:
    return chain(map(FileWarning, notices), read_table(table, mapping))
