"""What a sealed record says, byte for byte, and what may stand in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

# The hash "before" the first record.
GENESIS = bytes(32)

# Personal data stands in rows that can be erased. A sealed record holds keys, codes, amounts and salted
# hashes (steps.fingerprint), so that erasing a person does not break the chain.
PERSONAL_KEYS = frozenset(
    ["name", "first_name", "last_name", "payer_name", "email", "phone", "msisdn", "address", "birth_date"]
)


class RecordValues(NamedTuple):
    """One audit record as the chain covers it; the field order is part of the format."""

    id: int
    tx_id: int
    at: datetime
    actor: str
    person_id: int | None
    verb: str
    subject_kind: str
    subject_id: str
    market: str | None
    changes: Any  # as JSON gives it, decimals exact
    note: str


def canonical_bytes(number: int, record: RecordValues) -> bytes:
    """The bytes whose SHA-256 seals a record: one JSON list, no spaces, keys sorted, times in UTC.

    Decimals are their text, so a record reads the same wherever it is checked.
    """
    values = [number, *record]
    values[3] = record.at.astimezone(UTC).isoformat(timespec="microseconds")
    return _ENCODER.encode(values).encode()


def seal_hash(previous_hash: bytes, number: int, record: RecordValues) -> bytes:
    """The hash of record `number` in the chain, 32 bytes."""
    return hashlib.sha256(previous_hash + canonical_bytes(number, record)).digest()


def check_changes(changes: Mapping[str, Any]) -> None:
    """Raise ValueError if `changes` holds a float or a key that names personal data, at any depth."""
    for key, value in changes.items():
        if key in PERSONAL_KEYS:
            raise ValueError(
                f"audit changes may not hold {key!r}: personal data is never sealed, a hash of it may be"
            )
        _check_value(key, value)


def _check_value(key: str, value: Any) -> None:
    if isinstance(value, float):
        raise ValueError(f"audit changes may not hold a float ({key!r}): give minor units or decimal text")
    if isinstance(value, Mapping):
        check_changes(value)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _check_value(key, item)


def _decimal_text(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a sealed record")


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_decimal_text)
