"""Africa's Talking: Kenya, Nigeria, Ghana and more. It posts what became of a message, unsigned.

Sending: https://developers.africastalking.com/docs/sms/sending/bulk (POST /version1/messaging as a form,
header apiKey; the answer names one recipient each with statusCode, messageId and cost "KES 0.8000"). Reports:
http://docs.africastalking.com/sms/deliveryreports (a form with id, status, phoneNumber, failureReason, to an
address set in its dashboard; nothing proves them but that address). Looked up in November 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from paydesk.connectors.texting.gateway import (
    Account,
    Gateway,
    GatewayError,
    Outcome,
    Report,
    Taken,
    amount_of,
    call,
    json_of,
    number_of,
)

TOOK_IT = (100, 101, 102)  # processed, sent, queued
# What a person has to put right, and what may pass by itself.
REFUSALS = {
    401: ("holds the message back as a risk", False),
    402: ("does not know the sender name: register it there", False),
    403: ("says that this is no phone number", False),
    404: ("does not send to numbers of this kind", False),
    405: ("has no credit of ours left: top the account up", True),
    406: ("was told by this number that it wants no messages", False),
    407: ("found no way to this number", True),
    409: ("was told by this number that it wants no messages", False),
    500: ("had a fault of its own", True),
    501: ("could not reach the network", True),
    502: ("was refused by the network", False),
}
OUTCOMES: dict[str, Outcome] = {
    "Sent": "sent", "Submitted": "sent", "Buffered": "sent", "Success": "delivered", "Rejected": "failed",
    "Failed": "failed",
}  # fmt: skip


def send(account: Account, number: str, text: str, reference: str) -> Taken:
    """Hand one message over. Raises GatewayError. It knows no reference of ours."""
    del reference
    said = {"username": account.user, "to": f"+{number}", "message": text, "enqueue": "1"}
    if account.sender:
        said["from"] = account.sender
    answer = call(
        account, "POST", "/version1/messaging",
        headers={
            "apiKey": account.secret, "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        },
        body=urlencode(said).encode(),
    )  # fmt: skip
    about = json_of(answer).get("SMSMessageData")
    told = about.get("Recipients") if isinstance(about, dict) else None
    first = told[0] if isinstance(told, list) and told and isinstance(told[0], dict) else None
    if first is None:  # what is wrong with the whole request stands in Message: InvalidSenderId, …
        word = str(about.get("Message", ""))[:60] if isinstance(about, dict) else f"HTTP {answer.status}"
        raise GatewayError(f"Africa's Talking took the message for nobody ({word}).", temporary=False)
    status = first.get("statusCode")
    if status not in TOOK_IT:
        what, passes = REFUSALS.get(number_of(status), ("refused it", False))
        raise GatewayError(f"Africa's Talking {what} ({status}).", temporary=passes)
    currency, _, amount = str(first.get("cost", "")).partition(" ")
    cost = amount_of(amount) if len(currency) == 3 and currency.isalpha() else None
    return Taken(str(first.get("messageId", ""))[:100], cost, currency if cost is not None else "")


def report_in(said: Mapping[str, str]) -> Report | None:
    """What it posted about a message; None where it is no report."""
    outcome, message_id = OUTCOMES.get(said.get("status", "")), said.get("id", "")
    if outcome is None or not message_id:
        return None
    number = said.get("phoneNumber", "").lstrip("+")
    why = said.get("failureReason", "") if outcome == "failed" else ""
    return Report(message_id, outcome, number if number.isdigit() else "", why[:60])


GATEWAY = Gateway(
    "africas_talking", "Africa's Talking", "https://api.africastalking.com", "username", "API key", send,
    report_in=report_in,
)  # fmt: skip
