"""Rows in doubt as lists show them: the filters, what each did and why it stands open, what is exported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from paydesk.domain.payments.what_rows_are import bookings_waiting
from paydesk.domain.providers.queries import source_accounts
from paydesk.domain.refunds.queries import WHY_NOT
from paydesk.foundation.assignments.queries import assignments_of, of_whom
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.reporting.provider_cash import queries
from paydesk.web.access import actor_of
from paydesk.web.addresses import code_in, page_of
from paydesk.web.contracts.forms import ANY, AddressFilters
from paydesk.web.queues.subjects import CASH
from paydesk.web.queues.whose import WHOSE
from paydesk.web.queues.work import RowWork, row_work, rows_work
from paydesk.web.sight import Looking, looking
from paydesk.web.workbook import Cell

if TYPE_CHECKING:
    from paydesk.domain.payments.models import ReversalRow, TransitRow

KINDS = {
    "reversal_row": "taken or given, not explained (1310)",
    "transit_row": "in transit, other end not seen (1025)",
}
WHY = {
    "reversal_without_original": "it names no payment of ours",
    "several_originals": "it could be of several payments",
    "more_than_left": "it takes more than is left of the payment it names",
    "taken_apart": "a person took it off a payment",
    "by_hand": "a person matched it",
    "nobody_asked": "nobody here asked for it",
    **WHY_NOT,
    "": "",
}
# What the provider calls a row, where that says more than that it stands open.
SAID = {
    "reversal": "reversal", "chargeback": "chargeback", "refund": "refund", "payout": "payout",
    "payment": "payment", "adjustment": "correction",
}  # fmt: skip
WAYS = {"taken": "money left us", "given": "money came to us"}
HEAD = (
    "Code", "What", "Market", "Account", "Day", "Days old", "Amount", "Currency", "Why", "Owner", "Next step",
    "Next step on", "Id there", "Kind there", "Text",
)  # fmt: skip


def did_of(kind: str, thing: Any) -> str:
    """What the row did with the amount, in words."""
    if kind == "transit_row":
        return "left" if thing.amount_minor < 0 else "arrived"
    if thing.amount_minor < 0:
        return "given"
    return {"refund": "refunded", "payout": "paid out"}.get(
        thing.kind, "taken back" if thing.kind in ("reversal", "chargeback") else "taken"
    )


class CashFilters(AddressFilters):
    q = forms.CharField(
        required=False, max_length=100, label="Text or id there",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control text"}),
    )  # fmt: skip
    kind = forms.ChoiceField(required=False, label="What", choices=[ANY, *KINDS.items()])
    said = forms.ChoiceField(required=False, label="Its kind there", choices=[ANY, *SAID.items()])
    way = forms.ChoiceField(required=False, label="Way", choices=[ANY, *WAYS.items()])
    account = forms.ChoiceField(required=False)
    whose = forms.ChoiceField(required=False, choices=[("", "any"), *WHOSE.items()])

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.sees_texts = looking(request).sight.names
        field: Any = self.fields["account"]
        accounts = source_accounts(actor_of(request))
        field.choices = [ANY, *((str(each.pk), each.name) for each in accounts)]


@dataclass(frozen=True, slots=True)
class Row:
    """One row in doubt. `amount` is what is in doubt, below zero where it left us."""

    kind: str
    thing: ReversalRow | TransitRow
    did: str
    code: str
    url: str
    amount: Money
    age: int
    why: str
    work: RowWork
    says: str
    asked: str = ""  # the code of the approval that waits about it


def why_of(kind: str, thing: Any) -> str:
    """Why it is in doubt, in words."""
    if kind == "reversal_row":
        return WHY.get(thing.reason, thing.reason.replace("_", " "))
    if thing.found_by == "taken_apart":
        return "a person took it off its other end"
    return "it left and is not at the bank yet" if thing.amount_minor < 0 else "it arrived, from nobody known"


def found_by(actor: Actor, filters: CashFilters, most: int) -> list[tuple[str, Any]]:
    """The oldest `most` rows of both kinds by the filters, in one order; two queries."""
    wanted, today = filters.wanted, timezone.localdate()
    found: list[tuple[str, Any]] = []
    for kind, rows in (
        ("reversal_row", queries.lone_reversals(actor)),
        ("transit_row", queries.open_transit(actor)),
    ):
        if wanted.get("kind", kind) != kind:
            continue
        if (said := wanted.get("said")) is not None:
            rows = rows.filter(kind=said) if kind == "reversal_row" else rows.none()
        if way := wanted.get("way"):
            leaves = kind == "reversal_row"  # what was taken stands above zero there
            rows = rows.filter(**{f"amount_minor__{'gt' if leaves is (way == 'taken') else 'lt'}": 0})
        if text := wanted.get("q"):
            fits = Q(statement_line__provider_ref__iexact=text)
            if filters.sees_texts:  # who does not see what a row says does not find by it either
                fits |= Q(statement_line__text__icontains=text)
            rows = rows.filter(fits)
        if account := wanted.get("account"):
            rows = rows.filter(source_account_id=int(account))
        if whose := wanted.get("whose"):
            rows = of_whom(rows, kind, whose, actor, today, since="booked_on")
        found += [(kind, row) for row in rows[:most]]
    return sorted(found, key=lambda each: (each[1].booked_on, each[0], each[1].pk))[:most]


def said_in(thing: Any, eyes: Looking) -> str:
    """What a row says, for whoever sees such words; else, and where it says nothing, its id there."""
    line = thing.statement_line
    return line.text if line.text and eyes.free_text(line.text) == line.text else line.provider_ref


def rows_of(found: list[tuple[str, Any]], today: date, eyes: Looking) -> list[Row]:
    """Rows with whose they are and what waits for a second person; four queries."""
    work = {
        kind: rows_work(kind, [(t.pk, t.booked_on) for k, t in found if k == kind], today) for kind in CASH
    }
    asked = bookings_waiting(thing.pk for kind, thing in found if kind == "reversal_row")
    return [
        Row(
            kind, thing, did_of(kind, thing), code_in(kind, thing.pk), page_of(kind, thing.pk),
            Money(thing.amount_minor if kind == "transit_row" else abs(thing.amount_minor), thing.currency),
            (today - thing.booked_on).days, why_of(kind, thing), work[kind][thing.pk],
            said_in(thing, eyes),
            code_in("approval", asked[thing.pk].pk)
            if kind == "reversal_row" and thing.pk in asked
            else "",
        )
        for kind, thing in found
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowSaid:
    """One row nobody asked for, as a dialog or an approval lists it."""

    code: str
    url: str
    row: ReversalRow
    did: str
    amount: Money
    says: str


def said_by_rows(rows: Sequence[ReversalRow], eyes: Looking) -> list[RowSaid]:
    return [
        RowSaid(
            code_in("reversal_row", row.pk), page_of("reversal_row", row.pk), row,
            did_of("reversal_row", row), Money(abs(row.amount_minor), row.currency), said_in(row, eyes),
        )
        for row in rows
    ]  # fmt: skip


def cells(found: list[tuple[str, Any]], today: date, eyes: Looking) -> Iterator[list[Cell]]:
    rows = iter(found)
    while batch := list(islice(rows, 1000)):
        known = {k: assignments_of(k, [t.pk for kind, t in batch if kind == k]) for k in CASH}
        for kind, thing in batch:
            work = row_work(known[kind].get(thing.pk), thing.booked_on, today)
            yield [
                code_in(kind, thing.pk), KINDS[kind], thing.market, thing.source_account.name,
                thing.booked_on,
                (today - thing.booked_on).days, Money(thing.amount_minor, thing.currency).amount,
                thing.currency, why_of(kind, thing), work.owner.name if work.owner else "", work.next_step,
                work.next_step_on, thing.statement_line.provider_ref, thing.statement_line.kind,
                eyes.free_text(thing.statement_line.text),
            ]  # fmt: skip
