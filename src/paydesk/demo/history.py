"""What was paid before the company came to the desk: one export per account over the whole time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import BinaryIO

from paydesk.demo.chance import chance
from paydesk.demo.company import Contract
from paydesk.demo.habits import paid_by
from paydesk.demo.layouts import LAYOUTS
from paydesk.demo.layouts.layout import FileWriter
from paydesk.demo.markets import DemoAccount, DemoMarket
from paydesk.demo.mess import Planter
from paydesk.demo.provider_cash import ProviderCash
from paydesk.demo.rows import Row
from paydesk.demo.truth import Truth


@dataclass(slots=True)
class Written:
    """A history file that is complete."""

    account: DemoAccount
    path: Path
    name: str
    first: date
    rows: int = 0
    stream: BinaryIO | None = field(default=None, repr=False)
    writer: FileWriter | None = field(default=None, repr=False)


def write(
    market: DemoMarket, contracts: list[Contract], planter: Planter, cash: dict[str, ProviderCash], *,
    seed: int, first_day: date, folder: Path, truth: Truth,
) -> list[Written]:  # fmt: skip
    """Write the history of `market` into `folder`: deposits and lumps of instalments, until every contract
    is paid as far as its payer's habit says. Moves `credited` of the contracts."""
    old = [contract for contract in contracts if contract.opened_on < first_day]
    if not old:
        return []
    begins = old[0].opened_on.replace(day=1)
    files = {
        account.key: _begun(market, account, begins, first_day, folder, cash[account.key].balance)
        for account in market.paying_accounts
    }
    draw = chance(seed, "history", market.code)
    for first, last in _months(begins, first_day - timedelta(days=1)):
        rows: dict[str, list[Row]] = {key: [] for key in files}
        for contract in old:
            if contract.opened_on > last:
                break
            days = (last - max(first, contract.opened_on)).days + 1
            due = [] if contract.credited else [(contract.deposit, contract.opened_on)]
            open_amount = max(
                0, min(paid_by(contract, last) + contract.deposit, contract.price) - contract.credited
            )
            open_amount -= sum(amount for amount, _ in due)
            if open_amount > 0:
                due.append((open_amount, last - timedelta(days=draw.randrange(days))))
            for amount, day in due:
                rows[contract.rail.key].append(planter.taken_over(contract, amount, day))
                contract.credited += amount
        for key, here in rows.items():
            here.sort(key=lambda row: (row.at, row.provider_ref))
            cash[key].run_history(here)
            _add(market, files[key], here, truth)
    return list(_finished(files))


def _begun(
    market: DemoMarket, account: DemoAccount, begins: date, first_day: date, folder: Path, opening: int
) -> Written:
    layout = LAYOUTS[account.layout]
    last = first_day - timedelta(days=1)
    name = f"history_{layout.name(account, begins, last)}"
    done = Written(account, folder / name, name, begins)
    done.stream = done.path.open("wb")
    done.writer = layout.open(done.stream, market, account, last, opening)
    return done


def _add(market: DemoMarket, done: Written, rows: list[Row], truth: Truth) -> None:
    assert done.writer is not None
    done.writer.add(rows)
    done.rows += len(rows)
    truth.rows(done.name, market, done.account, rows)


def _finished(files: dict[str, Written]) -> Iterator[Written]:
    for done in files.values():
        assert done.writer is not None
        assert done.stream is not None
        done.writer.close()
        done.stream.close()
        if done.rows:
            yield done
        else:
            done.path.unlink()


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """(first day, last day) of every month from `first` to `last`."""
    while first <= last:
        following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
        yield first, min(last, following - timedelta(days=1))
        first = following
