"""Taking money in: a confirmed file is posted chunk by chunk, each line that is a payment received."""

from __future__ import annotations

from datetime import datetime

from django.db import DatabaseError, connection, transaction

from paydesk.domain.ledger.steps import refusal_of
from paydesk.domain.payments.clocks import start_identification_clocks
from paydesk.domain.statements import steps as statements
from paydesk.domain.statements.models import SourceFile
from paydesk.domain.statements.queries import seen_mark
from paydesk.domain.statements.staging import restage_if_lost
from paydesk.domain.statements.states import FILE
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.outbox import steps as outbox
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import ChangedRefused

CHUNK_ROWS = 50_000
FIRST_CHUNK_ROWS = 5_000  # chunks grow from here, so that who looks on sees it move, and little is done twice


class FileChangedRefused(ChangedRefused):
    """The preview of this file is no longer what the person saw."""

    code = "file.changed"


@transaction.atomic(durable=True)
def confirm_file(file_id: int, *, seen: str | None = None, by: Actor, now: datetime) -> SourceFile:
    """Post a previewed file: a worker takes it up, chunk by chunk, and goes on after any interruption.

    Confirming twice is the same as once. `seen` is the mark of the preview the person looked at
    (`statements.queries.seen_mark`). Raises TransitionRefused unless the file waits with its preview, and
    FileChangedRefused when that preview is no longer true.
    """
    file = SourceFile.objects.select_for_update().get(pk=file_id)
    by.needs("files.import", market=file.source_account.market if file.source_account else None)
    if file.state in ("posting", "posted"):
        return file
    was, file.state = file.state, FILE.after("post", file.state)
    if seen is not None and seen != seen_mark(file):
        raise FileChangedRefused(
            "Since you looked at this file another one of its account went in, or it was read anew. "
            "Reload: the preview counts what is new again."
        )
    file.confirmed_by = by.label
    file.revision += 1
    file.save(update_fields=["state", "confirmed_by", "revision"])
    assert file.source_account is not None, "a previewed file has an account"
    audit.record(
        "file.confirmed",
        subject=("file", file.pk),
        by=by,
        at=now,
        changes={"state": [was, file.state], "rows": file.line_count},
        market=file.source_account.market,
    )
    outbox.put("file.confirmed", {"file_id": file.pk})
    return file


def post_file(file_id: int, *, by: Actor, now: datetime) -> SourceFile:
    """Work a confirmed file to its end, one durable chunk after the other; safe to call at any time.

    Returns at once if another worker holds the file or there is nothing to do.
    """
    with statements.working_on(file_id) as got:
        if got:
            restage_if_lost(file_id, now=now)
        while got and _post_chunk(file_id, by=by, now=now):
            pass
    return SourceFile.objects.select_related("source_account").get(pk=file_id)


@transaction.atomic(durable=True)
def _post_chunk(file_id: int, *, by: Actor, now: datetime) -> bool:
    """One chunk of a file: lines stored, payments received, posted and allocated. False at the end."""
    file = SourceFile.objects.select_for_update(of=["self"]).select_related("source_account").get(pk=file_id)
    if file.state != "posting" or file.source_account is None:
        return False
    market = file.source_account.market
    size = min(CHUNK_ROWS, max(FIRST_CHUNK_ROWS, file.new_count + file.known_count))
    stored = statements.store_chunk(file, size=size)
    if stored is None:
        file.state = FILE.after("finish", file.state)
        file.posted_at = now
        statements.forget_staged(file.pk)
        audit.record(
            "file.posted",
            subject=("file", file.pk),
            by=by,
            at=now,
            changes={
                "state": ["posting", file.state],
                "new": file.new_count,
                "known": file.known_count,
                "payments": file.payment_count,
                "rejected": file.rejected_count,
            },
            market=market,
        )
        outbox.put("file.posted", {"file_id": file.pk})
    else:
        line_ids, known, conflicts, last = stored
        received = receive_lines(line_ids, by=by, now=now)
        file.new_count += len(line_ids)
        file.known_count += known
        file.rejected_count += conflicts
        file.payment_count += received
        if line_ids:
            audit.record(
                "payments.received",
                subject=("file", file.pk),
                by=by,
                at=now,
                changes={
                    "rows": [file.posted_through + 1, last],
                    "lines": len(line_ids),
                    "payments": received,
                },
                market=market,
            )
        file.posted_through = last
    file.revision += 1
    file.save()
    return file.state == "posting"


def receive_lines(line_ids: list[int], *, by: Actor, now: datetime) -> int:
    """Turn stored statement lines into posted, identified and allocated payments; returns how many.

    What the other rows prove is posted as well: fees, reversals, sweeps, floats, reserves. The one way in,
    for a file of a million rows and for a single callback. Joins the caller's transaction.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM payments_take_in(%s::bigint[], %s, %s)", [line_ids, by.label, now])
            received, markets, payment_ids, plain, counted = cursor.fetchone()
            if payment_ids:
                start_identification_clocks(zip(markets, payment_ids, strict=True), now)
            if not counted:  # last: others who count rows of the same account wait until we commit
                cursor.execute("SELECT payments_count_new_rows(%s::bigint[], %s)", [line_ids, plain])
    except DatabaseError as problem:
        raise refusal_of(problem) from problem
    return int(received)
