"""Reading a file into the staging table in batches, so that progress shows and memory stays flat."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO
from zoneinfo import ZoneInfo

from django.db import transaction

from paydesk.domain.statements import rules, steps
from paydesk.domain.statements.models import RejectedLine, SourceFile, StatementHead
from paydesk.domain.statements.states import FILE
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.documents.queries import open_document
from paydesk.importers import delimited, reading
from paydesk.importers.records import FileWarning, NotReadable, Record, Statement, StatementLine
from paydesk.importers.records import RejectedLine as Rejected
from paydesk.kernel.actor import Actor

BATCH_ROWS = 5_000
MOST_WARNINGS = 200


def stage(file: SourceFile, found: reading.Reading, content: BinaryIO, *, by: Actor, now: datetime) -> None:
    """Stage every record of a file in batches; each batch is a transaction that also moves the progress."""
    file.line_count = file.rejected_count = 0
    file.warnings = []
    file.format = found.format
    file.covers_from = file.covers_to = None
    with transaction.atomic(durable=True):
        steps.clear_staged(file.pk)
        file.save()
    for batch in _batches(found):
        with transaction.atomic(durable=True):
            _stage_batch(file, batch, now)
            file.bytes_read = min(content.tell(), file.size_bytes)
            file.revision += 1
            file.save()
    with transaction.atomic(durable=True):
        steps.number_equal_rows(file.pk)
        if file.line_count == 0 and file.rejected_count == 0:
            raise NotReadable("The file holds no rows. If the day was quiet, nothing needs to be done.")
        file.bytes_read = file.size_bytes
        file.state = FILE.after("preview", file.state)
        file.revision += 1
        file.save()
        audit.record(
            "file.read",
            subject=("file", file.pk),
            by=by,
            at=now,
            changes={"format": file.format, "lines": file.line_count, "rejected": file.rejected_count},
            market=file.source_account.market if file.source_account else None,
        )


def restage_if_lost(file_id: int, *, now: datetime) -> None:
    """Read the rows of a confirmed file again when a crash of the database server emptied the staging table.

    Staging is not in the write-ahead log; the document is what counts. Rows that are posted already come out
    as known, so nothing is doubled.
    """
    file = SourceFile.objects.select_related("source_account").get(pk=file_id)
    if file.state != "posting" or steps.staged_count(file.pk) == file.line_count:
        return
    assert file.source_account is not None
    with open_document(file.document_id).file as content:
        mapping = delimited.Mapping.from_json(file.mapping) if file.mapping else None
        lines = (r for r in reading.open_file(content, filename=file.filename, mapping=mapping))
        with transaction.atomic(durable=True):
            steps.forget_staged(file.pk)
            for batch in _batches(lines):
                steps.copy_staged(
                    file.pk,
                    file.source_account,
                    [r for r in batch if isinstance(r, StatementLine)],
                    now.date(),
                )
            steps.number_equal_rows(file.pk)


def _batches(records: Iterator[Record] | reading.Reading) -> Iterator[list[Record]]:
    iterator = iter(records)
    while batch := list(itertools.islice(iterator, BATCH_ROWS)):
        yield batch


def _stage_batch(file: SourceFile, batch: list[Record], now: datetime) -> None:
    account = file.source_account
    assert account is not None, "a file is read only once its account is known"
    lines = [record for record in batch if isinstance(record, StatementLine)]
    steps.copy_staged(file.pk, account, lines, now.date())
    rejected = [record for record in batch if isinstance(record, Rejected)]
    RejectedLine.objects.bulk_create(
        [
            RejectedLine(file=file, line_no=record.line, reason=record.reason, raw=steps.raw_text(record.raw))
            for record in rejected
        ],
        ignore_conflicts=True,
    )
    for record in batch:
        if isinstance(record, Statement):
            StatementHead.objects.create(
                file=file,
                account=record.account or "",
                currency=record.currency or "",
                number=record.number or "",
                opening=record.opening,
                closing=record.closing,
                opened_on=record.opened_on,
                closed_on=record.closed_on,
            )
        elif isinstance(record, FileWarning) and len(file.warnings) < MOST_WARNINGS:
            file.warnings.append({"line": record.line, "text": record.text})
    file.line_count += len(lines)
    file.rejected_count += len(rejected)
    zone = ZoneInfo(account.time_zone)
    dated = [(line, moment) for line in lines if (moment := rules.occurred_or_midnight(line, zone))]
    for line, moment in dated:
        if rules.is_ahead(moment, now) and len(file.warnings) < MOST_WARNINGS:
            text = f"Dated {moment.date()}, which is still to come; coverage does not count it."
            file.warnings.append({"line": line.line, "text": text})
    moments = [moment for _, moment in dated if not rules.is_ahead(moment, now)]
    if moments:
        file.covers_from = min([*moments, *([file.covers_from] if file.covers_from else [])])
        file.covers_to = max([*moments, *([file.covers_to] if file.covers_to else [])])
