"""Payments of the invented company: an account of a provider, a file of it, its rows imported and posted."""

from __future__ import annotations

import time
from itertools import count

from django.db import transaction

from paydesk.bench import company
from paydesk.domain.payments import actions
from paydesk.domain.providers.models import Provider, SourceAccount
from paydesk.domain.statements import steps as statements
from paydesk.domain.statements.models import SourceFile
from paydesk.kernel.actor import system

BY = system("bench")
batch_names = (f"B{n:04d}-" for n in count())


def source_account() -> SourceAccount:
    provider = Provider.objects.create(code="bench", name="Bench", kind="mobile_money")
    return SourceAccount.objects.create(
        provider=provider,
        market="GH",
        name="Bench collections",
        identifier="till-bench",
        currency="GHS",
        role="originates",
        time_zone="Africa/Accra",
    )


def a_file(account: SourceAccount, name: str) -> SourceFile:
    return SourceFile.objects.create(
        document_id=1,
        filename=name,
        sha256=f"{name:>64}",
        size_bytes=1,
        source_account=account,
        state="posting",
        uploaded_by=BY.label,
        uploaded_at=company.NOW,
    )


def import_payments(account: SourceAccount, contracts: int, rows: int) -> tuple[float, float]:
    """Import `rows` payments as the worker does a file, but for reading it; seconds of both."""
    name = next(batch_names)
    lines = list(company.payment_rows(rows, contracts=contracts, batch=name))
    file = a_file(account, name)
    started = time.perf_counter()
    with transaction.atomic():
        statements.copy_staged(file.pk, account, lines, company.TODAY)
        statements.number_equal_rows(file.pk)
        SourceFile.objects.filter(pk=file.pk).update(line_count=rows)
    staged = time.perf_counter()
    done = actions.post_file(file.pk, by=BY, now=company.NOW)
    posted = time.perf_counter()
    assert (done.state, done.payment_count) == ("posted", rows), (done.state, done.payment_count)
    return staged - started, posted - staged
