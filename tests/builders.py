"""Builders set only what the test is about; everything else is sound and dull."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from paydesk.domain.contracts.actions import Terms, load_contracts
from paydesk.domain.contracts.models import Contract
from paydesk.domain.payments.actions import receive_lines
from paydesk.domain.payments.models import Payment
from paydesk.domain.providers.models import Provider, SourceAccount
from paydesk.domain.statements import steps as statements
from paydesk.domain.statements.models import SourceFile, StatementLine
from paydesk.foundation.people.authority import rights_of
from paydesk.importers import records
from paydesk.kernel.actor import Actor, system
from paydesk.kernel.money import Money

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
WORKER = system("tests")
ANALYST = Actor("person", 900001, "Analyst", rights_of(["AN"]), frozenset({"GH"}))
_number = itertools.count(1)


def make_source_account(**fields: Any) -> SourceAccount:
    provider, _ = Provider.objects.get_or_create(
        code=fields.pop("provider", "momo"), defaults={"name": "Momo", "kind": "mobile_money"}
    )
    values = {
        "market": "GH",
        "name": "Momo collections",
        "identifier": f"till-{next(_number)}",
        "currency": "GHS",
        "role": "originates",
        "time_zone": "Africa/Accra",
    }
    return SourceAccount.objects.create(provider=provider, **{**values, **fields})


def make_contract(**fields: Any) -> Contract:
    """An active contract: 100.00 deposit and four weekly instalments of 50.00 GHS, unless told otherwise."""
    number = next(_number)
    terms: dict[str, Any] = {
        "market": "GH",
        "customer_ref": f"C{number}",
        "customer_name": f"Customer {number}",
        "phones": (),
        "account_number": f"7{number:07d}",
        "product": "Phone",
        "currency": "GHS",
        "price_minor": 300_00,
        "deposit_minor": 100_00,
        "opened_on": date(2026, 2, 1),
        "first_due_on": date(2026, 2, 8),
        "instalments": 4,
        "frequency": "weekly",
        "activated_on": date(2026, 2, 1),
        **fields,
    }
    loaded = load_contracts([Terms(**terms)], other_names=True, by=WORKER, now=NOON)
    assert not loaded.refused, loaded.refused
    return Contract.objects.select_related("customer").get(pk=loaded.contract_ids[0])


def make_file(account: SourceAccount, **fields: Any) -> SourceFile:
    values = {
        "document_id": 1,
        "filename": "portal.csv",
        "sha256": f"{next(_number):064d}",
        "size_bytes": 1,
        "source_account": account,
        "state": "posting",
        "uploaded_by": "system:tests",
        "uploaded_at": NOON,
    }
    return SourceFile.objects.create(**{**values, **fields})


def row(line: int, amount: str, **fields: Any) -> records.StatementLine:
    """A successful payment row of a portal file."""
    values: dict[str, Any] = {
        "kind": "payment",
        "status": "success",
        "currency": "GHS",
        "provider_ref": f"TX{next(_number)}",
        "occurred_at": NOON,
        **fields,
    }
    return records.StatementLine(line=line, amount=Decimal(amount), **values)


def store_lines(account: SourceAccount, *rows: records.StatementLine) -> list[StatementLine]:
    """Store rows as statement lines of a new file, as posting a file does."""
    file = make_file(account)
    statements.copy_staged(file.pk, account, rows, TODAY)
    stored = statements.store_chunk(file, size=100_000)
    assert stored is not None
    return list(StatementLine.objects.filter(pk__in=stored[0]).order_by("line_no"))


def receive(account: SourceAccount, *rows: records.StatementLine, now: datetime = NOON) -> list[Payment]:
    """Rows all the way: stored, received, identified, posted and allocated. In the order of the rows."""
    lines = store_lines(account, *rows)
    receive_lines([line.pk for line in lines], by=WORKER, now=now)
    found = {
        payment.statement_line_id: payment for payment in Payment.objects.filter(statement_line__in=lines)
    }
    return [found[line.pk] for line in lines if line.pk in found]


def receive_today(account: SourceAccount, *rows: records.StatementLine) -> list[Payment]:
    """As `receive`, but a moment ago: money that waits long in suspense asks for a second person."""
    return receive(account, *rows, now=timezone.now())


def ghs(amount: str) -> Money:
    return Money.of(f"{amount} GHS")
