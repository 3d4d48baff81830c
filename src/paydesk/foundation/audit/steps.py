"""Writing the audit trail inside the transaction of the verb that acts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.crypto import salted_hmac

from paydesk.foundation.audit.rules import check_changes
from paydesk.kernel.actor import Actor


def record(
    verb: str,
    *,
    subject: tuple[str, int | str],
    by: Actor,
    at: datetime,
    changes: Mapping[str, Any],
    market: str | None = None,
    note: str = "",
) -> int:
    """Record that `by` did `verb` ("payment.identified") to `subject` ("payment", 12); returns its id.

    `changes` is JSON: {"state": ["new", "posted"]}, amounts as minor units or decimal text. Neither it nor
    `note` may hold personal data: keys, codes, reasons and `fingerprint`s only, because a sealed record is
    never erased. Bulk verbs write one record with the count and the file. Joins the caller's transaction.
    Raises ValueError if `changes` names personal data or holds a float.
    """
    assert connection.in_atomic_block, "an audit record is written in the transaction of its verb"
    check_changes(changes)
    kind, subject_id = subject
    with connection.cursor() as cursor:
        # Plain SQL: the application may not even name the columns id and tx_id.
        cursor.execute(
            """
            INSERT INTO audit_record
                (at, actor, person_id, verb, subject_kind, subject_id, market, changes, note)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
            """,
            [
                at,
                by.label,
                by.id if by.kind == "person" else None,
                verb,
                kind,
                str(subject_id),
                market,
                json.dumps(changes),
                note,
            ],
        )
        return int(cursor.fetchone()[0])


def fingerprint(text: str) -> str:
    """A salted hash of something personal: shows in the trail that two values are equal without telling them.

    Worth nothing to whoever has not this installation's secret key.
    """
    return salted_hmac("paydesk.audit", text, algorithm="sha256").hexdigest()
