"""The one way into a file: opens it, takes archives apart, picks the importer and streams its records."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from paydesk.importers.delimited.mapped_file import MappedFile
from paydesk.importers.delimited.mapping import Mapping
from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.opening import Member, members
from paydesk.importers.prepared import Prepared
from paydesk.importers.records import (
    FileWarning,
    NotPayments,
    NotReadable,
    Record,
    RejectedLine,
    Statement,
    StatementLine,
)
from paydesk.importers.registry import importer_for, importer_named
from paydesk.importers.settlement_rounding import AcrossFiles


@dataclass(frozen=True, slots=True)
class Part:
    """One file of what was opened: its path in the archive ("" when there is none), and what it is."""

    path: str
    prepared: Prepared
    file: BinaryIO
    size: int


class Watched:
    """A file on disk, looked at again after it was read: another program may still be writing it."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        self._before = self._now()

    def _now(self) -> tuple[int, int]:
        now = os.fstat(self._file.fileno())
        return now.st_size, now.st_mtime_ns

    def changed(self) -> str:
        """What happened to it meanwhile, as a sentence; "" for nothing."""
        now = self._now()
        if now == self._before:
            return ""
        sizes = f", from {self._before[0]:,} to {now[0]:,} bytes" if now[0] != self._before[0] else ""
        return (
            f"{self._name} was changed while it was read{sizes}: perhaps it is still being written; read it "
            "again when it is finished."
        )


class Reading:
    """What open_file found. Iterate over it once or more; it streams from the file, which stays open.

    `format` is "mixed" and `profile_name` None where the files of an archive differ. In an archive the line
    numbers run on from file to file, so that each is unique, and reasons and warnings name the file; files of
    another sort, a letter or a picture, are left out with a warning. A batch whose rows and payout stand in
    different files is compared at the end.
    Iterating raises NotReadable when damage shows only further down: then nothing of the file may be used.
    """

    def __init__(
        self,
        parts: list[Part],
        opened: ExitStack,
        notes: Sequence[str] = (),
        watched: Watched | None = None,
    ) -> None:
        self.parts = parts
        self.watched = watched
        self.notes = notes
        self._opened = opened
        self._current = 0
        formats = {part.prepared.format for part in parts}
        names = {part.prepared.profile_name for part in parts}
        self.format = formats.pop() if len(formats) == 1 else "mixed"
        self.profile_name = names.pop() if len(names) == 1 else None

    def __iter__(self) -> Iterator[Record]:
        try:
            yield from self._records()
        except NotReadable as problem:
            if self.watched and (changed := self.watched.changed()):
                raise NotReadable(changed) from problem
            raise
        if self.watched and (changed := self.watched.changed()):
            raise NotReadable(changed)

    def _records(self) -> Iterator[Record]:
        one = len(self.parts) == 1
        records = self.parts[0].prepared.records() if one else self._of_archive()
        return chain(map(FileWarning, self.notes), records)

    def _of_archive(self) -> Iterator[Record]:
        before = 0
        across = AcrossFiles()
        for place, part in enumerate(self.parts):
            self._current = place
            last = before
            try:
                for record in part.prepared.records():
                    moved = _moved(record, before, part.path)
                    if not isinstance(moved, Statement) and moved.line is not None:
                        last = max(last, moved.line)
                    if isinstance(moved, StatementLine):
                        across.add(place, moved)
                    across.damaged = across.damaged or isinstance(moved, RejectedLine)
                    yield moved
            except NotReadable as problem:
                raise NotReadable(f"{part.path}: {problem}") from problem
            before = last
        yield from across.records(before)

    @property
    def size(self) -> int:
        """Bytes to read in all, unpacked."""
        return sum(part.size for part in self.parts)

    def position(self) -> int:
        """Bytes read so far by the running iteration, for a progress bar; about right."""
        return sum(min(part.file.tell(), part.size) for part in self.parts[: self._current + 1])

    def close(self) -> None:
        """Close the file if open_file opened it."""
        self._opened.close()

    def __enter__(self) -> Reading:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_file(
    file: Path | BinaryIO,
    *,
    filename: str,
    mapping: Mapping | None = None,
    format: str | None = None,
    limits: Limits = LIMITS,
) -> Reading:
    """Look at `file` (a path or an open binary stream) and say what it is; iterate to read it.

    `mapping` reads a table by it; `format` names a format or a built-in profile; with neither, content
    decides. `filename` is only for sentences. Raises NotReadable with one sentence when it is none of what
    paydesk reads or damaged at its head, and KeyError for a `format` there is not.
    """
    opened = ExitStack()
    try:
        watched: Watched | None = None
        if isinstance(file, Path):
            stream: BinaryIO = opened.enter_context(file.open("rb"))
            watched = Watched(stream, filename)
        else:
            stream = file
        found = members(stream, filename, limits)
        for member in found:
            if member.file is not stream:
                opened.callback(member.file.close)
        parts: list[Part] = []
        read: list[Member] = []
        left_out: list[NotPayments] = []
        for member in found:
            try:
                parts.append(_prepared(member, filename, mapping, format, limits))
                read.append(member)
            except NotPayments as other:
                left_out.append(other)
        if not parts:
            raise left_out[0]
    except BaseException:
        opened.close()
        raise
    notes = [f"{other} It was left out." for other in left_out]
    return Reading(parts, opened, [*notes, *_twins(read)], watched)


def _twins(read: Sequence[Member]) -> list[str]:
    """What to say of members of an archive that are the same: their payments count more than once."""
    first: dict[bytes, str] = {}
    said = []
    for member in read:
        if member.digest in first:
            said.append(
                f"{member.path} is the same as {first[member.digest]}, byte for byte; both were read, so "
                "each of its rows counts twice."
            )
        first.setdefault(member.digest, member.path)
    return said


def _prepared(
    member: Member, filename: str, mapping: Mapping | None, format: str | None, limits: Limits
) -> Part:
    head = member.head()
    name = member.path or filename
    try:
        if not head:
            raise NotReadable(f"{name} is empty.")
        if mapping is not None:
            prepared = MappedFile(mapping, limits=limits).prepare(member.file)
        else:
            importer = importer_named(format, limits) if format else importer_for(head, name, limits)
            prepared = importer.prepare(member.file)
        return Part(member.path, prepared, member.file, member.file.seek(0, io.SEEK_END))
    except NotReadable as problem:
        if member.path and member.path not in str(problem):
            raise type(problem)(f"{member.path}: {problem}") from problem
        raise


def _moved(record: Record, by: int, path: str) -> Record:
    """The record of one file of an archive, its line number moved behind the files before it."""
    if isinstance(record, StatementLine):
        return replace(record, line=record.line + by) if by else record
    if isinstance(record, RejectedLine):
        return replace(record, line=record.line + by, reason=f"{path}, line {record.line}: {record.reason}")
    if isinstance(record, FileWarning):
        return FileWarning(f"{path}: {record.text}", None if record.line is None else record.line + by)
    return record
