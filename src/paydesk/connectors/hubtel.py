"""Hubtel's transaction status check. Hubtel lets only addresses in that it was told of."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import quote

from paydesk.connectors.https import Answer, UnreachableError, request


@dataclass(frozen=True, slots=True)
class Hubtel:
    """`account` is our POS sales id; `key` and `secret` are the API id and key."""

    base_url: str
    account: str
    key: str
    secret: str

    def status(self, *, transaction_id: str, client_reference: str) -> bytes:
        """What became of a payment, as Hubtel says it; asked by our reference if we have it, else its id.

        Raises UnreachableError when there is no answer that says anything about the payment.
        """
        name, value = ("clientReference", client_reference)
        if not client_reference:
            name, value = "hubtelTransactionId", transaction_id
        login = b64encode(f"{self.key}:{self.secret}".encode()).decode()
        answer = request(
            "GET",
            self.base_url,
            f"/transactions/{quote(self.account, safe='')}/status?{name}={quote(value, safe='')}",
            headers={"Authorization": f"Basic {login}", "Accept": "application/json"},
        )
        return said("Hubtel", answer)


def said(who: str, answer: Answer) -> bytes:
    """The body of an answer that says something. Raises UnreachableError for any other."""
    if answer.status in (401, 403):
        raise UnreachableError(
            f"{who} did not let us in (HTTP {answer.status}): check the keys and the addresses it allows."
        )
    if not 200 <= answer.status < 300:
        raise UnreachableError(f"{who} answered with HTTP {answer.status}.")
    return answer.body
