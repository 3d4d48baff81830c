"""Gateways as an administrator sets them up. A secret is typed once, kept sealed and never shown again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from paydesk.connectors.texting import GATEWAYS
from paydesk.connectors.texting.other import problem_with
from paydesk.domain.text_messages import rules
from paydesk.domain.text_messages.models import TextGateway
from paydesk.domain.text_messages.steps import PURPOSE, RIGHT, TextRefused
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people.queries import market_by_code
from paydesk.foundation.people.sealed_text import seal
from paydesk.kernel.actor import Actor


@transaction.atomic(durable=True)
def add_gateway(
    *,
    kind: str,
    name: str,
    market: str,
    base_url: str = "",
    user: str = "",
    secret: str = "",
    sender: str,
    shape: Mapping[str, str] | None = None,
    price: Decimal,
    most_per_hour: int = rules.MOST_PER_HOUR,
    most_cost_day: Decimal,
    by: Actor,
    now: datetime,
) -> TextGateway:
    """A gateway that sends for one market from now on; the one before is switched off.

    Money is of the market's currency. Raises TextRefused.
    """
    by.needs(RIGHT, market=market)
    place = market_by_code(market)
    if place is None:
        raise TextRefused("Choose the market whose people are sent messages.")
    if kind not in GATEWAYS and not (kind == rules.DEMO and by.label == "system:demo"):
        raise TextRefused("Choose the kind of gateway from its list.")
    if kind != rules.DEMO and (problem := rules.problem_with_address(base_url)):
        raise TextRefused(problem, field="base_url")
    if kind == "other" and (problem := problem_with(shape or {})):
        raise TextRefused(problem, field="shape")
    sender = " ".join(sender.split())
    if not 1 <= len(sender) <= 20:
        raise TextRefused("Give the sender name as it is registered at the gateway.", field="sender")
    _check_caps(price, most_per_hour, most_cost_day)
    TextGateway.objects.filter(market=market, is_active=True).update(is_active=False)
    gateway = TextGateway.objects.create(
        kind=kind, name=" ".join(name.split())[:100] or kind, market=market,
        base_url=base_url.strip().rstrip("/"), user=user.strip(),
        secret=seal(secret, PURPOSE) if secret else "", sender=sender,
        shape=dict(shape or {}) if kind == "other" else {}, price=price, currency=place.currency,
        most_per_hour=most_per_hour, most_cost_day=most_cost_day, added_by=by.label, added_at=now,
    )  # fmt: skip
    _record("text_gateway.added", gateway, by, now, kind=kind)
    return gateway


@transaction.atomic(durable=True)
def switch_gateway(gateway_id: int, *, is_active: bool, by: Actor, now: datetime) -> TextGateway:
    """Send by this gateway or not; switched on it takes the place of the one of its market."""
    gateway = _locked(gateway_id, by)
    if gateway.is_active == is_active:
        return gateway
    if is_active:
        TextGateway.objects.filter(market=gateway.market, is_active=True).update(is_active=False)
    gateway.is_active, gateway.problem = is_active, ""
    gateway.save(update_fields=["is_active", "problem"])
    _record("text_gateway.switched", gateway, by, now, is_active=[not is_active, is_active])
    return gateway


@transaction.atomic(durable=True)
def set_caps(
    gateway_id: int,
    *,
    price: Decimal,
    most_per_hour: int,
    most_cost_day: Decimal,
    by: Actor,
    now: datetime,
) -> TextGateway:
    """What may be sent at most: to a number within an hour, for how much within a day. Raises TextRefused."""
    gateway = _locked(gateway_id, by)
    _check_caps(price, most_per_hour, most_cost_day)
    was = [str(gateway.price), gateway.most_per_hour, str(gateway.most_cost_day)]
    gateway.price, gateway.most_per_hour, gateway.most_cost_day = price, most_per_hour, most_cost_day
    gateway.save(update_fields=["price", "most_per_hour", "most_cost_day"])
    _record(
        "text_gateway.capped", gateway, by, now, caps=[was, [str(price), most_per_hour, str(most_cost_day)]]
    )
    return gateway


def _check_caps(price: Decimal, most_per_hour: int, most_cost_day: Decimal) -> None:
    if price <= 0 or most_cost_day < price or not 1 <= most_per_hour <= 60:
        raise TextRefused(
            "A message costs something, a day allows for one at least, and one number gets 1 to 60 an hour.",
            field="price",
        )


def _locked(gateway_id: int, by: Actor) -> TextGateway:
    gateway = TextGateway.objects.select_for_update().filter(pk=gateway_id).first()
    if gateway is None or not by.sees(gateway.market):
        raise TextRefused("There is no such gateway in your markets.")
    by.needs(RIGHT, market=gateway.market)
    return gateway


def _record(verb: str, gateway: TextGateway, by: Actor, at: datetime, **changes: object) -> None:
    audit.record(
        verb, subject=("text_gateway", gateway.pk), by=by, at=at, market=gateway.market, changes=changes
    )
