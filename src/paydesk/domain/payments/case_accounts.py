"""What a bank account in a message means: the payments that came from it, as sure as what is told beside it.

Of the customer of a case also by the end alone, as weak; of anybody only where amount or day leave one.
"""

from __future__ import annotations

from collections.abc import Iterator

from paydesk.domain.cases.asks import Reference, finds_accounts
from paydesk.domain.payments.queries.by_account import (
    PaidFrom,
    paid_from_account,
    paid_from_end,
    paid_from_ends,
)
from paydesk.domain.providers.queries import source_accounts
from paydesk.kernel.account_ends import FOUND_AS, ONLY_ONE, NamedAccount, Told
from paydesk.kernel.actor import Actor

MOST_TOLD, MOST_WEAK = 5, 3


def register() -> None:
    """Make the finder known to cases."""
    finds_accounts("payments", paid_from)


def paid_from(told: Told, customer_id: int | None, by: Actor, market: str) -> Iterator[Reference]:
    """Payments from the accounts that are named; one query, and one for each that is not theirs."""
    if not by.sees(market):
        return
    mine = paid_from_ends(customer_id, [market], {each.end for each in told.accounts}) if customer_id else []
    ours: list[int] | None = None
    for named in told.accounts:
        found = [each for each in mine if named.may_be(each.account)]
        if found:
            yield from _references(named, found, told)
            continue
        if ours is None:
            ours = [each.pk for each in source_accounts(by) if each.market == market]
        yield from _of_anybody(named, told, ours)


def _of_anybody(named: NamedAccount, told: Told, ours: list[int]) -> Iterator[Reference]:
    if named.whole:
        yield from _references(named, paid_from_account(ours, named.whole), told)
        return
    found = paid_from_end(ours, named.end, told.amounts, told.days)
    if len(found) == 1:  # two equal claims are a guess
        yield from _references(named, found, told)


def _references(named: NamedAccount, found: list[PaidFrom], told: Told) -> Iterator[Reference]:
    """Those that the most is told of, else the newest."""
    agrees = {each: (each.amount in told.amounts, each.value_on in told.days) for each in found}
    best = max(map(sum, agrees.values()), default=0)
    chosen = [each for each in found if sum(agrees[each]) == best][: MOST_TOLD if best else MOST_WEAK]
    for each in chosen:
        is_whole = bool(named.whole) and each.account.replace(" ", "").upper() == named.whole
        words = FOUND_AS[is_whole, *agrees[each]]
        if is_whole and len(found) == 1 and not best:
            words = ONLY_ONE
        yield Reference(
            ("payment", each.payment_id), words, named.text, len(chosen) == 1 and (bool(best) or is_whole),
            each.customer_id,
        )  # fmt: skip
