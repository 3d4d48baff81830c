"""What was planted, written down beside the files, so that what the desk decides can be held against it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from paydesk.demo.callbacks import Called
from paydesk.demo.company import Contract
from paydesk.demo.markets import COMPANY, DemoAccount, DemoMarket
from paydesk.demo.rows import Row, major

README = """\
What was planted in the demo company {company}. Everything in it is invented.

files/          every file as it was handed to the desk (and those that never were)
files.csv       one row per file: what it is and in which state the desk should leave it
rows.csv        one row per row of a file: file and line, what the row says, what was planted (`mess`, empty
for an ordinary row) and what the desk should make of it (`expected`)
contracts.csv   every contract: its habit of paying, what should be applied to it and its state at the end
sweeps.csv      money on its way from a provider to the bank: the provider's row or batch and the bank's row
by_hand.csv     what the analyst applied by hand afterwards
planted.csv     how many rows of each mess there are, and how many rows in all

expected in rows.csv:
contract      a payment, credited to `account_number`, found by `rule`
reversed      a payment found the same way and taken back by a reversal: nothing of it stays applied
unapplied     a payment whose payer is known, but not which of their contracts
suspense      a payment whose payer the row does not tell, or tells twice
credit        a payment for a contract that is paid off: the customer's credit
no_payment    a row that explains money or moves none of a payer's: failed, pending, fee, reversal, sweep,
float known         the same row came in an earlier file
rejected      a row that cannot be read
waiting       in a file that nobody has confirmed yet
not_uploaded  in a file that never came
"""
FILES = ("file", "account", "what", "first_day", "last_day", "handed_over_at", "expected", "rows")
ROWS = (
    "file", "line", "account", "provider_ref", "at", "kind", "status", "amount", "currency", "mess",
    "expected",
    "rule", "account_number", "linked",
)  # fmt: skip
CONTRACTS = (
    "market", "account_number", "customer_ref", "customer", "phone", "product", "price", "opened_on", "habit",
    "account", "expected_paid", "expected_state",
)  # fmt: skip
SWEEPS = ("account", "provider_ref", "batch", "amount", "currency", "bank_account", "bank_ref")
CALLBACKS = ("account", "channel", "provider_ref", "amount", "expected", "account_number")
BY_HAND = ("account", "provider_ref", "account_number", "at")


class Truth:
    """Writes the truth files into `folder`, row by row; with None it only counts."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.mess: Counter[str] = Counter()
        self.rows_written = 0
        self._open: list[IO[str]] = []
        self._files = self._table("files.csv", FILES)
        self._rows = self._table("rows.csv", ROWS)
        self._sweeps = self._table("sweeps.csv", SWEEPS)
        self._by_hand = self._table("by_hand.csv", BY_HAND)
        self._callbacks = self._table("callbacks.csv", CALLBACKS)
        if folder is not None:
            (folder / "README.txt").write_text(README.format(company=COMPANY), encoding="utf-8")

    def _table(self, name: str, header: Sequence[str]) -> Any:
        if self.folder is None:
            return None
        stream = (self.folder / name).open("w", encoding="utf-8", newline="")
        self._open.append(stream)
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        return writer

    def file(
        self,
        name: str,
        account: str,
        what: str,
        days: Sequence[object],
        at: datetime | None,
        expected: str,
        rows: int,
    ) -> None:
        if self._files:
            self._files.writerow((name, account, what, *days, at.isoformat() if at else "", expected, rows))

    def rows(
        self, name: str, market: DemoMarket, account: DemoAccount, rows: Iterable[Row], instead: str = ""
    ) -> None:
        """The rows of a file; `instead` is what happens to all of them when the file does not go its way."""
        for row in rows:
            self.rows_written += 1
            if row.mess and instead != "known":
                self.mess[row.mess] += 1
            if self._rows:
                is_read = instead != "not_uploaded"
                expected = "rejected" if row.expected == "rejected" and is_read else instead or row.expected
                pays = not instead or instead == "known"
                self._rows.writerow(
                    (name, row.line, account.key, row.provider_ref, row.at.isoformat(sep=" "), row.kind,
                     row.status,
                     major(row.amount), market.currency, row.mess, expected, row.rule if pays else "",
                     row.number if pays else "", row.linked)
                )  # fmt: skip

    def sweep(self, market: DemoMarket, account: DemoAccount, row: Row, batch: str, bank_ref: str) -> None:
        if self._sweeps:
            self._sweeps.writerow(
                (account.key, row.provider_ref if not batch else "", batch, major(abs(row.amount)),
                 market.currency,
                 market.bank.key, bank_ref)
            )  # fmt: skip

    def by_hand(self, account: str, provider_ref: str, number: str, at: datetime) -> None:
        if self._by_hand:
            self._by_hand.writerow((account, provider_ref, number, at.isoformat()))

    def callbacks(self, called: Iterable[Called]) -> None:
        if self._callbacks:
            self._callbacks.writerows(
                (c.account, c.channel, c.provider_ref, major(c.amount), c.expected, c.number) for c in called
            )

    def contracts(self, market: DemoMarket, contracts: Iterable[Contract]) -> None:
        if self.folder is None:
            return
        path = self.folder / "contracts.csv"
        is_new = not path.exists()
        with path.open("a", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            if is_new:
                writer.writerow(CONTRACTS)
            for c in contracts:
                writer.writerow(
                    (market.code, c.number, c.customer.ref, c.customer.name, c.customer.phone, c.product,
                     major(c.price), c.opened_on, c.habit, c.rail.key, major(c.credited), state_of(c))
                )  # fmt: skip

    def close(self) -> None:
        if self.folder is not None:
            with (self.folder / "planted.csv").open("w", encoding="utf-8", newline="") as table:
                writer = csv.writer(table, lineterminator="\n")
                writer.writerow(("mess", "rows", "of_rows"))
                writer.writerows(
                    (name, count, self.rows_written) for name, count in sorted(self.mess.items())
                )
        for stream in self._open:
            stream.close()


def state_of(contract: Contract) -> str:
    """The state the contract should be in at the end."""
    if not contract.active:
        return "deposit_paid" if contract.deposit_seen else "deposit_pending"
    return "completed" if contract.remaining == 0 else "active"
