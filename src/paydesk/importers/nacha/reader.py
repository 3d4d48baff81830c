"""Reads an ACH file record by record and checks it as it goes. Streaming; one entry in memory at a time.

Nothing is dropped in silence: a record that cannot be read comes out as Unread, a rule that is broken as a
Problem. Where controls are missing or lie, the entries are read all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from paydesk.importers.nacha import checks, fields
from paydesk.importers.nacha.checks import Totals
from paydesk.importers.nacha.codes import MANY, TRANSACTION_CODES
from paydesk.importers.nacha.events import Event, NotAnAchFile, Problem, Unread
from paydesk.importers.nacha.fields import BatchHeader, Entry, FileHeader
from paydesk.importers.nacha.splitting import WIDTH, Line, lines_of

MOST_RAW = 20_000  # characters kept of an entry that could not be read, and its addenda
MOST_UNREAD = 10_000
UNREAD_AT_START = 50  # so many lines without one record of ACH: it is something else


class Reader:
    """One pass over one stream of bytes."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._lines = lines_of(chunks)
        self._entry: Entry | None = None
        self._unread_entry: Unread | None = None
        self._last_line = 0
        self._good = self._bad = 0
        self._start_file(None)

    def _start_file(self, header: FileHeader | None) -> None:
        self._header = header
        self._control: tuple[int, str] | None = None
        self._batch: BatchHeader | None = None
        self._found = Totals()
        self._in_batch = Totals()
        self._batches = self._records = self._blocks_found = 0
        self._classes: set[str] = set()
        self._last_trace = ""
        self._last_batch_number = -1
        self._said: set[str] = set()

    def events(self) -> Iterator[Event]:
        """Everything in the file, in its order. Raises NotAnAchFile when it is none."""
        for line in self._lines:
            self._last_line = line.number
            first = line.text[0]
            if first == "6":
                if self._entry is not None or self._unread_entry is not None:
                    yield from self._finish_entry()
                yield from self._entry_record(line)
            elif first == "7":
                yield from self._addenda_record(line)
            else:
                if self._entry is not None or self._unread_entry is not None:
                    yield from self._finish_entry()
                yield from self._frame_record(first, line)
        yield from self._finish_file()
        if not self._good:
            raise NotAnAchFile("The file holds no record of an ACH file.")

    def _frame_record(self, first: str, line: Line) -> Iterator[Event]:
        if first == "9" and not line.text.strip("9 "):
            return  # fills the last block
        if first == "9":
            yield from self._file_control(line)
        elif first == "5":
            yield from self._batch_header(line)
        elif first == "8":
            yield from self._batch_control(line)
        elif first == "1":
            yield from self._file_header(line)
        else:
            yield self._unread(line, f"{first!r} starts no record of an ACH file (1, 5, 6, 7, 8 or 9).")

    def _unread(self, line: Line, why: str) -> Unread:
        self._bad += 1
        if self._bad >= UNREAD_AT_START and not self._good:
            raise NotAnAchFile(f"The first {self._bad} lines hold no record of an ACH file.")
        if self._bad > MOST_UNREAD and 2 * self._bad > self._good:
            raise NotAnAchFile(
                f"More than {MOST_UNREAD:,} of its lines cannot be read as records of an ACH file."
            )
        return Unread(line.number, why, line.text.rstrip() + line.surplus)

    def _once(self, line: int, about: str, text: str) -> Iterator[Problem]:
        """A problem that is the same for all that follows, said the first time only."""
        if about not in self._said:
            self._said.add(about)
            yield Problem(line, about, text)

    def _counted(self, line: Line) -> Iterator[Problem]:
        """Count a record; say when it stands behind the end, without a header, or has a wrong length."""
        self._good += 1
        self._records += 1
        if self._header is None and line.text[0] != "1":
            yield from self._once(
                line.number, "no_header", "There is no file header: this is a piece of a file."
            )
        if self._control is not None:
            yield from self._once(
                line.number, "after_end",
                f"Line {line.number}: records follow the file control of line {self._control[0]}, "
                "which should be "
                "the last; they were read as well.",
            )  # fmt: skip
        if not line.text.isprintable() and (odd := checks.unprintable(line.text)):
            yield Problem(
                line.number, "letters",
                f"Line {line.number} holds {odd!r}, which is no letter: check its names and texts.",
            )  # fmt: skip
        if line.surplus:
            yield Problem(
                line.number, "length",
                f"Line {line.number} has {line.length} columns instead of {WIDTH}; "
                f"{line.surplus[:40]!r} behind "
                "the last was passed over.",
            )  # fmt: skip

    def _file_header(self, line: Line) -> Iterator[Event]:
        header = fields.file_header(line.number, line.text)
        problems = list(checks.of_file_header(header, line.text))
        if line.text[34:40] != "094101" and (self._good or len(problems) > 1):
            yield self._unread(line, "It starts like a file header and is none.")
            return
        if self._good:
            yield from self._finish_file()
            yield Problem(
                line.number, "files", f"Line {line.number}: another ACH file follows in the same file."
            )
        self._start_file(header)
        yield from self._counted(line)
        yield header
        yield from problems

    def _batch_header(self, line: Line) -> Iterator[Event]:
        yield from self._counted(line)
        yield from self._batch_without_control()
        created_on = self._header.created_on if self._header else None
        batch = fields.batch_header(line.number, line.text, created_on)
        self._batch, self._in_batch, self._last_trace = batch, Totals(), ""
        self._batches += 1
        self._classes.add(batch.entry_class)
        yield batch
        yield from checks.of_batch_header(batch, line.text)
        number = fields.number_in(batch.number)
        if number is not None:
            if number <= self._last_batch_number:
                yield Problem(
                    line.number, "batch_number",
                    f"Batch {batch.short} follows batch {self._last_batch_number}; numbers should rise.",
                )  # fmt: skip
            self._last_batch_number = number

    def _batch_without_control(self) -> Iterator[Problem]:
        if self._batch is not None:
            yield Problem(
                self._batch.line, "no_batch_control",
                f"Batch {self._batch.short} has no control record, so its sums cannot be checked.",
            )  # fmt: skip
            self._close_batch()

    def _close_batch(self) -> None:
        self._batch, self._in_batch = None, Totals()

    def _batch_control(self, line: Line) -> Iterator[Event]:
        yield from self._counted(line)
        batch = self._batch
        if batch is None:
            yield Problem(line.number, "no_batch", f"Line {line.number}: a batch control without a batch.")
            return
        control = fields.batch_control(line.number, line.text, advices=batch.entry_class == "ADV")
        yield control
        yield from checks.of_batch(batch, control)
        yield from checks.of_totals(control, self._in_batch, f"batch {batch.short}", "batch")
        self._close_batch()

    def _file_control(self, line: Line) -> Iterator[Event]:
        yield from self._counted(line)
        if self._control is None:
            self._control = (line.number, line.text)
        self._blocks_found = -(-self._records // 10)

    def _finish_file(self) -> Iterator[Event]:
        """Compare the file control with everything found, also what stands behind it."""
        if self._entry is not None or self._unread_entry is not None:
            yield from self._finish_entry()
        if not self._good:
            return
        yield from self._batch_without_control()
        if self._control is None:
            yield Problem(
                self._last_line, "no_control",
                "There is no file control record, so the file may be cut off: ask for it again, or "
                "check the sums.",
            )  # fmt: skip
            return
        number, text = self._control
        control = fields.file_control(number, text, advices=self._classes == {"ADV"})
        yield control
        yield from checks.of_frame(control, self._batches, self._blocks_found)
        yield from checks.of_totals(control, self._found, "the file", "file")

    def _entry_record(self, line: Line) -> Iterator[Event]:
        yield from self._counted(line)
        text, batch = line.text, self._batch
        totals, found = self._in_batch, self._found
        totals.entries += 1
        found.entries += 1
        if batch is None:
            yield from self._once(
                line.number,
                "outside",
                f"Line {line.number}: entries stand outside any batch; their class is unknown.",
            )
        routing = text[3:11]
        if routing.isascii() and routing.isdigit():
            totals.routing_sum += int(routing)
            found.routing_sum += int(routing)
        if line.length != WIDTH:
            self._unread_entry = self._unread(
                line,
                f"An entry must have {WIDTH} columns and has {line.length}, so its amount is not certain.",
            )
            return
        kind = TRANSACTION_CODES.get(text[1:3])
        if kind is None:
            self._unread_entry = self._unread(line, f"{text[1:3]!r} is no transaction code of ACH.")
            return
        is_advice = kind.action == "advice"
        stated = text[27:39] if is_advice else text[29:39]
        if not (stated.isascii() and stated.isdigit()):
            self._unread_entry = self._unread(line, f"{stated!r} is no amount in cents.")
            return
        amount = int(stated)
        if kind.books == "credit":
            totals.credit += amount
            found.credit += amount
        else:
            totals.debit += amount
            found.debit += amount
        if is_advice:
            self._entry = fields.advice_entry(line.number, text, batch, kind, amount)
        elif batch is not None and batch.is_international:
            self._entry = fields.international_entry(line.number, text, batch, kind, amount)
        else:
            self._entry = fields.entry(line.number, text, batch, kind, amount)

    def _addenda_record(self, line: Line) -> Iterator[Event]:
        yield from self._counted(line)
        self._in_batch.entries += 1
        self._found.entries += 1
        entry, unread = self._entry, self._unread_entry
        if unread is not None:  # goes with the entry it belongs to
            if len(unread.raw) < MOST_RAW:
                self._unread_entry = Unread(unread.line, unread.reason, f"{unread.raw}\n{line.text.rstrip()}")
            return
        if entry is None:
            yield self._unread(line, "An addenda record without the entry it belongs to.")
            return
        if line.length < WIDTH:
            yield Problem(
                line.number, "length",
                f"Line {line.number} has {line.length} columns instead of {WIDTH}; check the text of "
                "its addenda.",
            )  # fmt: skip
        entry.addenda_lines += 1
        if len(entry.addenda) < MANY:
            entry.addenda.append(line.text)

    def _finish_entry(self) -> Iterator[Event]:
        """Hand on the entry whose addenda are all read, then what is odd about it."""
        entry, unread = self._entry, self._unread_entry
        self._entry = self._unread_entry = None
        if unread is not None:
            yield unread
        if entry is None:
            return
        yield entry
        yield from checks.of_entry(entry)
        yield from checks.of_addenda(entry)
        if entry.kind.action == "advice":
            return
        trace = entry.trace
        if not (trace.isascii() and trace.isdigit()):
            yield Problem(entry.line, "trace", f"Line {entry.line}: {trace!r} is no trace number.")
        else:
            if trace <= self._last_trace:
                yield Problem(
                    entry.line, "trace",
                    f"Line {entry.line}: trace number {trace} follows {self._last_trace}; they should rise.",
                )  # fmt: skip
            self._last_trace = trace


def read_ach(chunks: Iterable[bytes]) -> Iterator[Event]:
    """The events of an ACH file that comes in `chunks` of bytes; see events.py.

    Raises NotAnAchFile, with one sentence, for bytes that are none.
    """
    return Reader(chunks).events()
