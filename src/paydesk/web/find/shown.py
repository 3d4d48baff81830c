"""What was found, as rows of one shape: the panel under the box and the page show the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from paydesk.domain.contracts.states import CONTRACT
from paydesk.domain.parties.rules import PARTY_KINDS
from paydesk.domain.statements.rules import why_no_payment
from paydesk.domain.statements.states import FILE
from paydesk.kernel.lifecycle import words
from paydesk.kernel.money import Money, exact_minor
from paydesk.reporting.search.queries import Found, Hit
from paydesk.web.addresses import code_in, page_of
from paydesk.web.marketplace.shown import SHOWN, THING_WORDS
from paydesk.web.payments.shown import Badge, shown
from paydesk.web.templatetags.intake import STATE_WORDS

if TYPE_CHECKING:
    from paydesk.domain.contracts.queries import ContractStanding
    from paydesk.domain.marketplace.queries import SellerThing
    from paydesk.domain.parties.models import Customer
    from paydesk.domain.payments.models import Payment
    from paydesk.domain.statements.models import RejectedLine, SourceFile, StatementLine

TITLES = {
    "payments": "Payments",
    "customers": "Customers",
    "contracts": "Contracts",
    "sellers": "Sellers, their orders and withdrawals",
    "files": "Files",
    "lines": "Rows that are no payment",
    "rejected": "Rejected rows",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing found: where it is, whose or what, and why it is shown. `person` may be masked."""

    url: str
    why: str
    person: str = ""
    title: str = ""
    code: str = ""
    amount: Money | None = None
    facts: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    on: Any = None
    badge: Badge | None = None
    note: str = ""
    late: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one kind; `more` where there are others."""

    kind: str
    title: str
    rows: list[Row]
    more: bool


def shown_groups(found: Found) -> list[Group]:
    """The kinds that have something, the strongest first."""
    return [
        Group(kind, TITLES[kind], [_ROWS[kind](hit) for hit in getattr(found, kind)], kind in found.more)
        for kind in found.kinds()
    ]


def _payment(hit: Hit[Payment]) -> Row:
    each = shown(hit.thing)
    line = each.payment.statement_line
    return Row(
        each.url,
        hit.why,
        person=each.payer,
        title="" if each.payer else "no name sent",
        code=each.code,
        amount=each.amount,
        facts=tuple(filter(None, (line.provider_ref, line.reference, each.payment.source_account.name))),
        on=each.payment.value_on,
        badge=each.where,
    )


def _customer(hit: Hit[Customer]) -> Row:
    customer = hit.thing
    return Row(
        page_of("customer", customer.pk),
        hit.why,
        person=customer.name,
        code=customer.external_ref,
        facts=(customer.market,),
        phones=tuple(phone.msisdn for phone in customer.phones.all()),
    )


def _contract(hit: Hit[ContractStanding]) -> Row:
    standing, contract = hit.thing, hit.thing.contract
    late = standing.days_past_due
    return Row(
        page_of("contract", contract.pk),
        hit.why,
        person=contract.customer.name,
        code=contract.account_number,
        amount=Money(standing.open_minor, contract.currency),
        facts=(contract.product,),
        badge=Badge(CONTRACT.family(contract.state), contract.state),
        late=f"{late} day{'' if late == 1 else 's'} past due" if late else "",
    )


def _seller(hit: Hit[SellerThing]) -> Row:
    found = hit.thing
    if found.kind == "seller":
        return Row(
            page_of("seller", found.pk), hit.why, person=found.party.name, code=found.party.external_ref,
            facts=(PARTY_KINDS[found.party.kind], found.party.market),
        )  # fmt: skip
    each = SHOWN[found.kind](found.thing)
    return Row(
        each.url,
        hit.why,
        person=found.party.name,
        code=found.thing.external_ref,
        amount=each.amount,
        facts=tuple(filter(None, (THING_WORDS[found.kind], each.method, each.why))),
        on=each.at,
        badge=Badge(each.family, each.word),
    )


def _file(hit: Hit[SourceFile]) -> Row:
    file = hit.thing
    account = file.source_account
    return Row(
        page_of("file", file.pk),
        hit.why,
        title=file.filename,
        code=code_in("file", file.pk),
        facts=(account.name if account else "no account yet",),
        on=file.uploaded_at,
        badge=Badge(FILE.family(file.state), STATE_WORDS.get(file.state, file.state)),
    )


def _line(hit: Hit[StatementLine]) -> Row:
    line, account = hit.thing, hit.thing.source_account
    minor = exact_minor(line.amount, line.currency)
    why_none = why_no_payment(
        line.kind, line.status, line.currency, line.amount_minor, role=account.role,
        account_currency=account.currency,
    )  # fmt: skip
    return Row(
        reverse("intake:lines", args=[code_in("file", line.file_id)]),
        hit.why,
        title=f"{words(line.kind)}, {words(line.status)}".capitalize(),
        code=line.provider_ref or line.reference,
        amount=Money(minor, line.currency) if minor is not None else None,
        facts=(f"row {line.line_no} of {code_in('file', line.file_id)}", account.name),
        on=line.value_on,
        note=why_none,
    )


def _rejected(hit: Hit[RejectedLine]) -> Row:
    line = hit.thing
    return Row(
        reverse("intake:rejected", args=[code_in("file", line.file_id)]),
        hit.why,
        title=f"Row {line.line_no} of {line.file.filename}",
        code=code_in("file", line.file_id),
        note=line.reason,
        badge=Badge("failed", "rejected"),
    )


_ROWS: dict[str, Callable[[Any], Row]] = {
    "payments": _payment,
    "customers": _customer,
    "contracts": _contract,
    "sellers": _seller,
    "files": _file,
    "lines": _line,
    "rejected": _rejected,
}
