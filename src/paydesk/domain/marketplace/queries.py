"""Reads about sellers: their balances from the books, their orders, withdrawals and bound methods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from paydesk.domain.marketplace.models import LinkAttempt, MarketEvent, SellerOrder, Withdrawal
from paydesk.domain.marketplace.rules import AVAILABLE, HELD, PENDING
from paydesk.domain.parties.models import Party
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

MOST = 50


@dataclass(frozen=True, slots=True)
class SellerBalance:
    """What is owed to a seller in one currency, as the books have it."""

    available: Money
    pending: Money
    held: Money


def sellers(actor: Actor, text: str = "") -> QuerySet[Party]:
    """Sellers of the actor's markets in the order of names, by name, number, order or withdrawal."""
    found = in_markets(Party.objects.all(), actor)
    if text := text.strip():
        found = found.filter(
            Q(name__icontains=text)
            | Q(external_ref__iexact=text)
            | Q(orders__external_ref__iexact=text)
            | Q(withdrawals__external_ref__iexact=text)
        ).distinct()
    return found.order_by(Lower("name"), "pk")


def seller_for(actor: Actor, party_id: int) -> Party:
    """Raises Party.DoesNotExist also for another market."""
    return in_markets(Party.objects.all(), actor).get(pk=party_id)


def withdrawal_for(actor: Actor, withdrawal_id: int) -> Withdrawal:
    """Raises Withdrawal.DoesNotExist also for another market."""
    return in_markets(Withdrawal.objects.select_related("party"), actor).get(pk=withdrawal_id)


def balances_of(party_ids: Sequence[int]) -> dict[int, list[SellerBalance]]:
    """Pending (2065), available (2060) and held (2070) of sellers, one per currency; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.key_id, a.currency,"
            " -coalesce(sum(b.amount_minor) FILTER (WHERE a.code = %s), 0)::bigint,"
            " -coalesce(sum(b.amount_minor) FILTER (WHERE a.code = %s), 0)::bigint,"
            " -coalesce(sum(b.amount_minor) FILTER (WHERE a.code = %s), 0)::bigint"
            " FROM ledger_account a JOIN ledger_balance b ON b.account_id = a.id"
            " WHERE a.key_id = ANY (%s) AND a.code IN (%s, %s, %s) GROUP BY 1, 2 ORDER BY 1, 2",
            [AVAILABLE, PENDING, HELD, list(party_ids), AVAILABLE, PENDING, HELD],
        )
        found: dict[int, list[SellerBalance]] = {}
        for party_id, currency, *minors in cursor.fetchall():
            found.setdefault(party_id, []).append(
                SellerBalance(*(Money(minor, currency) for minor in minors))
            )
    return found


def orders_of(party_id: int) -> list[SellerOrder]:
    return list(SellerOrder.objects.filter(party_id=party_id).order_by("-paid_at", "-pk")[:MOST])


def withdrawals_of(party_id: int) -> list[Withdrawal]:
    return list(Withdrawal.objects.filter(party_id=party_id).order_by("-requested_at", "-pk")[:MOST])


def link_attempts_of(party_id: int) -> list[LinkAttempt]:
    return list(LinkAttempt.objects.filter(party_id=party_id).order_by("-at", "-pk")[:MOST])


def events_of(party_id: int) -> list[MarketEvent]:
    """What was told of a seller, newest first, each with the row it came by."""
    found = MarketEvent.objects.filter(party_id=party_id).select_related("source_account")
    return list(found.order_by("-at", "-pk")[:MOST])


def events_about(kind: str, number: int) -> list[MarketEvent]:
    """The steps of one order or withdrawal, oldest first."""
    found = MarketEvent.objects.filter(about_kind=kind, about_id=number).select_related("source_account")
    return list(found.order_by("at", "pk"))
