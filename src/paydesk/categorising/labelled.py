"""Cases whose category is known, to learn from or to be measured by; and how they are read from a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from paydesk.kernel.refused import Refused

LONGEST_CELL = 16 * 1024 * 1024
LONGEST_CATEGORY = 200
MOST_BYTES = 1024 * 1024 * 1024
SEPARATORS = ",;\t"
COLUMNS = ("text", "category")


class LabelledRefused(Refused):
    """The cases cannot be learnt from; the sentence says which and why."""

    code = "categorise.cases_refused"


@dataclass(frozen=True, slots=True)
class Labelled:
    """What somebody wrote and the category it got in the end. `key` finds the case again ("line 12")."""

    text: str
    category: str
    key: str = ""


def read_labelled(path: Path) -> list[Labelled]:
    """The rows of a CSV with the columns text and category, in its order; other columns are passed over.

    UTF-8; comma, semicolon or tab. A row without a text is kept, one without a category is refused, and so is
    a row with more cells than the header: there a text has a comma and no quotation marks.
    """
    if path.stat().st_size > MOST_BYTES:
        raise LabelledRefused(f"{path.name} has more than {MOST_BYTES >> 30} GiB; split it.")
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise LabelledRefused(
            f"{path.name} is not UTF-8 text at byte {problem.start:,}; save it as CSV in UTF-8."
        ) from problem
    head = content.partition("\n")[0]
    separator = max(SEPARATORS, key=head.count)
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        return list(_rows(path.name, content, separator))
    finally:
        csv.field_size_limit(before)


def _rows(name: str, content: str, separator: str) -> Iterator[Labelled]:
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=separator, strict=True)
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        if not any(header):
            raise LabelledRefused(
                f"{name} is empty; its first line has to name the columns text and category."
            )
        for column in COLUMNS:
            if header.count(column) != 1:
                what = "no column" if column not in header else "more than one column"
                raise LabelledRefused(f"{name} has {what} {column}; its columns are {_listed(header)}.")
        text_at, category_at = (header.index(column) for column in COLUMNS)
        rows, line = 0, reader.line_num + 1
        for cells in reader:
            if any(cells):
                yield _row(name, line, cells, len(header), text_at, category_at)
                rows += 1
            line = reader.line_num + 1
    except csv.Error as problem:
        raise LabelledRefused(
            f"{name} cannot be read at line {reader.line_num}: {problem}; a text with quotation marks or "
            "line ends has to stand in quotation marks, its own doubled."
        ) from problem
    if not rows:
        raise LabelledRefused(f"{name} has a header and no rows.")


def _row(name: str, line: int, cells: list[str], width: int, text_at: int, category_at: int) -> Labelled:
    if len(cells) > width:
        raise LabelledRefused(
            f"Line {line} of {name} has {len(cells)} cells and the header {width}: put its text in quotation "
            "marks."
        )
    category = cells[category_at].strip() if category_at < len(cells) else ""
    if not category:
        raise LabelledRefused(f"Line {line} of {name} has no category; give it one or take the row out.")
    if len(category) > LONGEST_CATEGORY:
        raise LabelledRefused(
            f"The category in line {line} of {name} has {len(category):,} characters and may have "
            f"{LONGEST_CATEGORY}: is the column category the right one?"
        )
    return Labelled(cells[text_at] if text_at < len(cells) else "", category, f"line {line}")


def _listed(header: list[str]) -> str:
    shown = [cell[:40] or "(empty)" for cell in header[:8]]
    return ", ".join(shown) + (", ..." if len(header) > 8 else "")
