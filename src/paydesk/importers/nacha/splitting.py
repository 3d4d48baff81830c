"""Bytes to records of 94 columns: with line ends or without, short or long, in any letters a bank sends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

WIDTH = 94
FILLER = "\u2060"  # stands where a letter of two bytes took two columns; taken out of every name and text
_STARTS = frozenset(b"156789")
_UNBROKEN_FROM = WIDTH + 50  # a line this long is several records, not one with something behind it
_KEEP = 8 * WIDTH  # never cut so near to the end of what has arrived
_NO_CONTENT = b" \t\x00\x1a"


@dataclass(frozen=True, slots=True)
class Line:
    """One record: its physical line (its number where there are no line ends), padded to 94 columns.

    `length` is how many columns it really had, blanks at the end aside; more than 94 for a long one, whose
    `surplus` is what stood behind.
    """

    number: int
    text: str
    length: int = WIDTH
    surplus: str = ""


def lines_of(chunks: Iterable[bytes]) -> Iterator[Line]:
    """The records of a file that comes in `chunks` of any size; blank lines are counted and passed over."""
    number = 0
    buffer = b""
    for chunk in chunks:
        buffer += chunk
        held = b""
        if buffer.endswith(b"\r"):  # its line feed may be in the next chunk
            buffer, held = buffer[:-1], b"\r"
        if b"\r" in buffer:
            buffer = buffer.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *whole, buffer = buffer.split(b"\n")
        for piece in whole:
            if len(piece) == WIDTH and piece.isascii() and b"\x00" not in piece:
                number += 1
                if not piece.isspace():
                    yield Line(number, piece.decode("ascii"))
                continue
            for line in _of_piece(piece, number):
                number = line.number
                if line.length:
                    yield line
        place = 0
        while len(buffer) - place > _KEEP:
            text, used = _first_record(buffer[place : place + 5 * WIDTH])
            number += 1
            place += used
            if text.strip():
                yield Line(number, text)
        buffer = buffer[place:] + held
    for line in _of_piece(buffer.rstrip(b"\r"), number):
        if line.length:
            yield line


def _of_piece(piece: bytes, number: int) -> Iterator[Line]:
    """The records of one physical line, which are several when somebody took the line ends out."""
    piece = piece.rstrip(_NO_CONTENT)
    place = 0
    while len(piece) - place >= _UNBROKEN_FROM:
        text, used = _first_record(piece[place : place + 5 * WIDTH])
        if place + used >= len(piece) or piece[place + used] not in _STARTS:
            break
        number += 1
        place += used
        yield Line(number, text)
    text = _letters(piece[place:]).replace("\x00", "\ufffd").rstrip()
    surplus = text[WIDTH:].strip()
    yield Line(number + 1, text[:WIDTH].ljust(WIDTH), len(text), surplus)


def _first_record(buffer: bytes) -> tuple[str, int]:
    """The first 94 columns of `buffer` and the bytes they took."""
    head = buffer[:WIDTH]
    if head.isascii():
        return head.decode("ascii").replace("\x00", "\ufffd"), WIDTH
    try:
        text = buffer[: WIDTH * 4].decode("utf-8")[:WIDTH]
    except UnicodeDecodeError as problem:
        text = buffer[: problem.start].decode("utf-8")[:WIDTH]
    used = len(text.encode())
    counts_letters = len(text) == WIDTH and (len(buffer) == used or buffer[used] in _STARTS)
    if counts_letters:
        return text, used
    return _letters(head).ljust(WIDTH)[:WIDTH], WIDTH


def _letters(piece: bytes) -> str:
    """`piece` as text: UTF-8, else Windows-1252, else every byte a letter.

    UTF-8 whose bytes make 94 columns while its letters do not was counted in bytes: then a filler follows
    each such letter, so that what stands behind it stays in its column.
    """
    if piece.isascii():
        return piece.decode("ascii")
    try:
        text = piece.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return piece.decode("cp1252")
        except UnicodeDecodeError:
            return piece.decode("latin-1")
    if len(piece) == WIDTH:
        return "".join(letter + FILLER * (len(letter.encode()) - 1) for letter in text)
    return text
