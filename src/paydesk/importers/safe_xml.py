"""Streams the elements of an XML file: no entities, no DTD, no network, flat memory, clear refusals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from paydesk.importers.records import NotReadable

_DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
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


def xml_events(file: BinaryIO) -> Iterator[tuple[str, etree._Element]]:
    """("start" | "end", element) for every element of `file` from its start; the caller clears what it read.

    Raises NotReadable for what is not well-formed, with the line, and for any document type: a statement
    has none, and entities are how an XML file reads other files or fills the memory.
    """
    file.seek(0)
    head = file.read(_PROLOGUE_BYTES)
    file.seek(0)
    if _DOCTYPE.search(head.replace(b"\x00", b"")):
        raise NotReadable(
            "The XML file has a document type (DOCTYPE), which no bank sends; it is not opened."
        )
    try:
        for event, element in etree.iterparse(
            file,
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        ):
            if event == "start" and element.getparent() is None and element.getroottree().docinfo.doctype:
                raise NotReadable("The XML file has a document type (DOCTYPE), which no bank sends.")
            yield str(event), element
    except etree.XMLSyntaxError as problem:
        message = " ".join((problem.msg or "it ends before its first element").split(", line")[0].split())
        where = f" (line {problem.lineno})" if problem.lineno else ""
        raise NotReadable(f"The XML file is damaged{where}: {message}. Send it again.") from problem
    except (LookupError, UnicodeError, OSError) as problem:
        raise NotReadable(f"The XML file cannot be decoded ({problem}).") from problem


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
