"""A bad morning at the demo company: what goes wrong in one night, in two files of the Hubtel portal.

The first run of the desk ends with it, so that somebody new has it on their desk; the how-to document
a-bad-morning.md walks through it. It is not part of the truth that `./paydesk demo` writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from paydesk.demo.company import Contract
from paydesk.demo.layouts.hubtel import HUBTEL
from paydesk.demo.markets import ACCOUNTS
from paydesk.demo.mess import Planter
from paydesk.demo.provider_cash import TEXTS
from paydesk.demo.rows import Row

ACCOUNT = "gh_hubtel"
DOUBLES = 6
CONTRACTS = 5 + DOUBLES
TEST_ROWS = 8


@dataclass(frozen=True, slots=True)
class BadMorning:
    """Two files to hand over, and the provider's ids of what is wrong in them.

    `night` has the payments of the night, `wrong` is a test export of the portal that somebody takes for a
    real one.
    """

    night: Path
    wrong: Path
    misdirected: str
    relative: str
    doubles: Sequence[str]


def write(day: date, contracts: Sequence[Contract], planter: Planter, folder: Path) -> BadMorning | None:
    """Write the two files of the morning of `day`; None where the company is too small for it."""
    _, account = ACCOUNTS[ACCOUNT]
    paying = [c for c in contracts if c.rail is account and c.active and c.remaining > 4 * c.each]
    if len(paying) < CONTRACTS:
        return None
    meant, named, undone, one, other, *twice = paying[:CONTRACTS]
    start = datetime.combine(day, time(1))

    def paid(contract: Contract, amount: int, minute: int) -> Row:
        return planter.row_at(account, contract, amount, start + timedelta(minutes=minute))

    misdirected = paid(meant, meant.each, 5)
    misdirected.reference = named.number  # somebody else's account number, typed by mistake
    taken = paid(undone, undone.each, 20)
    back_ref, back_network = planter.ids[ACCOUNT].take(taken.at + timedelta(minutes=15))
    back = Row(
        taken.at + timedelta(minutes=15), "reversal", "success", -taken.amount, back_ref,
        network_ref=back_network, linked=taken.provider_ref, msisdn=taken.msisdn, payer=taken.payer,
        text=f"Reversal of {taken.provider_ref}",
    )  # fmt: skip
    relative = paid(one, one.each + other.each, 40)
    relative.reference = f"{one.number} {other.number}"  # pays for both
    relative.msisdn, relative.payer = "233509990001", "AUNTIE OF BOTH"
    rows = [misdirected, taken, back, relative]
    doubles, owed = [], 0
    for n, contract in enumerate(twice):
        first, second = paid(contract, contract.each, 60 + 10 * n), paid(contract, contract.each, 61 + 10 * n)
        rows += [first, second]
        doubles.append(second.provider_ref)
        owed += second.amount
    # What pays the doubles back is there in the morning: all of it, in hundreds.
    float_ref, float_network = planter.ids[ACCOUNT].take(start - timedelta(minutes=10))
    rows.append(
        Row(
            start - timedelta(minutes=10), "float_transfer", "success", -(owed // 100_00 + 1) * 100_00,
            float_ref, network_ref=float_network, text=TEXTS["float_transfer"],
        )
    )  # fmt: skip
    test = [paid(contract, 100, 300 + n) for n, contract in enumerate(paying[:TEST_ROWS])]
    for row in test:
        row.text = "TEST DO NOT BOOK"
    return BadMorning(
        _file(folder / f"hubtel-night-{day}.csv", day, rows),
        _file(folder / f"hubtel-test-export-{day}.csv", day, test),
        misdirected.provider_ref,
        relative.provider_ref,
        doubles,
    )


def _file(path: Path, day: date, rows: Sequence[Row]) -> Path:
    market, account = ACCOUNTS[ACCOUNT]
    with path.open("wb") as stream:
        writer = HUBTEL.open(stream, market, account, day, 0)
        writer.add(sorted(rows, key=lambda row: row.at))
        writer.close()
    return path
