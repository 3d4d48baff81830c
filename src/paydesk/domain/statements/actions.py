"""Taking files in: upload, say how to read, read into the staging table, discard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, BinaryIO

from django.db import DataError, transaction

from paydesk.domain.providers import steps as providers
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.statements import intake, steps
from paydesk.domain.statements.models import SourceFile
from paydesk.domain.statements.staging import stage
from paydesk.domain.statements.states import FILE
from paydesk.domain.statements.whose_format import why_not_of
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.audit.queries import histories
from paydesk.foundation.documents import blobs
from paydesk.foundation.documents import steps as documents
from paydesk.foundation.documents.queries import open_document
from paydesk.foundation.outbox import steps as outbox
from paydesk.importers import delimited, reading
from paydesk.importers.records import NotReadable
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused


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
    """Keep a file and have the worker read it. The same content again gives the earlier file back,
    unless that was put aside or un-posted, or rows it only confirmed were withdrawn with another file since.

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
        SourceFile.objects.filter(sha256=kept.sha256)
        .exclude(state__in=["refused", "discarded", "unposted"])
        .order_by("-id")
        .first()
    )
    if earlier is not None and not _rows_withdrawn_since(earlier):
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


def _rows_withdrawn_since(file: SourceFile) -> bool:
    """Whether rows this posted file found known already may have been withdrawn since, with another file."""
    if file.state != "posted" or not file.known_count:
        return False
    others = SourceFile.objects.filter(source_account=file.source_account, state="unposted")
    undone = histories({"file": others.values_list("pk", flat=True)})
    return undone.filter(verb="file.unposted", at__gt=file.uploaded_at).exists()


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
    Raises FileRefused when the mapping cannot work or the file comes from another provider than the account,
    TransitionRefused once the file is confirmed.
    """
    file = SourceFile.objects.select_for_update().get(pk=file_id)
    account = SourceAccount.objects.get(pk=source_account_id)
    by.needs("files.import", market=account.market)
    if problem := why_not_of(_formats_of(file), account):
        raise FileRefused(problem, code="file.of_another_provider", field="source_account")
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
        if save_as:
            by.needs("files.save_profile", market=account.market)
            header = _header_of(file)
            checked = replace(checked, header=delimited.header_keys(header))
            file.profile = providers.save_profile(
                account,
                name=save_as,
                fingerprint=delimited.fingerprint(header),
                mapping=checked.to_json(),
                by=by,
                at=now,
            )
        file.mapping = checked.to_json()
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


def _formats_of(file: SourceFile) -> set[str]:
    if file.format != "mixed":
        return {file.format}
    with (
        open_document(file.document_id).file as content,
        reading.open_file(content, filename=file.filename) as found,
    ):
        return intake.formats_in(found)


def _header_of(file: SourceFile) -> tuple[str, ...]:
    with open_document(file.document_id).file as content:
        return delimited.header_of(content)


@transaction.atomic(durable=True)
def discard_file(file_id: int, *, reason: str, by: Actor, now: datetime) -> SourceFile:
    """Put a file aside that should not be posted; its document is kept. Refused once it is confirmed."""
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
            except DataError as problem:  # said on the screen, not retried without end
                reason = str(problem).splitlines()[0]
                _refuse(file.pk, f"A value of this file does not fit the tables: {reason}.", by=by, now=now)
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
        stage(file, found, content, by=by, now=now)


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
