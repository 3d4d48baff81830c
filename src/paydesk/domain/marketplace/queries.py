"""Reads about sellers: their balances from the books, their orders, withdrawals and bound methods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Lower

from paydesk.domain.cases.models import Case, CaseLink
from paydesk.domain.cases.queries import cases
from paydesk.domain.marketplace.models import LinkAttempt, MarketEvent, PlatformAsk, SellerOrder, Withdrawal
from paydesk.domain.marketplace.rules import AVAILABLE, HELD, PENDING
from paydesk.domain.parties.models import Party
from paydesk.domain.providers.dialects import MARKET_MESSAGES
from paydesk.foundation.inbox.models import Message
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

MOST = 50
T = TypeVar("T", bound=Model)


@dataclass(frozen=True, slots=True)
class SellerBalance:
    """What is owed to a seller in one currency, as the books have it."""

    available: Money
    pending: Money
    held: Money

    @property
    def currency_and_amounts(self) -> tuple[str, Decimal, Decimal, Decimal]:
        """For a row of an export: the currency, then free, pending and held."""
        return self.held.currency, self.available.amount, self.pending.amount, self.held.amount


def sellers(actor: Actor, text: str = "", **filters: Any) -> QuerySet[Party]:
    """Sellers of the actor's markets in the order of names, by name, number, order or withdrawal."""
    found = in_markets(Party.objects.filter(**filters), actor)
    if text := text.strip():
        number = {"external_ref__in": (text, text.upper())}
        found = found.filter(
            Q(name__icontains=text)
            | Q(**number)
            | Q(pk__in=in_markets(SellerOrder.objects.filter(**number), actor).values("party"))
            | Q(pk__in=in_markets(Withdrawal.objects.filter(**number), actor).values("party"))
        )
    return found.order_by(Lower("name"), "pk")


def seller_for(actor: Actor, party_id: int) -> Party:
    """Raises Party.DoesNotExist also for another market."""
    return in_markets(Party.objects.all(), actor).get(pk=party_id)


def withdrawals(actor: Actor, **filters: Any) -> QuerySet[Withdrawal]:
    """Withdrawals of the actor's markets with their sellers, those told last first; one query."""
    return in_markets(_narrowed(Withdrawal.objects.all(), filters), actor).order_by("-pk")


def orders(actor: Actor, **filters: Any) -> QuerySet[SellerOrder]:
    """Orders of the actor's markets with their sellers, those told last first; one query."""
    return in_markets(_narrowed(SellerOrder.objects.all(), filters), actor).order_by("-pk")


def link_attempts(actor: Actor, **filters: Any) -> QuerySet[LinkAttempt]:
    """Attempts to bind a payment method with their sellers, those told last first; one query."""
    return in_markets(_narrowed(LinkAttempt.objects.all(), filters), actor).order_by("-pk")


def _narrowed(found: QuerySet[T], filters: dict[str, Any]) -> QuerySet[T]:
    """`q` is a number of the thing or its seller, or of the seller's name; the others are columns."""
    found = found.select_related("party")
    if text := str(filters.pop("q", "")).strip():
        number = (text, text.upper())
        found = found.filter(
            Q(external_ref__in=number) | Q(party__external_ref__in=number) | Q(party__name__icontains=text)
        )
    return found.filter(**filters)


@dataclass(frozen=True, slots=True)
class SellerThing:
    """A seller, or an order, a withdrawal or an attempt of theirs, by its kind."""

    kind: str
    pk: int
    thing: Any
    party: Party


def things_of_sellers(actor: Actor, found: Sequence[tuple[str, int]]) -> list[SellerThing]:
    """Those of (kind, id) that the actor may see, in that order; one query per kind."""
    ids: dict[str, list[int]] = {}
    for kind, number in found:
        ids.setdefault(kind, []).append(number)
    find: dict[str, Any] = {
        "seller": sellers, "order": orders, "withdrawal": withdrawals, "link_attempt": link_attempts
    }  # fmt: skip
    loaded = {
        (kind, each.pk): SellerThing(kind, each.pk, each, each if kind == "seller" else each.party)
        for kind, numbers in ids.items()
        for each in find[kind](actor, pk__in=numbers)
    }
    return [loaded[each] for each in found if each in loaded]


def withdrawal_for(actor: Actor, withdrawal_id: int) -> Withdrawal:
    """Raises Withdrawal.DoesNotExist also for another market."""
    return withdrawals(actor).get(pk=withdrawal_id)


def order_for(actor: Actor, order_id: int) -> SellerOrder:
    """Raises SellerOrder.DoesNotExist also for another market."""
    return orders(actor).get(pk=order_id)


def link_attempt_for(actor: Actor, attempt_id: int) -> LinkAttempt:
    """Raises LinkAttempt.DoesNotExist also for another market."""
    return link_attempts(actor).get(pk=attempt_id)


def asks(actor: Actor, **filters: Any) -> QuerySet[PlatformAsk]:
    """What was asked of the platform in the actor's markets, with seller and withdrawal; one query."""
    found = PlatformAsk.objects.select_related("party", "withdrawal")
    if text := str(filters.pop("q", "")).strip():
        number = (text, text.upper())
        found = found.filter(
            Q(withdrawal__external_ref__in=number)
            | Q(party__external_ref__in=number)
            | Q(party__name__icontains=text)
        )
    return in_markets(found.filter(**filters), actor).order_by("-pk")


def asks_about(kind: str, number: int) -> list[PlatformAsk]:
    """What was asked about a withdrawal, or about a seller with all of theirs; newest first, one query."""
    about = Q(withdrawal_id=number) if kind == "withdrawal" else Q(party_id=number)
    found = PlatformAsk.objects.select_related("party", "withdrawal").filter(about)
    return list(found.order_by("-pk")[:MOST])


def markets_to_tell(actor: Actor) -> list[str]:
    """Markets in which something waits to be handed over to the platform; one query."""
    found = in_markets(PlatformAsk.objects.filter(state="approved"), actor)
    return sorted(set(found.values_list("market", flat=True)))


def reasons_of_attempts(actor: Actor) -> list[str]:
    """The reasons that attempts were refused for, by code; one query."""
    found = in_markets(LinkAttempt.objects.exclude(reason_code=""), actor)
    return list(found.order_by("reason_code").values_list("reason_code", flat=True).distinct()[:MOST])


def messages_of(events: Sequence[MarketEvent]) -> dict[int, int]:
    """Of events that came by a message its number, by the event; one query, none where all came by a file."""
    lines = [each.line_no for each in events if each.document_id is None]
    if not lines:
        return {}
    found = Message.objects.filter(pk__in=lines, kind=MARKET_MESSAGES, became_kind="market_event")
    return dict(found.values_list("became_id", "pk"))


def event_told_by(actor: Actor, event_id: int) -> MarketEvent | None:
    """The event that a message became, for who may see its market."""
    found = MarketEvent.objects.select_related("party", "source_account").filter(pk=event_id)
    return in_markets(found, actor, field="source_account__market").first()


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


def cases_about(actor: Actor, kind: str, number: int) -> list[Case]:
    """Cases that the actor may see about an order, a withdrawal, an attempt or a seller; newest first.

    For a seller also those about anything of theirs. One query, by index.
    """
    about = CaseLink.objects.filter(kind=kind, object_id=number)
    if kind == "seller":
        for name, model in (
            ("order", SellerOrder),
            ("withdrawal", Withdrawal),
            ("link_attempt", LinkAttempt),
        ):
            theirs = model._default_manager.filter(party_id=number)
            about |= CaseLink.objects.filter(kind=name, object_id__in=theirs.values("pk"))
    ids = about.exclude(state="rejected").values("case_id")
    return list(cases(actor).filter(pk__in=ids).order_by("-opened_at", "-pk")[:20])
