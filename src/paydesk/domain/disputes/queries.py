"""Reads about disputes: the queue, one with its evidence, what of a payment is contested, rows that fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Count, Q, QuerySet

from paydesk.domain.cases.models import CaseLink
from paydesk.domain.disputes import rules
from paydesk.domain.disputes.models import Dispute, Evidence
from paydesk.domain.disputes.states import OPEN, UNANSWERED
from paydesk.domain.ledger.models import JournalEntry
from paydesk.domain.payments.models import ReversalRow
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of

CODE_PREFIX = "DSP"
# How a row of the provider is explained by a dispute.
MOVED, FEE = "dispute", "fee_of_dispute"


def code(dispute: Dispute) -> str:
    """DSP-…"""
    return code_of(CODE_PREFIX, dispute.pk)


def disputes(actor: Actor, *, states: Iterable[str] | None = None) -> QuerySet[Dispute]:
    """Disputes of the actor's markets, the earliest last day first, with payment, row and account."""
    found = Dispute.objects.select_related(
        "payment__customer", "payment__statement_line", "source_account__provider"
    )
    if states is not None:
        found = found.filter(state__in=list(states))
    return in_markets(found, actor).order_by("answer_by", "opened_at", "id")


def dispute_for(actor: Actor, dispute_id: int) -> Dispute:
    """Raises Dispute.DoesNotExist also for another market."""
    return disputes(actor).get(pk=dispute_id)


def disputes_of_payments(payment_ids: Iterable[int]) -> QuerySet[Dispute]:
    """Newest first."""
    return Dispute.objects.filter(payment_id__in=list(payment_ids)).order_by("-id")


def contested(payment_ids: Iterable[int]) -> frozenset[int]:
    """Those of these payments that are contested and not decided; one query."""
    found = Dispute.objects.filter(payment_id__in=list(payment_ids), state__in=OPEN)
    return frozenset(found.values_list("payment_id", flat=True))


def contested_as(reference: str, source_account_ids: Iterable[int], *, most: int) -> list[int]:
    """Payments of these accounts whose dispute has this reference at its provider; one query."""
    found = Dispute.objects.filter(source_account_id__in=list(source_account_ids), provider_ref=reference)
    return list(found.exclude(provider_ref="").values_list("payment_id", flat=True)[:most])


def payments_of(dispute_ids: Iterable[int]) -> list[int]:
    """The payments that these disputes contest; one query."""
    return list(Dispute.objects.filter(pk__in=list(dispute_ids)).values_list("payment_id", flat=True))


def counts_by_state(actor: Actor) -> dict[str, int]:
    """How many disputes of the actor's markets are in each state that has any; one query."""
    found = in_markets(Dispute.objects.all(), actor).order_by().values_list("state")
    return dict(found.annotate(count=Count("pk")))


def count_unanswered(actor: Actor) -> int:
    """How many disputes a scheme waits for, or whose notice nobody has recorded."""
    return in_markets(Dispute.objects.filter(state__in=("opened", *UNANSWERED)), actor).count()


def evidence_of(dispute: Dispute) -> dict[str, Evidence]:
    """What was given, by its kind; one query."""
    return {each.kind: each for each in dispute.evidence.order_by("at", "id")}


def wanted_of(dispute: Dispute, given: Iterable[str]) -> list[str]:
    """Kinds of evidence on the checklist of a dispute; no query."""
    return rules.checklist(dispute.scheme, dispute.reason_code, given)


def missing_of(dispute: Dispute) -> list[str]:
    """Words of what is still to be given, or to be said why not; one query."""
    given = evidence_of(dispute)
    return rules.missing(wanted_of(dispute, given), given)


def amount_of(dispute: Dispute) -> Money:
    return Money(dispute.amount_minor, dispute.currency)


def rows_of(dispute: Dispute) -> QuerySet[ReversalRow]:
    """The provider's rows that moved money because of it, oldest first; one query."""
    found = ReversalRow.objects.filter(
        state="explained", explained_as__in=(MOVED, FEE), explained_id=dispute.pk
    )
    return found.select_related("statement_line").order_by("booked_on", "pk")


def rows_that_fit(dispute: Dispute, most: int = 20) -> list[ReversalRow]:
    """Open rows of its account and currency that could be of it, chargebacks and its amount first."""
    found = ReversalRow.objects.select_related("statement_line").filter(
        source_account_id=dispute.source_account_id, currency=dispute.currency, state="open"
    )
    rows = found.filter(booked_on__gte=dispute.payment.booked_on).order_by("-booked_on", "-pk")[:100]
    return sorted(
        rows, key=lambda row: (row.kind != "chargeback", abs(row.amount_minor) != dispute.amount_minor)
    )[:most]


def entries_of(dispute: Dispute) -> QuerySet[JournalEntry]:
    """What the books say because of it, oldest first, with postings and accounts; two queries."""
    found = JournalEntry.objects.filter(cause_kind="dispute", cause_id=dispute.pk)
    return found.prefetch_related("postings__account").order_by("pk")


def due_to_expire(now: datetime) -> list[Dispute]:
    """Unanswered disputes whose last day may be over, by the day alone; one query."""
    found = Dispute.objects.filter(state__in=UNANSWERED, answer_by__lte=now.date())
    return list(found.order_by("answer_by", "pk")[:500])


def named_in(keys: Iterable[str], source_account_id: int) -> list[Dispute]:
    """Disputes at this account whose reference, or that of whose payment, is among these words; one query."""
    wanted = {key for key in keys if key}
    found = Dispute.objects.filter(source_account_id=source_account_id)
    named = Q(provider_ref__in=wanted) | Q(payment__evidence_key__in=wanted)
    return list(found.filter(named).order_by("pk"))


# A row that took a payment back is of a dispute at once; one that stands alone, once it names one.
_CHARGEBACKS = """
SELECT r.id FROM payments_reversalrow r
WHERE r.kind = 'chargeback' AND r.reason <> 'taken_apart'
  AND (r.state IN ('matched', 'confirmed') OR r.state = 'open' AND EXISTS (
      SELECT FROM disputes_dispute d JOIN payments_payment p ON p.id = d.payment_id
      WHERE d.source_account_id = r.source_account_id
        AND (d.provider_ref <> '' AND d.provider_ref = ANY (r.keys) OR p.evidence_key = ANY (r.keys))))
ORDER BY r.id LIMIT 2000
"""


def chargeback_rows() -> list[int]:
    """Chargeback rows that are of a dispute and that none knows of, oldest first; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_CHARGEBACKS)
        return [row[0] for row in cursor.fetchall()]


def why_not_undone(rows: Sequence[ReversalRow]) -> str:
    """Why these rows cannot be taken off their disputes: more would have come back than was taken."""
    gone = [row for row in rows if row.explained_as == MOVED]
    for dispute in Dispute.objects.filter(pk__in={row.explained_id for row in gone}).order_by("pk"):
        taken_off = sum(row.amount_minor for row in gone if row.explained_id == dispute.pk)
        if dispute.debited_minor - dispute.credited_minor < taken_off:
            return f"{code(dispute)} was credited since: take that row off it first."
    return ""


def cases_about(dispute: Dispute) -> list[int]:
    """Cases that are confirmed to be about the dispute or its payment, oldest first; one query."""
    links = CaseLink.objects.filter(kind="dispute", object_id=dispute.pk) | CaseLink.objects.filter(
        kind="payment", object_id=dispute.payment_id
    )
    return sorted(set(links.filter(state="confirmed").values_list("case_id", flat=True)))
