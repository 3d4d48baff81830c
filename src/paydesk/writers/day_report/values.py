"""What a day's report says, as values: texts are never markup, amounts are Money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from paydesk.kernel.money import Money


@dataclass(frozen=True, slots=True)
class ProofLine:
    """A line of the proof of cash; `rows` where it stands for rows of the provider."""

    words: str
    amount: Money
    rows: int | None = None
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class MatchedLine:
    """What one rule matched: how many matches, and what both sides come to."""

    kind: str
    rule: str
    matches: int
    ours: Money
    theirs: Money


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """A batch of the provider that belongs to the day; amounts exact in `currency`, as its file has them."""

    batch: str
    rows: int
    currency: str
    net: Decimal
    paid_out: Decimal | None
    arrived: Decimal | None
    state: str
    paid_by: str


@dataclass(frozen=True, slots=True)
class ExceptionLine:
    """An exception that was open when the report was made, or how it was resolved."""

    code: str
    words: str
    why: str
    amount: Money
    state: str
    owner: str
    next_step: str


@dataclass(frozen=True, slots=True)
class DayReport:
    """One day of one account. `signed` is a sentence, empty while nobody signed; `digest` that of its run."""

    account: str
    provider: str
    market: str
    currency: str
    day: date
    state: str
    signed: str
    made_at: datetime
    rules_version: str
    digest: str
    proof: Sequence[ProofLine]
    shown: Money | None
    drift: Money | None
    matched: Sequence[MatchedLine]
    settlements: Sequence[SettlementLine]
    open: Sequence[ExceptionLine]
    resolved: Sequence[ExceptionLine]

    @property
    def file_name(self) -> str:
        """Without its ending; letters, digits and hyphens."""
        kept = "".join(each if each.isascii() and each.isalnum() else "-" for each in self.account.lower())
        return f"reconciliation-{'-'.join(filter(None, kept.split('-')))}-{self.day.isoformat()}"
