"""What to do first, in the order of the day: each line a count that opens its rows."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from paydesk.domain.callbacks.queries import pending_payments
from paydesk.domain.disputes.queries import count_unanswered as count_disputes
from paydesk.domain.hand_receipts.queries import count_overdue
from paydesk.domain.payments.queries import suspense, unapplied
from paydesk.domain.payments.queries.locked import paid_but_late
from paydesk.domain.reconciliation.queries import unsolved
from paydesk.domain.refunds.queries import count_waiting
from paydesk.domain.reversal_requests.queries import count_unanswered
from paydesk.foundation.approvals.queries import count_to_decide
from paydesk.foundation.assignments.queries import NEEDED, of_whom
from paydesk.kernel.actor import Actor
from paydesk.reporting.provider_cash.queries import lone_reversals, open_transit
from paydesk.web.links import rows_at

MOST = 1_000  # counted no further


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to look at. `tone` is the colour family of a count above zero."""

    count: int
    words: str
    url: str
    tone: str = "held"


def lines_of_today(actor: Actor, near_count: int) -> list[Line]:
    """At most eleven counts, a query or two each; `near_count` is suspense perhaps of somebody late."""
    today = timezone.localdate()
    lines = [
        Line(
            paid_but_late(unapplied(actor), on=today)[:MOST].count(),
            "unapplied while their customer is late: paid but still locked",
            rows_at("unapplied:list", locked=1),
            "failed",
        ),
        Line(
            pending_payments(actor, {"state": "stale"})[:MOST].count(),
            "stale: the provider gave no answer",
            rows_at("pending:list", state="stale"),
            "failed",
        ),
        Line(
            of_whom(unapplied(actor), "payment", NEEDED, actor, today, since="value_on")[:MOST].count(),
            "unapplied must have an owner",
            rows_at("unapplied:list", whose=NEEDED),
        ),
    ]
    if actor.may("suspense:view"):
        needed = of_whom(suspense(actor), "payment", NEEDED, actor, today, since="value_on")[:MOST].count()
        lines[1:1] = [
            Line(
                near_count,
                "in suspense probably of somebody who is late",
                rows_at("suspense:list", near=1),
                "failed",
            )
        ]
        lines.append(Line(needed, "in suspense must have an owner", rows_at("suspense:list", whose=NEEDED)))
    lines.append(Line(count_waiting(actor), "refunds to release or to look after", rows_at("refunds:list")))
    if actor.may("payments.answer_reversal_request:view"):
        asked = rows_at("reversal_requests:list")
        lines.append(Line(count_unanswered(actor), "reversal requests wait for our answer", asked))
    if actor.may("disputes.answer:view"):
        due = rows_at("disputes:list")
        lines.append(Line(count_disputes(actor), "disputes wait for our answer", due))
    if actor.may("providers.manage:view"):
        in_doubt = sum(
            of_whom(rows, kind, NEEDED, actor, today, since="booked_on")[:MOST].count()
            for kind, rows in (
                ("reversal_row", lone_reversals(actor)),
                ("transit_row", open_transit(actor)),
            )
        )
        lines.append(
            Line(
                in_doubt,
                "provider rows in doubt must have an owner",
                rows_at("provider_cash:list", whose=NEEDED),
            )
        )
    if actor.may("matching.run:view"):
        needed = of_whom(unsolved(actor), "exception", NEEDED, actor, today, since="day")[:MOST].count()
        lines.append(Line(needed, "exceptions must have an owner", rows_at("exceptions:list", whose=NEEDED)))
    if actor.may("payments.receive_by_hand:view"):
        lines.append(
            Line(
                count_overdue(actor, timezone.now()),
                "received by hand and no row of the provider after three days",
                rows_at("hand_receipts:list", tab="overdue"),
                "failed",
            )
        )
    lines.append(
        Line(count_to_decide(actor, timezone.now()), "approvals wait for you", rows_at("approvals:inbox"))
    )
    return lines
