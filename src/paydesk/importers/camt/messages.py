"""The camt messages: which there are, and which one a file is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import BinaryIO

from paydesk.importers.other_formats import is_xml, what_is
from paydesk.importers.records import NotReadable
from paydesk.importers.safe_xml import local_name, namespace, xml_events


@dataclass(frozen=True, slots=True)
class Message:
    """What tells one camt message from another: its name, its message element, its statement element."""

    name: str
    container: str
    statement: str
    newest: int

    def is_container(self, name: str) -> bool:
        """Whether an element of this name is the message; version 1 carried its version in the name."""
        return name in (self.container, self.container + "V01")


CAMT052 = Message("camt.052", "BkToCstmrAcctRpt", "Rpt", newest=13)
CAMT053 = Message("camt.053", "BkToCstmrStmt", "Stmt", newest=13)
CAMT054 = Message("camt.054", "BkToCstmrDbtCdtNtfctn", "Ntfctn", newest=13)


def identified(message: Message, file: BinaryIO) -> tuple[str, list[str]]:
    """The full name of the message in `file` and what to warn about. Raises NotReadable for another one."""
    file.seek(0)
    head = file.read(64 * 1024)
    if not is_xml(head):
        raise NotReadable(f"The file is {what_is(head) or 'no XML'}, not a {message.name} message.")
    for depth, (event, element) in enumerate(xml_events(file)):
        if event != "start" or depth > 6:
            break
        if message.is_container(local_name(element)):
            return _format_of(message, namespace(element))
    raise NotReadable(f"The file is {what_is(head)}, not a {message.name} message.")


def _format_of(message: Message, space: str) -> tuple[str, list[str]]:
    found = re.search(r"camt\.\d{3}\.\d{3}\.\d{2}", space, re.ASCII)
    if found is None:
        said = f"the namespace {space!r} instead" if space else "no namespace"
        return message.name, [f"The message has {said} of its ISO 20022 version; it was read by its names."]
    if not found[0].startswith(message.name):
        return found[0], [f"The namespace says {found[0]}, the content is {message.name}."]
    if int(found[0][-2:]) > message.newest:
        return found[0], [f"{found[0]} is newer than the versions we know; check what was read."]
    return found[0], []
