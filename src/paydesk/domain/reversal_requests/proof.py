"""The letter that a contested request is answered with: provider row, payment, contract, days bought."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from paydesk.domain.reversal_requests import queries, rules
from paydesk.domain.reversal_requests.models import ReversalRequest
from paydesk.foundation.people.masking import masked_name, masked_phone
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of
from paydesk.writers.proof_of_value import BoughtLine, ProofOfValue, write_pdf


def proof_of(request: ReversalRequest, contest_reason: str, now: datetime) -> ProofOfValue:
    """What the letter says; names and numbers are masked, it leaves the house."""
    payment, currency = request.payment, request.currency
    line, account = payment.statement_line, payment.source_account
    zone = ZoneInfo(account.time_zone)
    return ProofOfValue(
        case_number=request.case_number,
        code=queries.code(request),
        provider=account.provider.name,
        account=f"{account.name} ({account.identifier})",
        market=request.market,
        asked=Money(request.amount_minor, currency),
        asked_at=request.requested_at.astimezone(zone),
        reason=rules.REASONS[request.reason],
        answer=rules.CONTESTS[contest_reason],
        made_at=now.astimezone(zone),
        row=(
            ("Provider's code", line.provider_ref),
            ("Paid at", f"{(line.occurred_at or payment.received_at).astimezone(zone):%Y-%m-%d %H:%M:%S}"),
            ("Amount", str(Money(payment.amount_minor, currency))),
            ("Reference the payer typed", line.reference or "none"),
            ("Payer", masked_name(line.payer_name) or "not named"),
            ("Paid from", masked_phone(line.msisdn) or "not named"),
        ),
        payment=(
            ("Payment", code_of("PAY", payment.pk)),
            ("Received", f"{payment.received_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"),
            ("Counts from", f"{payment.value_on:%Y-%m-%d}"),
            (
                "Went to",
                masked_name(payment.customer.name) if payment.customer is not None else "nobody known",
            ),
            ("Given back before", str(Money(payment.refunded_minor + payment.reversed_minor, currency))),
        ),
        bought=tuple(
            BoughtLine(
                account_number=each.account_number,
                product=each.product,
                what=each.kind,
                due_on=each.due_on,
                until=each.until,
                applied=each.applied,
                days=each.days,
            )
            for each in queries.bought_with(payment, request.recorded_at)
        ),
    )


def letter(request: ReversalRequest, contest_reason: str, now: datetime) -> bytes:
    """The proof as a PDF."""
    return write_pdf(proof_of(request, contest_reason, now))
