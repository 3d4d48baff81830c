"""Access tokens for mail (OAuth 2.0, RFC 6749 section 6): a new one from a refresh token, for an hour or so.

Microsoft and Google let nobody read or send mail with a password; an access token alone is dead within the
hour. A person signs in once there and copies the refresh token, which lasts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from paydesk.connectors.https import UnreachableError, request
from paydesk.connectors.mail.servers import MailServerError

LEAST_SECONDS = 300  # of a server that does not say how long its token lasts
GONE = ("invalid_grant", "invalid_client", "unauthorized_client", "invalid_scope")


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """Where tokens come from, and who we are there."""

    address: str
    client_id: str
    scope: str = ""
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What was handed out. `refresh_token` is a new one where the server changes it each time, else ""."""

    token: str = field(repr=False)
    seconds: int
    refresh_token: str = field(default="", repr=False)


def new_token(endpoint: TokenEndpoint) -> AccessToken:
    """Ask for an access token. Raises MailServerError, which says so where somebody has to sign in again."""
    parts = urlsplit(endpoint.address)
    host = parts.hostname or "the token server"
    asked = {
        "grant_type": "refresh_token", "refresh_token": endpoint.refresh_token,
        "client_id": endpoint.client_id, "client_secret": endpoint.client_secret, "scope": endpoint.scope,
    }  # fmt: skip
    try:
        answer = request(
            "POST",
            f"{parts.scheme}://{parts.netloc}",
            parts.path + (f"?{parts.query}" if parts.query else ""),
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            body=urlencode({name: value for name, value in asked.items() if value}).encode(),
        )
    except UnreachableError as problem:
        raise MailServerError(f"No token for the mailbox: {problem}", temporary=True) from problem
    said = _said(answer.body)
    token = said.get("access_token")
    if answer.status == 200 and isinstance(token, str) and token:
        seconds, fresh = said.get("expires_in"), said.get("refresh_token")
        lasts = int(seconds) if isinstance(seconds, (int, str)) and str(seconds).isdigit() else LEAST_SECONDS
        return AccessToken(token, lasts, fresh if isinstance(fresh, str) else "")
    why = said.get("error")
    if isinstance(why, str) and why in GONE:
        raise MailServerError(
            f"{host} gives no token any more ({why}): sign in there again and type the new refresh token.",
            temporary=True,  # answers wait meanwhile
        )
    raise MailServerError(f"{host} gave no token (HTTP {answer.status}).", temporary=True)


def _said(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}
