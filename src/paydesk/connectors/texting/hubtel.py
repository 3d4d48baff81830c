"""Hubtel: Ghana. It is asked what became of a message; it documents no callback for it.

Sending: https://businessdocs-developers.hubtel.com/docs/simple-messaging (POST /v1/messages/send as JSON with
From, To, Content; the answer bears status 0, messageId and rate, in the currency of the account). Asking:
https://businessdocs-developers.hubtel.com/docs/sms-status-check (GET /v1/messages/ID, status "Delivered").
What a status other than 0 means: https://hubtel.readme.io/reference/response-code. Looked up in November
2026.
"""

from __future__ import annotations

import json
from base64 import b64encode
from urllib.parse import quote

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

REFUSALS = {
    1: ("says that this is no phone number", False),
    2: ("does not know the sender name: register it there", False),
    3: ("says that the message is too long", False),
    4: ("found no way to this number", True),
    6: ("does not take these words", False),
    12: ("has no credit of ours left: top the account up", True),
}
OUTCOMES: dict[str, Outcome] = {
    "pending": "sent", "sent": "sent", "acknowledged": "sent", "buffered": "sent", "delivered": "delivered",
    "undeliverable": "failed", "undelivered": "failed", "rejected": "failed", "expired": "failed",
    "failed": "failed",
}  # fmt: skip


def send(account: Account, number: str, text: str, reference: str) -> Taken:
    """Hand one message over. Raises GatewayError."""
    said = {"From": account.sender, "To": number, "Content": text, "ClientReference": reference}
    answer = call(
        account, "POST", "/v1/messages/send",
        headers={**_login(account), "Content-Type": "application/json"}, body=json.dumps(said).encode(),
    )  # fmt: skip
    told = json_of(answer)
    status = told.get("status", told.get("Status"))
    message_id = str(told.get("messageId", told.get("MessageId", "")) or "")[:100]
    if answer.status == 402:
        status = 12
    if str(status) != "0" or not message_id:
        what, passes = REFUSALS.get(number_of(status), ("did not take it", False))
        raise GatewayError(f"Hubtel {what} (HTTP {answer.status}, status {status}).", temporary=passes)
    return Taken(message_id, amount_of(told.get("rate", told.get("Rate"))))


def ask(account: Account, message_id: str) -> Report | None:
    """What became of a message; None while there is nothing to say. Raises GatewayError."""
    answer = call(
        account, "GET", f"/v1/messages/{quote(message_id, safe='')}", headers=_login(account), sends=False
    )
    said = str(json_of(answer).get("status", ""))
    outcome = OUTCOMES.get(said.lower())
    return Report(message_id, outcome, why=said[:60]) if outcome else None


def _login(account: Account) -> dict[str, str]:
    login = b64encode(f"{account.user}:{account.secret}".encode()).decode()
    return {"Authorization": f"Basic {login}", "Accept": "application/json"}


GATEWAY = Gateway(
    "hubtel", "Hubtel", "https://sms.hubtel.com", "client id", "client secret", send, ask=ask
)  # fmt: skip
