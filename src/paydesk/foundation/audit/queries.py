"""Reading the audit trail, and proving that nobody bent it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from paydesk.foundation.audit.models import AuditRecord, AuditSeal
from paydesk.foundation.audit.rules import GENESIS, RecordValues, seal_hash
from paydesk.kernel.actor import Actor

# The columns of a record in the order of RecordValues; `changes` as text, so that decimals stay exact.
RECORD_COLUMNS = (
    "r.id, r.tx_id::text, r.at, r.actor, r.person_id, r.verb, r.subject_kind, r.subject_id, r.market, "
    "r.changes::text, r.note"
)

_DECODER = json.JSONDecoder(parse_float=Decimal)

Narrows = Callable[[QuerySet[AuditRecord], Actor], QuerySet[AuditRecord]]
_narrows: list[Narrows] = []

FindingKind = Literal["edited record", "missing record", "missing seal", "gap", "broken chain"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where the trail is not what was sealed."""

    kind: FindingKind
    number: int | None
    record_id: int | None
    text: str


@dataclass(slots=True)
class Verification:
    """The outcome of `verify_chain`. The head, noted elsewhere, proves that nothing was cut off."""

    sealed: int = 0
    unsealed_tail: int = 0
    head_number: int = 0
    head_hash: bytes = GENESIS
    findings: list[Finding] = field(default_factory=list)


def history(subject_kind: str, subject_id: int | str) -> QuerySet[AuditRecord]:
    """What was done to one thing, oldest first; one row per verb; one query by index."""
    return AuditRecord.objects.filter(subject_kind=subject_kind, subject_id=str(subject_id)).order_by("id")


NEWEST_READ = 20_000  # how far back one's own last act is looked for


def last_act_of(by: Actor, subject_kind: str) -> AuditRecord | None:
    """What this person did last to a thing of a kind, looking closer aside; None if long ago. Two queries."""
    newest = AuditRecord.objects.order_by("-id").values_list("pk", flat=True).first() or 0
    done = AuditRecord.objects.filter(pk__gt=newest - NEWEST_READ, person_id=by.id, subject_kind=subject_kind)
    return done.exclude(verb=f"{subject_kind}.revealed").order_by("-id").first()


def histories(subjects: Mapping[str, Iterable[int | str]]) -> QuerySet[AuditRecord]:
    """What was done to several things, {"payment": [12, 13]}, newest first; one query by index."""
    wanted = Q(pk__in=[])
    for kind, ids in subjects.items():
        wanted |= Q(subject_kind=kind, subject_id__in=[str(subject_id) for subject_id in ids])
    return AuditRecord.objects.filter(wanted).order_by("-id")


def narrows_trail(narrows: Narrows) -> None:
    """Register what a person does not see of the trail (people/restricted.py); twice it counts once."""
    if narrows not in _narrows:
        _narrows.append(narrows)


def trail(actor: Actor, **filters: Any) -> QuerySet[AuditRecord]:
    """The records of the actor's markets and those of no market, with their seals, newest first; one query.

    `filters` are look-ups on AuditRecord. A record that is not sealed yet has no `seal`.
    """
    records = AuditRecord.objects.select_related("seal").filter(**filters)
    if actor.markets is not None:
        records = records.filter(Q(market__isnull=True) | Q(market__in=sorted(actor.markets)))
    for narrows in _narrows:
        records = narrows(records, actor)
    return records.order_by("-id")


def newest_verbs(among: int = 2000) -> list[str]:
    """The verbs of the newest records, in order: what a person may filter by; one query."""
    newest = AuditRecord.objects.order_by("-id").values("verb")[:among]
    return sorted({row["verb"] for row in newest})


def last_seal() -> AuditSeal | None:
    """The head of the chain, None before anything is sealed; one look into an index."""
    return AuditSeal.objects.order_by("-number").first()


def verify_chain() -> Verification:
    """Recompute every seal, in order, streaming; about 100,000 records a second or two.

    The unsealed tail is what the sealer has not come to yet: fine for a second, and for as long as any
    transaction of the server runs; worth a look when it stays.
    """
    outcome = Verification()
    expected = 1
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(
            f"""
            SELECT s.number, s.record_id, s.hash, s.previous_hash, {RECORD_COLUMNS}
            FROM audit_seal s LEFT JOIN audit_record r ON r.id = s.record_id
            ORDER BY s.number
            """
        )
        while rows := cursor.fetchmany(5000):
            for number, record_id, sealed_hash, previous_hash, *columns in rows:
                outcome.findings += _findings_of(
                    outcome.head_hash,
                    expected,
                    number,
                    record_id,
                    bytes(sealed_hash),
                    bytes(previous_hash),
                    columns,
                )
                expected = number + 1
                outcome.sealed += 1
                outcome.head_number, outcome.head_hash = number, bytes(sealed_hash)
    _look_at_unsealed(outcome)
    return outcome


def _findings_of(
    head_hash: bytes,
    expected: int,
    number: int,
    record_id: int,
    sealed_hash: bytes,
    previous_hash: bytes,
    columns: list[Any],
) -> list[Finding]:
    found: list[Finding] = []
    if number != expected:
        text = f"The seals {expected} to {number - 1} are missing."
        found.append(Finding("gap", expected, None, text))
    elif previous_hash != head_hash:
        text = f"Seal {number} does not continue seal {number - 1}: one of the two was changed."
        found.append(Finding("broken chain", number, record_id, text))
    if columns[0] is None:
        text = f"Record {record_id}, sealed as number {number}, is gone."
        found.append(Finding("missing record", number, record_id, text))
    elif not _seals(sealed_hash, {previous_hash, head_hash}, number, record_values(columns)):
        text = f"Record {record_id} does not say what was sealed as number {number}."
        found.append(Finding("edited record", number, record_id, text))
    return found


def _seals(sealed_hash: bytes, after: set[bytes], number: int, record: RecordValues) -> bool:
    # Where the chain is broken, either side of the break may be the true one.
    return any(seal_hash(previous, number, record) == sealed_hash for previous in after)


def _look_at_unsealed(outcome: Verification) -> None:
    """Count the tail, and name the records before the last sealed one that have lost their seal."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH last AS (
                SELECT r.tx_id, r.id FROM audit_seal s JOIN audit_record r ON r.id = s.record_id
                WHERE s.number = %s AND r.tx_id < pg_snapshot_xmax(pg_current_snapshot())
            )
            SELECT r.id, COALESCE((SELECT (r.tx_id, r.id) < (last.tx_id, last.id) FROM last), false)
            FROM audit_record r
            WHERE NOT EXISTS (SELECT FROM audit_seal s WHERE s.record_id = r.id)
            ORDER BY r.id
            """,
            [outcome.head_number],
        )
        for record_id, stands_before in cursor.fetchall():
            if stands_before:
                text = f"Record {record_id} has no seal although later records have one."
                outcome.findings.append(Finding("missing seal", None, record_id, text))
            else:
                outcome.unsealed_tail += 1


def record_values(columns: list[Any]) -> RecordValues:
    """A row of RECORD_COLUMNS as the chain covers it."""
    values = list(columns)
    values[1] = int(values[1])
    values[9] = _DECODER.decode(values[9])
    return RecordValues(*values)
