"""Compares everything an importer said about a sample with its expected file, one JSON object per record."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from paydesk.importers.records import Record


def as_json(record: Record) -> dict[str, Any]:
    """A record as plain values, what is empty left out, amounts as exact text."""
    values = {each.name: getattr(record, each.name) for each in fields(record)}
    kept = {name: value for name, value in values.items() if value not in (None, "") and value is not False}
    plain = {
        name: str(value) if isinstance(value, Decimal | datetime | date) else value
        for name, value in kept.items()
    }
    if isinstance(raw := plain.get("raw"), Mapping):
        plain["raw"] = dict(raw)
    return {"record": type(record).__name__, **plain}


def assert_as_expected(records: Iterable[Record], expected: Path) -> None:
    """Fail unless `records` are what stands in `expected`. PAYDESK_WRITE_EXPECTED=1 writes it instead:
    then read the difference before committing it."""
    lines = [json.dumps(as_json(record), ensure_ascii=False, indent=1) for record in records]
    text = "[\n" + ",\n".join(lines) + "\n]\n"
    if os.environ.get("PAYDESK_WRITE_EXPECTED"):
        expected.parent.mkdir(exist_ok=True)
        expected.write_text(text, encoding="utf-8")
    assert json.loads(text) == json.loads(expected.read_text(encoding="utf-8"))
