"""Signing in comes first, and a rule that says no becomes an answer a person can read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from paydesk.kernel.one_reading import one_reading
from paydesk.kernel.refused import ChangedRefused, NotAllowedRefused, Refused, WithheldRefused
from paydesk.web.access import READS, who_can
from paydesk.web.account.rights import lacks


class SignInRequired(LoginRequiredMiddleware):
    """Every page asks for a sign-in, save those marked `login_not_required`; times are the person's."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if request.user.is_authenticated:
            timezone.activate(_zone_of(request.user))
        else:
            timezone.deactivate()
        return super().process_view(request, view, args, kwargs)

    def handle_no_permission(self, request: HttpRequest, view: Callable[..., Any]) -> HttpResponseBase:
        """To the sign-in screen; a swap inside a page sends the whole page there and back to where it was."""
        htmx = request.htmx  # type: ignore[attr-defined]
        if not htmx:
            return super().handle_no_permission(request, view)
        back = redirect_to_login(htmx.current_url_abs_path or "/", resolve_url(self.get_login_url(view)))
        return HttpResponseClientRedirect(back.url)


class ReadsOnce:
    """A page that only reads asks the database once for what several of its parts want to know."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in READS:
            return self.get_response(request)
        with one_reading():
            return self.get_response(request)


class RefusedAsConflict:
    """Any Refused of a view becomes 409 with its sentence; a missing right becomes 403 with who can do it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refusal(request, exception) if isinstance(exception, Refused) else None


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """`refused` as an answer: the small box for a swap, else a page of its own."""
    right = refused.fields.get("right") if isinstance(refused, NotAllowedRefused) else None
    facts = {"refused": refused, "text": refused.text, "who_can": who_can(right) if right else ""}
    if right:
        facts["text"] = lacks(right)
    if isinstance(refused, WithheldRefused):
        facts["exam"] = refused.fields["exam_id"]
    if isinstance(refused, ChangedRefused):
        facts["reload"] = request.htmx.current_url_abs_path  # type: ignore[attr-defined]
    status = 403 if isinstance(refused, NotAllowedRefused) else 409
    template = "components/_refused.html" if request.htmx else "refused.html"  # type: ignore[attr-defined]
    response = render(request, template, facts, status=status)
    response["X-Refused"] = refused.code
    return response


def _zone_of(person: Any) -> ZoneInfo:
    try:
        return ZoneInfo(person.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
