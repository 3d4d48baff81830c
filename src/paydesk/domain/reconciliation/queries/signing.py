"""What stands in the way of signing a day, and its proof of cash as it is kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, Sum

from paydesk.domain.payments.models import DayOfRows
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation import evidence, rules
from paydesk.domain.reconciliation.models import Match, ReconciliationException
from paydesk.domain.reconciliation.proof import balance_proof
from paydesk.domain.reconciliation.queries.days import day_of
from paydesk.domain.reconciliation.queries.exceptions import SUBJECT
from paydesk.domain.reconciliation.states import UNSOLVED
from paydesk.foundation.assignments.models import Assignment


def check_of_day(account: SourceAccount, day: date, now: datetime) -> rules.SignCheck:
    """What stands in the way of signing a day; a handful of queries."""
    found = day_of(account, day)
    run = found.run if found else None
    open_ones = ReconciliationException.objects.filter(source_account=account, day=day, state__in=UNSOLVED)
    owned = Assignment.objects.filter(subject_kind=SUBJECT, subject_id=OuterRef("pk"))
    told = open_ones.annotate(
        has_owner=Exists(owned.filter(owner__isnull=False)), has_step=Exists(owned.exclude(next_step=""))
    ).aggregate(
        all=Count("id"),
        without_owner=Count("id", filter=Q(has_owner=False)),
        without_step=Count("id", filter=Q(has_owner=True, has_step=False, state="open")),
    )
    changed = evidence.newest_change(account, day)
    proof = balance_proof(account, today=day)
    here = proof.on(day)
    return rules.sign_check(
        day=day,
        today=now.astimezone(ZoneInfo(account.time_zone)).date(),
        has_run=run is not None,
        is_stale=bool(run and run.started_at and changed and changed > run.started_at),
        without_owner=told["without_owner"],
        without_step=told["without_step"],
        explained=told["all"] - told["without_owner"] - told["without_step"],
        suggestions=Match.objects.filter(source_account=account, day=day, state="proposed").count(),
        drift=here.drift if here else None,
    )


def proof_to_keep(account: SourceAccount, day: date) -> dict[str, Any]:
    """The proof of cash of a day as it is signed: opening, movements by kind, closing, what is shown.

    Minor units. What the movements lack is other entries: corrections, refunds, adjustments.
    """
    proof = balance_proof(account, today=day)
    here = proof.on(day)
    assert here is not None
    by_kind = {
        kind: {"rows": rows, "amount_minor": amount, "fee_minor": fee}
        for kind, rows, amount, fee in DayOfRows.objects.filter(
            source_account=account, day=day, currency=account.currency
        )
        .exclude(rows=0)
        .values_list("kind", "rows", "amount_minor", "fee_minor")
        .order_by("kind")
    }
    open_ones = ReconciliationException.objects.filter(source_account=account, day=day, state__in=UNSOLVED)
    return {
        "currency": account.currency,
        "opening_minor": here.books - here.moved + proof.before,
        "moved_minor": here.moved,
        "closing_minor": here.books + proof.before,
        "shown_minor": here.shown.closing if here.shown else None,
        "shown_by": here.shown.source if here.shown else "",
        "drift_minor": here.drift,
        "drifted_minor": proof.drifted_on(day),
        "by_kind": by_kind,
        "exceptions": {
            kind: {"count": count, "amount_minor": amount}
            for kind, count, amount in open_ones.values_list("kind")
            .annotate(count=Count("id"), amount=Sum("amount_minor"))
            .order_by("kind")
        },
    }
