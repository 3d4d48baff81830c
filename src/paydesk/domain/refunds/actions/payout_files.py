"""A payout file before and when it is uploaded: a refund taken out of it, put aside, marked as sent.

All three hold to the version of the file that the person saw.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from paydesk.domain.ledger.steps import Entry, Leg, post_entries
from paydesk.domain.refunds import queries
from paydesk.domain.refunds.actions.entitling import _record
from paydesk.domain.refunds.actions.releasing import RELEASE, ask_release, made
from paydesk.domain.refunds.models import PayoutFile, Refund
from paydesk.domain.refunds.states import PAYOUT_FILE, REFUND
from paydesk.domain.refunds.steps import PayoutFileChangedRefused, RefundRefused
from paydesk.domain.refunds.stopped import stopped_among
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor


def _locked(payout_file_id: int) -> PayoutFile:
    found = PayoutFile.objects.select_for_update(of=["self"]).select_related("source_account")
    return found.get(pk=payout_file_id)


def _check_seen(payout: PayoutFile, version: int | None) -> None:
    if version is not None and payout.version != version:
        raise PayoutFileChangedRefused(
            f"{queries.payout_code(payout.pk)} was changed since you opened it. Reload it and look again."
        )


@transaction.atomic(durable=True)
def take_refund_out(
    payout_file_id: int, refund_id: int, *, note: str, version: int | None = None, by: Actor, now: datetime
) -> PayoutFile:
    """Take one refund out of a file that is not sent yet: it is free for another one.

    A file that is made is made again without it, under another document. One that waits for its second
    person is asked for again by who put it together. `version` of the file is the one the person saw.
    Raises RefundRefused, PayoutFileChangedRefused, ApprovalRefused.
    """
    waiting = approvals.locked_pending(RELEASE, ("payout_file", payout_file_id))
    payout = _locked(payout_file_id)
    by.needs("payouts.release", market=payout.market)
    _check_seen(payout, version)
    if payout.state not in ("asked", "released"):
        raise RefundRefused("Only out of a file that is not sent yet a refund can be taken.")
    if not note.strip():
        raise RefundRefused("Say why it does not go out with this file.")
    refunds = list(payout.refunds.select_for_update().order_by("pk"))
    out = next((refund for refund in refunds if refund.pk == refund_id), None)
    if out is None:
        raise RefundRefused("This refund is not in this file.")
    rest = [refund for refund in refunds if refund is not out]
    if not rest:
        raise RefundRefused(
            "It is the only one in this file: put the file aside."
            if payout.state == "released"
            else "It is the only one in this file: take the request for its release back."
        )
    before = {"count": payout.count, "total_minor": payout.total_minor, "document_id": payout.document_id}
    payout.count, payout.total_minor = len(rest), sum(refund.amount_minor for refund in rest)
    payout.version += 1
    if payout.state == "released":
        out.state = REFUND.after("take_out", out.state)
        payout.document_id = made(payout, rest, by=by, now=now)
        asked = None
    else:
        assert waiting is not None, "a file that is asked for waits for a second person"
        approvals.take_back_to_ask_again(waiting, by=by, now=now, note=note.strip())
        asked = ask_release(payout, rest, by=by, now=now).pk
    payout.save(update_fields=["count", "total_minor", "document_id", "version"])
    out.payout_file = None
    out.version += 1
    out.save(update_fields=["state", "payout_file", "version"])
    now_is = {"count": payout.count, "total_minor": payout.total_minor, "document_id": payout.document_id}
    audit.record(
        "payout_file.refund_taken_out",
        subject=("payout_file", payout.pk),
        by=by,
        at=now,
        changes={
            "refund_id": out.pk,
            "amount_minor": out.amount_minor,
            **{name: [was, now_is[name]] for name, was in before.items() if was != now_is[name]},
            **({"approval_id": asked} if asked else {}),
        },
        market=payout.market,
        note=note.strip(),
    )
    _record("refund.taken_out", out, by, now, payout_file_id=payout.pk)
    return payout


@transaction.atomic(durable=True)
def put_payout_file_aside(
    payout_file_id: int, *, note: str, version: int | None = None, by: Actor, now: datetime
) -> PayoutFile:
    """A released file will not be uploaded: its refunds go out with another one. Raises RefundRefused.

    `version` of the file is the one the person saw. Raises PayoutFileChangedRefused.
    """
    payout = _locked(payout_file_id)
    by.needs("payouts.release", market=payout.market)
    _check_seen(payout, version)
    if payout.state != "released":
        raise RefundRefused("Only a file that is made and not sent yet can be put aside.")
    if not note.strip():
        raise RefundRefused("Say why it is not sent.")
    payout.state = PAYOUT_FILE.after("put_aside", payout.state)
    payout.version += 1
    payout.save(update_fields=["state", "version"])
    for refund in payout.refunds.select_for_update():
        refund.state = REFUND.after("take_out", refund.state)
        refund.payout_file = None
        refund.version += 1
        refund.save(update_fields=["state", "payout_file", "version"])
    audit.record(
        "payout_file.put_aside",
        subject=("payout_file", payout.pk),
        by=by,
        at=now,
        changes={"state": ["released", payout.state]},
        market=payout.market,
        note=note.strip(),
    )
    return payout


@transaction.atomic(durable=True)
def send_payout_file(
    payout_file_id: int, *, version: int | None = None, by: Actor, now: datetime
) -> PayoutFile:
    """The file was uploaded: its refunds are on their way (Dr 2050 / Cr 1030). Twice by one person is once.

    `version` of the file is the one the person saw. Raises PayoutFileChangedRefused also for somebody who
    says so after another person did: if both uploaded it, the payees get the money twice. What risk stopped
    after it was released is not refused here, for it has left already; the refund says so.
    """
    payout = _locked(payout_file_id)
    by.needs("payouts.release", market=payout.market)
    if payout.state in ("sent", "closed"):
        if payout.sent_by == by.label:
            return payout
        raise PayoutFileChangedRefused(
            f"{queries.payout_code(payout.pk)} was marked as sent by somebody else. If you uploaded it as "
            "well, have the provider stop one of the two at once."
        )
    _check_seen(payout, version)
    payout.state = PAYOUT_FILE.after("send", payout.state)
    payout.sent_by, payout.sent_at = by.label, now
    payout.version += 1
    payout.save(update_fields=["state", "sent_by", "sent_at", "version"])
    inside = payout.refunds.select_for_update(of=("self",)).select_related("payment")
    refunds = list(inside.order_by("pk"))
    stopped = stopped_among(refunds, now)
    for refund in refunds:
        if why := stopped.get(refund.pk):
            refund.reasons = [f"It left although risk stops it. {why}", *refund.reasons]
        refund.state = REFUND.after("send", refund.state)
        refund.sent_at = now
        refund.tries += 1
        refund.version += 1
    post_entries(
        [
            Entry(
                kind="refund.sent",
                market=refund.market,
                booked_on=now.date(),
                value_on=now.date(),
                cause_kind="refund",
                cause_id=refund.pk,
                idempotency_key=f"refund_sent:{refund.pk}:{refund.tries}",
                legs=[
                    Leg("2050", refund.pk, refund.amount_minor, refund.currency),
                    Leg("1030", payout.source_account_id, -refund.amount_minor, refund.currency, refund.pk),
                ],
            )
            for refund in refunds
        ],
        by=by,
        at=now,
    )
    Refund.objects.bulk_update(refunds, ["state", "sent_at", "tries", "version", "reasons"])
    for refund in refunds:
        left = {"stopped_by_risk": True} if refund.pk in stopped else {}
        _record("refund.sent", refund, by, now, payout_file_id=payout.pk, **left)
    return payout
