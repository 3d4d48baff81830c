"""Posting payments: one by one, in batches, in files of up to a million rows, and the ledger alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count, islice

import psycopg
from django.db import connection, connections, transaction

from paydesk.bench import company, peers
from paydesk.bench.callbacks import inbox_to_posted
from paydesk.bench.company_payments import BY, a_file, batch_names, import_payments, source_account
from paydesk.bench.import_floor import TableFloor, copy_again, marks
from paydesk.bench.pgbench import Pgbench
from paydesk.bench.results import ROUNDS, Bench, Goal, Result, in_turn, median
from paydesk.bench.scratch import quiet_start
from paydesk.domain.ledger.steps import Entry, Leg, post_entries
from paydesk.domain.payments import actions
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.statements import steps as statements
from paydesk.domain.statements.models import SourceFile
from paydesk.foundation.audit import steps as audit
from paydesk.importers.records import StatementLine

SINGLE, BATCHES, BULK, LEDGER = "single payment", "callbacks", "import", "ledger"


def measure(bench: Bench, url: str) -> Iterator[Result]:
    """All measurements of posting, on the scratch database of `url`."""
    contracts = 300 if bench.quick else 50_000
    seconds = 0.2 if bench.quick else 5.0
    bench.say(f"Filling tables by SQL: {contracts:,} contracts with 12 instalments each ...")
    company.fill(url, first=1, last=contracts)
    account = source_account()
    if bench.wants(SINGLE) or bench.wants(BATCHES):
        floor = Pgbench(url, scale=1 if bench.quick else 10)
        bench.say(f"Floor of small transactions: {floor.name}.")
        bench.say("Every customer pays once, as the first payment alone opens an account ...")
        import_payments(account, contracts, contracts)
        if bench.wants(SINGLE):
            bench.say("Single payments ...")
            yield _small(bench, url, floor, account, contracts, seconds, size=1, clients=1, floor_clients=1)
        if bench.wants(BATCHES):
            bench.say("Batches of 100 callbacks on 2 connections ...")
            yield _small(bench, url, floor, account, contracts, seconds, size=100, clients=2, floor_clients=8)
            yield inbox_to_posted(bench, url, floor, contracts, seconds)
    if bench.wants(LEDGER):
        yield from _two_legs(bench, url, seconds)
    sizes = (600,) if bench.quick else (100_000, 1_000_000)
    for rows in sizes:
        if bench.wants(f"{BULK} of {rows:,} rows"):
            if rows // 2 > contracts:
                bench.say(f"Filling tables by SQL: {rows // 2:,} contracts ...")
                company.fill(url, first=contracts + 1, last=rows // 2)
                contracts = rows // 2
            yield from _bulk(bench, url, account, contracts, rows)


# --- one payment, and batches of callbacks


def _small(
    bench: Bench,
    url: str,
    floor: Pgbench,
    account: SourceAccount,
    contracts: int,
    seconds: float,
    *,
    size: int,
    clients: int,
    floor_clients: int,
) -> Result:
    """Payments per second in transactions of `size`, against the transactions per second of pgbench -N."""

    def pgbench() -> float:
        quiet_start(bench, url)
        return floor.tps(clients=floor_clients, seconds=seconds)

    def payments() -> float:
        quiet_start(bench, url)
        return _payments_per_second(account, contracts, seconds, size=size, clients=clients)

    tps, rates = in_turn(pgbench, payments)
    single = size == 1
    return Result.against(
        "single payment, 1 client" if single else f"callbacks in batches of {size}, {clients} connections",
        median(rates),
        "payments/s",
        median(tps),
        Goal(">=", 0.25 if single else 1.0),
    )


def _payments_per_second(
    account: SourceAccount, contracts: int, seconds: float, *, size: int, clients: int
) -> float:
    received = [0] * clients
    problems: list[BaseException] = []
    files = [a_file(account, f"callbacks {next(batch_names)}") for _ in range(clients)]
    prepared = [_batches(contracts, size, seconds) for _ in range(clients)]
    barrier = threading.Barrier(clients + 1)

    def client(number: int) -> None:
        try:
            connection.ensure_connection()
            batches = iter(prepared[number])
            _receive(files[number], account, next(batches))  # plans are made once per connection
            barrier.wait()
            until = time.perf_counter() + seconds
            for rows in batches:
                received[number] += _receive(files[number], account, rows)
                if time.perf_counter() > until:
                    return
        except BaseException as problem:
            problems.append(problem)
            barrier.abort()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    barrier.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return sum(received) / (time.perf_counter() - started)


def _batches(contracts: int, size: int, seconds: float) -> list[list[StatementLine]]:
    """More callbacks than one connection can take in the time, made before the clock runs."""
    rows = company.payment_rows(
        int(seconds * (1_500 if size == 1 else 8_000)), contracts=contracts, batch=next(batch_names)
    )
    return list(iter(lambda: list(islice(rows, size)), []))


def _receive(file: SourceFile, account: SourceAccount, rows: Sequence[StatementLine]) -> int:
    """Callbacks: lines stored, payments received, identified, posted, allocated and recorded."""
    with transaction.atomic(durable=True):
        line_ids = statements.store_lines(file.pk, account, rows, company.TODAY)
        received = actions.receive_lines(line_ids, by=BY, now=company.NOW)
        audit.record(
            "payments.received",
            subject=("file", file.pk),
            by=BY,
            at=company.NOW,
            changes={"lines": len(line_ids), "payments": received},
            market=account.market,
        )
    return received


# --- files


def _bulk(bench: Bench, url: str, account: SourceAccount, contracts: int, rows: int) -> Iterator[Result]:
    what = f"{BULK} of {rows:,} rows"
    made: list[tuple[dict[str, int], dict[str, int]]] = []

    def work() -> tuple[float, float]:
        bench.say(f"{what} ...")
        quiet_start(bench, url)
        with psycopg.connect(url, autocommit=True) as owner:
            before = marks(owner)
            staging, posting = import_payments(account, contracts, rows)
            made.append((before, marks(owner)))
        bench.say(f"  staging {staging:.2f} s, posting {posting:.2f} s")
        return staging, posting

    def floor() -> list[TableFloor]:
        quiet_start(bench, url)
        with psycopg.connect(url, autocommit=True) as owner:
            tables = copy_again(owner, *made[-1])
        bench.say(
            f"  floor {sum(t.seconds for t in tables):.2f} s: "
            + ", ".join(f"{t.table} {t.rows:,} {t.seconds:.2f}" for t in tables if t.rows)
        )
        return tables

    stages, tables = in_turn(work, floor)
    floors = [sum(table.seconds for table in found) for found in tables]
    staging, posting = (median([stage[n] for stage in stages]) for n in (0, 1))
    yield Result.against(
        f"{what}, staging and posting",
        median([sum(stage) for stage in stages]),
        "s",
        median(floors),
        Goal("<=", 4.0),
    )
    yield Result.against(f"{what}, staging alone", staging, "s", median(floors))
    yield Result.against(f"{what}, posting alone", posting, "s", median(floors))


# --- the ledger alone, beside the ledgers of others where they are installed


def _two_legs(bench: Bench, url: str, seconds: float) -> Iterator[Result]:
    """Entries of two legs a second, from one client."""
    what = f"{LEDGER}: entry of 2 legs, 1 client"
    starts = (n * 10_000_000 for n in count(1))

    def ours() -> float:
        return _figures_per_second(partial(_post_one, next(starts)), seconds)

    bench.say("Two legs through the ledger ...")
    yield Result(what, round(median([ours() for _ in range(ROUNDS)]), 1), "entries/s")
    names = peers.installed()
    if not names:
        bench.say("django-hordak and django-ledger are not installed (the extra `peers`): nothing beside it.")
    for name in names:
        bench.say(f"Beside {name} ...")
        rates, theirs = in_turn(ours, partial(peers.entries_per_second, name, url, seconds))
        yield Result.against(f"{what}, beside {name}", median(rates), "entries/s", median(theirs))


def _figures_per_second(post: Callable[[int], None], seconds: float) -> float:
    started = time.perf_counter()
    done = 0
    while time.perf_counter() - started < seconds:
        post(done)
        done += 1
    return done / (time.perf_counter() - started)


def _post_one(first: int, number: int) -> None:
    day, key = company.TODAY, first + number
    legs = [Leg("2010", number % 500 + 1, 100, "GHS"), Leg("2040", number % 500 + 1, -100, "GHS")]
    with transaction.atomic():
        post_entries(
            [Entry("bench", "GH", day, day, "bench", key, f"bench:{key}", legs)], by=BY, at=company.NOW
        )
