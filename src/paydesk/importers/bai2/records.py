"""Physical lines to logical records: continuations joined, delimiters kept or missing, any letters.

What banks really send is read: records without the slash at the end, text that runs on without code 88,
several records on one line behind a slash, records of a fixed length without line ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from paydesk.importers.limits import Limits
from paydesk.importers.records import NotReadable
from paydesk.importers.text_files import encoding_of

_START = re.compile(r"\s*(0?[123]|16|49|88|98|99)(?:,|/|\s*$)")
_LENGTH = re.compile(rb"0?1,(?:[^,]*,){5}(\d{2,4}),")
_INLINE = re.compile(r"/\s+(?=(01|02|03|16|49|88|98|99),)")


@dataclass(slots=True)
class Logical:
    """A record with its continuations. `parts` are what stood on each line, codes and final slashes off.

    `inside` are transactions found in the text of this one, as they stand there. `count` is how many records
    of the file it is: itself and its continuations.
    """

    code: str
    line: int
    parts: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    count: int = 1
    inside: list[str] = field(default_factory=list)
    size: int = 0

    def fields(self) -> list[str]:
        """All fields, for a record whose continuations hold fields."""
        return [each.strip() for each in ",".join(self.parts).split(",")]


@dataclass(frozen=True, slots=True)
class Stray:
    """A line that belongs to no record."""

    line: int
    raw: str


def logical_records(file: BinaryIO, limits: Limits) -> Iterator[Logical | Stray]:
    """The records of `file` in order. Raises NotReadable for a NUL byte and for what is beyond the limit."""
    current: Logical | None = None
    for number, text in _lines(file, limits):
        for piece, inside in _pieces(text, current):
            start = _START.match(piece)
            code = start[1].rjust(2, "0") if start else ""
            if start is not None and current is not None and current.code == "16" and len(start[1]) == 1:
                start = None  # a text that goes on with a number of one digit
            if start is None:
                if not piece.strip():
                    continue
                if current is None or (current.code != "16" and current.raw[-1].endswith("/")):
                    yield Stray(number, piece.strip())
                    continue
                _append(current, piece, piece, limits)
            elif code == "16" and inside and current is not None:
                current.inside.append(piece)
                _append(current, piece, piece, limits)
            elif code == "88":
                if current is None:
                    yield Stray(number, text)
                    continue
                _append(current, piece[start.end() :], piece, limits)
                current.count += 1
            else:
                if current is not None:
                    yield current
                current = Logical(code, number)
                _append(current, piece[start.end() :], piece, limits)
    if current is not None:
        yield current


def _append(record: Logical, part: str, raw: str, limits: Limits) -> None:
    record.size += len(raw) + 1
    if record.size > limits.line_chars:
        raise NotReadable(
            f"The record of line {record.line} goes on for more than {limits.line_chars:,} characters, which "
            "no statement does; the file is damaged or no BAI2."
        )
    record.parts.append(_without_slash(part))
    record.raw.append(raw.strip())


def _without_slash(part: str) -> str:
    plain = part.rstrip()
    return plain[:-1] if plain.endswith("/") else plain


def _pieces(text: str, current: Logical | None) -> Iterator[tuple[str, bool]]:
    """The records of one physical line; True for one that stands in the text of another.

    A slash ends a record, but within text it may be a letter like any other, so only a slash with blanks
    and a record code behind it ends that.
    """
    place, is_text = 0, current is not None and current.code == "16"
    inside = False
    for found in _INLINE.finditer(text):
        piece = text[place : found.start() + 1]
        if (start := _START.match(piece)) is not None:
            is_text = start[1] == "16" or (start[1] == "88" and is_text)
        yield piece, inside
        place, inside = found.end(), is_text
    yield text[place:], inside


def _lines(file: BinaryIO, limits: Limits) -> Iterator[tuple[int, str]]:
    """Physical lines as text with their numbers; blank ones passed over."""
    file.seek(0)
    wide = encoding_of(file.read(4096))
    file.seek(0)
    if wide is not None and wide.startswith(("utf-16", "utf-32")):
        raise NotReadable("The file is UTF-16 text, which no bank sends as BAI2; save it as plain text.")
    most = limits.line_chars
    number = 0
    if length := _fixed_length(file):
        while chunk := file.read(length):
            number += 1
            if text := _text(chunk).replace("\x00", "\ufffd").strip("\ufeff\x1a \t\r\n"):
                yield number, text
        return
    while chunk := file.readline(most + 1):
        if len(chunk) > most:
            raise NotReadable(
                f"The file has a line of more than {most:,} characters, which no statement has; it is "
                "damaged."
            )
        if 0 in chunk:
            raise NotReadable(
                f"Line {number + 1} holds a NUL byte, so the file is damaged; ask for it again."
            )
        for piece in chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n"):
            number += 1
            if text := _text(piece).strip("\ufeff\x1a \t"):
                yield number, text


def _fixed_length(file: BinaryIO) -> int:
    """The length the header states for physical records, where they have no line ends; else 0."""
    head = file.read(4096).rstrip()
    file.seek(0)
    found = _LENGTH.match(head)
    length = int(found[1]) if found and b"\n" not in head and b"\r" not in head else 0
    return length if 20 <= length < len(head) and _START.match(_text(head[length : length + 20])) else 0


def _text(piece: bytes) -> str:
    try:
        return piece.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return piece.decode("cp1252")
        except UnicodeDecodeError:
            return piece.decode("latin-1")
