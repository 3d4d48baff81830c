"""What a gateway of text messages is asked for and says, whichever company runs it."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Literal
from urllib.parse import urlsplit

from paydesk.connectors.https import Answer, UnreachableError, request

Outcome = Literal["sent", "delivered", "failed"]
_NEVER_SENT = (socket.gaierror, ConnectionRefusedError, ssl.SSLError)


class GatewayError(Exception):
    """A gateway did not take a message; one sentence without number or words of it.

    `temporary`: trying again later may help. `unknown`: nobody knows whether it was taken, so that sending it
    again may send it twice.
    """

    def __init__(self, text: str, *, temporary: bool, unknown: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.temporary = temporary
        self.unknown = unknown


@dataclass(frozen=True, slots=True)
class Account:
    """Our account at a gateway: `user` and `secret` as it calls them, `sender` is whom it comes from."""

    base_url: str
    user: str
    secret: str = field(repr=False)
    sender: str = ""
    shape: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """A gateway took a message: its id there, and what it costs where it says so."""

    message_id: str
    cost: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a message. `number` is E.164 digits where it is said, `why` a word of theirs."""

    message_id: str
    outcome: Outcome
    number: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Gateway:
    """One kind of gateway. `send` takes (account, E.164 digits, text, our reference).

    `report_in` reads what it posts to us, `ask` what it answers when asked about an id; None where it does
    not do that, and both are None where it never says what became of a message.
    """

    code: str
    name: str
    base_url: str
    user_is: str
    secret_is: str
    send: Callable[[Account, str, str, str], Taken]
    report_in: Callable[[Mapping[str, str]], Report | None] | None = None
    ask: Callable[[Account, str], Report | None] | None = None


def call(
    account: Account,
    method: str,
    path: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
    sends: bool = True,
) -> Answer:
    """Ask the gateway once; `sends` says that a message may leave by it. Raises GatewayError."""
    host = urlsplit(account.base_url).hostname or "the gateway"
    try:
        answer = request(method, account.base_url, path, headers=headers, body=body)
    except UnreachableError as problem:
        broke_off = sends and problem.__cause__ is not None
        if broke_off and not isinstance(problem.__cause__, _NEVER_SENT):
            raise GatewayError(
                f"{host} was sent the message and did not say that it took it: it may arrive.",
                temporary=False,
                unknown=True,
            ) from None
        raise GatewayError(str(problem), temporary=True) from None
    if answer.status in (401, 403):
        raise GatewayError(
            f"{host} did not let us in (HTTP {answer.status}): check its user and secret.", temporary=True
        )
    if answer.status == 429 or answer.status >= 500:
        raise GatewayError(f"{host} answered with HTTP {answer.status}.", temporary=True)
    return answer


def json_of(answer: Answer) -> dict[str, Any]:
    """The JSON object of an answer; an empty one where it is none."""
    try:
        found = json.loads(answer.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def amount_of(said: object) -> Decimal | None:
    """A price as a gateway writes it, None where it is none or below nothing."""
    try:
        found = Decimal(str(said))
    except InvalidOperation:
        return None
    return found if found.is_finite() and found >= 0 else None


def number_of(said: object) -> int:
    """A status as a number, 0 where it is none."""
    text = str(said)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
