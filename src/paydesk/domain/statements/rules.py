"""How a row is known again, and which row is new, known or in conflict with what is stored."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from paydesk.importers.records import StatementLine
from paydesk.kernel.money import exact_minor
from paydesk.kernel.references import key_of, keys_in


def line_key(line: StatementLine) -> str:
    """What makes a row the same row in another file of the account: the hexadecimal digits of a UUID.

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
    return hashlib.md5("\x1f".join(parts).encode(), usedforsecurity=False).hexdigest()


def nth_key(key: str, nth: int) -> str:
    """The key of the second, third... of equal rows without a provider id, as staging numbers them."""
    if nth == 1:
        return key
    return hashlib.md5(f"{uuid.UUID(key)}{nth}".encode(), usedforsecurity=False).hexdigest()


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


def array_text(keys: list[str]) -> str:
    """`keys`, of digits and letters, as PostgreSQL writes an array; quoted, because NULL is a word there."""
    return '{"' + '","'.join(keys) + '"}' if keys else "{}"


def minor_of(line: StatementLine) -> int | None:
    """The row's amount in minor units; None when it is not a whole number of them or has no currency."""
    return None if line.currency == "XXX" else exact_minor(line.amount, line.currency)


def occurred_or_midnight(line: StatementLine, time_zone: ZoneInfo) -> datetime | None:
    """The instant a row stands for in the coverage of its account."""
    if line.occurred_at:
        return line.occurred_at
    day = line.booked_on or line.value_on
    return datetime(day.year, day.month, day.day, tzinfo=time_zone) if day else None


_NO_PAYMENT_KINDS = {
    "failed": "The payment failed at the provider: no money moved.",
    "fee": "A fee of the provider.",
    "reversal": "A payment the provider took back.",
    "refund": "Money given back to a payer.",
    "chargeback": "Money taken back by a card network.",
    "sweep": "Our own money on its way to our bank.",
    "float_transfer": "Our own money between our accounts.",
    "payout": "Money paid out.",
    "reserve": "Money the provider holds back.",
    "adjustment": "A correction by the provider.",
    "conversion": "Money changed into another currency.",
    "rounding": "The provider's rounding.",
    "order": "An order to pay: the bank's statement says what became of it.",
    "notice": "Tells something and moves no money.",
}


# What is booked of rows that are no payments.
_BOOKED = {
    "fee": "Booked as provider fees (5010; tax 1140).",
    "reversal": "Taken back from its payment; recoverable (1310) while that is not found.",
    "chargeback": "Taken back from its payment; recoverable (1310) while that is not found.",
    "sweep": "In transit (1025) until its other end is in.",
    "float_transfer": "Booked as disbursement float (1015).",
    "reserve": "Booked as reserve held by the provider (1330).",
    "rounding": "Booked as rounding (5060).",
    "conversion": "Booked as FX position (1090).",
    "refund": "Recoverable (1310) until the refund of ours that it pays is known.",
    "payout": "Recoverable (1310) until it is known whom it paid.",
    "adjustment": "Recoverable (1310) until somebody says what it corrects.",
}
_UNASKED = "Recoverable (1310) until somebody says what it is."
_MOVES_NOTHING = ("failed", "order", "notice")


def what_is_booked(
    kind: str, status: str, currency: str, effect: int | None, *, role: str, account_currency: str
) -> str:
    """What the books make of a row that is no payment, or why it is not posted; "" where no money moved.

    `effect` is the sign of the row's amount, or the amount itself; None when it is not a whole one.
    """
    if status != "success" or kind in _MOVES_NOTHING or effect == 0:
        return ""
    if role not in ("originates", "settles"):
        return "Not posted: this account is evidence only."
    if currency != account_currency:
        return f"Not posted: the account is in {account_currency}."
    if effect is None:
        return f"Not posted: the amount is not a whole number of minor units of {currency}."
    if kind in ("reversal", "chargeback") and (role == "settles" or effect > 0):
        return _UNASKED  # no payment came in here, or it takes nothing back
    return _BOOKED.get(kind, _UNASKED)


def why_no_payment(
    kind: str, status: str, currency: str, amount_minor: int | None, *, role: str, account_currency: str
) -> str:
    """Why a row is kept as evidence and makes no payment, in one sentence; empty for a row that makes one.

    `role` and `account_currency` are those of the source account the row is from.
    """
    if kind != "payment":
        why = _NO_PAYMENT_KINDS.get(kind, "Not a payment of a customer.")
        booked = what_is_booked(
            kind, status, currency, amount_minor, role=role, account_currency=account_currency
        )
        return f"{why} {booked}".rstrip()
    if status == "pending":
        return "Not final yet: the payment is made by the row that says it succeeded."
    if status == "failed":
        return _NO_PAYMENT_KINDS["failed"]
    if role not in ("originates", "settles"):
        return "This account is evidence only."
    if role == "settles" and (amount_minor is None or amount_minor > 0):
        return "What a provider settled arrives here; customers pay elsewhere. Booked against transit (1025)."
    if currency != account_currency:
        named = "without a currency" if currency == "XXX" else f"in {currency}"
        return f"The row is {named}, the account in {account_currency}."
    if amount_minor is None:
        return f"The amount is not a whole number of minor units of {currency}."
    if amount_minor < 0:
        return f"This row took money away. {_UNASKED}"
    return "" if amount_minor else "No money came in by this row."


def raw_row(raw: str) -> dict[str, str] | str:
    """A stored raw row: its columns by name where the file was a table, else its text."""
    if raw.startswith("{"):
        try:
            found = json.loads(raw)
        except ValueError:
            return raw
        if isinstance(found, dict):
            return {str(name): str(value) for name, value in found.items()}
    return raw


def is_ahead(moment: datetime, now: datetime) -> bool:
    """Whether a row is dated so far ahead (over two days) that it is no sign of how far an account is in."""
    return moment > now + timedelta(days=2)


# Files of daily rows end in the evening and begin in the morning: that is no gap.
LONGEST_BREAK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """The time from the first to the last row of a file."""

    file_id: int
    filename: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies in time among the others of its account.

    `before` and `after` are its neighbours, each with the gap to it if that is one; `overlapping` are the
    files with rows of the same time, the longest overlap first, and `overlap` how long that is.
    """

    before: Period | None = None
    gap_before: timedelta | None = None
    after: Period | None = None
    gap_after: timedelta | None = None
    overlapping: Sequence[Period] = ()
    overlap: timedelta | None = None

    @property
    def has_gap(self) -> bool:
        return self.gap_before is not None or self.gap_after is not None


def place_of(start: datetime, end: datetime, others: Sequence[Period]) -> Place:
    """Where a file that covers `start` to `end` lies among `others`, in whatever order they came in."""

    def shared(other: Period) -> timedelta:
        return min(end, other.end) - max(start, other.start)

    overlapping = sorted(
        (o for o in others if shared(o) > timedelta(0) or start <= o.start <= o.end <= end
         or o.start <= start <= end <= o.end),
        key=lambda o: (-shared(o), o.file_id),
    )  # fmt: skip
    apart = [o for o in others if o not in overlapping]
    before = max((o for o in apart if o.end <= start), key=lambda o: (o.end, o.file_id), default=None)
    after = min((o for o in apart if o.start >= end), key=lambda o: (o.start, o.file_id), default=None)

    def gap(length: timedelta, edge: datetime) -> timedelta | None:
        is_covered = any(o.start <= edge <= o.end for o in overlapping)
        return length if length > LONGEST_BREAK and not is_covered else None

    return Place(
        before=before,
        gap_before=gap(start - before.end, start) if before else None,
        after=after,
        gap_after=gap(after.start - end, end) if after else None,
        overlapping=overlapping,
        overlap=shared(overlapping[0]) if overlapping else None,
    )
