"""Bytes of a text file: its encoding, whether it is text at all, how it ends. One pass, flat memory."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass
from typing import BinaryIO

from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.records import NotReadable

CHUNK = 256 * 1024  # larger pieces of memory are fetched from the system each time
TAIL_BYTES = 128 * 1024

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class TextScan:
    """What one pass over a text file found. `warning` says when the encoding was a guess."""

    encoding: str
    warning: str | None
    size: int
    tail: str


def encoding_of(head: bytes) -> str | None:
    """The encoding the first bytes give away by a mark or by the zero bytes of UTF-16, else None."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    sample = head[:4000]
    if len(sample) >= 4 and sample.count(0) > len(sample) // 3:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if odd > len(sample) // 3 and even < len(sample) // 20:
            return "utf-16-le"
        if even > len(sample) // 3 and odd < len(sample) // 20:
            return "utf-16-be"
    return None


def scan_text(file: BinaryIO, limits: Limits = LIMITS) -> TextScan:
    """Read `file` once and say how to decode it; the position is the start again afterwards.

    UTF-8 or UTF-16 where the bytes say so, Windows-1252 with a warning where they are not valid UTF-8.
    Raises NotReadable for NUL bytes, for bytes that are no text and for a line longer than the limit.
    """
    file.seek(0)
    known = encoding_of(file.read(4096))
    file.seek(0)
    wide = known is not None and known.startswith(("utf-16", "utf-32"))
    strict = codecs.getincrementaldecoder(known or "utf-8")()
    broken_at: int | None = None
    tail, size, line_length = b"", 0, 0
    piece = min(CHUNK, limits.line_chars)  # so that no line inside a piece can be too long
    while chunk := file.read(piece):
        if not wide and 0 in chunk:
            raise NotReadable(
                f"The file holds a NUL byte at position {size + chunk.index(0):,}, so it is not a text file "
                "or it is damaged; export it again."
            )
        if broken_at is None:
            try:
                if "\x00" in strict.decode(chunk):
                    raise NotReadable(
                        f"The file holds a NUL character in its {known or 'text'} near position {size:,}: "
                        "it is damaged; export it again."
                    )
            except UnicodeError as problem:
                where = problem.start if isinstance(problem, UnicodeDecodeError) else 0
                broken_at = _line_at(file, size + where)
        line_length = _longest_open_line(chunk, line_length, limits.line_chars * (2 if wide else 1))
        size += len(chunk)
        tail = (tail + chunk)[-TAIL_BYTES:] if len(chunk) < TAIL_BYTES else chunk[-TAIL_BYTES:]
    if broken_at is None:
        try:
            strict.decode(b"", True)
        except UnicodeError:
            broken_at = _line_at(file, size)
    file.seek(0)
    if broken_at is None:
        encoding = known or "utf-8"
        return TextScan(encoding, None, size, _tail_text(tail, encoding, size))
    if known is not None:
        raise NotReadable(
            f"The file is marked as {known.upper()} but line {broken_at} is not; export it again."
        )
    return TextScan("cp1252", _old_encoding(file, broken_at), size, _tail_text(tail, "cp1252", size))


def _longest_open_line(chunk: bytes, before: int, limit: int) -> int:
    """Length of the line left open at the end of `chunk`; refuses a line longer than `limit`."""
    ends = [place for place in (chunk.find(b"\n"), chunk.find(b"\r")) if place >= 0]
    first = min(ends, default=len(chunk))
    if before + first > limit:
        raise NotReadable(
            f"The file has a line of more than {limit:,} characters, which no statement has; it is damaged "
            "or not a table."
        )
    if not ends:
        return before + len(chunk)
    return len(chunk) - 1 - max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))


def _line_at(file: BinaryIO, position: int) -> int:
    """The number of the line with the byte at `position`; the position of `file` stays what it is."""
    here = file.tell()
    file.seek(0)
    line = 1
    while position > 0 and (chunk := file.read(min(CHUNK, position))):
        line += chunk.count(b"\n")
        position -= len(chunk)
    file.seek(here)
    return line


def _old_encoding(file: BinaryIO, broken_at: int) -> str:
    """The warning for a file that is not UTF-8; refuses one that is no Windows-1252 text either."""
    decoder = codecs.getincrementaldecoder("cp1252")()
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
    except UnicodeDecodeError as problem:
        raise NotReadable(
            f"Line {broken_at} holds bytes that are neither UTF-8 nor Windows-1252 text; the file is damaged "
            "or not a text file."
        ) from problem
    finally:
        file.seek(0)
    return f"Line {broken_at} is not UTF-8, so the file was read as Windows-1252: check letters with accents."


def _tail_text(tail: bytes, encoding: str, size: int) -> str:
    """The end of the file as text, from the first whole line on."""
    if encoding == "utf-16":
        return ""  # without its mark the byte order is lost; such files do without the look at the end
    text = tail.decode(encoding, "replace")
    if size <= len(tail):
        return text
    cut = text.find("\n")
    return text[cut + 1 :] if cut >= 0 else ""


def open_text(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """`file` from its start as text with line ends untouched. Detach it when done: `file` stays open."""
    file.seek(0)
    return io.TextIOWrapper(file, encoding=encoding, newline="")
