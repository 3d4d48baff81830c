"""What stands against erasing a person now: a customer, or somebody who sells through us and is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import Q, QuerySet

from paydesk.domain.cases.models import Case, Message, ReceivedMail
from paydesk.domain.contracts.models import Contract
from paydesk.domain.contracts.queries import standings
from paydesk.domain.ledger.queries import balances_of
from paydesk.domain.marketplace.forgetting import cases_of_seller, sellers_of
from paydesk.domain.marketplace.models import Withdrawal
from paydesk.domain.marketplace.rules import AVAILABLE, HELD, PENDING
from paydesk.domain.refunds.models import Refund
from paydesk.domain.refunds.queries import code as refund_code
from paydesk.domain.refunds.states import ON_THE_WAY
from paydesk.domain.retention import rules
from paydesk.domain.retention.models import LegalHold
from paydesk.domain.risk.models import Enforcement
from paydesk.domain.risk.queries import enforcement_code
from paydesk.foundation.documents.queries import open_document
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of
from paydesk.kernel.refused import Refused

Subject = tuple[str, int]


def cases_of(subject: Subject) -> QuerySet[Case]:
    """Every case of a person, in any state."""
    kind, number = subject
    return Case.objects.filter(customer_id=number) if kind == "customer" else cases_of_seller(number)


def why_not_erased(subject: Subject, on: date) -> list[str]:
    """Each reason against erasing this person, as a sentence."""
    kind, number = subject
    standing = _of_customer(number, on) if kind == "customer" else _of_seller(number)
    return rules.why_not_erased(standing)


def _of_customer(customer_id: int, on: date) -> rules.Standing:
    contracts = list(Contract.objects.filter(customer_id=customer_id).order_by("id"))
    numbers = [each.pk for each in contracts]
    owed = [
        f"{Money(each.open_minor, each.contract.currency)} on {each.contract.account_number}"
        for each in standings(contracts, on=on)
        if each.open_minor > 0 and each.contract.state not in ("cancelled", "returned", "written_off")
    ]
    held = [money for _, money in balances_of(customer_id, ["2010", "2040"])]
    for number in numbers:
        held += [money for _, money in balances_of(number, ["2030"])]
    refunds = Refund.objects.filter(customer_id=customer_id, state__in=ON_THE_WAY).order_by("id")
    sold = sorted(sellers_of(customer_id))
    owed_there, held_there = _balances(sold)
    return _with_cases(
        cases_of(("customer", customer_id)),
        [("customer", customer_id), *(("contract", each) for each in numbers), *_as_party(sold)],
        Q(customer_id=customer_id) | Q(party_id__in=sold),
        owed=(*owed, *owed_there),
        ours_to_pay=(*(str(-money if money.amount_minor < 0 else money) for money in held), *held_there),
        open_refunds=tuple(map(refund_code, refunds)),
        on_the_way=_withdrawals(sold),
    )


def _of_seller(party_id: int) -> rules.Standing:
    cases = cases_of(("seller", party_id))
    owed, held = _balances([party_id])
    also = cases.exclude(customer=None).order_by("customer_id").values_list("customer_id", flat=True)
    return _with_cases(
        cases,
        _as_party([party_id]),
        Q(party_id=party_id),
        owed=owed,
        ours_to_pay=held,
        on_the_way=_withdrawals([party_id]),
        also_customers=tuple(code_of("CUS", pk) for pk in dict.fromkeys(also)),
    )


def _as_party(party_ids: Iterable[int]) -> list[Subject]:
    return [(kind, number) for number in party_ids for kind in ("seller", "merchant")]


def _balances(party_ids: Iterable[int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What sellers owe us, and what we hold for them, in words."""
    found = [money for each in party_ids for _, money in balances_of(each, [AVAILABLE, PENDING, HELD])]
    owed = tuple(f"{money} of what was paid out to them" for money in found if money.amount_minor > 0)
    return owed, tuple(str(-money) for money in found if money.amount_minor < 0)


def _withdrawals(party_ids: Iterable[int]) -> tuple[str, ...]:
    found = Withdrawal.objects.filter(party_id__in=list(party_ids), state="in_transit").order_by("pk")
    return tuple(found.values_list("external_ref", flat=True))


def _with_cases(
    cases: QuerySet[Case],
    parties: Iterable[Subject],
    held: Q,
    *,
    owed: tuple[str, ...],
    ours_to_pay: tuple[str, ...],
    on_the_way: tuple[str, ...],
    open_refunds: tuple[str, ...] = (),
    also_customers: tuple[str, ...] = (),
) -> rules.Standing:
    """The same with what is the same of everybody: open cases, holds, what risk did, mail that waits."""
    ids = list(cases.values_list("pk", flat=True))
    still_open = cases.exclude(state__in=["closed", "merged"]).order_by("id").values_list("pk", flat=True)
    against = Q(pk=None)
    for kind, number in parties:
        against |= Q(party_kind=kind, party_id=number)
    enforced = Enforcement.objects.filter(against, state__in=["asked", "active"])
    market = cases.values_list("market", flat=True).first() or ""
    waiting = mail_of_nobody(addresses_of(ids), market, states=("kept",))
    return rules.Standing(
        owed=owed,
        ours_to_pay=ours_to_pay,
        on_the_way=on_the_way,
        open_cases=tuple(code_of("CAS", pk) for pk in still_open),
        open_refunds=open_refunds,
        enforced=tuple(enforcement_code(each) for each in enforced),
        holds=LegalHold.objects.filter(held | Q(case_id__in=ids), lifted_at=None).count(),
        also_customers=also_customers,
        unread_mail=any(True for _ in waiting),
    )


def addresses_of(case_ids: Iterable[int]) -> set[str]:
    """E-mail addresses a person wrote from in these cases, in small letters."""
    ids = list(case_ids)
    said = Message.objects.filter(case_id__in=ids, direction="in", is_public=True)
    found = {*Case.objects.filter(pk__in=ids).values_list("contact", flat=True),
             *said.values_list("sender", flat=True)}  # fmt: skip
    return {each.casefold() for each in found if "@" in each}


def mail_of_nobody(
    addresses: Iterable[str],
    market: str,
    states: tuple[str, ...] = ("set_aside", "failed", "ignored", "bounce"),
) -> Iterator[ReceivedMail]:
    """Mail as it came that names one of these addresses and led to no case: set aside, returned, not read.

    Every such mail of the market's mailboxes is opened; an address stands in its head, or in what came back.
    """
    wanted = [each.encode() for each in addresses]
    if not wanted:
        return
    found = ReceivedMail.objects.filter(case=None, state__in=states, mailbox__market=market)
    for mail in found.order_by("pk").iterator():
        try:
            with open_document(mail.document_id).file as stream:
                raw = stream.read().lower()
        except Refused:
            continue
        if any(each in raw for each in wanted):
            yield mail
