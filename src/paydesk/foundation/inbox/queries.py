"""Reads about what came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from paydesk.foundation.inbox.models import Message
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor


def messages(actor: Actor, **filters: Any) -> QuerySet[Message]:
    """Messages of the actor's markets, newest first, without their bodies; one query."""
    return in_markets(Message.objects.filter(**filters), actor).defer("body").order_by("-pk")


def message_for(actor: Actor, message_id: int) -> Message:
    """One message the actor may see, with its body; raises Message.DoesNotExist otherwise."""
    return in_markets(Message.objects.all(), actor).get(pk=message_id)


@dataclass(frozen=True, slots=True)
class Heard:
    """What came for one source: how many since a moment, how many are rejected, and when the last came."""

    messages: int
    rejected: int
    last_at: datetime | None


def heard(source: tuple[str, int], *, since: datetime) -> Heard:
    """How much came for a source since `since`, and when it was last heard of; two queries."""
    every = Message.objects.filter(source_kind=source[0], source_id=source[1])
    recent = every.filter(received_at__gte=since).aggregate(
        messages=Count("pk"), rejected=Count("pk", filter=Q(state="rejected"))
    )
    newest = every.order_by("-pk").values("received_at", "repeated_at")[:1]
    last = max((at for row in newest for at in row.values() if at), default=None)
    return Heard(recent["messages"], recent["rejected"], last)
