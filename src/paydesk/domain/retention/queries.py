"""Reads of retention: what is kept how long, what is held, what was asked for, proof of the nights."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from paydesk.domain.cases.models import Attachment, Case, Message, ReceivedMail, SideMessage
from paydesk.domain.marketplace.forgetting import cases_of_seller
from paydesk.domain.retention import rules
from paydesk.domain.retention.models import (
    Erasure,
    LegalHold,
    Pack,
    Redaction,
    RetentionRule,
    RetentionRun,
)
from paydesk.foundation.people.queries import in_markets
from paydesk.foundation.people.restricted import readable
from paydesk.kernel.actor import Actor


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


def held_cases() -> Q:
    """Cases that a legal hold, their own or that of the person, keeps from the schedule; one query per
    seller who is held."""
    live = LegalHold.objects.filter(lifted_at=None)
    found = Q(pk__in=live.filter(case_id__isnull=False).values("case_id")) | Q(
        customer__in=live.filter(customer__isnull=False).values("customer")
    )
    for party_id in live.exclude(party=None).values_list("party_id", flat=True):
        found |= Q(pk__in=cases_of_seller(party_id).values("pk"))
    return found


def holds_on(subject: tuple[str, int]) -> list[LegalHold]:
    """Legal holds on a customer or seller that last, newest first; one query."""
    kind, number = subject
    whose = {"customer_id": number} if kind == "customer" else {"party_id": number}
    return list(LegalHold.objects.filter(**whose, lifted_at=None).order_by("-id"))


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
    found = in_markets(LegalHold.objects.filter(lifted_at=None), actor)
    seen = readable(Case.objects.all(), actor).values("pk")
    return found.filter(Q(case_id=None) | Q(case_id__in=seen)).order_by("-id")


def erasures(actor: Actor, states: Sequence[str] = ("asked", "erased", "refused")) -> QuerySet[Erasure]:
    """What was asked to be forgotten, newest first."""
    found = in_markets(Erasure.objects.all(), actor)
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
        *SideMessage.objects.filter(side__case_id__in=case_ids, document_id__isnull=False).values_list(
            "document_id", flat=True
        ),
    ]
    return sorted(set(found))
