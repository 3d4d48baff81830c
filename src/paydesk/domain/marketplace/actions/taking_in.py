"""Taking in what a marketplace tells: a file of its events, the messages it sends by itself."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import DatabaseError, transaction

from paydesk.domain.marketplace import steps, taking
from paydesk.domain.marketplace.rules import Event
from paydesk.domain.marketplace.steps import Taken
from paydesk.domain.providers.models import SourceAccount
from paydesk.foundation.inbox import steps as inbox
from paydesk.foundation.inbox.models import Message
from paydesk.foundation.inbox.rules import MOST_ATTEMPTS
from paydesk.foundation.outbox.outage import is_outage
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused

logger = logging.getLogger("paydesk.callbacks")
RIGHT = "files.import"
BATCH = 100


class MarketplaceRefused(Refused):
    """These events cannot be taken in."""

    code = "marketplace.refused"


@transaction.atomic(durable=True)
def take_events(
    source_account_id: int,
    events: Sequence[Event],
    *,
    document_id: int | None = None,
    by: Actor,
    now: datetime,
) -> Taken:
    """Take in events of the platform behind an account, in their order; one that is known is passed over.

    Facts are posted, also where a seller's balance goes below zero. A row that does not fit what is known
    (an order nobody told of, another amount) is rejected with the reason.

    Raises MarketplaceRefused.
    """
    account = SourceAccount.objects.select_for_update().filter(pk=source_account_id).first()
    if account is None or not by.sees(account.market):
        raise MarketplaceRefused("There is no such account in your markets.")
    by.needs(RIGHT, market=account.market)
    return steps.take_in(account, events, document_id=document_id, by=by, now=now)


def take_messages(*, by: Actor, now: datetime, limit: int = BATCH) -> int:
    """Take in a batch of messages that nobody tried yet, in one transaction; returns how many it tried.

    What came too early before this batch is tried again after it, as this may be what it waits for. If the
    batch cannot be taken as a whole its messages are taken one by one, so that one holds up no other.
    """
    numbers = taking.fresh_ids(limit=limit)
    if numbers and _take_all(numbers, by, now):
        take_early_messages(by=by, now=now)
    return len(numbers)


def take_early_messages(*, by: Actor, now: datetime) -> int:
    """Try again what came before the event it builds on; returns how many are settled now."""
    settled, after = 0, 0
    while numbers := taking.early_ids(after=after, limit=BATCH):
        settled, after = settled + _take_all(numbers, by, now), numbers[-1]
    return settled


def _take_all(numbers: Sequence[int], by: Actor, now: datetime) -> int:
    try:
        return _take(numbers, by=by, now=now)
    except Exception as problem:  # whatever it is, the messages behind it must not wait for it
        if is_outage(problem):
            raise
        logger.warning("A batch of a marketplace is taken one by one: %s", type(problem).__name__)
    return sum(_take_one(number, by=by, now=now) for number in numbers)


@transaction.atomic(durable=True)
def _take(numbers: Sequence[int], *, by: Actor, now: datetime) -> int:
    return taking.take_messages(numbers, by=by, now=now)


def _take_one(number: int, *, by: Actor, now: datetime) -> int:
    try:
        return _take([number], by=by, now=now)
    except Exception as problem:  # whatever it is, the messages behind it must not wait for it
        if is_outage(problem):
            raise
        return _give_up_or_wait(number, problem, now)


@transaction.atomic(durable=True)
def _give_up_or_wait(number: int, problem: Exception, now: datetime) -> int:
    """A refusal rejects at once; what may pass (a deadlock, a lock) is tried a few times."""
    if not inbox.take(taking.KIND, limit=1, ids=[number]):
        return 0
    if isinstance(problem, Refused):
        reason = problem.text
    else:
        reason = f"It could not be taken in ({type(problem.__cause__ or problem).__name__})."
        tried = Message.objects.values_list("attempts", flat=True).get(pk=number)
        if tried + 1 < MOST_ATTEMPTS and isinstance(problem, DatabaseError):
            inbox.put_back(number, reason=reason)
            return 0
    inbox.settle([inbox.Settled(number, "broken", reason=reason)], at=now)
    return 1
