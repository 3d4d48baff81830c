"""Callbacks: kept, posted in batches, asked about when the provider is silent, closed by a person."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from django.db import DatabaseError, connection, transaction

from paydesk.domain.callbacks import asking, posting, steps
from paydesk.domain.callbacks.models import PendingPayment, StatusAnswer
from paydesk.domain.callbacks.reading import ANSWER, read_message
from paydesk.domain.callbacks.rules import ASKING_TAKES_AT_MOST, next_ask_at
from paydesk.domain.callbacks.states import PENDING
from paydesk.domain.payments.clocks import STALE_PENDING
from paydesk.domain.providers.dialects import DIALECTS
from paydesk.domain.providers.models import CallbackEndpoint, SourceAccount
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.clocks import steps as clocks
from paydesk.foundation.inbox import steps as inbox
from paydesk.foundation.inbox.rules import MOST_ATTEMPTS
from paydesk.foundation.outbox import steps as outbox
from paydesk.foundation.outbox.outage import is_outage
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused

logger = logging.getLogger("paydesk.callbacks")
BATCH = 100
MOST_ASKED_AT_ONCE = 20


class PendingRefused(Refused):
    """This cannot be done with a pending payment."""

    code = "pending.refused"


@transaction.atomic(durable=True)
def keep_callback(
    endpoint: CallbackEndpoint,
    *,
    channel: str,
    body: bytes,
    headers: Mapping[str, str],
    by: Actor,
    now: datetime,
) -> inbox.Kept:
    """Store a callback as it came; whoever is answered after this may forget it, we do not.

    The stored message is its own record: it cannot be changed, and what it did is recorded when it is posted.
    """
    del by  # the provider, named by the account the message is stored for
    assert channel in DIALECTS[endpoint.dialect].channels, "the address names the channel"
    account = endpoint.source_account
    return inbox.keep(
        DIALECTS[endpoint.dialect].inbox_kind,
        source=("source_account", account.pk),
        channel=channel,
        market=account.market,
        body=body,
        headers=headers,
        at=now,
    )


def post_callbacks(*, by: Actor, now: datetime, limit: int = BATCH) -> int:
    """Post a batch of waiting callbacks in one transaction; returns how many messages it settled.

    Messages that another worker holds are passed over. If the batch cannot be posted as a whole its messages
    are posted one by one, so that one that cannot is rejected with its reason and holds up no other.
    """
    try:
        return _post_batch(by=by, now=now, limit=limit)
    except Exception as problem:  # whatever it is, the messages behind it must not wait for it
        if is_outage(problem):
            raise
        logger.warning("A batch of callbacks is posted one by one: %s", type(problem).__name__)
    done = 0
    for message_id in _waiting_ids(limit):
        done += _post_one(message_id, by=by, now=now)
    return done


@transaction.atomic(durable=True)
def _post_batch(*, by: Actor, now: datetime, limit: int) -> int:
    messages = inbox.take(posting.KIND, limit=limit)
    if messages:
        posting.post(messages, by=by, now=now)
    return len(messages)


def _waiting_ids(limit: int) -> list[int]:
    with transaction.atomic():
        return [message.pk for message in inbox.take(posting.KIND, limit=limit)]


def _post_one(message_id: int, *, by: Actor, now: datetime) -> int:
    try:
        with transaction.atomic(durable=True):
            messages = inbox.take(posting.KIND, limit=1, ids=[message_id])
            posting.post(messages, by=by, now=now)
            return len(messages)
    except Exception as problem:  # whatever it is, the messages behind it must not wait for it
        if is_outage(problem):
            raise
        return _give_up_or_wait(message_id, problem, now)


@transaction.atomic(durable=True)
def _give_up_or_wait(message_id: int, problem: Exception, now: datetime) -> int:
    """A refusal rejects at once; what may pass (a deadlock, a lock) is tried a few times."""
    messages = inbox.take(posting.KIND, limit=1, ids=[message_id])
    if not messages:
        return 0
    if isinstance(problem, Refused):
        reason = problem.text
    else:
        reason = f"It could not be posted ({type(problem.__cause__ or problem).__name__})."
        if messages[0].attempts + 1 < MOST_ATTEMPTS and isinstance(problem, DatabaseError):
            inbox.put_back(message_id, reason=reason)
            return 0
    inbox.settle([inbox.Settled(message_id, "broken", reason=reason)], at=now)
    return 1


def follow_posted_file(file_id: int, *, by: Actor, now: datetime) -> tuple[int, int]:
    """Hear of the pending rows of a posted file and settle what its final rows settle; (heard of, settled).

    Calling it again changes nothing.
    """
    with transaction.atomic(durable=True):
        heard, settled = steps.follow_file(file_id, now=now)
        if heard or settled:
            audit.record(
                "pending.followed",
                subject=("file", file_id),
                by=by,
                at=now,
                changes={"heard": heard, "settled": settled},
                market=SourceAccount.objects.get(files=file_id).market,
            )
    return heard, settled


def ask_due(*, by: Actor, now: datetime) -> int:
    """Ask about pending payments whose time has come; returns how many. None is held while it is asked."""
    due = _claim(now)
    for pending_id in due:
        ask_pending(pending_id, by=by, now=now)
    return len(due)


@transaction.atomic(durable=True)
def _claim(now: datetime) -> list[int]:
    """Take what is due for this worker; should it die, another takes it a moment later."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE callbacks_pendingpayment SET due_at = %s WHERE id IN (
                SELECT id FROM callbacks_pendingpayment WHERE due_at <= %s
                ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED
            ) RETURNING id
            """,
            [now + ASKING_TAKES_AT_MOST, now, MOST_ASKED_AT_ONCE],
        )
        return [row[0] for row in cursor.fetchall()]


def ask_pending(pending_id: int, *, by: Actor, now: datetime) -> StatusAnswer | None:
    """Ask the provider what became of a payment and keep its answer; a final one is posted like any callback.

    Returns None for a payment that is settled meanwhile. After the last question without a final answer the
    payment is stale.
    """
    pending = PendingPayment.objects.select_related("source_account__provider").get(pk=pending_id)
    with transaction.atomic(durable=True):
        steps.settle_by_lines(pending.source_account_id, pending.ask_ref, now)
    pending.refresh_from_db(fields=["state"])
    if not PENDING.may("fail", pending.state):
        return None
    return _record_answer(pending, asking.ask(pending, now=now), by=by, now=now)


@transaction.atomic(durable=True)
def _record_answer(asked: PendingPayment, said: asking.Said, *, by: Actor, now: datetime) -> StatusAnswer:
    account = asked.source_account
    pending = PendingPayment.objects.select_for_update().get(pk=asked.pk)
    dialect, numbers = posting.dialect_and_numbers(account)
    outcome, note, message_id = said.outcome, said.note, None
    for place, body in enumerate(said.bodies):
        kept = inbox.keep(
            posting.KIND,
            source=("source_account", account.pk),
            channel=ANSWER,
            market=account.market,
            body=body,
            headers={},
            at=now,
        )
        if place == 0:
            message_id = kept.message_id
            read = read_message(body, dialect=dialect, channel=ANSWER, numbers=numbers)
            outcome = read.lines[0].status if read.lines else "unclear"
            note = read.reason or read.lines[0].text
    answer = StatusAnswer.objects.create(
        pending=pending,
        asked_at=now,
        actor=by.label,
        question=said.question,
        outcome=outcome,
        note=note[:500],
        message_id=message_id,
    )
    if PENDING.may("fail", pending.state):
        was = pending.state
        pending.asked += 1
        pending.due_at = next_ask_at(pending.heard_at, pending.asked) if was == "waiting" else None
        if pending.due_at is not None and pending.due_at <= now:
            pending.due_at = now + ASKING_TAKES_AT_MOST
        if was == "waiting" and pending.due_at is None and outcome != "success":
            pending.state = PENDING.after("go_stale", was)
        pending.version += 1
        pending.save(update_fields=["asked", "due_at", "state", "version"])
        audit.record(
            "pending.asked",
            subject=("pending", pending.pk),
            by=by,
            at=now,
            changes={"outcome": outcome, "asked": pending.asked, "state": [was, pending.state]},
            market=account.market,
        )
    return answer


@transaction.atomic(durable=True)
def ask_again(pending_id: int, *, by: Actor, now: datetime) -> PendingPayment:
    """Have the worker ask the provider now. Asking twice in a row asks once.

    Raises PendingRefused for a payment that is settled.
    """
    pending = _locked(pending_id)
    by.needs("files.import", market=pending.source_account.market)
    if not PENDING.may("fail", pending.state):
        raise PendingRefused(f"This payment is {pending.state}: there is nothing left to ask.")
    if pending.due_at is None or pending.due_at > now:
        pending.due_at = now
        pending.save(update_fields=["due_at"])
        audit.record(
            "pending.ask_requested",
            subject=("pending", pending.pk),
            by=by,
            at=now,
            changes={"asked": pending.asked},
            market=pending.source_account.market,
        )
        outbox.put("pending.to_ask", {"pending_id": pending.pk})
    return pending


@transaction.atomic(durable=True)
def close_pending(pending_id: int, *, reason: str, by: Actor, now: datetime) -> PendingPayment:
    """Close a stale payment by hand: nothing more is expected of it. A late success would still be posted.

    Closing twice is the same as once. Raises PendingRefused without a reason, TransitionRefused unless stale.
    """
    pending = _locked(pending_id)
    by.needs("files.import", market=pending.source_account.market)
    if pending.state == "expired":
        return pending
    if len(reason.strip()) < 3:
        raise PendingRefused("Say why nothing more is expected of this payment.")
    was, pending.state = pending.state, PENDING.after("expire", pending.state)
    pending.closed_reason = reason.strip()[:500]
    pending.due_at = None
    pending.settled_at = now
    pending.version += 1
    pending.save(update_fields=["state", "closed_reason", "due_at", "settled_at", "version"])
    clocks.meet_clocks(STALE_PENDING, steps.SUBJECT, [pending.pk], at=now)
    audit.record(
        "pending.closed",
        subject=("pending", pending.pk),
        by=by,
        at=now,
        changes={"state": [was, pending.state]},
        market=pending.source_account.market,
    )
    return pending


def _locked(pending_id: int) -> PendingPayment:
    return (
        PendingPayment.objects.select_for_update(of=["self"])
        .select_related("source_account__provider")
        .get(pk=pending_id)
    )
