"""Every invariant of the desk, proven by reading: rows that break one are the finding."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from paydesk.domain.callbacks import invariants as callbacks
from paydesk.domain.cases import invariants as cases
from paydesk.domain.disputes import invariants as disputes
from paydesk.domain.goodwill import invariants as goodwill
from paydesk.domain.ledger import invariants as ledger
from paydesk.domain.marketplace import invariants as marketplace
from paydesk.domain.payments import invariants as payments
from paydesk.domain.payments import provider_invariants as provider_rows
from paydesk.domain.refunds import invariants as refunds
from paydesk.domain.retention import queries as retention
from paydesk.foundation.audit import queries as audit
from paydesk.foundation.clocks import invariants as clocks
from paydesk.foundation.documents import queries as documents
from paydesk.reporting import held_money
from paydesk.reporting.books import invariants as books


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant, and what breaks it; no rows means it holds."""

    name: str
    sentence: str
    rows: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "sentence": self.sentence,
            "holds": not self.rows,
            "rows": self.rows,
            "notes": self.notes,
        }


def check_all(*, most_rows: int, own_snapshot: bool = True) -> list[Finding]:
    """Check every invariant on one snapshot of the database; at most `most_rows` breaking rows each.

    `own_snapshot=False` reads inside the caller's transaction instead.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if own_snapshot:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        # Each of these reads whole tables. With a LIMIT the planner hopes for an early hit and compares
        # every row with every other: minutes where hashing takes a second.
        cursor.execute("SET LOCAL enable_nestloop = off")
        findings = []
        every = (
            *ledger.INVARIANTS,
            *payments.INVARIANTS,
            *provider_rows.INVARIANTS,
            *refunds.INVARIANTS,
            *disputes.INVARIANTS,
            *goodwill.INVARIANTS,
            *marketplace.INVARIANTS,
            *held_money.INVARIANTS,
            *callbacks.INVARIANTS,
            *cases.INVARIANTS,
            *books.INVARIANTS,
            *clocks.INVARIANTS,
        )
        for name, sentence, sql in every:
            cursor.execute(f"{sql} LIMIT %s", [most_rows])
            findings.append(Finding(name, sentence, [" · ".join(map(str, row)) for row in cursor.fetchall()]))
        cursor.execute("SET LOCAL enable_nestloop = DEFAULT")
        findings.append(_audit_chain(most_rows))
    findings.append(_documents(most_rows))
    findings.append(_retention(most_rows))
    return findings


def _retention(most_rows: int) -> Finding:
    return Finding(
        "retention_runs",
        "Each night of retention is written down as it was, and none is gone.",
        [f"night {number}" for number in retention.broken_runs()][:most_rows],
    )


def _audit_chain(most_rows: int) -> Finding:
    state = audit.verify_chain()
    return Finding(
        "audit_chain",
        "The audit trail is sealed without gaps and no sealed record was changed.",
        [finding.text for finding in state.findings][:most_rows],
        [
            f"Sealed through record {state.head_number}, chain head {state.head_hash.hex()}.",
            *([f"{state.unsealed_tail} records wait to be sealed."] if state.unsealed_tail else []),
        ],
    )


def _documents(most_rows: int) -> Finding:
    damaged = itertools.islice(documents.damaged_contents(), most_rows)
    return Finding(
        "documents_kept",
        "Every document is on disk, byte for byte as it was handed over.",
        [sentence for _, sentence in damaged],
    )
