"""How a row is known again, and which row is new, known or in conflict with what is stored."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo

from paydesk.importers.records import StatementLine
from paydesk.kernel.money import exact_minor
from paydesk.kernel.references import key_of, keys_in


def line_key(line: StatementLine) -> uuid.UUID:
    """What makes a row the same row in another file of the account.

    The provider's own id with kind and status where there is one (a fee may share the id of its payment, and
    a pending row comes again as a final one); else everything the row says about itself.
    """
    if line.provider_ref:
        parts = ["id", line.provider_ref, line.kind, line.status]
    else:
        parts = [
            "row", str(line.booked_on), str(line.occurred_at), str(line.value_on), str(line.amount),
            line.currency, line.kind, line.status, line.reference, line.network_ref, line.text, line.account,
            line.msisdn, line.payer_name,
        ]  # fmt: skip
    return uuid.UUID(bytes=hashlib.md5("\x1f".join(parts).encode(), usedforsecurity=False).digest())


def value_date(line: StatementLine, time_zone: ZoneInfo, today: date) -> date:
    """The date the money counts from: the stated value date, else the booking date, else the local day."""
    if line.value_on or line.booked_on:
        return line.value_on or line.booked_on or today
    return line.occurred_at.astimezone(time_zone).date() if line.occurred_at else today


def account_keys(line: StatementLine) -> list[str]:
    """Keys that are an account number as typed: the whole reference, and the account field."""
    return [key for key in dict.fromkeys([key_of(line.reference), key_of(line.account)]) if len(key) >= 4]


def text_keys(line: StatementLine, typed: list[str]) -> list[str]:
    """References that may stand in the free text of a row, without those that are `typed` account numbers."""
    return [key for key in keys_in(f"{line.reference} {line.text}") if key not in typed]


def minor_of(line: StatementLine) -> int | None:
    """The row's amount in minor units; None when it is not a whole number of them or has no currency."""
    return None if line.currency == "XXX" else exact_minor(line.amount, line.currency)


def occurred_or_midnight(line: StatementLine, time_zone: ZoneInfo) -> datetime | None:
    """The instant a row stands for in the coverage of its account."""
    if line.occurred_at:
        return line.occurred_at
    day = line.booked_on or line.value_on
    return datetime(day.year, day.month, day.day, tzinfo=time_zone) if day else None
