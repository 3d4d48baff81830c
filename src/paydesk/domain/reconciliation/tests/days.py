"""Days of an account made through the real intake: a portal file, callbacks, what differs between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

from paydesk.domain.payments.actions import confirm_file, post_file, receive_lines
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation.actions import ask_run, perform_run
from paydesk.domain.reconciliation.models import Run
from paydesk.domain.statements import steps as statements
from paydesk.domain.statements.actions import map_file, read_file, upload_file
from paydesk.domain.statements.models import SourceFile
from paydesk.importers import records
from paydesk.kernel.actor import system
from tests.builders import ANALYST, make_source_account, row

DAY = date(2026, 3, 2)
MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
NEXT_DAY = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
WORKER = system("worker")
OF_ALL: Mapping[str, str] = {}
HEADER = "Transaction Id,Date,Reference,Phone,Name,Amount,Currency,Fee,Status\n"


def portal_rows(*rows: tuple[str, int, str, str], phones: Mapping[str, str] = OF_ALL) -> bytes:
    """A portal file of (id, minute of the morning, amount, status) rows; `phones` by id, no balances."""
    lines = [
        f"{number},{MORNING + timedelta(minutes=minute):%Y-%m-%d %H:%M:%S},,"
        f"{phones.get(number, '0244123456')},A MENSAH,{amount},GHS,0.00,{status}\n"
        for number, minute, amount, status in rows
    ]
    return (HEADER + "".join(lines)).encode()


def hand_over(
    account: SourceAccount, content: bytes, name: str = "portal.csv", now: datetime = NEXT_DAY
) -> SourceFile:
    """A file all the way: uploaded, mapped by what was guessed, confirmed, posted."""
    file = previewed(account, content, name, now)
    confirm_file(file.pk, by=ANALYST, now=now)
    return post_file(file.pk, by=WORKER, now=now)


def previewed(account: SourceAccount, content: bytes, name: str, now: datetime) -> SourceFile:
    """A file that was read and not confirmed."""
    file = upload_file(
        BytesIO(content), filename=name, source_account_id=account.pk, by=ANALYST, now=now
    ).file
    file = read_file(file.pk, by=WORKER, now=now)
    if file.state == "mapping_needed":
        map_file(file.pk, source_account_id=account.pk, mapping=file.mapping, by=ANALYST, now=now)
        file = read_file(file.pk, by=WORKER, now=now)
    assert file.state == "previewed", (file.state, file.problem)
    return file


def lost_by_intake(account: SourceAccount, content: bytes) -> SourceFile:
    """A file that counts as posted although its rows never were: what a fault of ours would leave behind."""
    file = previewed(account, content, "lost.csv", NEXT_DAY)
    SourceFile.objects.filter(pk=file.pk).update(state="posted", posted_at=NEXT_DAY)
    return file


def call_back(
    account: SourceAccount, *rows: tuple[str, int, str], phones: Mapping[str, str] = OF_ALL
) -> None:
    """Payments by callback, before any file: (id, minute of the morning, amount). `phones` by id."""
    lines: Sequence[records.StatementLine] = [
        row(
            place,
            amount,
            provider_ref=number,
            occurred_at=MORNING + timedelta(minutes=minute),
            msisdn=f"233{phones.get(number, '0244123456')[1:]}",
        )
        for place, (number, minute, amount) in enumerate(rows, start=1)
    ]
    file_id = statements.callbacks_file(account, DAY, by="system:worker", at=MORNING)
    stored = statements.store_lines(file_id, account, lines, DAY)
    made = receive_lines(stored, by=WORKER, now=MORNING)
    statements.count_callbacks(file_id, new=len(stored), known=0, payments=made, at=MORNING)


def run_day(account: SourceAccount, day: date = DAY, now: datetime = NEXT_DAY, **fields: bool) -> Run:
    """The day reconciled to its end."""
    run = ask_run(account.pk, day, by=ANALYST, now=now, **fields)
    return perform_run(run.pk, by=WORKER, now=now)


def momo() -> SourceAccount:
    return make_source_account(name="MoMo collections", time_zone="Africa/Accra")
