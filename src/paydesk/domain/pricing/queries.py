"""Reads about rate cards."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from paydesk.domain.pricing.models import RateCard
from paydesk.domain.providers.models import SourceAccount


def rate_cards(account: SourceAccount) -> QuerySet[RateCard]:
    """The cards of an account, the one that begins last first, with their rates; two queries."""
    found = RateCard.objects.filter(source_account=account).prefetch_related("rates")
    return found.order_by("-valid_from", "-id")


def card_on(account: SourceAccount, day: date) -> RateCard | None:
    """The card that counts on a day; None where there is none or it has no rates. Two queries."""
    found = rate_cards(account).filter(valid_from__lte=day).first()
    return found if found is not None and found.rates.all() else None
