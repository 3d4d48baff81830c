"""What every importer yields: heads, lines, rejected lines and warnings. One shape for all formats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Context, Decimal
from itertools import repeat, starmap
from typing import Any, BinaryIO, Literal, Protocol, cast, runtime_checkable

EXACT = Context(prec=120)  # sums and differences of amounts: nothing of a file is ever rounded

Kind = Literal[
    "payment", "failed", "fee", "reversal", "refund", "chargeback", "sweep", "float_transfer", "payout",
    "reserve", "adjustment", "conversion", "rounding", "order", "notice",
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

    `amount` is exact, in major units, signed by its effect on the account (plus = towards us), before the
    provider's fee: the gross of a settlement row. `fee` is what the provider kept back of it, negative
    where it gave a fee back; `net` is what is left. A row that only names a fee is of kind "fee", the fee
    its amount. All amounts of a row are in `currency`, in which the account is settled; what the payer paid
    in another one stands in `original_amount` and `original_currency`. Rows with one `batch_key` are
    settled together; the "sweep" row that pays them to our bank takes them off the account (minus), and
    with it their nets come to zero.

    A "sweep" is our own money on its way to our bank (a PSP calls it a payout), a "payout" money to
    somebody else. "rounding" closes the gap between rows and sweep, "conversion" is one side of a change of
    currency. Kinds that move nothing: "order" is an instruction (pain.001), always pending; "notice" only
    explains (a prenote, a change of account details, a status report), its amount is 0. `reference` is ours
    or what the payer typed, `provider_ref` the provider's own id, `network_ref` the network's or the
    bank's; the three are never mixed. `text` is free text. `occurred_at` is an aware UTC instant;
    `booked_on` and `value_on` are the statement's own dates. `currency` is "XXX" when the file does not
    say. `raw` is the row as it stood in the file.
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
    original_amount: Decimal | None = None
    original_currency: str = ""

    @property
    def net(self) -> Decimal:
        """What the row left on the account: the amount less the fee, exact."""
        return self.amount if self.fee is None else EXACT.subtract(self.amount, self.fee)


# A frozen dataclass sets every field through a check, which is most of what a line costs. Where millions are
# made, drafts with the same slots are filled and then become lines.
_Draft: Any = type("_Draft", (), {"__slots__": tuple(each.name for each in fields(StatementLine))})


def lines_of_columns(columns: Sequence[Iterable[object]], count: int) -> list[StatementLine]:
    """`count` lines from `columns`, which are all fields of a line in their order."""
    made = list(starmap(_Draft, repeat((), count)))
    for each, cells in zip(made, zip(*columns, strict=False), strict=True):
        (
            each.line, each.kind, each.status, each.amount, each.currency, each.fee, each.reference,
            each.provider_ref, each.network_ref, each.batch_key, each.account, each.msisdn, each.payer_name,
            each.text, each.channel, each.balance, each.occurred_at, each.booked_on, each.value_on, each.raw,
            each.original_amount, each.original_currency,
        ) = cells  # fmt: skip
        each.__class__ = StatementLine
    return cast("list[StatementLine]", made)


def line_of(*cells: object) -> StatementLine:
    """StatementLine(*cells), all fields in their order, at a third of the cost."""
    made = _Draft()
    (
        made.line, made.kind, made.status, made.amount, made.currency, made.fee, made.reference,
        made.provider_ref, made.network_ref, made.batch_key, made.account, made.msisdn, made.payer_name,
        made.text, made.channel, made.balance, made.occurred_at, made.booked_on, made.value_on, made.raw,
        made.original_amount, made.original_currency,
    ) = cells  # fmt: skip
    made.__class__ = StatementLine
    return cast("StatementLine", made)


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A row that could not be read: its number, its raw text and a reason a person can act on."""

    line: int
    reason: str
    raw: Mapping[str, str] | str = ""


@dataclass(frozen=True, slots=True)
class FileWarning:
    """Something about the file a person should know; nothing was lost by it.

    `contradicts`: the file states a count, a sum or a balance and holds another.
    """

    text: str
    line: int | None = None
    contradicts: bool = False


Record = Statement | StatementLine | RejectedLine | FileWarning


class NotReadable(Exception):
    """The file is not what it claims or is damaged; one sentence that says what, where and what to do."""


class NotPayments(NotReadable):
    """The file is whole and of another sort: a picture, a text, a document that moves no money."""


class NeedsMapping(NotReadable):
    """A table whose columns nobody has named: a person maps them once, then every such file is read."""


@runtime_checkable
class Importer(Protocol):
    """Reads one format. `recognises` sees the first bytes (at most 64 KiB) and is never wrong on purpose:
    when two formats could claim a file, the stricter one stands first in the registry."""

    name: str

    def recognises(self, head: bytes) -> bool: ...

    def read(self, file: BinaryIO) -> Iterator[Record]:
        """Yield the records of `file` in file order, streaming. Raises NotReadable for a damaged file."""
        ...
