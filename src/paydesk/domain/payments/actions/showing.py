"""The balance a provider's portal shows, where its files say none: entered by a person, with a screenshot."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, BinaryIO

from django.db import transaction

from paydesk.domain.payments.models import ShownBalance
from paydesk.domain.payments.steps import PaymentRefused
from paydesk.domain.providers.models import SourceAccount
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.documents import blobs
from paydesk.foundation.documents import steps as documents
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

MOST_MINOR = 10**15


class ShownBalanceRefused(PaymentRefused):
    """This cannot be the balance the portal shows."""

    code = "shown_balance.refused"


def enter_shown_balance(
    account_id: int, *, amount: Money, shown_on: date, evidence: BinaryIO, filename: str, note: str = "",
    by: Actor, now: datetime,
) -> ShownBalance:  # fmt: skip
    """Keep what the portal shows at the end of a day, with the screenshot that proves it.

    It moves no money: the books are held against it. Entered again, the later one counts. Raises
    ShownBalanceRefused for another currency than the account's, a day that is not over or an unlikely amount,
    Refused for an empty or too large screenshot.
    """
    account = SourceAccount.objects.get(pk=account_id)
    by.needs("files.import", market=account.market)
    if amount.currency != account.currency:
        raise ShownBalanceRefused(f"This account is in {account.currency}, not {amount.currency}.")
    if abs(amount.amount_minor) >= MOST_MINOR:
        raise ShownBalanceRefused("No account of ours holds that much. Look at the separators again.")
    if shown_on > now.date():
        raise ShownBalanceRefused("This day has not come yet.")
    kept = blobs.keep(evidence)  # before the transaction: a slow upload must not hold one open
    return _keep(account, amount, shown_on, kept, filename, note.strip(), by=by, now=now)


@transaction.atomic(durable=True)
def _keep(
    account: SourceAccount, amount: Money, shown_on: date, kept: Any, filename: str, note: str, *,
    by: Actor, now: datetime,
) -> ShownBalance:  # fmt: skip
    document = documents.record_upload(kept, filename=filename, by=by, now=now, market=account.market)
    shown = ShownBalance.objects.create(
        source_account=account,
        shown_on=shown_on,
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        document_id=document.pk,
        note=note,
        entered_by=by.label,
        entered_at=now,
    )
    audit.record(
        "source_account.balance_entered",
        subject=("source_account", account.pk),
        by=by,
        at=now,
        changes={
            "shown_on": shown_on.isoformat(),
            "amount_minor": amount.amount_minor,
            "currency": amount.currency,
            "document_id": document.pk,
        },
        market=account.market,
    )
    return shown
