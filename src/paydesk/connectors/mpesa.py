"""M-Pesa's Daraja: what became of an STK push, and the payments of the last hours."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from paydesk.connectors.https import UnreachableError, request
from paydesk.connectors.hubtel import said

NAIROBI = ZoneInfo("Africa/Nairobi")
STILL_AT_IT = "500.001.1001"  # "the transaction is being processed", sent with HTTP 500


@dataclass(frozen=True, slots=True)
class Mpesa:
    """`account` is our short code; `key` and `secret` are the app's, `passkey` that of the STK push.

    `pulls` says whether Safaricom has registered the short code for the pull of transactions.
    """

    base_url: str
    account: str
    key: str
    secret: str
    passkey: str = ""
    pulls: bool = False

    def push_status(self, checkout_request_id: str, *, now: datetime) -> bytes:
        """The answer of the STK status query. It never carries a receipt.

        Raises UnreachableError when there is no answer that says anything about the push.
        """
        at = now.astimezone(NAIROBI).strftime("%Y%m%d%H%M%S")
        password = b64encode(f"{self.account}{self.passkey}{at}".encode()).decode()
        return self._ask(
            "/mpesa/stkpushquery/v1/query",
            {
                "BusinessShortCode": self.account,
                "Password": password,
                "Timestamp": at,
                "CheckoutRequestID": checkout_request_id,
            },
        )

    def payments(self, since: datetime, until: datetime) -> bytes:
        """Payments to us between two instants, at most 48 hours back. Raises UnreachableError."""
        shape = "%Y-%m-%d %H:%M:%S"
        return self._ask(
            "/pulltransactions/v1/query",
            {
                "ShortCode": self.account,
                "StartDate": since.astimezone(NAIROBI).strftime(shape),
                "EndDate": until.astimezone(NAIROBI).strftime(shape),
                "OffSetValue": "0",
            },
        )

    def _ask(self, path: str, question: dict[str, Any]) -> bytes:
        answer = request(
            "POST",
            self.base_url,
            path,
            headers={"Authorization": f"Bearer {self._token()}", "Content-Type": "application/json"},
            body=json.dumps(question).encode(),
        )
        if answer.status == 500 and STILL_AT_IT.encode() in answer.body:
            raise UnreachableError("M-Pesa says that the push is still being processed.")
        return said("M-Pesa", answer)

    def _token(self) -> str:
        login = b64encode(f"{self.key}:{self.secret}".encode()).decode()
        answer = request(
            "GET",
            self.base_url,
            "/oauth/v1/generate?grant_type=client_credentials",
            headers={"Authorization": f"Basic {login}", "Accept": "application/json"},
        )
        try:
            token = json.loads(said("M-Pesa", answer))["access_token"]
        except (ValueError, KeyError, TypeError):
            raise UnreachableError("M-Pesa gave no access token.") from None
        return str(token)
