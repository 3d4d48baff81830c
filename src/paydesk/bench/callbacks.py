"""Callbacks end to end: kept in the inbox, read, posted in batches by two workers, settled."""

from __future__ import annotations

import threading
import time
from itertools import count

from django.db import connections, transaction

from paydesk.bench import company
from paydesk.bench.pgbench import Pgbench
from paydesk.bench.results import Bench, Result, in_turn, median
from paydesk.bench.scratch import quiet_start
from paydesk.domain.callbacks.actions import BATCH, post_callbacks
from paydesk.domain.callbacks.posting import KIND
from paydesk.domain.providers.actions import add_source_account, open_callbacks
from paydesk.domain.providers.models import SourceAccount
from paydesk.foundation.inbox import steps as inbox
from paydesk.foundation.inbox.models import Message
from paydesk.kernel.actor import system

BY = system("bench")
WORKERS = 2
_runs = count(1)


def inbox_to_posted(bench: Bench, url: str, floor: Pgbench, contracts: int, seconds: float) -> Result:
    """Callbacks per second from the waiting inbox to posted payments, against pgbench -N on 8 connections."""
    bench.say(f"Callbacks from the inbox to posted, {WORKERS} workers ...")
    account = _account()

    def pgbench() -> float:
        quiet_start(bench, url)
        return floor.tps(clients=8, seconds=seconds)

    def posted() -> float:
        _fill(account, contracts, messages=int(seconds * 1_500))
        quiet_start(bench, url)
        return _posted_per_second()

    tps, rates = in_turn(pgbench, posted)
    return Result.against(
        f"callbacks from the inbox to posted, batches of {BATCH}, {WORKERS} workers",
        median(rates),
        "payments/s",
        median(tps),
    )


def _account() -> SourceAccount:
    account = add_source_account(
        provider_code="hubtel", provider_name="Hubtel", provider_kind="psp", market="GH",
        name="Bench callbacks", identifier="bench-callbacks", currency="GHS", role="originates",
        time_zone="Africa/Accra", by=BY, now=company.NOW,
    )  # fmt: skip
    open_callbacks(account.pk, dialect="hubtel", by=BY, now=company.NOW)
    return account


def _fill(account: SourceAccount, contracts: int, *, messages: int) -> None:
    """Messages as the door keeps them, before the clock runs."""
    run = next(_runs)
    with transaction.atomic():
        for row in company.payment_rows(messages, contracts=contracts, batch=f"I{run:04d}-"):
            body = (
                f'{{"ResponseCode": "0000", "Message": "success", "Data": {{"Amount": {row.amount:f}, '
                f'"AmountAfterCharges": {row.amount:f}, "ClientReference": "{row.reference}", '
                f'"TransactionId": "{row.provider_ref}", "Description": "bench", '
                f'"PaymentDate": "2026-03-02T08:00:00Z"}}}}'
            )
            inbox.keep(
                KIND, source=("source_account", account.pk), channel="payment", market="GH",
                body=body.encode(), headers={}, at=company.NOW,
            )  # fmt: skip


def _posted_per_second() -> float:
    settled = [0] * WORKERS
    problems: list[BaseException] = []

    def work(number: int) -> None:
        try:
            while done := post_callbacks(by=BY, now=company.NOW):
                settled[number] += done
        except BaseException as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(WORKERS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    if problems:
        raise problems[0]
    assert not Message.objects.exclude(state="understood").exists(), "every callback of the run is understood"
    return sum(settled) / took
