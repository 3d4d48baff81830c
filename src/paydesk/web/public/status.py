"""The status page: where a refund, a payment or a case is, for whoever was given its address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from paydesk.domain.cases.rules import LEVELS, Level
from paydesk.domain.doors.actions import note_visit
from paydesk.domain.doors.addresses import link_behind
from paydesk.domain.doors.asks import level_needed, standing_of
from paydesk.domain.doors.queries import is_still_theirs
from paydesk.domain.doors.rules import device_of, is_machine
from paydesk.web.public.limits import LOOKS
from paydesk.web.public.pages import LOOKER, gone, language_of, page, public


@public(LOOKS)
@require_safe
def status(request: HttpRequest, secret: str) -> HttpResponse:
    """What a link shows now; a visit is counted when a person looks, not when a program follows it."""
    now = timezone.now()
    link = link_behind(secret, now)
    if link is None or link.withdrawn_at is not None:
        return gone(language_of(request, link.language if link else "en"))
    needed = level_needed(link.kind)
    language = language_of(request, link.language)
    with translation.override(language):
        standing = standing_of((link.kind, link.object_id), now)
    if standing is None or needed is None or LEVELS[link.level] < needed or not is_still_theirs(link):
        return gone(language)
    headers = request.headers
    agent, purpose = headers.get("User-Agent", ""), headers.get("Sec-Purpose", headers.get("Purpose", ""))
    if not is_machine(request.method or "", agent, purpose):
        note_visit(link.pk, device=device_of(agent), by=LOOKER, now=now)
    known = {
        "standing": standing,
        "details": standing.details if LEVELS[link.level] >= Level.TWO_FACTS else (),
        "now": now,
        "until": link.expires_at,
    }
    return page("status", known, language=language, market=link.case.market)
