"""Letting approved refunds go out: a payout file from one account, released by somebody else."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.refunds import queries
from paydesk.domain.refunds.models import PayoutFile, PayoutProfile, Refund
from paydesk.domain.refunds.payout_formats import FORMATS, content_of
from paydesk.domain.refunds.states import PAYOUT_FILE, REFUND
from paydesk.domain.refunds.steps import RefundRefused, check_again, refuse_contested
from paydesk.domain.refunds.stopped import refuse_stopped
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.documents import steps as documents
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.writers import mobile_money_bulk

RELEASE = "payout_file.release"


@transaction.atomic(durable=True)
def request_release(
    refund_ids: Sequence[int], *, source_account_id: int, format: str, by: Actor, now: datetime
) -> PayoutFile:
    """Put approved refunds together for one payout file from one account. Raises RefundRefused."""
    account = SourceAccount.objects.get(pk=source_account_id)
    by.needs("payouts.release", market=account.market)
    chosen = Refund.objects.select_for_update(of=("self",)).select_related("payment")
    refunds = list(chosen.filter(pk__in=refund_ids).order_by("pk"))
    if not refunds or len(refunds) != len(set(refund_ids)):
        raise RefundRefused("Choose at least one refund.")
    if format not in FORMATS:
        raise RefundRefused("Choose a format for the payout file from the list.")
    for refund in refunds:
        if refund.market != account.market or refund.currency != account.currency:
            raise RefundRefused(
                f"{queries.code(refund)} is in {refund.currency}, the account pays {account.currency}."
            )
        if refund.rail != FORMATS[format].rail:
            raise RefundRefused(f"{queries.code(refund)} does not go out by {FORMATS[format].name}.")
        if refund.state != "approved" or refund.payout_file_id is not None:
            raise RefundRefused(f"{queries.code(refund)} is not free to go out: somebody took it up already.")
        if gone := queries.why_not_payable(refund):
            raise RefundRefused(gone)
    refuse_contested([refund.payment_id for refund in refunds], now)
    doubts = queries.new_doubts(refunds, now)
    for refund in refunds:
        refund.reasons = [*refund.reasons, *doubts[refund.pk]]
    refuse_stopped(refunds, now)
    total = Money(sum(refund.amount_minor for refund in refunds), account.currency)
    _check_float(account, total)
    payout = PayoutFile.objects.create(
        market=account.market,
        source_account=account,
        format=format,
        currency=account.currency,
        count=len(refunds),
        total_minor=total.amount_minor,
        asked_by_id=by.id,
        asked_by=by.label,
        asked_at=now,
    )
    for refund in refunds:
        refund.payout_file = payout
        refund.version += 1
        refund.save(update_fields=["payout_file", "version", "reasons"])
    approval = ask_release(payout, refunds, by=by, now=now)
    audit.record(
        "payout_file.asked",
        subject=("payout_file", payout.pk),
        by=by,
        at=now,
        changes={
            "approval_id": approval.pk,
            "refunds": [refund.pk for refund in refunds],
            "amount_minor": total.amount_minor,
            "currency": total.currency,
        },
        market=payout.market,
    )
    return payout


def ask_release(payout: PayoutFile, refunds: Sequence[Refund], *, by: Actor, now: datetime) -> Approval:
    """Ask a second person to let these refunds of a payout file go. Joins the caller's transaction."""
    looked_at = [f"{queries.code(refund)}: {refund.reasons[0]}" for refund in refunds if refund.reasons]
    return approvals.ask(
        RELEASE,
        subject=("payout_file", payout.pk),
        market=payout.market,
        right="payouts.release",
        payload={
            "refunds": [[refund.pk, refund.amount_minor, refund.version] for refund in refunds],
            "source_account_id": payout.source_account_id,
            "format": payout.format,
        },
        reasons=looked_at[:20],
        amount=Money(payout.total_minor, payout.currency),
        by=by,
        now=now,
    )


def made(payout: PayoutFile, refunds: Sequence[Refund], *, by: Actor, now: datetime) -> int:
    """Keep the file that carries these refunds; returns its document. Joins the caller's transaction."""
    again = f"-{payout.version}" if payout.document_id else ""
    document = documents.store(
        io.BytesIO(content_of(payout, refunds, now)),
        filename=f"refunds-{payout.market}-{payout.pk}{again}.{FORMATS[payout.format].ending}",
        by=by,
        now=now,
        market=payout.market,
    )
    return document.pk


@transaction.atomic(durable=True)
def approve_release(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> PayoutFile:
    """The second person lets the money go: float and refunds are checked again, the payout file is made.

    Whoever approved that a refund is due does not release it. Raises ApprovalRefused, RefundRefused,
    ChecksChangedRefused.
    """
    approval = approvals.decide(approval_id, RELEASE, by=by, now=now, note=note)
    payout = (
        PayoutFile.objects.select_for_update(of=["self"])
        .select_related("source_account")
        .get(pk=approval.subject_id)
    )
    inside = payout.refunds.select_for_update(of=("self",)).select_related("payment")
    refunds = list(inside.order_by("pk"))
    if [[r.pk, r.amount_minor, r.version] for r in refunds] != approval.payload["refunds"]:
        raise RefundRefused("The refunds in this file were changed. Reject it and put it together again.")
    for refund in refunds:
        if refund.approved_by_id == by.id:
            raise approvals.SamePersonRefused(
                f"You approved that {queries.code(refund)} is due. Somebody else lets the money go."
            )
        approvals.refuse_if_related(by, "customer", [refund.customer_id])
    refuse_stopped(refunds, now)
    check_again(refunds, now)
    _check_float(payout.source_account, Money(payout.total_minor, payout.currency))
    payout.document_id = made(payout, refunds, by=by, now=now)
    payout.state = PAYOUT_FILE.after("release", payout.state)
    payout.version += 1
    payout.released_by, payout.released_at = by.label, now
    payout.save()
    for refund in refunds:
        refund.state = REFUND.after("release", refund.state)
        refund.version += 1
        refund.save(update_fields=["state", "version"])
    audit.record(
        "payout_file.released",
        subject=("payout_file", payout.pk),
        by=by,
        at=now,
        changes={
            "approval_id": approval.pk,
            "refunds": [refund.pk for refund in refunds],
            "document_id": payout.document_id,
            "state": ["asked", payout.state],
        },
        market=payout.market,
    )
    return payout


def release_ended(approval: Approval, by: Actor, now: datetime) -> None:
    """The release was rejected, withdrawn or has expired: its refunds are free again. Joins a transaction."""
    payout = PayoutFile.objects.select_for_update().get(pk=approval.subject_id)
    payout.state = PAYOUT_FILE.after("put_aside", payout.state)
    payout.version += 1
    payout.save(update_fields=["state", "version"])
    for refund in payout.refunds.select_for_update():
        refund.payout_file = None
        refund.version += 1
        refund.save(update_fields=["payout_file", "version"])


@transaction.atomic(durable=True)
def save_payout_profile(
    source_account_id: int,
    *,
    columns: Sequence[tuple[str, str]],
    delimiter: str = ",",
    by: Actor,
    now: datetime,
) -> PayoutProfile:
    """Save the columns that the bulk file of an account needs, (heading, field). Raises RefundRefused."""
    account = SourceAccount.objects.get(pk=source_account_id)
    by.needs("payouts.release", market=account.market)
    fields = [field for _, field in columns]
    if any(field not in mobile_money_bulk.FIELDS or not heading.strip() for heading, field in columns):
        raise RefundRefused(f"A column has a heading and one of: {', '.join(mobile_money_bulk.FIELDS)}.")
    if not {"amount", "reference"} <= set(fields) or not {"msisdn", "local_number"} & set(fields):
        raise RefundRefused("The file needs columns for the phone number, the amount and our reference.")
    if delimiter not in (",", ";", "\t", "|"):
        raise RefundRefused("Separate columns with a comma, semicolon, tab or bar.")
    profile, _ = PayoutProfile.objects.update_or_create(
        source_account=account,
        defaults={
            "columns": [[heading.strip(), field] for heading, field in columns],
            "delimiter": delimiter,
            "saved_by": by.label,
            "saved_at": now,
        },
    )
    audit.record(
        "payout_profile.saved",
        subject=("source_account", account.pk),
        by=by,
        at=now,
        changes={"fields": fields},
        market=account.market,
    )
    return profile


def _check_float(account: SourceAccount, total: Money) -> None:
    _, there = queries.float_of(account)
    if there.amount_minor < total.amount_minor:
        raise RefundRefused(
            f"{account.name} holds {there}, the file needs {total}. Fund it first, or take refunds out.",
            there_minor=there.amount_minor,
        )
