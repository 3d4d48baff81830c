"""Where gateways of text messages post what became of one, each at an address that we signed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from paydesk.domain.text_messages.actions import take_report
from paydesk.domain.text_messages.addresses import gateway_behind
from paydesk.web.public.limits import CALLS
from paydesk.web.public.pages import GONE, public, visitor

MOST_BYTES = 8 * 1024


@public(CALLS)
@require_POST
def report(request: HttpRequest, secret: str) -> HttpResponse:
    """A form as Africa's Talking posts it. 404 at an address that is not ours, for a message not its own."""
    gateway = gateway_behind(secret)
    length = request.headers.get("Content-Length") or ""
    if gateway is None or not length.isdigit() or int(length) > MOST_BYTES:
        return HttpResponse("No gateway reports here.", status=GONE, content_type="text/plain")
    said = {name: value[:200] for name, value in request.POST.items() if isinstance(value, str)}
    is_ours = take_report(gateway, said, by=visitor(gateway.market, "text gateway"), now=timezone.now())
    text = "Thank you." if is_ours else "No such message."
    return HttpResponse(text, status=200 if is_ours else GONE, content_type="text/plain")
