"""Where one payment stands on its way, each step with its source and against what is usual there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.db import connection

from paydesk.domain.payments.models import Payment
from paydesk.domain.refunds.models import Refund
from paydesk.foundation.attached.queries import has_any
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of
from paydesk.reporting.routes.models import RouteNorm
from paydesk.reporting.routes.rules import Norm, Passed, TraceStep, judged

REFUNDS_SHOWN = 3
# The first sweep of the provider from the payment's day on, and when the bank had it.
_WAY = """
SELECT e.id, e.posted_at,
       (SELECT max(a.at) FROM payments_allocation a WHERE a.payment_id = %(payment)s AND a.amount_minor > 0),
       t.id, t.booked_on, b.booked_on
  FROM (VALUES (1)) one
  LEFT JOIN ledger_entry e ON e.idempotency_key = %(entry)s
  LEFT JOIN LATERAL (
    SELECT id, booked_on, partner_id FROM payments_transitrow
     WHERE source_account_id = %(account)s AND amount_minor < 0 AND booked_on >= %(on)s
       AND state <> 'withdrawn'
     ORDER BY booked_on, id LIMIT 1
  ) t ON true
  LEFT JOIN payments_transitrow b ON b.id = t.partner_id
"""


@dataclass(frozen=True, slots=True)
class Way:
    """What is known of a payment beside its own row."""

    entry_id: int | None
    posted_at: datetime | None
    applied_at: datetime | None
    sweep_id: int | None
    swept_on: date | None
    in_bank_on: date | None


def trace_of(payment: Payment, now: datetime) -> list[TraceStep]:
    """Paid, received, posted, applied, settled, and what went back; its row is loaded. Three queries."""
    line = payment.statement_line
    row = f"row {line.line_no} of {code_of('FIL', line.file_id)}"
    way = _way(payment)
    steps = [
        Passed("paid", "Paid at the provider", None, payment.paid_at, row, on=payment.value_on),
        Passed("received", "Received by us", payment.paid_at, payment.received_at, row),
        Passed(
            "posted", "Posted", payment.received_at, way.posted_at,
            code_of("JE", way.entry_id) if way.entry_id else "", "Not posted",
        ),
    ]  # fmt: skip
    if payment.state == "received":
        steps += _applied(payment, way)
    steps += _settled(payment, way)
    if payment.reversed_minor:
        back = Money(payment.reversed_minor, payment.currency)
        steps.append(Passed("taken", f"{back} taken back by the provider", None, payment.received_at))
    for refund in _refunds(payment):
        money, code = Money(refund.amount_minor, refund.currency), code_of("REF", refund.pk)
        done = refund.finished_at if refund.state == "paid" else None
        steps.append(
            Passed(
                "refunded", f"{money} refunded", refund.requested_at, done, code,
                f"Refund of {money} {refund.state.replace('_', ' ')}",
            )
        )  # fmt: skip
    return judged(steps, norms_of(payment.source_account_id, line.channel), now)


def norms_of(source_account_id: int, channel: str) -> dict[str, Norm]:
    """What is usual on a route, the whole account where its channel has no norm of its own; one query."""
    found: dict[str, Norm] = {}
    kept = RouteNorm.objects.filter(source_account_id=source_account_id, channel__in=["", channel])
    for norm in sorted(kept, key=lambda each: bool(each.channel)):
        found[norm.step] = Norm(norm.count, norm.half_seconds, norm.most_seconds)
    return found


def _way(payment: Payment) -> Way:
    with connection.cursor() as cursor:
        cursor.execute(
            _WAY,
            {
                "payment": payment.pk, "entry": f"received:{payment.pk}",
                "account": payment.source_account_id, "on": payment.booked_on,
            },
        )  # fmt: skip
        return Way(*cursor.fetchall()[0])


def _refunds(payment: Payment) -> Iterable[Refund]:
    if not has_any(("payment", payment.pk), Refund):
        return ()
    found = Refund.objects.filter(payment=payment).exclude(state__in=("rejected", "cancelled"))
    return found.order_by("pk")[:REFUNDS_SHOWN]


def _applied(payment: Payment, way: Way) -> list[Passed]:
    if payment.customer_id is None:
        return [Passed("applied", "Applied", payment.received_at, None, "", "Payer not known: name them")]
    whole = payment.open_minor == 0
    last = way.applied_at if payment.allocated_minor else None
    at = (last or payment.received_at) if whole else None
    to_do = (
        "Not applied in full: apply it" if payment.allocated_minor else "Payer known, not applied: apply it"
    )
    return [Passed("applied", "Payer known, applied in full", payment.received_at, at, "", to_do)]


def _settled(payment: Payment, way: Way) -> list[Passed]:
    since = datetime.combine(payment.booked_on, time.min, tzinfo=UTC)
    if way.sweep_id is None or way.swept_on is None:
        return [Passed("settled", "In our bank", since, None, "", "Not swept to our bank yet")]
    code = code_of("TRA", way.sweep_id)
    if way.in_bank_on is None:
        swept = f"Swept by the provider on {way.swept_on:%-d %b}, not in the bank yet"
        return [Passed("settled", "In our bank", since, None, code, swept)]
    there = datetime.combine(way.in_bank_on, time.min, tzinfo=UTC)
    return [Passed("settled", "In our bank", since, there, code)]
