"""A gateway of anybody's: one request over HTTP whose shape is written down by whoever sets it up.

The shape is {"path": "/send", "as": "json" | "form", "login": "basic" | "bearer" | "header NAME", "to": "…",
"text": "…", "sender": "…", "id": "a.b"}: names of the fields sent, and where the answer names the message.
What such a gateway says about a message later is not understood: it stays sent.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import urlencode

from paydesk.connectors.texting.gateway import Account, Gateway, GatewayError, Taken, call, json_of

DELIVERED_SHAPE = {
    "path": "/send", "as": "json", "login": "bearer", "to": "to", "text": "text", "sender": "from",
    "id": "id",
}  # fmt: skip
_FIELD = re.compile(r"[A-Za-z0-9_.\-]{1,40}")
_HEADER = re.compile(r"header [A-Za-z0-9\-]{1,40}")


def problem_with(shape: Mapping[str, str]) -> str:
    """What is wrong with a shape, as a sentence; "" where it will do."""
    if unknown := sorted(set(shape) - set(DELIVERED_SHAPE)):
        return f"The shape knows no {unknown[0]}: it has {', '.join(DELIVERED_SHAPE)}."
    said = {**DELIVERED_SHAPE, **shape}
    if not all(isinstance(each, str) for each in said.values()):
        return "Every part of the shape is a text."
    if not re.fullmatch(r"/[A-Za-z0-9_./\-]*", said["path"]):
        return "The path begins with / and has letters, digits and -_. in it."
    if said["as"] not in ("json", "form"):
        return "What is sent is json or form."
    if said["login"] not in ("basic", "bearer") and not _HEADER.fullmatch(said["login"]):
        return "The login is basic, bearer, or header and its name."
    wrong = [name for name in ("to", "text", "sender", "id") if not _FIELD.fullmatch(said[name])]
    return f"The name of the field for {wrong[0]} is none." if wrong else ""


def send(account: Account, number: str, text: str, reference: str) -> Taken:
    """Hand one message over; any answer with 2xx is a yes. Raises GatewayError."""
    shape = {**DELIVERED_SHAPE, **account.shape}
    said = {shape["to"]: number, shape["text"]: text, shape["sender"]: account.sender}
    is_json = shape["as"] == "json"
    answer = call(
        account, "POST", shape["path"],
        headers={
            **_login(account, shape["login"]), "Accept": "application/json", "Idempotency-Key": reference,
            "Content-Type": "application/json" if is_json else "application/x-www-form-urlencoded",
        },
        body=json.dumps(said).encode() if is_json else urlencode(said).encode(),
    )  # fmt: skip
    if not 200 <= answer.status < 300:
        raise GatewayError(f"The gateway did not take it (HTTP {answer.status}).", temporary=False)
    found: object = json_of(answer)
    for part in shape["id"].split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return Taken(str(found)[:100] if isinstance(found, str | int) else "")


def _login(account: Account, how: str) -> dict[str, str]:
    if how == "basic":
        login = b64encode(f"{account.user}:{account.secret}".encode()).decode()
        return {"Authorization": f"Basic {login}"}
    if how == "bearer":
        return {"Authorization": f"Bearer {account.secret}"}
    return {how.partition(" ")[2]: account.secret}


GATEWAY = Gateway("other", "Another gateway", "https://", "user", "secret or token", send)
