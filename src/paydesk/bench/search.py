"""Searching: milliseconds from the text somebody types to everything it finds, kind by kind.

The floor is the way to the database alone: as many statements that ask for nothing, run in turn.
"""

from __future__ import annotations

import random
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from paydesk.bench import search_company
from paydesk.bench.results import Bench, Result, p95
from paydesk.bench.scratch import quiet_start
from paydesk.bench.search_company import LAST_DAY, Company
from paydesk.domain.payments.queries import within_patience
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.public_codes import code_of
from paydesk.kernel.refused import Refused
from paydesk.reporting.search.queries import Search

CUSTOMERS, PAYMENTS = 7_000_000, 20_000_000
QUICK_CUSTOMERS, QUICK_PAYMENTS = 200_000, 600_000
LOOKER = Actor("person", 1, "Bench", rights_of(["AN"]), frozenset({"GH"}))
EXACT_MS, TYPO_MS = 20, 300  # in the database, until it is known what was meant
SCREEN_MS = 150  # with everything that is loaded to be shown

Ask = Callable[[psycopg.Connection, Company, random.Random], str]


def measure(bench: Bench, url: str) -> Iterator[Result]:
    """Median and 95th percentile of each kind of search, on the scratch database of `url`."""
    customers = bench.customers or (QUICK_CUSTOMERS if bench.quick else CUSTOMERS)
    payments = bench.payments or (QUICK_PAYMENTS if bench.quick else PAYMENTS)
    with psycopg.connect(url, autocommit=True) as owner:
        company = search_company.filled(owner) or _fill(bench, owner, url, customers, payments)
        bench.say(f"{company.customers:,} customers and {company.payments:,} payments.")
        size = owner.execute("SELECT pg_database_size(current_database())").fetchone()
        assert size
        bench.say(f"The database has {size[0] / 1e9:,.1f} GB.")
        quiet_start(bench, url)
        for what, ask, goal_ms in KINDS:
            if bench.wants(what):
                yield from _kind(bench, owner, company, what, ask, goal_ms)


def _fill(bench: Bench, owner: psycopg.Connection, url: str, customers: int, payments: int) -> Company:
    needed = search_company.bytes_needed(customers, payments)
    bench.say(
        f"Filling tables by SQL, nothing is posted: {customers:,} customers and {payments:,} payments. "
        f"This takes about {needed / 1e9:,.1f} GB of the server's disk while it runs."
    )
    _room_for(owner, needed)
    return search_company.fill(bench, url, customers=customers, payments=payments)


def _room_for(owner: psycopg.Connection, needed: int) -> None:
    """Refuse when the server's disk is one of this machine and has no such room."""
    try:
        row = owner.execute("SELECT current_setting('data_directory')").fetchone()
    except psycopg.errors.InsufficientPrivilege:
        return
    folder = Path(row[0]) if row else None
    if folder is None or not folder.exists():
        return
    free = shutil.disk_usage(folder).free
    if free < needed * 1.2:
        raise Refused(
            f"The disk of the database has {free / 1e9:,.1f} GB free and this needs about "
            f"{needed * 1.2 / 1e9:,.1f}. Name a smaller company with --customers and --payments."
        )


def _kind(
    bench: Bench, owner: psycopg.Connection, company: Company, what: str, ask: Ask, goal_ms: int | None
) -> Iterator[Result]:
    dice = random.Random(what)
    count = 40 if bench.quick else 200
    texts = [ask(owner, company, dice) for _ in range(count + 5)]
    finding, showing, floor, whole, missed = [], [], [], [], 0
    connection.ensure_connection()
    for place, text in enumerate(texts):
        started = time.perf_counter()
        search = Search(LOOKER, text, today=LAST_DAY)
        with within_patience(by_index=True):
            with _database_time() as looked_up:
                search.look_up()
            with _database_time() as loaded:
                found = search.found()
        seconds = time.perf_counter() - started
        if place >= 5:  # the first ones make plans and load code
            finding.append(sum(looked_up) * 1000)
            showing.append(sum(loaded) * 1000)
            floor.append(_round_trips(len(looked_up)) * 1000)
            whole.append(seconds * 1000)
            missed += not found.count()
    if missed:
        bench.say(f"  {what}: {missed} of {count} texts found nothing")
    yield _result(f"{what}, found, median", statistics.median(finding), None, floor=statistics.median(floor))
    yield _result(f"{what}, found, p95", p95(finding), goal_ms, floor=p95(floor))
    yield _result(f"{what}, what the list shows of it, p95", p95(showing), None)
    yield _result(f"{what}, whole answer, p95", p95(whole), SCREEN_MS)


def _round_trips(count: int) -> float:
    """Seconds of as many statements that ask for nothing: what the way to the database costs just now."""
    started = time.perf_counter()
    with connection.cursor() as cursor:
        for _ in range(count):
            cursor.execute("SELECT 1")
    return time.perf_counter() - started


@contextmanager
def _database_time() -> Iterator[list[float]]:
    """The seconds of every statement inside, as the application waits for them."""
    spent: list[float] = []

    def timed(execute: Any, statement: Any, params: Any, many: Any, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(statement, params, many, context)
        finally:
            spent.append(time.perf_counter() - started)

    with connection.execute_wrapper(timed):
        yield spent


def _result(what: str, value: float, goal_ms: int | None, *, floor: float | None = None) -> Result:
    return Result(
        what,
        round(value, 2),
        "ms",
        floor=round(floor, 2) if floor else None,
        ratio=round(value / floor, 2) if floor else None,
        goal=f"<= {goal_ms} ms" if goal_ms else None,
        holds=None if goal_ms is None else value <= goal_ms,
    )


# --- what is asked for


def _code(owner: psycopg.Connection, company: Company, dice: random.Random) -> str:
    return code_of("PAY", company.payment(dice))


def _account(owner: psycopg.Connection, company: Company, dice: random.Random) -> str:
    return company.account_number(company.of_ghana(dice))


def _reference(owner: psycopg.Connection, company: Company, dice: random.Random) -> str:
    return company.provider_ref(owner, company.payment(dice))


def _phone(owner: psycopg.Connection, company: Company, dice: random.Random) -> str:
    return f"0{company.phone(company.of_ghana(dice))[3:]}"


def _reference_begins(owner: psycopg.Connection, company: Company, dice: random.Random) -> str:
    return _reference(owner, company, dice)[:6].lower()


def _account_begins(owner: psycopg.Connection, company: Company, dice: random.Random) -> str:
    return _account(owner, company, dice)[:8]


def _phone_begins(owner: psycopg.Connection, company: Company, dice: random.Random) -> str:
    return f"+{company.phone(company.of_ghana(dice))[:8]}"


def _phone_ends(digits: int) -> Ask:
    def ask(owner: psycopg.Connection, company: Company, dice: random.Random) -> str:
        return company.phone(company.of_ghana(dice))[-digits:]

    return ask


def _name(owner: psycopg.Connection, company: Company, dice: random.Random) -> str:
    return company.name(owner, company.of_ghana(dice))


def _name_turned(owner: psycopg.Connection, company: Company, dice: random.Random) -> str:
    return " ".join(reversed(_name(owner, company, dice).split()))


def _family_name(owner: psycopg.Connection, company: Company, dice: random.Random) -> str:
    return _name(owner, company, dice).split()[-1]


def _misspelt(owner: psycopg.Connection, company: Company, dice: random.Random) -> str:
    """One letter dropped, doubled or swapped with the next, in the longer word."""
    given, family = _name(owner, company, dice).split()
    word = max(given, family, key=len)
    at = dice.randrange(1, len(word) - 1)
    wrong = dice.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )
    return f"{given} {family}".replace(word, wrong)


def _amount_and_day(owner: psycopg.Connection, company: Company, dice: random.Random) -> str:
    payment = company.payment(dice)
    return f"{company.amount_minor(payment) / 100:.2f} on {company.value_on(payment):%d %B %Y}"


KINDS: tuple[tuple[str, Ask, int | None], ...] = (
    ("exact: code of a payment", _code, EXACT_MS),
    ("exact: account number", _account, EXACT_MS),
    ("exact: provider reference", _reference, EXACT_MS),
    ("exact: phone", _phone, EXACT_MS),
    ("prefix: provider reference", _reference_begins, EXACT_MS),
    ("prefix: account number", _account_begins, EXACT_MS),
    ("prefix: phone", _phone_begins, EXACT_MS),
    ("phone tail: last 4 digits", _phone_ends(4), EXACT_MS),
    ("phone tail: last 6 digits", _phone_ends(6), EXACT_MS),
    ("name: as it begins", _name, EXACT_MS),
    ("name: turned round", _name_turned, TYPO_MS),
    ("name: family name alone", _family_name, TYPO_MS),
    ("typo: one letter wrong", _misspelt, TYPO_MS),
    ("amount and day", _amount_and_day, None),
)
