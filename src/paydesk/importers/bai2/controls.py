"""What trailers claim against what was found, level by level; each difference names both figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from paydesk.importers.amounts import plain_text
from paydesk.importers.bai2.details import major, small_number, written_amount
from paydesk.importers.bai2.records import Logical
from paydesk.importers.records import EXACT, FileWarning


@dataclass(slots=True)
class Level:
    """An account, a group or the file: the sum of its amounts as written, its records, its children.

    `stated_sum` adds up what the trailers below claim, so that one wrong figure is not told three times.
    `inside` and `inside_written` are of transactions in the text of others, which a trailer may count.
    """

    label: str
    records: int = 0
    children: int = 0
    written: Decimal = field(default_factory=Decimal)
    stated_sum: Decimal = field(default_factory=Decimal)
    inside: int = 0
    inside_written: Decimal = field(default_factory=Decimal)

    @property
    def title(self) -> str:
        """The label at the start of a sentence."""
        return self.label[0].upper() + self.label[1:]

    def add(self, written: Decimal | None) -> None:
        """Count one amount of an account."""
        if written is not None:
            self.written = EXACT.add(self.written, written)

    def counts_inside(self, stated: Decimal | None) -> bool:
        """Whether a trailer's total is right only with the transactions in the text of others: then they
        are counted from here on."""
        if not self.inside or stated is None or stated == self.written:
            return False
        if stated != EXACT.add(self.written, self.inside_written):
            return False
        self.add(self.inside_written)
        self.records += self.inside
        return True

    def take(self, child: Level, stated: Decimal | None) -> None:
        """Count a level below that has ended, and what its trailer claims (None without one)."""
        self.children += 1
        self.records += child.records
        self.written = EXACT.add(self.written, child.written)
        self.stated_sum = EXACT.add(self.stated_sum, child.written if stated is None else stated)


def of_trailer(trailer: Logical, level: Level, children: str, digits: int) -> Iterator[FileWarning]:
    """Differences between a trailer and its level; `children` is "" for an account, else their plural."""
    fields = trailer.fields()
    label, line = level.label, trailer.line
    try:
        stated = written_amount(fields[0])
    except ValueError as problem:
        yield FileWarning(f"The trailer of {label} has no control total: {problem}", line)
        stated = None
    if stated is not None and stated != level.written and (not children or stated != level.stated_sum):
        yield FileWarning(
            f"The trailer of {label} states a control total of {plain_text(major(stated, digits))}; "
            "its amounts "
            f"make {plain_text(major(level.written, digits))}.",
            line,
        )
    counts = [(children, level.children)] if children else []
    counts.append(("records", level.records))
    for place, (what, found) in enumerate(counts, start=1):
        said = fields[place] if place < len(fields) else ""
        number = small_number(said)
        if number is None:
            yield FileWarning(
                f"The trailer of {label} states no number of {what}; {found:,} were found.", line
            )
        elif number != found:
            yield FileWarning(
                f"The trailer of {label} states {number:,} as the number of {what}; {found:,} were found.",
                line,
            )


def stated_total(trailer: Logical) -> Decimal | None:
    """The control total a trailer claims, None when it is no figure."""
    try:
        return written_amount(trailer.fields()[0])
    except ValueError:
        return None
