"""Reads about text messages: the gateways, what left, what a case may be sent, what a number had lately."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from paydesk.domain.cases.models import Case
from paydesk.domain.parties.models import CustomerPhone
from paydesk.domain.text_messages.models import NoticeWish, TextGateway, TextMessage
from paydesk.domain.text_messages.rules import DAY, HOUR, MOST_TRIES, Used
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor

COST = Coalesce(F("cost"), F("gateway__price") * F("parts"), output_field=DecimalField())
NOT_PAID = Q(state="taken_back") | Q(state="failed", external_id="")


def gateways(actor: Actor) -> QuerySet[TextGateway]:
    """The gateways of the actor's markets, those at work first, with `sent` counted; one query."""
    counted = TextGateway.objects.annotate(sent=Count("messages"))
    return in_markets(counted, actor).order_by("-is_active", "market", "-id")


def texts(actor: Actor, cases: QuerySet[Case]) -> QuerySet[TextMessage]:
    """Text messages in `cases`, which the actor may see, newest first, with `costs`; one query."""
    del actor  # `cases` says it
    found = TextMessage.objects.filter(case__in=cases.order_by().values("pk")).annotate(costs=COST)
    return found.select_related("gateway", "case").order_by("-pk")


def texts_told(case_ids: Iterable[int]) -> list[dict[str, Any]]:
    """What went to whom in these cases, for the person concerned; no code is among it. One query."""
    found = TextMessage.objects.filter(case_id__in=list(case_ids)).order_by("id")
    return list(
        found.values("id", "case_id", "kind", "number", "state", "parts", "at", "done_at", "message_id")
    )


def gateway_of(market: str) -> TextGateway | None:
    """The gateway that sends for a market; one query."""
    return TextGateway.objects.filter(market=market, is_active=True).first()


def phones_of(case: Case) -> list[CustomerPhone]:
    """The numbers the ledger knows of the customer of a case: nothing is sent to any other. One query."""
    if case.customer_id is None:
        return []
    return list(CustomerPhone.objects.filter(customer_id=case.customer_id).order_by("pk"))


def code_out(case: Case, now: datetime) -> TextMessage | None:
    """The code that somebody may read back now, in this case and of its customer; one query."""
    return (
        TextMessage.objects.filter(
            case=case, customer_id=case.customer_id, kind="code", code_used_at=None, code_until__gte=now,
            code_tries__lt=MOST_TRIES, state__in=("queued", "sent", "delivered", "unknown"),
        )
        .exclude(code_digest="")
        .select_related("gateway")
        .order_by("-pk")
        .first()
    )  # fmt: skip


def wants_notices(case: Case) -> NoticeWish | None:
    """That the customer of a case wants notices; one query."""
    return NoticeWish.objects.filter(customer_id=case.customer_id).first() if case.customer_id else None


def used_by(gateway: TextGateway, number: str, now: datetime) -> Used:
    """What went to a number and through a gateway lately; two queries."""
    to_number = TextMessage.objects.filter(number=number, at__gt=now - DAY).exclude(state="taken_back")
    counted = to_number.aggregate(
        hour=Count("pk", filter=Q(at__gt=now - HOUR)), codes=Count("pk", filter=Q(kind="code"))
    )
    through = TextMessage.objects.filter(gateway=gateway, at__gt=now - DAY).exclude(NOT_PAID)
    cost = through.aggregate(total=Sum(COST))["total"]
    return Used(counted["hour"], counted["codes"], cost or Decimal(0))
