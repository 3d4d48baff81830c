"""Where one payment stands on its way, each step with its source and against what is usual there."""

from __future__ import annotations

from datetime import UTC, datetime, time

from django.db.models import Max

from paydesk.domain.ledger.models import JournalEntry
from paydesk.domain.payments.models import Allocation, Payment, TransitRow
from paydesk.domain.refunds.models import Refund
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of
from paydesk.reporting.routes.models import RouteNorm
from paydesk.reporting.routes.rules import Norm, Passed, TraceStep, judged

REFUNDS_SHOWN = 3


def trace_of(payment: Payment, now: datetime) -> list[TraceStep]:
    """Paid, received, posted, applied, settled, and what went back; its row is loaded. Five queries."""
    line = payment.statement_line
    row = f"row {line.line_no} of {code_of('FIL', line.file_id)}"
    posted = JournalEntry.objects.filter(idempotency_key=f"received:{payment.pk}").first()
    steps = [
        Passed("paid", "Paid at the provider", None, payment.paid_at or payment.received_at, row),
        Passed("received", "Received by us", payment.paid_at, payment.received_at, row),
        Passed(
            "posted", "Posted", payment.received_at, posted.posted_at if posted else None,
            code_of("JE", posted.pk) if posted else "", "Not posted",
        ),
    ]  # fmt: skip
    if payment.state == "received":
        steps += _applied(payment)
    steps += _settled(payment)
    if payment.reversed_minor:
        back = Money(payment.reversed_minor, payment.currency)
        steps.append(Passed("taken", f"{back} taken back by the provider", None, payment.received_at))
    for refund in (
        Refund.objects.filter(payment=payment)
        .exclude(state__in=("rejected", "cancelled"))
        .order_by("pk")[:REFUNDS_SHOWN]
    ):
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


def _applied(payment: Payment) -> list[Passed]:
    if payment.customer_id is None:
        return [Passed("applied", "Applied", payment.received_at, None, "", "Payer not known: name them")]
    whole = payment.open_minor == 0
    last = None
    if payment.allocated_minor:
        last = Allocation.objects.filter(payment=payment, amount_minor__gt=0).aggregate(at=Max("at"))["at"]
    at = (last or payment.received_at) if whole else None
    to_do = (
        "Not applied in full: apply it" if payment.allocated_minor else "Payer known, not applied: apply it"
    )
    return [Passed("applied", "Payer known, applied in full", payment.received_at, at, "", to_do)]


def _settled(payment: Payment) -> list[Passed]:
    """The first sweep of the provider from the payment's day on, when the bank has it."""
    away = (
        TransitRow.objects.select_related("partner")
        .filter(
            source_account_id=payment.source_account_id, amount_minor__lt=0, booked_on__gte=payment.booked_on
        )
        .exclude(state="withdrawn")
        .order_by("booked_on", "pk")
        .first()
    )
    since = datetime.combine(payment.booked_on, time.min, tzinfo=UTC)
    if away is None:
        return [Passed("settled", "In our bank", since, None, "", "Not swept to our bank yet")]
    code = code_of("TRA", away.pk)
    if away.partner is None:
        swept = f"Swept by the provider on {away.booked_on:%-d %b}, not in the bank yet"
        return [Passed("settled", "In our bank", since, None, code, swept)]
    there = datetime.combine(away.partner.booked_on, time.min, tzinfo=UTC)
    return [Passed("settled", "In our bank", since, there, code)]
