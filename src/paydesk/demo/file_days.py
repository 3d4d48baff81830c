"""Which file comes in when: late, missing, overlapping, left for today; the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from paydesk.demo.chance import chance
from paydesk.demo.markets import MARKETS, DemoAccount

LATE_PERCENT = 2
MISSING_PERCENT = 1
OVERLAP_PERCENT = 4
BANK_WEEKDAYS = (0, 2, 4)  # the banks send a statement on Monday, Wednesday and Friday


@dataclass(frozen=True, slots=True)
class DayFile:
    """The file of one account for one business day. `comes_on` None: it never came."""

    account: str
    day: date
    what: str  # normal | late | missing | overlapping | left for today
    comes_on: date | None


class Calendar:
    """The day files of every account over `first_day` to the day before `until`."""

    def __init__(self, seed: int, first_day: date, until: date) -> None:
        self.first_day = first_day
        self.until = until
        self._files: dict[tuple[str, date], DayFile] = {}
        self._tidy: set[str] = set()
        for market in MARKETS:
            for account in market.accounts:
                if account.layout not in ("camt", "bank_csv", "telecel"):
                    self._plan(account, seed)
                    if all(self.is_ok(account.key, day) for day in self.days):
                        self._tidy.add(account.key)

    @property
    def days(self) -> list[date]:
        return [self.first_day + timedelta(days=n) for n in range((self.until - self.first_day).days)]

    def file(self, account: str, day: date) -> DayFile:
        return self._files[account, day]

    def is_ok(self, account: str, day: date) -> bool:
        """Whether the file of this day is there, posted, on the next morning."""
        found = self._files.get((account, day))
        return found is not None and found.what in ("normal", "overlapping")

    def is_tidy(self, account: str) -> bool:
        """Whether every file of the account comes in on time and is posted."""
        return account in self._tidy

    def coming(self, morning: date) -> Iterator[DayFile]:
        """The day files that are handed over on `morning`, older days first."""
        found = [file for file in self._files.values() if file.comes_on == morning]
        return iter(sorted(found, key=lambda file: (file.day, file.account)))

    def _plan(self, account: DemoAccount, seed: int) -> None:
        draw = chance(seed, "calendar", account.key)
        first = _FIRST.get(account.key)
        for n, day in enumerate(self.days):
            next_morning = day + timedelta(days=1)
            luck = draw.randrange(100)
            what = "normal"
            if day == self.days[-1]:
                what = "left for today" if account.key == "ke_mpesa" else "normal"
            elif n >= 1 and first is not None:
                what, first = first, None
            elif n >= 1 and account.key not in _ALWAYS_ON_TIME:
                for other, percent in _PERCENTS:
                    if luck < percent:
                        what = other
                        break
                    luck -= percent
            comes_on: date | None = next_morning
            if what == "late":
                comes_on = min(self.until, next_morning + timedelta(days=1 + draw.randrange(3)))
                what = "late" if comes_on > next_morning else "normal"
            elif what == "missing":
                comes_on = None
            self._files[account.key, day] = DayFile(account.key, day, what, comes_on)


# Each pattern is there once in the first days of a company of any size; two accounts stay
# tidy otherwise.
_FIRST = {
    "gh_momo": "late",
    "ke_airtel": "missing",
    "ke_mpesa": "overlapping",
    "ng_paystack": "late",
}
_ALWAYS_ON_TIME = ("gh_hubtel", "ng_ussd")
_PERCENTS = (("late", LATE_PERCENT), ("missing", MISSING_PERCENT), ("overlapping", OVERLAP_PERCENT))
