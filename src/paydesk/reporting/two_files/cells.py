"""The cells of a side as the engine wants them: exact integers, instants, one word for a status."""

from __future__ import annotations

import re
from datetime import date

from paydesk.importers.amounts import signed_amount
from paydesk.importers.moments import Moments
from paydesk.matching.values import DAY, millionths
from paydesk.reporting.two_files.column_map import ColumnMap

EPOCH = date(1970, 1, 1)
ROOM = 50_000  # texts remembered: files repeat a few amounts and days thousands of times
_CURRENCY = re.compile(r"[A-Z]{3}")


class Cells:
    """Reads the cells of one side by its map. `unknown_statuses` gathers the words nobody has explained."""

    def __init__(self, how: ColumnMap) -> None:
        self.how = how
        self.unknown_statuses: dict[str, int] = {}
        self._amounts: dict[str, tuple[int, str]] = {}
        self._days: dict[str, int] = {}
        self._statuses: dict[str, str] = {}
        self._moments = Moments(how.date_order, how.time_zone)
        self._is_utc = how.time_zone == "UTC"

    def amount(self, text: str) -> tuple[int, str]:
        """Millionths and the currency beside the amount ("" for none). Raises ValueError with a sentence."""
        found = self._amounts.get(text)
        if found is None:
            plain = text.strip()
            if not plain:
                raise ValueError("The amount is empty.")
            amount, currency = signed_amount(plain, self.how.decimal)
            found = millionths(amount), currency
            if len(self._amounts) >= ROOM:
                self._amounts.clear()
            self._amounts[text] = found
        return found

    def in_and_out(self, credit: str, debit: str) -> tuple[int, str]:
        """Money in less money out, which counts as out with a minus and without; both empty is refused."""
        if not credit.strip() and not debit.strip():
            raise ValueError("Neither money in nor money out is filled.")
        came, beside = self.amount(credit) if credit.strip() else (0, "")
        went, other = self.amount(debit) if debit.strip() else (0, "")
        return came - abs(went), beside or other

    def fee(self, text: str) -> int:
        return self.amount(text)[0] if text.strip() else 0

    def currency(self, text: str, beside: str) -> str:
        """The currency of a row: its own cell, the sign beside the amount, the map's; "XXX" for none."""
        found = text if _CURRENCY.fullmatch(text) else text.strip().upper()
        found = found or beside or self.how.default_currency or "XXX"
        if not _CURRENCY.fullmatch(found):
            raise ValueError(f"{text!r} is no currency; write a code such as GHS.")
        return found

    def at(self, text: str) -> int | None:
        """Seconds since 1970 in UTC, midnight where there is only a date; None for an empty cell."""
        # "2026-03-12 09:30:00" in UTC, by the million.
        if self._is_utc and len(text) == 19 and text[10] in " T" and text[13] == text[16] == ":":
            start = self._days.get(text[:10])
            hour, minute, second = text[11:13], text[14:16], text[17:]
            if start is not None and (hour + minute + second).isdecimal() and text.isascii():
                if hour > "23" or minute > "59" or second > "59":
                    raise ValueError(f"{text!r} is not a time of day.")
                return start + int(hour) * 3_600 + int(minute) * 60 + int(second)
        return self._slowly(text.strip())

    def _slowly(self, text: str) -> int | None:
        if not text:
            return None
        instant, day = self._moments.read(text)
        start = midnight_of(day)
        if instant is None:
            return start
        if self._is_utc and len(text) == 19 and text[:10] == day.isoformat():
            self._days[text[:10]] = start
        return int(instant.timestamp())

    def status(self, text: str) -> str:
        """The status; a word that is not known is remembered and taken as it stands."""
        found = self._statuses.get(text)
        if found is None:
            known = self.how.status_of(text)
            if known is None:
                word = text.strip() or "(empty)"
                self.unknown_statuses[word] = self.unknown_statuses.get(word, 0) + 1
                return "pending"
            found = self._statuses[text] = known
        return found


def midnight_of(day: date) -> int:
    """Seconds since 1970 at the start of `day` in UTC."""
    return (day - EPOCH).days * DAY
