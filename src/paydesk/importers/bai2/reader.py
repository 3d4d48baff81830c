"""Walks through file, groups and accounts, yields their records and holds every trailer against them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from paydesk.importers.bai2.account import Account, Group
from paydesk.importers.bai2.controls import Level, of_trailer, stated_total
from paydesk.importers.bai2.details import day
from paydesk.importers.bai2.records import Logical, Stray, logical_records
from paydesk.importers.limits import Limits
from paydesk.importers.records import FileWarning, NotReadable, Record, RejectedLine, StatementLine
from paydesk.kernel.money import minor_digits

MOST_STRAYS = 1_000
_STATUS = {"2": "deletes what was sent before", "4": "is a test"}


class Bai2Reader:
    """One pass over one file."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file, self._limits = file, limits
        self._top = Level("the file")
        self._group_level: Level | None = None
        self._group = Group()
        self._account: Account | None = None
        self._has_header = self._has_trailer = False
        self._accounts = self._strays = self._assumed = 0
        self._digits, self._last_row = 2, 0
        self._said: set[str] = set()

    def records(self) -> Iterator[Record]:
        """Everything in the file. Raises NotReadable when no account is in it."""
        last = 0
        for record in logical_records(self._file, self._limits):
            last = record.line
            if isinstance(record, Stray):
                yield self._stray(record.line, "It starts with no record code of BAI2.", record.raw)
                continue
            if self._has_trailer and record.code != "01":
                yield from self._once(
                    record.line, "after",
                    f"Line {record.line}: records follow the file trailer, which should be the last; "
                    "they were read "
                    "as well.",
                )  # fmt: skip
            yield from self._record(record)
        yield from self._close_file(last)
        if not self._accounts and not self._has_header and not self._strays:
            raise NotReadable("The file holds no account of a BAI2 file; it is damaged or something else.")

    def _once(self, line: int, about: str, text: str) -> Iterator[FileWarning]:
        if about not in self._said:
            self._said.add(about)
            yield FileWarning(text, line)

    def _stray(self, line: int, why: str, raw: str) -> RejectedLine:
        self._strays += 1
        if self._strays > MOST_STRAYS:
            raise NotReadable(
                f"More than {MOST_STRAYS:,} lines belong to no record; the file is damaged or no BAI2."
            )
        return RejectedLine(line, why, raw)

    def _record(self, record: Logical) -> Iterator[Record]:
        code = record.code
        if code == "16":
            if self._account is None:
                yield self._stray(
                    record.line,
                    "A transaction outside any account: whose it is, is not known.",
                    "\n".join(record.raw),
                )
            else:
                yield from self._transaction(self._account, record)
        elif code == "03":
            yield from self._close_account(None)
            yield from self._open_account(record)
        elif code == "49":
            yield from self._close_account(record)
        elif code == "02":
            yield from self._close_group(None)
            yield from self._open_group(record)
        elif code == "98":
            yield from self._close_group(record)
        elif code == "01":
            yield from self._open_file(record)
        elif code == "99":
            yield from self._end_of_file(record)

    def _transaction(self, account: Account, record: Logical) -> Iterator[Record]:
        for each in account.transaction(record):
            if isinstance(each, StatementLine):
                if each.line == self._last_row:
                    why = "Two transactions stand on one line, which names rows here; the first was read."
                    each = RejectedLine(each.line, why, each.raw)
                self._last_row = each.line
            yield each

    def _open_file(self, record: Logical) -> Iterator[Record]:
        if self._has_header:
            yield from self._close_file(record.line)
            yield FileWarning(f"Line {record.line}: another BAI2 file follows in the same file.", record.line)
        self._top = Level("the file", record.count)
        self._has_header, self._has_trailer = True, False
        self._said.clear()
        fields = record.fields()
        version = fields[7] if len(fields) > 7 else ""
        if version != "2":
            yield FileWarning(
                f"The file header says version {version!r}; it was read as BAI version 2.", record.line
            )

    def _open_group(self, record: Logical) -> Iterator[Record]:
        fields = record.fields() + [""] * 7
        self._group_level = Level(f"the group of line {record.line}", record.count)
        as_of = None
        try:
            as_of = day(fields[3])
        except ValueError as problem:
            yield FileWarning(
                f"Line {record.line}: the group's as-of date is not read: {problem}", record.line
            )
        state, modifier = fields[2], fields[6]
        pending = False
        if state in _STATUS:
            pending = True
            yield FileWarning(
                f"The group of line {record.line} {_STATUS[state]} (status {state}); its rows stay pending.",
                record.line,
            )
        elif modifier == "3":
            pending = True
            yield FileWarning(
                f"The group of line {record.line} is an interim report of the same day; its rows stay "
                "pending until "
                "the final one.",
                record.line,
            )
        self._group = Group(record.line, fields[5].upper(), as_of, "pending" if pending else "success")

    def _open_account(self, record: Logical) -> Iterator[Record]:
        if self._group_level is None:
            self._group_level = Level(f"the group of line {record.line}")
            self._group = Group(record.line)
            yield from self._once(
                record.line,
                "group",
                f"Line {record.line}: an account outside any group, so its date is not known.",
            )
        self._accounts += 1
        self._account = Account(record, self._group)
        self._digits = minor_digits(self._account.currency)
        yield from self._account.head()
        if self._account.assumed:
            self._assumed += 1
            yield from self._once(
                record.line, "currency",
                f"Line {record.line}: neither account nor group names a currency; the standard then "
                "means US dollars.",
            )  # fmt: skip

    def _close_account(self, trailer: Logical | None) -> Iterator[Record]:
        account, self._account = self._account, None
        if account is None:
            if trailer is not None:
                yield FileWarning(
                    f"Line {trailer.line}: an account trailer without an account.", trailer.line
                )
            return
        if trailer is None:
            yield FileWarning(
                f"{account.level.title} has no trailer (49), so its sums cannot be checked.",
                account.record.line,
            )
        else:
            yield from account.of_trailer(trailer)
        yield from account.end()
        assert self._group_level is not None
        self._group_level.take(account.level, None if trailer is None else stated_total(trailer))

    def _close_group(self, trailer: Logical | None) -> Iterator[Record]:
        yield from self._close_account(None)
        group, self._group_level = self._group_level, None
        if group is None:
            if trailer is not None:
                yield FileWarning(f"Line {trailer.line}: a group trailer without a group.", trailer.line)
            return
        if trailer is None:
            yield FileWarning(f"{group.title} has no trailer (98), so its sums cannot be checked.")
        else:
            group.records += trailer.count
            yield from of_trailer(trailer, group, "accounts", self._digits)
        self._top.take(group, None if trailer is None else stated_total(trailer))

    def _end_of_file(self, trailer: Logical) -> Iterator[Record]:
        if self._group_level is not None:
            yield from self._close_group(None)
        self._top.records += trailer.count
        self._has_trailer = True
        yield from of_trailer(trailer, self._top, "groups", self._digits)

    def _close_file(self, line: int) -> Iterator[Record]:
        if self._group_level is not None:
            yield from self._close_group(None)
        if not self._has_header:
            yield from self._once(line, "header", "There is no file header (01): this is a piece of a file.")
        if not self._has_trailer:
            yield from self._once(
                line, "trailer",
                "There is no file trailer (99), so the file may be cut off: ask for it again, or "
                "check the sums.",
            )  # fmt: skip
