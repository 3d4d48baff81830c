"""Takes a QIF file apart: sections that begin with `!`, records that end with `^`, one field a line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from paydesk.importers.records import NotReadable
from paydesk.importers.text_files import open_text

ACCOUNT = "account"
MOVES_MONEY = {"bank": "Bank", "cash": "Cash", "ccard": "CCard", "oth a": "Oth A", "oth l": "Oth L"}
INVESTMENT = "invst"
MOST_FIELDS = 5_000


@dataclass(frozen=True, slots=True)
class Section:
    """`!Type:Bank` begins: "bank"; `!Account` is "account"."""

    line: int
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One record: its first line, the section it is in, its fields in order; not `closed` without a `^`."""

    line: int
    section: str
    fields: tuple[tuple[str, str], ...]
    closed: bool

    def first(self, code: str) -> str:
        """The first field of `code`, "" when there is none."""
        return next((value for name, value in self.fields if name == code), "")

    def raw(self) -> dict[str, str]:
        """The fields by their letters; a letter that comes again is "S[2]"."""
        found: dict[str, str] = {}
        counts: dict[str, int] = {}
        for name, value in self.fields:
            counts[name] = counts.get(name, 0) + 1
            found[name if counts[name] == 1 else f"{name}[{counts[name]}]"] = value
        return found


def entries(file: BinaryIO, encoding: str) -> Iterator[Section | Entry]:
    """The sections and records of the file in order. Raises NotReadable for what cannot be QIF."""
    text = open_text(file, encoding)
    section, begun = "", 0
    fields: list[tuple[str, str]] = []
    try:
        for number, written in enumerate(text, start=1):
            line = written.rstrip("\r\n")
            if not line.strip():
                continue
            if line[0] == "!":
                if fields:
                    yield Entry(begun, section, tuple(fields), False)
                    fields = []
                if name := _section(line):
                    section = name
                    yield Section(number, section)
            elif line[0] == "^":
                if fields:
                    yield Entry(begun, section, tuple(fields), True)
                    fields = []
            else:
                if not fields:
                    begun = number
                fields.append((line[0], line[1:].strip()))
                if len(fields) > MOST_FIELDS:
                    raise NotReadable(
                        f"From line {begun} on there are more than {MOST_FIELDS:,} lines without the ^ that "
                        "ends a transaction; the file is damaged or no QIF file."
                    )
        if fields:
            yield Entry(begun, section, tuple(fields), False)
    finally:
        with suppress(ValueError):  # whoever handed the file in may have closed it meanwhile
            text.detach()


def _section(line: str) -> str:
    """The section a `!` line begins, "" for an option, which begins none."""
    word, _, rest = line[1:].strip().partition(":")
    if word.strip().casefold() == "account":
        return ACCOUNT
    if word.strip().casefold() == "type":
        return " ".join(rest.split()).casefold() or "nothing"
    return ""
