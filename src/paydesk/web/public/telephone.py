"""Where telephone systems announce calls, each known by its token."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from paydesk.domain.doors.actions import announce_call
from paydesk.domain.doors.queries import telephone_by_token
from paydesk.web.public.limits import CALLS
from paydesk.web.public.pages import public, visitor

MOST_BYTES = 8 * 1024


@public(CALLS)
@require_POST
def announce(request: HttpRequest) -> HttpResponse:
    """{"call": its id there, "event": ringing | answered | ended, "from": number, "agent": e-mail address}.

    401 without a token that we know, 400 for what is no such message; the same message again is one call.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    door = telephone_by_token(token.strip()) if scheme.lower() == "bearer" else None
    if door is None:
        response = JsonResponse({"refused": "No telephone system has this token."}, status=401)
        response["WWW-Authenticate"] = "Bearer"
        return response
    told = _told(request)
    if told is None:
        return JsonResponse({"refused": "Send a JSON object with call and event."}, status=400)
    call = announce_call(
        door, call_id=str(told.get("call", "")), event=str(told.get("event", "")),
        number=str(told.get("from", ""))[:40], agent=str(told.get("agent", ""))[:254],
        by=visitor(door.market, "telephone"), now=timezone.now(),
    )  # fmt: skip
    return JsonResponse({"call": call.external_id, "state": call.state})


def _told(request: HttpRequest) -> dict[str, Any] | None:
    raw = request.read(MOST_BYTES + 1)
    try:
        told = json.loads(raw) if len(raw) <= MOST_BYTES else None
    except ValueError:
        return None
    return told if isinstance(told, dict) else None
