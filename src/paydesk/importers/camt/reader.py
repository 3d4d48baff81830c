"""A camt message as one stream: message > statements > balances and entries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from lxml import etree

from paydesk.importers.camt.details import Details, details_of
from paydesk.importers.camt.entries import entry_line, whole_row
from paydesk.importers.camt.entry_stream import Alike, EntryStream
from paydesk.importers.camt.frames import Frame, frame_of
from paydesk.importers.camt.messages import CAMT053, Message, identified
from paydesk.importers.camt.notes import Notes
from paydesk.importers.camt.statement import ENTRY_ORDER, STATEMENT_ORDER, OpenStatement, place_of
from paydesk.importers.limits import Limits
from paydesk.importers.records import FileWarning, NotReadable, Record, RejectedLine, Statement, StatementLine
from paydesk.importers.safe_xml import let_go, let_go_of_kind, local_name
from paydesk.importers.xml_rows import flattened

MOST_ELEMENTS = 200_000  # of one part of a statement; a transaction that was read counts as one
MOST_FRAMES = 2_000
REMEMBERED = 50_000  # references of a statement; equal ones stand close together


class CamtReader:
    """Reads one camt message. `format` is its full name; `records()` streams from the start of the file.

    Raises NotReadable at once when the file is no such message.
    """

    def __init__(self, message: Message, file: BinaryIO, limits: Limits) -> None:
        self.message = message
        self.file = file
        self.limits = limits
        self.format, self.opening_warnings = identified(message, file)

    def records(self) -> Iterator[Record]:
        """Every statement, before its lines; lines in file order; warnings where they are found."""
        yield from (FileWarning(text) for text in self.opening_warnings)
        path: list[str] = []
        opened: OpenStatement | None = None
        details: list[Details] = []
        notes = Notes()
        statements = entries = weight = 0
        stream = EntryStream(self.file)
        for event, element in stream:
            if isinstance(element, Alike):
                if opened is not None:
                    entries += 1
                    yield self._alike(element, entries, opened, notes)
                continue
            name = local_name(element)
            if event == "start":
                path.append(name)
                weight = self._weighed(weight + 1)
                if name == "Ntry" and opened is not None and path[-2] == self.message.statement:
                    stream.entry_began()
                elif name == self.message.statement and opened is None and self._in_message(path[:-1]):
                    statements += 1
                    opened = OpenStatement(statements)
                continue
            path.pop()
            if opened is None:
                let_go(element)
                weight = 0
            elif name == self.message.statement and self._in_message(path):
                yield from self._closed(opened, notes)
                opened = None
                let_go(element)
            elif path and path[-1] == self.message.statement:
                opened.seen.add(name)
                opened.place = place_of(STATEMENT_ORDER, name, opened.place, self.message.statement, notes)
                if name == "Ntry":
                    entries += 1
                    yield from self._headed(opened)
                    yield self._parsed(element, entries, details, opened, notes)
                    details = []
                    stream.entry_ended()
                else:
                    self._part(name, element, opened, notes)
                let_go(element)
                weight = 0
            elif name == "TxDtls" and "Ntry" in path:
                details.append(details_of(flattened(element), keep=len(details) < self.limits.xml_details))
                let_go_of_kind(element)
                weight = len(details)
        if not statements:
            raise NotReadable(
                f"The {self.format} message holds no statement ({self.message.statement}): nothing to read."
            )
        yield from notes.warnings()

    def _in_message(self, path: list[str]) -> bool:
        return bool(path) and self.message.is_container(path[-1])

    def _weighed(self, weight: int) -> int:
        if weight > MOST_ELEMENTS:
            raise NotReadable(
                f"One part of the {self.format} message has more than {MOST_ELEMENTS:,} elements, which no "
                "statement has; it is damaged or was made to fill the memory."
            )
        return weight

    def _part(self, name: str, element: etree._Element, opened: OpenStatement, notes: Notes) -> None:
        try:
            opened.take_part(name, element)
        except ValueError as problem:
            notes.add("part", f"{opened.label}, {name}: {problem}")

    def _headed(self, opened: OpenStatement) -> Iterator[Statement]:
        if opened.head is None:
            opened.head = opened.made_head()
            yield opened.head

    def _parsed(
        self,
        element: etree._Element,
        number: int,
        details: list[Details],
        opened: OpenStatement,
        notes: Notes,
    ) -> StatementLine | RejectedLine:
        """The line of an entry the XML parser has read."""
        place = 0
        for child in element:
            place = place_of(ENTRY_ORDER, local_name(child), place, "Ntry", notes)
        own = flattened(element)
        return self._line(own, details, whole_row(own, details), number, opened, notes)

    def _alike(
        self, entry: Alike, number: int, opened: OpenStatement, notes: Notes
    ) -> StatementLine | RejectedLine:
        """The line of an entry that looks like one before it."""
        shape = entry.shape
        if shape.remarks is None:
            said = Notes()
            place = 0
            for name in shape.children:
                place = place_of(ENTRY_ORDER, name, place, "Ntry", said)
            shape.remarks = said.all()
        for about, text in shape.remarks:
            notes.add(about, text)
        opened.place = place_of(STATEMENT_ORDER, "Ntry", opened.place, self.message.statement, notes)
        rows = entry.rows
        raw = rows.raw
        if rows.whole:
            details = [
                details_of(each, parts, keep=False)
                for each, parts in zip(rows.details, shape.parts, strict=True)
            ]
        else:
            details = [details_of(each, keep=False) for each in rows.details]
        frame = shape.frames.get(rows.key)
        if frame is None:
            try:
                frame = frame_of(raw, details)
            except ValueError:
                frame = None  # entry_line says why
            else:
                if len(shape.frames) >= MOST_FRAMES:
                    shape.frames.clear()
                shape.frames[rows.key] = frame
        return self._line(raw, details, raw, number, opened, notes, frame)

    def _line(
        self,
        own: dict[str, str],
        details: list[Details],
        raw: dict[str, str],
        number: int,
        opened: OpenStatement,
        notes: Notes,
        frame: Frame | None = None,
    ) -> StatementLine | RejectedLine:
        line = entry_line(own, details, raw, number, notes.add, frame)
        if isinstance(line, RejectedLine):
            opened.count(own.get("CdtDbtInd", ""), None)
            return line
        if line.provider_ref:
            line = self._with_own_id(line, opened, notes)
        opened.count(own["CdtDbtInd"], line)
        return line

    def _with_own_id(self, line: StatementLine, opened: OpenStatement, notes: Notes) -> StatementLine:
        """Some banks give several entries of a statement one reference; each still needs an id of its own,
        or the second would be taken for the first one again. The raw row keeps what the bank wrote."""
        if len(opened.references) >= REMEMBERED:
            opened.references.clear()
        opened.references[line.provider_ref] += 1
        count = opened.references[line.provider_ref]
        if count == 1:
            return line
        own = f"{line.provider_ref}#{count}"
        notes.add(
            "same reference",
            f"Entry {line.line} has the bank reference {line.provider_ref} of an entry before it; it is kept "
            f"apart as {own}.",
        )
        return replace(line, provider_ref=own)

    def _closed(self, opened: OpenStatement, notes: Notes) -> Iterator[Record]:
        yield from self._headed(opened)
        for missing in ("Id", "CreDtTm", "Acct", "Bal"):
            if missing not in opened.seen and not (missing == "Bal" and self.message is not CAMT053):
                notes.add("missing", f"{opened.label} has no {missing}, which the schema asks for.")
        yield from (FileWarning(text) for text in opened.differences())
