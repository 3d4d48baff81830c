"""The company's time at the desk, day by day: what was paid, which files come in, what is done with them.

Days are generated one after the other and written to files at once, so that memory holds the customers and
one day's rows, whatever the size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

from paydesk.demo import history
from paydesk.demo.callbacks import CALLED, Called, callbacks_of_the_morning
from paydesk.demo.chance import chance
from paydesk.demo.company import Company, Contract, build
from paydesk.demo.file_days import BANK_WEEKDAYS, Calendar, DayFile
from paydesk.demo.habits import pays_today
from paydesk.demo.layouts import LAYOUTS, MPESA_XLSX
from paydesk.demo.layouts.layout import Layout
from paydesk.demo.markets import ACCOUNTS, MARKETS, DemoAccount, DemoMarket
from paydesk.demo.mess import Ids, Planter
from paydesk.demo.provider_cash import ProviderCash
from paydesk.demo.rows import Row
from paydesk.demo.steps import Activate, ApplyByHand, CallBack, LoadContracts, SendFile, Step, Then
from paydesk.demo.truth import Truth
from paydesk.demo.wrong_files import photo, price_list

CHUNK = 5_000
MOST_BY_HAND = 2  # a day and market
BY_HAND_PERCENT = 45
OVERLAP_FROM = time(17)


@dataclass(slots=True)
class _Open:
    """A payment that waits for a person, and the contract that was meant."""

    account: str
    provider_ref: str
    amount: int
    contract: Contract


@dataclass(slots=True)
class _Waiting:
    """A file that is written but not handed over yet."""

    path: Path
    name: str
    layout: Layout
    rows: int
    open_items: list[_Open] = field(default_factory=list)
    deposits: list[Contract] = field(default_factory=list)


class Clock:
    """Times of one working day: each step a little after the one before, in UTC."""

    def __init__(self, day: date, hour: int, minute: int, draw: Random) -> None:
        self.at = datetime.combine(day, time(hour, minute), tzinfo=UTC)
        self.draw = draw

    def next(self) -> datetime:
        self.at += timedelta(seconds=self.draw.randrange(35, 95))
        return self.at


class Story:
    """The steps of one company. Read `steps()` once, to the end, carrying each step out before the next."""

    def __init__(
        self, *, customers: int, days: int, until: date, seed: int, folder: Path, truth: Truth
    ) -> None:
        self.seed = seed
        self.until = until
        self.first_day = until - timedelta(days=days)
        self.folder = folder
        self.truth = truth
        self.calendar = Calendar(seed, self.first_day, until)
        self.company: Company = build(seed, customers, self.first_day, until, self.calendar.is_ok)
        self.ids = {key: Ids(seed, account) for key, (_, account) in ACCOUNTS.items()}
        self.planters = {market.code: Planter(market, seed, self.ids) for market in MARKETS}
        self.cash = {key: ProviderCash(market, account) for key, (market, account) in ACCOUNTS.items()}
        self._waiting: dict[tuple[str, date], _Waiting] = {}
        self._carried: dict[str, list[Row]] = {key: [] for key in ACCOUNTS}
        self._evening: dict[str, list[Row]] = {key: [] for key in ACCOUNTS}
        self._bank_rows: dict[str, list[Row]] = {key: [] for key in ACCOUNTS}
        self._bank_open: dict[str, list[_Open]] = {key: [] for key in ACCOUNTS}
        self._to_apply: list[_Open] = []
        self.meant: dict[
            str, str
        ] = {}  # provider's reference: account number meant, of what nobody can place
        mornings = [self.first_day + timedelta(days=n) for n in range(1, days + 1)]
        self._last_bank_morning = max(
            (day for day in mornings if day.weekday() in BANK_WEEKDAYS), default=self.first_day
        )

    def steps(self) -> Iterator[Step]:
        """Every step in the order of time. Files are deleted after their step unless the truth keeps them."""
        yield from self._takeover()
        for n, day in enumerate(self.calendar.days):
            if n:
                yield from self._morning(day, n)
            for market in MARKETS:
                self._day(market, day)
                opened = list(self.company.opened(market.code, day, day))
                if opened:
                    evening = datetime.combine(day, time(18, 30), tzinfo=UTC)
                    yield from self._loaded(market, opened, evening, f"shop list {day}")
        yield from self._morning(self.until, len(self.calendar.days))
        yield from self._called()
        self._left_over()
        for market in MARKETS:
            self.truth.contracts(market, self.company.contracts[market.code])
        self.truth.close()

    # The beginning

    def _takeover(self) -> Iterator[Step]:
        clock = Clock(self.first_day, 5, 0, chance(self.seed, "clock", "takeover"))
        for market in MARKETS:
            before = list(self.company.opened(market.code, date.min, self.first_day - timedelta(days=1)))
            yield from self._loaded(market, before, clock.next(), "taken over")
        for market in MARKETS:
            written = history.write(
                market, self.company.contracts[market.code], self.planters[market.code], self.cash,
                seed=self.seed, first_day=self.first_day, folder=self.folder, truth=self.truth,
            )  # fmt: skip
            for done in written:
                at = clock.next()
                self.truth.file(
                    done.name, done.account.key, "history", (done.first, self.first_day - timedelta(days=1)),
                    at,
                    "posted", done.rows,
                )  # fmt: skip
                layout = LAYOUTS[done.account.layout]
                yield SendFile(at, done.path, done.name, done.account.key, layout)
                self._done_with(done.path)

    def _loaded(
        self, market: DemoMarket, contracts: list[Contract], at: datetime, source: str
    ) -> Iterator[Step]:
        for start in range(0, len(contracts), CHUNK):
            yield LoadContracts(at, market, contracts[start : start + CHUNK], f"{source} {market.code}")

    # A day's payments

    def _day(self, market: DemoMarket, day: date) -> None:
        draw = chance(self.seed, "pay", market.code, day)
        planter = self.planters[market.code]
        rows: dict[str, list[Row]] = {account.key: self._carried[account.key] for account in market.accounts}
        for account in market.accounts:
            self._carried[account.key] = []
        opened: dict[str, list[_Open]] = {account.key: [] for account in market.accounts}
        deposits: dict[str, list[Contract]] = {account.key: [] for account in market.accounts}
        step = market.round_minor
        for contract in self.company.contracts[market.code]:
            if contract.opened_on >= self.first_day and not contract.active:
                if contract.opened_on == day and contract.pays_deposit:
                    self._deposit(planter, contract, day, rows, deposits)
                continue
            key = contract.rail.key
            if contract.overpays and contract.remaining == 0:
                if self.calendar.is_ok(key, day) or contract.rail.provider_kind == "bank":
                    row = planter.row(contract, contract.each, planter.moment(day))
                    row.mess, row.expected = "overpaid_completed", "credit"
                    rows[key].append(row)
                    contract.overpays = False
                continue
            amount = pays_today(contract, day, draw, step)
            if amount:
                planted = planter.paid(
                    contract, amount, day, counts=self._counts(contract.rail, day),
                    tomorrow=self.calendar.is_ok(key, day + timedelta(days=1)),
                    tidy=self.calendar.is_tidy(key),
                )  # fmt: skip
                rows[key] += planted.today
                self._carried[key] += planted.tomorrow
                opened[key] += [
                    _Open(key, row.provider_ref, row.amount, contract)
                    for row in planted.today
                    if row.expected in ("suspense", "unapplied")
                ]
                self.meant |= {
                    row.provider_ref: contract.number for row in planted.today if row.expected == "suspense"
                }
        for account in market.accounts:
            self._close_day(
                market, account, day, rows[account.key], opened[account.key], deposits[account.key]
            )

    def _deposit(
        self, planter: Planter, contract: Contract, day: date, rows: dict[str, list[Row]],
        deposits: dict[str, list[Contract]],
    ) -> None:  # fmt: skip
        key = contract.rail.key
        rows[key].append(planter.row(contract, contract.deposit, planter.moment(day)))
        if self._counts(contract.rail, day):
            contract.credited = contract.deposit
            deposits[key].append(contract)

    def _counts(self, rail: DemoAccount, day: date) -> bool:
        """Whether what is paid on this day will be posted in the end."""
        if rail.provider_kind == "bank":
            return day < self._last_bank_morning
        return self.calendar.file(rail.key, day).what in ("normal", "overlapping", "late")

    def _close_day(
        self, market: DemoMarket, account: DemoAccount, day: date, rows: list[Row], opened: list[_Open],
        deposits: list[Contract],
    ) -> None:  # fmt: skip
        rows.sort(key=lambda row: (row.at, row.provider_ref))
        if account.layout == "telecel":
            return
        if account.provider_kind == "bank":
            self._bank_rows[account.key] += rows
            self._bank_open[account.key] += opened
            return
        rows, swept = self.cash[account.key].close_day(day, rows, self.ids[account.key])
        if swept is not None:
            self._swept(market, account, day, swept)
        file = self.calendar.file(account.key, day)
        self._write_day(market, account, file, rows, opened, deposits)
        self._evening[account.key] = [row for row in rows if row.at.time() >= OVERLAP_FROM]

    def _swept(self, market: DemoMarket, account: DemoAccount, day: date, swept: Row) -> None:
        arrives = day + timedelta(days=1)
        while arrives.weekday() >= 5:
            arrives += timedelta(days=1)
        at = datetime.combine(arrives, time(9))
        bank_ref, _ = self.ids[market.bank.key].take(at)
        name = account.provider_name.upper()
        text = f"{name} SETTLEMENT {swept.batch or swept.provider_ref}"
        # To a camt file it is a credit transfer like any other; only the CSV's narrative says settlement.
        kind = "payment" if market.bank.layout == "camt" else "sweep"
        self._bank_rows[market.bank.key].append(
            Row(at, kind, "success", abs(swept.amount), bank_ref, text=text, payer=name)
        )
        self.truth.sweep(market, account, swept, swept.batch, bank_ref)

    # Files

    def _write_day(
        self, market: DemoMarket, account: DemoAccount, file: DayFile, rows: list[Row], opened: list[_Open],
        deposits: list[Contract],
    ) -> None:  # fmt: skip
        layout = LAYOUTS[account.layout]
        if account.layout == "mpesa" and file.day.weekday() in (1, 4):
            layout = MPESA_XLSX
        earlier: list[Row] = []
        yesterday = file.day - timedelta(days=1)
        if file.what == "overlapping" and self.calendar.is_ok(account.key, yesterday):
            earlier = self._evening[account.key]
        if not rows and not earlier:
            return
        name = layout.name(account, file.day, file.day)
        path = self.folder / name
        parts = [(earlier, "known"), (rows, _INSTEAD.get(file.what, ""))]
        if layout.newest_first:
            parts = [(part[::-1], instead) for part, instead in reversed(parts)]
        with path.open("wb") as stream:
            writer = layout.open(stream, market, account, file.day, 0)
            for part, instead in parts:
                writer.add(part)
                self.truth.rows(name, market, account, part, instead)
            writer.close()
        waiting = _Waiting(path, name, layout, len(rows) + len(earlier), opened, deposits)
        if file.what == "missing":
            self.truth.file(
                name, account.key, "missing", (file.day, file.day), None, "not_uploaded", waiting.rows
            )
            self._done_with(path)
        else:
            self._waiting[account.key, file.day] = waiting

    def _morning(self, day: date, n: int) -> Iterator[Step]:
        clock = Clock(day, 6, 30, chance(self.seed, "clock", day))
        posted_open: list[_Open] = []
        deposits: list[Contract] = []
        for file in self.calendar.coming(day):
            waiting = self._waiting.pop((file.account, file.day), None)
            if waiting is None:
                continue
            is_left = file.what == "left for today"
            at = clock.next()
            expected = "previewed" if is_left else "posted"
            self.truth.file(
                waiting.name, file.account, file.what, (file.day, file.day), at, expected, waiting.rows
            )
            then: Then = "preview" if is_left else "post"
            yield SendFile(at, waiting.path, waiting.name, file.account, waiting.layout, then)
            self._done_with(waiting.path)
            if not is_left:
                posted_open += waiting.open_items
                deposits += waiting.deposits
        if day.weekday() in BANK_WEEKDAYS:
            for market in MARKETS:
                for account in market.accounts:
                    if account.provider_kind == "bank":
                        yield from self._bank_statement(market, account, day, clock)
                        posted_open += self._bank_open[account.key]
                        self._bank_open[account.key] = []
        yield from self._wrong_files(day, n, clock)
        yield from self._handed_over(deposits, day, clock)
        yield from self._by_hand(posted_open, day, clock)

    def _bank_statement(
        self, market: DemoMarket, account: DemoAccount, day: date, clock: Clock
    ) -> Iterator[Step]:
        here = [row for row in self._bank_rows[account.key] if row.at.date() < day]
        self._bank_rows[account.key] = [row for row in self._bank_rows[account.key] if row.at.date() >= day]
        if not here:
            return
        last = day - timedelta(days=1)
        rows, opening = self.cash[account.key].bank_statement(last, here, self.ids[account.key])
        layout = LAYOUTS[account.layout]
        first = rows[0].at.date()
        name = layout.name(account, first, last)
        path = self.folder / name
        with path.open("wb") as stream:
            writer = layout.open(stream, market, account, last, opening)
            writer.add(rows)
            writer.close()
        self.truth.rows(name, market, account, rows)
        at = clock.next()
        self.truth.file(name, account.key, "normal", (first, last), at, "posted", len(rows))
        yield SendFile(at, path, name, account.key, layout)
        self._done_with(path)

    def _wrong_files(self, day: date, n: int, clock: Clock) -> Iterator[Step]:
        """A photo that is called a statement, a price list, and on the last morning a provider new to the
        desk."""
        if n == 2:
            yield from self._stray(photo(), "statement.csv", "refused", day, clock)
        if n == 4:
            yield from self._stray(
                price_list(),
                f"price list {day:%B}.csv",
                "discarded",
                day,
                clock,
                reason="A price list of the shops.",
            )
        if day == self.until:
            yield from self._new_provider(day, clock)

    def _stray(
        self, content: bytes, name: str, expected: str, day: date, clock: Clock, *, reason: str = ""
    ) -> Iterator[Step]:
        path = self.folder / name
        path.write_bytes(content)
        at = clock.next()
        self.truth.file(name, "", "wrong file", (day, day), at, expected, 0)
        yield SendFile(at, path, name, None, None, "discard" if reason else "leave", reason)
        self._done_with(path)

    def _new_provider(self, day: date, clock: Clock) -> Iterator[Step]:
        market, account = ACCOUNTS["gh_telecel"]
        planter = self.planters["GH"]
        yesterday = day - timedelta(days=1)
        # Read as they stand: people who paid here although they were told another number.
        rows = [
            planter.row_at(account, contract, contract.each, planter.moment(yesterday))
            for contract in self.company.contracts["GH"][-12:]
        ]
        rows.sort(key=lambda row: row.at)
        rows, _ = self.cash[account.key].close_day(yesterday, rows, self.ids[account.key])
        layout = LAYOUTS[account.layout]
        name = layout.name(account, yesterday, yesterday)
        path = self.folder / name
        with path.open("wb") as stream:
            writer = layout.open(stream, market, account, yesterday, 0)
            writer.add(rows)
            writer.close()
        self.truth.rows(name, market, account, rows, "waiting")
        at = clock.next()
        self.truth.file(
            name, account.key, "new columns", (yesterday, yesterday), at, "mapping_needed", len(rows)
        )
        yield SendFile(at, path, name, None, None, "leave")
        self._done_with(path)

    def _called(self) -> Iterator[Step]:
        """What providers tell by themselves this morning; of yesterday what its files have told already."""
        yesterday = self.until - timedelta(days=1)
        called: list[Called] = []
        for key in CALLED:
            market, _ = ACCOUNTS[key]
            is_posted = self.calendar.file(key, yesterday).what in ("normal", "overlapping")
            called += callbacks_of_the_morning(
                key, self.until, self.company.contracts[market.code], self.planters[market.code],
                self._evening[key] if is_posted else (),
            )  # fmt: skip
        self.truth.callbacks(called)
        yield CallBack(datetime.combine(self.until, time(7, 40), tzinfo=UTC), called)

    def _left_over(self) -> None:
        """Bank rows after the last statement: nobody has seen them yet."""
        for key, rows in self._bank_rows.items():
            market, account = ACCOUNTS[key]
            self.truth.rows("", market, account, rows, "not_uploaded")

    def _done_with(self, path: Path) -> None:
        if self.truth.folder is None:
            path.unlink()

    # People at work

    def _handed_over(self, deposits: list[Contract], day: date, clock: Clock) -> Iterator[Step]:
        for market in MARKETS:
            here = [contract for contract in deposits if contract.number.startswith(market.number_start)]
            if here:
                for contract in here:
                    contract.active = contract.deposit_seen = True
                yield Activate(clock.next(), market, here, day)

    def _by_hand(self, posted: list[_Open], day: date, clock: Clock) -> Iterator[Step]:
        """Some of what waited since yesterday is cleared up; the rest stays for whoever opens the desk."""
        draw = chance(self.seed, "by hand", day)
        done = dict.fromkeys((market.number_start for market in MARKETS), 0)
        for item in self._to_apply:
            market = item.contract.number[0]
            if (
                done[market] < MOST_BY_HAND
                and item.contract.remaining > 2 * item.amount
                and draw.randrange(100) < BY_HAND_PERCENT
            ):
                done[market] += 1
                item.contract.credited += item.amount
                at = clock.next()
                self.truth.by_hand(item.account, item.provider_ref, item.contract.number, at)
                yield ApplyByHand(at, item.account, item.provider_ref, item.contract)
        self._to_apply = posted


_INSTEAD = {"missing": "not_uploaded", "left for today": "waiting"}
