"""A worker killed at any moment: nothing is lost, nothing is doubled, the next one goes on."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import time

import pytest

from paydesk.domain.contracts.models import DueItem
from paydesk.domain.payments.actions import confirm_file
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.tasks import take_up_files
from paydesk.domain.statements import steps as statements
from paydesk.domain.statements.actions import map_file, upload_file
from paydesk.domain.statements.models import SourceFile, StatementLine
from paydesk.domain.statements.tests.test_intake import HEADER, MAPPING
from paydesk.foundation.audit.models import AuditRecord
from paydesk.reporting.invariants import check_all
from tests.builders import ANALYST, NOON, make_contract, make_file, make_source_account
from tests.workers_to_kill import child_environment, workers

# A long run: PAYDESK_KILLS=100 kills the worker at a hundred moments.
KILLS = int(os.environ.get("PAYDESK_KILLS", "5"))
ROWS = max(1_500, KILLS * 300)
SMALL_STEPS = """
from paydesk.domain.payments.actions import files
files.CHUNK_ROWS = files.FIRST_CHUNK_ROWS = 100
"""
HOLDING = """
import django; django.setup()
from django.db import connection
from paydesk.domain.statements.steps import working_on
with working_on({file}), connection.cursor() as cursor:
    cursor.execute("SELECT pg_sleep(60)")
"""


@pytest.mark.server
def test_an_import_killed_again_and_again_ends_as_if_nothing_had_happened(committed_db, tmp_path):
    account = make_source_account()
    contracts = [make_contract(account_number=f"1048{n:04d}", price_minor=5_000_00) for n in range(20)]
    rows = [
        f"02-03-2026 {n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d};R{n};"
        f"{contracts[n % 20].account_number if n % 7 else 'loan'};;1.00;paid"
        for n in range(ROWS)
    ]
    content = io.BytesIO("\n".join([HEADER, *rows, ""]).encode())
    file = upload_file(content, filename="momo.csv", by=ANALYST, now=NOON, source_account_id=account.pk).file
    steps, kills = random.Random(7), 0
    with workers(committed_db, str(tmp_path), prepared=SMALL_STEPS) as some:
        for _ in range(34 + KILLS):
            file.refresh_from_db()
            if file.state == "mapping_needed":
                map_file(file.pk, source_account_id=account.pk, mapping=MAPPING, by=ANALYST, now=NOON)
            if file.state == "previewed":
                confirm_file(file.pk, by=ANALYST, now=NOON)
            if file.state == "posted":
                break
            kills += some.run(file, kill_after_steps=steps.randint(1, 6) if kills < KILLS else 10_000)
    assert (file.state, file.rows_done) == ("posted", ROWS)
    assert kills > KILLS // 2  # all, unless the machine let a worker run on while we were not looking
    assert (file.line_count, file.new_count, file.known_count, file.rejected_count) == (ROWS, ROWS, 0, 0)
    assert StatementLine.objects.count() == Payment.objects.count() == ROWS
    paid = sum(DueItem.objects.values_list("allocated_minor", flat=True))
    assert paid == sum(1_00 for n in range(ROWS) if n % 7)
    assert Payment.objects.filter(customer__isnull=True).count() == sum(1 for n in range(ROWS) if n % 7 == 0)
    received = AuditRecord.objects.filter(verb="payments.received").values_list("changes", flat=True)
    assert sum(record["payments"] for record in received) == ROWS
    assert [finding.sentence for finding in check_all(most_rows=3) if finding.rows] == []


def test_a_file_whose_staged_rows_were_lost_in_a_crash_of_the_server_is_read_again(committed_db):
    from conftest import owner_connection

    account = make_source_account()
    rows = [f"02-03-2026 09:00:{n:02d};R{n};x;;1.00;paid" for n in range(30)]
    content = io.BytesIO("\n".join([HEADER, *rows, ""]).encode())
    file = upload_file(content, filename="momo.csv", by=ANALYST, now=NOON, source_account_id=account.pk).file
    take_up_files(NOON)
    map_file(file.pk, source_account_id=account.pk, mapping=MAPPING, by=ANALYST, now=NOON)
    take_up_files(NOON)
    confirm_file(file.pk, by=ANALYST, now=NOON)
    with owner_connection(autocommit=True) as owner:
        owner.execute(
            "TRUNCATE statements_stagedline"
        )  # what PostgreSQL does to unlogged tables after a crash
    take_up_files(NOON)
    assert SourceFile.objects.get(pk=file.pk).state == "posted"
    assert Payment.objects.count() == 30


def test_files_behind_one_that_cannot_be_read_do_not_wait_for_it(committed_db):
    from paydesk.foundation.documents.blobs import path_of
    from paydesk.foundation.documents.models import Document

    account = make_source_account()
    files = []
    for name in ("lost", "whole"):
        content = io.BytesIO(f"{HEADER}\n02-03-2026 09:00:00;{name};x;;1.00;paid\n".encode())
        files.append(
            upload_file(
                content, filename=f"{name}.csv", by=ANALYST, now=NOON, source_account_id=account.pk
            ).file
        )
    stored = path_of(Document.objects.get(pk=files[0].document_id).sha256)
    stored.unlink()
    stored.mkdir()  # an error nobody foresaw
    with pytest.raises(IsADirectoryError):
        take_up_files(NOON)
    assert [SourceFile.objects.get(pk=file.pk).state for file in files] == ["uploaded", "mapping_needed"]


@pytest.mark.server
def test_a_file_is_free_again_soon_after_its_worker_was_killed_in_the_middle_of_a_long_statement(
    committed_db,
):
    account = make_source_account()
    file = make_file(account)
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDING.format(file=file.pk)], env=child_environment(committed_db)
    )
    until = time.monotonic() + 30
    while not _is_held(file.pk):
        assert child.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    child.kill()
    child.wait(timeout=10)
    killed_at = time.monotonic()
    while _is_held(file.pk):
        assert time.monotonic() - killed_at < 10, "the lock stays until the statement is through"
        time.sleep(0.1)


def _is_held(file_id: int) -> bool:
    with statements.working_on(file_id) as got:
        return not got
