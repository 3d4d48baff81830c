"""Labelled samples of other projects: the candidates they expect come out of the engine."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from paydesk.matching.tests.builders import line, outcome
from paydesk.matching.values import millionths

SAMPLES = Path(__file__).parents[5] / "shared" / "samples" / "recon-truth"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not here")
_ENTRY = re.compile(r"^(\d{4}-\d\d-\d\d) \* ")
_LEG = re.compile(r"^  (\S+)\s+(-?[\d.]+) ([A-Z]{3})$")
_DATE = re.compile(r"^    date: (\S+)$")
CARD, CHECKING, OPEN = "Liabilities:Credit-Card", "Assets:Checking", "Expenses:FIXME"
Leg = tuple[str, str, str]  # account, day, amount


def legs(name: str) -> list[tuple[Leg, ...]]:
    """The money of each entry of a journal: its legs, an account that nobody has named yet left out."""
    entries: list[list[Leg]] = []
    day = ""
    for text in (SAMPLES / name).read_text().splitlines():
        text = text.removeprefix("+")
        if found := _ENTRY.match(text):
            day = found[1]
            entries.append([])
        elif (found := _LEG.match(text.replace("[0]", ""))) and entries:
            if found[1] != OPEN:
                entries[-1].append((found[1], day, found[2]))
        elif (found := _DATE.match(text)) and entries:
            account, _, amount = entries[-1][-1]
            entries[-1][-1] = (account, found[1], amount)
    return [tuple(entry) for entry in entries if entry]


def lines_of(entries: list[Leg]) -> list[dict[str, Any]]:
    """Legs as lines; what leaves the other account arrives at this one, so its sign is turned."""
    found = []
    for account, day, amount in entries:
        signed = -Decimal(amount) if account == CHECKING else Decimal(amount)
        at = int(datetime.combine(datetime.fromisoformat(day), time(12), UTC).timestamp())
        made = line(f"{account} {day} {amount}", currency="USD", at=at)
        found.append({**made, "amount": millionths(signed)})
    return found


def candidates(tmp_path: Path, name: str) -> tuple[set[tuple[str, ...]], set[str]]:
    """The pairs that the engine offers for what is pending, and the lines it leaves alone."""
    pending = [leg for entry in legs(f"{name}-pending.beancount") for leg in entry]
    known = [leg for entry in legs(f"{name}-journal.beancount") for leg in entry]
    left = lines_of([leg for leg in pending if leg[0] == CARD])
    right = lines_of(
        [leg for leg in pending if leg[0] == CHECKING] + [leg for leg in known if leg[0] == CARD]
    )
    matches, exceptions, _ = outcome(tmp_path, left, right)
    assert {row["status"] for row in matches} <= {"suggested"}
    alone = {row["left_id"] for row in exceptions if row["left_id"]}
    return {(row["left_id"], row["right_id"]) for row in matches}, alone


def test_the_two_ends_of_a_transfer_five_days_apart_are_the_first_candidate(tmp_path: Path) -> None:
    name = "jbms-basic-0"
    first, second = legs(f"{name}-candidates.diff")
    assert (len(first), len(second)) == (2, 1)  # joined, or left for itself
    pairs, alone = candidates(tmp_path, name)
    assert pairs == {tuple(f"{account} {day} {amount}" for account, day, amount in first)}
    assert alone == {f"{CARD} 2016-08-10 -2.45"}


def test_what_fits_nothing_in_the_journal_is_its_own_only_candidate(tmp_path: Path) -> None:
    ((expected,),) = legs("jbms-basic-1-candidates.diff")
    assert candidates(tmp_path, "jbms-basic-1") == (set(), {" ".join(expected)})


@pytest.mark.parametrize("name", ["jbms-basic-2", "jbms-ofx-matching-0"])
def test_where_no_money_is_pending_nothing_is_offered(name: str) -> None:
    assert legs(f"{name}-pending.beancount") == legs(f"{name}-candidates.diff") == []


def test_a_statement_that_names_transactions_meets_them_with_its_commission_told(tmp_path: Path) -> None:
    with (SAMPLES / "oca-transactionid-statement.csv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    right = []
    for row in rows:
        at = int(datetime.fromisoformat(row["date"]).replace(tzinfo=UTC).timestamp())
        net = Decimal(row["amount"]) + Decimal(row["commission_amount"])
        kept = {"amount": millionths(net), "fee": millionths(-Decimal(row["commission_amount"]))}
        right.append(line(row["label"], provider_ref=row["transaction_id"], currency="EUR", at=at) | kept)
    left = [{**each, "id": f"ours {n}", "amount": each["amount"] + each["fee"], "fee": 0}
            for n, each in enumerate(right)]  # fmt: skip
    matches, exceptions, _ = outcome(tmp_path, left, right)
    assert exceptions == []
    assert {(row["left_id"], row["right_id"], row["status"]) for row in matches} == {
        (f"ours {n}", row["label"], "confirmed") for n, row in enumerate(rows)
    }
