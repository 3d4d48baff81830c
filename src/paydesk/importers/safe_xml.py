"""Streams the elements of an XML file: no entities, no DTD, no network, flat memory, clear refusals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from lxml import etree

from paydesk.importers.limits import LIMITS
from paydesk.importers.records import NotReadable

_DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_OTHER_LINE = re.compile(r" line \d+")
_ADVICE = re.compile(r"[,;]? ?(?:use|try) XML_PARSE_HUGE.*")  # to programmers
_PROLOGUE_BYTES = 64 * 1024


_LOCAL: dict[str, str] = {}


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace; "" for comments and processing instructions."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    known = _LOCAL.get(tag)
    if known is None:
        known = tag.rpartition("}")[2]
        if len(_LOCAL) < 5_000:
            _LOCAL[tag] = known
    return known


def namespace(element: etree._Element) -> str:
    """The namespace of an element, "" for none."""
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


_COUNTED_EVERY = 200_000  # events after which the elements in memory are counted
_OPTIONS: dict[str, Any] = {
    "events": ("start", "end"),
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def xml_events(file: BinaryIO) -> Iterator[tuple[str, etree._Element]]:
    """("start" | "end", element) for every element of `file` from its start; the caller clears what it read.

    Raises NotReadable for what is not well-formed, with the line, and for any document type: a statement
    has none, and entities are how an XML file reads other files or fills the memory.
    """
    _refuse_doctype(file)
    try:
        source = cast("BinaryIO", _Watched(file))
        for number, (event, element) in enumerate(etree.iterparse(source, **_OPTIONS), start=1):
            if not number % _COUNTED_EVERY:
                _refuse_crowd(element)
            if event == "start" and element.getparent() is None and element.getroottree().docinfo.doctype:
                raise NotReadable("The XML file has a document type (DOCTYPE), which no bank sends.")
            yield str(event), element
    except etree.XMLSyntaxError as problem:
        raise _damaged(problem, 0) from problem
    except (LookupError, UnicodeError, OSError) as problem:
        raise NotReadable(f"The XML file cannot be decoded ({problem}).") from problem


class _Watched:
    """A file whose bytes are refused when no tag ends in very many of them: the parser would keep all."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._length = 0

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.look_at(data)
        return data

    def look_at(self, data: bytes) -> None:
        """Raises NotReadable for a tag or a text longer than the longest line of a text file."""
        end = data.rfind(b">")
        self._length = self._length + len(data) if end < 0 else len(data) - end - 1
        if self._length > LIMITS.line_chars:
            raise NotReadable(
                f"The XML file goes on for more than {LIMITS.line_chars:,} characters without the end of a "
                "tag, which no statement does; it is damaged."
            )


class PullParser:
    """xml_events for a caller that hands in the bytes itself and may leave some out, whole elements only.

    `skipped_lines` are the line ends left out so far; what is said about damage counts them.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Raises NotReadable when `file` has a document type."""
        _refuse_doctype(file)
        self._parser = etree.XMLPullParser(**_OPTIONS)
        self._watched = _Watched(file)
        self.skipped_lines = 0
        self._seen = 0

    def feed(self, data: bytes) -> Iterator[tuple[str, etree._Element]]:
        """The events of the next bytes. Raises NotReadable as xml_events does."""
        self._watched.look_at(data)
        try:
            self._parser.feed(data)
            yield from self._events()
        except etree.XMLSyntaxError as problem:
            raise _damaged(problem, self.skipped_lines) from problem
        except (LookupError, UnicodeError, OSError) as problem:
            raise NotReadable(f"The XML file cannot be decoded ({problem}).") from problem

    def finish(self) -> Iterator[tuple[str, etree._Element]]:
        """The events of the end. Raises NotReadable when the file stops before it."""
        try:
            self._parser.close()
            yield from self._events()
        except etree.XMLSyntaxError as problem:
            raise _damaged(problem, self.skipped_lines) from problem

    def _events(self) -> Iterator[tuple[str, etree._Element]]:
        events: Any = self._parser.read_events()
        for event, element in events:
            self._seen += 1
            if not self._seen % _COUNTED_EVERY:
                _refuse_crowd(element)
            if event == "start" and element.getparent() is None and element.getroottree().docinfo.doctype:
                raise NotReadable("The XML file has a document type (DOCTYPE), which no bank sends.")
            yield event, element


def _refuse_doctype(file: BinaryIO) -> None:
    """Refuse a document type in the first bytes; the position is the start afterwards."""
    file.seek(0)
    head = file.read(_PROLOGUE_BYTES)
    file.seek(0)
    if _DOCTYPE.search(head.replace(b"\x00", b"")):
        raise NotReadable(
            "The XML file has a document type (DOCTYPE), which no bank sends; it is not opened."
        )


def _refuse_crowd(element: etree._Element) -> None:
    """Refuse a file that keeps too many elements in memory; what belongs to a statement is let go of."""
    count = element.getroottree().xpath("count(//*)")
    if cast("int", count) > LIMITS.xml_elements:
        raise NotReadable(
            f"The XML file holds more than {LIMITS.xml_elements:,} elements that belong to no statement; it "
            "is damaged or was made to fill the memory."
        )


def _damaged(problem: etree.XMLSyntaxError, skipped_lines: int) -> NotReadable:
    message = " ".join((problem.msg or "it ends before its first element").split(", line")[0].split())
    message = _ADVICE.sub("", message)
    message = _OTHER_LINE.sub("", message)  # the line of another tag, which does not count what was left out
    where = f" (line {problem.lineno + skipped_lines})" if problem.lineno else ""
    return NotReadable(f"The XML file is damaged{where}: {message}. Send it again.")


def let_go(element: etree._Element) -> None:
    """Free an element that was read, and every sibling before it, so that memory stays flat."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def let_go_of_kind(element: etree._Element) -> None:
    """Free an element that was read and those of its name before it; other siblings are still needed."""
    element.clear()
    before = element.getprevious()
    parent = element.getparent()
    if before is not None and parent is not None and before.tag == element.tag:
        parent.remove(before)
