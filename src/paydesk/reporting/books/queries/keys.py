"""What the keys of sub-ledgers are called, and which page shows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from paydesk.domain.contracts.models import Contract
from paydesk.domain.parties.models import Customer
from paydesk.domain.payments.models import Payment
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.statements.models import StatementLine
from paydesk.kernel.public_codes import code_of

CODE_PREFIXES = {"customer": "CUS", "contract": "CON", "payment": "PAY"}


@dataclass(frozen=True, slots=True)
class KeyName:
    """A key as people know it: its code, a name (a customer's is personal), and the page of what it is."""

    code: str
    name: str = ""
    is_personal: bool = False
    page_kind: str = ""
    page_id: int = 0


def key_names(market: str, kind: str, ids: Iterable[int]) -> dict[int, KeyName]:
    """The names of the keys of one kind; a query or two, none for kinds without a table.

    A key of another market keeps its number and gets no name.
    """
    wanted = list(ids)
    if kind == "customer":
        names = dict(Customer.objects.filter(market=market, pk__in=wanted).values_list("pk", "name"))
        return {
            id_: KeyName(code_of("CUS", id_), names.get(id_, ""), True, "customer", id_) for id_ in wanted
        }
    if kind == "contract":
        numbers = dict(
            Contract.objects.filter(market=market, pk__in=wanted).values_list("pk", "account_number")
        )
        return {
            id_: KeyName(code_of("CON", id_), numbers.get(id_, ""), False, "contract", id_) for id_ in wanted
        }
    if kind == "payment":
        rows = Payment.objects.filter(market=market, pk__in=wanted).values_list(
            "pk", "customer__name", "statement_line__payer_name"
        )
        who = {id_: known or sent or "" for id_, known, sent in rows}
        return {id_: KeyName(code_of("PAY", id_), who.get(id_, ""), True, "payment", id_) for id_ in wanted}
    if kind == "source_account":
        accounts = SourceAccount.objects.select_related("provider").filter(market=market, pk__in=wanted)
        names = {account.pk: f"{account.name}, {account.provider.name}" for account in accounts}
        return {id_: KeyName(names.get(id_, f"account {id_}")) for id_ in wanted}
    if kind == "statement_line":
        payments = dict(
            Payment.objects.filter(market=market, statement_line__in=wanted).values_list(
                "statement_line_id", "pk"
            )
        )
        rows = rows_named([id_ for id_ in wanted if id_ not in payments], market)
        return {
            id_: KeyName(code_of("PAY", payments[id_]), "", False, "payment", payments[id_])
            if id_ in payments
            else rows.get(id_, KeyName(f"row {id_}"))
            for id_ in wanted
        }
    return {id_: KeyName("all of the market" if not id_ else f"{kind} {id_}") for id_ in wanted}


def rows_named(line_ids: Collection[int], market: str = "") -> dict[int, KeyName]:
    """Rows of files by where they stand, with their account, day and id there; one query, none for none."""
    if not line_ids:
        return {}
    found = StatementLine.objects.select_related("source_account").filter(pk__in=line_ids)
    if market:
        found = found.filter(source_account__market=market)
    return {
        row.pk: KeyName(
            f"{code_of('FIL', row.file_id)} row {row.line_no}",
            ", ".join(filter(None, (row.source_account.name, str(row.booked_on or ""), row.provider_ref))),
            page_kind="file",
            page_id=row.file_id,
        )
        for row in found.only("file_id", "line_no", "booked_on", "provider_ref", "source_account__name")
    }
