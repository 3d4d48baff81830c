"""Answering whether somebody paid twice by mistake: a person asked, and says that it was meant."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from paydesk.domain.payments.identified import PossibleDouble
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.steps import PaymentRefused
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor


class DoubleRefused(PaymentRefused):
    """There is nothing to answer about this payment."""

    code = "payment.no_double"


@transaction.atomic(durable=True)
def answer_double(payment_id: int, *, on_purpose: bool, by: Actor, now: datetime) -> list[int]:
    """Say that this payment and the similar ones minutes apart were all meant; or, not so, ask again.

    It moves no money and ends no claim: only the hint goes. Returns the ids of the later payments whose hint
    changed. Raises DoubleRefused when there is none to answer.
    """
    payment = Payment.objects.only("market").get(pk=payment_id)
    by.needs("payments.allocate", market=payment.market)
    pairs = list(
        PossibleDouble.objects.select_for_update()
        .filter(Q(payment_id=payment_id) | Q(first_id=payment_id), on_purpose_at__isnull=on_purpose)
        .order_by("payment_id")
    )
    if not pairs:
        raise DoubleRefused(
            "Nothing waits for this answer: no similar payment came within five minutes, or somebody said so."
            if on_purpose
            else "Nobody said that this was paid twice on purpose, so there is nothing to take back."
        )
    later = [pair.payment_id for pair in pairs]
    PossibleDouble.objects.filter(pk__in=later).update(
        on_purpose_at=now if on_purpose else None, on_purpose_by=by.label if on_purpose else ""
    )
    others = {each for pair in pairs for each in (pair.payment_id, pair.first_id)} - {payment_id}
    audit.record(
        "payment.double_on_purpose" if on_purpose else "payment.double_asked_again",
        subject=("payment", payment_id),
        by=by,
        at=now,
        changes={"similar": sorted(others)},
        market=payment.market,
    )
    return later
