"""A batch of messages becomes events: what each became, which of them wait for another.

Part of verbs: everything here joins their transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from paydesk.domain.marketplace.event_message import read_event_message
from paydesk.domain.marketplace.rules import Event
from paydesk.domain.marketplace.steps import TooEarly, take_in
from paydesk.domain.providers.dialects import MARKET_MESSAGES
from paydesk.domain.providers.models import SourceAccount
from paydesk.foundation.inbox import steps as inbox
from paydesk.foundation.inbox.models import Message
from paydesk.foundation.inbox.steps import Settled
from paydesk.kernel.actor import Actor

KIND = MARKET_MESSAGES
WAITS_AT_MOST = timedelta(hours=24)  # for the event that one builds on


def fresh_ids(*, limit: int) -> list[int]:
    """Messages nobody tried yet, the oldest first; one query by index."""
    waiting = Message.objects.filter(kind=KIND, state="received", attempts=0)
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:limit])


def early_ids(*, after: int, limit: int) -> list[int]:
    """Messages that were tried before, behind number `after`, the oldest first; one query by index."""
    waiting = Message.objects.filter(kind=KIND, state="received", attempts__gt=0, pk__gt=after)
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:limit])


def take_messages(message_ids: Sequence[int], *, by: Actor, now: datetime) -> int:
    """Take in what these messages tell; returns how many are settled by it.

    One that came before the event it builds on waits for that, a day at most. Messages that another worker
    holds are passed over.
    """
    messages = {each.pk: each for each in inbox.take(KIND, limit=len(message_ids), ids=message_ids)}
    settled: list[Settled] = []
    told: dict[int, list[Event]] = defaultdict(list)
    for message in messages.values():
        found = read_event_message(message.pk, bytes(message.body))
        if isinstance(found, str):
            settled.append(Settled(message.pk, "nothing", reason=found))
        else:
            told[message.source_id].append(found)
    accounts = SourceAccount.objects.select_for_update().filter(pk__in=told).order_by("pk")
    for account in accounts:
        settled += _settled(account, told[account.pk], messages, by, now)
    inbox.settle(settled, at=now)
    return len(settled)


def _settled(
    account: SourceAccount, events: Sequence[Event], messages: dict[int, Message], by: Actor, now: datetime
) -> list[Settled]:
    taken = take_in(account, events, document_id=None, by=by, now=now)
    found = [
        Settled(number, "known" if number in taken.known_lines else "event", ("market_event", event_id))
        for number, event_id in taken.events.items()
    ]
    for number, why in taken.rejected:
        reason = why[:1].upper() + why[1:]
        message = messages[number]
        if not isinstance(why, TooEarly):
            found.append(Settled(number, "conflict", reason=reason))
        elif now - message.received_at > WAITS_AT_MOST:
            found.append(Settled(number, "nothing", reason=f"{reason} None came within a day."))
        elif message.attempts == 0:
            inbox.put_back(number, reason=reason)
    return found
