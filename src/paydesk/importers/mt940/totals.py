"""What the entries of a statement add up to, and what the statement itself says they do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from paydesk.importers.amounts import exact_amount, plain_text
from paydesk.importers.records import EXACT, StatementLine

# :90D: and :90C: of an MT942; the sums Dutch ING writes into the :86: of the whole statement, old and new.
_NINETY = re.compile(r"\s*(\d{1,9})\s*([A-Z]{3})\s*(\d+(?:[,.]\d*)?|,\d+)\s*")
_ING_OLD = re.compile(r"D(\d{6})C(\d{6})D(\d+,\d*)C(\d+,\d*)")
_ING_NEW = re.compile(r"/SUM/(\d{1,9})/(\d{1,9})/(\d+,\d*)/(\d+,\d*)/")
_WORDS = {"C": "credits", "D": "debits"}


@dataclass
class Totals:
    """Counts and unsigned sums of credits (C) and debits (D); `claims` are the statement's own."""

    net: Decimal = Decimal(0)
    counts: dict[str, int] = field(default_factory=lambda: {"C": 0, "D": 0})
    sums: dict[str, Decimal] = field(default_factory=lambda: {"C": Decimal(0), "D": Decimal(0)})
    claims: dict[str, tuple[int, Decimal]] = field(default_factory=dict)

    def add(self, line: StatementLine) -> None:
        """Count one entry; a pending one does not change the balance."""
        side = "D" if line.amount.is_signed() else "C"
        self.counts[side] += 1
        self.sums[side] = EXACT.add(self.sums[side], line.amount.copy_abs())
        if line.status == "success":
            self.net = EXACT.add(self.net, line.amount)

    def stated(self, side: str, text: str) -> str:
        """Take in a :90C: or :90D:; the currency it names, "" when it cannot be read."""
        found = _NINETY.fullmatch(text)
        total = _amount(found[3]) if found else None
        if found is None or total is None:
            return ""
        self.claims[side] = (int(found[1]), total)
        return found[2]

    def stated_in_text(self, text: str) -> None:
        """Take in the totals of a statement's own :86:, where it has any."""
        found = _ING_OLD.fullmatch(text) or _ING_NEW.fullmatch(text)
        if found is None:
            return
        for side, count, total_text in (("D", 1, 3), ("C", 2, 4)):
            total = _amount(found[total_text])
            if total is not None:
                self.claims[side] = (int(found[count]), total)


def differences(totals: Totals, label: str) -> Iterator[str]:
    """A sentence with both figures for each total that the entries do not make."""
    for side, (count, total) in totals.claims.items():
        if (count, total) != (totals.counts[side], totals.sums[side]):
            yield (
                f"{label} states {count} {_WORDS[side]} of {plain_text(total)} and holds "
                f"{totals.counts[side]} of {plain_text(totals.sums[side])}."
            )


def _amount(text: str) -> Decimal | None:
    """The amount in `text`, None where it is none: then there is nothing to compare."""
    try:
        return exact_amount(text.replace(".", ","), ",")
    except ValueError:
        return None
