"""What a refund is held to before anybody acts on it: as the person saw it, and its checks once more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from paydesk.domain.cases.asks import compensations_of, stopping
from paydesk.domain.payments.steps import lock_all
from paydesk.domain.refunds import queries
from paydesk.domain.refunds.models import Refund
from paydesk.kernel.refused import ChangedRefused, Refused


class RefundRefused(Refused):
    """This cannot be done with this refund."""

    code = "refund.refused"


class EarlierRefused(RefundRefused):
    """Something was given for this payment already; whoever still wants to says so."""

    code = "refund.earlier"


class RefundChangedRefused(ChangedRefused):
    """Somebody was first."""

    code = "refund.changed"


class PayoutFileChangedRefused(ChangedRefused):
    """Somebody did something with this payout file since the person opened it."""

    code = "payout_file.changed"


class ChecksChangedRefused(RefundRefused):
    """The checks say more than when it was asked for: it is decided on by itself, by somebody who looked."""

    code = "refund.checks_changed"


def locked(refund_id: int, version: int | None) -> Refund:
    """The refund, locked; `version` is the one the person saw, None for whoever saw none (a file, a test).

    Raises RefundChangedRefused, Refund.DoesNotExist.
    """
    refund = Refund.objects.select_for_update().get(pk=refund_id)
    if version is not None and refund.version != version:
        raise RefundChangedRefused(
            f"{queries.code(refund)} was changed since you opened it. Reload it and look again."
        )
    return refund


def refuse_contested(payment_ids: Iterable[int], now: datetime) -> None:
    """Nothing goes back of a payment that is contested: the scheme may give it to the payer itself.

    Locks the payments, so that none is contested before the caller's transaction ends.
    """
    numbers = sorted(set(payment_ids))
    lock_all(numbers)
    if codes := stopping(compensations_of([("payment", pk) for pk in numbers], now)):
        raise RefundRefused(
            f"Not done: the payment is contested ({codes}), and nothing is given while that is open.",
            code="refund.contested",
        )


def check_again(refunds: Sequence[Refund], now: datetime) -> None:
    """Run calculator, payee and duplicate checks once more. Joins the verb's transaction.

    Raises RefundRefused where the money is not there any more, ChecksChangedRefused where there is something
    to look at that was not there when the refund was asked for or last looked at.
    """
    refuse_contested([refund.payment_id for refund in refunds], now)
    for refund in refunds:
        if gone := queries.why_not_payable(refund):
            raise RefundRefused(gone)
    doubts = queries.new_doubts(refunds, now)
    told = [f"{queries.code(refund)}: {doubt}" for refund in refunds for doubt in doubts[refund.pk]]
    if told:
        raise ChecksChangedRefused(
            f"Not done: the checks changed since it was asked for. {' '.join(told)} "
            "It is amber now: look at it by itself, then approve or reject it."
        )
