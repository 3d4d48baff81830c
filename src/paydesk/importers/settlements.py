"""What a settlement file says, batch by batch: what came in, what was kept back, what was paid out for it.

Takes the typed rows of any importer. Rows with one `batch_key` are one batch, per currency; rows without one
are taken together, which is what an account pays out that names no batches. A batch may lie in two files, its
rows in one and its payout in the other: hand over the rows of both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from paydesk.importers.records import EXACT, FileWarning, Kind, Record, RejectedLine, StatementLine
from paydesk.kernel.money import minor_digits

ZERO = Decimal(0)
# The part of a batch that each kind of row belongs to; a row that moves nothing belongs to none.
PART_OF: dict[Kind, str] = {
    "payment": "gross", "refund": "refunds", "reversal": "refunds", "chargeback": "chargebacks",
    "reserve": "reserve", "conversion": "converted", "rounding": "rounding", "adjustment": "other",
    "float_transfer": "other", "payout": "other",
}  # fmt: skip
WORDS = {
    "gross": "payments", "refunds": "refunds", "chargebacks": "chargebacks", "fees": "fees",
    "reserve": "reserve", "converted": "conversions", "rounding": "rounding", "other": "other movements",
}  # fmt: skip
# How a batch and its payout stand to each other, in words.
STANDINGS = {
    "paid": "paid out in full",
    "rounding": "paid out but for rounding",
    "short_paid": "paid short",
    "over_paid": "paid over",
    "not_paid_out": "not paid out in these files",
    "no_rows": "paid out, its rows are in another file",
    "on_account": "not all paid out: the rest is on the account",
}


@dataclass(slots=True)
class SettledBatch:
    """One batch in one currency, in major units, exact.

    Every part is signed by its effect on us: `gross` is what payers paid, `fees` what was kept back (below
    zero), refunds and chargebacks take away. `payout` is what left for our bank, None where no row says so.
    """

    key: str
    currency: str
    line: int
    rows: int = 0
    gross: Decimal = ZERO
    fees: Decimal = ZERO
    refunds: Decimal = ZERO
    chargebacks: Decimal = ZERO
    reserve: Decimal = ZERO
    converted: Decimal = ZERO
    rounding: Decimal = ZERO
    other: Decimal = ZERO
    payout: Decimal | None = None
    payouts: int = 0

    @property
    def net(self) -> Decimal:
        """What the rows of the batch leave to be paid out."""
        net = ZERO
        for part in WORDS:
            net = EXACT.add(net, getattr(self, part))
        return net

    @property
    def difference(self) -> Decimal:
        """What was paid out more than the rows come to; below zero when it was less."""
        return EXACT.subtract(self.payout or ZERO, self.net)

    @property
    def standing(self) -> str:
        """A name of STANDINGS. Only a batch has to be paid out in full; what names none is a balance."""
        if not self.difference:
            return "paid"
        if not self.key:
            return "on_account"
        if self.payout is None:
            return "not_paid_out"
        if not self.rows:
            return "no_rows"
        most = EXACT.multiply(Decimal(self.rows), Decimal(5).scaleb(-minor_digits(self.currency) - 1))
        if self.difference.copy_abs() <= most:
            return "rounding"
        return "over_paid" if self.difference > 0 else "short_paid"

    @property
    def name(self) -> str:
        """The batch as a sentence begins with it."""
        return f"Batch {self.key}" if self.key else f"What names no batch in {self.currency}"

    def comes_to(self) -> str:
        """What the batch is made of and comes to, in plain words."""
        parts = ", ".join(
            f"{words} {self._in_words(amount)}"
            for part, words in WORDS.items()
            if (amount := getattr(self, part))
        )
        rows = f"{self.rows:,} row{'' if self.rows == 1 else 's'}"
        net = f"{self._in_words(self.net)} {self.currency}"
        return f"{self.name}: {rows}; {parts or 'nothing'}; that is {net}."

    def told(self) -> str:
        """The same, with what was paid out and the difference."""
        net = self._in_words(self.net)
        off = f"{self._in_words(self.difference.copy_abs())} {self.currency}"
        said = f"{self.comes_to()} "
        if self.payout is not None:
            said += f"Paid out: {self._in_words(self.payout)} {self.currency}"
        elif not self.net:
            return said + "Nothing is left to be paid out."
        else:
            said += "No payout of it is here"
        ends = {
            "paid": ", as the rows say.",
            "rounding": f", {off} off: not more than rounding each of its rows explains.",
            "short_paid": f", {off} less than the rows say.",
            "over_paid": f", {off} more than the rows say.",
            "no_rows": "; the rows it is made of are not here.",
            "not_paid_out": f": {net} {self.currency} stays open.",
            "on_account": f"; {self._in_words(-self.difference)} {self.currency} stays on the account.",
        }
        return said + ends[self.standing]

    def _in_words(self, amount: Decimal) -> str:
        """With all decimals of the currency, and more where the file has them."""
        whole = Decimal(1).scaleb(-minor_digits(self.currency))
        exact = amount.quantize(whole, context=EXACT)
        return f"{exact if exact == amount else amount.normalize(EXACT):,f}"

    def add(self, line: StatementLine) -> None:
        """Count a row that moved money."""
        if line.kind == "sweep":
            self.payouts += 1
            self.payout = EXACT.subtract(self.payout or ZERO, line.net)
            return
        self.rows += 1
        if line.kind == "fee":
            self.fees = EXACT.add(self.fees, line.net)
            return
        part = PART_OF[line.kind]
        setattr(self, part, EXACT.add(getattr(self, part), line.amount))
        if line.fee:
            self.fees = EXACT.subtract(self.fees, line.fee)


@dataclass(slots=True)
class Settlement:
    """The batches of one or more files of a settlement, in file order, and what the files contradict.

    `contradictions` are sentences: a count, a sum or a balance that a file states and does not hold.
    """

    batches: dict[tuple[str, str], SettledBatch] = field(default_factory=dict)
    contradictions: list[str] = field(default_factory=list)
    rejected: int = 0
    lines: int = 0

    def add(self, record: Record) -> None:
        """Count one record of a file."""
        if isinstance(record, FileWarning):
            if record.contradicts:
                self.contradictions.append(record.text)
        elif isinstance(record, RejectedLine):
            self.rejected += 1
        elif isinstance(record, StatementLine):
            self.lines += 1
            if record.status == "success" and (record.kind in PART_OF or record.kind in ("fee", "sweep")):
                key = (record.batch_key, record.currency)
                if key not in self.batches:
                    self.batches[key] = SettledBatch(*key, line=record.line)
                self.batches[key].add(record)

    @property
    def open(self) -> list[SettledBatch]:
        """The batches whose payout does not come to their rows."""
        return [each for each in self.batches.values() if each.standing != "paid"]

    def told(self) -> list[str]:
        """Everything a person should read: each batch, and what the files contradict."""
        said = [each.told() for each in self.batches.values()]
        if self.rejected:
            said.append(f"{self.rejected:,} rows could not be read and are in none of these sums.")
        return said + self.contradictions


def settlement_of(records: Iterable[Record]) -> Settlement:
    """The settlement that these records are, of one file or of several after each other."""
    found = Settlement()
    for record in records:
        found.add(record)
    return found
