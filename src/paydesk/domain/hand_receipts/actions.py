"""Receiving a payment by hand: entered with evidence by one person, agreed to by another."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from paydesk.domain.hand_receipts import rules
from paydesk.domain.hand_receipts.models import HandReceipt
from paydesk.domain.hand_receipts.states import HAND_RECEIPT
from paydesk.domain.payments.actions import receive_lines
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.statements import steps as statements
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit import steps as audit
from paydesk.importers.records import StatementLine
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.phone_numbers import e164_digits
from paydesk.kernel.refused import Refused

RECEIVE = "payment.receive_by_hand"


class HandReceiptRefused(Refused):
    """This payment cannot be received by hand."""

    code = "hand_receipt.refused"


@transaction.atomic(durable=True)
def request_receipt(
    source_account_id: int,
    *,
    amount: Money,
    paid_at: datetime,
    provider_ref: str,
    reference: str,
    phone: str,
    payer_name: str,
    note: str,
    document_id: int,
    by: Actor,
    now: datetime,
) -> HandReceipt:
    """Ask for a payment to be received before the provider's row comes, with its evidence.

    `document_id` is the stored evidence (a screenshot, a letter). Raises HandReceiptRefused.
    """
    account = SourceAccount.objects.get(pk=source_account_id)
    by.needs("payments.receive_by_hand", market=account.market)
    refused = rules.problem(provider_ref, note, paid_at, now)
    if account.role != "originates":
        refused = f"{account.name} does not originate payments: its rows never become any."
    elif amount.currency != account.currency or amount.amount_minor <= 0:
        refused = f"The amount must be above zero and in {account.currency}."
    if refused:
        raise HandReceiptRefused(refused)
    provider_ref = provider_ref.strip()
    if statements.knows(account, provider_ref):
        raise HandReceiptRefused(f"A row with the code {provider_ref} is here already: look it up with find.")
    asked = HandReceipt.objects.filter(source_account=account, provider_ref=provider_ref, state="asked")
    if asked.exists():
        raise HandReceiptRefused(f"{provider_ref} is entered already and waits for a second person.")
    msisdn = e164_digits(phone, account.market) if phone.strip() else ""
    if msisdn is None:
        raise HandReceiptRefused(f"{phone!r} is not a phone number of {account.market}.")
    receipt = HandReceipt.objects.create(
        source_account=account,
        market=account.market,
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        paid_at=paid_at,
        provider_ref=provider_ref,
        reference=reference.strip(),
        msisdn=msisdn,
        payer_name=payer_name.strip(),
        note=note.strip(),
        document_id=document_id,
        asked_by_id=by.id,
        asked_by=by.label,
        asked_at=now,
    )
    approval = approvals.ask(
        RECEIVE,
        subject=("hand_receipt", receipt.pk),
        market=receipt.market,
        right="payments.receive_by_hand",
        payload={
            "source_account_id": account.pk,
            "amount_minor": receipt.amount_minor,
            "provider_ref": audit.fingerprint(provider_ref),
        },
        reasons=["No row of the provider shows it yet: one has to come within three days."],
        amount=amount,
        note=note.strip(),
        evidence_id=document_id,
        by=by,
        now=now,
    )
    audit.record(
        "hand_receipt.asked",
        subject=("hand_receipt", receipt.pk),
        by=by,
        at=now,
        changes={
            "approval_id": approval.pk,
            "amount_minor": receipt.amount_minor,
            "currency": receipt.currency,
            "document_id": document_id,
        },
        market=receipt.market,
    )
    return receipt


@transaction.atomic(durable=True)
def approve_receipt(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> HandReceipt:
    """The second person agrees: received, identified, posted and allocated like any row.

    Raises ApprovalRefused; HandReceiptRefused if the provider's own row came meanwhile.
    """
    approval = approvals.decide(approval_id, RECEIVE, by=by, now=now, note=note)
    receipt = (
        HandReceipt.objects.select_for_update(of=["self"])
        .select_related("source_account")
        .get(pk=approval.subject_id)
    )
    account = receipt.source_account
    local_day = receipt.paid_at.astimezone(ZoneInfo(account.time_zone)).date()
    line = StatementLine(
        line=1,
        kind="payment",
        status="success",
        amount=Money(receipt.amount_minor, receipt.currency).amount,
        currency=receipt.currency,
        reference=receipt.reference,
        provider_ref=receipt.provider_ref,
        msisdn=receipt.msisdn,
        payer_name=receipt.payer_name,
        occurred_at=receipt.paid_at,
        booked_on=local_day,
        value_on=local_day,
        channel="by hand",
        raw="Entered by hand",
    )
    file_id = statements.file_by_hand(account, receipt.document_id, by=by.label, at=now)
    line_ids = statements.store_lines(file_id, account, [line], now.date())
    if not line_ids:
        raise HandReceiptRefused(
            "The provider's own row has come meanwhile. Reject this, nothing is missing."
        )
    received = receive_lines(line_ids, by=by, now=now)
    statements.count_by_hand(file_id, payments=received)
    receipt.state = HAND_RECEIPT.after("receive", receipt.state)
    receipt.received_at, receipt.line_id = now, line_ids[0]
    receipt.save()
    audit.record(
        "hand_receipt.received",
        subject=("hand_receipt", receipt.pk),
        by=by,
        at=now,
        changes={
            "approval_id": approval.pk,
            "state": ["asked", receipt.state],
            "file_id": file_id,
            "line_id": receipt.line_id,
        },
        market=receipt.market,
    )
    return receipt


def request_ended(approval: Approval, by: Actor, now: datetime) -> None:
    """The second person said no, or nobody decided: nothing is received. Joins that transaction."""
    receipt = HandReceipt.objects.select_for_update().get(pk=approval.subject_id)
    receipt.state = HAND_RECEIPT.after("reject", receipt.state)
    receipt.save(update_fields=["state"])
