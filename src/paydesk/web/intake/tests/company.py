"""What the tests of intake and home start from: people of two markets, accounts, files in every state."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from paydesk.domain.payments.actions import confirm_file, post_file
from paydesk.domain.statements.actions import map_file, read_file, upload_file
from paydesk.domain.statements.models import SourceFile
from paydesk.importers import delimited
from paydesk.kernel.actor import system
from paydesk.kernel.public_codes import code_of
from tests.browser.people import make_market, make_person
from tests.builders import NOON, WORKER

__all__ = ["HEADER", "MAPPING", "code", "make_market", "make_person", "mapped", "posted", "table", "uploaded"]
DESK = system("tests")
HEADER = "Date;Receipt;Reference;Phone;Payer;Amount;Type;Status"
MAPPING = delimited.Mapping(
    columns={
        "occurred": ("Date",),
        "provider_ref": ("Receipt",),
        "reference": ("Reference",),
        "msisdn": ("Phone",),
        "payer_name": ("Payer",),
        "amount": ("Amount",),
        "kind": ("Type",),
        "status": ("Status",),
    },
    currency="GHS",
    time_zone="Africa/Accra",
    market="GH",
    statuses={"paid": "success", "failed": "failed"},
    kinds=(delimited.KindRule("c2b", "payment"), delimited.KindRule("fee", "fee")),
).to_json()


def table(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows, ""]).encode()


def paid(number: int, amount: str = "10.00", reference: str = "10482937") -> str:
    return f"01-03-2026 09:{number % 60:02d}:00;R{number};{reference};0244000001;Ama;{amount};C2B;paid"


def uploaded(content: bytes, name: str = "momo.csv", **fields: Any) -> SourceFile:
    """A file as the worker leaves it after its first look."""
    file = upload_file(io.BytesIO(content), filename=name, by=DESK, now=NOON, **fields).file
    return read_file(file.pk, by=WORKER, now=NOON)


def mapped(account: Any, content: bytes, name: str = "momo.csv") -> SourceFile:
    """A file that waits with its preview; its mapping is not saved."""
    file = uploaded(content, name, source_account_id=account.pk)
    if file.state == "mapping_needed":
        map_file(file.pk, source_account_id=account.pk, mapping=MAPPING, by=DESK, now=NOON)
        file = read_file(file.pk, by=WORKER, now=NOON)
    assert file.state == "previewed", file.problem
    return file


def posted(account: Any, content: bytes, name: str = "momo.csv", at: datetime = NOON) -> SourceFile:
    file = mapped(account, content, name)
    confirm_file(file.pk, by=DESK, now=at)
    return post_file(file.pk, by=WORKER, now=at.astimezone(UTC))


def code(file: SourceFile) -> str:
    return code_of("FIL", file.pk)
