"""Posting journal entries inside another verb's transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

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
          FROM json_to_recordset(%(entries)s) AS e(
              place int, kind text, market text, booked_on date, value_on date, cause_kind text,
              cause_id bigint, idempotency_key text, reverses_id bigint)
          ORDER BY place),
    ARRAY(SELECT l FROM json_populate_recordset(NULL::ledger_leg_draft, %(legs)s) l),
    %(actor)s, %(at)s)
"""


def post_entries(entries: Sequence[Entry], *, by: Actor, at: datetime) -> list[int]:
    """Post `entries`, all or none; returns their ids in order.

    An entry whose idempotency key is known is not posted again; its place holds the id of the first outcome,
    negated. Raises PeriodClosedRefused, and django.db.DatabaseError if legs are not balanced.
    """
    heads = [
        {
            "place": number, "kind": entry.kind, "market": entry.market, "booked_on": str(entry.booked_on),
            "value_on": str(entry.value_on), "cause_kind": entry.cause_kind, "cause_id": entry.cause_id,
            "idempotency_key": entry.idempotency_key, "reverses_id": entry.reverses_id,
        }
        for number, entry in enumerate(entries, start=1)
    ]  # fmt: skip
    legs = [
        {
            "entry_no": number, "leg_no": place, "market": entry.market, "code": leg.code,
            "currency": leg.currency, "key_id": leg.key_id, "amount_minor": leg.amount_minor,
            "detail_id": leg.detail_id,
        }
        for number, entry in enumerate(entries, start=1)
        for place, leg in enumerate(entry.legs, start=1)
    ]  # fmt: skip
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
