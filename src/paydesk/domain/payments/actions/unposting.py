"""Un-posting a whole file: it was the wrong one. Its payments are undone, its rows count no more."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from paydesk.domain.payments import explained_rows
from paydesk.domain.payments.models import Payment, ReversalRow
from paydesk.domain.payments.queries.same_rows import files_with_same_rows
from paydesk.domain.payments.steps import PaymentRefused, call
from paydesk.domain.statements import steps as statements
from paydesk.domain.statements.models import SourceFile, StatementLine
from paydesk.domain.statements.states import FILE
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.outbox import steps as outbox
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

UNPOST = "file.unpost"
CHUNK_LINES = 20_000


class UnpostRefused(PaymentRefused):
    """This file cannot be un-posted as it is."""

    code = "file.unpost_refused"


@transaction.atomic(durable=True)
def request_unpost(file_id: int, *, note: str, by: Actor, now: datetime) -> Approval:
    """Ask to undo everything a posted file did. Raises UnpostRefused."""
    file = SourceFile.objects.select_related("source_account").get(pk=file_id)
    account = file.source_account
    if account is None or file.state != "posted":
        raise UnpostRefused("Only a posted file can be un-posted.")
    by.needs("files.unpost", market=account.market)
    if file.callbacks_on is not None or file.format == "by_hand":
        raise UnpostRefused(
            "Callbacks and receipts by hand are not a file that can be handed over again: "
            "take back the payment that is wrong."
        )
    if not note.strip():
        raise UnpostRefused("Say what is wrong with this file: the second person decides on it.")
    _check(file)
    reasons = [
        f"{other.filename} holds some of the same rows ({other.known_count} were known when it came): "
        "hand it over again afterwards, so that they are posted from it."
        for other in files_with_same_rows(file)
    ]
    approval = approvals.ask(
        UNPOST,
        subject=("file", file.pk),
        market=account.market,
        right="files.unpost",
        payload={"new": file.new_count, "payments": file.payment_count},
        reasons=[f"{file.payment_count} payments are undone.", *reasons],
        amounts=_sums(file),
        note=note.strip(),
        by=by,
        now=now,
    )
    audit.record(
        "file.unpost_requested",
        subject=("file", file.pk),
        by=by,
        at=now,
        changes={"approval_id": approval.pk, "payments": file.payment_count},
        market=account.market,
    )
    return approval


def _sums(file: SourceFile) -> list[Money]:
    """What the payments of the file come to, one sum for each currency."""
    found = Payment.objects.filter(statement_line__file=file).order_by("currency").values("currency")
    return [Money(each["minor"], each["currency"]) for each in found.annotate(minor=Sum("amount_minor"))]


@transaction.atomic(durable=True)
def approve_unpost(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> SourceFile:
    """The second person says yes: a worker undoes the file, chunk by chunk."""
    approval = approvals.decide(approval_id, UNPOST, by=by, now=now, note=note)
    file = SourceFile.objects.select_for_update(of=["self"]).get(pk=approval.subject_id)
    _check(file)
    file.state = FILE.after("unpost", file.state)
    file.revision += 1
    file.save(update_fields=["state", "revision"])
    audit.record(
        "file.unpost_approved",
        subject=("file", file.pk),
        by=by,
        at=now,
        changes={"approval_id": approval.pk, "state": ["posted", file.state]},
        market=approval.market,
    )
    outbox.put("file.unpost_approved", {"file_id": file.pk})
    return file


def unpost_file(file_id: int, *, by: Actor, now: datetime) -> SourceFile:
    """Work an approved un-posting to its end, one durable chunk after the other; safe to call at any time."""
    with statements.working_on(file_id) as got:
        while got and _unpost_chunk(file_id, by=by, now=now):
            pass
    return SourceFile.objects.get(pk=file_id)


@transaction.atomic(durable=True)
def _unpost_chunk(file_id: int, *, by: Actor, now: datetime) -> bool:
    file = SourceFile.objects.select_for_update(of=["self"]).select_related("source_account").get(pk=file_id)
    if file.state != "unposting" or file.source_account is None:
        return False
    lines = StatementLine.objects.filter(file=file, withdrawn=False).order_by("line_no")
    line_ids = list(lines.values_list("pk", flat=True)[:CHUNK_LINES])
    changes: dict[str, object]
    if line_ids:
        explained = ReversalRow.objects.filter(statement_line__in=line_ids, state="explained")
        explained_rows.undo(explained.select_related("statement_line"), by, now)
        undone = int(
            call("payments_unpost", (line_ids, "bigint[]"), (by.label, "text"), (now, "timestamptz"))
        )
        changes = {"lines": len(line_ids), "payments": undone}
    else:
        file.state = FILE.after("withdraw", file.state)
        changes = {"state": ["unposting", file.state]}
    audit.record(
        "file.unposted",
        subject=("file", file.pk),
        by=by,
        at=now,
        changes=changes,
        market=file.source_account.market,
    )
    file.revision += 1
    file.save(update_fields=["state", "revision"])
    return bool(line_ids)


def _check(file: SourceFile) -> None:
    """Payments that gave money back, or were taken back otherwise than by rows of this very file, are dealt
    with first, one by one."""
    here = Q(reversal_rows__statement_line__file=file, reversal_rows__state="matched")
    stuck = (
        Payment.objects.filter(statement_line__file=file, statement_line__withdrawn=False)
        .annotate(taken_here=Coalesce(Sum("reversal_rows__amount_minor", filter=here), 0))
        .filter(Q(reserved_minor__gt=0) | Q(refunded_minor__gt=0) | Q(reversed_minor__gt=F("taken_here")))
    )
    if (count := stuck.count()) > 0:
        raise UnpostRefused(
            f"{count} payments of this file were refunded or taken back, or are about to be. "
            "Their money has left: put them right one by one.",
            payments=count,
        )
    explained = ReversalRow.objects.filter(statement_line__file=file, state="explained")
    if why := explained_rows.why_stuck(explained):
        raise UnpostRefused(why)
