"""Taking files in: upload, say how to read, read into the staging table, discard."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from django.db import transaction

from paydesk.domain.providers import steps as providers
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.statements import intake, rules, steps
from paydesk.domain.statements.models import RejectedLine, SourceFile, StatementHead
from paydesk.domain.statements.states import FILE
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.documents import blobs
from paydesk.foundation.documents import steps as documents
from paydesk.foundation.documents.queries import open_document
from paydesk.foundation.outbox import steps as outbox
from paydesk.importers import delimited, reading
from paydesk.importers.records import FileWarning, NotReadable, Record, Statement, StatementLine
from paydesk.importers.records import RejectedLine as Rejected
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused

BATCH_ROWS = 5_000
MOST_WARNINGS = 200


class FileRefused(Refused):
    """This cannot be done with the file."""

    code = "file.refused"


@dataclass(frozen=True, slots=True)
class Uploaded:
    """An upload's outcome; `already_here` when the same content was handed over before."""

    file: SourceFile
    already_here: bool


def upload_file(
    stream: BinaryIO, *, filename: str, by: Actor, now: datetime, source_account_id: int | None = None
) -> Uploaded:
    """Keep a file and have the worker read it. The same content again gives the first file back.

    Raises Refused for an empty file or one above the size limit, and NotAllowedRefused without the right.
    """
    by.needs("files.import")
    kept = blobs.keep(stream)  # before the transaction: a slow upload must not hold one open
    return _record_upload(kept, filename=filename, by=by, now=now, source_account_id=source_account_id)


@transaction.atomic(durable=True)
def _record_upload(
    kept: Any, *, filename: str, by: Actor, now: datetime, source_account_id: int | None
) -> Uploaded:
    account = SourceAccount.objects.get(pk=source_account_id) if source_account_id else None
    if account is not None:
        by.needs("files.import", market=account.market)
    steps.lock_content(kept.sha256)
    earlier = (
        SourceFile.objects.filter(sha256=kept.sha256).exclude(state__in=["refused", "discarded"]).first()
    )
    if earlier is not None:
        if earlier.source_account is not None:
            by.needs("files.import", market=earlier.source_account.market)
        return Uploaded(earlier, already_here=True)
    document = documents.record_upload(kept, filename=filename, by=by, now=now)
    file = SourceFile.objects.create(
        document_id=document.pk,
        filename=document.file_name,
        sha256=kept.sha256,
        size_bytes=kept.size_bytes,
        source_account=account,
        uploaded_by=by.label,
        uploaded_at=now,
    )
    audit.record(
        "file.uploaded",
        subject=("file", file.pk),
        by=by,
        at=now,
        changes={"size_bytes": kept.size_bytes, "sha256": kept.sha256},
        market=account.market if account else None,
    )
    outbox.put("file.to_read", {"file_id": file.pk})
    return Uploaded(file, already_here=False)


@transaction.atomic(durable=True)
def map_file(
    file_id: int,
    *,
    source_account_id: int,
    mapping: dict[str, Any] | None,
    save_as: str = "",
    by: Actor,
    now: datetime,
) -> SourceFile:
    """Say which account a file is from and, for a table, how its columns are read; the worker reads it again.

    With `save_as` the mapping becomes the profile of that account, so that the next such file is recognised.
    Raises FileRefused when the mapping cannot work, TransitionRefused once the file is confirmed.
    """
    file = SourceFile.objects.select_for_update().get(pk=file_id)
    account = SourceAccount.objects.get(pk=source_account_id)
    by.needs("files.import", market=account.market)
    was = file.state
    if was == "previewed":
        file.state = FILE.after("map_again", was)
    file.state = FILE.after("read", file.state)
    file.source_account = account
    if mapping is not None:
        try:
            checked = delimited.Mapping.from_json(mapping)
        except (ValueError, KeyError, TypeError) as problem:
            raise FileRefused(f"The mapping cannot be read: {problem}") from problem
        if problems := checked.problems():
            raise FileRefused(" ".join(problems), code="file.mapping")
        file.mapping = checked.to_json()
        if save_as:
            by.needs("files.save_profile", market=account.market)
            header = _header_of(file)
            file.profile = providers.save_profile(
                account,
                name=save_as,
                fingerprint=delimited.fingerprint(header),
                mapping=file.mapping,
                by=by,
                at=now,
            )
    file.problem = ""
    file.revision += 1
    file.save()
    audit.record(
        "file.mapped",
        subject=("file", file.pk),
        by=by,
        at=now,
        changes={"state": [was, file.state], "source_account_id": account.pk, "saved": bool(save_as)},
        market=account.market,
    )
    outbox.put("file.to_read", {"file_id": file.pk})
    return file


def _header_of(file: SourceFile) -> tuple[str, ...]:
    with open_document(file.document_id).file as content:
        return delimited.header_of(content)


@transaction.atomic(durable=True)
def discard_file(file_id: int, *, reason: str, by: Actor, now: datetime) -> SourceFile:
    """Put a file aside that should not be posted; its document is kept. Raises TransitionRefused once confirmed."""
    file = SourceFile.objects.select_for_update().get(pk=file_id)
    by.needs("files.import", market=file.source_account.market if file.source_account else None)
    was, file.state = file.state, FILE.after("discard", file.state)
    file.problem = reason or "Put aside without a reason."
    file.revision += 1
    file.save(update_fields=["state", "problem", "revision"])
    steps.forget_staged(file.pk)
    audit.record(
        "file.discarded",
        subject=("file", file.pk),
        by=by,
        at=now,
        changes={"state": [was, file.state]},
        note=reason,
    )
    return file


def read_file(file_id: int, *, by: Actor, now: datetime) -> SourceFile:
    """Read an uploaded or mapped file into the staging table; safe to call again after any interruption.

    Ends in one of three states: previewed, mapping_needed (a person must answer), or refused with a sentence.
    """
    with steps.working_on(file_id) as got:
        file = SourceFile.objects.select_related("source_account").get(pk=file_id)
        if got and file.state in ("uploaded", "reading"):
            try:
                _read(file, by=by, now=now)
            except (NotReadable, Refused) as problem:
                _refuse(file.pk, str(problem), by=by, now=now)
    return SourceFile.objects.select_related("source_account").get(pk=file_id)


def _read(file: SourceFile, *, by: Actor, now: datetime) -> None:
    with open_document(file.document_id).file as content:
        if file.state == "uploaded":
            plan = intake.plan_reading(content, file.filename, account=file.source_account)
            content.seek(0)
            _adopt(file, plan)
            if plan.question:
                return
        mapping = delimited.Mapping.from_json(file.mapping) if file.mapping else None
        found = reading.open_file(content, filename=file.filename, mapping=mapping)
        _stage(file, found, content, by=by, now=now)


@transaction.atomic(durable=True)
def _adopt(file: SourceFile, plan: intake.ReadingPlan) -> None:
    file.format = plan.format
    file.mapping = plan.mapping
    file.source_account = plan.account
    file.profile = plan.profile
    file.problem = plan.question
    file.warnings = [{"line": None, "text": note} for note in plan.notes]
    file.state = FILE.after("ask_mapping" if plan.question else "read", file.state)
    file.revision += 1
    file.save()


def _stage(file: SourceFile, found: reading.Reading, content: BinaryIO, *, by: Actor, now: datetime) -> None:
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
    moments = [moment for line in lines if (moment := rules.occurred_or_midnight(line, zone))]
    if moments:
        file.covers_from = min([*moments, *([file.covers_from] if file.covers_from else [])])
        file.covers_to = max([*moments, *([file.covers_to] if file.covers_to else [])])


@transaction.atomic(durable=True)
def _refuse(file_id: int, problem: str, *, by: Actor, now: datetime) -> None:
    file = SourceFile.objects.select_for_update().get(pk=file_id)
    was, file.state = file.state, FILE.after("refuse", file.state)
    file.problem = problem
    file.revision += 1
    file.save(update_fields=["state", "problem", "revision"])
    steps.clear_staged(file.pk)
    audit.record(
        "file.refused",
        subject=("file", file.pk),
        by=by,
        at=now,
        changes={"state": [was, file.state]},
        note=problem,
    )
