"""What a provider's file says of itself, held against what it holds and what was taken in of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation.ledger_findings import Finding
from paydesk.domain.statements.models import SourceFile
from paydesk.importers.records import FileWarning, Record, StatementLine
from paydesk.kernel.money import Money

SAID = 3  # sentences that an exception repeats; the page of the file has them all


@dataclass(slots=True)
class FileCheck:
    """A file while a run reads it again: its rows, and the counts and sums it states and does not hold."""

    file: SourceFile
    lines: int = 0
    contradictions: list[str] = field(default_factory=list)

    def see(self, record: Record) -> None:
        """Count one record of the file."""
        if isinstance(record, StatementLine):
            self.lines += 1
        elif isinstance(record, FileWarning) and record.contradicts:
            self.contradictions.append(record.text)


def of_files(checks: Iterable[FileCheck], account: SourceAccount, day: date) -> Iterator[Finding]:
    """What is wrong with the files that end on a day, so that each is told once."""
    zone = ZoneInfo(account.time_zone)
    for check in checks:
        file = check.file
        if file.covers_to is None or file.covers_to.astimezone(zone).date() != day:
            continue
        said = check.contradictions[:SAID]
        if check.lines != file.line_count:
            said.insert(0, f"The file holds {check.lines:,} rows; {file.line_count:,} were taken in.")
        if not said:
            continue
        if more := len(check.contradictions) - SAID:
            said += [f"{more} more of the kind stand with the file."] if more > 0 else []
        yield Finding(
            "control_total_break",
            " ".join(said),
            Money(0, account.currency),
            right_key=f"file:{file.pk}",
            right={"kind": "file", "place": file.filename},
            rule="file",
        )
