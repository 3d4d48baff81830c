"""The elements of a camt file, and its entries that look like others already read, without the parser.

Bytes go to the XML parser as they come. Behind each entry, where the next one begins, the shapes of the
last entries are tried first; what matches one is not parsed again, and the parser goes on behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from lxml import etree

from paydesk.importers.camt.shapes import Rows, Shape, shape_of
from paydesk.importers.safe_xml import PullParser, xml_events
from paydesk.importers.text_files import encoding_of

CHUNK = 256 * 1024
MOST_SHAPES = 24  # tried for one entry
MOST_BUILT = 100  # of one file
_LONGEST_TAG = 4096
PARSED_FIRST = 20  # a small file is not worth a shape
_ENTRY_END = re.compile(rb"</(?:[A-Za-z_][\w.-]*:)?Ntry[ \t\r\n]*>")
_OTHER_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["'](?!utf-?8["']|us-ascii["'])""", re.IGNORECASE)

Event = tuple[str, etree._Element]


@dataclass(frozen=True, slots=True)
class Alike:
    """An entry that looks like another."""

    shape: Shape
    rows: Rows


class EntryStream:
    """Iterate for (event, element) of the parser, or ("alike", Alike) for an entry that looks like another.

    The reader calls `entry_began` and `entry_ended` while it handles the start and the end of an entry that
    stands in a statement. Only behind an entry that began and ended in one piece of bytes without a comment,
    CDATA or instruction in it is it certain that the next bytes are content of the statement.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.shapes: list[Shape] = []
        self.built = 0
        self.parsed = 0
        self._began = False
        self._behind_entry = False

    def entry_began(self) -> None:
        """What was handed out last is the start of an entry of a statement."""
        self._began = True

    def entry_ended(self) -> None:
        """What was handed out last is the end of an entry of a statement."""
        self._behind_entry = self._began

    def __iter__(self) -> Iterator[tuple[str, etree._Element | Alike]]:
        self.file.seek(0)
        head = self.file.read(4096)
        self.file.seek(0)
        encoding = encoding_of(head)
        if encoding not in (None, "utf-8-sig") or _OTHER_ENCODING.search(head):
            yield from xml_events(self.file)
        else:
            yield from self._events()

    def _events(self) -> Iterator[tuple[str, etree._Element | Alike]]:
        parser = PullParser(self.file)
        data, at = b"", 0
        behind_entry, more = False, True
        while more or at < len(data):
            if behind_entry:
                for shape, rows, end, lines in self._alike(data, at):
                    yield "alike", Alike(shape, rows)
                    parser.skipped_lines += lines
                    at = end
            found = _ENTRY_END.search(data, at)
            if found is None and more:
                chunk = self.file.read(CHUNK)
                more = bool(chunk)
                rest = data[at:]
                if behind_entry and len(rest) < CHUNK:
                    data, at = rest + chunk, 0
                    continue
                # No end of an entry in all that: the head of a statement or a very large entry.
                end = rest.rfind(b"<") if more else -1
                if end <= 0 or len(rest) - end > _LONGEST_TAG:
                    end = len(rest)
                behind_entry = False
                yield from self._parsed(parser, rest[:end])
                data, at = rest[end:] + chunk, 0
                continue
            end = found.end() if found else len(data)
            piece = data[at:end]
            at = end
            was_behind = behind_entry
            yield from self._parsed(parser, piece)
            behind_entry = self._behind_entry
            if was_behind and behind_entry:
                self._learn(piece)
        yield from parser.finish()

    def _parsed(self, parser: PullParser, piece: bytes) -> Iterator[Event]:
        """The events of `piece`; `_behind_entry` says afterwards whether it ended with an entry."""
        self._began = self._behind_entry = False
        for event in parser.feed(piece):
            self._behind_entry = False
            yield event
        if b"<!" in piece or b"<?" in piece:
            self._behind_entry = False

    def _alike(self, data: bytes, at: int) -> Iterator[tuple[Shape, Rows, int, int]]:
        """Entries from `at` on as long as they have a shape we know: shape, rows, their end, their lines."""
        shapes = self.shapes
        going = True
        while going:
            going = False
            for place, shape in enumerate(shapes):
                found = shape.match(data, at)
                if found is None:
                    continue
                rows = shape.rows(found.groups())
                if rows is None:
                    break
                if place:
                    shapes.insert(0, shapes.pop(place))
                end = found.end()
                yield shape, rows, end, data.count(b"\n", at, end)
                at = end
                going = True
                break

    def _learn(self, piece: bytes) -> None:
        """Remember how an entry was written that the parser had to read."""
        self.parsed += 1
        if self.parsed <= PARSED_FIRST or self.built >= MOST_BUILT:
            return
        shape = shape_of(piece)
        if shape is not None:
            self.built += 1
            self.shapes.insert(0, shape)
            del self.shapes[MOST_SHAPES:]
