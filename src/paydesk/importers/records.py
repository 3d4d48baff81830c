"""What every importer yields: heads, lines, rejected lines and warnings. One shape for all formats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO, Literal, Protocol, runtime_checkable

Kind = Literal[
    "payment", "failed", "fee", "reversal", "refund", "chargeback", "sweep", "float_transfer", "payout",
    "reserve", "adjustment",
]  # fmt: skip
Status = Literal["success", "pending", "failed"]


@dataclass(frozen=True, slots=True)
class Statement:
    """The head of one statement in a file. Balances in major units, signed: a debit balance is negative."""

    account: str | None = None
    currency: str | None = None
    opening: Decimal | None = None
    closing: Decimal | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One row that moves or explains money, the same shape for every format.

    `amount` is exact, in major units, signed by its effect on the account (plus = towards us); `fee` is what
    the provider kept back, never negative. `reference` is ours or what the payer typed, `provider_ref` the
    provider's own id, `network_ref` the network's or the bank's; the three are never mixed. `text` is free
    text. `occurred_at` is an aware UTC instant; `booked_on` and `value_on` are the statement's own dates.
    `currency` is "XXX" when the file does not say. `raw` is the row as it stood in the file.
    """

    line: int
    kind: Kind
    status: Status
    amount: Decimal
    currency: str
    fee: Decimal | None = None
    reference: str = ""
    provider_ref: str = ""
    network_ref: str = ""
    batch_key: str = ""
    account: str = ""
    msisdn: str = ""
    payer_name: str = ""
    text: str = ""
    channel: str = ""
    balance: Decimal | None = None
    occurred_at: datetime | None = None
    booked_on: date | None = None
    value_on: date | None = None
    raw: Mapping[str, str] | str = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A row that could not be read: its number, its raw text and a reason a person can act on."""

    line: int
    reason: str
    raw: Mapping[str, str] | str = ""


@dataclass(frozen=True, slots=True)
class FileWarning:
    """Something about the file a person should know; nothing was lost by it."""

    text: str
    line: int | None = None


Record = Statement | StatementLine | RejectedLine | FileWarning


class NotReadable(Exception):
    """The file is not what it claims or is damaged; one sentence that says what, where and what to do."""


@runtime_checkable
class Importer(Protocol):
    """Reads one format. `recognises` sees the first bytes (at most 64 KiB) and is never wrong on purpose:
    when two formats could claim a file, the stricter one stands first in the registry."""

    name: str

    def recognises(self, head: bytes) -> bool: ...

    def read(self, file: BinaryIO) -> Iterator[Record]:
        """Yield the records of `file` in file order, streaming. Raises NotReadable for a damaged file."""
        ...
