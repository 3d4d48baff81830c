"""What may be written off: up to the small difference of a currency, and so much a day in a market."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Sum
from django.db.models.functions import Abs

from paydesk.domain.payments import rules as payment_rules
from paydesk.domain.payments.queries import written_off_on
from paydesk.domain.reconciliation.differences import PAIRS, difference_of
from paydesk.domain.reconciliation.held import ExceptionRefused
from paydesk.domain.reconciliation.models import ReconciliationException
from paydesk.domain.reconciliation.states import UNSOLVED
from paydesk.kernel.money import Money


def small_enough(found: ReconciliationException, now: datetime) -> Money:
    """What the ledger would move by if this were written off. Raises ExceptionRefused where it may not be."""
    if found.state not in UNSOLVED:
        raise ExceptionRefused("It is resolved already.")
    if found.kind in PAIRS:
        difference = difference_of(found)
    elif found.kind == "missing_at_provider" and found.left_key and not found.right_key:
        net = int(found.left.get("amount_minor") or 0) - int(found.left.get("fee_minor") or 0)
        difference = Money(-net, found.currency)
    else:
        raise ExceptionRefused(
            "Only a difference of two rows, or a row that the provider does not have, is written off. "
            "What the provider has more is somebody's money: post it."
        )
    most = payment_rules.small_difference(found.currency)
    if abs(difference.amount_minor) > most.amount_minor:
        raise ExceptionRefused(
            f"{Money(abs(difference.amount_minor), found.currency)} is not a small difference: up to {most} "
            "is. Adjust it, or ask the provider."
        )
    room = payment_rules.written_off_room(found.currency, _written_off(found, now))
    if abs(difference.amount_minor) > room.amount_minor:
        raise ExceptionRefused(
            f"Today's room for small differences in {found.market} is used up ({room} left). Try tomorrow."
        )
    return difference


def why_not_written_off(found: ReconciliationException, now: datetime) -> str:
    """Why this cannot be written off; "" where it can."""
    try:
        small_enough(found, now)
    except ExceptionRefused as refused:
        return refused.text
    return ""


def _written_off(found: ReconciliationException, now: datetime) -> Money:
    """Of a market and currency in the last day: of due items and of exceptions."""
    of_exceptions = ReconciliationException.objects.filter(
        market=found.market, currency=found.currency, resolution="written_off",
        resolved_at__gt=now - timedelta(days=1),
    ).aggregate(sum=Sum(Abs("amount_minor")))["sum"]  # fmt: skip
    of_items = written_off_on(found.market, found.currency, now)
    return Money(of_items.amount_minor + int(of_exceptions or 0), found.currency)
