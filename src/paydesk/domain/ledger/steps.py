"""Posting journal entries inside another verb's transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import DatabaseError, connection

from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused


class PeriodClosedRefused(Refused):
    """The entry's accounting date lies in a closed period."""

    code = "ledger.period_closed"


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg: account code, sub-ledger key, signed minor units (debit positive)."""

    code: str
    key_id: int
    amount_minor: int
    currency: str
    detail_id: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One event to post. `idempotency_key` makes a repeat return the first outcome."""

    kind: str
    market: str
    booked_on: date
    value_on: date
    cause_kind: str
    cause_id: int
    idempotency_key: str
    legs: Sequence[Leg]
    reverses_id: int | None = None


_POST = """
SELECT ledger_post(
    ARRAY(SELECT ROW(kind, market, booked_on, value_on, cause_kind, cause_id, idempotency_key, reverses_id
                     )::ledger_entry_draft
          FROM jsonb_to_recordset(%(entries)s) AS e(
              place int, kind text, market text, booked_on date, value_on date, cause_kind text,
              cause_id bigint, idempotency_key text, reverses_id bigint)
          ORDER BY place),
    ARRAY(SELECT ROW(entry_no, code, currency, key_id, amount_minor, detail_id)::ledger_leg_draft
          FROM jsonb_to_recordset(%(legs)s) AS l(
              place int, entry_no int, code text, currency text, key_id bigint, amount_minor bigint,
              detail_id bigint)
          ORDER BY place),
    %(actor)s, %(at)s)
"""


def post_entries(entries: Sequence[Entry], *, by: Actor, at: datetime) -> list[int]:
    """Post `entries`, all or none; returns their ids in order.

    An entry whose idempotency key is known is not posted again; its place holds the id of the first outcome,
    negated. Raises PeriodClosedRefused, and django.db.DatabaseError if legs are not balanced.
    """
    heads: list[dict[str, Any]] = []
    legs: list[dict[str, Any]] = []
    for number, entry in enumerate(entries, start=1):
        head = asdict(entry)
        del head["legs"]
        heads.append(
            {**head, "place": number, "booked_on": str(entry.booked_on), "value_on": str(entry.value_on)}
        )
        legs += [
            {**asdict(leg), "entry_no": number, "place": len(legs) + i} for i, leg in enumerate(entry.legs)
        ]
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                _POST, {"entries": json.dumps(heads), "legs": json.dumps(legs), "actor": by.label, "at": at}
            )
            return list(cursor.fetchone()[0])
    except DatabaseError as problem:
        raise refusal_of(problem) from problem


def refusal_of(problem: DatabaseError) -> Exception:
    """The refusal behind an error of the posting function, or the error itself."""
    state = getattr(problem.__cause__, "sqlstate", None)
    if state == "PD001":
        detail = str(problem).splitlines()[0].partition(": ")[2]
        return PeriodClosedRefused(
            f"Not posted: the period is closed ({detail}). "
            "A finance controller can reopen it, or book it today."
        )
    return problem
