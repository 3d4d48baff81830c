"""One workbook to file: a summary that explains itself, then every match and every exception."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter

from paydesk.kernel.refused import Refused
from paydesk.matching.engines import Engine
from paydesk.matching.results import EXCEPTION_COLUMNS, MATCH_COLUMNS, Sink, write_out
from paydesk.matching.state import Found

MOST_ROWS = 1_000_000  # a sheet has 1,048,576
WIDTHS = {"why": 90, "score": 8, "kind": 9, "status": 12, "match_id": 11}
# What each class means, in words for whoever reads the sheet without the manual.
MEANINGS = {
    "missing_in_ledger": "They have it, we do not.",
    "missing_at_provider": "We have it, they do not.",
    "amount_mismatch": "One id, two amounts.",
    "currency_mismatch": "One id, two currencies.",
    "status_mismatch": "One id; for one of us it succeeded, for the other it did not.",
    "sign_mismatch": "One id; one of us has it as money in, the other as money out.",
    "fee_variance": "One id, two fees.",
    "late_settlement": "The same payment, further apart in time than the rules allow.",
    "duplicate_provider": "They have it more often than we do.",
    "duplicate_ledger": "We have it more often than they do.",
    "ambiguous_match": "Several lines fit about as well; a person decides.",
    "split_incomplete": "Parts that name one payment and do not come to its amount.",
    "out_of_period": "Dated outside the days the other file covers.",
}


class TooManyRowsRefused(Refused):
    """More rows than a sheet holds."""

    code = "workbook.too_many"


def write_workbook(engine: Engine, found: Found, path: Path, told: Any) -> dict[str, Any]:
    """The workbook at `path`; `told` makes the summary of what was written, which it returns."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True})
    cover = book.add_worksheet("Summary")
    matches = _sheet(book, "Matches", MATCH_COLUMNS, bold)
    exceptions = _sheet(book, "Exceptions", EXCEPTION_COLUMNS, bold)
    summary: dict[str, Any] = told(write_out(engine, found, matches, exceptions))
    _cover(book, cover, summary, bold)
    book.close()
    return summary


def _sheet(book: Any, name: str, columns: tuple[str, ...], bold: Any) -> Sink:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, WIDTHS.get(column, 22))
        sheet.write_string(0, place, column, bold)
    at = 0

    def write(batch: pa.RecordBatch) -> None:
        nonlocal at
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            at += 1
            for place, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(at, place, cell)
                elif cell:
                    sheet.write_string(at, place, cell)

    return write


def _cover(book: Any, sheet: Any, told: Mapping[str, Any], bold: Any) -> None:
    title = book.add_format({"bold": True, "font_size": 14})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 18)
    sheet.set_column(2, 3, 18)
    sheet.set_column(4, 4, 70)
    at = 0

    def line(*cells: Any, form: Any = None) -> None:
        nonlocal at
        for place, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(at, place, cell, form)
            elif cell:
                sheet.write_string(at, place, str(cell), form)
        at += 1

    line("Reconciliation", form=title)
    line("")
    for side in ("left", "right"):
        file = told["files"][side]
        line("Ours (left)" if side == "left" else "Theirs (right)", file["name"], file["format"])
        line("  rows compared", told["rows"][side])
        line("  rows that could not be read", file["unreadable"])
        line("  SHA-256 of the file", file["sha256"])
    line("Rules", f"version {told['rules_version']}")
    line("Engine", told["engine"])
    line("Digest of the result", told["digest"])
    line("")
    for heading, key, names in (
        ("Matches by status", "by_status", "confirmed: proven by the rules; suggested: a person decides"),
        ("Matches by kind", "by_kind", "1:1, one to several, several to one, several to several, reversal"),
        ("By rule", "by_rule", ""),
        ("Exceptions by class", "by_class", ""),
    ):
        line(heading, "count", "rows", "total", names, form=bold)
        for name, tally in told[key].items():
            totals = list(tally["total"].items()) or [("", "")]
            for place, (code, amount) in enumerate(totals):
                shown = (name, tally["count"], tally["rows"]) if place == 0 else ("", "", "")
                line(
                    *shown,
                    f"{amount} {code}",
                    MEANINGS.get(name, "") if key == "by_class" and place == 0 else "",
                )
        line("")
    if told["warnings"]:
        line("What to know about the files", form=bold)
        for text in told["warnings"]:
            sheet.merge_range(at, 0, at, 4, "", wrapped)
            sheet.write_string(at, 0, text, wrapped)
            at += 1
