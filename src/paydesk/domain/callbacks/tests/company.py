"""A small company with callback addresses, and the messages its providers send; all invented."""

from __future__ import annotations

import itertools
import json
from datetime import datetime
from typing import Any

from paydesk.domain.callbacks import actions
from paydesk.domain.contracts.models import Contract
from paydesk.domain.payments.models import Payment
from paydesk.domain.providers.actions import open_callbacks
from paydesk.domain.providers.models import CallbackEndpoint, SourceAccount
from paydesk.foundation.inbox.models import Message
from paydesk.kernel.actor import Actor
from tests.builders import NOON, WORKER, make_contract, make_source_account

PROVIDER = Actor("provider", None, "tests")
_numbers = itertools.count(1)


def hubtel_endpoint(**fields: Any) -> CallbackEndpoint:
    account = make_source_account(provider="hubtel", **fields)
    return open_callbacks(account.pk, dialect="hubtel", by=WORKER, now=NOON)


def mpesa_endpoint(**fields: Any) -> CallbackEndpoint:
    values = {"market": "KE", "currency": "KES", "time_zone": "Africa/Nairobi", "identifier": "600999"}
    account = make_source_account(provider="mpesa", **{**values, **fields})
    return open_callbacks(account.pk, dialect="mpesa", by=WORKER, now=NOON)


def ghana_contract(**fields: Any) -> Contract:
    return make_contract(**fields)


def kenya_contract(**fields: Any) -> Contract:
    return make_contract(market="KE", currency="KES", **fields)


def hubtel(
    code: str = "0000", *, amount: str = "50.00", id: str = "", reference: str = "", **data: Any
) -> bytes:
    """A Hubtel callback; the amount stands there as a JSON number, digit by digit."""
    fields = {
        "Amount": "@@",
        "Charges": 0,
        "AmountAfterCharges": "@@",
        "ClientReference": reference,
        "TransactionId": id or f"{next(_numbers):032x}",
        "PaymentDate": "2026-03-02T11:00:00Z",
        **data,
    }
    text = json.dumps({"ResponseCode": code, "Message": "invented", "Data": fields})
    return text.replace('"@@"', amount).encode()


def hubtel_status(status: str, *, amount: str = "50.00", id: str, reference: str = "") -> bytes:
    data = {
        "date": "2026-03-02T11:00:00Z", "status": status, "transactionId": id, "clientReference": reference,
        "currencyCode": None, "amount": "@@", "charges": 0, "amountAfterCharges": "@@",
    }  # fmt: skip
    text = json.dumps({"message": "Successful", "responseCode": "0000", "data": data})
    return text.replace('"@@"', amount).encode()


def c2b(
    *, receipt: str, amount: str = "50.00", reference: str = "", number: str = "600999", **more: Any
) -> bytes:
    fields = {
        "TransactionType": "Pay Bill", "TransID": receipt, "TransTime": "20260302140000",
        "TransAmount": amount,
        "BusinessShortCode": number, "BillRefNumber": reference, "MSISDN": "",
        "FirstName": "Invented", **more,
    }  # fmt: skip
    return json.dumps(fields).encode()


def push(*, request: str, receipt: str = "", amount: str = "50", code: int = 0) -> bytes:
    callback: dict[str, Any] = {"CheckoutRequestID": request, "ResultCode": code, "ResultDesc": "invented"}
    if code == 0:
        items = {"Amount": "@@", "MpesaReceiptNumber": receipt, "TransactionDate": 20260302140000}
        callback["CallbackMetadata"] = {"Item": [{"Name": k, "Value": v} for k, v in items.items()]}
    return json.dumps({"Body": {"stkCallback": callback}}).replace('"@@"', amount).encode()


def accepted_push(request: str) -> bytes:
    return json.dumps({"MerchantRequestID": "1", "CheckoutRequestID": request, "ResponseCode": "0"}).encode()


def send(endpoint: CallbackEndpoint, body: bytes, channel: str = "", *, now: datetime = NOON) -> Message:
    """Keep a callback as the door does."""
    channel = channel or {"hubtel": "payment", "mpesa": "confirmation"}[endpoint.dialect]
    kept = actions.keep_callback(endpoint, channel=channel, body=body, headers={}, by=PROVIDER, now=now)
    return Message.objects.get(pk=kept.message_id)


def post_all(now: datetime = NOON) -> int:
    settled = 0
    while batch := actions.post_callbacks(by=WORKER, now=now):
        settled += batch
    return settled


def payments_of(account: SourceAccount) -> list[Payment]:
    return list(Payment.objects.filter(source_account=account).order_by("pk"))
