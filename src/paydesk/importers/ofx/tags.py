"""Streams the tags of an OFX file, SGML and XML alike: no tree, no entities of its own, flat memory.

OFX 1 is SGML in which values have no closing tag; OFX 2 is XML in which they have. Banks mix the two, put a
`<` into a name and leave optional tags empty, so one reader takes all of it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO, TextIO

from paydesk.importers.records import NotReadable
from paydesk.importers.text_files import open_text

CHUNK_CHARS = 256 * 1024
_TAG = re.compile(
    r"<(?:(/?)([A-Za-z][\w.\-]*)(?:\s[^<>]*?)?(/?)>|!\[CDATA\[(.*?)\]\]>|!--.*?-->|\?[^<>]*>|(!\[CDATA\[|!--))"
    r"([^<]*)",
    re.DOTALL,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});")

Tag = tuple[bool, str, str]  # (True for a closing tag, NAME, the text after an opening tag)


def tags(file: BinaryIO, encoding: str, longest: int) -> Iterator[Tag]:
    """Every tag from `<OFX>` on, names in capitals, texts trimmed, with entities resolved.

    Raises NotReadable for a document type and for a text or tag of more than `longest` characters.
    """
    text = open_text(file, encoding)
    try:
        yield from _tags(text, longest)
    except UnicodeError as problem:
        raise NotReadable(f"The file cannot be decoded as {encoding}; export it again.") from problem
    finally:
        with suppress(ValueError):  # whoever handed the file in may have closed it meanwhile
            text.detach()


def _tags(text: TextIO, longest: int) -> Iterator[Tag]:
    rest = ""
    name, value = "", ""  # the opening tag whose text may go on
    in_body = False
    while True:
        chunk = text.read(CHUNK_CHARS)
        buffer = rest + chunk
        size = len(buffer)
        place = 0
        for found in _TAG.finditer(buffer):
            start, end = found.span()
            if end == size and chunk:
                break
            if start != place:
                value += _between(buffer[place:start], name)
            place = end
            closing, tag, alone, cdata, unclosed, after = found.groups()
            if tag is not None:
                if name:
                    yield False, name, _clean(value)
                    name, value = "", ""
                tag = tag.upper()
                if not in_body:
                    in_body = tag == "OFX"
                    continue
                if closing:
                    yield True, tag, ""
                elif alone:
                    yield False, tag, ""
                    yield True, tag, ""
                else:
                    name, value = tag, after
            elif unclosed:
                place = start
                break
            elif name:
                value += html.escape(cdata or "", quote=False) + after
        rest = buffer[place:]
        if len(rest) > longest or len(value) > longest:
            raise NotReadable(
                f"The file has a text of more than {longest:,} characters in one place, which no statement "
                "has; it is damaged or not an OFX file."
            )
        if not chunk:
            break
    if in_body and rest.strip() and name:
        value += _between(rest, name)
    if name:
        yield False, name, _clean(value)


def _between(text: str, name: str) -> str:
    """Text that is no tag: a bare `<` in a value. Refuses a document type."""
    if re.search(r"<!\s*(?:DOCTYPE|ENTITY|ELEMENT)", text, re.IGNORECASE):
        raise NotReadable(
            "The OFX file has a document type (DOCTYPE), which no bank sends; it is not opened."
        )
    return text if name else ""


def _clean(value: str) -> str:
    if "&" in value:
        value = _ENTITY.sub(lambda found: html.unescape(found[0]), value)
    if "\x00" in value:
        raise NotReadable("The file holds NUL characters inside a value; it is damaged, export it again.")
    return value.strip()
