"""A pain message as one stream: header, payment groups, transactions; every count of a header compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from paydesk.importers.pain.messages import PAIN002, Message, identified, schema_remarks
from paydesk.importers.pain.orders import Totals, group_head, order_line
from paydesk.importers.pain.statuses import status_line
from paydesk.importers.records import FileWarning, NotReadable, Record, StatementLine
from paydesk.importers.safe_xml import let_go, local_name, xml_events
from paydesk.importers.xml_rows import flattened

MOST_ELEMENTS = 200_000  # of one part of a message
MOST_WARNINGS = 20


class PainReader:
    """Reads one pain message. `format` is its full name; `records()` streams from the start of the file.

    Raises NotReadable at once when the file is no such message.
    """

    def __init__(self, message: Message, file: BinaryIO) -> None:
        self.message = message
        self.file = file
        self.format, self.namespace, self.opening_warnings = identified(message, file)
        self.lines = 0
        self.header: dict[str, str] = {}
        self.group: dict[str, str] = {}
        self.announced = False
        self.differences: list[str] = []
        self.all = Totals()
        self.of_group = Totals()

    def records(self) -> Iterator[Record]:
        """A Statement for each payment group before its lines; warnings about the whole at the end."""
        self.lines, self.all, self.differences = 0, Totals(), []
        yield from (FileWarning(text) for text in self.opening_warnings)
        path: list[str] = []
        weight = 0
        for event, element in xml_events(self.file):
            name = local_name(element)
            if event == "start":
                path.append(name)
                weight += 1
                if weight > MOST_ELEMENTS:
                    raise NotReadable(
                        f"One part of the {self.format} message has more than {MOST_ELEMENTS:,} elements, "
                        "which no payment has; it is damaged or was made to fill the memory."
                    )
                if name == self.message.group and self._in_message(path[:-1]):
                    self._new_group()
                continue
            path.pop()
            if name == self.message.group and self._in_message(path):
                yield from self._group_ended()
            elif name == self.message.transaction and (
                self._in_message(path) or path[-1:] == [self.message.group]
            ):
                yield from self._announced()
                yield from self._transaction(element)
            elif path[-1:] == [self.message.group] and self._in_message(path[:-1]):
                self._taken(element, name, self.group)
            elif self._in_message(path):
                yield from self._part(name, element)
            elif path and not any(map(self.message.is_container, path)):
                pass
            else:
                continue
            let_go(element)
            weight = 0
        if not self.lines:
            what = "no status" if self.message is PAIN002 else f"no transaction ({self.message.transaction})"
            raise NotReadable(f"The {self.format} message holds {what}: nothing to read.")
        yield from self._in_the_end()

    def _in_message(self, path: list[str]) -> bool:
        return bool(path) and self.message.is_container(path[-1])

    def _new_group(self) -> None:
        self.group, self.of_group, self.announced = {}, Totals(), False

    def _taken(self, element: etree._Element, name: str, into: dict[str, str]) -> None:
        """The texts of one child of a group, by path; an element that comes again is numbered."""
        count = 1
        place = name
        while place in into or any(each.startswith((f"{place}/", f"{place}@")) for each in into):
            count += 1
            place = f"{name}[{count}]"
            if count > MOST_WARNINGS:
                return
        if element.text and (text := element.text.strip()):
            into[place] = text
        into.update({f"{place}/{path}": text for path, text in flattened(element).items()})

    def _part(self, name: str, element: etree._Element) -> Iterator[Record]:
        """A part of the message that is no group: its header, or what a report says of the whole."""
        if name == "GrpHdr":
            self.header = flattened(element)
        elif name == "OrgnlGrpInfAndSts":
            line = status_line("GrpSts", flattened(element), "", self.lines + 1)
            if line is not None:
                self.lines += 1
                yield line

    def _announced(self) -> Iterator[Record]:
        """The head of the group, or of a report what it says of the group, once."""
        if self.announced:
            return
        self.announced = True
        if self.message is not PAIN002:
            yield group_head(self.message, self.group)
        elif self.group:
            batch = self.group.get("OrgnlPmtInfId", "")
            line = status_line("PmtInfSts", self.group, batch, self.lines + 1)
            if line is not None:
                self.lines += 1
                yield line

    def _transaction(self, element: etree._Element) -> Iterator[Record]:
        self.lines += 1
        own = flattened(element)
        if self.message is PAIN002:
            line = status_line("TxSts", own, self.group.get("OrgnlPmtInfId", ""), self.lines)
            if isinstance(line, StatementLine):
                yield line
        else:
            yield order_line(self.message, own, self.group, self.lines, [self.all, self.of_group])

    def _group_ended(self) -> Iterator[Record]:
        yield from self._announced()
        if self.message is not PAIN002:
            label = f"Payment group {self.group.get('PmtInfId', '')}".rstrip()
            if len(self.differences) <= MOST_WARNINGS:
                self.differences += self.of_group.differences(self.group, label)
        self._new_group()

    def _in_the_end(self) -> Iterator[FileWarning]:
        if self.message is not PAIN002:
            yield from (FileWarning(text) for text in self.all.differences(self.header, "The message"))
            yield from (FileWarning(text) for text in self.differences[:MOST_WARNINGS])
        yield from (FileWarning(text) for text in schema_remarks(self.file, self.format, self.namespace))
