"""What providers ask us of the demo company: two reversal requests, one due soon; and receipts by hand.

A provider's message that a payer wants money back is recorded as it came, one of them late. Two payments were
received by hand on the word of a portal: one waits for a second person, of the other no row came in time.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime, timedelta

from paydesk.domain.contracts.models import Contract
from paydesk.domain.hand_receipts.actions import RECEIVE, approve_receipt, request_receipt
from paydesk.domain.payments.models import Payment
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reversal_requests.actions import record_request
from paydesk.domain.reversal_requests.models import ReversalRequest
from paydesk.foundation.approvals.queries import pending_about
from paydesk.foundation.documents.actions import store
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

MARKET = "GH"
MOST_MINOR = 300_00
NEARLY_DUE_DAYS = 7  # of the eight office days that 72 working hours are
LATE = timedelta(days=4)  # a row of the provider has to come within three


def requests_of_the_morning(people: Mapping[str, Actor], at: datetime) -> list[ReversalRequest]:
    """Two requests: one of yesterday, one that has to be answered soon where a payment is old enough."""
    recent = at - timedelta(hours=20)
    long_ago = _office_days_before(at, NEARLY_DUE_DAYS)
    recorded = []
    for n, (asked_at, reason) in enumerate(((recent, "wrong_recipient"), (long_ago, "duplicate"))):
        free = Payment.objects.filter(
            market=MARKET, state="received", reserved_minor=0, refunded_minor=0, customer__isnull=False,
            amount_minor__lte=MOST_MINOR, statement_line__occurred_at__lt=asked_at,
            source_account__provider__kind="mobile_money", reversed_minor=0,
        ).exclude(customer__in=[each.payment.customer_id for each in recorded])  # fmt: skip
        payment = free.order_by("-statement_line__occurred_at", "-pk").first()
        if payment is None:
            continue
        recorded.append(
            record_request(
                payment.pk,
                amount=Money(payment.amount_minor, payment.currency),
                case_number=f"RV-{at:%y%m%d}-{n + 1}",
                reason=reason,
                requested_at=asked_at,
                note="The provider's message of the case, by e-mail.",
                by=people["SU"],
                now=at + timedelta(minutes=n),
            )
        )
    return recorded


def receipts_by_hand(people: Mapping[str, Actor], account: SourceAccount, at: datetime) -> None:
    """Two payments the portal showed before any file did: one to decide, one that no row has proven."""
    contracts = Contract.objects.filter(market=MARKET, state="active").select_related("customer")
    for n, contract in enumerate(contracts.order_by("-pk")[:2]):
        shown_at = at - LATE if n else at
        said = "A note of what the portal of the demo company would show. Invented, like all of it."
        document = store(io.BytesIO(said.encode()), filename="portal.txt", by=people["AN"], now=shown_at)
        receipt = request_receipt(
            account.pk,
            amount=Money(45_00, account.currency),
            paid_at=shown_at - timedelta(minutes=30),
            provider_ref=f"PORTAL{shown_at:%y%m%d}{n}",
            reference=contract.account_number,
            phone="",
            payer_name=contract.customer.name,
            note="The portal shows it, the file is late.",
            document_id=document.pk,
            by=people["AN"],
            now=shown_at,
        )
        if n:
            approval = pending_about("hand_receipt", [receipt.pk])[receipt.pk]
            assert approval.kind == RECEIVE
            approve_receipt(approval.pk, by=people["TL"], now=shown_at + timedelta(minutes=5))


def _office_days_before(at: datetime, days: int) -> datetime:
    while days:
        at -= timedelta(days=1)
        days -= at.weekday() < 5
    return at
