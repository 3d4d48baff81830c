"""What the footers of PayPal's reports claim, compared with the rows: totals, balances and counts.

SF and RF: currency, gross credits, gross debits, fee credits, fee debits, then pairs of CR or DR and an
amount, of which the first two are the opening and the closing balance; a count may stand last. SC and RC: a
count of body rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from paydesk.importers.amounts import plain_text
from paydesk.importers.records import EXACT, FileWarning, StatementLine
from paydesk.importers.settlement_sums import major_units

ZERO = Decimal(0)
DECIMALS = 2
TOTALS = ("gross credits", "gross debits", "fee credits", "fee debits")
_OPENING, _CLOSING = 6, 8
_PLACES_WITHOUT_COUNT = 18


@dataclass(slots=True)
class _Sums:
    """Per currency: the four totals in the footers' order, all unsigned, and the rows counted."""

    totals: list[Decimal] = field(default_factory=lambda: [ZERO] * 4)
    rows: int = 0

    def add(self, line: StatementLine) -> None:
        self.rows += 1
        if line.status != "success":
            return
        fee = line.fee or ZERO
        for place, amount in ((0, line.amount), (2, EXACT.minus(fee))):
            if amount:
                side = place if amount > 0 else place + 1
                self.totals[side] = EXACT.add(self.totals[side], amount.copy_abs())

    @property
    def net(self) -> Decimal:
        credits, debits, fee_credits, fee_debits = self.totals
        return EXACT.subtract(EXACT.add(credits, fee_credits), EXACT.add(debits, fee_debits))


class Footers:
    """The sums of the section being read and of the whole report."""

    def __init__(self) -> None:
        self.damaged = False
        self._section: dict[str, _Sums] = {}
        self._report: dict[str, _Sums] = {}
        self._section_rows = 0
        self._report_rows = 0
        self._said: set[tuple[str, ...]] = set()

    def section(self) -> None:
        """A new section starts."""
        self._section.clear()
        self._section_rows = 0

    def count(self) -> None:
        """A body row, readable or not."""
        self._section_rows += 1
        self._report_rows += 1

    def add(self, line: StatementLine) -> None:
        for sums in (self._section, self._report):
            sums.setdefault(line.currency, _Sums()).add(line)

    def compare(self, number: int, word: str, cells: Sequence[str]) -> Iterator[FileWarning]:
        """A warning with both figures for everything the footer on line `number` claims that is not so."""
        whole = word[0] == "R"
        where = "report" if whole else "section"
        values = [cell.strip() for cell in cells[1:]]
        if len(values) == 1 or word in ("SC", "RC"):
            counted = self._report_rows if whole else self._section_rows
            claimed = values[0] if values else ""
            if claimed.isdigit() and int(claimed[:18]) != counted:
                yield FileWarning(
                    f"Line {number}: the {where} states {claimed} rows and holds {counted}.", number, True
                )
            return
        if tuple(values) in self._said:
            return  # a report of one section claims everything twice
        self._said.add(tuple(values))
        currency = values[0].upper() if values else ""
        sums = (self._report if whole else self._section).get(currency, _Sums())
        try:
            yield from self._differences(number, f"the {where} in {currency}", values, sums)
        except ValueError as problem:
            yield FileWarning(f"Line {number}: a total of the {where} cannot be read: {problem}", number)

    def _differences(
        self, number: int, what: str, values: Sequence[str], sums: _Sums
    ) -> Iterator[FileWarning]:
        because = " Rejected rows are not in it." if self.damaged else ""
        for name, claimed, made in zip(TOTALS, values[1:5], sums.totals, strict=False):
            stated = major_units(claimed or "0", "", DECIMALS)
            if stated != made:
                yield FileWarning(
                    f"Line {number}: {what} states {name} of {plain_text(stated)}, its rows make "
                    f"{plain_text(made)}.{because}",
                    number,
                    contradicts=True,
                )
        opening, closing = (_balance(values, place - 1) for place in (_OPENING, _CLOSING))
        if opening is not None and closing is not None:
            made = EXACT.add(opening, sums.net)
            if made != closing:
                yield FileWarning(
                    f"Line {number}: the balance of {what} does not tie: opening {plain_text(opening)} and "
                    f"the rows make {plain_text(made)}, the closing balance is {plain_text(closing)}."
                    f"{because}",
                    number,
                    contradicts=True,
                )
        if len(values) >= _PLACES_WITHOUT_COUNT and values[-1].isdigit() and values[-2].isdigit():
            claimed_rows = int(values[-1][:18])
            if claimed_rows != sums.rows:
                yield FileWarning(
                    f"Line {number}: {what} states {claimed_rows} rows and holds {sums.rows}.", number, True
                )


def _balance(values: Sequence[str], place: int) -> Decimal | None:
    """The signed amount of a CR or DR word and the number behind it; None where they are not there."""
    if place + 1 >= len(values) or values[place] not in ("CR", "DR") or not values[place + 1]:
        return None
    amount = major_units(values[place + 1], "", DECIMALS)
    return amount if values[place] == "CR" else EXACT.minus(amount)
