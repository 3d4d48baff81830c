"""Reads of retention: what holds in a market, what stands against erasing, proof of the nights."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet

from paydesk.domain.cases.models import Attachment, Case, Message, ReceivedMail
from paydesk.domain.contracts.models import Contract
from paydesk.domain.contracts.queries import standings
from paydesk.domain.ledger.queries import balances_of
from paydesk.domain.refunds.models import Refund
from paydesk.domain.refunds.queries import code as refund_code
from paydesk.domain.refunds.states import ON_THE_WAY
from paydesk.domain.retention import rules
from paydesk.domain.retention.models import (
    Erasure,
    LegalHold,
    Pack,
    Redaction,
    RetentionRule,
    RetentionRun,
)
from paydesk.domain.risk.models import Enforcement
from paydesk.domain.risk.queries import enforcement_code
from paydesk.foundation.people.queries import in_markets
from paydesk.foundation.people.restricted import readable
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of


def schedule(market: str) -> dict[str, rules.Kept]:
    """How long each class of data is kept in a market; one query."""
    rows = RetentionRule.objects.filter(market__in=["", market]).order_by("id")
    return rules.schedule_of(
        market,
        [
            rules.Kept(row.data_class, row.market, row.keep_days, row.source, row.source_on, False)
            for row in rows
        ],
    )


def standing_of(customer_id: int, on: date) -> rules.Standing:
    """What stands against erasing a customer now; eight queries."""
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
    cases = Case.objects.filter(customer_id=customer_id)
    still_open = cases.exclude(state__in=["closed", "merged"]).order_by("id").values_list("pk", flat=True)
    case_ids = list(cases.values_list("pk", flat=True))
    enforced = Enforcement.objects.filter(
        Q(party_kind="customer", party_id=customer_id) | Q(party_kind="contract", party_id__in=numbers),
        state__in=["asked", "active"],
    )
    refunds = Refund.objects.filter(customer_id=customer_id, state__in=ON_THE_WAY).order_by("id")
    holds = LegalHold.objects.filter(Q(customer_id=customer_id) | Q(case_id__in=case_ids), lifted_at=None)
    return rules.Standing(
        owed=tuple(owed),
        ours_to_pay=tuple(str(-money if money.amount_minor < 0 else money) for money in held),
        open_cases=tuple(code_of("CAS", pk) for pk in still_open),
        open_refunds=tuple(map(refund_code, refunds)),
        enforced=tuple(enforcement_code(each) for each in enforced),
        holds=holds.count(),
    )


def why_not_erased(customer_id: int, on: date) -> list[str]:
    """Each reason against erasing this customer now, as a sentence."""
    return rules.why_not_erased(standing_of(customer_id, on))


def held_cases() -> Q:
    """Cases that a legal hold, their own or their customer's, keeps from the schedule."""
    live = LegalHold.objects.filter(lifted_at=None)
    return Q(pk__in=live.filter(case_id__isnull=False).values("case_id")) | Q(
        customer__in=live.filter(customer__isnull=False).values("customer")
    )


def runs() -> QuerySet[RetentionRun]:
    """The nights, newest first."""
    return RetentionRun.objects.order_by("-number")


def broken_runs() -> list[int]:
    """Numbers of nights whose record is not what was written then, or is gone; every row is read."""
    broken, previous, expected = [], "", 1
    for run in RetentionRun.objects.order_by("number").iterator():
        told = rules.run_hash(run.previous_hash, run.number, run.at.isoformat(), run.erased, run.held)
        if (run.number, run.previous_hash, run.hash) != (expected, previous, told):
            broken.append(run.number)
        previous, expected = run.hash, run.number + 1
    return broken


def holds(actor: Actor) -> QuerySet[LegalHold]:
    """Legal holds of the actor's markets that last, newest first, customers loaded."""
    found = in_markets(LegalHold.objects.select_related("customer").filter(lifted_at=None), actor)
    seen = readable(Case.objects.all(), actor).values("pk")
    return found.filter(Q(case_id=None) | Q(case_id__in=seen)).order_by("-id")


def erasures(actor: Actor, states: Sequence[str] = ("asked", "erased", "refused")) -> QuerySet[Erasure]:
    """What was asked to be forgotten, newest first."""
    found = in_markets(Erasure.objects.select_related("customer"), actor)
    return found.filter(state__in=list(states)).order_by("-id")


def redactions(actor: Actor, states: Sequence[str] = ("asked",)) -> QuerySet[Redaction]:
    """Redactions of cases the actor may read, newest first."""
    seen = readable(Case.objects.all(), actor).values("pk")
    found = in_markets(Redaction.objects.filter(state__in=list(states)), actor)
    return found.filter(case_id__in=seen).order_by("-id")


def redactions_of(case_id: int) -> list[Redaction]:
    """What was taken out of one case, or waits to be; one query."""
    return list(Redaction.objects.filter(case_id=case_id).order_by("id"))


def packs_of(actor: Actor, kind: str, number: int) -> list[Pack]:
    """Packs about one thing, newest first; one query."""
    return list(in_markets(Pack.objects.filter(subject_kind=kind, subject_id=number), actor).order_by("-id"))


def pack_for(actor: Actor, pack_id: int) -> Pack:
    """Raises Pack.DoesNotExist also for another market."""
    return in_markets(Pack.objects.all(), actor).get(pk=pack_id)


def documents_of(case_ids: Sequence[int]) -> list[int]:
    """The documents of cases: mails as they came and attachments, each once."""
    found = [
        *ReceivedMail.objects.filter(case_id__in=case_ids).values_list("document_id", flat=True),
        *Message.objects.filter(case_id__in=case_ids, document_id__isnull=False).values_list(
            "document_id", flat=True
        ),
        *Attachment.objects.filter(message__case_id__in=case_ids).values_list("document_id", flat=True),
    ]
    return sorted(set(found))
