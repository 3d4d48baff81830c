"""The pain messages: which there are, which one a file is, and the schema it is checked against."""

from __future__ import annotations

import importlib.util
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from paydesk.importers.other_formats import is_xml, text_of, what_is
from paydesk.importers.records import NotReadable
from paydesk.importers.safe_xml import local_name, namespace, xml_events

CHECKED_UP_TO = 8 * 1024 * 1024  # bytes; the schema needs the whole message in memory
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Message:
    """What tells one pain message from another. `transaction` is the element of one line; `sign` is what it
    does to our account, 0 for a report."""

    name: str
    container: str
    group: str
    transaction: str
    sign: int
    newest: int

    def is_container(self, element_name: str) -> bool:
        """Whether an element of this name is the message; the first versions are named as the message is."""
        return (
            element_name == self.container
            or re.fullmatch(rf"{re.escape(self.name)}\.001\.0[12]", element_name) is not None
        )


PAIN001 = Message("pain.001", "CstmrCdtTrfInitn", "PmtInf", "CdtTrfTxInf", sign=-1, newest=12)
PAIN002 = Message("pain.002", "CstmrPmtStsRpt", "OrgnlPmtInfAndSts", "TxInfAndSts", sign=0, newest=14)
PAIN008 = Message("pain.008", "CstmrDrctDbtInitn", "PmtInf", "DrctDbtTxInf", sign=1, newest=11)

_ELEMENT = re.compile(r"<(?:[\w-]+:)?([A-Za-z_][\w.-]*)[\s/>]")
_VERSION = re.compile(r"pain\.\d{3}\.\d{3}\.\d{2}", re.ASCII)


def is_message(message: Message, head: bytes) -> bool:
    """Whether the first bytes are this message."""
    if not is_xml(head):
        return False
    text = re.sub(r"<!--.*?-->|<\?.*?\?>", " ", text_of(head), flags=re.DOTALL)
    return any(message.is_container(name) for name in _ELEMENT.findall(text[:20_000])[:40])


def identified(message: Message, file: BinaryIO) -> tuple[str, str, list[str]]:
    """(full name, namespace, warnings) of the message in `file`. Raises NotReadable for another one."""
    file.seek(0)
    head = file.read(64 * 1024)
    if is_xml(head):
        for depth, (event, element) in enumerate(xml_events(file)):
            if event != "start" or depth > 6:
                break
            name = local_name(element)
            if message.is_container(name):
                return _described(message, namespace(element), name)
    raise NotReadable(f"The file is {what_is(head) or 'no XML'}, not a {message.name} message.")


def _described(message: Message, space: str, element_name: str) -> tuple[str, str, list[str]]:
    found = _VERSION.search(space) or _VERSION.search(element_name)
    if found is None:
        said = f"the namespace {space!r} instead" if space else "no namespace"
        text = f"The message has {said} of its ISO 20022 version; it was read by its names."
        return message.name, space, [text]
    if not found[0].startswith(message.name):
        return found[0], space, [f"The namespace says {found[0]}, the content is {message.name}."]
    if int(found[0][-2:]) > message.newest:
        return found[0], space, [f"{found[0]} is newer than the versions we know; check what was read."]
    return found[0], space, []


def schema_remarks(file: BinaryIO, format_name: str, space: str) -> Iterator[str]:
    """How the message deviates from its official schema, as far as there is one; banks do deviate.

    The schemas are those the sepaxml package ships; a national variant is held against the schema of ISO it
    narrows. A message too large to be held in memory is not checked.
    """
    schema = _schema(format_name) if format_name in space else None
    if schema is None:
        return
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size > CHECKED_UP_TO:
        yield f"The message is larger than {CHECKED_UP_TO:,} bytes, so it was not checked against its schema."
        return
    content = file.read()
    for quote in (b'"', b"'"):
        iso = f"urn:iso:std:iso:20022:tech:xsd:{format_name}".encode()
        content = content.replace(quote + space.encode() + quote, quote + iso + quote)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        document = etree.parse(io.BytesIO(content), parser)
    except etree.XMLSyntaxError:
        return  # the reader of the lines says so
    if schema.validate(document):
        return
    errors = list(schema.error_log)  # type: ignore[call-overload]
    for each in errors[:SHOWN]:
        text = re.sub(r"\{[^}]*\}", "", " ".join(str(each.message).split()))[:300]
        yield f"The message deviates from the {format_name} schema (line {each.line}): {text}"
    if len(errors) > SHOWN:
        yield f"{len(errors) - SHOWN} more deviations from the {format_name} schema like the last one."


@cache
def _schema(format_name: str) -> etree.XMLSchema | None:
    found = importlib.util.find_spec("sepaxml")
    for folder in (found.submodule_search_locations or []) if found else []:
        path = Path(folder) / "schemas" / f"{format_name}.xsd"
        if path.is_file():
            return etree.XMLSchema(file=str(path))
    return None
