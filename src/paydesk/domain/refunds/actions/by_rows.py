"""Rows of a provider that pay a refund of ours or bring it back: evidence, whatever a result file says.

The row itself is booked when it is read (1310 against its account). Here the refund it names moves,
and the row is off 1310: against what is in transit, or where the money was booked before the row came.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from paydesk.domain.ledger.models import JournalEntry
from paydesk.domain.ledger.steps import Leg
from paydesk.domain.payments.explained_rows import ExplanationRefused, check_open, explain, locked_row
from paydesk.domain.payments.models import ReversalRow
from paydesk.domain.refunds import clocks, queries
from paydesk.domain.refunds.actions.entitling import _record
from paydesk.domain.refunds.actions.outcomes import _close_file
from paydesk.domain.refunds.models import PayoutFile, Refund
from paydesk.domain.refunds.states import PAYOUT_FILE, REFUND
from paydesk.domain.refunds.steps import RefundRefused
from paydesk.foundation.clocks.steps import meet_clocks, start_clocks
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

EXPLAINED_AS = "refund"
CASH = ("1010", "1015", "1020")
ONE_BY_ONE = "Nobody knows where this money is: two people decide. Ask for it on the refund’s page."


@transaction.atomic(durable=True)
def settle_by_row(row_id: int, *, by: Actor, now: datetime) -> Refund | None:
    """Move the one refund that an open row names: paid, or come back. None where there is none, or not yet.

    A row that names a refund and cannot be it says why in its `reason`, and waits for a person.
    """
    row = locked_row(row_id)
    if row.state != "open" or row.reason == "taken_apart":
        return None
    named = queries.named_by(row)
    fitting = [each for each in named if each.amount_minor == abs(row.amount_minor)]
    if len(fitting) != 1:
        if named:
            _doubt(row, "refund_other_amount" if not fitting else "several_refunds")
        return None
    refund = Refund.objects.select_for_update().get(pk=fitting[0].pk)
    why = _move(row, refund, by, now)
    if why:
        _doubt(row, why)
        return None
    return refund


@transaction.atomic(durable=True)
def match_refund_row(row_id: int, refund_id: int, *, by: Actor, now: datetime) -> Refund:
    """A person says which refund a row paid or brought back. Raises ExplanationRefused, RefundRefused."""
    row = locked_row(row_id)
    refund = Refund.objects.select_for_update().get(pk=refund_id)
    by.needs("payouts.release", market=row.market)
    check_open(row)
    if (refund.market, refund.currency) != (row.market, row.currency):
        raise ExplanationRefused("The refund is of another market or currency than the row.")
    if refund.amount_minor != abs(row.amount_minor):
        moved, owed = Money(abs(row.amount_minor), row.currency), Money(refund.amount_minor, refund.currency)
        raise ExplanationRefused(f"The row moved {moved}, the refund is {owed}.")
    if refund.state == "unknown" and by.kind == "person":
        raise RefundRefused(ONE_BY_ONE)
    if why := _move(row, refund, by, now):
        raise ExplanationRefused(f"{queries.code(refund)}: {queries.WHY_NOT[why]}.")
    return refund


def _move(row: ReversalRow, refund: Refund, by: Actor, now: datetime) -> str:
    """What the row does to a locked refund; "" when it is done, else the reason why it cannot be."""
    booked = _not_confirmed(refund, "refund.paid" if row.amount_minor > 0 else "refund.bounced")
    if booked is not None:
        _confirm(row, refund, booked, by, now)
    elif row.amount_minor > 0 and refund.state in ("sent", "unknown"):
        _pay(row, refund, by, now)
    elif row.amount_minor < 0 and refund.state == "paid":
        _bring_back(row, refund, by, now)
    elif row.amount_minor < 0:
        return "refund_not_paid"
    elif refund.state == "paid":
        return "refund_paid_twice"
    elif refund.state in ("rejected", "cancelled"):
        return "refund_ended"
    else:
        return "refund_failed_here" if refund.state == "failed" else "refund_not_sent"
    return ""


def _pay(row: ReversalRow, refund: Refund, by: Actor, now: datetime) -> None:
    was, refund.state = refund.state, REFUND.after("confirm", refund.state)
    refund.provider_ref = refund.provider_ref or row.statement_line.provider_ref[:200]
    refund.failure, refund.finished_at = "", now
    refund.version += 1
    refund.save()
    payout = PayoutFile.objects.get(pk=refund.payout_file_id)
    in_transit = Leg("1030", payout.source_account_id, refund.amount_minor, refund.currency, refund.pk)
    _explain(row, refund, in_transit, "refund.paid", by, now)
    meet_clocks(clocks.REFUND, "refund", [refund.pk], at=now)
    _record("refund.paid", refund, by, now, state=[was, refund.state], reversal_row_id=row.pk)
    _close_file(refund.payout_file_id)


def _bring_back(row: ReversalRow, refund: Refund, by: Actor, now: datetime) -> None:
    was, refund.state = refund.state, REFUND.after("bounce", refund.state)
    refund.failure = row.statement_line.text[:200] or "The provider's row brought it back."
    refund.finished_at = None
    refund.version += 1
    refund.save()
    payable = Leg("2050", refund.pk, -refund.amount_minor, refund.currency)
    _explain(row, refund, payable, "refund.bounced", by, now)
    start_clocks(clocks.REFUND, "refund", {refund.pk: now}, market=refund.market, now=now)
    _record("refund.bounced", refund, by, now, state=[was, refund.state], reversal_row_id=row.pk)


def _confirm(row: ReversalRow, refund: Refund, booked: JournalEntry, by: Actor, now: datetime) -> None:
    """The row proves what a result file or a person said before: the money left, or came, by this row."""
    cash = booked.postings.select_related("account").get(account__code__in=CASH)
    back = Leg(cash.account.code, cash.account.key_id, -cash.amount_minor, cash.currency, cash.detail_id)
    _explain(row, refund, back, "refund.confirmed", by, now, confirms_id=booked.pk, day=booked.booked_on)
    _record("refund.confirmed", refund, by, now, reversal_row_id=row.pk)


def _explain(
    row: ReversalRow, refund: Refund, other: Leg, kind: str, by: Actor, now: datetime,
    confirms_id: int | None = None, day: date | None = None,
) -> None:  # fmt: skip
    explain(
        row, other, kind=kind, cause=("refund", refund.pk),
        key=f"refund_row:{row.pk}:{refund.pk}:{refund.version}:{int(now.timestamp() * 1000)}",
        explained_as=EXPLAINED_AS, explained_id=refund.pk, confirms_id=confirms_id, day=day, by=by, now=now,
    )  # fmt: skip


def _not_confirmed(refund: Refund, kind: str) -> JournalEntry | None:
    """The first entry of the refund that moved money at a provider and no row has shown yet."""
    shown = ReversalRow.objects.filter(
        explained_as=EXPLAINED_AS, explained_id=refund.pk, state="explained", confirms_id__isnull=False
    )
    found = JournalEntry.objects.filter(
        cause_kind="refund", cause_id=refund.pk, kind=kind, reverses_id=None,
        postings__account__code__in=CASH,
    )  # fmt: skip
    return found.exclude(pk__in=shown.values("confirms_id")).order_by("pk").first()


def _doubt(row: ReversalRow, reason: str) -> None:
    if row.reason != reason:
        row.reason = reason
        row.save(update_fields=["reason"])


def undo_rows(rows: Sequence[ReversalRow], by: Actor, now: datetime) -> None:
    """Refunds as they stood before these rows: sent, or paid. Postings are undone by the caller."""
    for row in rows:
        refund = Refund.objects.select_for_update().get(pk=row.explained_id)
        if row.confirms_id is not None:
            _record("refund.unconfirmed", refund, by, now, reversal_row_id=row.pk)
            continue
        was = refund.state
        refund.state = REFUND.after("unconfirm" if row.amount_minor > 0 else "unbounce", was)
        refund.finished_at = None if row.amount_minor > 0 else now
        refund.failure = ""
        refund.version += 1
        refund.save()
        if row.amount_minor > 0:
            start_clocks(clocks.REFUND, "refund", {refund.pk: now}, market=refund.market, now=now)
            _open_file(refund.payout_file_id)
        else:
            meet_clocks(clocks.REFUND, "refund", [refund.pk], at=now)
        _record("refund.unconfirmed", refund, by, now, reversal_row_id=row.pk, state=[was, refund.state])


def _open_file(payout_file_id: int | None) -> None:
    payout = PayoutFile.objects.select_for_update().get(pk=payout_file_id)
    if payout.state == "closed":
        payout.state = PAYOUT_FILE.after("open_again", payout.state)
        payout.save(update_fields=["state"])
