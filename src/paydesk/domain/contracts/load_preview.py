"""What loading rows would do, told before anyone confirms it: new, known or refused, row by row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection

from paydesk.domain.contracts.actions import (
    Terms,
    _currencies,
    _existing,
    _identity_problem,
    _names,
    _other_name,
    _plan,
)
from paydesk.domain.contracts.identities import with_new_identity
from paydesk.domain.contracts.rules import market_problem
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.references import key_of


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """The new contracts of one currency: how many, what they cost, what of it is deposit."""

    currency: str
    count: int
    price: Money
    deposit: Money


@dataclass(frozen=True, slots=True)
class LoadPreview:
    """The rows by what would become of them, and the sums of those that would be made.

    `identities` are those of the known ones that bring an identity number which their customer has not yet.
    `other_names` are rows whose customer number is known under another name, with that name: they are not
    among the new ones, and their identity number is not taken, until somebody says that they are of that
    customer.
    """

    new: Sequence[Terms]
    known: Sequence[Terms]
    refused: Sequence[tuple[int, str]]
    totals: Sequence[CurrencyTotal]
    active: int
    customers_new: int
    customers_known: int
    other_names: Sequence[tuple[Terms, str]] = ()
    identities: Sequence[Terms] = ()

    @property
    def to_load(self) -> list[Terms]:
        """The rows that loading would do something with."""
        return [*self.new, *self.identities]


def preview_load(
    rows: Sequence[Terms], *, by: Actor, markets: Collection[str], other_names: bool = False
) -> LoadPreview:
    """Sort `rows` as `load_contracts` would, without writing anything; five queries.

    `markets` are those there are for `by`: a row of another is refused here, `load_contracts` would refuse
    the whole load for it.
    """
    taken, names, currencies = _existing(rows), _names(rows), _currencies()
    others: list[tuple[Terms, str]] = []
    new: list[Terms] = []
    known: list[Terms] = []
    refused: list[tuple[int, str]] = []
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        key = key_of(row.account_number)
        here = (row.market, key)
        if row.market not in markets or not by.sees(row.market):
            refused.append((row.line, f"{by.name} does not work in market {row.market}; check the code."))
        elif wrong := market_problem(row.market, row.currency, currencies):
            refused.append((row.line, wrong))
        elif here in taken:
            if taken[here] == (row.customer_ref, row.price_minor, row.currency):
                brings = row.identity_number or row.identity_kind
                if brings and not other_names and (known_as := _other_name(row, names)):
                    others.append((row, known_as))
                elif problem := _identity_problem(row, names, other_names):
                    refused.append((row.line, problem))
                else:
                    known.append(row)
            else:
                text = f"Account number {row.account_number} exists already with other terms."
                refused.append((row.line, text))
        elif here in seen:
            text = f"Account number {row.account_number} stands in row {seen[here]} as well."
            refused.append((row.line, text))
        elif not other_names and (known_as := _other_name(row, names)):
            others.append((row, known_as))
        else:
            try:
                _plan(row, key)
            except ValueError as problem:
                refused.append((row.line, str(problem)))
                continue
            seen[here] = row.line
            new.append(row)
    customers = {(row.market, row.customer_ref) for row in new}
    there = _customers_there(customers)
    return LoadPreview(
        new,
        known,
        refused,
        _totals(new),
        sum(row.activated_on is not None for row in new),
        len(customers) - there,
        there,
        others,
        with_new_identity(known),
    )


def _totals(rows: Sequence[Terms]) -> list[CurrencyTotal]:
    found = []
    for currency in sorted({row.currency for row in rows}):
        mine = [row for row in rows if row.currency == currency]
        price, deposit = sum(row.price_minor for row in mine), sum(row.deposit_minor for row in mine)
        found.append(CurrencyTotal(currency, len(mine), Money(price, currency), Money(deposit, currency)))
    return found


def _customers_there(customers: set[tuple[str, str]]) -> int:
    pairs = sorted(customers)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM parties_customer c JOIN unnest(%s::text[], %s::text[]) r(market, ref)"
            " ON c.market = r.market AND c.external_ref = r.ref",
            [[market for market, _ in pairs], [ref for _, ref in pairs]],
        )
        return int(cursor.fetchone()[0])
