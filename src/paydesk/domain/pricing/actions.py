"""The controller says what a provider may keep back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from paydesk.domain.pricing.models import Rate, RateCard
from paydesk.domain.pricing.rules import Terms, why_not
from paydesk.domain.providers.models import SourceAccount
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused

RIGHT = "pricing.rate_cards"


class RateCardRefused(Refused):
    """This is no rate card."""

    code = "rate_card.refused"


@transaction.atomic(durable=True)
def set_rate_card(
    account_id: int, *, valid_from: date, rates: Sequence[Terms], note: str, by: Actor, now: datetime
) -> RateCard:
    """Say what the provider of an account keeps back from a day on; the cards before it stay as they are.

    No rates: nothing is expected from that day on. Days that were run before are not run again by themselves.
    Raises RateCardRefused for rates that contradict each other, for no reason and for an account at a bank.
    """
    account = SourceAccount.objects.select_for_update().get(pk=account_id)
    by.needs(RIGHT, market=account.market)
    if account.role != "originates" or account.ledger_code != "1020":
        raise RateCardRefused("Only an account that takes payments at a provider has a rate card.")
    if why := why_not(rates):
        raise RateCardRefused(why)
    said = " ".join(note.split())[:500]
    if not said:
        raise RateCardRefused("Say where the rates come from: the contract, a letter, its date.")
    card = RateCard.objects.create(
        market=account.market, source_account=account, valid_from=valid_from, note=said, made_by=by.label,
        made_at=now,
    )  # fmt: skip
    Rate.objects.bulk_create(
        Rate(
            card=card, method=each.method, from_minor=each.from_minor, millionths=each.millionths,
            fixed_minor=each.fixed_minor, least_minor=each.least_minor, most_minor=each.most_minor,
            tax_millionths=each.tax_millionths,
        )
        for each in rates
    )  # fmt: skip
    audit.record(
        "rate_card.set",
        subject=("source_account", account.pk),
        by=by,
        at=now,
        changes={
            "rate_card_id": card.pk,
            "valid_from": valid_from.isoformat(),
            "rates": [f"{each.method or 'any'} {each.told(account.currency)}" for each in rates],
        },
        market=account.market,
        note=said,
    )
    return card
