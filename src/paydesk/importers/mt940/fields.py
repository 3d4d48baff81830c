"""MT940 text to its fields: `:61:` and what follows it up to the next field, with the line it stands on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from paydesk.importers.limits import Limits
from paydesk.importers.records import NotReadable

# What a bank really sends; ":12:" at the start of a line is a time of day that was wrapped, not a field.
TAGS = (
    "20", "21", "25", "25P", "28", "28C", "13", "13D", "34F", "60F", "60M", "61", "62F", "62M", "64", "65",
    "86", "90C", "90D", "NS", "940", "942",
)  # fmt: skip
_TAG = re.compile(rb"[\x00-\x20]*:(" + "|".join(TAGS).encode() + rb"):")
_OTHER_TAG = re.compile(r":[0-9]{2}[A-Z]?:")
_ENVELOPE = re.compile(rb"[\x00-\x20]*\{[1-5]:")
_CLOSED = re.compile(rb"-(?:\}|$)")
_END = re.compile(r"-(?:\}.*|XXX)?")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]+")
_AHEAD = re.compile(rb"[\r\n][\x00-\x09\x0b\x0c\x0e-\x20]*(?:\{[^\r\n]{0,160}\{4: *)?:(20|61|62F|62M):")
_CHUNK = 64 * 1024
MOST_LINES = 400  # of one field; the standard knows six


@dataclass(slots=True)
class Field:
    """One field. `line` and `offset` are where it begins; `lines` are its text without the tag."""

    tag: str
    line: int
    offset: int
    lines: list[str] = field(default_factory=list)


class Decoder:
    """Lines as text: UTF-8, else Windows-1252; remembers where it guessed and where it took bytes out."""

    def __init__(self) -> None:
        self.guessed_at: int | None = None
        self.binary_at: int | None = None
        self.open_at: int | None = None  # where a SWIFT envelope begins that nothing has closed yet

    def text(self, line: bytes, number: int) -> str:
        try:
            text = line.decode()
        except UnicodeDecodeError:
            self.guessed_at = self.guessed_at or number
            text = line.decode("cp1252", "replace")
        if not text.isprintable() and (plain := _CONTROLS.sub(" ", text)) != text:
            if any(sign < " " and sign not in "\x01\x03\x0c" for sign in text.strip("\r\n\x00")):
                self.binary_at = self.binary_at or number
            return plain
        return text


def fields_of(file: BinaryIO, decoder: Decoder, limits: Limits) -> Iterator[Field]:
    """The fields of `file` in order. Lines before the first one (bank and SWIFT headers) belong to none.

    Raises NotReadable for a line longer than the limit.
    """
    current: Field | None = None
    number = offset = 0
    ended = False
    file.seek(0)
    for number, offset, line in _lines(file, limits):
        if b"{" in line or line[:1] == b"-":
            _watch_envelope(line, number, decoder)
        found = _TAG.match(line if line[:1] != b"{" else _inside(line))
        if found is not None:
            if current is not None:
                yield current
            current = Field(
                found[1].decode(), number, offset, [decoder.text(found.string[found.end() :], number)]
            )
            ended = False
        elif current is not None and not ended:
            if _ENVELOPE.match(line):
                ended = True
            elif len(current.lines) < MOST_LINES:
                current.lines.append(decoder.text(line, number))
    if current is not None:
        yield current


def _lines(file: BinaryIO, limits: Limits) -> Iterator[tuple[int, int, bytes]]:
    """(line number, offset, line without its end); a file may end its lines with CR alone."""
    number, longest = 0, limits.line_chars
    offset = file.tell()
    while line := file.readline(longest + 1):
        if len(line) > longest:
            raise NotReadable(
                f"Line {number + 1} has more than {longest:,} characters, which no MT940 statement has; the "
                "file is damaged or something else."
            )
        line_size = len(line)
        line = line.rstrip(b"\r\n")
        if b"\r" in line:
            start = offset
            for part in line.split(b"\r"):
                number += 1
                yield number, start, part
                start += len(part) + 1
        else:
            number += 1
            yield number, offset, line
        offset += line_size


def _watch_envelope(line: bytes, number: int, decoder: Decoder) -> None:
    """Remember where a message in a SWIFT envelope begins, forget it where it is closed."""
    if _ENVELOPE.match(line) and (b"{1:" in line or b"{4:" in line):
        decoder.open_at = decoder.open_at or number
        line = _inside(line)
    if _CLOSED.match(line.strip()):
        decoder.open_at = None


def _inside(line: bytes) -> bytes:
    """What stands behind the SWIFT envelope on the same line."""
    return line.partition(b"{4:")[2]


def without_end(lines: list[str]) -> list[str]:
    """The lines of the last field of a message, up to the hyphen that ends it."""
    for place, line in enumerate(lines):
        if place and _END.fullmatch(line.strip()):
            return lines[:place]
    return lines


def unknown_tag(field_: Field) -> str:
    """A line inside a field that looks like a field we do not know, "" for none."""
    return next((found[0] for line in field_.lines[1:] if (found := _OTHER_TAG.match(line))), "")


def closing_ahead(file: BinaryIO, offset: int, limits: Limits) -> tuple[str, str, int]:
    """(tag, text, number of `:61:` lines) of the message that begins at `offset`, from the bytes alone.

    The closing balance stands behind the entries but is wanted before them. The text is the line of the
    balance and the two after it, up to the next field. The position of `file` is as before afterwards.
    """
    before = file.tell()
    file.seek(offset)
    tag, text, entries = "", "", 0
    rest = b"\n"
    first = more = True
    while more and len(rest) <= limits.line_chars:
        chunk = file.read(_CHUNK)
        more = bool(chunk)
        data = rest + chunk
        end = data.rfind(b"\n", 0, max(len(data) - 400, 0)) if more else len(data)
        if end < 0:
            rest = data
            continue
        for found in _AHEAD.finditer(data, 0, end + 100 if more else end):
            if found.start() >= end:
                break
            name = found[1]
            if name == b"61":
                entries += 1
            elif name[:2] == b"62":
                tag = name.decode()
                text = _until_field(data[found.end() : found.end() + 300].decode("latin-1"))
            elif not first:
                more = False
                break
            first = False
        rest = data[end:]
    file.seek(before)
    return tag, text, entries


def _until_field(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:3]
    place = next((place for place, line in enumerate(lines) if place and line[:1] in (":", "-", "{")), 3)
    return "\n".join(lines[:place])
