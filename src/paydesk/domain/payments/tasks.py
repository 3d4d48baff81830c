"""What the worker does with files: read what was uploaded, post what was confirmed, take up what was left."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from paydesk.domain.payments.actions import post_file, replay_contract, unpost_file
from paydesk.domain.payments.clocks import catch_up_identification_clocks
from paydesk.domain.payments.learning import learn_from_new_payments
from paydesk.domain.payments.suggesting import look_again
from paydesk.domain.statements.actions import read_file
from paydesk.domain.statements.models import SourceFile
from paydesk.domain.statements.states import WORKING
from paydesk.foundation.outbox import housekeeping
from paydesk.foundation.outbox.handlers import on
from paydesk.foundation.outbox.outage import is_outage
from paydesk.kernel.actor import system

WORKER = system("worker")


@on("file.to_read")
def read_uploaded_file(payload: dict[str, Any]) -> None:
    read_file(payload["file_id"], by=WORKER, now=timezone.now())


@on("file.confirmed")
def post_confirmed_file(payload: dict[str, Any]) -> None:
    post_file(payload["file_id"], by=WORKER, now=timezone.now())


@on("file.unpost_approved")
def unpost_approved_file(payload: dict[str, Any]) -> None:
    unpost_file(payload["file_id"], by=WORKER, now=timezone.now())


@on("contract.activated")
def replay_activated_contract(payload: dict[str, Any]) -> None:
    """What waited for the device to be handed over is applied now."""
    replay_contract(payload["contract_id"], by=WORKER, now=timezone.now())


@housekeeping.every(300, "catch up identification clocks")
def catch_up_clocks(now: datetime) -> int:
    """Give suspense that has no clock its own; end those of payments that left suspense some other way."""
    with transaction.atomic():
        return catch_up_identification_clocks(now)


@housekeeping.every(20, "learn who pays for whom")
def learn_payer_links(now: datetime) -> int:
    """Learn from payments that named their contract, a stretch at a time."""
    return learn_from_new_payments()


@housekeeping.every(30, "suggest whose suspense is")
def suggest_for_suspense(now: datetime) -> int:
    """Find the likeliest contract of money that came into suspense, or was looked at long ago."""
    return look_again(now=now)


@housekeeping.every(2, "take up files")
def take_up_files(now: datetime) -> int:
    """Go on with files whose worker was stopped; a file somebody works on is left alone. Returns how many."""
    unfinished = list(SourceFile.objects.filter(state__in=WORKING).order_by("id").values_list("pk", "state"))
    broke: list[Exception] = []
    for file_id, state in unfinished:
        try:
            if state == "posting":
                post_file(file_id, by=WORKER, now=now)
            elif state == "unposting":
                unpost_file(file_id, by=WORKER, now=now)
            else:
                read_file(file_id, by=WORKER, now=now)
        except Exception as problem:  # the files behind this one must not wait for it
            if is_outage(problem):
                raise
            broke.append(problem)
    if broke:
        raise broke[0]
    return len(unfinished)
