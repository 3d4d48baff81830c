"""What every public page shares: no session, strict headers, a small layout, limits per address."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt

from paydesk.domain.doors.rules import LANGUAGES
from paydesk.foundation.people.queries import market_by_code
from paydesk.kernel.actor import Actor, system
from paydesk.kernel.refused import Refused
from paydesk.web.access import declares
from paydesk.web.language import of_browser, spoken
from paydesk.web.public.limits import PerAddress

View = Callable[..., HttpResponse]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)
GONE = 404


def public(limit: PerAddress) -> Callable[[View], Any]:
    """A page for whoever comes: nobody signs in, no cookie counts, so no request can be forged with one.

    The address of such a page is half a secret, so no browser hands it on. A refusal of a verb is told as
    JSON: pages that are no JSON catch it themselves.
    """

    def decorated(view: View) -> Any:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if limit.is_over(request):
                response = HttpResponse("Too often. Wait a moment.", status=429, content_type="text/plain")
                response["Retry-After"] = str(limit.seconds)
            else:
                try:
                    response = view(request, *args, **kwargs)
                except Refused as refused:
                    with translation.override(asked_for(request)):
                        told = {"refused": spoken(refused.text), "code": refused.code}
                    response = JsonResponse(told, status=409)
            return strictly(response)

        return csrf_exempt(login_not_required(declares("")(guarded)))

    return decorated


def strictly(response: HttpResponse) -> HttpResponse:
    """The headers of every answer; a page that may be embedded has said where (`embeddable`)."""
    response.headers.setdefault("Content-Security-Policy", POLICY.format(ancestors="'none'"))
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    return response


def embeddable(response: HttpResponse, origins: Sequence[str]) -> HttpResponse:
    """Let these sites show the page in a frame; without any, only we ourselves."""
    ancestors = " ".join(["'self'", *origins])
    response["Content-Security-Policy"] = POLICY.format(ancestors=ancestors)
    response.xframe_options_exempt = True  # type: ignore[attr-defined]
    return response


def asked_for(request: HttpRequest) -> str:
    """The language of an answer in JSON: what the address says, else what the browser asks for."""
    return language_of(request, of_browser(request))


def language_of(request: HttpRequest, otherwise: str) -> str:
    """What the address asks for (`?lang=fr`), else `otherwise`."""
    asked = request.GET.get("lang", "")
    return asked if asked in LANGUAGES else otherwise if otherwise in LANGUAGES else "en"


def page(
    template: str, known: dict[str, Any], *, language: str, market: str = "", status: int = 200
) -> HttpResponse:
    """A page in a visitor's language and the market's time; it knows nothing of who is signed in here."""
    place = market_by_code(market) if market else None
    zone = ZoneInfo(place.time_zone) if place is not None else ZoneInfo("UTC")
    with translation.override(language), timezone.override(zone):
        languages = [(code, words, code == language) for code, words in LANGUAGES.items()]
        known = {**known, "language": language, "languages": languages, "zone": zone.key}
        return HttpResponse(render_to_string(f"public/{template}.html", known), status=status)


def gone(language: str = "en") -> HttpResponse:
    """The page for an address that leads nowhere, or no longer; which of the two is not said."""
    return page("gone", {}, language=language, status=GONE)


def visitor(market: str, door: str) -> Actor:
    """Whoever comes in by a door: the desk acts for them, in one market."""
    return Actor("system", None, door, markets=frozenset({market}))


LOOKER = system("status page")
