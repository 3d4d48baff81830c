"""What we keep of a person, for themselves: a customer, or somebody who sells through us and is none."""

from __future__ import annotations

from collections.abc import Iterable

from paydesk.domain.cases.models import Case, SideTalk
from paydesk.domain.contracts.models import Contract, DueItem
from paydesk.domain.doors.models import PhoneCall
from paydesk.domain.goodwill.models import Goodwill
from paydesk.domain.marketplace.forgetting import sellers_of
from paydesk.domain.marketplace.models import LinkAttempt, MarketEvent, SellerOrder, Withdrawal
from paydesk.domain.marketplace.queries import balances_of
from paydesk.domain.parties.models import Customer, Party
from paydesk.domain.payments.models import Payment
from paydesk.domain.quality.csat_models import CsatAnswer
from paydesk.domain.retention.collecting import (
    Collected,
    code,
    contested,
    documents,
    money,
    rows_about,
    said,
    said_aside,
)
from paydesk.domain.retention.standing import Subject, addresses_of, cases_of, mail_of_nobody
from paydesk.domain.text_messages.queries import texts_told
from paydesk.foundation.assignments.models import Note
from paydesk.foundation.people.restricted_models import RestrictedThing


def of_person(customer: Customer) -> Collected:
    """What we keep of a customer: who they are, contracts, payments, refunds, disputes, what they sell, cases
    with every word."""
    found = Collected(things=[("customer", customer.pk)])
    found.group("person", [customer])
    found.group("phones", customer.phones.order_by("id"))
    found.group("identity-documents", customer.identities.order_by("id"))
    contracts = list(Contract.objects.filter(customer=customer).order_by("id"))
    found.group("contracts", contracts)
    found.group("due-items", DueItem.objects.filter(contract__in=contracts).order_by("id"))
    found.things += [("contract", each.pk) for each in contracts]
    cases = _cases(found, ("customer", customer.pk))
    found.group("goodwill", Goodwill.objects.filter(customer=customer).order_by("id"))
    _sold(found, sorted(sellers_of(customer.pk)))
    payments = list(Payment.objects.filter(customer=customer).order_by("id").values_list("pk", flat=True))
    money(found, payments, [])
    contested(found, payments, [])
    found.things += [("case", each.pk) for each in cases]
    found.group("notes", rows_about(Note, found.things))
    return found


def of_seller(party: Party) -> Collected:
    """What we keep of somebody who sells: name, balance, orders, withdrawals, bound methods, cases with every
    word."""
    found = Collected(things=[("seller", party.pk)])
    _sold(found, [party.pk])
    cases = _cases(found, ("seller", party.pk))
    found.things += [("case", each.pk) for each in cases]
    found.group("notes", rows_about(Note, found.things))
    return found


def _cases(found: Collected, subject: Subject) -> list[Case]:
    """Their cases, what was said and noted in them, calls, and mail that led to none."""
    # An investigation goes on whether or not somebody asks what we know of them.
    hidden = RestrictedThing.objects.filter(subject_kind="case").values("subject_id")
    cases = list(cases_of(subject).exclude(pk__in=hidden).order_by("id"))
    found.group("cases", cases)
    found.table(
        "Cases", ("Case", "Opened", "State", "About"),
        [(code("case", each.pk), each.opened_at, each.state, each.subject) for each in cases],
    )  # fmt: skip
    ids = [each.pk for each in cases]
    said(found, ids)
    said_aside(found, SideTalk.objects.filter(case_id__in=ids).exclude(with_whom="risk"))
    found.group("calls", PhoneCall.objects.filter(case_id__in=ids).order_by("id"))
    found.group("text-messages", texts_told(ids))
    found.group("what-they-said-of-us", CsatAnswer.objects.filter(invitation__case_id__in=ids).order_by("id"))
    for market in sorted({each.market for each in cases}):
        lost = mail_of_nobody(addresses_of(ids), market)
        documents(
            found, [(f"mail/without-case-{n:03}.eml", each.document_id) for n, each in enumerate(lost, 1)]
        )
    return cases


def _sold(found: Collected, party_ids: Iterable[int]) -> None:
    """Sellers with what is owed to them and what was told of them."""
    numbers = list(party_ids)
    found.group("sellers", Party.objects.filter(pk__in=numbers).order_by("id"))
    balances = balances_of(numbers)
    found.group(
        "seller-balances",
        [
            {"seller": code("seller", number), "available": each.available, "pending": each.pending,
             "held": each.held}
            for number, owed in sorted(balances.items())
            for each in owed
        ],
    )  # fmt: skip
    for name, model in (
        ("orders", SellerOrder), ("withdrawals", Withdrawal), ("link-attempts", LinkAttempt),
        ("told-by-the-platform", MarketEvent),
    ):  # fmt: skip
        found.group(name, model._default_manager.filter(party_id__in=numbers).order_by("id"))
