"""Parts of the verbs of routing: the order of rules, who is away, the record in the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from paydesk.domain.routing.models import RoutingRule
from paydesk.domain.routing.queries import closed_accounts, signs_of
from paydesk.domain.routing.rules import AWAY_SECONDS
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.clocks.in_force import calendar_named
from paydesk.foundation.clocks.queries import calendar_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused


class RoutingRefused(Refused):
    """Cases cannot be routed this way."""

    code = "routing.refused"


def put_in_order(rule: RoutingRule | None, place: int) -> None:
    """Number the rules that count from 1 on, `rule` at `place` or, where there are fewer, at the end."""
    others = RoutingRule.objects.select_for_update().filter(removed_at=None).order_by("place", "id")
    found = [each for each in others if rule is None or each.pk != rule.pk]
    if rule is not None:
        found.insert(max(place, 1) - 1, rule)
    moved = [each for number, each in enumerate(found, 1) if each.place != number]
    for number, each in enumerate(found, 1):
        each.place = number
    RoutingRule.objects.bulk_update(moved, ["place"])


def away_owners(markets: Mapping[int, str], now: datetime) -> set[int]:
    """Which of these owners (id: market of the case) are away: the account is closed, or no sign of them for
    a day of office hours. Whoever never took cases by routing is not looked after."""
    away = closed_accounts(list(markets))
    for person_id, at in signs_of(list(markets)).items():
        calendar = calendar_of(calendar_named(markets[person_id], now))
        if at < now and calendar.open_seconds(at, now) >= AWAY_SECONDS:
            away.add(person_id)
    return away


def record_rule(verb: str, rule: RoutingRule, by: Actor, now: datetime, **changes: Any) -> None:
    said = {
        name: value
        for name in ("market", "channel", "category", "language", "severity", "mailbox_id", "team_id")
        if (value := getattr(rule, name)) not in ("", None)
    }
    audit.record(
        verb, subject=("routing_rule", rule.pk), by=by, at=now, market=rule.market or None,
        changes={"place": rule.place, **said, **{key: each for key, each in changes.items() if each}},
    )  # fmt: skip
