"""One workbook to file: a summary that proves itself, then every match and exception with its amounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from paydesk.kernel.refused import Refused
from paydesk.matching.values import major
from paydesk.reporting.two_files.meanings import MATCH_MEANINGS, MEANINGS, words_of
from paydesk.reporting.two_files.proof import Proof, proofs
from paydesk.reporting.two_files.result_rows import duck

MOST_ROWS = 1_000_000  # a sheet has 1,048,576
AMOUNTS = ("left_amount", "right_amount")
TIMES = ("left_at", "right_at")
BESIDE = (
    "left_amount", "left_currency", "right_amount", "right_currency", "left_at", "right_at", "left_reference",
    "right_reference",
)  # fmt: skip
SHEETS = {
    "matches": ("match_id", "status", "kind", "left_id", "right_id", *BESIDE, "why", "rule", "score"),
    "exceptions": ("class", "left_id", "right_id", *BESIDE, "why", "runner_up"),
}
HEADS = {
    "match_id": "Match", "class": "Class", "left_id": "Our id", "right_id": "Their id", "status": "Status",
    "kind": "Kind", "rule": "Rule", "score": "Score", "why": "Why", "runner_up": "Runner-up",
    "left_amount": "Our amount", "right_amount": "Their amount", "left_currency": "Our currency",
    "right_currency": "Their currency", "left_at": "Our time (UTC)", "right_at": "Their time (UTC)",
    "left_reference": "Our reference", "right_reference": "Their reference",
}  # fmt: skip
WIDTHS = {
    "why": 90, "score": 7, "kind": 8, "status": 11, "match_id": 11, "class": 21, "left_currency": 12,
    "right_currency": 13, "left_amount": 15, "right_amount": 15, "left_at": 18, "right_at": 18,
}  # fmt: skip
CLASHES = {"amount_mismatch", "currency_mismatch", "status_mismatch", "sign_mismatch", "fee_variance"}


class TooManyRowsRefused(Refused):
    """More rows than a sheet holds."""

    code = "workbook.too_many"


def write_workbook(path: Path, result: Path, sides: Mapping[str, Path], told: Mapping[str, Any]) -> None:
    """The workbook at `path` of the result that make_rows left in `result`; `told` is its summary.

    Raises TooManyRowsRefused when the matches or the exceptions are more than a sheet holds.
    """
    for what in SHEETS:
        if (rows := told_rows(result, what)) > MOST_ROWS:
            raise TooManyRowsRefused(
                f"There are {rows:,} rows of {what}, and a sheet holds {MOST_ROWS:,}: "
                "name a folder with --out instead."
            )
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": "Reconciliation", "comments": f"Digest {told['digest']}"})
    forms = _Forms(book)
    cover = book.add_worksheet("Summary")
    for what, columns in SHEETS.items():
        _sheet(book.add_worksheet(what.capitalize()), columns, result / f"{what}.parquet", forms)
    _cover(cover, told, proofs(result, sides), forms)
    book.close()


def told_rows(result: Path, what: str) -> int:
    """How many rows of matches or exceptions there are."""
    with duck(result) as connection:
        found = connection.execute("SELECT count(*) FROM read_parquet(?)", [str(result / f"{what}.parquet")])
        return int((found.fetchone() or (0,))[0])


class _Forms:
    """The formats of one workbook; amounts are shown with as many decimals as they have, two at least."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._amounts: dict[tuple[int, bool], Any] = {}
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.heading = book.add_format({"bold": True, "font_size": 12, "bottom": 1})
        self.head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF1F5"})
        self.head_right = book.add_format(
            {"bold": True, "bottom": 1, "bg_color": "#EEF1F5", "align": "right"}
        )
        self.label = book.add_format({"font_color": "#5A6472", "valign": "top"})
        self.bold = book.add_format({"bold": True})
        self.good = book.add_format({"bold": True, "font_color": "#1B7A3D"})
        self.bad = book.add_format({"bold": True, "font_color": "#B3261E"})
        self.count = book.add_format({"num_format": "#,##0"})
        self.count_bold = book.add_format({"num_format": "#,##0", "bold": True, "top": 1})
        self.total = book.add_format({"bold": True, "top": 1})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.mono = book.add_format({"font_name": "Consolas", "font_size": 9})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})

    def amount(self, value: Decimal, *, bold: bool = False) -> Any:
        digits = max(2, -int(value.as_tuple().exponent))
        if (digits, bold) not in self._amounts:
            look = {"num_format": f"#,##0.{'0' * digits};[Red]-#,##0.{'0' * digits}", "align": "right"}
            self._amounts[digits, bold] = self._book.add_format(
                {**look, **({"bold": True, "top": 1} if bold else {})}
            )
        return self._amounts[digits, bold]


def _sheet(sheet: Any, columns: Sequence[str], rows: Path, forms: _Forms) -> None:
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(columns):
        sheet.set_column(place, place, WIDTHS.get(name, 20))
        sheet.write_string(0, place, HEADS[name], forms.head_right if name in AMOUNTS else forms.head)
    at = 0
    with duck(rows.parent) as connection:
        names = ", ".join(f'"{name}"' for name in columns)
        found = connection.execute(f"SELECT {names} FROM read_parquet(?) ORDER BY n", [str(rows)])
        while batch := found.fetchmany(5_000):
            for row in batch:
                at += 1
                for place, (name, cell) in enumerate(zip(columns, row, strict=True)):
                    _cell(sheet, at, place, name, cell, forms)
    sheet.autofilter(0, 0, max(at, 1), len(columns) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _cell(sheet: Any, at: int, place: int, name: str, cell: Any, forms: _Forms) -> None:
    if cell is None or cell == "":
        return
    if name in AMOUNTS:
        amount = major(cell)
        sheet.write_number(at, place, amount, forms.amount(amount))
    elif name in TIMES:
        moment = datetime.fromtimestamp(cell, UTC).replace(tzinfo=None)
        sheet.write_datetime(at, place, moment, forms.moment if cell % 86_400 else forms.day)
    elif isinstance(cell, int):
        sheet.write_number(at, place, cell)
    elif name in ("class", "status", "rule"):
        sheet.write_string(at, place, words_of(cell))
    else:
        sheet.write_string(at, place, cell)


def _cover(sheet: Any, told: Mapping[str, Any], found: Sequence[Proof], forms: _Forms) -> None:
    cover = _Cover(sheet, forms)
    cover.write("Reconciliation", form=forms.title)
    names = [told["files"][side]["name"] for side in ("left", "right")]
    cover.write(f"{names[0]} (ours) against {names[1]} (theirs)")
    cover.write(f"Made {datetime.now(UTC):%d %B %Y, %H:%M} UTC with paydesk")
    cover.skip()
    for proof in found:
        cover.proof(proof)
    cover.tallies("Matches by kind", told["by_kind"])
    cover.tallies("Matches and exceptions by rule", told["by_rule"])
    cover.write("The files", form=forms.heading)
    for side, word in (("left", "Ours"), ("right", "Theirs")):
        file = told["files"][side]
        cover.pair(word, file["name"], forms.bold)
        cover.pair("  read as", file["format"])
        cover.pair("  rows compared", f"{told['rows'][side]:,}")
        cover.pair("  rows that could not be read", f"{file['unreadable']:,}")
        cover.pair("  SHA-256 of the file", file["sha256"], value=forms.mono)
    cover.skip()
    cover.write("How to check this", form=forms.heading)
    cover.pair("Rules", f"version {told['rules_version']}, engine {told['engine']}")
    cover.pair("Digest of the result", told["digest"], value=forms.mono)
    cover.note(
        "The same two files give the same digest. It is the SHA-256 of the sorted lines "
        "left_id|right_id|status|kind of the matches and then class|left_id|right_id of the exceptions."
    )
    if told["warnings"]:
        cover.skip()
        cover.write("What to know about the files", form=forms.heading)
        for text in told["warnings"]:
            cover.note(text)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)


class _Cover:
    """Writes the summary from top to bottom."""

    WIDTH = 7

    def __init__(self, sheet: Any, forms: _Forms) -> None:
        self.sheet, self.forms, self.at = sheet, forms, 0
        sheet.set_column(0, 0, 32)
        sheet.set_column(1, 5, 17)
        sheet.set_column(6, 6, 62)

    def write(self, text: str, form: Any = None) -> None:
        self.sheet.write_string(self.at, 0, text, form)
        self.at += 1

    def skip(self) -> None:
        self.at += 1

    def pair(self, label: str, text: str, form: Any = None, value: Any = None) -> None:
        self.sheet.write_string(self.at, 0, label, form or self.forms.label)
        self.sheet.write_string(self.at, 1, text, value)
        self.at += 1

    def note(self, text: str) -> None:
        self.sheet.set_row(self.at, 15 * (1 + len(text) // 150))
        self.sheet.merge_range(self.at, 0, self.at, self.WIDTH - 1, "", self.forms.wrapped)
        self.sheet.write_string(self.at, 0, text, self.forms.wrapped)
        self.at += 1

    def proof(self, proof: Proof) -> None:
        forms = self.forms
        currency = "No currency named" if proof.currency == "XXX" else proof.currency
        self.write(f"{currency}: from our total to theirs", forms.heading)
        heads = ("", "Our rows", "Our total", "Their rows", "Their total", "Theirs less ours", "")
        for place, word in enumerate(heads):
            self.sheet.write_string(self.at, place, word, forms.head_right if 0 < place < 6 else forms.head)
        self.at += 1
        for part in proof.parts:
            self._figures(words_of(part.name), part, {**MATCH_MEANINGS, **MEANINGS}.get(part.name, ""))
        self._figures("In the files", proof.whole, "", bold=True)
        if proof.adds_up:
            self.sheet.write_string(
                self.at, 0, "Every line is accounted for: the parts add up to both files.", forms.good
            )
        else:
            ours, theirs = proof.unproven
            self.sheet.write_string(
                self.at,
                0,
                f"The parts do not add up: {ours} of ours and {theirs} of theirs is missing.",
                forms.bad,
            )
        self.at += 2

    def _figures(self, label: str, part: Any, note: str, *, bold: bool = False) -> None:
        forms, sheet = self.forms, self.sheet
        sheet.write_string(self.at, 0, label, forms.total if bold else None)
        count = forms.count_bold if bold else forms.count
        for place, rows in ((1, part.left_rows), (3, part.right_rows)):
            sheet.write_number(self.at, place, rows, count)
        for place, amount in ((2, part.left), (4, part.right), (5, part.apart)):
            sheet.write_number(self.at, place, amount, forms.amount(amount, bold=bold))
        if note:
            sheet.write_string(self.at, 6, note, forms.label)
        self.at += 1

    def tallies(self, heading: str, found: Mapping[str, Any]) -> None:
        forms = self.forms
        self.write(heading, forms.heading)
        for place, word in enumerate(("", "Count", "Rows", "Amount of ours")):
            self.sheet.write_string(self.at, place, word, forms.head_right if place else forms.head)
        self.at += 1
        for name, tally in found.items():
            self.sheet.write_string(self.at, 0, words_of(name))
            self.sheet.write_number(self.at, 1, tally["count"], forms.count)
            self.sheet.write_number(self.at, 2, tally["rows"], forms.count)
            for code, text in tally["total"].items():
                amount = Decimal(text)
                self.sheet.write_number(self.at, 3, amount, forms.amount(amount))
                self.sheet.write_string(self.at, 4, "" if code == "XXX" else code)
                self.at += 1
        self.at += 1
