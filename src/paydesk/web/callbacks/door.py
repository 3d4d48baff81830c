"""The addresses providers post to: nobody signs in here, the secret in the address is the key.

Answered only once the message is stored and committed. What is said about a request in a log never holds its
address or body: the one is a secret, the other personal data.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from paydesk.domain.callbacks.actions import keep_callback
from paydesk.domain.callbacks.connections import signing_keys
from paydesk.domain.providers.dialects import DIALECTS, Call
from paydesk.domain.providers.queries import endpoint_behind
from paydesk.domain.providers.rules import is_allowed
from paydesk.foundation.people.authority import PROVIDER, rights_of
from paydesk.kernel.actor import Actor
from paydesk.web.access import declares

logger = logging.getLogger("paydesk.callbacks")


class Rate:
    """How often each endpoint was used in the running minute, by this process; flat memory."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._minute = -1
        self._counts: dict[int, int] = {}

    def is_over(self, endpoint_id: int, limit: int) -> bool:
        """Count one use; whether it is one too many."""
        with self._lock:
            minute = int(self._clock() // 60)
            if minute != self._minute:
                self._minute, self._counts = minute, {}
            self._counts[endpoint_id] = self._counts.get(endpoint_id, 0) + 1
            return self._counts[endpoint_id] > limit


RATE = Rate()


def quietly(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Keep what goes wrong out of Django's own log, which would print the address, and never fail loudly."""

    def guarded(request: HttpRequest, secret: str, channel: str) -> HttpResponse:
        try:
            response = view(request, secret, channel)
        except Exception as problem:
            logger.error("A callback could not be stored: %s", type(problem).__name__)  # noqa: TRY400
            response = HttpResponse(status=503, headers={"Retry-After": "60"})
        response["Cache-Control"] = "no-store"
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response

    return guarded


@csrf_exempt
@login_not_required
@declares("")
@quietly
def door(request: HttpRequest, secret: str, channel: str) -> HttpResponse:
    """Store one callback. 404 for a wrong secret or channel, whatever else is wrong with the request.

    401 for a signature that is wrong, missing or old; 503 while its key is not set up: then it is sent again.
    """
    now = timezone.now()
    endpoint = endpoint_behind(secret, now)
    dialect = DIALECTS.get(endpoint.dialect) if endpoint else None
    if endpoint is None or dialect is None or channel not in dialect.channels:
        return HttpResponse(status=404)
    if not is_allowed(sender_of(request), endpoint.allowed_networks):
        logger.warning("A callback for endpoint %d came from an address that is not allowed.", endpoint.pk)
        return HttpResponse(status=404)
    if request.method not in dialect.methods:
        return HttpResponse(status=405, headers={"Allow": ", ".join(dialect.methods)})
    if RATE.is_over(endpoint.pk, settings.CALLBACKS_PER_MINUTE):
        logger.warning("Endpoint %d is sent more callbacks a minute than are taken.", endpoint.pk)
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    body = body_of(request)
    if body is None:
        logger.warning("A callback for endpoint %d is too large and was not stored.", endpoint.pk)
        return HttpResponse(status=413)
    if not body.strip():
        return HttpResponse(status=400)
    call = Call(body, request.headers, now)
    keys: list[dict[str, str]] = []
    if dialect.proof is not None and dialect.channels[channel].is_signed:
        keys = signing_keys(endpoint.source_account, dialect.proof.names)
        if not keys and dialect.proof.required:
            logger.error("No signing key of endpoint %d is set up; its callbacks are put off.", endpoint.pk)
            return HttpResponse(status=503, headers={"Retry-After": "300"})
        if keys and (reason := dialect.proof.refuses(call, keys)):
            logger.warning("A callback for endpoint %d was not stored: %s.", endpoint.pk, reason)
            return HttpResponse(status=401)
    provider = endpoint.source_account.provider
    keep_callback(
        endpoint,
        channel=channel,
        body=body,
        headers=request.headers,
        by=Actor("provider", None, provider.code, rights_of([PROVIDER])),
        now=now,
    )
    answer = dialect.answer_to(call, keys)
    return HttpResponse(answer.body, content_type=answer.content_type)


def body_of(request: HttpRequest) -> bytes | None:
    """The body, None when it is longer than the limit; no more than that is ever read."""
    limit = settings.CALLBACK_LIMIT_BYTES
    length = request.headers.get("Content-Length", "")
    if length.isascii() and length.isdigit() and int(length) > limit:
        return None
    body = request.read(limit + 1)
    return body if len(body) <= limit else None


def sender_of(request: HttpRequest) -> str:
    """The address a request came from: the last one in the chain that is not a proxy of ours."""
    address = request.META.get("REMOTE_ADDR", "")
    chain = request.headers.get("X-Forwarded-For", "").split(",")
    while chain and settings.TRUSTED_PROXIES and is_allowed(address, settings.TRUSTED_PROXIES):
        address = chain.pop().strip() or address
    return address
