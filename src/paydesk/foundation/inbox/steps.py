"""Keeping a message, taking a batch that waits, saying what became of each; inside another's verb."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from paydesk.foundation.inbox.models import Message
from paydesk.foundation.inbox.rules import content_hash, headers_kept
from paydesk.foundation.inbox.states import MESSAGE

CHANNEL = "paydesk_inbox"


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a message is stored; `is_new` is False when the same one is here already."""

    message_id: int
    is_new: bool


def keep(
    kind: str,
    *,
    source: tuple[str, int],
    channel: str,
    market: str,
    body: bytes,
    headers: Mapping[str, str],
    at: datetime,
) -> Kept:
    """Store a message before anybody understands it. Joins the caller's transaction; one statement.

    Whoever waits for messages is woken by the commit, unless others are waiting to be read anyway.
    """
    assert connection.in_atomic_block, "a message is kept in the transaction of its verb"
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH kept AS (
                INSERT INTO inbox_message (kind, source_kind, source_id, channel, market, body, headers,
                    content_hash, received_at, state, reason, attempts, outcome, became_kind, repeats)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'received', '', 0, '', '', 0)
                ON CONFLICT (source_kind, source_id, channel, content_hash)
                DO UPDATE SET repeats = inbox_message.repeats + 1, repeated_at = excluded.received_at
                RETURNING id, repeats = 0 AS is_new
            ), told AS (
                SELECT pg_notify(%s, '')
                WHERE NOT EXISTS (SELECT FROM inbox_message WHERE kind = %s AND state = 'received')
            )
            SELECT id, is_new, (SELECT count(*) FROM told) FROM kept
            """,
            [
                kind, *source, channel, market, body, Jsonb(headers_kept(headers)), content_hash(body), at,
                CHANNEL, kind,
            ],
        )  # fmt: skip
        found = cursor.fetchone()
        return Kept(found[0], found[1])


def take(kind: str, *, limit: int, ids: Sequence[int] | None = None) -> list[Message]:
    """The oldest waiting messages of `kind`, locked; those another worker holds are passed over."""
    waiting = Message.objects.filter(kind=kind, state="received")
    if ids is not None:
        waiting = waiting.filter(pk__in=ids)
    return list(waiting.select_for_update(skip_locked=True).order_by("pk")[:limit])


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a message: an `outcome` and what it became, or a `reason` that rejects it."""

    message_id: int
    outcome: str = ""
    became: tuple[str, int | None] = ("", None)
    reason: str = ""


def settle(settled: Sequence[Settled], *, at: datetime) -> None:
    """Write down what became of messages that `take` locked; one statement."""
    if not settled:
        return
    columns: list[list[Any]] = [
        [each.message_id for each in settled],
        ["rejected" if each.reason else "understood" for each in settled],
        [each.reason for each in settled],
        [each.outcome for each in settled],
        [each.became[0] for each in settled],
        [each.became[1] for each in settled],
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE inbox_message m
            SET state = s.state, reason = s.reason, outcome = s.outcome, became_kind = s.became_kind,
                became_id = s.became_id, settled_at = %s, attempts = m.attempts + 1
            FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[])
                s(id, state, reason, outcome, became_kind, became_id)
            WHERE m.id = s.id AND m.state = 'received'
            """,
            [at, *columns],
        )


def put_back(message_id: int, *, reason: str) -> None:
    """Count an attempt that broke; the message waits for the next."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inbox_message SET attempts = attempts + 1, reason = %s WHERE id = %s",
            [reason, message_id],
        )


def forget(message_ids: Sequence[int]) -> int:
    """Erase what settled messages said, at the wish of the person they were about; returns how many.

    When each came, what it became and the hash it is known again by stay; nothing else passes the database.
    """
    told = Message.objects.filter(pk__in=message_ids).exclude(state=MESSAGE.start).exclude(body=b"")
    return told.update(body=b"", headers={})


def listen() -> None:
    """Have this connection told of messages from now on. First listen, then look: so none is missed."""
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")


def wait_for_message(seconds: int) -> bool:
    """Wait until a message is committed, at most `seconds`; whether one was. Outside any transaction."""
    assert not connection.in_atomic_block, "nothing is heard inside a transaction"
    connection.ensure_connection()
    for _ in connection.connection.notifies(timeout=seconds, stop_after=1):
        return True
    return False
